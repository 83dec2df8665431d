#include "gateway/agents/http_template.h"

#include <stdlib.h>
#include <string.h>

#include "tools/testing/check.h"

static const char *fact(void *owner, const char *name)
{
	(void)owner;
	if (strcmp(name, "caller") == 0)
		return "+33 1/é";
	return strcmp(name, "evil") == 0 ? "a\r\nX-Evil: b" : "";
}

#define HOST "https://h/"

static void what_a_url_becomes(void **state)
{
	/* filled NULL: it does not; rest is then why. */
	static const struct {
		const char *text, *arguments, *filled, *rest, *why;
	} row[] = {
		{ HOST "o/{id}", "{\"id\":\"A 1\",\"n\":2}", HOST "o/A%201",
		  "{\"n\":2}", "an argument, which is not sent again" },
		{ HOST "{id}/{id}", "{\"id\":7}", HOST "7/7", "{}", "twice" },
		{ HOST "?a={id}&f={{caller}}", "{\"id\":true}",
		  HOST "?a=true&f=%2B33%201%2F%C3%A9", "{}",
		  "and a fact of the call" },
		{ HOST "x?f={{unknown}}", "{}", HOST "x?f=", "{}",
		  "which may not be known" },
		{ HOST "{id}", "{\"id\":\"../../admin?x#y\"}",
		  HOST "..%2F..%2Fadmin%3Fx%23y", "{}", "no other path" },
		{ HOST "{id}", "{\"id\":\"..\"}", NULL,
		  "id must be text that is not empty, \".\" or \"..\"",
		  "nor a step up" },
		{ HOST "{id}", "{\"id\":\"\"}", NULL,
		  "id must be text that is not empty, \".\" or \"..\"",
		  "nor the list of all" },
		{ HOST "{id}", "{\"id\":[1]}", NULL,
		  "id must be text that is not empty, \".\" or \"..\"",
		  "a list is no text" },
		{ HOST "{id}", "{}", NULL,
		  "id must be text that is not empty, \".\" or \"..\"",
		  "what is not there" },
		{ HOST "%7B", "{}", HOST "%7B", "{}", "no place" },
		{ HOST "?f={{unknown|no body/é}}", "{}",
		  HOST "?f=no%20body%2F%C3%A9", "{}",
		  "a default of the text's, encoded like a value" },
		{ HOST "?f={{ caller | nobody }}", "{}",
		  HOST "?f=%2B33%201%2F%C3%A9", "{}", "the fact is there" },
		{ HOST "?f={{ unknown | a {b} | c }}&i={id}", "{\"id\":1}",
		  HOST "?f=a%20%7Bb%7D%20%7C%20c&i=1", "{}",
		  "one bar, and no places in it" },
		{ HOST "?f={{unknown|}}", "{}", HOST "?f=", "{}", "empty" },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(row); i++) {
		char why[128];
		const struct http_template_values v = {
			.arguments = json_loads(row[i].arguments, 0, NULL),
			.fact = fact,
			.is_url = true,
		};
		char *filled =
			http_template_fill(row[i].text, &v, why, sizeof(why));
		CHECK_EQ(!row[i].filled, !filled, row[i].why);
		if (filled) {
			char *rest = json_dumps(v.arguments, JSON_COMPACT);
			CHECK_STR(row[i].filled, filled, row[i].why);
			CHECK_STR(row[i].rest, rest, row[i].why);
			free(rest);
		} else {
			CHECK_STR(row[i].rest, why, row[i].why);
		}
		free(filled);
		json_decref(v.arguments);
	}
}

static void what_a_header_becomes(void **state)
{
	const struct http_template_values v = { .fact = fact };
	char why[128];

	(void)state;
	char *filled = http_template_fill("{a} {{evil}} {{caller}}", &v, why,
					  sizeof(why));
	CHECK_STR("{a} a  X-Evil: b +33 1/é", filled,
		  "one line, and only facts are filled in");
	free(filled);
	filled = http_template_fill("x {{unknown| no one }}{{caller|b}}", &v,
				    why, sizeof(why));
	CHECK_STR("x no one+33 1/é", filled, "the default as it is");
	free(filled);
}

static void what_is_left_is_the_query(void **state)
{
	json_t *arguments =
		json_loads("{\"a b\":\"x&y\",\"l\":[1,2],\"n\":null,"
			   "\"t\":false,\"r\":1.5}",
			   0, NULL);
	char *url = http_template_query(HOST, arguments);

	(void)state;
	CHECK_STR(HOST "?a%20b=x%26y&l=%5B1%2C2%5D&t=false&r=1.5", url,
		  "in the model's order, null left out");
	free(url);
	url = http_template_query(HOST "?k=1", arguments);
	CHECK(strncmp(url, HOST "?k=1&a%20b=", 20) == 0, "behind one");
	free(url);
	json_decref(arguments);
}

static void what_cannot_be_filled(void **state)
{
	static const struct {
		const char *text, *told, *why;
	} row[] = {
		{ HOST "{id}?x={{caller}}", NULL, "good" },
		{ HOST "{id", "has a { that is no place: {id", "not closed" },
		{ HOST "{}", "has a { that is no place: {}", "no name" },
		{ HOST "{a b}", "has a { that is no place: {a b}", "no word" },
		{ HOST "{{caller}", "has a { that is no place: {{caller}",
		  "half closed" },
		{ HOST "{{a|b}}{{ a | b c }}{{a|}}{id}", NULL, "defaults" },
		{ HOST "{{|b}}", "has a { that is no place: {{|b}}",
		  "a default of nothing" },
		{ HOST "{{a|b}", "has a { that is no place: {{a|b}",
		  "a default that is not closed" },
		{ HOST "{{a|b\r\nX-Evil: c}}",
		  "has a { that is no place: {{a|b\r\nX-Evil: c}}",
		  "more than a line" },
		{ HOST "{id|1}", "has a { that is no place: {id|1}",
		  "an argument has none" },
		{ HOST "{n}",
		  "has {n}, which is not among the required of its parameters",
		  "it might be missing" },
	};
	json_t *schema = json_loads("{\"required\":[\"id\"]}", 0, NULL);

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(row); i++) {
		char why[128];

		CHECK_EQ(!row[i].told,
			 http_template_check(row[i].text, schema, why,
					     sizeof(why)),
			 row[i].why);
		if (row[i].told)
			CHECK_STR(row[i].told, why, row[i].why);
	}
	json_decref(schema);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(what_a_url_becomes),
		cmocka_unit_test(what_a_header_becomes),
		cmocka_unit_test(what_is_left_is_the_query),
		cmocka_unit_test(what_cannot_be_filled),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
