#include "tools/testing/check.h"

#include <math.h>
#include <string.h>

#include "codecs/g711.h"
#include "tools/call/caller_exact.h"

#define SPEECH 8000 /* samples of the caller's clock: one second */

static struct caller_native line;
static int16_t voice[3 * SPEECH];

static int end(void **state)
{
	(void)state;
	caller_native_free(&line);
	return 0;
}

static void append(struct buffer *track, const int16_t *pcm, size_t n)
{
	for (size_t i = 0; i < n; i++) {
		uint8_t code[2] = { (uint8_t)pcm[i], (uint8_t)(pcm[i] >> 8) };

		if (line.is_linear)
			buffer_append(track, code, 2);
		else if (g711_ulaw_encode(code, &pcm[i], 1))
			buffer_append(track, code, 1);
	}
}

static void silence(struct buffer *track, unsigned samples)
{
	static const int16_t zero;

	for (unsigned i = 0; i < samples * (line.rate / 8000); i++)
		append(track, &zero, 1);
}

/* One second of noise between 200 and 8191 in magnitude. */
static size_t begin_line(unsigned rate, bool is_linear)
{
	size_t n = SPEECH * (rate / 8000);
	unsigned random = 7;

	caller_native_free(&line);
	caller_native_init(&line);
	line.rate = rate;
	line.is_linear = is_linear;
	for (size_t i = 0; i < n; i++) {
		random = random * 1103515245u + 12345u;
		int magnitude = 200 + (int)(random >> 16) % 7992;
		voice[i] = (int16_t)(random >> 31 ? magnitude : -magnitude);
	}
	return n;
}

static const struct caller_echo pair = {
	.said_begin = 4000,
	.said_end = 4000 + SPEECH,
	.heard_begin = 20000,
	.heard_end = 20000 + SPEECH,
};

static struct caller_exactness compare(size_t n)
{
	silence(&line.said, 4000);
	append(&line.said, voice, n);
	return caller_exact_measure(&line, &pair, 1);
}

static void test_every_coding(void **state)
{
	static const struct {
		unsigned rate;
		bool is_linear;
		const char *why;
	} row[] = {
		{ 8000, false, "mu-law" },
		{ 8000, true, "linear, 8 kHz" },
		{ 16000, true, "linear, 16 kHz" },
		{ 24000, true, "linear, 24 kHz" },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(row); i++) {
		size_t n = begin_line(row[i].rate, row[i].is_linear);

		silence(&line.heard, 20000);
		append(&line.heard, voice, n);
		struct caller_exactness e = compare(n);
		CHECK_NEAR(1000, e.exact_ms, 0, row[i].why);
		CHECK_NEAR(0, e.inexact_samples, 0, row[i].why);
	}
}

static void test_what_differs_is_counted(void **state)
{
	size_t n = begin_line(24000, true);

	(void)state;
	silence(&line.heard, 20000);
	append(&line.heard, voice, n);
	line.heard.bytes[20000 * 6 + 2 * 777] ^= 1;
	line.heard.bytes[20000 * 6 + 2 * 999 + 1] ^= 1;
	struct caller_exactness e = compare(n);
	CHECK_NEAR(2, e.inexact_samples, 0, "a low bit, and a high one");
	CHECK_NEAR(1000 - 2 / 24.0, e.exact_ms, 1e-9, "the rest");
}

static void test_what_is_missing_is_counted(void **state)
{
	size_t n = begin_line(16000, true);

	(void)state;
	silence(&line.heard, 20000);
	append(&line.heard, voice + 160, n - 160);
	struct caller_exactness e = compare(n);
	CHECK_NEAR(160, e.inexact_samples, 0, "its first 10 ms");
	CHECK_NEAR(990, e.exact_ms, 0, "the rest");
}

/* mu-law has two zeros: the same sound, but not the same bytes. */
static void test_bytes_count(void **state)
{
	size_t n = begin_line(8000, false);

	(void)state;
	voice[500] = 0;
	silence(&line.heard, 20000);
	append(&line.heard, voice, n);
	line.heard.bytes[20000 + 500] ^= 0x80;
	CHECK_NEAR(1, compare(n).inexact_samples, 0, "0x7f for 0xff");
}

static void test_nothing_to_compare(void **state)
{
	size_t n = begin_line(8000, false);
	struct caller_echo open = pair;

	(void)state;
	CHECK(isnan(caller_exact_measure(&line, &pair, 0).exact_ms), "no pair");
	open.heard_end = 0;
	CHECK(isnan(caller_exact_measure(&line, &open, 1).exact_ms),
	      "never heard to its end");
	silence(&line.heard, 20000 + SPEECH);
	CHECK_NEAR(SPEECH, compare(n).inexact_samples, 0,
		   "digital silence repeats nothing");
	line.is_mixed = true;
	CHECK(isnan(caller_exact_measure(&line, &pair, 1).exact_ms),
	      "formats differ");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_teardown(test_every_coding, end),
		cmocka_unit_test_teardown(test_what_differs_is_counted, end),
		cmocka_unit_test_teardown(test_what_is_missing_is_counted, end),
		cmocka_unit_test_teardown(test_bytes_count, end),
		cmocka_unit_test_teardown(test_nothing_to_compare, end),
	};

	return cmocka_run_group_tests_name("caller_exact", tests, NULL, NULL);
}
