#include "tools/testing/check.h"

#include <stdlib.h>
#include <string.h>

#include "tools/bench/bench_text.h"

static void test_find(void **state)
{
	static const struct {
		const char *text, *name, *value, *why;
	} row[] = {
		{ "{\"event\":\"media\"}", "event", "media", "plain" },
		{ "{\"event\": \"media\"}", "event", "media", "a space" },
		{ "{ \"event\"\n :\t\"media\" }", "event", "media",
		  "white space of every kind" },
		{ "{\"a\":{\"payload\":\"xyz=\"}}", "payload",
		  "xyz=", "further down" },
		{ "{\"a\":\"event\",\"event\":\"mark\"}", "event", "mark",
		  "the name as a value does not count" },
		{ "{\"eventual\":\"x\",\"event\":\"y\"}", "event", "y",
		  "a longer name does not count" },
		{ "{\"event\":7,\"event\":\"y\"}", "event", "y",
		  "a number is no text" },
		{ "{\"event\":\"\"}", "event", "", "an empty one" },
		{ "{\"event\":\"media", "event", NULL, "cut" },
		{ "{\"event\":", "event", NULL, "cut earlier" },
		{ "{\"event\"", "event", NULL, "cut at once" },
		{ "event\":\"x\"", "event", NULL, "no quote before it" },
		{ "{}", "event", NULL, "not there" },
		{ "", "event", NULL, "nothing" },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(row); i++) {
		size_t n = 0;
		const char *found = bench_text_find(
			row[i].text, strlen(row[i].text), row[i].name, &n);
		if (!row[i].value) {
			CHECK(!found, row[i].why);
			continue;
		}
		CHECK(found != NULL, row[i].why);
		CHECK_EQ(strlen(row[i].value), n, row[i].why);
		CHECK(!memcmp(found, row[i].value, n), row[i].why);
	}
}

static void test_is(void **state)
{
	static const char text[] = "{\"event\":\"media\"}";

	(void)state;
	CHECK(bench_text_is(text, sizeof(text) - 1, "event", "media"), "it is");
	CHECK(!bench_text_is(text, sizeof(text) - 1, "event", "med"),
	      "not a part of it");
	CHECK(!bench_text_is(text, sizeof(text) - 1, "event", "mediate"),
	      "nor more");
}

static void test_decoded(void **state)
{
	static const struct {
		const char *base64;
		size_t bytes;
	} row[] = { { "", 0 },
		    { "QQ==", 1 },
		    { "QUI=", 2 },
		    { "QUJD", 3 },
		    { "QUJDRA==", 4 } };

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(row); i++)
		CHECK_EQ(row[i].bytes,
			 bench_text_decoded(row[i].base64,
					    strlen(row[i].base64)),
			 row[i].base64);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_find),
		cmocka_unit_test(test_is),
		cmocka_unit_test(test_decoded),
	};

	return cmocka_run_group_tests_name("bench_text", tests, NULL, NULL);
}
