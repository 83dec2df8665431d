#include "gateway/records/spending_store.h"

#include <errno.h>
#include <sqlite3.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "gateway/records/ledger.h"

#define CHANGES_MAX 256 /* written at a time; more follow at once */

struct spending_store {
	sqlite3 *db;
	sqlite3_stmt *put;
	sqlite3_stmt *drop;
	sqlite3_stmt *get;
	struct ledger_change change[CHANGES_MAX];
};

static const char make[] = "PRAGMA journal_mode = WAL;"
			   "PRAGMA synchronous = NORMAL;"
			   "CREATE TABLE IF NOT EXISTS spending ("
			   "	day INTEGER NOT NULL,"
			   "	number TEXT NOT NULL,"
			   "	cost INTEGER NOT NULL,"
			   "	PRIMARY KEY (day, number)) WITHOUT ROWID;";

static int explain(struct spending_store *s, char *why, size_t cap)
{
	snprintf(why, cap, "%s", sqlite3_errmsg(s->db));
	return -EIO;
}

/* --- The file --- */

static int prepare(struct spending_store *s, sqlite3_stmt **out,
		   const char *sql)
{
	return sqlite3_prepare_v2(s->db, sql, -1, out, NULL);
}

static int prepare_all(struct spending_store *s)
{
	int err = sqlite3_busy_timeout(s->db, SPENDING_STORE_BUSY_MS);

	if (!err)
		err = sqlite3_exec(s->db, make, NULL, NULL, NULL);
	if (!err)
		err = prepare(s, &s->put,
			      "INSERT INTO spending VALUES (?1, ?2, ?3) "
			      "ON CONFLICT DO UPDATE SET cost = cost + ?3");
	if (!err)
		err = prepare(s, &s->drop,
			      "DELETE FROM spending WHERE day < ?1");
	if (!err)
		err = prepare(s, &s->get,
			      "SELECT number, cost FROM spending "
			      "WHERE day = ?1 LIMIT 8192");
	return err;
}

int spending_store_open(struct spending_store **out, const char *path,
			char *why, size_t cap)
{
	struct spending_store *s = calloc(1, sizeof(*s));
	mode_t before = umask(077);
	int err = 0;

	*out = NULL;
	if (s && (sqlite3_open(path, &s->db) || prepare_all(s)))
		err = explain(s, why, cap);
	umask(before);
	if (!s) {
		snprintf(why, cap, "out of memory");
		return -ENOMEM;
	}
	if (err)
		spending_store_close(s);
	else
		*out = s;
	return err;
}

void spending_store_close(struct spending_store *s)
{
	if (!s)
		return;
	sqlite3_finalize(s->put);
	sqlite3_finalize(s->drop);
	sqlite3_finalize(s->get);
	sqlite3_close(s->db);
	free(s);
}

/* --- Reading --- */

int spending_store_restore(struct spending_store *s, struct ledger *l,
			   int32_t day)
{
	int step;

	sqlite3_bind_int(s->get, 1, day);
	while ((step = sqlite3_step(s->get)) == SQLITE_ROW) {
		const char *number =
			(const char *)sqlite3_column_text(s->get, 0);
		int64_t cost = sqlite3_column_int64(s->get, 1);
		ledger_restore(l, number ? number : "", day,
			       cost > 0 ? (uint64_t)cost : 0);
	}
	sqlite3_reset(s->get);
	return step == SQLITE_DONE ? 0 : -EIO;
}

/* --- Writing --- */

static int run(sqlite3_stmt *statement)
{
	int step = sqlite3_step(statement);

	sqlite3_reset(statement);
	return step == SQLITE_DONE ? 0 : -EIO;
}

static int put(struct spending_store *s, int32_t day,
	       const struct ledger_change *c)
{
	int64_t cost = c->cost > INT64_MAX ? INT64_MAX : (int64_t)c->cost;

	sqlite3_bind_int(s->put, 1, day);
	sqlite3_bind_text(s->put, 2, c->number, -1, SQLITE_STATIC);
	sqlite3_bind_int64(s->put, 3, cost);
	return run(s->put);
}

/* All of it, or nothing. */
static int put_all(struct spending_store *s, int32_t day, unsigned n, char *why,
		   size_t cap)
{
	int err = sqlite3_exec(s->db, "BEGIN IMMEDIATE", NULL, NULL, NULL);

	if (err)
		return explain(s, why, cap);
	sqlite3_bind_int(s->drop, 1, day);
	err = run(s->drop);
	for (unsigned i = 0; i < n && !err; i++)
		err = put(s, day, &s->change[i]);
	if (!err && sqlite3_exec(s->db, "COMMIT", NULL, NULL, NULL) == 0)
		return 0;
	err = explain(s, why, cap); /* of what failed, not of undoing it */
	sqlite3_exec(s->db, "ROLLBACK", NULL, NULL, NULL);
	return err;
}

int spending_store_write(struct spending_store *s, struct ledger *l, char *why,
			 size_t cap)
{
	int32_t day;
	unsigned n;

	while ((n = ledger_take_changes(l, &day, s->change, CHANGES_MAX)) > 0) {
		int err = put_all(s, day, n, why, cap);
		if (!err)
			continue;
		ledger_return_changes(l, day, s->change, n);
		return err;
	}
	return 0;
}
