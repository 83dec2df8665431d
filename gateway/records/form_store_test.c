#include "tools/testing/check.h"

#include <errno.h>
#include <sqlite3.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "gateway/records/form_store.h"

static char folder[64], path[80], why[256];

static int setup(void **state)
{
	(void)state;
	strcpy(folder, "/tmp/form_store_test.XXXXXX");
	if (!mkdtemp(folder))
		return -1;
	snprintf(path, sizeof(path), "%s/forms.db", folder);
	return 0;
}

static int teardown(void **state)
{
	char command[96];

	(void)state;
	snprintf(command, sizeof(command), "rm -rf %s", folder);
	return system(command);
}

static struct form_store *opened(void)
{
	struct form_store *s;

	if (form_store_open(&s, path, why, sizeof(why)))
		fail_msg("not opened: %s", why);
	return s;
}

/* The first column of the first row, by a reader of its own. */
static const char *ask(const char *sql)
{
	static char out[256];
	sqlite3 *db;
	sqlite3_stmt *q;

	assert_int_equal(SQLITE_OK, sqlite3_open(path, &db));
	if (sqlite3_prepare_v2(db, sql, -1, &q, NULL) != SQLITE_OK)
		fail_msg("%s: %s", sql, sqlite3_errmsg(db));
	snprintf(out, sizeof(out), "%s",
		 sqlite3_step(q) == SQLITE_ROW
			 ? (const char *)sqlite3_column_text(q, 0)
			 : "nothing");
	sqlite3_finalize(q);
	sqlite3_close(db);
	return out;
}

static void do_sql(sqlite3 *db, const char *sql)
{
	if (sqlite3_exec(db, sql, NULL, NULL, NULL) != SQLITE_OK)
		fail_msg("%s: %s", sql, sqlite3_errmsg(db));
}

static struct form_put put_of(const char *call, const char *field,
			      const char *value, int64_t at_ms)
{
	return (struct form_put){
		.call = call,
		.form = "contact",
		.agent = "default",
		.caller = "+41791234567",
		.at_ms = at_ms,
		.count = 1,
		.value = { { field, value } },
	};
}

static void corrections_keep_the_row(void **state)
{
	struct form_store *s = opened();
	struct form_stored stored;
	struct form_put p = put_of("CA1", "name", "John Smith", 1000);

	(void)state;
	form_store_put(s, &p, &stored);
	CHECK_EQ(0, stored.error, stored.why);
	CHECK_EQ(1, stored.version, "a new row");
	p = put_of("CA1", "name", "John O'Smyth; DROP TABLE form", 2000);
	p.is_complete = true;
	form_store_put(s, &p, &stored);
	CHECK_EQ(2, stored.version, "the same row");
	p = put_of("CA2", "name", "Jane", 3000);
	form_store_put(s, &p, &stored);
	CHECK_EQ(1, stored.version, "another call's row");
	form_store_close(s);

	CHECK_STR("2", ask("SELECT count(*) FROM form"), "a row per call");
	CHECK_STR("CA1 contact default +41791234567 1000 2000 2 1",
		  ask("SELECT call||' '||form||' '"
		      "||agent||' '||caller||' '||created_ms||' '||updated_ms"
		      "||' '||version||' '||is_complete"
		      " FROM form WHERE call='CA1'"),
		  "what is known of it");
	CHECK_STR("John O'Smyth; DROP TABLE form",
		  ask("SELECT value FROM form_field WHERE form_id=1"),
		  "the value it has now");
	CHECK_STR("1 John Smith -,2 John O'Smyth; DROP TABLE form John Smith",
		  ask("SELECT group_concat(version||' '||value||' '||"
		      "coalesce(previous,'-')) FROM form_version"
		      " WHERE form_id=1 AND field='name'"),
		  "and those it had");
	CHECK_STR("wal", ask("PRAGMA journal_mode"), "readers do not wait");
}

static void survives_and_migrates(void **state)
{
	struct form_store *s = opened();
	struct form_put p = put_of("CA1", "name", "John", 1);
	struct form_stored stored;
	struct stat st;

	(void)state;
	form_store_put(s, &p, &stored);
	form_store_close(s);
	CHECK_EQ(0, stat(path, &st), "it is there");
	CHECK_EQ(0600, st.st_mode & 0777, "for its user alone");
	s = opened();
	form_store_put(s, &p, &stored);
	form_store_close(s);
	CHECK_EQ(2, stored.version, "what was there is there");
	CHECK_STR("1", ask("PRAGMA user_version"), "its version");
}

static void refuses_what_it_cannot_be(void **state)
{
	struct form_store *s;
	sqlite3 *db;

	(void)state;
	sqlite3_open(path, &db);
	do_sql(db, "PRAGMA user_version = 99");
	sqlite3_close(db);
	CHECK_EQ(-EINVAL, form_store_open(&s, path, why, sizeof(why)), "newer");
	CHECK(strstr(why, "newer version"), why);
	CHECK(!s, "nothing is left");

	FILE *f = fopen(path, "w");
	fprintf(f, "%2000s", "no database");
	fclose(f);
	CHECK(form_store_open(&s, path, why, sizeof(why)) < 0, "no database");
	CHECK(strstr(why, "not a database"), why);

	CHECK_EQ(-ENOENT,
		 form_store_open(&s, "/nonexistent/forms.db", why, sizeof(why)),
		 "no such folder");
	CHECK_EQ(-EISDIR, form_store_open(&s, folder, why, sizeof(why)),
		 "a folder");
	form_store_close(NULL);
}

static void tells_a_full_disk(void **state)
{
	struct form_store *s = opened();
	struct form_stored stored;
	static char large[60000];
	struct form_put p = put_of("CA1", "name", large, 1);

	(void)state;
	memset(large, 'a', sizeof(large) - 1);
	form_store_put(s, &p, &stored);
	CHECK_EQ(0, stored.error, "there is room");
	form_store_close(s);
	/* A file that may not grow is a disk that is full. */
	s = opened();
	sqlite3 *db = *(sqlite3 **)s; /* its first member */
	do_sql(db, "PRAGMA max_page_count = 1");
	form_store_put(s, &p, &stored);
	CHECK_EQ(-ENOSPC, stored.error, "none is left");
	CHECK_STR("the disk is full", stored.why, "in words");
	do_sql(db, "PRAGMA max_page_count = 100000");
	form_store_put(s, &p, &stored);
	CHECK_EQ(0, stored.error, "there is some again");
	CHECK_EQ(2, stored.version, "and what failed has left nothing");
	form_store_close(s);
}

static void tells_a_lock(void **state)
{
	struct form_store *s = opened();
	struct form_put p = put_of("CA1", "name", "John", 1);
	struct form_stored stored;
	sqlite3 *other;

	(void)state;
	sqlite3_open(path, &other);
	do_sql(other, "BEGIN IMMEDIATE");
	form_store_put(s, &p, &stored);
	CHECK_EQ(-EBUSY, stored.error, "another program writes");
	CHECK_STR("another program has locked it", stored.why, "in words");
	do_sql(other, "ROLLBACK");
	form_store_put(s, &p, &stored);
	CHECK_EQ(0, stored.error, "it is done");
	sqlite3_close(other);
	form_store_close(s);
}

static unsigned written;

static void on_done(void *owner, const struct form_stored *stored)
{
	CHECK_EQ(0, stored->error, stored->why);
	written += *(unsigned *)owner;
}

/* Many at once, from texts that are gone when they are written. */
static void writes_beside_the_loop(void **state)
{
	struct form_store *s = opened();
	uv_loop_t loop;
	unsigned one = 1;
	char call[32], value[32];

	(void)state;
	uv_loop_init(&loop);
	written = 0;
	for (int i = 0; i < 50; i++) {
		snprintf(call, sizeof(call), "CA%d", i);
		snprintf(value, sizeof(value), "name %d", i);
		struct form_put p = put_of(call, "name", value, i);
		CHECK_EQ(0, form_store_save(s, &loop, &p, on_done, &one),
			 "taken");
	}
	CHECK_EQ(0, written, "never from inside");
	uv_run(&loop, UV_RUN_DEFAULT);
	CHECK_EQ(50, written, "all of them");
	CHECK_EQ(0, uv_loop_close(&loop), "nothing is left");
	form_store_close(s);
	CHECK_STR("50",
		  ask("SELECT count(*) FROM form JOIN form_field ON form_id=id"
		      " WHERE call='CA'||created_ms AND"
		      " value='name '||created_ms"),
		  "each as it was asked for");
}

static void is_bounded(void **state)
{
	struct form_store *s = opened();
	struct form_put p = put_of("CA1", "name", "John", 1);
	uv_loop_t loop;
	unsigned one = 1, taken = 0;

	(void)state;
	uv_loop_init(&loop);
	written = 0;
	while (form_store_save(s, &loop, &p, on_done, &one) == 0)
		taken++;
	CHECK_EQ(FORM_STORE_WAITING_MAX, taken, "so many, not one more");
	uv_run(&loop, UV_RUN_DEFAULT);
	CHECK_EQ(taken, written, "all that were taken");
	CHECK_EQ(0, form_store_save(s, &loop, &p, on_done, &one),
		 "there is room again");
	uv_run(&loop, UV_RUN_DEFAULT);
	uv_loop_close(&loop);
	form_store_close(s);
}

int main(void)
{
#define ROW(test) cmocka_unit_test_setup_teardown(test, setup, teardown)
	const struct CMUnitTest tests[] = {
		ROW(corrections_keep_the_row),
		ROW(survives_and_migrates),
		ROW(refuses_what_it_cannot_be),
		ROW(tells_a_full_disk),
		ROW(tells_a_lock),
		ROW(writes_beside_the_loop),
		ROW(is_bounded),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
