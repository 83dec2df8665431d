#include "gateway/records/form_store.h"

#include <errno.h>
#include <fcntl.h>
#include <sqlite3.h>
#include <stdarg.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

struct form_store {
	sqlite3 *db;
	uv_mutex_t lock;     /* of db */
	atomic_uint waiting; /* to be written */
};

/* One that waits, or is written. */
struct save {
	uv_work_t work;
	struct form_store *store;
	struct form_put put; /* its texts are below */
	struct form_stored stored;
	form_stored_fn *on_done;
	void *owner;
	char text[];
};

/* --- What goes wrong --- */

static int error_of(int code)
{
	switch (code & 0xff) {
	case SQLITE_FULL:
		return -ENOSPC;
	case SQLITE_BUSY:
	case SQLITE_LOCKED:
		return -EBUSY;
	case SQLITE_READONLY:
	case SQLITE_PERM:
	case SQLITE_CANTOPEN:
		return -EROFS;
	default:
		return -EIO;
	}
}

static int explain(sqlite3 *db, char *why, size_t cap)
{
	int code = db ? sqlite3_errcode(db) : SQLITE_NOMEM;

	switch (error_of(code)) {
	case -ENOSPC:
		snprintf(why, cap, "the disk is full");
		break;
	case -EBUSY:
		snprintf(why, cap, "another program has locked it");
		break;
	case -EROFS:
		snprintf(why, cap, "it cannot be written (%s)",
			 db ? sqlite3_errmsg(db) : "no memory");
		break;
	default:
		snprintf(why, cap, "%s", db ? sqlite3_errmsg(db) : "no memory");
	}
	return error_of(code);
}

/* --- Opening --- */

static const char schema[] =
	"BEGIN IMMEDIATE;"
	"CREATE TABLE form ("
	" id INTEGER PRIMARY KEY,"
	" call TEXT NOT NULL,"
	" form TEXT NOT NULL,"
	" agent TEXT NOT NULL,"
	" caller TEXT NOT NULL,"
	" created_ms INTEGER NOT NULL,"
	" updated_ms INTEGER NOT NULL,"
	" version INTEGER NOT NULL,"
	" is_complete INTEGER NOT NULL,"
	" UNIQUE (call, form));"
	"CREATE TABLE form_field ("
	" form_id INTEGER NOT NULL REFERENCES form (id) ON DELETE CASCADE,"
	" field TEXT NOT NULL,"
	" value TEXT NOT NULL,"
	" PRIMARY KEY (form_id, field)) WITHOUT ROWID;"
	"CREATE TABLE form_version ("
	" form_id INTEGER NOT NULL REFERENCES form (id) ON DELETE CASCADE,"
	" version INTEGER NOT NULL,"
	" field TEXT NOT NULL,"
	" value TEXT NOT NULL,"
	" previous TEXT,"
	" at_ms INTEGER NOT NULL,"
	" PRIMARY KEY (form_id, version, field)) WITHOUT ROWID;"
	"CREATE INDEX form_updated ON form (updated_ms);"
	"PRAGMA user_version = 1;"
	"COMMIT;";

static int exec(sqlite3 *db, const char *sql)
{
	return sqlite3_exec(db, sql, NULL, NULL, NULL);
}

static int read_version(sqlite3 *db, int *version)
{
	sqlite3_stmt *q = NULL;
	int code = sqlite3_prepare_v2(db, "PRAGMA user_version", -1, &q, NULL);

	if (code == SQLITE_OK) {
		code = sqlite3_step(q);
		*version = sqlite3_column_int(q, 0);
	}
	sqlite3_finalize(q);
	return code == SQLITE_ROW ? SQLITE_OK : code;
}

static int judge_version(int version, char *why, size_t cap)
{
	if (version <= FORM_STORE_SCHEMA)
		return 0;
	snprintf(why, cap,
		 "it was written by a newer version of this program (%d, "
		 "known here: %d)",
		 version, FORM_STORE_SCHEMA);
	return -EINVAL;
}

static int migrate(sqlite3 *db, char *why, size_t cap)
{
	int version = 0;

	if (read_version(db, &version) != SQLITE_OK)
		return explain(db, why, cap);
	if (judge_version(version, why, cap))
		return -EINVAL;
	if (version < 1 && exec(db, schema) != SQLITE_OK) {
		int err = explain(db, why, cap);
		exec(db, "ROLLBACK");
		return err;
	}
	/* A store that cannot be written must not be found out by a caller. */
	if (exec(db, "BEGIN IMMEDIATE; PRAGMA user_version = 1; COMMIT;") !=
	    SQLITE_OK)
		return explain(db, why, cap);
	return 0;
}

/* By SQLite it would be readable by whoever umask allows. */
static int make_file(const char *path, char *why, size_t cap)
{
	int fd = open(path, O_RDWR | O_CREAT | O_CLOEXEC, 0600);

	if (fd < 0) {
		int err = -errno;
		snprintf(why, cap, "%s", strerror(errno));
		return err;
	}
	close(fd);
	return 0;
}

static int open_database(sqlite3 **db, const char *path, char *why, size_t cap)
{
	int flags = SQLITE_OPEN_READWRITE | SQLITE_OPEN_NOMUTEX;
	int err = make_file(path, why, cap);

	if (err)
		return err;
	if (sqlite3_open_v2(path, db, flags, NULL) != SQLITE_OK)
		return explain(*db, why, cap);
	sqlite3_busy_timeout(*db, FORM_STORE_BUSY_MS);
	if (exec(*db, "PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL;"
		      "PRAGMA foreign_keys = ON;") != SQLITE_OK)
		return explain(*db, why, cap);
	return migrate(*db, why, cap);
}

int form_store_open(struct form_store **out, const char *path, char *why,
		    size_t cap)
{
	struct form_store *s = calloc(1, sizeof(*s));
	int err = s ? uv_mutex_init(&s->lock) : -ENOMEM;

	*out = NULL;
	if (err)
		goto free_store;
	err = open_database(&s->db, path, why, cap);
	if (!err) {
		*out = s;
		return 0;
	}
	sqlite3_close(s->db);
	uv_mutex_destroy(&s->lock);
free_store:
	free(s);
	if (err == -ENOMEM)
		snprintf(why, cap, "no memory");
	return err;
}

/* In the folder, when the file is not there yet. */
static int probe_folder(const char *path, char *why, size_t cap)
{
	const char *slash = strrchr(path, '/');
	char folder[4096] = ".";

	if (slash)
		snprintf(folder, sizeof(folder), "%.*s",
			 slash == path ? 1 : (int)(slash - path), path);
	if (access(folder, W_OK | X_OK) == 0)
		return 0;
	int err = -errno;
	snprintf(why, cap, "it is not there, and cannot be made: %s",
		 strerror(errno));
	return err;
}

int form_store_probe(const char *path, char *why, size_t cap)
{
	sqlite3 *db = NULL;
	int version = 0, err = 0;

	if (access(path, F_OK) != 0)
		return probe_folder(path, why, cap);
	if (sqlite3_open_v2(path, &db,
			    SQLITE_OPEN_READWRITE | SQLITE_OPEN_NOMUTEX,
			    NULL) != SQLITE_OK ||
	    sqlite3_busy_timeout(db, FORM_STORE_BUSY_MS) != SQLITE_OK ||
	    read_version(db, &version) != SQLITE_OK ||
	    exec(db, "BEGIN IMMEDIATE; ROLLBACK;") != SQLITE_OK)
		err = explain(db, why, cap);
	if (!err && sqlite3_db_readonly(db, "main")) {
		snprintf(why, cap, "it may only be read");
		err = -EROFS;
	}
	if (!err)
		err = judge_version(version, why, cap);
	sqlite3_close(db);
	return err;
}

void form_store_close(struct form_store *s)
{
	if (!s)
		return;
	sqlite3_close(s->db);
	uv_mutex_destroy(&s->lock);
	free(s);
}

/* --- Writing --- */

/* Bind by types: s text, i int64_t. Returns the statement's first row, or what
 * went wrong; *value is its first column when there is one, *text the second.
 */
static int run(sqlite3 *db, const char *sql, int64_t value[2],
	       const char *types, ...)
{
	sqlite3_stmt *q = NULL;
	int code = sqlite3_prepare_v2(db, sql, -1, &q, NULL);
	va_list ap;

	va_start(ap, types);
	for (int i = 1; code == SQLITE_OK && *types; i++, types++)
		code = *types == 's'
			       ? sqlite3_bind_text(q, i,
						   va_arg(ap, const char *), -1,
						   SQLITE_STATIC)
			       : sqlite3_bind_int64(q, i, va_arg(ap, int64_t));
	va_end(ap);
	if (code == SQLITE_OK)
		code = sqlite3_step(q);
	if (code == SQLITE_ROW && value) {
		value[0] = sqlite3_column_int64(q, 0);
		value[1] = sqlite3_column_int64(q, 1);
		code = sqlite3_step(q); /* RETURNING: its end is the write's */
	}
	sqlite3_finalize(q);
	return code == SQLITE_DONE ? SQLITE_OK : code;
}

static int put_form(sqlite3 *db, const struct form_put *p, int64_t row[2])
{
	return run(db,
		   "INSERT INTO form (call, form, agent, caller, created_ms,"
		   " updated_ms, version, is_complete)"
		   " VALUES (?1, ?2, ?3, ?4, ?5, ?5, 1, ?6)"
		   " ON CONFLICT (call, form) DO UPDATE SET"
		   " agent = excluded.agent, updated_ms = excluded.updated_ms,"
		   " version = version + 1, is_complete = excluded.is_complete"
		   " RETURNING id, version",
		   row, "ssssii", p->call, p->form, p->agent, p->caller,
		   p->at_ms, (int64_t)p->is_complete);
}

static int put_field(sqlite3 *db, const struct form_put *p,
		     const struct form_value *v, const int64_t row[2])
{
	int code = run(db,
		       "INSERT INTO form_version (form_id, version, field,"
		       " value, previous, at_ms) VALUES (?1, ?2, ?3, ?4,"
		       " (SELECT value FROM form_field WHERE form_id = ?1"
		       "  AND field = ?3), ?5)",
		       NULL, "iissi", row[0], row[1], v->field, v->value,
		       p->at_ms);

	if (code != SQLITE_OK)
		return code;
	return run(db,
		   "INSERT INTO form_field (form_id, field, value)"
		   " VALUES (?1, ?2, ?3) ON CONFLICT (form_id, field)"
		   " DO UPDATE SET value = excluded.value",
		   NULL, "iss", row[0], v->field, v->value);
}

static int put_all(sqlite3 *db, const struct form_put *p, int64_t row[2])
{
	int code = put_form(db, p, row);

	for (unsigned i = 0; i < p->count && code == SQLITE_OK; i++)
		code = put_field(db, p, &p->value[i], row);
	return code;
}

/* All of it, or nothing. */
static void write_form(sqlite3 *db, const struct form_put *p,
		       struct form_stored *stored)
{
	int64_t row[2] = { 0, 0 };
	bool is_begun = exec(db, "BEGIN IMMEDIATE") == SQLITE_OK;

	*stored = (struct form_stored){ .error = 0 };
	if (is_begun && put_all(db, p, row) == SQLITE_OK &&
	    exec(db, "COMMIT") == SQLITE_OK) {
		stored->id = row[0];
		stored->version = (unsigned)row[1];
		return;
	}
	stored->error = explain(db, stored->why, sizeof(stored->why));
	if (is_begun && !sqlite3_get_autocommit(db))
		exec(db, "ROLLBACK");
}

void form_store_put(struct form_store *s, const struct form_put *put,
		    struct form_stored *stored)
{
	uv_mutex_lock(&s->lock);
	write_form(s->db, put, stored);
	uv_mutex_unlock(&s->lock);
}

/* --- On libuv's threads --- */

static void on_work(uv_work_t *work)
{
	struct save *s = work->data;

	form_store_put(s->store, &s->put, &s->stored);
}

static void on_written(uv_work_t *work, int status)
{
	struct save *s = work->data;

	if (status) { /* cancelled: nobody does that */
		s->stored.error = status;
		snprintf(s->stored.why, sizeof(s->stored.why), "%s",
			 uv_strerror(status));
	}
	atomic_fetch_sub(&s->store->waiting, 1);
	s->on_done(s->owner, &s->stored);
	free(s);
}

static const char *copy(char **at, const char *text)
{
	char *begin = *at;

	*at = stpcpy(begin, text) + 1;
	return begin;
}

static struct save *copy_put(const struct form_put *p)
{
	size_t size = strlen(p->call) + strlen(p->form) + strlen(p->agent) +
		      strlen(p->caller) + 4;

	for (unsigned i = 0; i < p->count; i++)
		size += strlen(p->value[i].field) + strlen(p->value[i].value) +
			2;
	struct save *s = calloc(1, sizeof(*s) + size);
	if (!s)
		return NULL;
	char *at = s->text;
	s->put = *p;
	s->put.call = copy(&at, p->call);
	s->put.form = copy(&at, p->form);
	s->put.agent = copy(&at, p->agent);
	s->put.caller = copy(&at, p->caller);
	for (unsigned i = 0; i < p->count; i++) {
		s->put.value[i].field = copy(&at, p->value[i].field);
		s->put.value[i].value = copy(&at, p->value[i].value);
	}
	return s;
}

int form_store_save(struct form_store *s, uv_loop_t *loop,
		    const struct form_put *put, form_stored_fn *on_done,
		    void *owner)
{
	if (atomic_fetch_add(&s->waiting, 1) >= FORM_STORE_WAITING_MAX) {
		atomic_fetch_sub(&s->waiting, 1);
		return -ENOBUFS;
	}
	struct save *save = copy_put(put);
	if (!save) {
		atomic_fetch_sub(&s->waiting, 1);
		return -ENOMEM;
	}
	save->work.data = save;
	save->store = s;
	save->on_done = on_done;
	save->owner = owner;
	return uv_queue_work(loop, &save->work, on_work, on_written);
}
