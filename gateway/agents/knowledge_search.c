/* Searching an index: words out of a question, and what they are worth. */
#include <errno.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "gateway/agents/knowledge_index.h"
#include "gateway/agents/knowledge_parts.h"
#include "protocols/utf8.h"

#define TERM_MAX   64 /* bytes of one word; longer ones are none */
#define VALUE_MAX  16 /* bytes of what one is worth, as text */
#define RANK       "worth"
#define SATURATION 1.2 /* k1: how much more a word counts that comes again */

/* One that is asked for. */
struct term {
	char text[TERM_MAX]; /* as FTS5 is asked; its stem may be another */
	size_t len;
	char stem[TERM_MAX]; /* as the index has it, or its beginning */
	size_t stem_len;
	bool is_beginning;    /* words that begin so are meant, too */
	sqlite3_int64 pieces; /* it stands in */
};

struct question {
	const char *words;
	bool is_english;
	unsigned count;
	struct term term[KNOWLEDGE_TERMS_MAX];
};

static int error_of(int code)
{
	if (code == SQLITE_OK || code == SQLITE_DONE || code == SQLITE_ROW)
		return 0;
	return code == SQLITE_NOMEM ? -ENOMEM : -EIO;
}

/* --- Readers --- */

/* The rank of a piece: BM25 with b = 0, as pieces are of similar length. FTS5's
 * own looks up every length, and counts all words anew for each question.
 *
 * value  of each phrase, what a piece with it is worth: its idf */
static void rank(const Fts5ExtensionApi *api, Fts5Context *piece,
		 sqlite3_context *result, int count, sqlite3_value **value)
{
	double often[KNOWLEDGE_TERMS_MAX] = { 0 }, sum = 0;
	int hits = 0, phrase, column, at;

	api->xInstCount(piece, &hits);
	for (int i = 0; i < hits; i++)
		if (api->xInst(piece, i, &phrase, &column, &at) == SQLITE_OK &&
		    phrase < KNOWLEDGE_TERMS_MAX)
			often[phrase] += column ? 1 : KNOWLEDGE_HEADING_WEIGHT;
	for (int i = 0; i < count; i++)
		sum += sqlite3_value_double(value[i]) * often[i] *
		       (SATURATION + 1) / (often[i] + SATURATION);
	sqlite3_result_double(result, -sum); /* the least is the best */
}

static int add_functions(struct knowledge_reader *r, bool is_english)
{
	static const char *const english[] = { "unicode61", "remove_diacritics",
					       "2" };
	fts5_api *api = NULL;
	sqlite3_stmt *ask = NULL;
	void *made_by = NULL;
	const char **arguments = (const char **)(uintptr_t)english;

	int err = error_of(
		sqlite3_prepare_v2(r->db, "SELECT fts5(?1)", -1, &ask, NULL));
	if (err)
		return err;
	sqlite3_bind_pointer(ask, 1, &api, "fts5_api_ptr", NULL);
	sqlite3_step(ask);
	sqlite3_finalize(ask);
	if (!api ||
	    api->xFindTokenizer(api, is_english ? "porter" : "unicode61",
				&made_by, &r->methods))
		return -EIO;
	if (api->xCreateFunction(api, RANK, NULL, rank, NULL))
		return -EIO;
	/* Porter is given the name of the one it refines. */
	return error_of(r->methods.xCreate(made_by,
					   arguments + (is_english ? 0 : 1),
					   is_english ? 3 : 2, &r->tokenizer));
}

static int open_reader(struct knowledge_reader *r,
		       const struct knowledge_index *i)
{
	int err = error_of(sqlite3_open_v2(
		":memory:", &r->db, SQLITE_OPEN_READWRITE | SQLITE_OPEN_NOMUTEX,
		NULL));

	if (!err)
		err = error_of(sqlite3_deserialize(
			r->db, "main", i->bytes, i->size, i->size,
			SQLITE_DESERIALIZE_READONLY));
	if (!err)
		err = error_of(sqlite3_prepare_v3(
			r->db,
			"SELECT text, source FROM chunk WHERE chunk MATCH ?1 "
			"AND rank MATCH ?2 ORDER BY rank LIMIT ?3",
			-1, SQLITE_PREPARE_PERSISTENT, &r->find, NULL));
	if (!err)
		err = error_of(sqlite3_prepare_v3(
			r->db,
			"SELECT sum(pieces) FROM word WHERE term >= ?1 AND "
			"term <= ?2",
			-1, SQLITE_PREPARE_PERSISTENT, &r->count, NULL));
	return err ? err : add_functions(r, i->is_english);
}

void knowledge_reader_close(struct knowledge_reader *r)
{
	if (r->tokenizer)
		r->methods.xDelete(r->tokenizer);
	sqlite3_finalize(r->find);
	sqlite3_finalize(r->count);
	sqlite3_close(r->db);
	free(r);
}

static int take_reader(struct knowledge_index *i, struct knowledge_reader **out)
{
	pthread_mutex_lock(&i->lock);
	struct knowledge_reader *r = i->idle;
	if (r) {
		i->idle = r->next;
		i->idle_count--;
	}
	pthread_mutex_unlock(&i->lock);
	*out = r;
	if (r)
		return 0;
	r = calloc(1, sizeof(*r));
	if (!r)
		return -ENOMEM;
	int err = open_reader(r, i);
	if (err)
		knowledge_reader_close(r);
	else
		*out = r;
	return err;
}

static void give_reader(struct knowledge_index *i, struct knowledge_reader *r)
{
	pthread_mutex_lock(&i->lock);
	bool has_room = i->idle_count < KNOWLEDGE_READERS_MAX;
	if (has_room) {
		r->next = i->idle;
		i->idle = r;
		i->idle_count++;
	}
	pthread_mutex_unlock(&i->lock);
	if (!has_room)
		knowledge_reader_close(r);
}

/* --- Words --- */

static bool has_term(const struct question *q, const char *stem, size_t len)
{
	for (unsigned i = 0; i < q->count; i++)
		if (q->term[i].stem_len == len &&
		    memcmp(q->term[i].stem, stem, len) == 0)
			return true;
	return false;
}

static size_t letters_in(const char *word, size_t len)
{
	size_t letters = 0;

	for (size_t i = 0; i < len; i++)
		letters += ((unsigned char)word[i] & 0xc0) != 0x80;
	return letters;
}

/* The beginning of a long word, without what inflection changes. */
static size_t without_ending(const char *word, size_t len)
{
	size_t end = len;

	if (letters_in(word, len) < KNOWLEDGE_LONG)
		return len;
	for (unsigned n = 0; n < KNOWLEDGE_ENDING; n++)
		end = utf8_cut(word, len, end - 1);
	return end;
}

static int on_token(void *owner, int flags, const char *token, int token_len,
		    int begin, int end)
{
	struct question *q = owner;
	size_t len = (size_t)(end - begin), stem_len = (size_t)token_len;
	const char *word = q->words + begin;

	if (flags & FTS5_TOKEN_COLOCATED || q->count == KNOWLEDGE_TERMS_MAX ||
	    len >= TERM_MAX || stem_len >= TERM_MAX ||
	    knowledge_stop_word(word, len, q->is_english))
		return SQLITE_OK;
	/* A stem has no stem of its own; a beginning is one of itself. */
	if (!q->is_english) {
		stem_len = without_ending(token, stem_len);
		word = token;
		len = stem_len;
	}
	if (has_term(q, token, stem_len))
		return SQLITE_OK;
	struct term *t = &q->term[q->count++];
	t->is_beginning =
		!q->is_english &&
		letters_in(token, (size_t)token_len) >= KNOWLEDGE_BEGINNING;
	memcpy(t->text, word, len);
	t->len = len;
	memcpy(t->stem, token, stem_len);
	t->stem_len = stem_len;
	return SQLITE_OK;
}

/* In how many pieces; of a beginning, of all words together. */
static int count_pieces(struct knowledge_reader *r, struct term *t)
{
	char last[TERM_MAX + 4];
	size_t last_len = t->stem_len;

	memcpy(last, t->stem, last_len);
	if (t->is_beginning) {
		memcpy(last + last_len, "\xf4\x8f\xbf\xbf", 4);
		last_len += 4;
	}
	sqlite3_bind_text(r->count, 1, t->stem, (int)t->stem_len,
			  SQLITE_STATIC);
	sqlite3_bind_text(r->count, 2, last, (int)last_len, SQLITE_STATIC);
	int code = sqlite3_step(r->count);
	t->pieces = code == SQLITE_ROW ? sqlite3_column_int64(r->count, 0) : 0;
	sqlite3_reset(r->count);
	sqlite3_clear_bindings(r->count);
	return error_of(code);
}

static int by_rarity(const void *a, const void *b)
{
	const struct term *s = a, *t = b;

	return (s->pieces > t->pieces) - (s->pieces < t->pieces);
}

/* The rarest words, as many as there is work for; one in any case. Those that
 * stand nowhere cost nothing and find nothing. */
static int weigh(struct knowledge_reader *r, struct question *q)
{
	sqlite3_int64 work = 0;
	unsigned first = 0, n = 0;
	int err = 0;

	for (unsigned i = 0; i < q->count && !err; i++)
		err = count_pieces(r, &q->term[i]);
	qsort(q->term, q->count, sizeof(q->term[0]), by_rarity);
	while (first < q->count && !q->term[first].pieces)
		first++;
	while (first + n < q->count) {
		work += q->term[first + n].pieces;
		if (n && work > KNOWLEDGE_WORK_MAX)
			break;
		n++;
	}
	memmove(q->term, q->term + first, n * sizeof(q->term[0]));
	q->count = n;
	return err;
}

/* Every word in quotation marks, so that none is an operator. A word has no
 * quotation mark in it: the tokenizer splits there. */
static void write_match(const struct question *q, char *out)
{
	for (unsigned i = 0; i < q->count; i++)
		out += sprintf(out, "%s\"%.*s\"%s", i ? " OR " : "",
			       (int)q->term[i].len, q->term[i].text,
			       q->term[i].is_beginning ? "*" : "");
}

/* A piece that has a word is worth the more, the fewer have it. */
static void write_rank(const struct question *q, unsigned chunks, char *out)
{
	out += sprintf(out, RANK "(");
	for (unsigned i = 0; i < q->count; i++) {
		double n = (double)q->term[i].pieces;
		double idf = log(1 + (chunks + 0.5) / (n + 0.5));
		out += snprintf(out, VALUE_MAX, "%s%.4f", i ? "," : "", idf);
	}
	sprintf(out, ")");
}

static int read_words(struct knowledge_reader *r, struct question *q,
		      const char *words)
{
	size_t len = strnlen(words, KNOWLEDGE_QUERY_MAX + 4);

	q->words = words;
	q->count = 0;
	len = utf8_cut(words, len, KNOWLEDGE_QUERY_MAX);
	int err = error_of(r->methods.xTokenize(r->tokenizer, q,
						FTS5_TOKENIZE_QUERY, words,
						(int)len, on_token));
	return err ? err : weigh(r, q);
}

/* --- Answers --- */

static int add_result(json_t *results, sqlite3_stmt *row)
{
	json_t *one =
		json_pack("{s:s, s:s}", "text",
			  (const char *)sqlite3_column_text(row, 0), "source",
			  (const char *)sqlite3_column_text(row, 1));

	return json_array_append_new(results, one) ? -ENOMEM : 0;
}

static int find(struct knowledge_reader *r, const struct question *q,
		unsigned chunks, unsigned max, json_t *results)
{
	char match[KNOWLEDGE_TERMS_MAX * (TERM_MAX + 8)];
	char by[KNOWLEDGE_TERMS_MAX * VALUE_MAX + sizeof(RANK) + 2];
	int code = SQLITE_DONE, err = 0;

	if (!q->count)
		return 0;
	write_match(q, match);
	sqlite3_bind_text(r->find, 1, match, -1, SQLITE_STATIC);
	write_rank(q, chunks, by);
	sqlite3_bind_text(r->find, 2, by, -1, SQLITE_STATIC);
	sqlite3_bind_int(r->find, 3, (int)max);
	while (!err && (code = sqlite3_step(r->find)) == SQLITE_ROW)
		err = add_result(results, r->find);
	sqlite3_reset(r->find);
	sqlite3_clear_bindings(r->find);
	return err ? err : error_of(code);
}

int knowledge_index_search(struct knowledge_index *i, const char *words,
			   unsigned max, json_t **results)
{
	struct question q = { .is_english = i->is_english };
	struct knowledge_reader *r;
	int err = take_reader(i, &r);

	*results = NULL;
	if (err)
		return err;
	*results = json_array();
	if (max > KNOWLEDGE_RESULTS_MAX)
		max = KNOWLEDGE_RESULTS_MAX;
	err = *results ? read_words(r, &q, words) : -ENOMEM;
	if (!err)
		err = find(r, &q, i->chunks, max, *results);
	give_reader(i, r);
	if (err) {
		json_decref(*results);
		*results = NULL;
	}
	return err;
}
