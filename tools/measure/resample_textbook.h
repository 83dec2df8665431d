/* The resamplers by the textbook: the designed filter in double precision,
 * output by output. Slow, and what the fast path is held against. */
#ifndef TOOLS_MEASURE_RESAMPLE_TEXTBOOK_H
#define TOOLS_MEASURE_RESAMPLE_TEXTBOOK_H

#include <stddef.h>
#include <stdint.h>

#include "codecs/resample.h"
#include "tools/measure/filter_design.h"

struct resample_textbook {
	const struct filter_design *design;
	double tap[FILTER_HALF_MAX + 1];
	size_t up;
	size_t down;
};

void resample_textbook_init(struct resample_textbook *t,
			    enum resample_ratio ratio);

/* resample_textbook_output: sample `index` of the output for n inputs: zero-
 * stuffed, convolved, every `down`th kept, saturated to 16 bits, not rounded.
 */
double resample_textbook_output(const struct resample_textbook *t,
				const int16_t *in, size_t n, size_t index);

/* How many overload cases there are (DC, square waves, sines, peaks and noise
 * at full scale, silence), and how many come out more than one off the
 * textbook somewhere: a wrap is off by 65535. */
size_t resample_textbook_overload_cases(void);
size_t resample_textbook_overload_failures(enum resample_ratio ratio);

#endif
