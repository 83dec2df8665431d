#include "tools/testing/check.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "gateway/agents/spoken.h"

#define LINE_MAX 1024

struct row {
	char *type;
	char *context;
	char *said;
	char *expected;
};

static enum spoken_type type_of(const char *name)
{
	static const char *const known[SPOKEN_TYPES] = {
		[SPOKEN_NAME] = "name",     [SPOKEN_EMAIL] = "email",
		[SPOKEN_PHONE] = "phone",   [SPOKEN_DATE] = "date",
		[SPOKEN_NUMBER] = "number", [SPOKEN_CHOICE] = "choice",
		[SPOKEN_TEXT] = "text",
	};

	for (unsigned i = 0; i < SPOKEN_TYPES; i++)
		if (strcmp(known[i], name) == 0)
			return (enum spoken_type)i;
	fail_msg("there is no type \"%s\"", name);
	return SPOKEN_TEXT;
}

/* "CH 2026-11-26 +ext lang=de a|b": country, today, what else is set. */
static void read_context(struct spoken_context *c, char *text)
{
	char *save, *choice;

	for (char *word = strtok_r(text, " ", &save); word;
	     word = strtok_r(NULL, " ", &save)) {
		if (strcmp(word, "-") == 0)
			continue;
		if (strcmp(word, "+ext") == 0)
			c->keeps_extension = true;
		else if (strncmp(word, "lang=", 5) == 0)
			c->languages = spoken_language_of(word + 5);
		else if (strlen(word) == 2)
			memcpy(c->country, word, 3);
		else if (sscanf(word, "%d-%d-%d", &c->today.year,
				&c->today.month, &c->today.day) != 3)
			for (word = strtok_r(word, "|", &choice); word;
			     word = strtok_r(NULL, "|", &choice)) {
				for (char *at = word; *at; at++)
					*at = *at == '_' ? ' ' : *at;
				c->choice[c->choices++] = word;
			}
	}
}

/* Whether it is as the row says; else why not is printed. */
static bool check_row(const char *where, const struct row *r)
{
	struct spoken_context c = { .languages = 0 };
	struct spoken s;

	read_context(&c, r->context);
	int err = spoken_read(&s, type_of(r->type), &c, r->said);
	CHECK(!err == !s.error[0] && !err == !!s.normal[0], where);
	bool is_right =
		*r->expected == '!'
			? err == -EINVAL && strstr(s.error, r->expected + 1)
			: !err && !strcmp(r->expected, s.normal);
	if (!is_right)
		print_error("%s: \"%s\": expected \"%s\", got \"%s%s\"\n",
			    where, r->said, r->expected, err ? "!" : "",
			    err ? s.error : s.normal);
	return is_right;
}

static char *cell(char **rest, const char *where)
{
	char *text = strsep(rest, "\t");

	if (!text)
		fail_msg("%s: four cells with tabs between are wanted", where);
	return text;
}

static unsigned check_file(const char *language)
{
	char path[128], line[LINE_MAX], where[160];
	unsigned n = 0, rows = 0, wrong = 0;

	snprintf(path, sizeof(path), "test-vectors/spoken/%s.tsv", language);
	FILE *f = fopen(path, "re");
	if (!f)
		fail_msg("%s: %s", path, strerror(errno));
	while (fgets(line, sizeof(line), f)) {
		char *rest = line;
		n++;
		line[strcspn(line, "\n")] = '\0';
		if (!*line || *line == '#')
			continue;
		snprintf(where, sizeof(where), "%s:%u", path, n);
		struct row r = { .type = cell(&rest, where) };
		r.context = cell(&rest, where);
		r.said = cell(&rest, where);
		r.expected = cell(&rest, where);
		wrong += !check_row(where, &r);
		rows++;
	}
	fclose(f);
	CHECK_EQ(0, wrong, path);
	return rows;
}

static void test_tables(void **state)
{
	unsigned en = check_file("en"), de = check_file("de"),
		 fr = check_file("fr");

	(void)state;
	print_message("%u rows in English, %u in German, %u in French\n", en,
		      de, fr);
	CHECK(en >= 90 && de >= 60 && fr >= 50, "no row is missing");
}

static void test_bounds(void **state)
{
	static struct spoken s;
	const struct spoken_context c = { .country = "CH" };
	static char long_text[SPOKEN_TEXT_MAX + 1];

	(void)state;
	memset(long_text, 'a', SPOKEN_TEXT_MAX);
	CHECK_EQ(-EINVAL, spoken_read(&s, SPOKEN_TEXT, &c, long_text),
		 "a byte over the limit");
	long_text[SPOKEN_TEXT_MAX - 1] = '\0';
	CHECK_EQ(0, spoken_read(&s, SPOKEN_TEXT, &c, long_text), "the limit");
	for (int type = 0; type < SPOKEN_TEXT; type++)
		CHECK_EQ(-EINVAL,
			 spoken_read(&s, (enum spoken_type)type, &c, long_text),
			 "too long for anything else");
	memset(long_text, '-', SPOKEN_MAX);
	long_text[SPOKEN_MAX] = '\0';
	for (int type = 0; type < SPOKEN_TEXT; type++)
		CHECK_EQ(-EINVAL,
			 spoken_read(&s, (enum spoken_type)type, &c, long_text),
			 "more words than are looked at");
	CHECK_EQ(-EINVAL, spoken_read(&s, SPOKEN_TEXT, &c, "caf\xe9"),
		 "Latin-1 is no UTF-8");
	CHECK_EQ(-EINVAL, spoken_read(&s, SPOKEN_TEXT, &c, " \t\n"),
		 "nothing but white space");
	CHECK_EQ(-EINVAL, spoken_read(&s, SPOKEN_PHONE, &c, ""), "nothing");
}

static void test_languages(void **state)
{
	(void)state;
	CHECK_EQ(SPOKEN_GERMAN, spoken_language_of("de"), "a language");
	CHECK_EQ(SPOKEN_GERMAN, spoken_language_of("de-CH"), "of a country");
	CHECK_EQ(SPOKEN_ENGLISH, spoken_language_of("EN-us"), "any case");
	CHECK_EQ(0, spoken_language_of("es"), "one that is not read");
	CHECK_EQ(0, spoken_language_of("fro"), "Old French is another one");
	CHECK_EQ(0, spoken_language_of(""), "none");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_tables),
		cmocka_unit_test(test_bounds),
		cmocka_unit_test(test_languages),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
