#include "codecs/dtmf.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "tools/measure/dtmf_measure.h"
#include "tools/testing/allocations.h"
#include "tools/testing/check.h"

#define TONE 800 /* samples: 100 ms */

static void every_digit_level_and_twist_is_heard(void **state)
{
	(void)state;
	for (size_t l = 0; l < DTMF_LEVELS; l++) {
		for (size_t t = 0; t < DTMF_TWISTS; t++) {
			char why[64];
			int level = dtmf_measure_level[l];
			int twist = dtmf_measure_twist[t];
			struct dtmf_score s = dtmf_measure(level, twist);
			snprintf(why, sizeof(why), "%d dBm0, twist %d dB",
				 level / 10, twist / 10);
			CHECK_EQ(16 * DTMF_REPEATS, s.sent, why);
			CHECK_EQ(s.sent, s.detected, why);
			CHECK_EQ(0, s.wrong, why);
		}
	}
}

static void check_no_digit(const char *folder)
{
	struct dtmf_talk_off t = { 0 };
	dtmf_measure_talk_off(&t, folder);
	if (t.files == 0) {
		fprintf(stderr, "# SKIP no speech in %s (set TANDEM_SPEECH)\n",
			folder);
		skip();
	}
	CHECK_EQ(0, t.digits, t.digits ? t.first : folder);
}

static void human_speech_holds_no_digit(void **state)
{
	(void)state;
	check_no_digit(speech_files_human());
}

static void bundled_speech_holds_no_digit(void **state)
{
	(void)state;
	check_no_digit(speech_files_bundled());
}

/* Amplitude of one frequency over a whole second: exact bins. */
static double peak_at(const int16_t *pcm, size_t n, double hz)
{
	double re = 0;
	double im = 0;
	for (size_t i = 0; i < n; i++) {
		double angle = 2 * M_PI * hz * (double)i / 8000;
		re += pcm[i] * cos(angle);
		im += pcm[i] * sin(angle);
	}
	return 2 * hypot(re, im) / (double)n;
}

/* 0 dBm0 is a peak of 32768 / 10^(3.14 / 20) = 22827. */
static void tones_have_frequency_and_level(void **state)
{
	static const struct {
		char digit;
		double low_hz;
		double high_hz;
	} row[] = {
		{ '1', 697, 1209 }, { '2', 697, 1336 }, { '3', 697, 1477 },
		{ 'A', 697, 1633 }, { '4', 770, 1209 }, { '5', 770, 1336 },
		{ '6', 770, 1477 }, { 'B', 770, 1633 }, { '7', 852, 1209 },
		{ '8', 852, 1336 }, { '9', 852, 1477 }, { 'C', 852, 1633 },
		{ '*', 941, 1209 }, { '0', 941, 1336 }, { '#', 941, 1477 },
		{ 'D', 941, 1633 },
	};
	static int16_t pcm[8000];
	double low = 22827 * pow(10, -13.0 / 20);
	double high = 22827 * pow(10, -7.0 / 20);
	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(row); i++) {
		char why[] = { 'd', 'i', 'g', 'i', 't', ' ', row[i].digit, 0 };
		CHECK_EQ(8000,
			 dtmf_generate(pcm, row[i].digit, -100, 60, 1000, 0),
			 why);
		CHECK_NEAR(low, peak_at(pcm, 8000, row[i].low_hz), low * 0.01,
			   why);
		CHECK_NEAR(high, peak_at(pcm, 8000, row[i].high_hz),
			   high * 0.01, why);
	}
}

static void a_digit_ends_in_silence(void **state)
{
	int16_t pcm[8 * 30];
	(void)state;
	memset(pcm, 0x55, sizeof(pcm));
	CHECK_EQ(8 * 30, dtmf_generate(pcm, '5', -60, 0, 10, 20), "10 + 20 ms");
	CHECK(pcm[79] != 0 || pcm[78] != 0, "tone to the end of 10 ms");
	for (size_t i = 80; i < 240; i++)
		CHECK_EQ(0, pcm[i], "then 20 ms of silence");
}

static void unknown_digits_are_refused(void **state)
{
	int16_t pcm[8] = { 7 };
	(void)state;
	CHECK_EQ(0, dtmf_generate(pcm, 'E', -60, 0, 1, 0), "no such key");
	CHECK_EQ(0, dtmf_generate(pcm, 'a', -60, 0, 1, 0), "capitals only");
	CHECK_EQ(0, dtmf_generate(pcm, 0, -60, 0, 1, 0), "NUL is no digit");
	CHECK_EQ(7, pcm[0], "nothing written");
}

static void loud_tones_do_not_wrap(void **state)
{
	static int16_t pcm[8000];
	(void)state;
	dtmf_generate(pcm, '1', 31, 0, 1000, 0);
	double peak = peak_at(pcm, 8000, 697);
	CHECK(peak > 20000, "two full-scale tones clip, and stay the tone");
}

static size_t dial(int16_t *pcm, const char *digits)
{
	size_t n = 0;
	for (; *digits; digits++)
		n += dtmf_generate(pcm + n, *digits, -100, 0, 50, 50);
	return n;
}

static void digits_come_in_order_whole_or_in_chunks(void **state)
{
	static const size_t chunk[] = { 1, 7, 160, 101, 102, 103, 16000 };
	static int16_t pcm[16 * TONE];
	char digits[32];
	(void)state;
	size_t n = dial(pcm, DTMF_DIGITS);
	for (size_t c = 0; c < ARRAY_LEN(chunk); c++) {
		struct dtmf_detector *d = dtmf_detector_new();
		size_t found = 0;
		for (size_t at = 0; at < n; at += chunk[c]) {
			size_t left = n - at;
			found += dtmf_detect(d, pcm + at,
					     left < chunk[c] ? left : chunk[c],
					     digits + found,
					     sizeof(digits) - found);
		}
		digits[found] = 0;
		CHECK_STR(DTMF_DIGITS, digits, "same digits in any chunks");
		dtmf_detector_free(d);
	}
}

static void what_does_not_fit_stays(void **state)
{
	static int16_t pcm[4 * TONE];
	char digit[2] = { 0 };
	struct dtmf_detector *d = dtmf_detector_new();
	(void)state;
	size_t n = dial(pcm, "19#");
	CHECK_EQ(0, dtmf_detect(d, pcm, n, digit, 0), "no room at all");
	CHECK_EQ(1, dtmf_detect(d, pcm, 0, digit, 1), "room for one");
	CHECK_STR("1", digit, "the oldest first");
	CHECK_EQ(1, dtmf_detect(d, pcm, 0, digit, 1), "room for one");
	CHECK_STR("9", digit, "then the next");
	CHECK_EQ(1, dtmf_detect(d, pcm, 0, digit, 1), "room for one");
	CHECK_STR("#", digit, "and the last");
	CHECK_EQ(0, dtmf_detect(d, pcm, 0, digit, 1), "no more");
	dtmf_detector_free(d);
}

static void detecting_takes_no_memory(void **state)
{
	static int16_t pcm[16 * TONE];
	char digits[32];
	struct dtmf_detector *d = dtmf_detector_new();
	(void)state;
	allocations_watch();
	size_t before = allocations_count();
	size_t n = dial(pcm, DTMF_DIGITS);
	CHECK_EQ(16, dtmf_detect(d, pcm, n, digits, sizeof(digits)), "all");
	CHECK_EQ(before, allocations_count(), "generate and detect");
	dtmf_detector_free(d);
}

static void a_held_key_is_one_digit(void **state)
{
	static int16_t pcm[8 * 3000];
	char digits[8];
	struct dtmf_detector *d = dtmf_detector_new();
	(void)state;
	size_t n = dtmf_generate(pcm, '7', -100, 0, 2900, 100);
	CHECK_EQ(1, dtmf_detect(d, pcm, n, digits, sizeof(digits)),
		 "three seconds of one key");
	CHECK_EQ('7', digits[0], "that key");
	dtmf_detector_free(d);
	dtmf_detector_free(NULL);
}

static void too_short_too_quiet_or_single_is_no_digit(void **state)
{
	static const struct {
		int level;
		int twist;
		unsigned on_ms;
		const char *why;
	} row[] = {
		{ -100, 0, 20, "20 ms: Q.24 wants 23 ms not to be a digit" },
		{ -450, 0, 100, "-45 dBm0" },
		{ -100, 300, 100, "30 dB of twist: one tone only" },
		{ -100, -300, 100, "the other tone only" },
	};
	int16_t pcm[2 * TONE];
	char digits[8];
	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(row); i++) {
		struct dtmf_detector *d = dtmf_detector_new();
		size_t n = dtmf_generate(pcm, '5', row[i].level, row[i].twist,
					 row[i].on_ms, 100);
		CHECK_EQ(0, dtmf_detect(d, pcm, n, digits, sizeof(digits)),
			 row[i].why);
		dtmf_detector_free(d);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(every_digit_level_and_twist_is_heard),
		cmocka_unit_test(human_speech_holds_no_digit),
		cmocka_unit_test(bundled_speech_holds_no_digit),
		cmocka_unit_test(tones_have_frequency_and_level),
		cmocka_unit_test(a_digit_ends_in_silence),
		cmocka_unit_test(unknown_digits_are_refused),
		cmocka_unit_test(loud_tones_do_not_wrap),
		cmocka_unit_test(digits_come_in_order_whole_or_in_chunks),
		cmocka_unit_test(what_does_not_fit_stays),
		cmocka_unit_test(detecting_takes_no_memory),
		cmocka_unit_test(a_held_key_is_one_digit),
		cmocka_unit_test(too_short_too_quiet_or_single_is_no_digit),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
