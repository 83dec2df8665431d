/* How the resamplers' low-pass filters were designed.
 *
 * A linear-phase FIR of 2 * half + 1 taps at rate_hz, flat up to pass_hz,
 * stopped from stop_hz, and power-complementary about the middle of the two,
 * where it is 3 dB down: |H(c - x)|^2 + |H(c + x)|^2 = 1. So going up through
 * it and down again through it gives back the whole band up to c, transition
 * included (a square-root Nyquist filter), which a half-amplitude design of
 * the same length would cut at both passages.
 *
 * Method: weighted least squares on a dense grid. After each solution the
 * weights grow where the error is large (Lawson: towards the least maximum),
 * and the wanted transition becomes the nearest power-complementary pair of
 * what was reached. Deterministic; a second of work. */
#ifndef TOOLS_MEASURE_FILTER_DESIGN_H
#define TOOLS_MEASURE_FILTER_DESIGN_H

#include <stddef.h>

#define FILTER_HALF_MAX 96

struct filter_design {
	double rate_hz;
	double pass_hz;
	double stop_hz;
	double stop_weight; /* how much dearer an error is above stop_hz */
	size_t half;	    /* taps either side of the centre */
	double null_hz[2];  /* forced zeros: images of DC; 0 = none */
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
