#include "codecs/resample_inner.h"

#if defined(__x86_64__)

#include "codecs/resample_wide_lane.h"

/* Outputs in flight: as many as hide an FMA's delay. */
#define SWEEP     (5 * LANE)
#define DOWN_MAX  3
#define INPUT_MAX (RESAMPLE_HISTORY + RESAMPLE_BLOCK)

bool resample_has_wide(void)
{
	return __builtin_cpu_supports("avx2") && __builtin_cpu_supports("fma");
}

/* Every `down`th input belongs to the same tap of neighbouring outputs, so the
 * inputs are dealt out: column m has x[m], x[m + down], … and is zero behind
 * the last, as far as a lane may reach. */
struct columns {
	size_t height;
	float x[INPUT_MAX + DOWN_MAX * (LANE + 1)];
};

static void fill_column(float *column, size_t height, const int16_t *x,
			size_t n, unsigned down)
{
	size_t i = 0;

	for (size_t from = 0; from < n; from += down)
		column[i++] = x[from];
	for (; i < height; i++)
		column[i] = 0;
}

static void fill(struct columns *c, const int16_t *x, size_t n, unsigned down)
{
	c->height = (n + down - 1) / down + LANE;
	for (unsigned m = 0; m < down; m++)
		fill_column(c->x + m * c->height, c->height, x + m, n - m,
			    down);
}

/* Where each tap's inputs are, for the first output of a run. */
struct tap {
	const float *x;
	float weight;
};

WIDE static void sweep(int16_t *out, const struct tap *tap, size_t taps,
		       size_t at)
{
	__m256 a = _mm256_setzero_ps(), b = a, c = a, d = a, e = a;

	for (size_t k = 0; k < taps; k++) {
		const float *x = tap[k].x + at;
		__m256 w = _mm256_broadcast_ss(&tap[k].weight);
		a = _mm256_fmadd_ps(w, _mm256_loadu_ps(x), a);
		b = _mm256_fmadd_ps(w, _mm256_loadu_ps(x + LANE), b);
		c = _mm256_fmadd_ps(w, _mm256_loadu_ps(x + 2 * LANE), c);
		d = _mm256_fmadd_ps(w, _mm256_loadu_ps(x + 3 * LANE), d);
		e = _mm256_fmadd_ps(w, _mm256_loadu_ps(x + 4 * LANE), e);
	}
	put_lane(out, a);
	put_lane(out + LANE, b);
	put_lane(out + 2 * LANE, c);
	put_lane(out + 3 * LANE, d);
	put_lane(out + 4 * LANE, e);
}

WIDE static void sweep_lane(int16_t *out, const struct tap *tap, size_t taps,
			    size_t at)
{
	__m256 sum = _mm256_setzero_ps();

	for (size_t k = 0; k < taps; k++)
		sum = _mm256_fmadd_ps(_mm256_broadcast_ss(&tap[k].weight),
				      _mm256_loadu_ps(tap[k].x + at), sum);
	put_lane(out, sum);
}

/* Every `up`th output goes by the same row of taps. out has room for whole
 * lanes. */
WIDE static void run_row(int16_t *out, size_t n, const struct tap *tap,
			 size_t taps)
{
	size_t i = 0;

	for (; n - i >= SWEEP; i += SWEEP)
		sweep(out + i, tap, taps, i);
	for (; i < n; i += LANE)
		sweep_lane(out + i, tap, taps, i);
}

static void find_taps(struct tap *tap, const struct columns *c,
		      const struct resample_plan *plan, unsigned at_grid)
{
	const float *row = plan->row + at_grid % plan->up * plan->taps;
	size_t at = at_grid / plan->up;
	size_t column = at % plan->down, i = at / plan->down;

	for (size_t k = 0; k < plan->taps; k++) {
		tap[k].weight = row[k];
		tap[k].x = c->x + column * c->height + i;
		if (++column == plan->down) {
			column = 0;
			i++;
		}
	}
}

WIDE void resample_run_wide(const struct resample_step *step, int16_t *out,
			    size_t made)
{
	const struct resample_plan *plan = step->plan;
	struct columns c;
	struct tap tap[RESAMPLE_HISTORY];
	int16_t row[RESAMPLE_BLOCK + LANE];

	fill(&c, step->x, step->n, plan->down);
	for (unsigned p = 0; p < plan->up && p < made; p++) {
		size_t n = (made - p + plan->up - 1) / plan->up;
		find_taps(tap, &c, plan, step->phase + p * plan->down);
		run_row(row, n, tap, plan->taps);
		for (size_t i = 0; i < n; i++)
			out[i * plan->up + p] = row[i];
	}
}

#else

#include <stdlib.h>

bool resample_has_wide(void)
{
	return false;
}

void resample_run_wide(const struct resample_step *step, int16_t *out,
		       size_t made)
{
	(void)step;
	(void)out;
	(void)made;
	abort();
}

#endif
