#include "codecs/audio_compare.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "tools/testing/check.h"

#define N 8000

/* Noise, so that only one lag fits. */
static void fill_noise(int16_t *pcm, size_t n, uint32_t seed, int peak)
{
	for (size_t i = 0; i < n; i++) {
		seed = seed * 1664525u + 1013904223u;
		pcm[i] = (int16_t)((int)(seed >> 16) % (2 * peak + 1) - peak);
	}
}

static void finds_every_lag(void **state)
{
	static const struct {
		long lag;
		long max_lag;
		long expected;
		const char *why;
	} row[] = {
		{ 0, 100, 0, "in place" },
		{ 1, 100, 1, "one late" },
		{ -1, 100, -1, "one early" },
		{ 99, 100, 99, "almost out of reach" },
		{ 100, 100, 100, "the last lag in reach" },
		{ -100, 100, -100, "the first lag in reach" },
		{ 3999, 4000, 3999, "half the recording" },
		{ 0, 0, 0, "no search at all" },
		{ 7000, 60000, 7000, "search longer than the recording" },
	};
	static int16_t ref[N];
	static int16_t got[2 * N];
	(void)state;
	fill_noise(ref, N, 7, 9000);
	for (size_t i = 0; i < ARRAY_LEN(row); i++) {
		memset(got, 0, sizeof(got));
		long lag = row[i].lag;
		size_t cut = lag < 0 ? (size_t)-lag : 0;
		size_t at = lag > 0 ? (size_t)lag : 0;
		memcpy(got + at, ref + cut, (N - cut) * sizeof(*ref));
		CHECK_EQ(row[i].expected,
			 audio_align(ref, N, got, 2 * N, row[i].max_lag),
			 row[i].why);
	}
}

static void gain_noise_and_louder_parts_do_not_mislead(void **state)
{
	static int16_t ref[N];
	static int16_t got[3 * N];
	static int16_t noise[3 * N];
	(void)state;
	fill_noise(ref, N, 7, 9000);
	fill_noise(noise, 3 * N, 99, 400);
	fill_noise(got + 2 * N, N, 1234, 32000);
	for (size_t i = 0; i < N; i++)
		got[i + 321] = (int16_t)(ref[i] / 10);
	for (size_t i = 0; i < 3 * N; i++)
		got[i] = (int16_t)(got[i] / 2 + noise[i] / 2);
	CHECK_EQ(321, audio_align(ref, N, got, 3 * N, 2 * N),
		 "20 dB down, in noise, before something louder");
}

static void what_cannot_be_aligned_is_said(void **state)
{
	static int16_t ref[N];
	static int16_t silence[N];
	(void)state;
	fill_noise(ref, N, 7, 9000);
	CHECK_EQ(AUDIO_ALIGN_FAILED, audio_align(ref, N, silence, N, 50),
		 "got is silent");
	CHECK_EQ(AUDIO_ALIGN_FAILED, audio_align(silence, N, ref, N, 50),
		 "ref is silent");
	CHECK_EQ(AUDIO_ALIGN_FAILED, audio_align(ref, N, ref, 0, 50),
		 "got is empty");
	CHECK_EQ(AUDIO_ALIGN_FAILED, audio_align(ref, N, ref, N, -1),
		 "no lag is allowed");
}

static void fill_sine(int16_t *pcm, size_t n, double peak)
{
	for (size_t i = 0; i < n; i++)
		pcm[i] = (int16_t)lrint(peak * sin(0.7 * (double)i));
}

/* An error of 1/10 of the signal is 20 dB, of 1/100 is 40 dB. */
static void snr_is_the_mean_of_active_segments(void **state)
{
	static int16_t ref[N];
	static int16_t got[N];
	(void)state;
	fill_sine(ref, N, 20000);
	CHECK_NEAR(60, audio_segmental_snr(ref, ref, N, 8000), 0,
		   "identical: the upper clamp");
	for (size_t i = 0; i < N; i++)
		got[i] = (int16_t)(ref[i] * 9 / 10);
	CHECK_NEAR(20, audio_segmental_snr(ref, got, N, 8000), 0.05,
		   "a gain error is noise");
	for (size_t i = N / 2; i < N; i++)
		got[i] = (int16_t)(ref[i] - ref[i] / 100);
	CHECK_NEAR(30, audio_segmental_snr(ref, got, N, 8000), 0.05,
		   "half at 20 dB, half at 40 dB");
	for (size_t i = 0; i < N; i++)
		got[i] = (int16_t)-ref[i];
	CHECK_NEAR(-6.02, audio_segmental_snr(ref, got, N, 8000), 0.05,
		   "inverted: noise of twice the amplitude");
	fill_noise(got, N, 3, 32767);
	fill_sine(ref, N, 100);
	CHECK_NEAR(-10, audio_segmental_snr(ref, got, N, 8000), 0,
		   "the lower clamp");
}

static void pauses_do_not_count(void **state)
{
	static int16_t ref[N];
	static int16_t got[N];
	(void)state;
	fill_sine(ref, N / 2, 20000);
	memcpy(got, ref, sizeof(ref));
	fill_noise(ref + N / 2, N / 2, 5, 100);
	CHECK_NEAR(60, audio_segmental_snr(ref, got, N, 8000), 0,
		   "a pause 40 dB below speech is not judged");
	fill_sine(ref + N / 2, N / 2, 10000);
	CHECK_NEAR(30, audio_segmental_snr(ref, got, N, 8000), 0.05,
		   "speech 6 dB lower is: lost whole, it is 0 dB");
}

static void silence_never_passes(void **state)
{
	static int16_t silence[N];
	(void)state;
	CHECK_NEAR(-10, audio_segmental_snr(silence, silence, N, 8000), 0,
		   "nothing active");
	CHECK_NEAR(-10, audio_segmental_snr(silence, silence, 0, 8000), 0,
		   "no samples");
	CHECK_NEAR(-10, audio_segmental_snr(silence, silence, N, 0), 0,
		   "no rate");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(finds_every_lag),
		cmocka_unit_test(gain_noise_and_louder_parts_do_not_mislead),
		cmocka_unit_test(what_cannot_be_aligned_is_said),
		cmocka_unit_test(snr_is_the_mean_of_active_segments),
		cmocka_unit_test(pauses_do_not_count),
		cmocka_unit_test(silence_never_passes),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
