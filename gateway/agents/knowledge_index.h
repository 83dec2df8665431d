/* A full-text index of an agent's texts: built once, then only read.
 *
 * What SQLite (FTS5) has built is kept as one block of bytes, which every
 * connection reads where it lies: searches on several threads wait for nobody.
 *
 * Ranked by bm25; a word in a heading counts four times. Words are found
 * without regard to case and diacritics: English ones by their stem (Porter),
 * those of other languages by their beginning, the last KNOWLEDGE_ENDING
 * letters of a long one aside. What a search costs is bounded: of the words
 * asked for the rarest count, until KNOWLEDGE_WORK_MAX pieces have been looked
 * at. */
#ifndef GATEWAY_AGENTS_KNOWLEDGE_INDEX_H
#define GATEWAY_AGENTS_KNOWLEDGE_INDEX_H

#include <jansson.h>
#include <stdbool.h>
#include <stddef.h>

#include "gateway/agents/knowledge_chunk.h"

/* Limits. */
#define KNOWLEDGE_QUERY_MAX      512 /* bytes of a question; more is not read */
#define KNOWLEDGE_TERMS_MAX      24  /* words of it, likewise */
#define KNOWLEDGE_WORK_MAX       2000 /* pieces a search looks at, about */
#define KNOWLEDGE_RESULTS_MAX    8    /* that may be asked for */
#define KNOWLEDGE_SOURCE_MAX     576  /* bytes of a source, with NUL */
#define KNOWLEDGE_ENDING         2 /* letters that inflection may change … */
#define KNOWLEDGE_LONG           6 /* … of a word with so many */
#define KNOWLEDGE_HEADING_WEIGHT 4
#define KNOWLEDGE_BEGINNING      4 /* letters of a word that may go on */
#define KNOWLEDGE_READERS_MAX    8 /* connections that are kept for the next */

struct knowledge_builder;
struct knowledge_index;

/* knowledge_builder_open: an empty one. Returns 0 or a negative errno (-EIO:
 * SQLite fails).
 * knowledge_builder_add: every piece of one file, whose name the sources show.
 * text is len bytes of UTF-8 without NUL. Returns 0 or a negative errno.
 * knowledge_builder_done: the index, with one use of it; also frees the
 * builder, on failure too. knowledge_builder_free: given up; NULL is fine. */
int knowledge_builder_open(struct knowledge_builder **out, bool is_english);
int knowledge_builder_add(struct knowledge_builder *b, const char *name,
			  const char *text, size_t len);
int knowledge_builder_done(struct knowledge_builder *b,
			   struct knowledge_index **out);
void knowledge_builder_free(struct knowledge_builder *b);

/* knowledge_index_keep, knowledge_index_drop: one use more or less, from any
 * thread. */
struct knowledge_index *knowledge_index_keep(struct knowledge_index *i);
void knowledge_index_drop(struct knowledge_index *i);

/* knowledge_index_enter: one more search is under way; false: there are most of
 * them already. knowledge_index_leave: one less. From any thread. */
bool knowledge_index_enter(struct knowledge_index *i, unsigned most);
void knowledge_index_leave(struct knowledge_index *i);

unsigned knowledge_index_chunks(const struct knowledge_index *i);
size_t knowledge_index_bytes(const struct knowledge_index *i);

/* knowledge_index_search: from any thread, several at a time.
 *
 * words    UTF-8, a question or words out of one
 * max      1..KNOWLEDGE_RESULTS_MAX
 * results  on 0 an array, best first, for json_decref; empty: nothing found
 *            [{"text":"…","source":"handbook.md > Handbook > Opening hours"}]
 * Returns 0, -ENOMEM or -EIO. */
int knowledge_index_search(struct knowledge_index *i, const char *words,
			   unsigned max, json_t **results);

#endif
