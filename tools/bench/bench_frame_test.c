#include "tools/testing/check.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "tools/bench/bench_frame.h"

/* RFC 6455, 5.7: "Hello", unmasked and masked. */
static void test_standard(void **state)
{
	uint8_t plain[] = { 0x81, 0x05, 'H', 'e', 'l', 'l', 'o' };
	uint8_t masked[] = { 0x81, 0x85, 0x37, 0xfa, 0x21, 0x3d,
			     0x7f, 0x9f, 0x4d, 0x51, 0x58 };
	struct bench_frame f;

	(void)state;
	CHECK_EQ(sizeof(plain), bench_frame_take(&f, plain, sizeof(plain)),
		 "all of it");
	CHECK(f.len == 5 && !memcmp(f.payload, "Hello", 5), "unmasked");
	CHECK_EQ(BENCH_TEXT, f.opcode, "a text");
	CHECK_EQ(sizeof(masked), bench_frame_take(&f, masked, sizeof(masked)),
		 "all of it");
	CHECK(f.len == 5 && !memcmp(f.payload, "Hello", 5), "masked");
}

static void test_lengths(void **state)
{
	static const size_t row[] = { 0, 1, 125, 126, 127, 65535, 65536 };
	static const uint8_t mask[4] = { 1, 2, 3, 4 };
	static uint8_t bytes[BENCH_FRAME_HEAD_MAX + 65536];

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(row); i++)
		for (int masked = 0; masked < 2; masked++) {
			struct bench_frame f;
			size_t head =
				bench_frame_head(bytes, BENCH_TEXT, row[i],
						 masked ? mask : NULL);
			memset(bytes + head, 'x', row[i]);
			if (masked)
				bench_frame_mask(bytes + head, row[i], mask);
			for (size_t n = 0; n < head; n++)
				CHECK_EQ(0, bench_frame_take(&f, bytes, n),
					 "a part of the header");
			if (row[i])
				CHECK_EQ(0,
					 bench_frame_take(&f, bytes,
							  head + row[i] - 1),
					 "one byte is missing");
			CHECK_EQ(head + row[i],
				 bench_frame_take(&f, bytes, head + row[i]),
				 "the whole frame");
			CHECK_EQ(row[i], f.len, "its payload");
			for (size_t n = 0; n < f.len; n++)
				CHECK_EQ('x', f.payload[n], "unmasked again");
		}
}

static void test_refused(void **state)
{
	uint8_t fragment[] = { 0x01, 0x01, 'x' };
	uint8_t rest[] = { 0x80, 0x01, 'x' };
	uint8_t huge[] = { 0x81, 127, 0, 0, 0, 1, 0, 0, 0, 0 };
	struct bench_frame f;

	(void)state;
	CHECK_EQ(-EPROTO, bench_frame_take(&f, fragment, sizeof(fragment)),
		 "a fragment");
	CHECK_EQ(-EPROTO, bench_frame_take(&f, rest, sizeof(rest)),
		 "a continuation");
	CHECK_EQ(-EPROTO, bench_frame_take(&f, huge, sizeof(huge)), "4 GiB");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_standard),
		cmocka_unit_test(test_lengths),
		cmocka_unit_test(test_refused),
	};

	return cmocka_run_group_tests_name("bench_frame", tests, NULL, NULL);
}
