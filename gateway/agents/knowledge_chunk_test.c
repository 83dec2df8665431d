#include "gateway/agents/knowledge_chunk.h"

#include <stdio.h>
#include <string.h>

#include "protocols/utf8.h"
#include "tools/testing/check.h"

static char told[65536];
static size_t told_len;
static unsigned pieces;

static int tell(void *owner, const struct knowledge_chunk *c)
{
	(void)owner;
	pieces++;
	CHECK(strlen(c->text) > 0, "never empty");
	CHECK(strlen(c->text) <= KNOWLEDGE_CHUNK_MAX, "within its bound");
	CHECK(strlen(c->heading) < KNOWLEDGE_HEADING_MAX, "so the headings");
	told_len += (size_t)snprintf(told + told_len, sizeof(told) - told_len,
				     "[%s]%s|", c->heading, c->text);
	return 0;
}

static const char *chunked(const char *name, const char *text)
{
	told[0] = '\0';
	told_len = pieces = 0;
	assert_int_equal(0, knowledge_chunk_each(name, text, strlen(text), tell,
						 NULL));
	return told;
}

static void markdown_is_cut_at_its_headings(void **state)
{
	static const struct {
		const char *text, *pieces, *why;
	} row[] = {
		{ "", "", "nothing" },
		{ "\n \n\t\n", "", "nothing but white space" },
		{ "Hello.", "[]Hello.|", "no heading" },
		{ "# A\none\n# B\ntwo\n", "[A]one|[B]two|", "two sections" },
		{ "# A\n## B\n### C\ntext\n## D\nmore\n",
		  "[A > B > C]text|[A > D]more|",
		  "a path, which goes back up" },
		{ "# A\n## B\nb\n# C\nc", "[A > B]b|[C]c|",
		  "a higher heading ends those below" },
		{ "### deep\nx", "[deep]x|", "levels may be left out" },
		{ "# A #\nx\n## B ##  \ny\n# C#\nz", "[A]x|[A > B]y|[C#]z|",
		  "closing hashes" },
		{ "#none\n#\nx\n####### seven\ny",
		  "[]#none|[]x\n####### seven\ny|",
		  "hashes that are no heading, and an empty one" },
		{ "   # A\nx\n    # code\ny", "[A]x\n    # code\ny|",
		  "three spaces before it, but not four" },
		{ "A\n===\nx\nB\n---\ny", "[A]x\nB\n\ny|",
		  "a line under two is a line across the page" },
		{ "A\n===\nx\n\nB\n--\ny", "[A]x|[A > B]y|", "of level 1, 2" },
		{ "a\n\n---\n\nb", "[]a\n\nb|", "a line across the page" },
		{ "# **Bold** `code`\nx", "[Bold code]x|", "no emphasis" },
		{ "# A\n```\n# no\n\n===\n```\n# B\nx",
		  "[A]```\n# no\n\n===\n```|[B]x|", "code has no headings" },
		{ "~~~~\n# no\n~~~\n# no\n~~~~\n# B\nx",
		  "[]~~~~\n# no\n~~~\n# no\n~~~~|[B]x|",
		  "a fence is closed by its like" },
		{ "``` a ``` b\n# A\nx", "[]``` a ``` b|[A]x|",
		  "code within a line is no fence" },
		{ "---\ntitle: x\n---\n# A\nx", "[A]x|", "front matter" },
		{ "---\n\nx", "[]x|", "or just a line" },
		{ "\xef\xbb\xbf# A\nx", "[A]x|", "a byte order mark" },
		{ "# A\r\nx\r\ny\r\n\r\nz\r\n", "[A]x \ny\n\nz|",
		  "lines as Windows ends them" },
		{ "a\tb\x01\x7f"
		  "c",
		  "[]a b  c|", "no control characters" },
		{ "a\n\n\n\nb\n\nc", "[]a\n\nb\n\nc|", "paragraphs together" },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(row); i++)
		CHECK_STR(row[i].pieces, chunked("a.md", row[i].text),
			  row[i].why);
}

static void other_texts_have_no_headings(void **state)
{
	static const char text[] = "# A\none\n===\n\n---\ntwo";

	(void)state;
	CHECK_STR("[]# A\none\n===\n\n---\ntwo|", chunked("a.txt", text),
		  "plain text");
	CHECK_STR("[]# A\none\n===\n\n---\ntwo|", chunked("md", text),
		  "a name without an ending");
	CHECK_STR("[A]x|", chunked("/a.b/c.MARKDOWN", "# A\nx"), "Markdown");
}

/* n times one, into text. */
static char *repeated(char *text, const char *one, size_t n)
{
	text[0] = '\0';
	for (char *at = text; n--; at += strlen(at))
		strcpy(at, one);
	return text;
}

static void long_sections_are_cut_between_paragraphs(void **state)
{
	static char text[9000], paragraph[600];

	(void)state;
	repeated(paragraph, "word ", 100); /* 500 bytes, 499 trimmed */
	snprintf(text, sizeof(text), "# A\n%s\n\n%s\n\n%s\n", paragraph,
		 paragraph, paragraph);
	chunked("a.md", text);
	CHECK_EQ(2, pieces, "two fit together, the third does not");
	CHECK_EQ(2, 1 + (strstr(told + 1, "[A]") != NULL),
		 "and has the same heading");
	CHECK_EQ(3 + 499 + 2 + 499 + 1, strstr(told + 1, "[A]") - told,
		 "the first two whole");
}

static void long_paragraphs_are_cut_where_it_hurts_least(void **state)
{
	static char text[9000];
	static const struct {
		const char *one;
		size_t times, first;
		const char *why;
	} row[] = {
		{ "Nine byte.\n", 300, 1198, "at a line: 109 of 11, less one" },
		{ "Twelve byte. ", 300, 1195, "after a sentence: 92 of 13" },
		{ "abcd ", 600, 1199, "after a word" },
		{ "x", 3000, 1200, "anywhere, when there is nothing" },
		{ "\xe2\x82\xac", 1000, 1200, "between characters: 400 of 3" },
		{ "\xf0\x9f\x98\x80", 999, 1200, "300 of 4" },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(row); i++) {
		chunked("a.txt", repeated(text, row[i].one, row[i].times));
		CHECK_EQ(row[i].first, strchr(told, '|') - told - 2,
			 row[i].why);
		CHECK(utf8_is_valid((const uint8_t *)told, told_len),
		      row[i].why);
	}
}

static void headings_have_their_room(void **state)
{
	static char text[9000], title[400];

	(void)state;
	repeated(title, "\xc3\xa9", 150);
	snprintf(text, sizeof(text),
		 "# %s\n## %s\n### %s\n#### %s\n##### %s\nx", title, title,
		 title, title, title);
	chunked("a.md", text);
	CHECK_EQ(1, pieces, "one piece");
	CHECK(utf8_is_valid((const uint8_t *)told, told_len),
	      "cut between characters");
}

static int stop(void *owner, const struct knowledge_chunk *c)
{
	(void)c;
	++*(unsigned *)owner;
	return -7;
}

static void whoever_is_told_may_stop_it(void **state)
{
	unsigned n = 0;

	(void)state;
	CHECK_EQ(-7,
		 knowledge_chunk_each("a.md", "# A\nx\n# B\ny\n", 12, stop, &n),
		 "its word is passed on");
	CHECK_EQ(1, n, "and nothing more told");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(markdown_is_cut_at_its_headings),
		cmocka_unit_test(other_texts_have_no_headings),
		cmocka_unit_test(long_sections_are_cut_between_paragraphs),
		cmocka_unit_test(long_paragraphs_are_cut_where_it_hurts_least),
		cmocka_unit_test(headings_have_their_room),
		cmocka_unit_test(whoever_is_told_may_stop_it),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
