#include "codecs/audio_compare.h"

#include <math.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#define PI                 3.14159265358979323846
#define ACTIVITY_MARGIN_DB 15.9 /* ITU-T P.56 */

struct cell {
	double re;
	double im;
};

/* In-place radix-2 transform of n = 2^k cells; sign -1 forward, +1 inverse
 * (unscaled). */
static void reverse_bits(struct cell *x, size_t n)
{
	for (size_t i = 1, j = 0; i < n; i++) {
		size_t bit = n >> 1;
		for (; j & bit; bit >>= 1)
			j ^= bit;
		j ^= bit;
		if (i < j) {
			struct cell t = x[i];
			x[i] = x[j];
			x[j] = t;
		}
	}
}

static void butterflies(struct cell *x, size_t n, size_t half, int sign)
{
	for (size_t k = 0; k < half; k++) {
		double angle = sign * PI * (double)k / (double)half;
		double c = cos(angle);
		double s = sin(angle);
		for (size_t i = k; i < n; i += 2 * half) {
			struct cell *a = &x[i];
			struct cell *b = &x[i + half];
			double re = b->re * c - b->im * s;
			double im = b->re * s + b->im * c;
			*b = (struct cell){ a->re - re, a->im - im };
			*a = (struct cell){ a->re + re, a->im + im };
		}
	}
}

static void transform(struct cell *x, size_t n, int sign)
{
	reverse_bits(x, n);
	for (size_t half = 1; half < n; half *= 2)
		butterflies(x, n, half, sign);
}

/* Both signals of a pair ride in one transform: ref as the real part and got
 * as the imaginary part. This separates them and adds conj(R) G to sum. */
static void add_cross_spectrum(struct cell *sum, const struct cell *x, size_t n)
{
	for (size_t k = 0; k < n; k++) {
		struct cell a = x[k];
		struct cell b = x[(n - k) & (n - 1)];
		struct cell r = { (a.re + b.re) / 2, (a.im - b.im) / 2 };
		struct cell g = { (a.im + b.im) / 2, (b.re - a.re) / 2 };
		sum[k].re += r.re * g.re + r.im * g.im;
		sum[k].im += r.re * g.im - r.im * g.re;
	}
}

struct pair {
	const int16_t *ref;
	size_t ref_n;
	const int16_t *got;
	size_t got_n;
	long max_lag;
};

static double got_at(const struct pair *p, long i)
{
	return i < 0 || (size_t)i >= p->got_n ? 0 : p->got[i];
}

/* The work is cut into blocks of ref, each against the stretch of got that the
 * lags can reach; their spectra add up, so memory follows max_lag alone.
 * Afterwards sum[l].re is the correlation at lag l - max_lag, times n. */
static void correlate(const struct pair *p, struct cell *sum, struct cell *x,
		      size_t n)
{
	size_t block = n - (size_t)(2 * p->max_lag);
	memset(sum, 0, n * sizeof(*sum));
	for (size_t from = 0; from < p->ref_n; from += block) {
		for (size_t i = 0; i < n; i++) {
			bool inside = i < block && from + i < p->ref_n;
			x[i].re = inside ? p->ref[from + i] : 0;
			x[i].im = got_at(p, (long)(from + i) - p->max_lag);
		}
		transform(x, n, -1);
		add_cross_spectrum(sum, x, n);
	}
	transform(sum, n, 1);
}

static double square(double x)
{
	return x * x;
}

/* The energy of got under ref slides along with the lag. */
static long best_lag(const struct pair *p, const struct cell *correlation)
{
	long best = AUDIO_ALIGN_FAILED;
	double best_score = 0;
	double energy = 0;
	long ref_n = (long)p->ref_n;
	for (long i = 0; i < ref_n; i++)
		energy += square(got_at(p, i - p->max_lag));
	for (long lag = -p->max_lag; lag <= p->max_lag; lag++) {
		double c = correlation[lag + p->max_lag].re;
		if (c > 0 && energy > 0 && c * c / energy > best_score) {
			best_score = c * c / energy;
			best = lag;
		}
		energy +=
			square(got_at(p, ref_n + lag)) - square(got_at(p, lag));
	}
	return best;
}

static bool is_silent(const int16_t *pcm, size_t n)
{
	for (size_t i = 0; i < n; i++)
		if (pcm[i])
			return false;
	return true;
}

long audio_align(const int16_t *ref, size_t ref_n, const int16_t *got,
		 size_t got_n, long max_lag)
{
	if (max_lag < 0 || is_silent(ref, ref_n) || is_silent(got, got_n))
		return AUDIO_ALIGN_FAILED;
	if (max_lag > AUDIO_ALIGN_MAX_LAG)
		max_lag = AUDIO_ALIGN_MAX_LAG;
	struct pair p = { ref, ref_n, got, got_n, max_lag };
	size_t n = 4096;
	while (n < 4 * (size_t)max_lag)
		n *= 2;
	struct cell *work = malloc(2 * n * sizeof(*work));
	if (!work)
		return AUDIO_ALIGN_FAILED;
	correlate(&p, work, work + n, n);
	long lag = best_lag(&p, work);
	free(work);
	return lag;
}

static double segment_power(const int16_t *ref, size_t n)
{
	double sum = 0;
	for (size_t i = 0; i < n; i++)
		sum += square(ref[i]);
	return sum / (double)n;
}

/* Raising the threshold only ever drops segments, so this ends. */
static double activity_threshold(const int16_t *ref, size_t segments,
				 size_t length)
{
	double margin = pow(10, -ACTIVITY_MARGIN_DB / 10);
	double threshold = 0;
	size_t active_before = SIZE_MAX;
	for (;;) {
		double sum = 0;
		size_t active = 0;
		for (size_t s = 0; s < segments; s++) {
			double power = segment_power(ref + s * length, length);
			if (power > threshold) {
				sum += power;
				active++;
			}
		}
		if (active == 0 || active == active_before)
			return threshold;
		active_before = active;
		threshold = sum / (double)active * margin;
	}
}

static double segment_snr(const int16_t *ref, const int16_t *got, size_t n)
{
	double signal = 0;
	double noise = 0;
	for (size_t i = 0; i < n; i++) {
		signal += square(ref[i]);
		noise += square((double)ref[i] - got[i]);
	}
	if (noise == 0)
		return AUDIO_SEGMENT_MAX_DB;
	double snr = 10 * log10(signal / noise);
	return fmin(fmax(snr, AUDIO_SEGMENT_MIN_DB), AUDIO_SEGMENT_MAX_DB);
}

double audio_segmental_snr(const int16_t *ref, const int16_t *got, size_t n,
			   unsigned rate)
{
	size_t length = (size_t)rate * AUDIO_SEGMENT_MS / 1000;
	size_t segments = length ? n / length : 0;
	double threshold = activity_threshold(ref, segments, length);
	double sum = 0;
	size_t active = 0;
	for (size_t s = 0; s < segments; s++) {
		const int16_t *at = ref + s * length;
		if (segment_power(at, length) <= threshold)
			continue;
		sum += segment_snr(at, got + s * length, length);
		active++;
	}
	return active ? sum / (double)active : AUDIO_SEGMENT_MIN_DB;
}
