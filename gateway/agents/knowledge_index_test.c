#include "gateway/agents/knowledge_index.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <uv.h>

#include "tools/testing/check.h"

static const char handbook[] =
	"# Handbook\n"
	"Hartwell Dental is in the old mill.\n"
	"## Opening hours\n"
	"Monday to Friday from eight to six. On Saturdays we are closed.\n"
	"## Prices\n"
	"A cleaning costs 90 francs; a check-up is free for children.\n"
	"### Insurance\n"
	"We bill your insurance directly if it covers the treatment.\n"
	"## How to find us\n"
	"The entrance is opposite the caf\xc3\xa9. Parking costs nothing.\n";

static const char german[] =
	"# Praxis\n"
	"## \xc3\x96"
	"ffnungszeiten\n"
	"Montag bis Freitag von acht bis achtzehn Uhr.\n"
	"## Anfahrt\n"
	"Die Parkpl\xc3\xa4tze liegen hinter dem Haus.\n"
	"## Kosten\n"
	"Der Preis einer Zahnreinigung betr\xc3\xa4gt 90 Franken.\n";

static struct knowledge_index *indexed(const char *name, const char *text,
				       bool is_english)
{
	struct knowledge_builder *b;
	struct knowledge_index *i;

	assert_int_equal(0, knowledge_builder_open(&b, is_english));
	assert_int_equal(0, knowledge_builder_add(b, name, text, strlen(text)));
	assert_int_equal(0, knowledge_builder_done(b, &i));
	return i;
}

/* The best source, or "-". */
static const char *best(struct knowledge_index *i, const char *words)
{
	static char source[KNOWLEDGE_SOURCE_MAX];
	json_t *results;

	assert_int_equal(0, knowledge_index_search(i, words, 3, &results));
	const char *found = json_string_value(
		json_object_get(json_array_get(results, 0), "source"));
	snprintf(source, sizeof(source), "%s", found ? found : "-");
	json_decref(results);
	return source;
}

struct row {
	const char *words, *source, *why;
};

static void check(struct knowledge_index *i, const struct row *row, size_t n)
{
	for (size_t r = 0; r < n; r++)
		CHECK_STR(row[r].source, best(i, row[r].words), row[r].why);
	knowledge_index_drop(i);
}

static void english_words_are_found_in_all_their_forms(void **state)
{
#define AT "handbook.md > Handbook > "
	static const struct row row[] = {
		{ "opening hours", AT "Opening hours", "by the heading" },
		{ "When do you open?", AT "Opening hours", "another form" },
		{ "OPENED", AT "Opening hours", "any case" },
		{ "Are you closed on Saturday?", AT "Opening hours",
		  "singular" },
		{ "what does cleaning cost", AT "Prices",
		  "two words, against "
		  "one elsewhere" },
		{ "insurances", AT "Prices > Insurance", "a path of headings" },
		{ "where is the cafe", AT "How to find us", "no diacritics" },
		{ "caf\xc3\xa9", AT "How to find us", "or with them" },
		{ "xylophone", "-", "not there" },
		{ "what is your", "-", "words that tell nothing" },
		{ "", "-", "no words" },
		{ "?!", "-", "none either" },
		{ "what is a zebra parking", AT "How to find us",
		  "one word of several" },
	};
#undef AT

	(void)state;
	check(indexed("handbook.md", handbook, true), row, ARRAY_LEN(row));
}

static void other_words_are_found_by_their_beginning(void **state)
{
#define AT "praxis.md > Praxis > "
	static const struct row row[] = {
		{ "\xc3\xb6"
		  "ffnungszeiten",
		  AT "\xc3\x96"
		     "ffnungszeiten",
		  "any case" },
		{ "Offnungszeit",
		  AT "\xc3\x96"
		     "ffnungszeiten",
		  "singular, and no diacritics" },
		{ "Wo kann ich parken?", AT "Anfahrt",
		  "the beginning of a compound" },
		{ "Was sind die Preise?", AT "Kosten", "plural" },
		{ "Zahnreinigungen", AT "Kosten", "likewise" },
		{ "der die das", "-", "words that tell nothing" },
		{ "Pr", "-", "a short word is whole" },
	};
#undef AT

	(void)state;
	check(indexed("praxis.md", german, false), row, ARRAY_LEN(row));
}

static void no_word_is_an_operator(void **state)
{
	static const char *const row[] = {
		"\"",
		"\"opening",
		"opening\"",
		"opening AND",
		"NOT opening",
		"opening NEAR(x",
		"heading:opening",
		"{heading text}: opening",
		"opening*",
		"^opening",
		"-opening",
		"+opening",
		"(opening",
		"opening) OR",
		"opening'; DROP TABLE chunk",
		"opening%s%n",
		"opening\nhours",
		"source : opening",
		"chunk MATCH opening",
	};
	struct knowledge_index *i = indexed("handbook.md", handbook, true);

	(void)state;
	CHECK_STR("-", best(i, row[0]), "a quotation mark alone");
	for (size_t r = 1; r < ARRAY_LEN(row); r++)
		CHECK_STR("handbook.md > Handbook > Opening hours",
			  best(i, row[r]), row[r]);
	knowledge_index_drop(i);
}

static void a_heading_counts_for_more(void **state)
{
	struct knowledge_index *i = indexed(
		"a.md",
		"# One\nparking parking parking and so on, and on, and on\n"
		"# Parking\nBehind the house there is a yard with a gate.\n"
		"# Three\nWords about other things entirely.\n"
		"# Four\nWords about yet other things.\n",
		true);

	(void)state;
	CHECK_STR("a.md > Parking", best(i, "parking"), "than the text");
	knowledge_index_drop(i);
}

static void results_are_bounded_and_best_first(void **state)
{
	static const struct {
		unsigned max;
		size_t found;
		const char *why;
	} row[] = {
		{ 1, 1, "one" },
		{ 3, 3, "three" },
		{ 8, 8, "eight" },
		{ 1000, KNOWLEDGE_RESULTS_MAX, "no more than that" },
	};
	static char text[4096];
	struct knowledge_index *i;
	json_t *results;

	(void)state;
	for (int n = 0; n < 20; n++)
		sprintf(text + strlen(text), "# Section %d\nparking %s\n", n,
			n == 13 ? "parking parking" : "and something else");
	i = indexed("a.md", text, true);
	for (size_t r = 0; r < ARRAY_LEN(row); r++) {
		assert_int_equal(0,
				 knowledge_index_search(i, "parking",
							row[r].max, &results));
		CHECK_EQ(row[r].found, json_array_size(results), row[r].why);
		CHECK_STR("a.md > Section 13",
			  json_string_value(json_object_get(
				  json_array_get(results, 0), "source")),
			  row[r].why);
		json_decref(results);
	}
	knowledge_index_drop(i);
}

static void the_text_is_told_as_it_is(void **state)
{
	static const char text[] = "Caf\xc3\xa9 \"au lait\"\n- one\n- two";
	struct knowledge_index *i = indexed("menu.txt", text, true);
	json_t *results;

	(void)state;
	assert_int_equal(0, knowledge_index_search(i, "lait", 4, &results));
	const json_t *one = json_array_get(results, 0);
	CHECK_STR(text, json_string_value(json_object_get(one, "text")),
		  "with its lines");
	CHECK_STR("menu.txt", json_string_value(json_object_get(one, "source")),
		  "from a file without headings");
	json_decref(results);
	knowledge_index_drop(i);
}

static void long_questions_are_read_in_part(void **state)
{
	static char words[4096];
	struct knowledge_index *i = indexed("handbook.md", handbook, true);

	(void)state;
	strcpy(words, "insurance ");
	while (strlen(words) < sizeof(words) - 8)
		strcat(words, "opening ");
	CHECK_STR("handbook.md > Handbook > Opening hours", best(i, words + 10),
		  "a word many times is one");
	memset(words, ' ', KNOWLEDGE_QUERY_MAX);
	strcpy(words + KNOWLEDGE_QUERY_MAX, "opening");
	CHECK_STR("-", best(i, words), "behind the bound nothing counts");
	strcpy(words + KNOWLEDGE_QUERY_MAX - 7, "opening");
	CHECK(best(i, words)[0] != '-', "before it, it does");
	memset(words, 'x', 600);
	words[600] = '\0';
	CHECK_STR("-", best(i, words), "a word of 600 letters is none");
	knowledge_index_drop(i);
}

static void nothing_indexed_finds_nothing(void **state)
{
	struct knowledge_index *i = indexed("a.md", "# A\n\n# B\n", true);

	(void)state;
	CHECK_EQ(0, knowledge_index_chunks(i), "headings alone are no text");
	CHECK_STR("-", best(i, "A"), "and are not found");
	knowledge_index_drop(i);
}

static void searches_under_way_are_counted(void **state)
{
	struct knowledge_index *i = indexed("a.md", "x", true);

	(void)state;
	CHECK(knowledge_index_enter(i, 2), "one");
	CHECK(knowledge_index_enter(i, 2), "two");
	CHECK(!knowledge_index_enter(i, 2), "no third");
	knowledge_index_leave(i);
	CHECK(knowledge_index_enter(i, 2), "again two");
	knowledge_index_leave(i);
	knowledge_index_leave(i);
	knowledge_index_drop(i);
}

static void search_often(void *index)
{
	for (int n = 0; n < 200; n++)
		best(index, n % 2 ? "opening hours" : "insurance");
	knowledge_index_drop(index);
}

static void search_for_real(void *index)
{
	json_t *results;

	for (int n = 0; n < 200; n++) {
		assert_int_equal(0, knowledge_index_search(index,
							   "saturday parking",
							   2, &results));
		assert_int_equal(2, json_array_size(results));
		json_decref(results);
	}
	knowledge_index_drop(index);
}

static void threads_search_side_by_side(void **state)
{
	struct knowledge_index *i = indexed("handbook.md", handbook, true);
	uv_thread_t thread[4];

	(void)state;
	for (size_t n = 0; n < ARRAY_LEN(thread); n++)
		assert_int_equal(0, uv_thread_create(&thread[n],
						     n ? search_for_real
						       : search_often,
						     knowledge_index_keep(i)));
	knowledge_index_drop(i); /* the last one frees it */
	for (size_t n = 0; n < ARRAY_LEN(thread); n++)
		uv_thread_join(&thread[n]);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(english_words_are_found_in_all_their_forms),
		cmocka_unit_test(other_words_are_found_by_their_beginning),
		cmocka_unit_test(no_word_is_an_operator),
		cmocka_unit_test(a_heading_counts_for_more),
		cmocka_unit_test(results_are_bounded_and_best_first),
		cmocka_unit_test(the_text_is_told_as_it_is),
		cmocka_unit_test(long_questions_are_read_in_part),
		cmocka_unit_test(nothing_indexed_finds_nothing),
		cmocka_unit_test(searches_under_way_are_counted),
		cmocka_unit_test(threads_search_side_by_side),
	};
	json_object_seed(0);
	return cmocka_run_group_tests(tests, NULL, NULL);
}
