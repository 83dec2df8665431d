#include "tools/testing/check.h"

#include <math.h>
#include <string.h>

#include "codecs/g711.h"
#include "protocols/buffer.h"
#include "tools/call/caller_echo.h"
#include "tools/call/caller_speech.h"

static struct caller_clip clip;
static struct buffer said, heard;

static void silence(struct buffer *track, size_t n)
{
	while (n--)
		buffer_append(track, "\xff", 1);
}

static int begin(void **state)
{
	(void)state;
	buffer_init(&said, 1 << 20);
	buffer_init(&heard, 1 << 20);
	return caller_speech_load(&clip, "caller-thanks", NULL);
}

static int finish(void **state)
{
	(void)state;
	buffer_free(&said);
	buffer_free(&heard);
	caller_speech_free(&clip);
	return 0;
}

/* The clip said at 8000 and heard at 30000, with so much of it cut off and so
 * much noise in its samples. */
static double repeated(size_t cut, int noise)
{
	struct caller_echo echo = {
		.said_begin = 8000,
		.said_end = 8000 + clip.samples,
		.heard_begin = 30000 + cut,
		.heard_end = 30000 + clip.samples,
	};
	unsigned random = 1;

	silence(&said, 8000);
	buffer_append(&said, clip.ulaw, clip.samples);
	silence(&heard, 30000 + cut);
	for (size_t i = cut; i < clip.samples; i++) {
		int16_t pcm;
		uint8_t code;

		random = random * 1103515245u + 12345u;
		g711_ulaw_decode(&pcm, &clip.ulaw[i], 1);
		pcm = (int16_t)(pcm + (random >> 16 & 1 ? noise : -noise));
		g711_ulaw_encode(&code, &pcm, 1);
		buffer_append(&heard, &code, 1);
	}
	silence(&heard, 8000);
	return caller_echo_snr(&echo, 1, &said, &heard);
}

static void test_perfect(void **state)
{
	(void)state;
	CHECK_NEAR(60, repeated(0, 0), 0, "the very samples: the cap of 60 dB");
}

static void test_beginning_lost(void **state)
{
	(void)state;
	double snr = repeated(2000, 0);

	/* 250 ms are at most 13 of 101 segments. */
	CHECK(snr < 60 && snr >= 60 * 88 / 101.0,
	      "a lost segment counts as 0 dB, the others are perfect");
}

static void test_noise(void **state)
{
	(void)state;
	double snr = repeated(0, 200);

	CHECK(snr > 5 && snr < 30, "200 of noise is heard");
}

static void test_other_speech(void **state)
{
	struct caller_clip other;
	struct caller_echo echo = { 0, 16000, 0, 20000 };

	(void)state;
	CHECK_EQ(0, caller_speech_load(&other, "caller-question", NULL), "");
	buffer_append(&said, clip.ulaw, clip.samples);
	buffer_append(&heard, other.ulaw, other.samples);
	CHECK(caller_echo_snr(&echo, 1, &said, &heard) < 5,
	      "another sentence is no echo");
	caller_speech_free(&other);
}

static void test_nothing(void **state)
{
	struct caller_echo unheard = { 0, 100, 0, 0 };

	(void)state;
	CHECK(isnan(caller_echo_snr(NULL, 0, &said, &heard)), "no pairs");
	CHECK(isnan(caller_echo_snr(&unheard, 1, &said, &heard)),
	      "never heard to its end");
	unheard.heard_end = 50;
	CHECK(isnan(caller_echo_snr(&unheard, 1, &said, &heard)), "no tracks");
}

int main(void)
{
#define TEST(f) cmocka_unit_test_setup_teardown(f, begin, finish)
	const struct CMUnitTest tests[] = {
		TEST(test_perfect), TEST(test_beginning_lost),
		TEST(test_noise),   TEST(test_other_speech),
		TEST(test_nothing),
	};

	return cmocka_run_group_tests_name("caller_echo", tests, NULL, NULL);
}
