#include "codecs/audio_convert.h"

#include <errno.h>
#include <math.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#define PI 3.14159265358979323846
/* The kernel spans ZEROS zero crossings of the sinc either side, tabulated
 * STEPS to each and interpolated linearly: an error of (pi / STEPS)^2 / 8,
 * -106 dB. Kaiser's beta for 80 dB; its transition, (80 - 7.95) / (14.36 * 2 *
 * ZEROS) = 0.039 of the rate, ends at half the rate. */
#define ZEROS       64
#define STEPS       512
#define KAISER_BETA 7.857
#define CUTOFF      0.961 /* of half the lower rate: the middle of that slope */

struct audio_convert {
	uint64_t from_hz;
	uint64_t to_hz;
	double stretch; /* input samples per zero crossing */
	size_t reach;   /* input samples either side of an output */
	float *window;  /* inputs from index `first` on */
	size_t room;
	size_t filled;
	uint64_t first; /* counts `reach` zeros before the first input */
	uint64_t pushed;
	uint64_t next; /* output */
	bool is_ended;
	float kernel[ZEROS * STEPS + 2];
};

/* The modified Bessel function of order zero, by its power series. */
static double bessel_i0(double x)
{
	double term = 1;
	double sum = 1;
	for (int k = 1; term > sum * 1e-12; k++) {
		term *= (x / (2 * k)) * (x / (2 * k));
		sum += term;
	}
	return sum;
}

static void kernel_fill(struct audio_convert *c)
{
	double gain = 1 / (c->stretch * bessel_i0(KAISER_BETA));
	c->kernel[0] = (float)(gain * bessel_i0(KAISER_BETA));
	for (size_t i = 1; i < ZEROS * STEPS; i++) {
		double u = (double)i / (ZEROS * STEPS);
		double t = PI * (double)i / STEPS;
		double window = bessel_i0(KAISER_BETA * sqrt(1 - u * u));
		c->kernel[i] = (float)(gain * window * sin(t) / t);
	}
}

static bool rate_is_known(unsigned hz)
{
	return hz >= AUDIO_CONVERT_RATE_MIN && hz <= AUDIO_CONVERT_RATE_MAX;
}

/* `filled` samples are kept; make room for n more behind them. */
static int window_reserve(struct audio_convert *c, size_t n)
{
	size_t need = c->filled + n;
	if (need <= c->room)
		return 0;
	float *bigger = realloc(c->window, need * 2 * sizeof(*bigger));
	if (!bigger)
		return -ENOMEM;
	c->window = bigger;
	c->room = need * 2;
	return 0;
}

static int push_silence(struct audio_convert *c, size_t n)
{
	if (window_reserve(c, n))
		return -ENOMEM;
	memset(c->window + c->filled, 0, n * sizeof(*c->window));
	c->filled += n;
	return 0;
}

struct audio_convert *audio_convert_new(unsigned from_hz, unsigned to_hz)
{
	if (!rate_is_known(from_hz) || !rate_is_known(to_hz))
		return NULL;
	struct audio_convert *c = calloc(1, sizeof(*c));
	if (!c)
		return NULL;
	unsigned lower = from_hz < to_hz ? from_hz : to_hz;
	c->from_hz = from_hz;
	c->to_hz = to_hz;
	c->stretch = from_hz / (CUTOFF * lower);
	c->reach = (size_t)ceil(ZEROS * c->stretch);
	kernel_fill(c);
	if (push_silence(c, c->reach)) {
		audio_convert_free(c);
		return NULL;
	}
	return c;
}

void audio_convert_free(struct audio_convert *c)
{
	if (!c)
		return;
	free(c->window);
	free(c);
}

int audio_convert_push(struct audio_convert *c, const float *in, size_t n)
{
	if (window_reserve(c, n))
		return -ENOMEM;
	memcpy(c->window + c->filled, in, n * sizeof(*in));
	c->filled += n;
	c->pushed += n;
	return 0;
}

int audio_convert_end(struct audio_convert *c)
{
	c->is_ended = true;
	return push_silence(c, c->reach + 1);
}

/* x[0] is `distance` input samples before the output, x[1] one less... */
static float convolve(const struct audio_convert *c, const float *x, size_t n,
		      double distance)
{
	double sum = 0;
	double steps_per_input = STEPS / c->stretch;
	for (size_t i = 0; i < n; i++) {
		double at = fabs(distance - (double)i) * steps_per_input;
		size_t step = (size_t)at;
		if (step >= ZEROS * STEPS)
			continue;
		const float *k = &c->kernel[step];
		sum += x[i] * (k[0] + (at - (double)step) * (k[1] - k[0]));
	}
	return (float)sum;
}

/* Drop what no output needs any more. */
static void window_slide(struct audio_convert *c, uint64_t oldest)
{
	size_t gone = (size_t)(oldest - c->first);
	if (gone > c->filled)
		gone = c->filled;
	c->filled -= gone;
	memmove(c->window, c->window + gone, c->filled * sizeof(*c->window));
	c->first += gone;
}

size_t audio_convert_pull(struct audio_convert *c, float *out, size_t cap)
{
	uint64_t total = (c->pushed * c->to_hz + c->from_hz - 1) / c->from_hz;
	size_t span = 2 * c->reach + 1;
	uint64_t whole = c->next * c->from_hz / c->to_hz;
	size_t n = 0;
	for (; n < cap; n++) {
		whole = c->next * c->from_hz / c->to_hz;
		uint64_t part = c->next * c->from_hz % c->to_hz;
		if (whole + span > c->first + c->filled ||
		    (c->is_ended && c->next >= total))
			break;
		double distance =
			(double)c->reach + (double)part / (double)c->to_hz;
		out[n] = convolve(c, c->window + (whole - c->first), span,
				  distance);
		c->next++;
	}
	window_slide(c, whole);
	return n;
}
