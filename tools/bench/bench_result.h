/* What a row came to: figures by name, several rounds of them made one. */
#ifndef TOOLS_BENCH_BENCH_RESULT_H
#define TOOLS_BENCH_BENCH_RESULT_H

#include <stdbool.h>
#include <stddef.h>

enum bench_figure {
	BENCH_CPU_USER, /* ms per call and second */
	BENCH_CPU_SYSTEM,
	BENCH_CPU,
	BENCH_RATIO,     /* of that, to the floor's */
	BENCH_MEMORY,    /* KiB per call, private */
	BENCH_HEAP,      /* KiB per call, live heap */
	BENCH_HEAP_LEFT, /* KiB, after all calls, beyond before */
	BENCH_SETUP_P50, /* ms */
	BENCH_SETUP_P99,
	BENCH_UP_P50,
	BENCH_UP_P99,
	BENCH_UP_MAX,
	BENCH_DOWN_P50,
	BENCH_DOWN_P99,
	BENCH_DOWN_MAX,
	BENCH_LATE,    /* frames or times the ear ran dry, both ways */
	BENCH_CUT_P95, /* ms */
	BENCH_SPREAD,  /* the busiest thread's share of the two busiest, % */
	BENCH_OWN_CPU, /* % of the generator's thread */
	BENCH_OWN_LATE_P99,
	BENCH_OWN_LATE_MAX,
	BENCH_FIGURES
};

enum bench_merge { BENCH_MEDIAN, BENCH_MAXIMUM, BENCH_SUM };

struct bench_figure_kind {
	const char *name; /* as in JSON */
	const char *head; /* two lines of a column's head */
	const char *unit;
	int decimals;
	enum bench_merge merge;
};

extern const struct bench_figure_kind bench_figure[BENCH_FIGURES];

enum bench_verdict {
	BENCH_GOOD,
	BENCH_INVALID, /* the generator was the limit */
	BENCH_FAILED   /* the server under test did not do its work */
};

struct bench_result {
	enum bench_verdict verdict;
	char why[320];
	unsigned calls;
	double value[BENCH_FIGURES]; /* NAN: none */
};

void bench_result_init(struct bench_result *r);

/* bench_median: of n > 0 values, which it sorts; the mean of the middle two. */
double bench_median(double *value, size_t n);

/* bench_result_merge: rounds of one row. Those that are not good do not count;
 * without a good one the first that is worse is the result. Returns how many
 * were good. */
size_t bench_result_merge(struct bench_result *out,
			  const struct bench_result *round, size_t n);

#endif
