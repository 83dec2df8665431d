#include "tools/testing/check.h"

#include <stdlib.h>

#include "protocols/base64.h"
#include "codecs/g711.h"
#include "codecs/resample.h"
#include "tools/bench/bench_audio.h"
#include "tools/bench/bench_number.h"

/* What a caller says from its n-th frame on, 8 kHz, until it is understood by
 * somebody who hears it at another rate. Returns the number, or -1 after 3
 * cycles; *frames is how many it took. */
static int dictate(unsigned number, unsigned first, bool at_24,
		   unsigned *frames)
{
	struct bench_number ear = { .samples_per_frame = at_24 ? 480 : 160 };
	struct resampler filter;
	int heard = -1;

	resampler_init(&filter, RESAMPLE_8_TO_24);
	for (*frames = 0; heard < 0 && *frames < 3 * BENCH_NUMBER_FRAMES;
	     ++*frames) {
		struct bench_payload said;
		uint8_t ulaw[BASE64_DECODED_MAX(216)];
		int16_t pcm[160], up[480];

		bench_audio_make(&said, BENCH_ULAW,
				 bench_number_frame(number, first + *frames),
				 BENCH_FRAME_MS);
		base64_decode(ulaw, said.base64, said.len);
		bench_audio_free(&said);
		g711_ulaw_decode(pcm, ulaw, 160);
		if (at_24)
			heard = bench_number_hear(
				&ear, up, resampler_run(&filter, up, pcm, 160));
		else
			heard = bench_number_hear(&ear, pcm, 160);
	}
	return heard;
}

static void test_numbers(void **state)
{
	static const unsigned row[] = { 0,   1,    2,     255,
					256, 5461, 10922, BENCH_NUMBER_MAX };
	unsigned frames;

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(row); i++) {
		CHECK_EQ(row[i], dictate(row[i], 0, false, &frames),
			 "as it was said");
		CHECK_EQ(BENCH_NUMBER_FRAMES, frames, "in one cycle");
		CHECK_EQ(row[i], dictate(row[i], 0, true, &frames),
			 "through a resampler");
		CHECK_EQ(row[i], dictate(row[i], 7, true, &frames),
			 "from the middle of a cycle");
	}
}

static void test_loud_speech_is_no_number(void **state)
{
	struct bench_number ear = { .samples_per_frame = 160 };
	int16_t pcm[160];

	(void)state;
	for (unsigned frame = 0; frame < 100; frame++) {
		for (unsigned i = 0; i < 160; i++)
			pcm[i] = 2000;
		CHECK_EQ(-1, bench_number_hear(&ear, pcm, 160),
			 "without its beginning there is none");
	}
}

/* A frame that was lost moves the bits: the sum shows it. */
static void test_parity(void **state)
{
	struct bench_number ear = { .samples_per_frame = 160 };
	int16_t pcm[160];
	int heard = -1;

	(void)state;
	for (unsigned n = 0; n < BENCH_NUMBER_FRAMES; n++) {
		enum bench_loudness loud = bench_number_frame(4, n);
		if (n == 3)
			loud = BENCH_LOUD; /* a bit turned over */
		for (unsigned i = 0; i < 160; i++)
			pcm[i] = (int16_t)(bench_loudness[loud] * 64 / 100);
		heard = bench_number_hear(&ear, pcm, 160);
	}
	CHECK_EQ(-1, heard, "one wrong bit");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_numbers),
		cmocka_unit_test(test_loud_speech_is_no_number),
		cmocka_unit_test(test_parity),
	};

	return cmocka_run_group_tests_name("bench_number", tests, NULL, NULL);
}
