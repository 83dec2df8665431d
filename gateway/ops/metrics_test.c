#include "tools/testing/check.h"

#include <stdlib.h>
#include <string.h>

#include "gateway/ops/histogram.h"
#include "gateway/ops/metrics.h"

static char *text;
static size_t len;

static FILE *begin(void)
{
	FILE *out = open_memstream(&text, &len);
	assert_non_null(out);
	return out;
}

static void expect(FILE *out, const char *expected, const char *why)
{
	fclose(out);
	CHECK_STR(expected, text, why);
	free(text);
}

static void counts(void **state)
{
	(void)state;
	struct metric m = { 0 };
	metric_add(&m, 3);
	metric_take(&m, 1);
	CHECK_EQ(2, metric_read(&m), "3 - 1");
	metric_raise(&m, 1);
	CHECK_EQ(2, metric_read(&m), "never lower");
	metric_raise(&m, 7);
	CHECK_EQ(7, metric_read(&m), "but higher");
	metric_set(&m, 0);
	CHECK_EQ(0, metric_read(&m), "as told");
}

/* Source: Prometheus, exposition formats, text format. */
static void writes_families(void **state)
{
	(void)state;
	FILE *out = begin();
	metrics_family(out, "a_total", METRIC_COUNTER, "What it is.");
	metrics_sample(out, "a_total", 3, "x", "1", "y", "two", NULL);
	metrics_sample(out, "a_total", 9007199254740991.0, "x", "q\"b\\n\nl",
		       NULL);
	metrics_one(out, "b_seconds", METRIC_GAUGE, "Another.", 0.25);
	expect(out,
	       "# HELP a_total What it is.\n# TYPE a_total counter\n"
	       "a_total{x=\"1\",y=\"two\"} 3\n"
	       "a_total{x=\"q\\\"b\\\\n\\nl\"} 9007199254740991\n"
	       "# HELP b_seconds Another.\n# TYPE b_seconds gauge\n"
	       "b_seconds 0.25\n",
	       "families and series");
}

static void writes_histograms(void **state)
{
	(void)state;
	static const uint64_t bound_us[] = { 1000, 10000, 2500000, 0 };
	struct histogram h = { 0 };
	histogram_record(&h, 500000);     /* 0.5 ms */
	histogram_record(&h, 5000000);    /* 5 ms */
	histogram_record(&h, 6000000);    /* 6 ms */
	histogram_record(&h, 3000000000); /* 3 s */
	FILE *out = begin();
	metrics_histogram(out, "h", &h, bound_us, NULL, NULL);
	metrics_histogram(out, "h", &h, bound_us, "w", "0");
	expect(out,
	       "h_bucket{le=\"0.001\"} 1\nh_bucket{le=\"0.01\"} 3\n"
	       "h_bucket{le=\"2.5\"} 3\nh_bucket{le=\"+Inf\"} 4\n"
	       "h_sum 3.011500000\nh_count 4\n"
	       "h_bucket{w=\"0\",le=\"0.001\"} 1\n"
	       "h_bucket{w=\"0\",le=\"0.01\"} 3\n"
	       "h_bucket{w=\"0\",le=\"2.5\"} 3\n"
	       "h_bucket{w=\"0\",le=\"+Inf\"} 4\n"
	       "h_sum{w=\"0\"} 3.011500000\nh_count{w=\"0\"} 4\n",
	       "cumulative, in seconds");
}

/* Within 3 % of a bound either side will do; beyond that none is misplaced. */
static void keeps_to_bounds(void **state)
{
	(void)state;
	for (uint64_t ns = 50000; ns < 50000000000; ns += ns / 7) {
		struct histogram h = { 0 };
		histogram_record(&h, ns);
		CHECK_EQ(1, histogram_up_to(&h, ns + ns * 3 / 100), "below");
		CHECK_EQ(0, histogram_up_to(&h, ns - ns * 3 / 100), "above");
		CHECK_EQ(1, histogram_up_to(&h, UINT64_MAX), "in all");
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(counts),
		cmocka_unit_test(writes_families),
		cmocka_unit_test(writes_histograms),
		cmocka_unit_test(keeps_to_bounds),
	};
	return cmocka_run_group_tests_name("metrics", tests, NULL, NULL);
}
