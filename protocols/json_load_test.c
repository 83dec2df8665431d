#include "protocols/json_load.h"

#include <stdbool.h>
#include <string.h>

#include "tools/testing/check.h"

static void test_loads(void **state)
{
	static const struct {
		const char *text;
		bool is_loaded;
		const char *why;
	} row[] = {
		{ "{}", true, "the least" },
		{ "{\"a\":[1,{\"b\":null}]}", true, "nested" },
		{ "[]", false, "no object" },
		{ "", false, "nothing" },
		{ "{\"a\":1,\"a\":1}", false, "a member twice" },
		{ "{\"a\":1} x", false, "something behind it" },
		{ "{\"a\":\"\xff\"}", false, "no UTF-8" },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(row); i++) {
		char text[64];
		strcpy(text, row[i].text);
		json_t *object = json_load_strict(text, strlen(text));
		CHECK_EQ(row[i].is_loaded, json_is_object(object), row[i].why);
		CHECK_STR(row[i].text, text, "it is not changed");
		json_decref(object);
	}
}

static void test_depth(void **state)
{
	enum { DEEP = 100000 };
	static char text[6 * DEEP];
	char *at = text;

	(void)state;
	for (int i = 0; i < DEEP; i++)
		at = stpcpy(at, "{\"a\":");
	CHECK(!json_load_strict(text, (size_t)(at - text)),
	      "nobody recurses into it");
}

int main(void)
{
	const struct CMUnitTest test[] = {
		cmocka_unit_test(test_loads),
		cmocka_unit_test(test_depth),
	};

	return cmocka_run_group_tests(test, NULL, NULL);
}
