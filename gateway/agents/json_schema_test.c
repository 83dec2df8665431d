#include "gateway/agents/json_schema.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "tools/testing/check.h"

static json_t *parsed(const char *text)
{
	json_t *json = json_loads(text, JSON_DECODE_ANY, NULL);

	if (!json)
		fprintf(stderr, "no JSON: %s\n", text);
	assert_non_null(json);
	return json;
}

static void what_fits_and_what_does_not(void **state)
{
	/* told NULL: it fits. */
	static const struct {
		const char *schema, *value, *told, *why;
	} row[] = {
		{ "{}", "{\"a\":[1]}", NULL, "no constraint" },
		{ "{\"type\":\"object\"}", "[]",
		  "the arguments must be an object", "the whole" },
		{ "{\"properties\":{\"a\":{\"type\":\"string\"}}}",
		  "{\"a\":\"x\"}", NULL, "a string" },
		{ "{\"properties\":{\"a\":{\"type\":\"string\"}}}", "{\"a\":1}",
		  "a must be a string", "a number is none" },
		{ "{\"properties\":{\"a\":{\"type\":\"string\"}}}", "{}", NULL,
		  "what is not there cannot be wrong" },
		{ "{\"properties\":{\"a\":{\"type\":[\"string\",\"null\"]}}}",
		  "{\"a\":null}", NULL, "one of two types" },
		{ "{\"properties\":{\"a\":{\"type\":[\"string\",\"null\"]}}}",
		  "{\"a\":false}", "a must be a string or null", "neither" },
		{ "{\"type\":\"integer\"}", "3.0", NULL, "2020-12, 4.2.3" },
		{ "{\"type\":\"integer\"}", "3.5",
		  "the arguments must be a whole number", "half of one" },
		{ "{\"type\":\"number\"}", "3", NULL, "a whole one is one" },
		{ "{\"type\":\"boolean\"}", "0",
		  "the arguments must be true or false", "no truth in C" },
		{ "{\"required\":[\"a\",\"b\"]}", "{\"a\":null}",
		  "b is missing", "null is a value" },
		{ "{\"required\":[\"b\"]}", "[]", NULL,
		  "required speaks of objects" },
		{ "{\"properties\":{\"a\":{},\"bc\":{}},"
		  "\"additionalProperties\":false}",
		  "{\"a\":1,\"d\":2}", "d is not known; known: a, bc",
		  "a name too many" },
		{ "{\"additionalProperties\":false}", "{\"d\":2}",
		  "d is not known; known: none", "any name" },
		{ "{\"properties\":{\"a\":{}},"
		  "\"additionalProperties\":{\"type\":\"number\"}}",
		  "{\"a\":\"x\",\"b\":\"x\"}", "b must be a number",
		  "others, by a schema of theirs" },
		{ "{\"additionalProperties\":true}", "{\"d\":2}", NULL, "any" },
		{ "{\"properties\":{\"s\":{\"enum\":[\"S\",\"M\",7]}}}",
		  "{\"s\":7}", NULL, "one of them" },
		{ "{\"properties\":{\"s\":{\"enum\":[\"S\",\"M\",7]}}}",
		  "{\"s\":\"L\"}", "s must be one of \"S\", \"M\", 7",
		  "none of them" },
		{ "{\"const\":{\"a\":1}}", "{\"a\":1}", NULL, "as JSON" },
		{ "{\"const\":1}", "2", "the arguments must be 1", "another" },
		{ "{\"minimum\":1}", "1", NULL, "at least" },
		{ "{\"minimum\":1}", "0", "the arguments must be at least 1",
		  "less" },
		{ "{\"minimum\":1.5}", "1",
		  "the arguments must be at least 1.5", "whole against real" },
		{ "{\"maximum\":9007199254740993}", "9007199254740994",
		  "the arguments must be at most 9007199254740993",
		  "what a double cannot tell apart" },
		{ "{\"exclusiveMinimum\":1}", "1",
		  "the arguments must be more than 1", "not it itself" },
		{ "{\"exclusiveMaximum\":2}", "2",
		  "the arguments must be less than 2", "not it itself" },
		{ "{\"exclusiveMaximum\":2}", "1.99", NULL, "below" },
		{ "{\"minimum\":1}", "\"0\"", NULL, "it speaks of numbers" },
		{ "{\"minLength\":2}", "\"\\u00e9\\u00e9\"", NULL,
		  "characters, not bytes" },
		{ "{\"minLength\":3}", "\"\\u00e9\\u00e9\"",
		  "the arguments must have at least 3 characters", "two" },
		{ "{\"maxLength\":1}", "\"\\ud83d\\ude00\"", NULL,
		  "one, of four bytes" },
		{ "{\"maxLength\":1}", "\"ab\"",
		  "the arguments must have at most 1 characters", "two" },
		{ "{\"pattern\":\"^[A-Z]{2}[0-9]+$\"}", "\"AB12\"", NULL,
		  "a pattern" },
		{ "{\"pattern\":\"^[A-Z]{2}[0-9]+$\"}", "\"AB12x\"",
		  "the arguments must match ^[A-Z]{2}[0-9]+$", "more than it" },
		{ "{\"pattern\":\"b\"}", "\"abc\"", NULL, "anywhere in it" },
		{ "{\"pattern\":\"^[0-9]{2},999$\"}", "\"12,999\"", NULL,
		  "a comma and a number that are no repetition" },
		{ "{\"items\":{\"type\":\"string\"}}", "[\"a\",\"b\"]", NULL,
		  "each of them" },
		{ "{\"items\":{\"type\":\"string\"}}", "[\"a\",1]",
		  "[1] must be a string", "the second, counted from 0" },
		{ "{\"minItems\":1}", "[]",
		  "the arguments must have at least 1 entries", "none" },
		{ "{\"maxItems\":1}", "[1,2]",
		  "the arguments must have at most 1 entries", "two" },
		{ "{\"anyOf\":[{\"type\":\"string\"},{\"minimum\":5}]}", "7",
		  NULL, "the second" },
		{ "{\"anyOf\":[{\"type\":\"string\"},{\"minimum\":5}]}", "3",
		  "the arguments must be at least 5", "neither" },
		{ "{\"properties\":{\"o\":{\"properties\":{\"l\":{\"items\":{"
		  "\"properties\":{\"id\":{\"minimum\":1}}}}}}}}",
		  "{\"o\":{\"l\":[{\"id\":1},{\"id\":0}]}}",
		  "o.l[1].id must be at least 1", "where it is" },
		{ "{\"format\":\"email\",\"title\":\"t\",\"description\":\"d\","
		  "\"default\":1,\"examples\":[],\"deprecated\":true,"
		  "\"$schema\":\"x\",\"$id\":\"y\",\"$comment\":\"z\"}",
		  "\"no address\"", NULL, "what only describes" },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(row); i++) {
		json_t *schema = parsed(row[i].schema);
		json_t *value = parsed(row[i].value);
		char why[256];

		CHECK(json_schema_check(schema, why, sizeof(why)), row[i].why);
		bool fits =
			json_schema_accepts(schema, value, why, sizeof(why));
		CHECK_EQ(!row[i].told, fits, row[i].why);
		if (row[i].told)
			CHECK_STR(row[i].told, why, row[i].why);
		json_decref(schema);
		json_decref(value);
	}
}

static void what_is_no_schema(void **state)
{
	static const struct {
		const char *schema, *told, *why;
	} row[] = {
		{ "[]", "the schema must be an object, a schema", "a list" },
		{ "{\"properties\":{\"a\":{\"type\":\"text\"}}}",
		  "properties.a.type must be null, boolean, integer, number, "
		  "string, array or object",
		  "a type that is none" },
		{ "{\"type\":[\"string\",\"any\"]}",
		  "type[1] must be null, boolean, integer, number, string, "
		  "array or object",
		  "in a list" },
		{ "{\"type\":[]}", "type must be a list of 1 to 256 entries",
		  "nothing would fit" },
		{ "{\"oneOf\":[{}]}",
		  "oneOf is a keyword nobody here would keep to",
		  "a constraint must not be dropped in silence" },
		{ "{\"items\":{\"$ref\":\"#\"}}",
		  "items.$ref is a keyword nobody here would keep to",
		  "no references" },
		{ "{\"requires\":[]}",
		  "requires is a keyword nobody here would keep to",
		  "misspelt" },
		{ "{\"required\":true}",
		  "required must be a list of 0 to 256 entries",
		  "as it was long ago" },
		{ "{\"required\":[1]}", "required[0] must be a name",
		  "a number" },
		{ "{\"minLength\":-1}",
		  "minLength must be a whole number, 0 or more", "negative" },
		{ "{\"minimum\":\"1\"}", "minimum must be a number", "text" },
		{ "{\"enum\":[]}", "enum must be a list of 1 to 256 entries",
		  "nothing would fit" },
		{ "{\"anyOf\":[true]}", "anyOf[0] must be an object, a schema",
		  "a truth" },
		{ "{\"pattern\":\"(\"}",
		  "pattern is no regular expression: Unmatched ( or \\(",
		  "not closed" },
		{ "{\"pattern\":\"^\\\\d+$\"}",
		  "pattern must have no letter or digit behind a backslash: "
		  "write [0-9] for \\d, [[:space:]] for \\s",
		  "another dialect" },
		{ "{\"pattern\":\"(a)\\\\1\"}",
		  "pattern must have no letter or digit behind a backslash: "
		  "write [0-9] for \\d, [[:space:]] for \\s",
		  "a reference back takes for ever" },
		{ "{\"pattern\":\"(?:a)\"}",
		  "pattern must not have (?…): POSIX extended regular "
		  "expressions do not know it",
		  "another dialect" },
		{ "{\"pattern\":\"a{1,9999}\"}",
		  "pattern must not repeat more than 255 times",
		  "megabytes of automaton" },
		{ "{\"pattern\":7}",
		  "pattern must be text of at most 256 bytes", "a number" },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(row); i++) {
		json_t *schema = parsed(row[i].schema);
		char why[256];

		CHECK(!json_schema_check(schema, why, sizeof(why)), row[i].why);
		CHECK_STR(row[i].told, why, row[i].why);
		json_decref(schema);
	}
}

/* {"items":{"items":…{}…}}, so many in each other. */
static json_t *nested(unsigned deep)
{
	json_t *schema = json_object();

	while (--deep)
		schema = json_pack("{s:o}", "items", schema);
	return schema;
}

static json_t *wide(unsigned many)
{
	json_t *properties = json_object();
	char name[16];

	for (unsigned i = 0; i < many; i++) {
		snprintf(name, sizeof(name), "p%u", i);
		json_object_set_new(properties, name, json_object());
	}
	return json_pack("{s:o}", "properties", properties);
}

static void schemas_are_bounded(void **state)
{
	static const char told[] = "is too deep or too much: at most 512 "
				   "schemas, 16 in each other";
	const struct {
		json_t *schema;
		bool is_good;
		const char *why;
	} row[] = {
		{ nested(JSON_SCHEMA_DEPTH_MAX), true, "as deep as may be" },
		{ nested(JSON_SCHEMA_DEPTH_MAX + 1), false, "one deeper" },
		{ wide(JSON_SCHEMA_NODES_MAX - 1), true, "with the whole" },
		{ wide(JSON_SCHEMA_NODES_MAX), false, "one more" },
	};
	char why[256];

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(row); i++) {
		CHECK_EQ(row[i].is_good,
			 json_schema_check(row[i].schema, why, sizeof(why)),
			 row[i].why);
		CHECK(row[i].is_good || strstr(why, told), row[i].why);
		json_decref(row[i].schema);
	}
}

/* A sentence has its room whatever names the model makes up. */
static void words_stay_text(void **state)
{
	json_t *schema = parsed("{\"additionalProperties\":false}");
	char name[2001] = "", why[256];

	(void)state;
	for (int i = 0; i < 1000; i++)
		strcat(name, "\xc3\xa9");
	json_t *value = json_pack("{s:i}", name, 1);
	CHECK(!json_schema_accepts(schema, value, why, sizeof(why)), "wrong");
	CHECK(strstr(why, " is not known; known: none"), "cut");
	json_t *text = json_string(why);
	CHECK(text != NULL, "between characters");
	json_decref(text);
	json_decref(value);
	value = json_pack("{s:i}", "a\nb\x7f", 1);
	CHECK(!json_schema_accepts(schema, value, why, sizeof(why)), "wrong");
	CHECK_STR("a b  is not known; known: none", why, "one line");
	json_decref(value);
	json_decref(schema);
}

static void a_pattern_is_tried_on_so_much(void **state)
{
	static char text[JSON_SCHEMA_SUBJECT_MAX + 2];
	json_t *schema = parsed("{\"pattern\":\"a\"}");
	char why[256];

	(void)state;
	memset(text, 'a', JSON_SCHEMA_SUBJECT_MAX);
	json_t *value = json_string(text);
	CHECK(json_schema_accepts(schema, value, why, sizeof(why)), "as long");
	json_decref(value);
	text[JSON_SCHEMA_SUBJECT_MAX] = 'a';
	value = json_string(text);
	CHECK(!json_schema_accepts(schema, value, why, sizeof(why)), "longer");
	CHECK_STR("the arguments is too long for its pattern, at most 4096 "
		  "bytes",
		  why, "is told");
	json_decref(value);
	json_decref(schema);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(what_fits_and_what_does_not),
		cmocka_unit_test(what_is_no_schema),
		cmocka_unit_test(schemas_are_bounded),
		cmocka_unit_test(words_stay_text),
		cmocka_unit_test(a_pattern_is_tried_on_so_much),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
