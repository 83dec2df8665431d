/* Rows: each a load on a fresh process, measured for a while. */
#ifndef TOOLS_BENCH_BENCH_RUN_H
#define TOOLS_BENCH_BENCH_RUN_H

#include "tools/bench/bench_load.h"
#include "tools/bench/bench_options.h"
#include "tools/bench/bench_result.h"

/* Where the generator is the limit: its figures are not the server's. */
#define BENCH_OWN_CPU_MAX     90 /* % of its thread */
#define BENCH_OWN_LATE_MAX_MS 3  /* of its schedule, at p99 */

struct bench_row {
	const char *name;
	const char *floor; /* the row it is compared with, or NULL */
	const char *about;
	enum bench_carrier carrier;
	const char *offer;
	enum bench_format carrier_format;
	bool is_floor;
	bool is_pcmu;
	bool is_burst;
	bool interrupts;
	bool wants_heap;
	bool is_extra;       /* only when named */
	bool is_drive;       /* a server that is there already */
	const char *command; /* of another server, started by a shell */
	unsigned calls, seconds, append_ms, workers, per_second;
	unsigned short_per_second, short_ms;
};

extern const struct bench_row bench_row[];
extern const unsigned bench_rows;

struct bench_run {
	const struct bench_options *options;
	char dir[256];     /* for files; the caller's to remove */
	char gateway[512]; /* the program */
	bool is_silent;    /* no progress on the terminal */
	volatile bool *is_interrupted;
};

/* bench_run_row: one round of a row. */
void bench_run_row(struct bench_run *run, const struct bench_row *row,
		   struct bench_result *out);

#endif
