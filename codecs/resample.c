#include "codecs/resample.h"

#include <string.h>

#include <spandsp/telephony.h>
#include <spandsp/complex.h>
#include <spandsp/vector_float.h>

#include "codecs/resample_inner.h"
#include "codecs/resample_taps.h"

static const struct resample_plan plans[RESAMPLE_RATIOS] = {
	[RESAMPLE_8_TO_24] = { 3, 1, RESAMPLE_TAPS_8_TO_24, 48, 32,
			       resample_taps_8_to_24, resample_run_up_thirds },
	[RESAMPLE_24_TO_8] = { 1, 3, RESAMPLE_TAPS_24_TO_8, 16, 96,
			       resample_taps_24_to_8,
			       resample_run_down_thirds },
	[RESAMPLE_16_TO_24] = { 3, 2, RESAMPLE_TAPS_16_TO_24, 48, 64,
				resample_taps_16_to_24, resample_run_wide },
	[RESAMPLE_24_TO_16] = { 2, 3, RESAMPLE_TAPS_24_TO_16, 32, 96,
				resample_taps_24_to_16, resample_run_wide },
};

void resampler_init(struct resampler *r, enum resample_ratio ratio)
{
	*r = (struct resampler){ .ratio = ratio };
}

size_t resampler_bound(enum resample_ratio ratio, size_t n)
{
	const struct resample_plan *plan = &plans[ratio];
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

void resample_run_dot(const struct resample_step *step, int16_t *out,
		      size_t made)
{
	const struct resample_plan *plan = step->plan;
	float x[RESAMPLE_HISTORY + RESAMPLE_BLOCK];
	unsigned phase = step->phase;
	size_t at = 0;

	for (size_t i = 0; i < step->n; i++)
		x[i] = step->x[i];
	for (size_t i = 0; i < made; i++, phase += plan->down) {
		for (; phase >= plan->up; phase -= plan->up)
			at++;
		const float *row = plan->row + phase * plan->taps;
		out[i] = round_sample(
			vec_dot_prodf(row, x + at, (int)plan->taps));
	}
}

static bool leave_wide;

void resample_use_wide(bool is_used)
{
	leave_wide = !is_used;
}

static resample_run_fn *best_run(const struct resample_plan *plan)
{
	return !leave_wide && resample_has_wide() ? plan->wide
						  : resample_run_dot;
}

/* Whole inputs are counted off the phase; what is left is where the next output
 * stands in the next block. */
static size_t run_block(struct resampler *r, int16_t *out, const int16_t *in,
			size_t n)
{
	const struct resample_plan *plan = &plans[r->ratio];
	size_t past = plan->taps - 1, grid = n * plan->up, made = 0;
	int16_t x[RESAMPLE_HISTORY + RESAMPLE_BLOCK];
	struct resample_step step = { plan, x, past + n, r->phase };

	memcpy(x, r->history, past * sizeof(*x));
	memcpy(x + past, in, n * sizeof(*x));
	if (grid > r->phase)
		made = (grid - r->phase + plan->down - 1) / plan->down;
	best_run(plan)(&step, out, made);
	r->phase += (unsigned)(made * plan->down - grid);
	memcpy(r->history, x + n, past * sizeof(*x));
	return made;
}

size_t resampler_run(struct resampler *r, int16_t *out, const int16_t *in,
		     size_t n)
{
	size_t made = 0;
	while (n > 0) {
		size_t run = n < RESAMPLE_BLOCK ? n : RESAMPLE_BLOCK;
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
