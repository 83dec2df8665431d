#include "codecs/resample.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "codecs/resample_inner.h"
#include "codecs/resample_taps.h"
#include "tools/measure/filter_design.h"
#include "tools/measure/resample_measure.h"
#include "tools/measure/resample_textbook.h"
#include "tools/testing/allocations.h"
#include "tools/testing/check.h"

static const char *name(enum resample_ratio ratio)
{
	return resample_measure_band[ratio].name;
}

static void pass_band_is_flat(void **state)
{
	(void)state;
	for (enum resample_ratio r = 0; r < RESAMPLE_RATIOS; r++) {
		double ripple_db = resample_measure_ripple_db(r);
		CHECK(ripple_db <= RESAMPLE_RIPPLE_MAX_DB, name(r));
	}
}

static void images_and_aliases_are_down(void **state)
{
	(void)state;
	for (enum resample_ratio r = 0; r < RESAMPLE_RATIOS; r++) {
		double spur_db = resample_measure_spur_db(r);
		CHECK(spur_db <= RESAMPLE_SPUR_MAX_DB, name(r));
	}
}

static void delay_is_whole_and_as_stated(void **state)
{
	(void)state;
	for (enum resample_ratio r = 0; r < RESAMPLE_RATIOS; r++) {
		size_t delay = resample_measure_delay(r);
		unsigned rate = resample_measure_band[r].out_hz;
		double delay_ms = 1000.0 * (double)delay / rate;
		CHECK_EQ(resampler_delay(r), delay, name(r));
		CHECK(delay > 0 && delay_ms <= RESAMPLE_DELAY_MAX_MS, name(r));
	}
}

static void round_trip_returns_the_sine(void **state)
{
	double narrow_db = resample_measure_round_trip_db(RESAMPLE_8_TO_24,
							  RESAMPLE_24_TO_8);
	double wide_db = resample_measure_round_trip_db(RESAMPLE_16_TO_24,
							RESAMPLE_24_TO_16);
	(void)state;
	CHECK(narrow_db >= RESAMPLE_SNR_MIN_DB, "8 -> 24 -> 8");
	CHECK(wide_db >= RESAMPLE_SNR_MIN_DB, "16 -> 24 -> 16");
}

static void any_split_gives_the_same_samples(void **state)
{
	(void)state;
	for (enum resample_ratio r = 0; r < RESAMPLE_RATIOS; r++)
		CHECK_EQ(0, resample_measure_split_failures(r, 30), name(r));
}

static void full_scale_saturates(void **state)
{
	(void)state;
	for (enum resample_ratio r = 0; r < RESAMPLE_RATIOS; r++)
		CHECK_EQ(0, resample_textbook_overload_failures(r), name(r));
}

/* The first output falls on the first input; the rest on a common grid. */
static void counts_follow_the_grids(void **state)
{
	static const struct {
		enum resample_ratio ratio;
		size_t in;
		size_t out;
		const char *why;
	} row[] = {
		{ RESAMPLE_8_TO_24, 0, 0, "nothing" },
		{ RESAMPLE_8_TO_24, 1, 3, "three each" },
		{ RESAMPLE_8_TO_24, 160, 480, "20 ms" },
		{ RESAMPLE_24_TO_8, 1, 1, "the first is on the grid" },
		{ RESAMPLE_24_TO_8, 3, 1, "until the fourth" },
		{ RESAMPLE_24_TO_8, 4, 2, "the fourth is again" },
		{ RESAMPLE_24_TO_8, 480, 160, "20 ms" },
		{ RESAMPLE_16_TO_24, 1, 2, "at 0 and 2/3 of an input" },
		{ RESAMPLE_16_TO_24, 2, 3, "three for two" },
		{ RESAMPLE_16_TO_24, 320, 480, "20 ms" },
		{ RESAMPLE_24_TO_16, 1, 1, "at 0" },
		{ RESAMPLE_24_TO_16, 2, 2, "at 0 and 1.5" },
		{ RESAMPLE_24_TO_16, 3, 2, "two for three" },
		{ RESAMPLE_24_TO_16, 480, 320, "20 ms" },
	};
	int16_t in[480] = { 0 };
	int16_t out[480];
	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(row); i++) {
		struct resampler r;
		resampler_init(&r, row[i].ratio);
		CHECK_EQ(row[i].out, resampler_run(&r, out, in, row[i].in),
			 row[i].why);
		CHECK(resampler_bound(row[i].ratio, row[i].in) >= row[i].out,
		      row[i].why);
	}
}

/* Exact-size heap blocks: one sample too many is seen by the sanitizer. */
static void bound_holds_in_every_phase(void **state)
{
	(void)state;
	for (enum resample_ratio ratio = 0; ratio < RESAMPLE_RATIOS; ratio++) {
		struct resampler r;
		resampler_init(&r, ratio);
		for (size_t n = 0; n < 600; n += 7) {
			size_t room = resampler_bound(ratio, n);
			int16_t *in = calloc(n + 1, sizeof(*in));
			int16_t *out = malloc((room + !room) * sizeof(*out));
			size_t made = resampler_run(&r, out, in, n);
			CHECK(made <= room && made + 1 >= room, name(ratio));
			free(in);
			free(out);
		}
	}
}

/* A stream of n inputs and its tail hold every sample the filter was given:
 * the sum of the outputs is that of the inputs times the change of rate. */
static void flush_brings_out_the_last_sample(void **state)
{
	(void)state;
	for (enum resample_ratio ratio = 0; ratio < RESAMPLE_RATIOS; ratio++) {
		const struct resample_band *b = &resample_measure_band[ratio];
		struct resampler r;
		int16_t in[60] = { 0 };
		int16_t out[3 * (60 + RESAMPLE_HISTORY)];
		double sum = 0;
		for (size_t i = 48; i < 60; i++)
			in[i] = 20000;
		resampler_init(&r, ratio);
		size_t n = resampler_run(&r, out, in, 60);
		n += resampler_flush(&r, out + n);
		for (size_t i = 0; i < n; i++)
			sum += out[i];
		CHECK_NEAR(12 * 20000.0 * b->out_hz / b->in_hz, sum,
			   12 * 20000.0 * 0.002, name(ratio));
		resampler_run(&r, out, in, 48);
		CHECK_EQ(0, out[0], "starts again with silence");
	}
}

static void constant_stays_constant(void **state)
{
	(void)state;
	for (enum resample_ratio ratio = 0; ratio < RESAMPLE_RATIOS; ratio++) {
		int16_t in[480];
		int16_t out[1440];
		struct resampler r;
		for (size_t i = 0; i < 480; i++)
			in[i] = -12345;
		resampler_init(&r, ratio);
		size_t n = resampler_run(&r, out, in, 480);
		for (size_t i = 2 * resampler_delay(ratio); i < n; i++)
			CHECK_NEAR(-12345, out[i], 1, name(ratio));
	}
}

static void the_path_takes_no_memory(void **state)
{
	int16_t in[960] = { 0 };
	int16_t out[2880];
	(void)state;
	allocations_watch();
	size_t before = allocations_count();
	for (enum resample_ratio ratio = 0; ratio < RESAMPLE_RATIOS; ratio++) {
		struct resampler r;
		resampler_init(&r, ratio);
		resampler_run(&r, out, in, 960);
		resampler_flush(&r, out);
	}
	CHECK_EQ(before, allocations_count(), "init, run and flush");
}

static void check_table(const float *table, size_t taps, unsigned up,
			const struct filter_design *d, const char *why)
{
	double tap[FILTER_HALF_MAX + 1];
	float row[RESAMPLE_HISTORY];
	filter_design_run(d, tap);
	for (unsigned phase = 0; phase < up; phase++) {
		filter_design_row(d, tap, up, phase, row, taps);
		for (size_t i = 0; i < taps; i++)
			CHECK_NEAR(row[i], table[phase * taps + i], 1e-6, why);
	}
}

static void tables_are_the_design(void **state)
{
	(void)state;
	check_table(resample_taps_8_to_24, RESAMPLE_TAPS_8_TO_24, 3,
		    &filter_design_narrow, "8 -> 24");
	check_table(resample_taps_24_to_8, RESAMPLE_TAPS_24_TO_8, 1,
		    &filter_design_narrow, "24 -> 8");
	check_table(resample_taps_16_to_24, RESAMPLE_TAPS_16_TO_24, 3,
		    &filter_design_wide, "16 -> 24");
	check_table(resample_taps_24_to_16, RESAMPLE_TAPS_24_TO_16, 2,
		    &filter_design_wide, "24 -> 16");
}

/* The sums round differently: at most one step apart, and hardly ever. */
static void both_ways_agree(void **state)
{
	(void)state;
	for (enum resample_ratio ratio = 0; ratio < RESAMPLE_RATIOS; ratio++) {
		struct resampler dot, wide;
		unsigned seed = 1, differ = 0, all = 0;
		resampler_init(&dot, ratio);
		resampler_init(&wide, ratio);
		for (size_t n = 1; n < 1200; n += 7) {
			int16_t in[1200], a[3600], b[3600];
			for (size_t i = 0; i < n; i++) {
				seed = seed * 1103515245 + 12345;
				in[i] = (int16_t)(seed >> 16);
			}
			resample_use_wide(false);
			size_t made = resampler_run(&dot, a, in, n);
			resample_use_wide(true);
			CHECK_EQ(made, resampler_run(&wide, b, in, n),
				 name(ratio));
			for (size_t i = 0; i < made; i++) {
				CHECK_NEAR(a[i], b[i], 1, name(ratio));
				differ += a[i] != b[i];
			}
			all += (unsigned)made;
		}
		CHECK(differ < all / 100, name(ratio));
	}
}

static int use_dot(void **state)
{
	(void)state;
	resample_use_wide(false);
	return 0;
}

static int use_wide(void **state)
{
	(void)state;
	resample_use_wide(true);
	return 0;
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(pass_band_is_flat),
		cmocka_unit_test(images_and_aliases_are_down),
		cmocka_unit_test(delay_is_whole_and_as_stated),
		cmocka_unit_test(round_trip_returns_the_sine),
		cmocka_unit_test(any_split_gives_the_same_samples),
		cmocka_unit_test(full_scale_saturates),
		cmocka_unit_test(counts_follow_the_grids),
		cmocka_unit_test(bound_holds_in_every_phase),
		cmocka_unit_test(flush_brings_out_the_last_sample),
		cmocka_unit_test(constant_stays_constant),
		cmocka_unit_test(the_path_takes_no_memory),
		cmocka_unit_test(tables_are_the_design),
	};
	const struct CMUnitTest both[] = { cmocka_unit_test(both_ways_agree) };
	int failed = cmocka_run_group_tests_name("resample by inner products",
						 tests, use_dot, NULL);
	failed += cmocka_run_group_tests(both, NULL, NULL);
	if (resample_has_wide())
		failed += cmocka_run_group_tests_name("resample by lanes",
						      tests, use_wide, NULL);
	return failed;
}
