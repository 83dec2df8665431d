/* knowledge_bench: how soon an agent finds something in its files.
 *
 *   knowledge_bench [--json] [--queries N] [FILE…]
 *
 * Without files: 5 MB of made-up Markdown, words as unevenly frequent as in a
 * language (Zipf), in sections of a few paragraphs. Questions are of 2 to 12 of
 * its words, each drawn as often as it is written, so that the most frequent
 * are in nearly all of them. "ask" is what a worker's loop waits, through the
 * thread pool, with 4 questions under way; "search" is the search alone.
 * Exits 1 when a bound is broken. */
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>
#include <uv.h>

#include "gateway/agents/knowledge.h"
#include "gateway/agents/knowledge_files.h"
#include "gateway/ops/config.h"
#include "tools/measure/figure_table.h"

#define TEXT_BYTES   (5u * 1000 * 1000)
#define WORDS        40000
#define WORD_MAX     16
#define QUERY_MAX    512
#define UNDER_WAY    4
#define P99_BOUND_MS 5

/* --- Text --- */

static uint64_t seed = 88172645463325252ull;

static uint64_t random_below(uint64_t n)
{
	seed ^= seed << 13;
	seed ^= seed >> 7;
	seed ^= seed << 17;
	return (seed >> 11) % n;
}

static char vocabulary[WORDS][WORD_MAX];
static double share[WORDS]; /* of this word and those before it */

/* Frequent words are short ones. */
static void make_vocabulary(void)
{
	static const char consonant[] = "bcdfghklmnprstvw", vowel[] = "aeiou";
	double sum = 0;

	for (unsigned i = 0; i < WORDS; i++) {
		unsigned syllables = i < 40 ? 1 : i < 1500 ? 2 : 3;
		char *at = vocabulary[i];
		for (unsigned n = 0; n < syllables; n++) {
			*at++ = consonant[random_below(16)];
			*at++ = vowel[random_below(5)];
			if (random_below(2))
				*at++ = consonant[random_below(16)];
		}
		sum += 1.0 / (i + 2.7);
		share[i] = sum;
	}
	for (unsigned i = 0; i < WORDS; i++)
		share[i] /= sum;
}

static const char *a_word(void)
{
	double x = (double)random_below(1u << 30) / (1u << 30);
	unsigned low = 0, high = WORDS - 1;

	while (low < high) {
		unsigned middle = (low + high) / 2;
		if (share[middle] < x)
			low = middle + 1;
		else
			high = middle;
	}
	return vocabulary[low];
}

static size_t write_words(char *out, unsigned n, const char *end)
{
	size_t len = 0;

	while (n--)
		len += (size_t)sprintf(out + len, "%s%s", a_word(),
				       n ? " " : end);
	return len;
}

static size_t write_section(char *out)
{
	size_t len = (size_t)sprintf(out, "%s ", random_below(4) ? "##" : "#");

	len += write_words(out + len, 1 + (unsigned)random_below(4), "\n\n");
	for (uint64_t paragraphs = 1 + random_below(5); paragraphs--;) {
		for (uint64_t n = 1 + random_below(6); n--;)
			len += write_words(out + len,
					   4 + (unsigned)random_below(16),
					   n ? ". " : ".\n\n");
	}
	return len;
}

static char *made_up(size_t *len)
{
	char *text = malloc(TEXT_BYTES + (64u << 10));

	if (!text)
		abort();
	*len = 0;
	while (*len < TEXT_BYTES)
		*len += write_section(text + *len);
	return text;
}

/* A place in the text, and words from there on: as frequent as they are. */
static void make_query(char out[QUERY_MAX], const char *text, size_t len)
{
	size_t at = 0;

	for (uint64_t n = 2 + random_below(11); n--;) {
		const char *word = text + random_below(len - 64);
		word += strcspn(word, " \n");
		word += strspn(word, " \n");
		size_t word_len = strcspn(word, " \n");
		if (at + word_len + 2 > QUERY_MAX || word_len > 48)
			continue;
		at += (size_t)sprintf(out + at, "%.*s ", (int)word_len, word);
	}
	out[at] = '\0';
}

/* --- Measuring --- */

struct measured {
	double build_ms, search_p50, search_p99, search_max;
	double cpu_p50, cpu_p99, cpu_max;
	double ask_p50, ask_p99, ask_max;
	double chunks, index_mb, text_mb, found;
};

static int ascending(const void *a, const void *b)
{
	double x = *(const double *)a, y = *(const double *)b;

	return (x > y) - (x < y);
}

static double ms_since(uint64_t ns)
{
	return (double)(uv_hrtime() - ns) / 1e6;
}

/* What others do to this machine aside. */
static double cpu_ms(void)
{
	struct timespec t;

	clock_gettime(CLOCK_THREAD_CPUTIME_ID, &t);
	return (double)t.tv_sec * 1e3 + (double)t.tv_nsec / 1e6;
}

static void sum_up(double *took, size_t n, double *p50, double *p99,
		   double *max)
{
	qsort(took, n, sizeof(*took), ascending);
	*p50 = took[n / 2];
	*p99 = took[n * 99 / 100];
	*max = took[n - 1];
}

static void search_alone(struct measured *m, struct knowledge_index *i,
			 const char *text, size_t len, double *took, size_t n)
{
	double *cpu = calloc(n, sizeof(*cpu));
	size_t found = 0;

	if (!cpu)
		abort();
	for (size_t q = 0; q < n; q++) {
		char words[QUERY_MAX];
		json_t *results;
		make_query(words, text, len);
		double cpu_began = cpu_ms();
		uint64_t ns = uv_hrtime();
		if (knowledge_index_search(i, words, 4, &results))
			abort();
		took[q] = ms_since(ns);
		cpu[q] = cpu_ms() - cpu_began;
		found += json_array_size(results) > 0;
		json_decref(results);
	}
	m->found = 100.0 * (double)found / (double)n;
	sum_up(took, n, &m->search_p50, &m->search_p99, &m->search_max);
	sum_up(cpu, n, &m->cpu_p50, &m->cpu_p99, &m->cpu_max);
	free(cpu);
}

/* One of those under way. */
struct asker {
	struct bench *bench;
	uint64_t asked_ns;
};

struct bench {
	uv_loop_t loop;
	struct knowledge *knowledge;
	const char *text;
	size_t len;
	size_t begun, done, wanted;
	double *took;
	struct asker asker[UNDER_WAY];
};

static void on_found(void *owner, int error, json_t *results);

static void ask(struct asker *a)
{
	struct bench *b = a->bench;
	char words[QUERY_MAX];

	if (b->begun++ >= b->wanted)
		return;
	make_query(words, b->text, b->len);
	a->asked_ns = uv_hrtime();
	if (!knowledge_ask(b->knowledge, &b->loop, words, 4, on_found, a))
		abort();
}

static void on_found(void *owner, int error, json_t *results)
{
	struct asker *a = owner;

	if (error)
		abort();
	a->bench->took[a->bench->done++] = ms_since(a->asked_ns);
	json_decref(results);
	ask(a);
}

static void ask_aside(struct measured *m, struct knowledge *k, const char *text,
		      size_t len, double *took, size_t n)
{
	struct bench b = { .knowledge = k,
			   .text = text,
			   .len = len,
			   .wanted = n,
			   .took = took };

	uv_loop_init(&b.loop);
	for (int i = 0; i < UNDER_WAY; i++) {
		b.asker[i].bench = &b;
		ask(&b.asker[i]);
	}
	uv_run(&b.loop, UV_RUN_DEFAULT);
	uv_loop_close(&b.loop);
	sum_up(took, b.done, &m->ask_p50, &m->ask_p99, &m->ask_max);
}

static void measure(struct measured *m, struct config_agent *agent,
		    const char *language, const char *text, size_t len,
		    size_t queries)
{
	struct knowledge_library *library;
	struct knowledge *k;
	struct log log;
	char why[1024];
	double *took = calloc(queries, sizeof(*took));

	log_open(&log, -1, LOG_ERROR);
	strcpy(agent->knowledge.language, language);
	if (!took || knowledge_library_open(&library, &log, 0))
		abort();
	uint64_t ns = uv_hrtime();
	if (knowledge_open(&k, library, agent, why, sizeof(why))) {
		fprintf(stderr, "knowledge_bench: %s\n", why);
		exit(2);
	}
	m->build_ms = ms_since(ns);
	struct knowledge_index *i = knowledge_current(k);
	m->chunks = knowledge_index_chunks(i);
	m->index_mb = (double)knowledge_index_bytes(i) / 1e6;
	m->text_mb = (double)len / 1e6;
	search_alone(m, i, text, len, took, queries);
	knowledge_index_drop(i);
	ask_aside(m, k, text, len, took, queries);
	knowledge_drop(k);
	knowledge_library_close(library);
	free(took);
}

/* --- The table --- */

/* A figure of struct measured. */
#define FIGURE(name, decimals, kind, bound, member)       \
	{                                                 \
		{ name, decimals, kind, bound, { 0 } },   \
			offsetof(struct measured, member) \
	}
#define FREE(name, decimals, member) \
	FIGURE(name, decimals, FIGURE_FREE, 0, member)

static const struct {
	struct figure_row row;
	size_t at;
} figure[] = {
	FREE("text, MB", 1, text_mb),
	FREE("passages", 0, chunks),
	FREE("index, MB", 1, index_mb),
	FREE("read and indexed in, ms", 0, build_ms),
	FREE("questions that find something, %", 1, found),
	FREE("search p50, ms", 3, search_p50),
	FIGURE("search p99, ms", 3, FIGURE_AT_MOST, P99_BOUND_MS, search_p99),
	FREE("search max, ms", 3, search_max),
	FREE("search p50, ms of CPU", 3, cpu_p50),
	FIGURE("search p99, ms of CPU", 3, FIGURE_AT_MOST, P99_BOUND_MS,
	       cpu_p99),
	FREE("search max, ms of CPU", 3, cpu_max),
	FREE("ask p50, ms", 3, ask_p50),
	FREE("ask p99, ms", 3, ask_p99),
	FREE("ask max, ms", 3, ask_max),
};

static double value_of(const struct measured *m, size_t at)
{
	return *(const double *)((const char *)m + at);
}

static int print(const struct measured m[2], bool is_json)
{
	static const char *const column[] = { "English", "others" };
	struct figure_table t;

	figure_table_init(&t, stdout, is_json);
	figure_table_begin(&t, "search_knowledge", column, 2);
	for (size_t i = 0; i < sizeof(figure) / sizeof(figure[0]); i++) {
		struct figure_row row = figure[i].row;
		row.cell[0] = value_of(&m[0], figure[i].at);
		row.cell[1] = value_of(&m[1], figure[i].at);
		figure_table_row(&t, &row);
	}
	return figure_table_end(&t);
}

/* The made-up text as files that are read like any other, and named. */
static void write_files(struct config_agent_knowledge *k, const char *directory,
			const char *text, size_t len)
{
	for (size_t at = 0, n = 0; at < len; n++) {
		size_t part = len - at < len / 2 ? len - at : len / 2;
		char path[256];
		snprintf(path, sizeof(path), "%s/%zu.md", directory, n);
		FILE *f = fopen(path, "w");
		if (!f || fwrite(text + at, 1, part, f) != part || fclose(f))
			abort();
		at += part;
	}
	k->file_count = 1;
	snprintf(k->files[0], sizeof(k->files[0]), "%s/*.md", directory);
}

static void remove_files(const char *directory)
{
	char path[256];

	for (size_t n = 0; n < 4; n++) {
		snprintf(path, sizeof(path), "%s/%zu.md", directory, n);
		unlink(path);
	}
	rmdir(directory);
}

/* Questions about files of the user's are made of the first one's words. */
static char *read_named(struct config_agent_knowledge *k, char **names,
			int count, size_t *len)
{
	struct knowledge_file first = { .path = names[0] };
	char why[1024], *text;

	for (int i = 0; i < count && i < CONFIG_KNOWLEDGE_MAX; i++)
		snprintf(k->files[k->file_count++], CONFIG_TEXT_MAX, "%s",
			 names[i]);
	if (!knowledge_file_read(&first, &text, len, why, sizeof(why))) {
		if (*len > 4096)
			return text;
		snprintf(why, sizeof(why), "%s: too short to ask about",
			 names[0]);
	}
	fprintf(stderr, "knowledge_bench: %s\n", why);
	exit(2);
}

int main(int argc, char **argv)
{
	static struct config_agent agent;
	struct measured m[2];
	char directory[] = "/tmp/knowledge_bench.XXXXXX", *text;
	size_t len, queries = 5000;
	bool is_json = false;
	int at = 1;

	for (; at < argc && strncmp(argv[at], "--", 2) == 0; at++) {
		if (strcmp(argv[at], "--json") == 0)
			is_json = true;
		else if (strcmp(argv[at], "--queries") == 0 && at + 1 < argc)
			queries = (size_t)strtoul(argv[++at], NULL, 10);
		else
			queries = 0;
	}
	if (!queries) {
		fputs("usage: knowledge_bench [--json] [--queries N] [FILE…]\n",
		      stderr);
		return 2;
	}
	json_object_seed(0);
	make_vocabulary();
	bool is_own = at == argc;
	if (is_own && !mkdtemp(directory))
		abort();
	text = is_own ? made_up(&len)
		      : read_named(&agent.knowledge, argv + at, argc - at,
				   &len);
	if (is_own)
		write_files(&agent.knowledge, directory, text, len);
	measure(&m[0], &agent, "en", text, len, queries);
	measure(&m[1], &agent, "de", text, len, queries);
	if (is_own)
		remove_files(directory);
	free(text);
	return print(m, is_json);
}
