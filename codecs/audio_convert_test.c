#include "codecs/audio_convert.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "tools/testing/check.h"

#define IN_MAX  44100
#define OUT_MAX (6 * IN_MAX)

/* Convert half a second of a tone, in pieces of `chunk`. */
static size_t convert(float *out, const float *in, size_t n, unsigned from_hz,
		      unsigned to_hz, size_t chunk)
{
	struct audio_convert *c = audio_convert_new(from_hz, to_hz);
	size_t made = 0;
	assert_non_null(c);
	for (size_t at = 0; at < n; at += chunk) {
		size_t left = n - at;
		CHECK_EQ(0,
			 audio_convert_push(c, in + at,
					    left < chunk ? left : chunk),
			 "push");
		made += audio_convert_pull(c, out + made, OUT_MAX - made);
	}
	CHECK_EQ(0, audio_convert_end(c), "end");
	made += audio_convert_pull(c, out + made, OUT_MAX - made);
	CHECK_EQ(0, audio_convert_pull(c, out, 1), "nothing after the end");
	audio_convert_free(c);
	return made;
}

static void fill_tone(float *x, size_t n, double hz, double rate)
{
	for (size_t i = 0; i < n; i++)
		x[i] = (float)sin(2 * M_PI * hz * (double)i / rate);
}

/* The edges of a recording are edges of the tone, not of the filter. */
static double largest_error(const float *x, size_t n, double hz, double rate,
			    double peak)
{
	double worst = 0;
	for (size_t i = n / 4; i < n * 3 / 4; i++) {
		double want = peak * sin(2 * M_PI * hz * (double)i / rate);
		worst = fmax(worst, fabs(x[i] - want));
	}
	return worst;
}

static const struct {
	unsigned from_hz;
	unsigned to_hz;
	double hz;
	double peak; /* expected */
	const char *why;
} row[] = {
	{ 8000, 24000, 1000, 1, "up by three" },
	{ 48000, 8000, 1000, 1, "down by six" },
	{ 44100, 8000, 1000, 1, "an awkward ratio down" },
	{ 8000, 44100, 1000, 1, "an awkward ratio up" },
	{ 11025, 16000, 3000, 1, "a lower awkward ratio" },
	{ 24000, 8000, 3680, 1, "0.92 of half the rate passes" },
	{ 24000, 8000, 4000, 0, "half the rate is stopped" },
	{ 24000, 8000, 4300, 0, "just above is stopped" },
	{ 48000, 8000, 7000, 0, "would alias to 1 kHz" },
	{ 48000, 8000, 23000, 0, "near the top of the input" },
	{ 8000, 24000, 3680, 1, "0.92 of half the input rate passes" },
	{ 8001, 7999, 1000, 1, "hardly different rates" },
};

static void tones_pass_in_place_or_are_stopped(void **state)
{
	static float in[IN_MAX];
	static float out[OUT_MAX];
	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(row); i++) {
		size_t n = row[i].from_hz / 4;
		fill_tone(in, n, row[i].hz, row[i].from_hz);
		size_t made =
			convert(out, in, n, row[i].from_hz, row[i].to_hz, 1000);
		double off = largest_error(out, made, row[i].hz, row[i].to_hz,
					   row[i].peak);
		CHECK_NEAR(0, off, 3.16e-4, row[i].why); /* -70 dB */
	}
}

static void length_follows_the_rates(void **state)
{
	static const struct {
		unsigned from_hz;
		unsigned to_hz;
		size_t in;
		size_t out;
		const char *why;
	} length[] = {
		{ 8000, 24000, 100, 300, "three each" },
		{ 24000, 8000, 100, 34, "rounded up" },
		{ 24000, 8000, 1, 1, "never nothing of something" },
		{ 8000, 24000, 0, 0, "nothing of nothing" },
		{ 44100, 8000, 44100, 8000, "a second" },
	};
	static float in[IN_MAX];
	static float out[OUT_MAX];
	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(length); i++)
		CHECK_EQ(length[i].out,
			 convert(out, in, length[i].in, length[i].from_hz,
				 length[i].to_hz, 64),
			 length[i].why);
}

static void chunks_do_not_matter(void **state)
{
	static const size_t chunk[] = { 1, 17, 480, 4800 };
	static float in[4800];
	static float whole[OUT_MAX];
	static float parts[OUT_MAX];
	(void)state;
	fill_tone(in, 4800, 440, 48000);
	size_t n = convert(whole, in, 4800, 48000, 22050, 4800);
	for (size_t i = 0; i < ARRAY_LEN(chunk); i++) {
		CHECK_EQ(n, convert(parts, in, 4800, 48000, 22050, chunk[i]),
			 "same length");
		CHECK(memcmp(whole, parts, n * sizeof(*whole)) == 0,
		      "same samples");
	}
}

static void rates_have_bounds(void **state)
{
	(void)state;
	assert_null(audio_convert_new(999, 8000));
	assert_null(audio_convert_new(8000, 999));
	assert_null(audio_convert_new(768001, 8000));
	audio_convert_free(NULL);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(tones_pass_in_place_or_are_stopped),
		cmocka_unit_test(length_follows_the_rates),
		cmocka_unit_test(chunks_do_not_matter),
		cmocka_unit_test(rates_have_bounds),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
