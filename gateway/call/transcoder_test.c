#include "gateway/call/transcoder.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "codecs/g711.h"
#include "tools/testing/check.h"

struct catch
{
	uint8_t bytes[200000];
	size_t len;
};

static void take(void *owner, const uint8_t *bytes, size_t n)
{
	struct catch *c = owner;

	assert_true(c->len + n <= sizeof(c->bytes));
	memcpy(c->bytes + c->len, bytes, n);
	c->len += n;
}

static struct catch one, two;

static void test_equal_formats_pass_through(void **state)
{
	(void)state;
	struct transcoder t;
	const uint8_t odd[] = { 1, 2, 3 };

	one.len = 0;
	transcoder_init(&t, AUDIO_ULAW, AUDIO_ULAW);
	transcoder_run(&t, odd, 3, take, &one);
	transcoder_flush(&t, take, &one);
	CHECK_EQ(3, one.len, "nothing added");
	assert_memory_equal(odd, one.bytes, 3);
}

static void test_pairs(void **state)
{
	(void)state;
	static const struct {
		enum audio_format from, to;
		unsigned in_per_s, out_per_s;
		const char *why;
	} row[] = {
		{ AUDIO_ULAW, AUDIO_PCM24, 8000, 48000, "a caller's audio" },
		{ AUDIO_PCM24, AUDIO_ULAW, 48000, 8000, "a model's audio" },
		{ AUDIO_ALAW, AUDIO_ULAW, 8000, 8000, "law to law" },
		{ AUDIO_PCM16, AUDIO_PCM24, 32000, 48000, "wide band up" },
		{ AUDIO_PCM24, AUDIO_PCM16, 48000, 32000, "wide band down" },
		{ AUDIO_PCM8, AUDIO_PCM24, 16000, 48000, "narrow band up" },
		{ AUDIO_ULAW, AUDIO_PCM16, 8000, 32000, "through 24 kHz" },
	};
	static uint8_t second[48000];

	for (size_t i = 0; i < ARRAY_LEN(row); i++) {
		struct transcoder t;
		transcoder_init(&t, row[i].from, row[i].to);
		one.len = 0;
		transcoder_run(&t, second, row[i].in_per_s, take, &one);
		CHECK_NEAR(row[i].out_per_s, one.len, 8, row[i].why);
	}
}

/* 16-bit samples may be split between chunks anywhere. */
static void test_any_split_is_the_whole(void **state)
{
	(void)state;
	struct transcoder t;
	static uint8_t tone[24000 * 2];

	for (size_t i = 0; i < sizeof(tone) / 2; i++) {
		int16_t v = (int16_t)(8000 * sin((double)i * 0.26179938779));
		tone[2 * i] = (uint8_t)v;
		tone[2 * i + 1] = (uint8_t)((uint16_t)v >> 8);
	}
	one.len = two.len = 0;
	transcoder_init(&t, AUDIO_PCM24, AUDIO_ULAW);
	transcoder_run(&t, tone, sizeof(tone), take, &one);
	transcoder_flush(&t, take, &one);

	srand(3);
	for (size_t at = 0, n; at < sizeof(tone); at += n) {
		n = (size_t)(rand() % 1999);
		if (n > sizeof(tone) - at)
			n = sizeof(tone) - at;
		transcoder_run(&t, tone + at, n, take, &two);
	}
	transcoder_flush(&t, take, &two);
	CHECK_EQ(one.len, two.len, "as many bytes");
	assert_memory_equal(one.bytes, two.bytes, one.len);
}

static void test_reset_forgets_the_past(void **state)
{
	(void)state;
	struct transcoder t;
	uint8_t loud[480], silent[960] = { 0 };

	memset(loud, 0x3f, sizeof(loud));
	one.len = two.len = 0;
	transcoder_init(&t, AUDIO_PCM24, AUDIO_ULAW);
	transcoder_run(&t, loud, sizeof(loud) - 1, take, &two);
	transcoder_reset(&t);
	transcoder_run(&t, silent, sizeof(silent), take, &one);
	for (size_t i = 0; i < one.len; i++)
		CHECK_EQ(G711_ULAW_SILENCE, one.bytes[i],
			 "no tail of the interrupted reply");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_equal_formats_pass_through),
		cmocka_unit_test(test_pairs),
		cmocka_unit_test(test_any_split_is_the_whole),
		cmocka_unit_test(test_reset_forgets_the_past),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
