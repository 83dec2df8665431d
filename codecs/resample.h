/* Streaming sample-rate conversion between the telephone and the model:
 * 8 <-> 24 kHz and 16 <-> 24 kHz, 16-bit mono.
 *
 * Linear-phase polyphase FIR; the inner products are SpanDSP's, or, where the
 * CPU has AVX2 and FMA, eight outputs at once (resample_inner.h). The state is
 * embedded by value, so a call owns its filters without allocating. Any split
 * of a stream into chunks gives the same samples, bit for bit, on one CPU;
 * another may differ in the last bit. Saturates instead of wrapping.
 *
 * Quality, printed by `make codec-table` and held by the test: pass band within
 * 0.1 dB (200..3400 Hz for 8 kHz, 200..7250 Hz for 16 kHz), images and aliases
 * of it at or below -70 dB, 0 dB exactly at DC and 1 kHz, delay exactly 2 ms
 * each way: a whole number of samples at both rates. The filters are 3 dB down
 * at half the lower rate and power-complementary there, so that up and down
 * again gives back the whole band, not only the pass band.
 */
#ifndef CODECS_RESAMPLE_H
#define CODECS_RESAMPLE_H

#include <stddef.h>
#include <stdint.h>

enum resample_ratio {
	RESAMPLE_8_TO_24,
	RESAMPLE_24_TO_8,
	RESAMPLE_16_TO_24,
	RESAMPLE_24_TO_16,
	RESAMPLE_RATIOS
};

#define RESAMPLE_HISTORY 128 /* input samples a filter may look back */

/* Embedded by value; the fields are the filter's own. */
struct resampler {
	enum resample_ratio ratio;
	unsigned phase; /* position between input and output grids */
	int16_t history[RESAMPLE_HISTORY];
};

/* resampler_init: start (or restart) a stream with silent history. The first
 * output sample falls on the first input sample (delayed, as all are). */
void resampler_init(struct resampler *r, enum resample_ratio ratio);

/* resampler_bound: the most samples resampler_run can write for n inputs. */
size_t resampler_bound(enum resample_ratio ratio, size_t n);

/* resampler_run: convert the next n samples of the stream, any n including 0.
 *
 * out  room for resampler_bound(ratio, n) samples; may not overlap in
 * Returns the number of samples written. Cannot fail, never allocates. */
size_t resampler_run(struct resampler *r, int16_t *out, const int16_t *in,
		     size_t n);

/* resampler_flush: end the stream: push silence until the last input sample
 * has come out whole, then restart with silent history.
 *
 * out  room for resampler_bound(ratio, RESAMPLE_HISTORY) samples
 * Returns the number of samples written, the filter's tail. */
size_t resampler_flush(struct resampler *r, int16_t *out);

/* resampler_delay: the filter's delay in output samples (an integer for every
 * ratio of this module). */
size_t resampler_delay(enum resample_ratio ratio);

#endif
