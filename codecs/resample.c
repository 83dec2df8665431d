#include "codecs/resample.h"

#include <string.h>

#include <spandsp/telephony.h>
#include <spandsp/complex.h>
#include <spandsp/vector_float.h>

#include "codecs/resample_taps.h"

#define BLOCK 480 /* input samples converted at once: 20 ms at 24 kHz */

/* Up by `up` on a common grid, filter, keep every `down`th. */
struct plan {
	unsigned up;
	unsigned down;
	size_t taps;   /* input samples under the filter */
	size_t delay;  /* output samples */
	size_t spread; /* input samples until an impulse has come out whole */
	const float *row;
};

static const struct plan plans[RESAMPLE_RATIOS] = {
	[RESAMPLE_8_TO_24] = { 3, 1, RESAMPLE_TAPS_8_TO_24, 48, 32,
			       resample_taps_8_to_24 },
	[RESAMPLE_24_TO_8] = { 1, 3, RESAMPLE_TAPS_24_TO_8, 16, 96,
			       resample_taps_24_to_8 },
	[RESAMPLE_16_TO_24] = { 3, 2, RESAMPLE_TAPS_16_TO_24, 48, 64,
				resample_taps_16_to_24 },
	[RESAMPLE_24_TO_16] = { 2, 3, RESAMPLE_TAPS_24_TO_16, 32, 96,
				resample_taps_24_to_16 },
};

void resampler_init(struct resampler *r, enum resample_ratio ratio)
{
	*r = (struct resampler){ .ratio = ratio };
}

size_t resampler_bound(enum resample_ratio ratio, size_t n)
{
	const struct plan *plan = &plans[ratio];
	return (n * plan->up + plan->down - 1) / plan->down;
}

size_t resampler_delay(enum resample_ratio ratio)
{
	return plans[ratio].delay;
}

/* Saturates first, so that the cast is always in range. */
static int16_t round_sample(float x)
{
	if (x >= INT16_MAX)
		return INT16_MAX;
	if (x <= INT16_MIN)
		return INT16_MIN;
	return (int16_t)(x < 0 ? x - 0.5f : x + 0.5f);
}

static void widen(float *out, const int16_t *in, size_t n)
{
	for (size_t i = 0; i < n; i++)
		out[i] = in[i];
}

/* Keep the newest `keep` samples of history followed by in. */
static void remember(int16_t *history, size_t keep, const int16_t *in, size_t n)
{
	size_t fresh = n < keep ? n : keep;
	memmove(history, history + fresh, (keep - fresh) * sizeof(*history));
	memcpy(history + keep - fresh, in + n - fresh, fresh * sizeof(*in));
}

/* phase is the distance from the next input to the next output, in steps of
 * the common grid: it picks the row, and whole inputs are counted off it. */
static size_t run_block(struct resampler *r, int16_t *out, const int16_t *in,
			size_t n)
{
	const struct plan *plan = &plans[r->ratio];
	size_t past = plan->taps - 1;
	float x[RESAMPLE_HISTORY + BLOCK];
	size_t made = 0;
	size_t at = 0;
	unsigned phase = r->phase;

	widen(x, r->history, past);
	widen(x + past, in, n);
	for (;; phase += plan->down) {
		for (; phase >= plan->up; phase -= plan->up)
			at++;
		if (at >= n)
			break;
		const float *row = plan->row + phase * plan->taps;
		out[made++] = round_sample(
			vec_dot_prodf(row, x + at, (int)plan->taps));
	}
	r->phase = phase + (unsigned)(at - n) * plan->up;
	remember(r->history, past, in, n);
	return made;
}

size_t resampler_run(struct resampler *r, int16_t *out, const int16_t *in,
		     size_t n)
{
	size_t made = 0;
	while (n > 0) {
		size_t run = n < BLOCK ? n : BLOCK;
		made += run_block(r, out + made, in, run);
		in += run;
		n -= run;
	}
	return made;
}

size_t resampler_flush(struct resampler *r, int16_t *out)
{
	static const int16_t silence[RESAMPLE_HISTORY];
	size_t made = resampler_run(r, out, silence, plans[r->ratio].spread);
	resampler_init(r, r->ratio);
	return made;
}
