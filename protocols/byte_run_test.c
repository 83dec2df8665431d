#include "tools/testing/check.h"

#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#include "protocols/byte_run.h"

#define LENGTHS 150

typedef size_t run_fn(const uint8_t *bytes, size_t n);

static bool is_ascii(int byte)
{
	return byte <= 0x7f;
}

static bool is_plain(int byte)
{
	return byte >= ' ' && byte <= 0x7f && byte != '"' && byte != '\\';
}

static const struct {
	run_fn *run;
	bool (*is_in)(int byte);
	const char *name;
} row[] = {
	{ byte_run_ascii, is_ascii, "ascii" },
	{ byte_run_plain, is_plain, "plain" },
	{ byte_run_ascii_words, is_ascii, "ascii in words" },
	{ byte_run_plain_words, is_plain, "plain in words" },
};

/* The first of the bytes that is not in the run. */
static size_t simple_run(size_t r, const uint8_t *bytes, size_t n)
{
	size_t i = 0;

	while (i < n && row[r].is_in(bytes[i]))
		i++;
	return i;
}

/* In a block of exactly that length, with something else close behind. */
static void check_place(size_t r, size_t n, size_t at)
{
	uint8_t *block = malloc(n);

	for (int byte = 0; byte < 256; byte++) {
		memset(block, 'a', n);
		block[at] = (uint8_t)byte;
		if (at + 3 < n)
			block[at + 3] = 0xff;
		CHECK_EQ(simple_run(r, block, n), row[r].run(block, n),
			 row[r].name);
	}
	free(block);
}

static void test_every_byte_in_every_place(void **state)
{
	(void)state;
	for (size_t r = 0; r < ARRAY_LEN(row); r++)
		for (size_t n = 1; n < LENGTHS; n += n < 40 ? 1 : 13)
			for (size_t at = 0; at < n; at++)
				check_place(r, n, at);
}

/* Neighbours: one byte's borrow must not hide or make another. */
static void test_every_pair(void **state)
{
	(void)state;
	for (size_t r = 0; r < ARRAY_LEN(row); r++)
		for (unsigned pair = 0; pair < 1u << 16; pair++) {
			uint8_t bytes[19] = "abcdefghijklmnopqrs";
			bytes[pair % 17] = (uint8_t)(pair >> 8);
			bytes[pair % 17 + 1] = (uint8_t)pair;
			CHECK_EQ(simple_run(r, bytes, 19),
				 row[r].run(bytes, 19), row[r].name);
		}
}

static void test_nothing(void **state)
{
	(void)state;
	for (size_t r = 0; r < ARRAY_LEN(row); r++)
		CHECK_EQ(0, row[r].run((const uint8_t *)"", 0), row[r].name);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_every_byte_in_every_place),
		cmocka_unit_test(test_every_pair),
		cmocka_unit_test(test_nothing),
	};
	return cmocka_run_group_tests_name("byte_run", tests, NULL, NULL);
}
