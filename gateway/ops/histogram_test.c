#include "tools/testing/check.h"

#include <stdio.h>
#include <string.h>

#include "gateway/ops/histogram.h"

#define US UINT64_C(1000)
#define MS UINT64_C(1000000)
#define S  UINT64_C(1000000000)

/* A single value among larger ones is its own median; it must come back within
 * 3 %, over the whole range and at the edges of octaves. */
static void resolves_to_3_percent(void **state)
{
	(void)state;
	for (uint64_t ns = 1 * US; ns <= 60 * S; ns += 1 + ns / 97) {
		struct histogram h = { 0 };
		char why[64];
		histogram_record(&h, ns);
		histogram_record(&h, 60 * S);
		snprintf(why, sizeof(why), "%llu ns", (unsigned long long)ns);
		CHECK_NEAR(ns, histogram_quantile(&h, 0.5), 0.03 * (double)ns,
			   why);
	}
	for (unsigned shift = 10; shift < 36; shift++) {
		for (int off = -1; off <= 1; off++) {
			uint64_t ns = (UINT64_C(1) << shift) + (uint64_t)off;
			struct histogram h = { 0 };
			histogram_record(&h, ns);
			histogram_record(&h, 60 * S);
			CHECK_NEAR(ns, histogram_quantile(&h, 0.5),
				   0.03 * (double)ns, "an octave's edge");
		}
	}
}

/* 1..1000 us, once each: the q quantile is q * 1000 us. */
static void ranks(void **state)
{
	(void)state;
	static const struct {
		double q;
		uint64_t ns;
		const char *why;
	} row[] = {
		{ 0.0, 1 * US, "the smallest" },
		{ 0.001, 1 * US, "the first of a thousand" },
		{ 0.5, 500 * US, "the median" },
		{ 0.95, 950 * US, "p95" },
		{ 0.99, 990 * US, "p99" },
		{ -1.0, 1 * US, "below the range counts as 0" },
	};
	struct histogram h = { 0 };
	for (uint64_t us = 1000; us > 0; us--)
		histogram_record(&h, us * US);
	for (size_t i = 0; i < ARRAY_LEN(row); i++)
		CHECK_NEAR(row[i].ns, histogram_quantile(&h, row[i].q),
			   0.03 * (double)row[i].ns, row[i].why);
	CHECK_EQ(1000 * US, histogram_quantile(&h, 1), "q = 1 is exact");
	CHECK_EQ(1000, histogram_count(&h), "count");
	CHECK_EQ(1000 * US, histogram_max(&h), "max");
	CHECK_EQ(500500, histogram_mean(&h), "mean of 1..1000 us is 500.5 us");
}

static void knows_its_edges(void **state)
{
	(void)state;
	struct histogram h = { 0 };
	CHECK_EQ(0, histogram_quantile(&h, 0.5), "empty");
	CHECK_EQ(0, histogram_mean(&h), "empty");
	histogram_record(&h, 0);
	CHECK_EQ(0, histogram_quantile(&h, 0.5), "never above max");
	histogram_reset(&h);
	histogram_record(&h, 3600 * S);
	histogram_record(&h, UINT64_MAX);
	CHECK_EQ(2, histogram_count(&h), "too long is still counted");
	CHECK(histogram_max(&h) == UINT64_MAX, "max is exact");
	CHECK_NEAR(60 * S, histogram_quantile(&h, 0.5), 0.03 * 60 * S,
		   "longer counts as 60 s");
	histogram_reset(&h);
	CHECK_EQ(0, histogram_count(&h), "reset");
	CHECK_EQ(0, histogram_max(&h), "reset");
}

static void merges(void **state)
{
	(void)state;
	struct histogram a = { 0 }, b = { 0 }, all = { 0 };
	for (uint64_t i = 1; i <= 500; i++) {
		uint64_t ns = i * i * US;
		histogram_record(i % 3 ? &a : &b, ns);
		histogram_record(&all, ns);
	}
	histogram_merge(&a, &b);
	CHECK(memcmp(&a, &all, sizeof(a)) == 0,
	      "merged is as if recorded in one");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(resolves_to_3_percent),
		cmocka_unit_test(ranks),
		cmocka_unit_test(knows_its_edges),
		cmocka_unit_test(merges),
	};
	return cmocka_run_group_tests_name("histogram", tests, NULL, NULL);
}
