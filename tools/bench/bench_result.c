#include "tools/bench/bench_result.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#define ROUNDS_MAX 64

const struct bench_figure_kind bench_figure[BENCH_FIGURES] = {
	[BENCH_CPU_USER] = { "cpu_user_ms", "user", "ms", 3, BENCH_MEDIAN },
	[BENCH_CPU_SYSTEM] = { "cpu_system_ms", "system", "ms", 3,
			       BENCH_MEDIAN },
	[BENCH_CPU] = { "cpu_ms", "CPU", "ms", 3, BENCH_MEDIAN },
	[BENCH_RATIO] = { "ratio_to_floor", "/floor", "x", 2, BENCH_MEDIAN },
	[BENCH_MEMORY] = { "memory_kib", "memory", "KiB", 1, BENCH_MEDIAN },
	[BENCH_HEAP] = { "heap_kib", "heap", "KiB", 1, BENCH_MEDIAN },
	[BENCH_HEAP_LEFT] = { "heap_left_kib", "left", "KiB", 1, BENCH_MEDIAN },
	[BENCH_SETUP_P50] = { "setup_p50_ms", "setup", "p50", 1, BENCH_MEDIAN },
	[BENCH_SETUP_P99] = { "setup_p99_ms", "ms", "p99", 1, BENCH_MEDIAN },
	[BENCH_UP_P50] = { "up_p50_ms", "delay", "p50", 2, BENCH_MEDIAN },
	[BENCH_UP_P99] = { "up_p99_ms", "up", "p99", 2, BENCH_MEDIAN },
	[BENCH_UP_MAX] = { "up_max_ms", "ms", "max", 1, BENCH_MAXIMUM },
	[BENCH_DOWN_P50] = { "down_p50_ms", "delay", "p50", 2, BENCH_MEDIAN },
	[BENCH_DOWN_P99] = { "down_p99_ms", "down", "p99", 2, BENCH_MEDIAN },
	[BENCH_DOWN_MAX] = { "down_max_ms", "ms", "max", 1, BENCH_MAXIMUM },
	[BENCH_LATE] = { "late", "late", "", 0, BENCH_SUM },
	[BENCH_CUT_P95] = { "truncation_p95_ms", "trunc.", "p95", 1,
			    BENCH_MEDIAN },
	[BENCH_SPREAD] = { "busiest_thread_percent", "spread", "%", 0,
			   BENCH_MEDIAN },
	[BENCH_OWN_CPU] = { "generator_cpu_percent", "gen.", "CPU%", 0,
			    BENCH_MEDIAN },
	[BENCH_OWN_LATE_P99] = { "generator_late_p99_ms", "gen.", "p99", 2,
				 BENCH_MEDIAN },
	[BENCH_OWN_LATE_MAX] = { "generator_late_max_ms", "ms", "max", 1,
				 BENCH_MAXIMUM },
};

void bench_result_init(struct bench_result *r)
{
	memset(r, 0, sizeof(*r));
	for (unsigned f = 0; f < BENCH_FIGURES; f++)
		r->value[f] = NAN;
}

static int compare(const void *a, const void *b)
{
	double x = *(const double *)a, y = *(const double *)b;

	return (x > y) - (x < y);
}

double bench_median(double *value, size_t n)
{
	qsort(value, n, sizeof(*value), compare);
	return n % 2 ? value[n / 2] : (value[n / 2 - 1] + value[n / 2]) / 2;
}

static double merge(enum bench_merge how, double *value, size_t n)
{
	double sum = 0;

	if (!n)
		return NAN;
	double median = bench_median(value, n); /* sorted from here on */
	for (size_t i = 0; i < n; i++)
		sum += value[i];
	return how == BENCH_MEDIAN ? median
	       : how == BENCH_SUM  ? sum
				   : value[n - 1];
}

/* Of the rounds that are good. */
static double merge_figure(unsigned figure, const struct bench_result *round,
			   size_t n)
{
	double value[ROUNDS_MAX];
	size_t values = 0;

	for (size_t i = 0; i < n && values < ROUNDS_MAX; i++)
		if (round[i].verdict == BENCH_GOOD &&
		    !isnan(round[i].value[figure]))
			value[values++] = round[i].value[figure];
	return merge(bench_figure[figure].merge, value, values);
}

size_t bench_result_merge(struct bench_result *out,
			  const struct bench_result *round, size_t n)
{
	size_t good = 0;

	*out = round[0];
	for (size_t i = 0; i < n; i++) {
		good += round[i].verdict == BENCH_GOOD;
		if (round[i].verdict > out->verdict)
			*out = round[i];
	}
	for (unsigned f = 0; good && f < BENCH_FIGURES; f++)
		out->value[f] = merge_figure(f, round, n);
	if (good && out->verdict == BENCH_INVALID)
		out->verdict = BENCH_GOOD;
	return good;
}
