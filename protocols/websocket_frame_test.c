#include "tools/testing/check.h"

#include <stdlib.h>
#include <string.h>

#include "protocols/websocket_frame.h"

/* RFC 6455, 5.2: by hand. */
static const struct {
	const char *bytes;
	size_t size;
	uint64_t payload_len;
	bool is_masked, is_minimal;
	const char *why;
} row[] = {
	{ "\x81\x00", 2, 0, false, true, "empty" },
	{ "\x81\x7d", 2, 125, false, true, "the longest short one" },
	{ "\x81\x7e\x00\x7e", 4, 126, false, true, "the first of two bytes" },
	{ "\x81\x7e\xff\xff", 4, 65535, false, true, "the last of two bytes" },
	{ "\x81\x7e\x00\x7d", 4, 125, false, false, "two bytes too many" },
	{ "\x81\x7f\x00\x00\x00\x00\x00\x01\x00\x00", 10, 65536, false, true,
	  "the first of eight bytes" },
	{ "\x81\x7f\x00\x00\x00\x00\x00\x00\xff\xff", 10, 65535, false, false,
	  "six bytes too many" },
	{ "\x81\x7f\x80\x00\x00\x00\x00\x00\x00\x00", 10, 1ull << 63, false,
	  true, "the top bit" },
	{ "\x81\x80\x01\x02\x03\x04", 6, 0, true, true, "empty, masked" },
	{ "\x81\xfe\x01\x00\x01\x02\x03\x04", 8, 256, true, true, "masked" },
	{ "\x81\xff\x00\x00\x00\x00\x01\x00\x00\x00\x01\x02\x03\x04", 14,
	  1 << 24, true, true, "the largest header" },
};

static void test_headers(void **state)
{
	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(row); i++) {
		const uint8_t *bytes = (const uint8_t *)row[i].bytes;
		struct websocket_header h;
		for (size_t n = 0; n < row[i].size; n++) {
			uint8_t *part = malloc(n + !n);
			memcpy(part, bytes, n);
			CHECK(!websocket_header_read(&h, part, n), row[i].why);
			free(part);
		}
		CHECK(websocket_header_read(&h, bytes, row[i].size),
		      row[i].why);
		CHECK_EQ(0x81, h.first, row[i].why);
		CHECK_EQ(row[i].size, h.size, row[i].why);
		CHECK_EQ(row[i].size, websocket_header_announced(bytes[1]),
			 row[i].why);
		CHECK_EQ(row[i].payload_len, h.payload_len, row[i].why);
		CHECK_EQ(row[i].is_masked, h.is_masked, row[i].why);
		CHECK_EQ(row[i].is_minimal, h.is_minimal, row[i].why);
		CHECK(!memcmp(row[i].is_masked ? "\x01\x02\x03\x04"
					       : "\0\0\0\0",
			      h.mask, 4),
		      row[i].why);
	}
}

static void test_headers_written(void **state)
{
	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(row); i++) {
		uint8_t out[WEBSOCKET_HEADER_MAX];
		if (!row[i].is_minimal)
			continue;
		CHECK_EQ(row[i].size,
			 websocket_header_size(row[i].payload_len,
					       row[i].is_masked),
			 row[i].why);
		websocket_header_write(out, 0x81, row[i].payload_len,
				       row[i].is_masked
					       ? (const uint8_t *)"\x01\x02\x03"
								  "\x04"
					       : NULL);
		CHECK(!memcmp(row[i].bytes, out, row[i].size), row[i].why);
	}
}

typedef void mask_fn(uint8_t *out, const uint8_t *bytes, size_t n,
		     const uint8_t mask[4]);

#define ROOM 400

/* In a block of exactly the bytes' place and the room before it. */
static void check_mask(mask_fn *run, size_t n, size_t before, const char *why)
{
	static const uint8_t mask[4] = { 0x37, 0xfa, 0x21, 0x3d };
	uint8_t *block = calloc(1, n + before + !(n + before));
	uint8_t *bytes = block + before, wanted[ROOM];

	for (size_t i = 0; i < n; i++) {
		bytes[i] = (uint8_t)(i * 7 + n);
		wanted[i] = bytes[i] ^ mask[i % 4];
	}
	run(block, bytes, n, mask);
	CHECK(!memcmp(wanted, block, n), why);
	free(block);
}

static void test_mask(void **state)
{
	(void)state;
	for (size_t n = 0; n < 300; n++)
		for (size_t before = 0; before < 40; before++) {
			check_mask(websocket_mask, n, before, "wide");
			check_mask(websocket_mask_words, n, before, "words");
		}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_headers),
		cmocka_unit_test(test_headers_written),
		cmocka_unit_test(test_mask),
	};
	return cmocka_run_group_tests_name("websocket_frame", tests, NULL,
					   NULL);
}
