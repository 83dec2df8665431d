#include "tools/measure/filter_design.h"

#include <math.h>
#include <stdbool.h>
#include <string.h>

#define PI            3.14159265358979323846
#define UNKNOWN_MAX   (FILTER_HALF_MAX + 1)
#define GRID_PER_TAP  10
#define CLAIM_MAX     (GRID_PER_TAP * FILTER_HALF_MAX + 8)
#define ROUNDS        120
#define HALF_STEPS    5    /* careful first rounds */
#define ANCHOR_WEIGHT 1e6  /* of unity at DC and of the forced zeros */
#define WEIGHT_MIN    1e-4 /* no claim is forgotten */

const struct filter_design filter_design_narrow = {
	.rate_hz = 24000,
	.corner_hz = 4000,
	.stop_hz = 4600, /* the first image of 3400 Hz */
	.stop_weight = 20,
	.half = 48, /* 2 ms, whole samples at 8 and at 24 kHz */
	.null_hz = { 8000 },
	.unity_hz = 1000, /* where telephone levels are measured */
};

const struct filter_design filter_design_wide = {
	.rate_hz = 48000,
	.corner_hz = 8000,
	.stop_hz = 8750, /* flat to 7250 Hz: room to do better than 80 dB */
	.stop_weight = 20,
	.half = 96, /* 2 ms, whole samples at 16 and at 24 kHz */
	.null_hz = { 16000, 24000 },
	.unity_hz = 1000,
};

/* One thing asked of the filter, at one frequency. */
enum claim_kind { CLAIM_STOP, CLAIM_COMPLEMENT, CLAIM_NULL, CLAIM_UNITY };

struct claim {
	enum claim_kind kind;
	double hz;
	double weight;
};

struct claims {
	size_t count;
	struct claim list[CLAIM_MAX];
};

static void add_claim(struct claims *all, enum claim_kind kind, double hz,
		      double weight)
{
	all->list[all->count++] = (struct claim){ kind, hz, weight };
}

static void claims_fill(struct claims *all, const struct filter_design *d)
{
	size_t steps = GRID_PER_TAP * d->half;
	all->count = 0;
	for (size_t i = 0; i <= steps; i++) {
		double hz = d->rate_hz / 2 * (double)i / (double)steps;
		if (hz <= d->corner_hz)
			add_claim(all, CLAIM_COMPLEMENT, hz, 1);
		else if (hz >= d->stop_hz)
			add_claim(all, CLAIM_STOP, hz, 1);
	}
	add_claim(all, CLAIM_UNITY, 0, ANCHOR_WEIGHT);
	add_claim(all, CLAIM_UNITY, d->unity_hz, ANCHOR_WEIGHT);
	for (size_t i = 0; i < 2; i++)
		if (d->null_hz[i] > 0)
			add_claim(all, CLAIM_NULL, d->null_hz[i],
				  ANCHOR_WEIGHT);
}

/* The amplitude is the inner product of the taps with c: c[0] = 1 and
 * c[k] = 2 cos(2 pi k f / rate), by Chebyshev's recurrence. */
static void basis(const struct filter_design *d, double hz, double *c)
{
	double step = 2 * cos(2 * PI * hz / d->rate_hz);
	c[0] = 1;
	c[1] = step;
	c[2] = step * step - 2;
	for (size_t k = 3; k <= d->half; k++)
		c[k] = step * c[k - 1] - c[k - 2];
}

static double product(const double *a, const double *b, size_t n)
{
	double sum = 0;
	for (size_t k = 0; k < n; k++)
		sum += a[k] * b[k];
	return sum;
}

double filter_design_gain(const struct filter_design *d, const double *tap,
			  double hz)
{
	double c[UNKNOWN_MAX];
	basis(d, hz, c);
	return product(tap, c, d->half + 1);
}

/* How far the filter is from what is claimed of it, and in row how that
 * changes with each tap. */
static double miss(const struct filter_design *d, const struct claim *claim,
		   const double *tap, double *row)
{
	size_t n = d->half + 1;
	basis(d, claim->hz, row);
	double gain = product(tap, row, n);
	if (claim->kind == CLAIM_UNITY)
		return gain - 1;
	if (claim->kind != CLAIM_COMPLEMENT)
		return gain;
	double mirror_row[UNKNOWN_MAX];
	basis(d, 2 * d->corner_hz - claim->hz, mirror_row);
	double mirror = product(tap, mirror_row, n);
	for (size_t k = 0; k < n; k++)
		row[k] = 2 * (gain * row[k] + mirror * mirror_row[k]);
	return gain * gain + mirror * mirror - 1;
}

static double price(const struct filter_design *d, const struct claim *claim)
{
	return claim->kind == CLAIM_STOP ? d->stop_weight : 1;
}

/* In-place Cholesky solution of the symmetric positive system m x = v. */
static void solve(double m[UNKNOWN_MAX][UNKNOWN_MAX], double *v, size_t n)
{
	for (size_t i = 0; i < n; i++) {
		for (size_t j = 0; j <= i; j++) {
			double rest = m[i][j] - product(m[i], m[j], j);
			m[i][j] = i == j ? sqrt(rest) : rest / m[j][j];
		}
		v[i] = (v[i] - product(m[i], v, i)) / m[i][i];
	}
	for (size_t i = n; i-- > 0;) {
		for (size_t k = i + 1; k < n; k++)
			v[i] -= m[k][i] * v[k];
		v[i] /= m[i][i];
	}
}

/* One Gauss-Newton step: the taps that would meet the linearised claims. */
static void improve(const struct filter_design *d, const struct claims *all,
		    double *tap, double step)
{
	static _Thread_local double m[UNKNOWN_MAX][UNKNOWN_MAX];
	double change[UNKNOWN_MAX] = { 0 };
	double row[UNKNOWN_MAX];
	size_t n = d->half + 1;
	memset(m, 0, sizeof(m));
	for (size_t p = 0; p < all->count; p++) {
		const struct claim *claim = &all->list[p];
		double dear = price(d, claim);
		double error = miss(d, claim, tap, row);
		for (size_t i = 0; i < n; i++) {
			double w = claim->weight * dear * dear * row[i];
			change[i] -= w * error;
			for (size_t j = 0; j <= i; j++)
				m[i][j] += w * row[j];
		}
	}
	solve(m, change, n);
	for (size_t k = 0; k < n; k++)
		tap[k] += step * change[k];
}

static bool is_anchor(const struct claim *claim)
{
	return claim->kind == CLAIM_NULL || claim->kind == CLAIM_UNITY;
}

/* Scale the weights to a mean of 1, so that rounds stay comparable. */
static void normalise(struct claims *all)
{
	double sum = 0;
	size_t moving = 0;
	for (size_t p = 0; p < all->count; p++) {
		if (is_anchor(&all->list[p]))
			continue;
		sum += all->list[p].weight;
		moving++;
	}
	double scale = (double)moving / sum;
	for (size_t p = 0; p < all->count; p++) {
		struct claim *claim = &all->list[p];
		if (!is_anchor(claim))
			claim->weight = fmax(WEIGHT_MIN, claim->weight * scale);
	}
}

/* Lawson's step, damped by the square root. */
static void reweight(const struct filter_design *d, struct claims *all,
		     const double *tap)
{
	double error[CLAIM_MAX];
	double row[UNKNOWN_MAX];
	double weighted = 0;
	double weights = 0;
	for (size_t p = 0; p < all->count; p++) {
		const struct claim *claim = &all->list[p];
		error[p] = price(d, claim) * fabs(miss(d, claim, tap, row));
		if (is_anchor(claim))
			continue;
		weighted += claim->weight * error[p];
		weights += claim->weight;
	}
	double mean = weighted / weights;
	for (size_t p = 0; p < all->count; p++)
		if (!is_anchor(&all->list[p]))
			all->list[p].weight *= sqrt(error[p] / mean + 0.01);
	normalise(all);
}

/* A smooth power-complementary slope: Meyer's, of degree three. */
static double first_gain(const struct filter_design *d, double hz)
{
	double u = (hz - d->stop_hz) / (d->stop_hz - d->corner_hz) / 2 + 1;
	if (u <= 0)
		return 1;
	if (u >= 1)
		return 0;
	return cos(PI / 2 * u * u * (3 - 2 * u));
}

/* To start with: that slope's Fourier series, cut short. */
static void first_taps(const struct filter_design *d, double *tap)
{
	size_t steps = GRID_PER_TAP * d->half;
	for (size_t k = 0; k <= d->half; k++) {
		tap[k] = 0;
		for (size_t i = 0; i < steps; i++) {
			double turn = ((double)i + 0.5) / (double)steps / 2;
			tap[k] += first_gain(d, turn * d->rate_hz) *
				  cos(2 * PI * (double)k * turn) /
				  (double)steps;
		}
	}
}

void filter_design_run(const struct filter_design *d,
		       double tap[FILTER_HALF_MAX + 1])
{
	struct claims all;
	claims_fill(&all, d);
	first_taps(d, tap);
	for (int round = 0; round < ROUNDS; round++) {
		improve(d, &all, tap, round < HALF_STEPS ? 0.5 : 1);
		reweight(d, &all, tap);
	}
	double unity = filter_design_gain(d, tap, 0);
	for (size_t k = 0; k <= d->half; k++)
		tap[k] /= unity;
}

void filter_design_row(const struct filter_design *d, const double *tap,
		       unsigned up, unsigned phase, float *row, size_t taps)
{
	for (size_t i = 0; i < taps; i++) {
		size_t at = phase + (taps - 1 - i) * up;
		size_t off = at < d->half ? d->half - at : at - d->half;
		row[i] = off > d->half ? 0 : (float)(up * tap[off]);
	}
}
