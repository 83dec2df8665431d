/* Inside the resampler: its plans, and the ways to carry one out. resample.c
 * takes the best; tests and measures take each. */
#ifndef CODECS_RESAMPLE_INNER_H
#define CODECS_RESAMPLE_INNER_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "codecs/resample.h"

/* Input samples converted at once: 20 ms at 24 kHz. */
#define RESAMPLE_BLOCK 480

struct resample_step;

/* Writes the next `made` outputs of a step. */
typedef void resample_run_fn(const struct resample_step *step, int16_t *out,
			     size_t made);

/* Up by `up` on a common grid, filter, keep every `down`th. */
struct resample_plan {
	unsigned up;
	unsigned down;
	size_t taps;   /* input samples under the filter */
	size_t delay;  /* output samples */
	size_t spread; /* input samples until an impulse has come out whole */
	const float *row;
	resample_run_fn *wide; /* where the CPU has it */
};

/* What one step works on: the samples that the filter still sees, then the
 * new ones, n in all (of the latter at most RESAMPLE_BLOCK). phase is the
 * distance from the first new one to the next output, in steps of the common
 * grid. */
struct resample_step {
	const struct resample_plan *plan;
	const int16_t *x;
	size_t n;
	unsigned phase;
};

/* One inner product per output, SpanDSP's: every CPU. */
resample_run_fn resample_run_dot;

/* Eight outputs in a register, for a CPU with AVX2 and FMA; elsewhere they may
 * not be called. Each output is the sum over its taps in one order, whatever
 * its place in a step: so a split changes nothing. wide takes any plan, the
 * others are for 8 to 24 kHz and back. */
resample_run_fn resample_run_wide;
resample_run_fn resample_run_up_thirds;
resample_run_fn resample_run_down_thirds;
bool resample_has_wide(void);

/* resample_use_wide: whether it is used where the CPU has it (the default). For
 * tests and measures: all streams of the process change over at once. */
void resample_use_wide(bool is_used);

#endif
