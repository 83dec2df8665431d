/* 8 <-> 24 kHz where the CPU has AVX2 and FMA: the two ratios of nearly every
 * call. What resample_wide.c does for any ratio is bound by loads; here an
 * input that is loaded is used for three outputs, or for four taps. */
#include "codecs/resample_inner.h"

#if defined(__x86_64__)

#include <immintrin.h>
#include <string.h>

#include "codecs/resample_taps.h"
#include "codecs/resample_wide_lane.h"

#define THREE 3

WIDE static inline __m256 widen_lane(__m128i x)
{
	return _mm256_cvtepi32_ps(_mm256_cvtepi16_epi32(x));
}

/* n samples as floats, and zeros up to end. */
WIDE static inline void widen(float *out, size_t end, const int16_t *x,
			      size_t n)
{
	size_t i = 0;

	for (; n - i >= LANE; i += LANE)
		_mm256_storeu_ps(out + i, widen_lane(_mm_loadu_si128(
						  (const __m128i *)(x + i))));
	for (; i < n; i++)
		out[i] = x[i];
	for (; i < end; i++)
		out[i] = 0;
}

WIDE static inline __m256 lane_at(const float *x, size_t lane)
{
	return _mm256_loadu_ps(x + lane * LANE);
}

/* --- Three streams in turn --- */

/* Byte j of the result comes from byte at[j] of the source, or is zero. */
struct bytes_from {
	int8_t at[16];
};

WIDE static inline __m128i pick(__m128i x, const struct bytes_from *from)
{
	return _mm_shuffle_epi8(x, _mm_loadu_si128((const __m128i *)from->at));
}

/* clang-format off */
#define NO -1, -1
#define B(i) 2 * (i), 2 * (i) + 1 /* both bytes of sample i */

/* Where sample j of a register of three in turn comes from: 24 samples of one
 * register after the other, each from the stream that is its turn. */
static const struct bytes_from to_turn[THREE][THREE] = {
	{ { { B(0), NO, NO, B(1), NO, NO, B(2), NO } },
	  { { NO, B(0), NO, NO, B(1), NO, NO, B(2) } },
	  { { NO, NO, B(0), NO, NO, B(1), NO, NO } } },
	{ { { NO, B(3), NO, NO, B(4), NO, NO, B(5) } },
	  { { NO, NO, B(3), NO, NO, B(4), NO, NO } },
	  { { B(2), NO, NO, B(3), NO, NO, B(4), NO } } },
	{ { { NO, NO, B(6), NO, NO, B(7), NO, NO } },
	  { { B(5), NO, NO, B(6), NO, NO, B(7), NO } },
	  { { NO, B(5), NO, NO, B(6), NO, NO, B(7) } } },
};

/* And back: of stream m, what the first, the second and the third register of
 * such 24 samples have. */
static const struct bytes_from from_turn[THREE][THREE] = {
	{ { { B(0), B(3), B(6), NO, NO, NO, NO, NO } },
	  { { NO, NO, NO, B(1), B(4), B(7), NO, NO } },
	  { { NO, NO, NO, NO, NO, NO, B(2), B(5) } } },
	{ { { B(1), B(4), B(7), NO, NO, NO, NO, NO } },
	  { { NO, NO, NO, B(2), B(5), NO, NO, NO } },
	  { { NO, NO, NO, NO, NO, B(0), B(3), B(6) } } },
	{ { { B(2), B(5), NO, NO, NO, NO, NO, NO } },
	  { { NO, NO, B(0), B(3), B(6), NO, NO, NO } },
	  { { NO, NO, NO, NO, NO, B(1), B(4), B(7) } } },
};
/* clang-format on */

struct three {
	__m128i of[THREE];
};

WIDE static inline __m128i gather(const struct three *x,
				  const struct bytes_from from[THREE])
{
	return _mm_or_si128(_mm_or_si128(pick(x->of[0], &from[0]),
					 pick(x->of[1], &from[1])),
			    pick(x->of[2], &from[2]));
}

static size_t whole_sweeps(size_t n, size_t sweep)
{
	return (n + sweep - 1) / sweep * sweep;
}

/* --- Up --- */

/* Inputs at once, each of which makes three outputs: as many accumulators as
 * there are registers for. */
#define UP_LANES 4
#define UP_SWEEP (UP_LANES * LANE)
#define UP_MAX   (RESAMPLE_BLOCK + UP_SWEEP)

/* Of eight neighbouring inputs: what each row of taps makes of them. */
struct sums {
	__m256 of[THREE];
};

WIDE static inline void take(struct sums *sum, const struct sums *weight,
			     const float *x)
{
	__m256 in = _mm256_loadu_ps(x);

	sum->of[0] = _mm256_fmadd_ps(weight->of[0], in, sum->of[0]);
	sum->of[1] = _mm256_fmadd_ps(weight->of[1], in, sum->of[1]);
	sum->of[2] = _mm256_fmadd_ps(weight->of[2], in, sum->of[2]);
}

WIDE static inline void put_in_turn(int16_t *out, const struct sums *sum)
{
	const struct three row = { { round_lane(sum->of[0]),
				     round_lane(sum->of[1]),
				     round_lane(sum->of[2]) } };

	for (int i = 0; i < THREE; i++)
		_mm_storeu_si128((__m128i *)(out + i * LANE),
				 gather(&row, to_turn[i]));
}

WIDE static void sweep_up(int16_t *out, const float *x, const float *row)
{
	const __m256 zero = _mm256_setzero_ps();
	struct sums a = { { zero, zero, zero } }, b = a, c = a, d = a;

	for (size_t k = 0; k < RESAMPLE_TAPS_8_TO_24; k++) {
		const struct sums w = { {
			_mm256_broadcast_ss(row + k),
			_mm256_broadcast_ss(row + RESAMPLE_TAPS_8_TO_24 + k),
			_mm256_broadcast_ss(row + 2 * RESAMPLE_TAPS_8_TO_24 +
					    k),
		} };
		take(&a, &w, x + k);
		take(&b, &w, x + k + LANE);
		take(&c, &w, x + k + 2 * LANE);
		take(&d, &w, x + k + 3 * LANE);
	}
	put_in_turn(out, &a);
	put_in_turn(out + THREE * LANE, &b);
	put_in_turn(out + 2 * THREE * LANE, &c);
	put_in_turn(out + 3 * THREE * LANE, &d);
}

/* The three outputs of each input, those before the phase, too. */
WIDE void resample_run_up_thirds(const struct resample_step *step, int16_t *out,
				 size_t made)
{
	float x[RESAMPLE_TAPS_8_TO_24 + UP_MAX];
	int16_t all[THREE * UP_MAX];
	size_t inputs = (step->phase + made + THREE - 1) / THREE;
	size_t reach = whole_sweeps(inputs, UP_SWEEP) + RESAMPLE_TAPS_8_TO_24;

	widen(x, reach, step->x, step->n);
	for (size_t i = 0; i < inputs; i += UP_SWEEP)
		sweep_up(all + THREE * i, x + i, step->plan->row);
	memcpy(out, all + step->phase, made * sizeof(*out));
}

/* --- Down --- */

#define DOWN_TAPS  RESAMPLE_TAPS_24_TO_8
#define DOWN_LANES 10
#define DOWN_SWEEP (DOWN_LANES * LANE)
#define DOWN_MAX   (RESAMPLE_BLOCK / THREE + DOWN_SWEEP)
#define COLUMN_MAX (DOWN_MAX + TAPS_OF(0)) /* of each third of the inputs */
/* Taps of a column, of which four that stand a lane apart are taken at once. */
#define AT_ONCE    4
#define IN_FOURS   (AT_ONCE * LANE)
#define TAPS_OF(m) ((DOWN_TAPS - (m) + THREE - 1) / THREE)

_Static_assert(TAPS_OF(2) >= IN_FOURS, "each column has so many");

struct columns {
	float of[THREE][COLUMN_MAX];
};

/* n inputs, and zeros as far as the columns are high. */
WIDE static void deal(struct columns *c, size_t height, const int16_t *x,
		      size_t n)
{
	size_t i = 0;

	for (; n - i >= (size_t)THREE * LANE; i += (size_t)THREE * LANE) {
		const __m128i *at = (const __m128i *)(x + i);
		const struct three in = { { _mm_loadu_si128(at),
					    _mm_loadu_si128(at + 1),
					    _mm_loadu_si128(at + 2) } };
		for (int m = 0; m < THREE; m++)
			_mm256_storeu_ps(c->of[m] + i / THREE,
					 widen_lane(gather(&in, from_turn[m])));
	}
	for (; i < THREE * height; i++)
		c->of[i % THREE][i / THREE] = i < n ? x[i] : 0;
}

/* Of eighty neighbouring outputs. */
struct ten {
	__m256 a, b, c, d, e, f, g, h, i, j;
};

WIDE static inline void add(__m256 *sum, __m256 w, __m256 x)
{
	*sum = _mm256_fmadd_ps(w, x, *sum);
}

/* One tap: its weight, and the input of the first output. */
WIDE static inline void take_one(struct ten *s, const float *weight,
				 const float *x)
{
	__m256 w = _mm256_broadcast_ss(weight);

	add(&s->a, w, lane_at(x, 0));
	add(&s->b, w, lane_at(x, 1));
	add(&s->c, w, lane_at(x, 2));
	add(&s->d, w, lane_at(x, 3));
	add(&s->e, w, lane_at(x, 4));
	add(&s->f, w, lane_at(x, 5));
	add(&s->g, w, lane_at(x, 6));
	add(&s->h, w, lane_at(x, 7));
	add(&s->i, w, lane_at(x, 8));
	add(&s->j, w, lane_at(x, 9));
}

/* The weights of four taps that stand a lane apart. */
struct four {
	__m256 of[AT_ONCE];
};

/* What one lane of inputs is for the sums of four lanes of outputs: for the
 * last of them by the first tap, for the one before by the second, … */
WIDE static inline void add_all(__m256 *d, __m256 *c, __m256 *b, __m256 *a,
				const struct four *w, __m256 x)
{
	add(d, w->of[0], x);
	add(c, w->of[1], x);
	add(b, w->of[2], x);
	add(a, w->of[3], x);
}

WIDE static inline void add_first_lanes(struct ten *s, const struct four *w,
					const float *x)
{
	__m256 one = lane_at(x, 0), two = lane_at(x, 1), three = lane_at(x, 2);

	add(&s->a, w->of[0], one);
	add(&s->b, w->of[0], two);
	add(&s->a, w->of[1], two);
	add(&s->c, w->of[0], three);
	add(&s->b, w->of[1], three);
	add(&s->a, w->of[2], three);
}

WIDE static inline void add_last_lanes(struct ten *s, const struct four *w,
				       const float *x)
{
	__m256 one = lane_at(x, 10), two = lane_at(x, 11),
	       three = lane_at(x, 12);

	add(&s->j, w->of[1], one);
	add(&s->i, w->of[2], one);
	add(&s->h, w->of[3], one);
	add(&s->j, w->of[2], two);
	add(&s->i, w->of[3], two);
	add(&s->j, w->of[3], three);
}

WIDE static inline void take_four(struct ten *s, const float *weight,
				  const float *x)
{
	const size_t apart = (size_t)THREE * LANE;
	const struct four w = { {
		_mm256_broadcast_ss(weight),
		_mm256_broadcast_ss(weight + apart),
		_mm256_broadcast_ss(weight + 2 * apart),
		_mm256_broadcast_ss(weight + 3 * apart),
	} };

	add_first_lanes(s, &w, x);
	add_all(&s->d, &s->c, &s->b, &s->a, &w, lane_at(x, 3));
	add_all(&s->e, &s->d, &s->c, &s->b, &w, lane_at(x, 4));
	add_all(&s->f, &s->e, &s->d, &s->c, &w, lane_at(x, 5));
	add_all(&s->g, &s->f, &s->e, &s->d, &w, lane_at(x, 6));
	add_all(&s->h, &s->g, &s->f, &s->e, &w, lane_at(x, 7));
	add_all(&s->i, &s->h, &s->g, &s->f, &w, lane_at(x, 8));
	add_all(&s->j, &s->i, &s->h, &s->g, &w, lane_at(x, 9));
	add_last_lanes(s, &w, x);
}

WIDE static void sweep_down(int16_t *out, const struct columns *c, size_t at,
			    const float *row)
{
	const __m256 zero = _mm256_setzero_ps();
	struct ten s = { zero, zero, zero, zero, zero,
			 zero, zero, zero, zero, zero };

	for (size_t m = 0; m < THREE; m++) {
		const float *x = c->of[m] + at;
		for (size_t k = 0; k < LANE; k++)
			take_four(&s, row + THREE * k + m, x + k);
		for (size_t k = IN_FOURS; k < TAPS_OF(m); k++)
			take_one(&s, row + THREE * k + m, x + k);
	}
	put_lane(out, s.a);
	put_lane(out + LANE, s.b);
	put_lane(out + 2 * LANE, s.c);
	put_lane(out + 3 * LANE, s.d);
	put_lane(out + 4 * LANE, s.e);
	put_lane(out + 5 * LANE, s.f);
	put_lane(out + 6 * LANE, s.g);
	put_lane(out + 7 * LANE, s.h);
	put_lane(out + 8 * LANE, s.i);
	put_lane(out + 9 * LANE, s.j);
}

WIDE void resample_run_down_thirds(const struct resample_step *step,
				   int16_t *out, size_t made)
{
	struct columns c;
	int16_t all[DOWN_MAX];
	size_t height = whole_sweeps(made, DOWN_SWEEP) + TAPS_OF(0);

	deal(&c, height, step->x + step->phase, step->n - step->phase);
	for (size_t i = 0; i < made; i += DOWN_SWEEP)
		sweep_down(all + i, &c, i, step->plan->row);
	memcpy(out, all, made * sizeof(*out));
}

#else

void resample_run_up_thirds(const struct resample_step *step, int16_t *out,
			    size_t made)
{
	resample_run_wide(step, out, made);
}

void resample_run_down_thirds(const struct resample_step *step, int16_t *out,
			      size_t made)
{
	resample_run_wide(step, out, made);
}

#endif
