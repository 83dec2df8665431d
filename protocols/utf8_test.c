#include "tools/testing/check.h"

#include <string.h>

#include "protocols/utf8.h"

static void test_validity(void **state)
{
	static const struct {
		const char *text;
		bool is_valid;
		const char *why;
	} row[] = {
		{ "", true, "nothing" },
		{ "plain ascii, longer than eight", true, "ASCII" },
		{ "\xce\xba\xe1\xbd\xb9\xcf\x83\xce\xbc\xce\xb5", true,
		  "kosme" },
		{ "\x7f", true, "last of one byte" },
		{ "\xc2\x80", true, "U+0080" },
		{ "\xdf\xbf", true, "U+07FF" },
		{ "\xe0\xa0\x80", true, "U+0800" },
		{ "\xed\x9f\xbf", true, "U+D7FF, before the surrogates" },
		{ "\xee\x80\x80", true, "U+E000, after the surrogates" },
		{ "\xef\xbf\xbf", true, "U+FFFF" },
		{ "\xf0\x90\x80\x80", true, "U+10000" },
		{ "\xf4\x8f\xbf\xbf", true, "U+10FFFF" },
		{ "\x80", false, "stray continuation" },
		{ "\xbf", false, "stray continuation" },
		{ "\xc0\x80", false, "overlong NUL" },
		{ "\xc1\xbf", false, "overlong DEL" },
		{ "\xe0\x9f\xbf", false, "overlong U+07FF" },
		{ "\xf0\x8f\xbf\xbf", false, "overlong U+FFFF" },
		{ "\xed\xa0\x80", false, "first surrogate" },
		{ "\xed\xbf\xbf", false, "last surrogate" },
		{ "\xf4\x90\x80\x80", false, "U+110000" },
		{ "\xf5\x80\x80\x80", false, "F5 leads nothing" },
		{ "\xff", false, "FF" },
		{ "\xc2", false, "cut after one of two" },
		{ "\xe1\x80", false, "cut after two of three" },
		{ "\xf1\x80\x80", false, "cut after three of four" },
		{ "\xe1\x80"
		  "a",
		  false, "third byte missing" },
		{ "\xc2"
		  "a",
		  false, "second byte missing" },
		{ "12345678\xff", false, "bad behind eight good" },
		{ "1234567\xc2\x80"
		  "90",
		  true, "good across eight" },
	};
	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(row); i++)
		CHECK_EQ(row[i].is_valid,
			 utf8_is_valid((const uint8_t *)row[i].text,
				       strlen(row[i].text)),
			 row[i].why);
	CHECK(utf8_is_valid((const uint8_t *)"a\0b", 3), "NUL is a character");
}

/* U+0000..U+10FFFF without the 2048 surrogates, each encoded by the rule. */
static void test_every_character(void **state)
{
	(void)state;
	for (uint32_t c = 0x80; c < 0x120000; c += 7) {
		uint8_t b[4];
		size_t n = c < 0x800 ? 2 : c < 0x10000 ? 3 : 4;
		static const uint8_t mark[5] = { 0, 0, 0xc0, 0xe0, 0xf0 };
		for (size_t i = n - 1, left = c; i < n; i--, left >>= 6)
			b[i] = (uint8_t)(i ? 0x80 | (left & 0x3f)
					   : mark[n] | left);
		bool is_good = c < 0xd800 || (c > 0xdfff && c <= 0x10ffff);
		CHECK_EQ(is_good, utf8_is_valid(b, n), "character");
		CHECK_EQ(is_good ? n : 0, utf8_character(b, n), "its length");
		if (c > 0x10ffff)
			continue;
		char written[4];
		CHECK_EQ(n, utf8_write(written, c), "written length");
		CHECK(!memcmp(b, written, n), "written bytes");
	}
}

static void test_ascii_character(void **state)
{
	char out[4];

	(void)state;
	CHECK_EQ(1, utf8_character((const uint8_t *)"a", 1), "one byte");
	CHECK_EQ(0, utf8_character((const uint8_t *)"a", 0), "nothing there");
	CHECK_EQ(1, utf8_write(out, 0x7f), "last of one byte");
	CHECK_EQ(0x7f, out[0], "itself");
}

static void test_cut(void **state)
{
	static const char text[] = "a\xc3\xa9\xe2\x82\xac\xf0\x9f\x98\x80";
	static const size_t cut[] = { 0, 1, 1, 3, 3, 3, 6, 6, 6, 6, 10, 10 };

	(void)state;
	for (size_t max = 0; max < ARRAY_LEN(cut); max++)
		CHECK_EQ(cut[max], utf8_cut(text, 10, max), "cut");
}

static void test_copy(void **state)
{
	static const struct {
		const char *text;
		size_t cap;
		const char *copy, *why;
	} row[] = {
		{ "abc", 4, "abc", "just fits" },
		{ "abc", 3, "ab", "cut" },
		{ "abc", 1, "", "no room" },
		{ "", 8, "", "nothing" },
		{ "a\xc3\xa9", 4, "a\xc3\xa9", "a letter of two bytes" },
		{ "a\xc3\xa9", 3, "a", "is not cut in half" },
		{ "\xf0\x9f\x98\x80", 4, "", "nor is one of four" },
		{ "caf\xe9", 8, "", "not well-formed" },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(row); i++) {
		char out[16];

		CHECK_EQ(strlen(row[i].copy),
			 utf8_copy(out, row[i].cap, row[i].text), row[i].why);
		CHECK_STR(row[i].copy, out, row[i].why);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_validity),
		cmocka_unit_test(test_every_character),
		cmocka_unit_test(test_ascii_character),
		cmocka_unit_test(test_cut),
		cmocka_unit_test(test_copy),
	};
	return cmocka_run_group_tests_name("utf8", tests, NULL, NULL);
}
