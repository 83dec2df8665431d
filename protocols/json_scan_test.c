#include "tools/testing/check.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "protocols/json_scan.h"

/* The text in a block of exactly its size: one byte read too far is seen. */
static char *exact(const char *text, size_t len)
{
	char *copy = malloc(len ? len : 1);

	memcpy(copy, text, len);
	return copy;
}

/* Walk everything. Returns the members seen, or the error. */
static int walk(const char *text, size_t len)
{
	char *copy = exact(text, len);
	struct json_scan s;
	struct json_member m;
	int members = 0, more = json_scan_object(&s, copy, len);

	if (!more)
		while ((more = json_scan_next(&s, &m)) > 0)
			members++;
	free(copy);
	return more < 0 ? more : members;
}

static void test_accepts(void **state)
{
	static const struct {
		const char *text;
		int members;
		const char *why;
	} row[] = {
		{ "{}", 0, "empty" },
		{ " \t\r\n{ \t\r\n} \t\r\n", 0, "all white space" },
		{ "{\"a\":1}", 1, "one" },
		{ "{\"a\":1,\"b\":2}", 2, "two" },
		{ " { \"a\" : 1 , \"b\" : 2 } ", 2, "spaced" },
		{ "{\"\":0}", 1, "empty name" },
		{ "{\"a\":1,\"a\":2}", 2, "a repeated name is told twice" },
		{ "{\"a\":0,\"b\":-0,\"c\":10,\"d\":-1.5,\"e\":1e9,"
		  "\"f\":1E+9,\"g\":0.1e-9}",
		  7, "numbers" },
		{ "{\"a\":1e999,\"b\":99999999999999999999999}", 2,
		  "any magnitude" },
		{ "{\"a\":true,\"b\":false,\"c\":null}", 3, "words" },
		{ "{\"a\":[],\"b\":{},\"c\":[1,[2,{\"d\":[3]}]]}", 3,
		  "nested" },
		{ "{\"a\":\"\\\"\\\\\\/\\b\\f\\n\\r\\t\\u00e9\"}", 1,
		  "every escape" },
		{ "{\"a\":\"\\uD83D\\ude00\"}", 1, "a surrogate pair" },
		{ "{\"a\":\"\\u0000\"}", 1, "an escaped NUL" },
		{ "{\"a\":\"\xc3\xa9\xe2\x82\xac\xf0\x9f\x98\x80\x7f\"}", 1,
		  "UTF-8 of every length, and DEL" },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(row); i++)
		CHECK_EQ(row[i].members, walk(row[i].text, strlen(row[i].text)),
			 row[i].why);
}

static void test_refuses(void **state)
{
	static const struct {
		const char *text;
		const char *why;
	} row[] = {
		{ "", "nothing" },
		{ "[]", "an array is no object" },
		{ "1", "nor is a number" },
		{ "{}x", "something behind" },
		{ "{}{}", "two objects" },
		{ "{,}", "a comma alone" },
		{ "{\"a\":1,}", "a comma at the end" },
		{ "{\"a\":1,,\"b\":2}", "two commas" },
		{ "{\"a\":1 \"b\":2}", "no comma" },
		{ "{\"a\"}", "no value" },
		{ "{\"a\":}", "no value behind the colon" },
		{ "{\"a\" 1}", "no colon" },
		{ "{a:1}", "a name without quotes" },
		{ "{'a':1}", "single quotes" },
		{ "{1:1}", "a number for a name" },
		{ "{\"a\":01}", "a leading zero" },
		{ "{\"a\":+1}", "a plus sign" },
		{ "{\"a\":1.}", "no digit behind the point" },
		{ "{\"a\":.5}", "no digit before it" },
		{ "{\"a\":1e}", "no exponent" },
		{ "{\"a\":-}", "a sign alone" },
		{ "{\"a\":NaN}", "NaN" },
		{ "{\"a\":True}", "a capital" },
		{ "{\"a\":tru}", "a cut word" },
		{ "{\"a\":truely}", "a long word" },
		{ "{\"a\":[1,]}", "a comma at an array's end" },
		{ "{\"a\":[1}", "closed by the other bracket" },
		{ "{\"a\":{\"b\"}}", "an inner name without value" },
		{ "{\"a\":\"\t\"}", "a bare tab in a string" },
		{ "{\"a\":\"\\x\"}", "no such escape" },
		{ "{\"a\":\"\\u12g4\"}", "no hex digit" },
		{ "{\"a\":\"\\ud800\"}", "half a pair" },
		{ "{\"a\":\"\\ud800\\u0041\"}", "a pair with the wrong half" },
		{ "{\"a\":\"\\udc00\"}", "the second half alone" },
		{ "{\"a\":\"\xff\"}", "no UTF-8" },
		{ "{\"a\":\"\xc0\x80\"}", "an overlong NUL" },
		{ "{\"a\":\"\xed\xa0\x80\"}", "a surrogate in UTF-8" },
		{ "\xef\xbb\xbf{}", "a byte order mark" },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(row); i++)
		CHECK_EQ(-EBADMSG, walk(row[i].text, strlen(row[i].text)),
			 row[i].why);
	CHECK_EQ(-EBADMSG, walk("{\"a\":\"\0\"}", 9), "a bare NUL");
	CHECK_EQ(-EBADMSG, walk("{}\0", 3), "a NUL behind");
}

/* Every cut of a good message is refused, and read no further than it goes. */
static void test_cut_anywhere(void **state)
{
	static const char text[] =
		"{\"a\":\"x\\u00e9\\ud83d\\ude00\xc3\xa9\",\"b\":[1.5e3,true,"
		"{\"c\":null}],\"d\":-0.25}";

	(void)state;
	CHECK_EQ(3, walk(text, sizeof(text) - 1), "whole");
	for (size_t n = 0; n < sizeof(text) - 1; n++)
		CHECK_EQ(-EBADMSG, walk(text, n), "cut");
}

static void nest(char *text, unsigned depth)
{
	char *at = text + sprintf(text, "{\"a\":");

	for (unsigned d = 1; d < depth; d++)
		*at++ = '[';
	for (unsigned d = 1; d < depth; d++)
		*at++ = ']';
	strcpy(at, "}");
}

static void test_depth(void **state)
{
	char text[4 * JSON_SCAN_DEPTH_MAX];

	(void)state;
	nest(text, JSON_SCAN_DEPTH_MAX);
	CHECK_EQ(1, walk(text, strlen(text)), "as deep as allowed");
	nest(text, JSON_SCAN_DEPTH_MAX + 1);
	CHECK_EQ(-EBADMSG, walk(text, strlen(text)), "one deeper");
}

static void test_members(void **state)
{
	char text[] = " { \"k\\n\" : \"v\\/\" , \"o\" : { \"x\" : [ ] } , "
		      "\"n\" : -1.5e2 , \"t\" : true } ";
	static const struct {
		const char *key, *value;
		enum json_kind kind;
	} row[] = {
		{ "k\\n", "v\\/", JSON_KIND_STRING },
		{ "o", "{ \"x\" : [ ] }", JSON_KIND_OBJECT },
		{ "n", "-1.5e2", JSON_KIND_NUMBER },
		{ "t", "true", JSON_KIND_TRUE },
	};
	struct json_scan s;
	struct json_member m;

	(void)state;
	CHECK_EQ(0, json_scan_object(&s, text, strlen(text)), "an object");
	for (size_t i = 0; i < ARRAY_LEN(row); i++) {
		CHECK_EQ(1, json_scan_next(&s, &m), row[i].key);
		CHECK_EQ(row[i].kind, m.kind, row[i].key);
		CHECK_EQ(strlen(row[i].key), m.key.len, row[i].key);
		CHECK(!memcmp(row[i].key, m.key.at, m.key.len), row[i].key);
		CHECK_EQ(strlen(row[i].value), m.value.len, row[i].key);
		CHECK(!memcmp(row[i].value, m.value.at, m.value.len),
		      row[i].key);
	}
	CHECK_EQ(0, json_scan_next(&s, &m), "the end");
	CHECK_EQ(0, json_scan_next(&s, &m), "the end, asked again");
}

static void test_pick(void **state)
{
	static const char *const name[] = { "event", "none", "n" };
	char text[] = "{\"n\":1,\"ev\\u0065nt\":\"a\",\"n\":2,\"event\":\"b\"}";
	char bad[] = "{\"event\":\"a\",\"n\":}";
	struct json_member m[3];

	(void)state;
	CHECK_EQ(0, json_scan_pick(text, strlen(text), name, m, 3), "picked");
	CHECK(json_slice_is(m[0].value, "b"), "the last of a name, escaped");
	CHECK_EQ(JSON_KIND_NULL, m[1].kind, "absent reads as null");
	CHECK_EQ(0, m[1].value.len, "and empty");
	CHECK(json_slice_is(m[2].value, "2"), "the last of a name");
	CHECK_EQ(-EBADMSG, json_scan_pick(bad, strlen(bad), name, m, 3),
		 "damage behind what was wanted is seen");
}

static void test_slice_is(void **state)
{
	static const struct {
		const char *slice, *literal;
		bool is;
		const char *why;
	} row[] = {
		{ "media", "media", true, "the same" },
		{ "media", "medi", false, "longer" },
		{ "medi", "media", false, "shorter" },
		{ "Media", "media", false, "case counts" },
		{ "", "", true, "empty" },
		{ "", "a", false, "empty against something" },
		{ "\\u006dedia", "media", true, "an escaped letter" },
		{ "a\\/b", "a/b", true, "an escaped slash" },
		{ "\\u00e9", "\xc3\xa9", true, "two bytes of UTF-8" },
		{ "\\u00e9", "\xc3", false, "half of them" },
		{ "a\\u0000", "a", false, "a NUL is not the end" },
		{ "\\u0000", "", false, "nor nothing" },
		{ "a\\n", "a", false, "longer by an escape" },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(row); i++) {
		char *copy = exact(row[i].slice, strlen(row[i].slice));
		struct json_slice s = { copy, strlen(row[i].slice) };

		CHECK_EQ(row[i].is, json_slice_is(s, row[i].literal),
			 row[i].why);
		free(copy);
	}
	CHECK(json_slice_is((struct json_slice){ NULL, 0 }, ""), "no slice");
}

static void test_unescape(void **state)
{
	static const struct {
		const char *slice, *text;
		long len;
		const char *why;
	} row[] = {
		{ "", "", 0, "empty" },
		{ "plain", "plain", 5, "nothing to do" },
		{ "a\\/b\\/", "a/b/", 4, "slashes, as some encoders escape" },
		{ "\\\"\\\\\\b\\f\\n\\r\\t", "\"\\\b\f\n\r\t", 7, "the rest" },
		{ "\\u0041\\u00e9\\u20ac", "A\xc3\xa9\xe2\x82\xac", 6,
		  "one, two and three bytes" },
		{ "\\ud83d\\ude00x", "\xf0\x9f\x98\x80x", 5,
		  "four, of a pair" },
		{ "a\\u0000b", "a\0b", 3, "a NUL inside" },
		{ "\\", NULL, -EBADMSG, "a backslash at the end" },
		{ "\\u00", NULL, -EBADMSG, "a cut escape" },
		{ "\\ud800x", NULL, -EBADMSG, "half a pair" },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(row); i++) {
		char *copy = exact(row[i].slice, strlen(row[i].slice));
		struct json_slice s = { copy, strlen(row[i].slice) };

		CHECK_EQ(row[i].len, json_slice_unescape(&s), row[i].why);
		if (row[i].len >= 0) {
			CHECK_EQ(row[i].len, s.len, row[i].why);
			CHECK(!memcmp(row[i].text, copy, s.len), row[i].why);
		}
		free(copy);
	}
}

static void test_unsigned(void **state)
{
	static const struct {
		const char *value;
		enum json_kind kind;
		bool is_number;
		uint64_t number;
		const char *why;
	} row[] = {
		{ "155", JSON_KIND_STRING, true, 155, "Twilio's way" },
		{ "155", JSON_KIND_NUMBER, true, 155, "the other way" },
		{ "0", JSON_KIND_NUMBER, true, 0, "zero" },
		{ "1.0", JSON_KIND_NUMBER, true, 1, "an integer as a float" },
		{ "2.75", JSON_KIND_NUMBER, true, 2, "the fraction is cut" },
		{ "1.0", JSON_KIND_STRING, false, 0, "no decimal string" },
		{ "18446744073709551615", JSON_KIND_STRING, true, UINT64_MAX,
		  "the largest" },
		{ "18446744073709551616", JSON_KIND_STRING, false, 0,
		  "one more" },
		{ "-1", JSON_KIND_NUMBER, false, 0, "negative" },
		{ "1e3", JSON_KIND_NUMBER, false, 0, "an exponent" },
		{ "", JSON_KIND_STRING, false, 0, "empty" },
		{ " 1", JSON_KIND_STRING, false, 0, "a space" },
		{ "1x", JSON_KIND_STRING, false, 0, "something behind" },
		{ "true", JSON_KIND_TRUE, false, 0, "a word" },
		{ "[1]", JSON_KIND_ARRAY, false, 0, "an array" },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(row); i++) {
		char *copy = exact(row[i].value, strlen(row[i].value));
		struct json_member m = {
			.kind = row[i].kind,
			.value = { copy, strlen(row[i].value) },
		};
		uint64_t number = 0;

		CHECK_EQ(row[i].is_number, json_member_unsigned(&m, &number),
			 row[i].why);
		if (row[i].is_number)
			CHECK(row[i].number == number, row[i].why);
		free(copy);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_accepts),
		cmocka_unit_test(test_refuses),
		cmocka_unit_test(test_cut_anywhere),
		cmocka_unit_test(test_depth),
		cmocka_unit_test(test_members),
		cmocka_unit_test(test_pick),
		cmocka_unit_test(test_slice_is),
		cmocka_unit_test(test_unescape),
		cmocka_unit_test(test_unsigned),
	};

	return cmocka_run_group_tests_name("json_scan", tests, NULL, NULL);
}
