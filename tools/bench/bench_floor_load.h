/* The load on the floor: the same sizes at the same rate as the calls of
 * bench_load make, without their messages' meaning. */
#ifndef TOOLS_BENCH_BENCH_FLOOR_LOAD_H
#define TOOLS_BENCH_BENCH_FLOOR_LOAD_H

#include "tools/bench/bench_floor.h"
#include "tools/bench/bench_load.h"

struct bench_floor_call;

struct bench_floor_load {
	struct bench_loop loop;
	struct bench_floor floor;
	struct bench_address address;
	struct bench_figures figures;
	struct bench_floor_call *call;
	uint8_t *frame;  /* of a carrier */
	uint8_t *record; /* with a delta */
	uint8_t *echo;   /* of a mark */
	unsigned placed;
	unsigned per_second;
	uint64_t ramp_ns;
	struct bench_timer ramp;
	bool is_measuring;
	uint64_t errors;
	char error[256];
};

/* bench_floor_load_open: listen for the floor, which is to be forked then.
 * Returns 0 or a negative errno. */
int bench_floor_load_open(struct bench_floor_load *l, unsigned calls,
			  unsigned per_second, bool is_pcmu, unsigned append_ms,
			  unsigned tick_us);
int bench_floor_load_start(struct bench_floor_load *l);
bool bench_floor_load_is_up(const struct bench_floor_load *l);
void bench_floor_load_measure(struct bench_floor_load *l, bool on);
void bench_floor_load_close(struct bench_floor_load *l);

#endif
