#include "gateway/records/spending_store.h"

#include <errno.h>
#include <sqlite3.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "gateway/records/ledger.h"
#include "tools/testing/check.h"

static char folder[] = "/tmp/spending_store_testXXXXXX";
static char path[sizeof(folder) + 16];
static char why[160];

static int make_folder(void **state)
{
	(void)state;
	assert_non_null(mkdtemp(folder));
	snprintf(path, sizeof(path), "%s/t.db", folder);
	return 0;
}

static int set_up(void **state)
{
	char name[sizeof(path) + 8];

	(void)state;
	unlink(path);
	snprintf(name, sizeof(name), "%s-wal", path);
	unlink(name);
	snprintf(name, sizeof(name), "%s-shm", path);
	unlink(name);
	return 0;
}

static int drop_folder(void **state)
{
	set_up(state);
	return rmdir(folder);
}

static struct spending_store *open_store(void)
{
	struct spending_store *s;

	CHECK_EQ(0, spending_store_open(&s, path, why, sizeof(why)), why);
	return s;
}

static void charge(struct ledger *l, const char *number, int32_t day,
		   uint64_t cost)
{
	struct ledger_day after;

	ledger_charge(
		l, &(struct ledger_entry){ "a", "m", number, day, cost, true },
		&after);
}

/* A process that spends, and ends. */
static void spend(const char *number, int32_t day, uint64_t cost)
{
	struct spending_store *s = open_store();
	struct ledger l;

	assert_int_equal(0, ledger_init(&l));
	CHECK_EQ(0, spending_store_restore(s, &l, day), "read");
	charge(&l, number, day, cost);
	CHECK_EQ(0, spending_store_write(s, &l, why, sizeof(why)), why);
	ledger_free(&l);
	spending_store_close(s);
}

static struct ledger_day spent_on(const char *number, int32_t day)
{
	struct spending_store *s = open_store();
	struct ledger_day spent;
	struct ledger l;

	assert_int_equal(0, ledger_init(&l));
	CHECK_EQ(0, spending_store_restore(s, &l, day), "read");
	ledger_look(&l, number, day, &spent);
	ledger_free(&l);
	spending_store_close(s);
	return spent;
}

static void over_a_restart(void **state)
{
	struct stat file;

	(void)state;
	CHECK_EQ(0, spent_on("a", 7).all, "nothing yet");
	spend("a", 7, 5);
	spend("b", 7, 2);
	spend("a", 7, 1);
	CHECK_EQ(8, spent_on("a", 7).all, "of all");
	CHECK_EQ(6, spent_on("a", 7).number, "of a number");
	CHECK_EQ(0, spent_on("a", 8).all, "another day");
	assert_int_equal(0, stat(path, &file));
	CHECK_EQ(0600, file.st_mode & 0777, "for its user alone");
}

static void days_are_dropped(void **state)
{
	(void)state;
	spend("a", 7, 5);
	spend("a", 8, 1);
	CHECK_EQ(0, spent_on("a", 7).all, "yesterday's rows are gone");
	CHECK_EQ(1, spent_on("a", 8).number, "today's are there");
}

static void many_numbers(void **state)
{
	struct spending_store *s = open_store();
	struct ledger l;
	char name[16];

	(void)state;
	assert_int_equal(0, ledger_init(&l));
	for (unsigned i = 0; i < 1000; i++) {
		snprintf(name, sizeof(name), "+%u", i);
		charge(&l, name, 3, i + 1);
	}
	CHECK_EQ(0, spending_store_write(s, &l, why, sizeof(why)), why);
	ledger_free(&l);
	spending_store_close(s);
	CHECK_EQ(1000, spent_on("+999", 3).number, "the last");
	CHECK_EQ(500500, spent_on("+0", 3).all, "all of them");
}

static void while_another_writes(void **state)
{
	struct spending_store *s = open_store();
	struct ledger l;
	sqlite3 *other;

	(void)state;
	assert_int_equal(0, ledger_init(&l));
	assert_int_equal(0, sqlite3_open(path, &other));
	assert_int_equal(0, sqlite3_exec(other, "BEGIN IMMEDIATE", NULL, NULL,
					 NULL));
	charge(&l, "a", 3, 4);
	CHECK_EQ(-EIO, spending_store_write(s, &l, why, sizeof(why)),
		 "it is locked");
	CHECK(strstr(why, "locked"), "in words");
	charge(&l, "b", 3, 1);
	sqlite3_close(other);
	CHECK_EQ(0, spending_store_write(s, &l, why, sizeof(why)),
		 "the next time");
	ledger_free(&l);
	spending_store_close(s);
	CHECK_EQ(4, spent_on("a", 3).number, "nothing is lost");
	CHECK_EQ(5, spent_on("a", 3).all, "in all");
}

/* What is wrong is told, not how the attempt was undone. */
static void what_cannot_be_written(void **state)
{
	struct spending_store *s = open_store();
	struct ledger l;
	sqlite3 *other;

	(void)state;
	assert_int_equal(0, ledger_init(&l));
	assert_int_equal(0, sqlite3_open(path, &other));
	assert_int_equal(0, sqlite3_exec(other,
					 "CREATE TRIGGER full BEFORE INSERT ON "
					 "spending BEGIN SELECT "
					 "RAISE(ABORT, 'no room'); END",
					 NULL, NULL, NULL));
	charge(&l, "a", 3, 4);
	CHECK_EQ(-EIO, spending_store_write(s, &l, why, sizeof(why)), "full");
	CHECK_STR("no room", why, "in words");
	assert_int_equal(0, sqlite3_exec(other, "DROP TRIGGER full", NULL, NULL,
					 NULL));
	sqlite3_close(other);
	CHECK_EQ(0, spending_store_write(s, &l, why, sizeof(why)), why);
	ledger_free(&l);
	spending_store_close(s);
	CHECK_EQ(4, spent_on("a", 3).number, "nothing is lost");
}

static void no_such_file(void **state)
{
	struct spending_store *s;

	(void)state;
	CHECK_EQ(-EIO,
		 spending_store_open(&s, "/nowhere/t.db", why, sizeof(why)),
		 "no folder");
	CHECK(why[0], "in words");
	spending_store_close(s);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup(over_a_restart, set_up),
		cmocka_unit_test_setup(days_are_dropped, set_up),
		cmocka_unit_test_setup(many_numbers, set_up),
		cmocka_unit_test_setup(while_another_writes, set_up),
		cmocka_unit_test_setup(what_cannot_be_written, set_up),
		cmocka_unit_test(no_such_file),
	};
	return cmocka_run_group_tests(tests, make_folder, drop_folder);
}
