#include "tools/testing/check.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <jansson.h>

#include "tools/bench/bench_report.h"
#include "tools/bench/bench_result.h"

static void test_median(void **state)
{
	double odd[] = { 9, 1, 5 }, even[] = { 4, 1, 3, 2 }, one[] = { 7 };

	(void)state;
	CHECK_NEAR(5, bench_median(odd, 3), 0, "the middle");
	CHECK_NEAR(2.5, bench_median(even, 4), 0, "between the middle two");
	CHECK_NEAR(7, bench_median(one, 1), 0, "of one");
}

static struct bench_result round_of(enum bench_verdict verdict, double cpu,
				    double max, double late)
{
	struct bench_result r;

	bench_result_init(&r);
	r.verdict = verdict;
	snprintf(r.why, sizeof(r.why), "%d", verdict);
	r.value[BENCH_CPU] = cpu;
	r.value[BENCH_UP_MAX] = max;
	r.value[BENCH_LATE] = late;
	return r;
}

static void test_merge(void **state)
{
	struct bench_result out, r[4] = {
		round_of(BENCH_GOOD, 3, 1, 0),
		round_of(BENCH_INVALID, 100, 100, 100),
		round_of(BENCH_GOOD, 1, 9, 2),
		round_of(BENCH_GOOD, 2, 4, 1),
	};

	(void)state;
	CHECK_EQ(3, bench_result_merge(&out, r, 4), "three count");
	CHECK_EQ(BENCH_GOOD, out.verdict, "so there is a result");
	CHECK_NEAR(2, out.value[BENCH_CPU], 0, "the median");
	CHECK_NEAR(9, out.value[BENCH_UP_MAX], 0, "the worst");
	CHECK_NEAR(3, out.value[BENCH_LATE], 0, "all of them");
	CHECK(isnan(out.value[BENCH_CUT_P95]), "what nobody measured");
}

static void test_merge_bad(void **state)
{
	struct bench_result out, r[2] = {
		round_of(BENCH_GOOD, 3, 1, 0),
		round_of(BENCH_FAILED, 1, 1, 1),
	};

	(void)state;
	bench_result_merge(&out, r, 2);
	CHECK_EQ(BENCH_FAILED, out.verdict, "one that failed fails the row");
	r[0].verdict = r[1].verdict = BENCH_INVALID;
	CHECK_EQ(0, bench_result_merge(&out, r, 2), "none counts");
	CHECK_EQ(BENCH_INVALID, out.verdict, "and it is said");
}

static void test_json(void **state)
{
	char path[] = "/tmp/bench_result_test-XXXXXX";
	struct bench_report_row row[2] = {
		{ .name = "one", .about = "a", .rounds = 3, .good = 2 },
		{ .name = "two", .about = "b", .rounds = 3 },
	};
	int fd = mkstemp(path);

	(void)state;
	row[0].result = round_of(BENCH_GOOD, 1.25, 1, 0);
	row[1].result = round_of(BENCH_INVALID, 9, 9, 9);
	CHECK(fd >= 0, "a file");
	close(fd);
	CHECK_EQ(0, bench_report_json(path, row, 2, 10), "written");
	json_t *all = json_load_file(path, 0, NULL);
	unlink(path);
	json_t *rows = json_object_get(all, "rows");
	json_t *good = json_array_get(rows, 0), *bad = json_array_get(rows, 1);
	CHECK_NEAR(1.25, json_real_value(json_object_get(good, "cpu_ms")), 0,
		   "a figure");
	CHECK(!json_object_get(good, "setup_p50_ms"), "not one nobody has");
	CHECK_STR("invalid", json_string_value(json_object_get(bad, "verdict")),
		  "said");
	CHECK(!json_object_get(bad, "cpu_ms"), "and no figure of it");
	json_decref(all);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_median),
		cmocka_unit_test(test_merge),
		cmocka_unit_test(test_merge_bad),
		cmocka_unit_test(test_json),
	};

	return cmocka_run_group_tests_name("bench_result", tests, NULL, NULL);
}
