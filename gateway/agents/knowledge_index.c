#include "gateway/agents/knowledge_index.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "gateway/agents/knowledge_parts.h"

struct knowledge_builder {
	sqlite3 *db;
	sqlite3_stmt *insert;
	bool is_english;
	unsigned chunks;
	const char *name; /* of the file being added */
};

const char *knowledge_tokenizer(bool is_english)
{
	return is_english ? "porter unicode61 remove_diacritics 2"
			  : "unicode61 remove_diacritics 2";
}

static int error_of(int code)
{
	if (code == SQLITE_OK || code == SQLITE_DONE)
		return 0;
	return code == SQLITE_NOMEM ? -ENOMEM : -EIO;
}

static int run(struct knowledge_builder *b, const char *sql)
{
	return error_of(sqlite3_exec(b->db, sql, NULL, NULL, NULL));
}

/* --- Building --- */

/* word: in how many pieces each stands, to know what a search will cost. */
static int make_tables(struct knowledge_builder *b)
{
	char sql[256];

	snprintf(sql, sizeof(sql),
		 "CREATE VIRTUAL TABLE chunk USING fts5(heading, text, source "
		 "UNINDEXED, columnsize = 0, tokenize = '%s')",
		 knowledge_tokenizer(b->is_english));
	int err = run(b, sql);
	if (!err)
		err = run(b, "CREATE TABLE word(term TEXT PRIMARY KEY, pieces "
			     "INTEGER) WITHOUT ROWID;"
			     "CREATE VIRTUAL TABLE temp.term USING "
			     "fts5vocab('main', 'chunk', 'row');"
			     "BEGIN");
	if (!err)
		err = error_of(sqlite3_prepare_v2(
			b->db,
			"INSERT INTO chunk(heading, text, source) "
			"VALUES(?, ?, ?)",
			-1, &b->insert, NULL));
	return err;
}

int knowledge_builder_open(struct knowledge_builder **out, bool is_english)
{
	struct knowledge_builder *b = calloc(1, sizeof(*b));

	*out = NULL;
	if (!b)
		return -ENOMEM;
	b->is_english = is_english;
	int err = error_of(sqlite3_open_v2(":memory:", &b->db,
					   SQLITE_OPEN_READWRITE |
						   SQLITE_OPEN_CREATE |
						   SQLITE_OPEN_NOMUTEX,
					   NULL));
	if (!err)
		err = make_tables(b);
	if (err)
		knowledge_builder_free(b);
	else
		*out = b;
	return err;
}

void knowledge_builder_free(struct knowledge_builder *b)
{
	if (!b)
		return;
	sqlite3_finalize(b->insert);
	sqlite3_close(b->db);
	free(b);
}

static int add(void *owner, const struct knowledge_chunk *c)
{
	struct knowledge_builder *b = owner;
	char source[KNOWLEDGE_SOURCE_MAX];

	snprintf(source, sizeof(source), "%s%s%s", b->name,
		 c->heading[0] ? " > " : "", c->heading);
	sqlite3_bind_text(b->insert, 1, c->heading, -1, SQLITE_STATIC);
	sqlite3_bind_text(b->insert, 2, c->text, -1, SQLITE_STATIC);
	sqlite3_bind_text(b->insert, 3, source, -1, SQLITE_STATIC);
	int err = error_of(sqlite3_step(b->insert));
	sqlite3_reset(b->insert);
	sqlite3_clear_bindings(b->insert);
	b->chunks++;
	return err;
}

int knowledge_builder_add(struct knowledge_builder *b, const char *name,
			  const char *text, size_t len)
{
	b->name = name;
	return knowledge_chunk_each(name, text, len, add, b);
}

static struct knowledge_index *index_new(const struct knowledge_builder *b)
{
	struct knowledge_index *i = calloc(1, sizeof(*i));

	if (!i)
		return NULL;
	atomic_init(&i->uses, 1);
	i->is_english = b->is_english;
	i->chunks = b->chunks;
	pthread_mutex_init(&i->lock, NULL);
	i->bytes = sqlite3_serialize(b->db, "main", &i->size, 0);
	if (i->bytes)
		return i;
	knowledge_index_drop(i);
	return NULL;
}

int knowledge_builder_done(struct knowledge_builder *b,
			   struct knowledge_index **out)
{
	int err = run(b, "INSERT INTO chunk(chunk) VALUES('optimize');"
			 "INSERT INTO word SELECT term, doc FROM temp.term;"
			 "COMMIT");

	*out = err ? NULL : index_new(b);
	knowledge_builder_free(b);
	if (!err && !*out)
		err = -ENOMEM;
	return err;
}

/* --- Whose it is --- */

struct knowledge_index *knowledge_index_keep(struct knowledge_index *i)
{
	atomic_fetch_add(&i->uses, 1);
	return i;
}

void knowledge_index_drop(struct knowledge_index *i)
{
	if (!i || atomic_fetch_sub(&i->uses, 1) > 1)
		return;
	while (i->idle) {
		struct knowledge_reader *r = i->idle;
		i->idle = r->next;
		knowledge_reader_close(r);
	}
	pthread_mutex_destroy(&i->lock);
	sqlite3_free(i->bytes);
	free(i);
}

bool knowledge_index_enter(struct knowledge_index *i, unsigned most)
{
	if (atomic_fetch_add(&i->searches, 1) < most)
		return true;
	knowledge_index_leave(i);
	return false;
}

void knowledge_index_leave(struct knowledge_index *i)
{
	atomic_fetch_sub(&i->searches, 1);
}

unsigned knowledge_index_chunks(const struct knowledge_index *i)
{
	return i->chunks;
}

size_t knowledge_index_bytes(const struct knowledge_index *i)
{
	return (size_t)i->size;
}
