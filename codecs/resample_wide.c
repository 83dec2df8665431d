#include "codecs/resample_inner.h"

#if defined(__x86_64__)

#include <immintrin.h>

#define WIDE __attribute__((target("avx2,fma")))

#define LANE 8 /* floats in a register */
#define SWEEP                                                           \
	(5 * LANE) /* outputs in flight: as many as hide an FMA's delay \
		    */
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

WIDE static void fill_one(struct columns *c, const int16_t *x, size_t n)
{
	size_t i = 0;

	for (; n - i >= LANE; i += LANE) {
		__m128i eight = _mm_loadu_si128((const __m128i *)(x + i));
		_mm256_storeu_ps(
			c->x + i,
			_mm256_cvtepi32_ps(_mm256_cvtepi16_epi32(eight)));
	}
	for (; i < n; i++)
		c->x[i] = x[i];
	for (; i < c->height; i++)
		c->x[i] = 0;
}

static void fill_column(float *column, size_t height, const int16_t *x,
			size_t n, unsigned down)
{
	size_t i = 0;

	for (size_t from = 0; from < n; from += down)
		column[i++] = x[from];
	for (; i < height; i++)
		column[i] = 0;
}

WIDE static void fill(struct columns *c, const int16_t *x, size_t n,
		      unsigned down)
{
	c->height = (n + down - 1) / down + LANE;
	if (down == 1) {
		fill_one(c, x, n);
		return;
	}
	for (unsigned m = 0; m < down; m++)
		fill_column(c->x + m * c->height, c->height, x + m, n - m,
			    down);
}

/* Half away from zero, as round_sample does; saturated before the cast. */
WIDE static __m128i round_lane(__m256 x)
{
	const __m256 sign = _mm256_set1_ps(-0.0f);
	__m256 half =
		_mm256_or_ps(_mm256_and_ps(x, sign), _mm256_set1_ps(0.5f));
	__m256 in_range = _mm256_max_ps(_mm256_min_ps(_mm256_add_ps(x, half),
						      _mm256_set1_ps(32767)),
					_mm256_set1_ps(-32768));
	__m256i whole = _mm256_cvttps_epi32(in_range);

	return _mm_packs_epi32(_mm256_castsi256_si128(whole),
			       _mm256_extracti128_si256(whole, 1));
}

WIDE static void put_lane(int16_t *out, __m256 sum)
{
	_mm_storeu_si128((__m128i *)out, round_lane(sum));
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
