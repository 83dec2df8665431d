#include "tools/testing/check.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "protocols/base64.h"
#include "protocols/base64_simd.h"

/* RFC 4648, section 10; the last three are its section 9. */
static const struct {
	const char *bytes, *text;
} vector[] = {
	{ "", "" },
	{ "f", "Zg==" },
	{ "fo", "Zm8=" },
	{ "foo", "Zm9v" },
	{ "foob", "Zm9vYg==" },
	{ "fooba", "Zm9vYmE=" },
	{ "foobar", "Zm9vYmFy" },
	{ "\x14\xfb\x9c\x03\xd9\x7e", "FPucA9l+" },
	{ "\x14\xfb\x9c\x03\xd9", "FPucA9k=" },
	{ "\x14\xfb\x9c\x03", "FPucAw==" },
};

static void test_vectors(void **state)
{
	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(vector); i++) {
		size_t n = strlen(vector[i].bytes),
		       len = strlen(vector[i].text);
		char text[16] = { 0 };
		uint8_t bytes[16] = { 0 };
		CHECK_EQ(len, BASE64_ENCODED(n), vector[i].text);
		CHECK_EQ(len,
			 base64_encode(text, (const uint8_t *)vector[i].bytes,
				       n),
			 vector[i].text);
		CHECK_STR(vector[i].text, text, "encoded");
		CHECK_EQ(n, base64_decode(bytes, text, len), vector[i].text);
		CHECK(!memcmp(bytes, vector[i].bytes, n), vector[i].text);
		CHECK_EQ(n, base64_decode((uint8_t *)text, text, len),
			 "where it stands");
		CHECK(!memcmp(text, vector[i].bytes, n), vector[i].text);
	}
}

static void test_refused(void **state)
{
	static const struct {
		const char *text, *why;
	} row[] = {
		{ "A", "one character" },
		{ "AA", "no padding" },
		{ "AAA", "no padding for two bytes" },
		{ "AAAAA", "not a multiple of four" },
		{ "====", "padding only" },
		{ "A===", "three pads" },
		{ "AA=A", "a letter behind padding" },
		{ "=AAA", "padding first" },
		{ "AA==AAAA", "padding inside" },
		{ "AAA=AAAA", "one pad inside" },
		{ "Zh==", "unused bits not zero (one byte)" },
		{ "Zm9=", "unused bits not zero (two bytes)" },
		{ "Zm9-", "url alphabet" },
		{ "Zm9_", "url alphabet" },
		{ "Zm9 ", "blank" },
		{ "Zm\n9v", "line break" },
		{ "Zm9vYm\r\n", "line break at the end" },
		{ "Zm9\xff", "high byte" },
		{ "\x80m9vZm9v", "high byte first" },
	};
	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(row); i++) {
		uint8_t bytes[16];
		CHECK_EQ(-EBADMSG,
			 base64_decode(bytes, row[i].text, strlen(row[i].text)),
			 row[i].why);
	}
	uint8_t bytes[3];
	CHECK_EQ(-EBADMSG, base64_decode(bytes, "Zm\0v", 4), "NUL inside");
}

/* Every byte value in every position of a triple, worked out from the
 * definition: 6 bits per letter, most significant first. */
static void test_against_definition(void **state)
{
	static const char abc[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZ"
				  "abcdefghijklmnopqrstuvwxyz0123456789+/";
	(void)state;
	for (unsigned v = 0; v < 1u << 24; v += 251) {
		uint8_t in[3] = { (uint8_t)(v >> 16), (uint8_t)(v >> 8),
				  (uint8_t)v };
		uint8_t back[3];
		char text[4];
		base64_encode(text, in, 3);
		for (int i = 0; i < 4; i++)
			CHECK_EQ(abc[v >> (18 - 6 * i) & 63], text[i],
				 "letter");
		CHECK_EQ(3, base64_decode(back, text, 4), "decodes");
		CHECK(!memcmp(in, back, 3), "to the same");
	}
}

/* Of all 256 bytes exactly the 64 letters are letters. */
static void test_alphabet(void **state)
{
	unsigned letters = 0;

	(void)state;
	for (int c = 0; c < 256; c++) {
		char text[8] = "AAAAAAAA";
		uint8_t out[6];
		text[1] = (char)c;
		letters += base64_decode(out, text, 8) == 6;
	}
	CHECK_EQ(64, letters, "letters");
}

static void test_every_length_in_exact_room(void **state)
{
	(void)state;
	for (size_t n = 0; n < 200; n++) {
		uint8_t *bytes = malloc(n ? n : 1);
		char *text = malloc(n ? BASE64_ENCODED(n) : 1);
		for (size_t i = 0; i < n; i++)
			bytes[i] = (uint8_t)(i * 37 + n);
		CHECK_EQ(BASE64_ENCODED(n), base64_encode(text, bytes, n), "n");
		uint8_t *out =
			malloc(n ? BASE64_DECODED_MAX(BASE64_ENCODED(n)) : 1);
		CHECK_EQ(n, base64_decode(out, text, BASE64_ENCODED(n)),
			 "back");
		CHECK(!memcmp(bytes, out, n), "same bytes");
		free(bytes);
		free(text);
		free(out);
	}
}

/* RFC 4648, 10 without padding; RFC 7515, appendix C; and by hand. */
static void test_url_vectors(void **state)
{
	static const struct {
		const char *bytes, *text;
	} row[] = {
		{ "", "" },           { "f", "Zg" },
		{ "fo", "Zm8" },      { "foo", "Zm9v" },
		{ "foob", "Zm9vYg" }, { "\x03\xec\xff\xe0\xc1", "A-z_4ME" },
	};
	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(row); i++) {
		size_t n = strlen(row[i].bytes), len = strlen(row[i].text);
		char text[16] = { 0 };
		CHECK_EQ(len,
			 base64_url_encode(text, (const uint8_t *)row[i].bytes,
					   n),
			 row[i].text);
		CHECK(!memcmp(row[i].text, text, len), "encoded");
		CHECK_EQ(n, base64_url_decode((uint8_t *)text, text, len),
			 "where it stands");
		CHECK(!memcmp(text, row[i].bytes, n), row[i].text);
	}
}

static void test_url_refused(void **state)
{
	static const struct {
		const char *text, *why;
	} row[] = {
		{ "A", "one character" },
		{ "AAAAA", "one behind four" },
		{ "AA==", "padding" },
		{ "AAA=", "padding" },
		{ "A+AA", "the standard alphabet" },
		{ "A/AA", "the standard alphabet" },
		{ "Zh", "unused bits not zero (one byte)" },
		{ "Zm9", "unused bits not zero (two bytes)" },
		{ "Zm9v Zg", "blank" },
		{ "Zm9v\n", "line break" },
	};
	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(row); i++) {
		uint8_t bytes[16];
		CHECK_EQ(-EBADMSG,
			 base64_url_decode(bytes, row[i].text,
					   strlen(row[i].text)),
			 row[i].why);
	}
	uint8_t bytes[3];
	CHECK_EQ(-EBADMSG, base64_url_decode(bytes, "Zm\0v", 4), "NUL inside");
}

/* --- Every path this CPU has, against the plain loops --- */

#define LENGTHS    301
#define ALIGNMENTS 32

static const struct base64_path *const plain = &base64_path[BASE64_PATHS - 1];

typedef void path_check(const struct base64_path *path);

static void on_every_path(path_check *check)
{
	for (size_t i = 0; i < BASE64_PATHS; i++)
		if (base64_path[i].is_there())
			check(&base64_path[i]);
}

/* At the end of a block, so that nothing is read or written behind it. */
static void *at_end(uint8_t *block, size_t size, size_t n)
{
	return block + size - n;
}

static void check_length(const struct base64_path *path, size_t n, size_t shift)
{
	size_t len = BASE64_ENCODED(n);
	size_t text_size = len + shift, size = n + shift;
	uint8_t *text_block = malloc(text_size + !text_size),
		*block = malloc(size + !size);
	char *text = at_end(text_block, text_size, len),
	     wanted[BASE64_ENCODED(LENGTHS)];
	uint8_t *bytes = at_end(block, size, n);

	for (size_t i = 0; i < n; i++)
		bytes[i] = (uint8_t)((i + n) * (2 * shift + 151) >> 2);
	memset(text_block, 0x55, text_size);
	CHECK_EQ(len, base64_encode_on(plain, wanted, bytes, n), "plain");
	CHECK_EQ(len, base64_encode_on(path, text, bytes, n), path->name);
	CHECK(!memcmp(wanted, text, len), path->name);
	for (size_t i = 0; i < shift; i++)
		CHECK_EQ(0x55, text_block[i], "before the text");
	CHECK_EQ(n, base64_decode_on(path, (uint8_t *)text, text, len),
		 "where it stands");
	CHECK(!memcmp(bytes, text, n), path->name);
	memset(bytes, 0, n);
	CHECK_EQ(n, base64_decode_on(path, bytes, wanted, len), path->name);
	CHECK(!memcmp(bytes, text, n), path->name);
	free(text_block);
	free(block);
}

/* The blocks end where bytes do: the sanitizer sees one byte too far. */
static void check_lengths(const struct base64_path *path)
{
	for (size_t n = 0; n < LENGTHS; n++)
		for (size_t shift = 0; shift < ALIGNMENTS; shift++)
			check_length(path, n, shift);
}

static void test_paths_in_every_length(void **state)
{
	(void)state;
	on_every_path(check_lengths);
}

/* Every byte in every position; the tails differ, so '=' is right in some. */
static void check_bytes(const struct base64_path *path)
{
	char good[LENGTHS], text[LENGTHS];
	uint8_t out[LENGTHS], wanted[LENGTHS];

	for (size_t i = 0; i < LENGTHS; i++)
		good[i] = "AQgw+/z9"[(i + i / 8) % 8];
	for (size_t len = 4; len <= 132; len += 4)
		for (size_t at = 0; at < len; at++)
			for (int c = 0; c < 256; c++) {
				memcpy(text, good, len);
				text[at] = (char)c;
				ssize_t n = base64_decode_on(plain, wanted,
							     text, len);
				CHECK_EQ(n,
					 base64_decode_on(path, out, text, len),
					 path->name);
				CHECK(n < 0 || !memcmp(wanted, out, (size_t)n),
				      path->name);
			}
}

static void test_paths_with_every_byte(void **state)
{
	(void)state;
	on_every_path(check_bytes);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_vectors),
		cmocka_unit_test(test_url_vectors),
		cmocka_unit_test(test_url_refused),
		cmocka_unit_test(test_refused),
		cmocka_unit_test(test_against_definition),
		cmocka_unit_test(test_alphabet),
		cmocka_unit_test(test_every_length_in_exact_room),
		cmocka_unit_test(test_paths_in_every_length),
		cmocka_unit_test(test_paths_with_every_byte),
	};
	return cmocka_run_group_tests_name("base64", tests, NULL, NULL);
}
