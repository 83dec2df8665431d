/* What building and searching an index share; nobody else includes this. */
#ifndef GATEWAY_AGENTS_KNOWLEDGE_PARTS_H
#define GATEWAY_AGENTS_KNOWLEDGE_PARTS_H

#include <pthread.h>
#include <sqlite3.h>
#include <stdatomic.h>

#include "gateway/agents/knowledge_index.h"

struct knowledge_reader {
	sqlite3 *db;
	sqlite3_stmt *find;
	sqlite3_stmt *count;
	Fts5Tokenizer *tokenizer;
	fts5_tokenizer methods;
	struct knowledge_reader *next;
};

struct knowledge_index {
	atomic_uint uses;
	atomic_uint searches; /* under way */
	bool is_english;
	unsigned chunks;
	unsigned char *bytes; /* a database, of SQLite's memory */
	sqlite3_int64 size;
	pthread_mutex_t lock; /* of idle */
	unsigned idle_count;
	struct knowledge_reader *idle;
};

const char *knowledge_tokenizer(bool is_english);
void knowledge_reader_close(struct knowledge_reader *r);

/* knowledge_stop_word: len bytes that tell nothing of what is asked for. */
bool knowledge_stop_word(const char *word, size_t len, bool is_english);

#endif
