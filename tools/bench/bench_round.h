/* One round of a row, shared by those who start it (bench_start.c), run it
 * (bench_run.c) and judge it (bench_judge.c), and nobody else. */
#ifndef TOOLS_BENCH_BENCH_ROUND_H
#define TOOLS_BENCH_BENCH_ROUND_H

#include "tools/bench/bench_child.h"
#include "tools/bench/bench_floor_load.h"
#include "tools/bench/bench_run.h"

struct bench_round {
	struct bench_run *run;
	const struct bench_row *row;
	struct bench_result *out;
	struct bench_load load;
	struct bench_floor_load floor;
	struct bench_child child; /* pid 0: the server is not ours */
	pid_t pid;                /* whose figures are read, or 0 */
	unsigned calls, seconds, append_ms;
	struct bench_usage usage[2];
	struct bench_memory memory[2];
	uint64_t heap[3]; /* before, with, and after the calls */
	uint64_t own_ns[2], at_ns[2];
	unsigned live; /* calls at the window's end */
};

/* bench_round_fail: the worst verdict, and the first of a kind, is kept.
 * Returns false. */
__attribute__((format(printf, 3, 4))) bool bench_round_fail(
	struct bench_round *r, enum bench_verdict verdict, const char *format,
	...);

/* bench_round_figures: of either kind of load. */
struct bench_figures *bench_round_figures(struct bench_round *r);

/* bench_round_per_second: calls placed at the start. */
unsigned bench_round_per_second(const struct bench_round *r);

/* bench_round_start: the server and the load on it. */
bool bench_round_start(struct bench_round *r);

/* bench_round_judge: what was measured becomes figures and a verdict. */
void bench_round_judge(struct bench_round *r);

#endif
