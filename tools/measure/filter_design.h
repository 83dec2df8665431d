/* How the resamplers' low-pass filters were designed.
 *
 * A linear-phase FIR of 2 * half + 1 taps at rate_hz, stopped from stop_hz, and
 * power-complementary about corner_hz, where it is 3 dB down:
 *
 *     H(f)^2 + H(2 corner - f)^2 = 1        for f up to the corner.
 *
 * That makes it flat below 2 corner - stop, and lets the way up and the way
 * down again give back the whole band up to the corner: aliasing included, the
 * pair is a delay (a square-root Nyquist filter). A half-amplitude filter of
 * the same length would bend the transition at each passage.
 *
 * Method: both claims at once on a dense grid, in weighted least squares by
 * Gauss-Newton. After each step weights grow where the error is above the mean
 * (Lawson's way towards the least maximum). Deterministic; a second's work. */
#ifndef TOOLS_MEASURE_FILTER_DESIGN_H
#define TOOLS_MEASURE_FILTER_DESIGN_H

#include <stddef.h>

#define FILTER_HALF_MAX 96

struct filter_design {
	double rate_hz;
	double corner_hz;
	double stop_hz;
	double stop_weight; /* how much dearer an error is above stop_hz */
	size_t half;        /* taps either side of the centre */
	double null_hz[2];  /* forced zeros: images of DC; 0 = none */
	double unity_hz;    /* exactly 0 dB, as at DC */
};

/* The two designs in use: 8 <-> 24 kHz at 24 kHz, 16 <-> 24 at 48 kHz. */
extern const struct filter_design filter_design_narrow;
extern const struct filter_design filter_design_wide;

/* filter_design_run: tap[0..half] from the centre outwards, unity at DC. */
void filter_design_run(const struct filter_design *d,
		       double tap[FILTER_HALF_MAX + 1]);

/* filter_design_gain: the amplitude of the symmetric filter at hz. */
double filter_design_gain(const struct filter_design *d, const double *tap,
			  double hz);

/* filter_design_row: one polyphase row for `up` phases: taps coefficients,
 * newest input last, zero-padded in front, times the gain `up`. */
void filter_design_row(const struct filter_design *d, const double *tap,
		       unsigned up, unsigned phase, float *row, size_t taps);

#endif
