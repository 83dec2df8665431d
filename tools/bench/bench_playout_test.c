#include "tools/testing/check.h"

#include <string.h>

#include "tools/bench/bench_playout.h"

#define MS 1000000ull

static void test_clock(void **state)
{
	struct bench_playout p = { 0 };

	(void)state;
	CHECK_EQ(0, bench_playout_add(&p, 100 * MS, 1000 * MS),
		 "nothing was missed before the first");
	CHECK_EQ(0, bench_playout_heard(&p, 1000 * MS), "it begins now");
	CHECK_EQ(40 * MS, bench_playout_heard(&p, 1040 * MS), "in real time");
	CHECK_EQ(0, bench_playout_add(&p, 100 * MS, 1040 * MS),
		 "there was still something");
	CHECK_EQ(0, bench_playout_add(&p, 100 * MS, 1200 * MS),
		 "at the very end of it");
	CHECK_EQ(300 * MS, bench_playout_heard(&p, 9000 * MS),
		 "no more than came");
	CHECK_EQ(7 * MS, bench_playout_add(&p, 20 * MS, 1307 * MS),
		 "silence of 7 ms");
	CHECK_EQ(310 * MS, bench_playout_heard(&p, 1317 * MS),
		 "which was not heard as audio");
}

static void test_clear(void **state)
{
	struct bench_playout p = { 0 };

	(void)state;
	bench_playout_add(&p, 400 * MS, 1000 * MS);
	bench_playout_clear(&p, 1150 * MS);
	CHECK_EQ(150 * MS, bench_playout_heard(&p, 1150 * MS), "heard so far");
	CHECK_EQ(150 * MS, bench_playout_heard(&p, 5000 * MS), "and no more");
	bench_playout_add(&p, 100 * MS, 2000 * MS);
	CHECK_EQ(160 * MS, bench_playout_heard(&p, 2010 * MS),
		 "what comes then is behind it");
}

static void test_marks(void **state)
{
	struct bench_playout p = { 0 };

	(void)state;
	bench_playout_add(&p, 100 * MS, 1000 * MS);
	CHECK(bench_playout_mark(&p, "onexxx", 3), "there is room");
	bench_playout_add(&p, 100 * MS, 1010 * MS);
	CHECK(bench_playout_mark(&p, "two", 3), "there is room");
	CHECK_STR("one", bench_playout_next(&p)->name, "the first one first");
	CHECK_EQ(1100 * MS, bench_playout_next(&p)->due_ns,
		 "when what was before it has been heard");
	bench_playout_pop(&p);
	CHECK_EQ(1200 * MS, bench_playout_next(&p)->due_ns, "the second");
	bench_playout_clear(&p, 1050 * MS);
	CHECK_EQ(1050 * MS, bench_playout_next(&p)->due_ns,
		 "a clear sends them back");
	bench_playout_pop(&p);
	CHECK(!bench_playout_next(&p), "there are no more");
	for (unsigned i = 0; i < BENCH_MARKS; i++)
		CHECK(bench_playout_mark(&p, "x", 1), "up to the bound");
	CHECK(!bench_playout_mark(&p, "x", 1), "not beyond");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_clock),
		cmocka_unit_test(test_clear),
		cmocka_unit_test(test_marks),
	};

	return cmocka_run_group_tests_name("bench_playout", tests, NULL, NULL);
}
