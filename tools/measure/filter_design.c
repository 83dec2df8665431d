#include "tools/measure/filter_design.h"

#include <math.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#define PI		  3.14159265358979323846
#define GRID_PER_TAP	  10
#define GRID_MAX	  (GRID_PER_TAP * FILTER_HALF_MAX + 1)
#define UNKNOWN_MAX	  (FILTER_HALF_MAX + 1)
#define ROUNDS		  120
#define COMPLEMENT_WEIGHT 0.3 /* of the transition, against the pass band */
#define ANCHOR_WEIGHT	  1e4 /* of DC and of the forced zeros */

const struct filter_design filter_design_narrow = {
	.rate_hz = 24000,
	.pass_hz = 3550,
	.stop_hz = 4450,
	.stop_weight = 8,
	.half = 48,
	.null_hz = {8000},
};

const struct filter_design filter_design_wide = {
	.rate_hz = 48000,
	.pass_hz = 7550,
	.stop_hz = 8450,
	.stop_weight = 8,
	.half = 96,
	.null_hz = {16000, 24000},
};

struct grid {
	size_t points;
	double hz[GRID_MAX + 3];
	double want[GRID_MAX + 3];
	double weight[GRID_MAX + 3]; /* squared */
	bool is_fixed[GRID_MAX + 3]; /* neither reweighted nor moved */
};

static bool in_transition(const struct filter_design *d, double hz)
{
	return hz > d->pass_hz && hz < d->stop_hz;
}

/* A smooth power-complementary start: the Meyer window of degree 3. */
static double first_want(const struct filter_design *d, double hz)
{
	double u = (hz - d->pass_hz) / (d->stop_hz - d->pass_hz);
	if (u <= 0)
		return 1;
	if (u >= 1)
		return 0;
	return cos(PI / 2 * u * u * (3 - 2 * u));
}

static void add_point(struct grid *g, double hz, double want, double weight,
		      bool is_fixed)
{
	size_t i = g->points++;
	g->hz[i] = hz;
	g->want[i] = want;
	g->weight[i] = weight;
	g->is_fixed[i] = is_fixed;
}

static void grid_fill(struct grid *g, const struct filter_design *d)
{
	size_t points = GRID_PER_TAP * d->half + 1;
	g->points = 0;
	for (size_t i = 0; i < points; i++) {
		double hz = d->rate_hz / 2 * (double)i / (double)(points - 1);
		double weight = 1;
		if (hz >= d->stop_hz)
			weight = d->stop_weight * d->stop_weight;
		else if (in_transition(d, hz))
			weight = COMPLEMENT_WEIGHT * COMPLEMENT_WEIGHT;
		add_point(g, hz, first_want(d, hz), weight, false);
	}
	add_point(g, 0, 1, ANCHOR_WEIGHT, true);
	for (size_t i = 0; i < 2; i++)
		if (d->null_hz[i] > 0)
			add_point(g, d->null_hz[i], 0, ANCHOR_WEIGHT, true);
}

/* The amplitude is sum a[k] cos(2 pi k f / rate), a[k] = 2 tap[k], k > 0. */
static void basis(const struct filter_design *d, double hz, double *c)
{
	double w = 2 * PI * hz / d->rate_hz;
	for (size_t k = 0; k <= d->half; k++)
		c[k] = (k ? 2 : 1) * cos(w * (double)k);
}

double filter_design_gain(const struct filter_design *d, const double *tap,
			  double hz)
{
	double c[UNKNOWN_MAX];
	double sum = 0;
	basis(d, hz, c);
	for (size_t k = 0; k <= d->half; k++)
		sum += tap[k] * c[k];
	return sum;
}

/* In-place Cholesky solution of the symmetric positive system m x = v. */
static void solve(double m[UNKNOWN_MAX][UNKNOWN_MAX], double *v, size_t n)
{
	for (size_t i = 0; i < n; i++) {
		for (size_t j = 0; j <= i; j++) {
			double sum = m[i][j];
			for (size_t k = 0; k < j; k++)
				sum -= m[i][k] * m[j][k];
			m[i][j] = i == j ? sqrt(sum) : sum / m[j][j];
		}
		for (size_t k = 0; k < i; k++)
			v[i] -= m[i][k] * v[k];
		v[i] /= m[i][i];
	}
	for (size_t i = n; i-- > 0;) {
		for (size_t k = i + 1; k < n; k++)
			v[i] -= m[k][i] * v[k];
		v[i] /= m[i][i];
	}
}

static void least_squares(const struct filter_design *d, const struct grid *g,
			  double *tap)
{
	static _Thread_local double m[UNKNOWN_MAX][UNKNOWN_MAX];
	double c[UNKNOWN_MAX];
	size_t n = d->half + 1;
	memset(m, 0, sizeof(m));
	memset(tap, 0, n * sizeof(*tap));
	for (size_t p = 0; p < g->points; p++) {
		basis(d, g->hz[p], c);
		for (size_t i = 0; i < n; i++) {
			double wc = g->weight[p] * c[i];
			tap[i] += wc * g->want[p];
			for (size_t j = 0; j <= i; j++)
				m[i][j] += wc * c[j];
		}
	}
	solve(m, tap, n);
}

/* The nearest point on the circle H(f)^2 + H(mirror)^2 = 1. */
static double complement(const struct filter_design *d, const double *tap,
			 double hz)
{
	double here = filter_design_gain(d, tap, hz);
	double mirror = d->pass_hz + d->stop_hz - hz;
	return here / hypot(here, filter_design_gain(d, tap, mirror));
}

/* Lawson's step, damped: weights follow the error, relative to its mean. */
static void reweight(const struct filter_design *d, struct grid *g,
		     const double *tap)
{
	double error[GRID_MAX + 3];
	double mean = 0;
	size_t count = 0;
	for (size_t p = 0; p < g->points; p++) {
		double hz = g->hz[p];
		double dear = hz >= d->stop_hz ? d->stop_weight : 1;
		error[p] = dear *
			   fabs(filter_design_gain(d, tap, hz) - g->want[p]);
		if (g->is_fixed[p] || in_transition(d, hz))
			continue;
		mean += error[p];
		count++;
	}
	mean /= (double)count;
	for (size_t p = 0; p < g->points; p++) {
		if (g->is_fixed[p])
			continue;
		if (in_transition(d, g->hz[p]))
			g->want[p] = complement(d, tap, g->hz[p]);
		else
			g->weight[p] *= sqrt(error[p] / mean + 0.05);
	}
}

void filter_design_run(const struct filter_design *d,
		       double tap[FILTER_HALF_MAX + 1])
{
	struct grid g;
	grid_fill(&g, d);
	least_squares(d, &g, tap);
	for (int round = 0; round < ROUNDS; round++) {
		reweight(d, &g, tap);
		least_squares(d, &g, tap);
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
		size_t from_centre = at < d->half ? d->half - at : at - d->half;
		row[i] = from_centre > d->half ? 0
					       : (float)(up * tap[from_centre]);
	}
}
