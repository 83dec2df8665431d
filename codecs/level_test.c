#include "codecs/level.h"

#include <math.h>
#include <string.h>

#include "tools/testing/check.h"

#define SECOND 8000

static void fill_sine(int16_t *pcm, size_t n, double peak)
{
	for (size_t i = 0; i < n; i++)
		pcm[i] = (int16_t)lrint(
			peak * sin(2 * M_PI * 1000 / 8000 * (double)i + 0.3));
}

static void fill(int16_t *pcm, size_t n, int16_t even, int16_t odd)
{
	for (size_t i = 0; i < n; i++)
		pcm[i] = i % 2 ? odd : even;
}

static void levels_are_dbm0(void **state)
{
	int16_t pcm[SECOND];
	(void)state;
	fill_sine(pcm, SECOND, 32767);
	CHECK_NEAR(3.14, level_dbm0(pcm, SECOND), 0.02, "full-scale sine");
	fill_sine(pcm, SECOND, 32767 / 10.0);
	CHECK_NEAR(-16.86, level_dbm0(pcm, SECOND), 0.02, "20 dB below it");
	fill(pcm, SECOND, 32767, 32767);
	CHECK_NEAR(6.15, level_dbm0(pcm, SECOND), 0.02, "full-scale DC");
	fill(pcm, SECOND, -32768, 32767);
	CHECK_NEAR(6.15, level_dbm0(pcm, SECOND), 0.02, "full-scale square");
}

static void silence_has_its_own_level(void **state)
{
	int16_t pcm[4] = { 0 };
	(void)state;
	CHECK_EQ(LEVEL_SILENCE_DBM0, level_dbm0(pcm, 4), "digital silence");
	CHECK_EQ(LEVEL_SILENCE_DBM0, level_dbm0(pcm, 0), "no samples");
	pcm[0] = 1;
	CHECK(level_dbm0(pcm, 4) > LEVEL_SILENCE_DBM0,
	      "the smallest signal is above silence");
}

static void peak_is_the_largest_magnitude(void **state)
{
	int16_t pcm[37] = { 0 };
	(void)state;
	CHECK_EQ(0, level_peak(pcm, 0), "no samples");
	CHECK_EQ(0, level_peak(pcm, 37), "silence");
	pcm[36] = -32768;
	CHECK_EQ(32768, level_peak(pcm, 37), "does not wrap, last sample");
	CHECK_EQ(0, level_peak(pcm, 36), "looks at n samples only");
	pcm[3] = 5;
	CHECK_EQ(5, level_peak(pcm, 36), "positive");
}

static void meter_settles_on_the_level(void **state)
{
	int16_t pcm[SECOND];
	struct level_meter m;
	(void)state;
	level_meter_init(&m, 7);
	CHECK_EQ(LEVEL_SILENCE_DBM0, level_meter_update(&m, pcm, 0),
		 "nothing heard yet");
	fill_sine(pcm, SECOND, 3276.7);
	CHECK_NEAR(-16.86, level_meter_update(&m, pcm, SECOND), 0.3,
		   "128 samples of memory, a second of sine");
	memset(pcm, 0, sizeof(pcm));
	CHECK(level_meter_update(&m, pcm, SECOND) < -60, "falls back");
}

static void meter_keeps_its_state_across_chunks(void **state)
{
	int16_t pcm[SECOND];
	struct level_meter whole;
	struct level_meter parts;
	(void)state;
	fill_sine(pcm, SECOND, 12000);
	level_meter_init(&whole, 8);
	level_meter_init(&parts, 8);
	float expected = level_meter_update(&whole, pcm, SECOND);
	float got = 0;
	for (size_t i = 0; i < SECOND; i += 100)
		got = level_meter_update(&parts, pcm + i, 100);
	CHECK_NEAR(expected, got, 0, "100 at a time = at once");
	fill(pcm, SECOND, -32768, -32768);
	CHECK_NEAR(6.15, level_meter_update(&parts, pcm, SECOND), 0.02,
		   "full scale does not wrap");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(levels_are_dbm0),
		cmocka_unit_test(silence_has_its_own_level),
		cmocka_unit_test(peak_is_the_largest_magnitude),
		cmocka_unit_test(meter_settles_on_the_level),
		cmocka_unit_test(meter_keeps_its_state_across_chunks),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
