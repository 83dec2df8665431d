#include "gateway/records/ledger.h"

#include <stdio.h>
#include <string.h>

#include "tools/testing/check.h"

#define THREADS 4
#define ROUNDS  10000

static struct ledger ledger;

static int set_up(void **state)
{
	(void)state;
	return ledger_init(&ledger);
}

static int tear_down(void **state)
{
	(void)state;
	ledger_free(&ledger);
	ledger_free(&ledger);
	return 0;
}

static struct ledger_day charge(const char *number, int32_t day, uint64_t cost)
{
	struct ledger_day after;

	ledger_charge(&ledger,
		      &(struct ledger_entry){ "default", "m", number, day, cost,
					      true },
		      &after);
	return after;
}

static void days_and_numbers(void **state)
{
	struct ledger_day spent;

	(void)state;
	CHECK_EQ(5, charge("a", 10, 5).number, "the first of a");
	CHECK_EQ(12, charge("b", 10, 7).all, "of both");
	CHECK_EQ(8, charge("a", 10, 3).number, "the second of a");
	CHECK_EQ(16, charge("", 10, 1).all, "without a number, too");
	ledger_look(&ledger, "b", 10, &spent);
	CHECK_EQ(7, spent.number, "of b");
	CHECK_EQ(16, spent.all, "of all");
	ledger_look(&ledger, "c", 10, &spent);
	CHECK_EQ(0, spent.number, "nobody's");
	ledger_look(&ledger, "a", 11, &spent);
	CHECK_EQ(0, spent.all + spent.number, "tomorrow nothing is spent");
	CHECK_EQ(2, charge("a", 11, 2).all, "a day begins anew");
	CHECK_EQ(0, charge("a", 10, 9).all, "yesterday is over");
	ledger_look(&ledger, "a", 11, &spent);
	CHECK_EQ(2, spent.number, "and does not count today");
}

static void a_restart(void **state)
{
	(void)state;
	ledger_restore(&ledger, "", 10, 100);
	ledger_restore(&ledger, "a", 10, 60);
	CHECK_EQ(61, charge("a", 10, 1).number, "goes on from there");
	CHECK_EQ(102, charge("b", 10, 1).all, "in all, too");
}

/* Several processes have more numbers than one has places for. */
static void a_restart_with_too_many(void **state)
{
	struct ledger_day spent;
	char name[32];

	(void)state;
	for (unsigned i = 0; i < LEDGER_NUMBERS_MAX + 100; i++) {
		snprintf(name, sizeof(name), "+%u", i);
		ledger_restore(&ledger, name, 1, 2);
	}
	ledger_look(&ledger, "+7", 1, &spent);
	CHECK_EQ(2, spent.number, "who has a place");
	ledger_look(&ledger, "+4100", 1, &spent);
	CHECK_EQ(200, spent.number, "the others are counted together");
}

static void numbers_without_end(void **state)
{
	struct ledger_day spent;
	char name[32];

	(void)state;
	for (unsigned i = 0; i < LEDGER_NUMBERS_MAX + 100; i++) {
		snprintf(name, sizeof(name), "+%u", i);
		charge(name, 1, 1);
	}
	ledger_look(&ledger, "+7", 1, &spent);
	CHECK_EQ(1, spent.number, "who came in time has a place");
	ledger_look(&ledger, "+4100", 1, &spent);
	CHECK_EQ(100, spent.number, "the others are counted together");
	CHECK_EQ(LEDGER_NUMBERS_MAX + 100, spent.all, "none is lost");
}

static void rows_without_end(void **state)
{
	static struct ledger_row row[LEDGER_ROWS_MAX + 1];
	struct ledger_day after;
	char name[200];

	(void)state;
	for (unsigned i = 0; i < LEDGER_ROWS_MAX + 10; i++) {
		snprintf(name, sizeof(name), "m%u", i);
		ledger_charge(&ledger,
			      &(struct ledger_entry){ "a", name, "", 1, 2,
						      i % 2 == 0 },
			      &after);
	}
	memset(name, 'x', sizeof(name) - 1);
	name[sizeof(name) - 1] = '\0';
	ledger_charge(&ledger,
		      &(struct ledger_entry){ name, name, "", 1, 1, true },
		      &after);
	unsigned n = ledger_rows(&ledger, row, LEDGER_ROWS_MAX + 1);
	CHECK_EQ(LEDGER_ROWS_MAX, n, "no more than that");
	CHECK_STR("m1", row[1].model, "as they came");
	CHECK_EQ(1, row[1].unpriced, "not all of it is known");
	CHECK_STR("other", row[n - 1].agent, "the rest");
	CHECK_EQ(11 * 2 + 1, row[n - 1].cost, "together");
}

static void changes_are_taken_once(void **state)
{
	struct ledger_change c[3];
	int32_t day;

	(void)state;
	CHECK_EQ(0, ledger_take_changes(&ledger, &day, c, 3), "none yet");
	charge("a", 5, 1);
	charge("b", 5, 2);
	charge("b", 5, 2);
	CHECK_EQ(2, ledger_take_changes(&ledger, &day, c, 2), "two at a time");
	CHECK_EQ(5, day, "that day's");
	CHECK_STR("", c[0].number, "all calls first");
	CHECK_EQ(5, c[0].cost, "what they have spent");
	ledger_return_changes(&ledger, day, c, 2);
	CHECK_EQ(3, ledger_take_changes(&ledger, &day, c, 3), "back again");
	CHECK_EQ(0, ledger_take_changes(&ledger, &day, c, 3), "once");
	charge("a", 6, 1);
	ledger_return_changes(&ledger, 5, c, 3);
	CHECK_EQ(2, ledger_take_changes(&ledger, &day, c, 3),
		 "yesterday's are of no use");
}

static void work(void *number)
{
	for (unsigned i = 0; i < ROUNDS; i++)
		charge(number, 1, 1);
}

static void many_threads(void **state)
{
	static char name[THREADS][4] = { "a", "b", "a", "b" };
	uv_thread_t thread[THREADS];
	struct ledger_day spent;

	(void)state;
	for (unsigned i = 0; i < THREADS; i++)
		assert_int_equal(0,
				 uv_thread_create(&thread[i], work, name[i]));
	for (unsigned i = 0; i < THREADS; i++)
		uv_thread_join(&thread[i]);
	ledger_look(&ledger, "b", 1, &spent);
	CHECK_EQ(THREADS / 2 * ROUNDS, spent.number, "each is counted once");
	CHECK_EQ(THREADS * ROUNDS, spent.all, "in all");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(days_and_numbers, set_up,
						tear_down),
		cmocka_unit_test_setup_teardown(a_restart, set_up, tear_down),
		cmocka_unit_test_setup_teardown(a_restart_with_too_many, set_up,
						tear_down),
		cmocka_unit_test_setup_teardown(numbers_without_end, set_up,
						tear_down),
		cmocka_unit_test_setup_teardown(rows_without_end, set_up,
						tear_down),
		cmocka_unit_test_setup_teardown(changes_are_taken_once, set_up,
						tear_down),
		cmocka_unit_test_setup_teardown(many_threads, set_up,
						tear_down),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
