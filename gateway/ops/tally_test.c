#include "gateway/ops/tally.h"

#include <stdio.h>

#include "tools/testing/check.h"

static void counts_by_name(void **state)
{
	struct tally t, copy;

	(void)state;
	CHECK_EQ(0, tally_init(&t), "opened");
	tally_add(&t, "sales");
	tally_add(&t, "support");
	tally_add(&t, "sales");
	tally_copy(&t, &copy);
	CHECK_EQ(2, copy.count, "two names");
	CHECK_STR("sales", copy.row[0].name, "the first");
	CHECK_EQ(2, copy.row[0].n, "twice");
	CHECK_EQ(1, copy.row[1].n, "once");
	tally_free(&t);
}

static void is_bounded(void **state)
{
	struct tally t, copy;
	char name[16];

	(void)state;
	CHECK_EQ(0, tally_init(&t), "opened");
	for (unsigned round = 0; round < 2; round++)
		for (unsigned i = 0; i < TALLY_NAMES_MAX + 10; i++) {
			snprintf(name, sizeof(name), "n%u", i);
			tally_add(&t, name);
		}
	tally_copy(&t, &copy);
	CHECK_EQ(TALLY_NAMES_MAX + 1, copy.count, "and one for all others");
	CHECK_STR("other", copy.row[TALLY_NAMES_MAX].name, "called so");
	CHECK_EQ(20, copy.row[TALLY_NAMES_MAX].n, "none is lost");
	CHECK_EQ(2, copy.row[TALLY_NAMES_MAX - 1].n, "nor in the wrong place");
	tally_free(&t);
}

#define THREADS 4
#define ROUNDS  2000

static struct tally shared;

static void add_many(void *name)
{
	struct tally copy;

	for (int i = 0; i < ROUNDS; i++) {
		tally_add(&shared, name);
		if (i % 100 == 0)
			tally_copy(&shared, &copy);
	}
}

static void many_threads(void **state)
{
	static char name[THREADS][4] = { "a", "b", "a", "b" };
	uv_thread_t thread[THREADS];
	struct tally copy;

	(void)state;
	CHECK_EQ(0, tally_init(&shared), "opened");
	for (unsigned i = 0; i < THREADS; i++)
		assert_int_equal(0, uv_thread_create(&thread[i], add_many,
						     name[i]));
	for (unsigned i = 0; i < THREADS; i++)
		uv_thread_join(&thread[i]);
	tally_copy(&shared, &copy);
	CHECK_EQ(2, copy.count, "each name once");
	CHECK_EQ(THREADS / 2 * ROUNDS, copy.row[0].n, "none is lost");
	CHECK_EQ(THREADS / 2 * ROUNDS, copy.row[1].n, "nor counted twice");
	tally_free(&shared);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(counts_by_name),
		cmocka_unit_test(is_bounded),
		cmocka_unit_test(many_threads),
	};
	return cmocka_run_group_tests_name("tally", tests, NULL, NULL);
}
