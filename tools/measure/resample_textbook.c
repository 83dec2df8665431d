#include "tools/measure/resample_textbook.h"

#include <math.h>
#include <stdbool.h>
#include <stdint.h>

#include "tools/measure/resample_measure.h"

#define OVERLOAD_IN 960

void resample_textbook_init(struct resample_textbook *t,
			    enum resample_ratio ratio)
{
	const struct resample_band *band = &resample_measure_band[ratio];
	bool is_narrow = band->in_hz == 8000 || band->out_hz == 8000;
	t->design = is_narrow ? &filter_design_narrow : &filter_design_wide;
	t->up = (size_t)t->design->rate_hz / band->in_hz;
	t->down = (size_t)t->design->rate_hz / band->out_hz;
	filter_design_run(t->design, t->tap);
}

double resample_textbook_output(const struct resample_textbook *t,
				const int16_t *in, size_t n, size_t index)
{
	size_t at = index * t->down;
	size_t half = t->design->half;
	double sum = 0;
	for (size_t i = 0; i < n && i * t->up <= at; i++) {
		size_t k = at - i * t->up;
		size_t off = k < half ? half - k : k - half;
		if (off <= half)
			sum += in[i] * t->tap[off] * (double)t->up;
	}
	return fmin(fmax(sum, INT16_MIN), INT16_MAX);
}

static bool follows_textbook(enum resample_ratio ratio,
			     const struct resample_textbook *t,
			     const int16_t *in)
{
	int16_t out[3 * OVERLOAD_IN];
	struct resampler r;
	resampler_init(&r, ratio);
	size_t n = resampler_run(&r, out, in, OVERLOAD_IN);
	for (size_t i = 0; i < n; i++)
		if (fabs(out[i] -
			 resample_textbook_output(t, in, OVERLOAD_IN, i)) > 1)
			return false;
	return true;
}

enum shape { SILENCE, DC, SINE, PEAKS, NOISE, SQUARE };

static const struct overload {
	enum shape shape;
	unsigned half_period; /* of a square wave, in samples */
} overloads[] = {
	{ SILENCE, 0 }, { DC, 0 },     { SINE, 0 },    { PEAKS, 0 },
	{ NOISE, 0 },   { SQUARE, 1 }, { SQUARE, 2 },  { SQUARE, 3 },
	{ SQUARE, 4 },  { SQUARE, 7 }, { SQUARE, 20 }, { SQUARE, 100 },
};

/* All at full scale; noise of one bit, the loudest there is. */
static int16_t overload_sample(const struct overload *o, size_t i)
{
	uint32_t hash = (uint32_t)i * 2654435761u;
	switch (o->shape) {
	case SILENCE:
		return 0;
	case DC:
		return i < OVERLOAD_IN / 2 ? INT16_MAX : INT16_MIN;
	case SINE:
		return (int16_t)lrint(INT16_MAX * sin(0.37 * (double)i));
	case PEAKS:
		return i % 97 == 0 ? INT16_MIN : 0;
	case NOISE:
		return (hash ^ hash >> 15) & 0x100 ? INT16_MAX : INT16_MIN;
	case SQUARE:
		return i / o->half_period % 2 ? INT16_MAX : INT16_MIN;
	}
	return 0;
}

size_t resample_textbook_overload_cases(void)
{
	return sizeof(overloads) / sizeof(overloads[0]);
}

size_t resample_textbook_overload_failures(enum resample_ratio ratio)
{
	struct resample_textbook textbook;
	size_t failures = 0;
	resample_textbook_init(&textbook, ratio);
	for (size_t c = 0; c < resample_textbook_overload_cases(); c++) {
		int16_t in[OVERLOAD_IN];
		for (size_t i = 0; i < OVERLOAD_IN; i++)
			in[i] = overload_sample(&overloads[c], i);
		if (!follows_textbook(ratio, &textbook, in))
			failures++;
	}
	return failures;
}
