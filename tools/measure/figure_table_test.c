#include "tools/measure/figure_table.h"

#include <stdlib.h>
#include <string.h>

#include "tools/testing/check.h"

static const char *const columns[] = { "up", "down" };

static const struct figure_row rows[] = {
	{ "free", 1, FIGURE_FREE, 0, { 1.25, -99 } },
	{ "small", 2, FIGURE_AT_MOST, 0.5, { 0.5, 0.51 } },
	{ "large", 0, FIGURE_AT_LEAST, 10, { 9, 10 } },
	{ "no cell is no breach", 0, FIGURE_AT_MOST, 0, { 0, FIGURE_NONE } },
	{ "not a number is one", 0, FIGURE_AT_MOST, 0, { 0, NAN } },
};

/* Prints the first n rows; the caller frees the text. */
static char *print(size_t n, bool is_json, int *status)
{
	char *text = NULL;
	size_t len;
	FILE *out = open_memstream(&text, &len);
	struct figure_table t;
	figure_table_init(&t, out, is_json);
	figure_table_begin(&t, "title", columns, 2);
	for (size_t i = 0; i < n; i++)
		figure_table_row(&t, &rows[i]);
	figure_table_note(&t, "a note");
	*status = figure_table_end(&t);
	fclose(out);
	return text;
}

static void check_holds(const char *text, const char *part)
{
	CHECK(text && strstr(text, part), part);
}

static void bounds_decide_the_status(void **state)
{
	static const struct {
		size_t rows;
		const char *verdict;
		int status;
	} row[] = {
		{ 1, "0 figures out of bounds", 0 },
		{ 2, "1 figures out of bounds", 1 },
		{ 3, "2 figures out of bounds", 1 },
		{ 4, "2 figures out of bounds", 1 },
		{ 5, "3 figures out of bounds", 1 },
	};
	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(row); i++) {
		int status;
		char *text = print(row[i].rows, false, &status);
		CHECK_EQ(row[i].status, status, row[i].verdict);
		check_holds(text, row[i].verdict);
		free(text);
	}
}

static void text_is_aligned(void **state)
{
	int status;
	char *text = print(2, false, &status);
	(void)state;
	check_holds(text, "\ntitle                                  up       "
			  "down   bound\n");
	check_holds(text, "\n  free                                1.2      "
			  "-99.0\n");
	check_holds(text, "\n  small                              0.50       "
			  "0.51   <= 0.5\n");
	check_holds(text, "\n  a note\n");
	CHECK(!strchr(text, '\033'), "no colour in a file");
	free(text);
}

static void json_holds_the_same(void **state)
{
	int status;
	char *text = print(5, true, &status);
	(void)state;
	CHECK_EQ(1, status, "same verdict");
	CHECK_EQ('{', text[0], "nothing but JSON");
	check_holds(text, "\"at_most\": 0.5");
	check_holds(text, "\"at_least\": 10.0");
	check_holds(text, "\"broken\": 3");
	check_holds(text, "null");
	free(text);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(bounds_decide_the_status),
		cmocka_unit_test(text_is_aligned),
		cmocka_unit_test(json_holds_the_same),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
