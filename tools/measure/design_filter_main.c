/* Prints codecs/resample_taps.c: the resamplers' filters, designed afresh.
 *
 *     build/release/tools/measure/design_filter > codecs/resample_taps.c */
#include <stdio.h>

#include "codecs/resample_taps.h"
#include "tools/measure/filter_design.h"

#define TAPS_MAX      128
#define TAPS_PER_LINE 4

static void print_row(const float *row, size_t taps)
{
	for (size_t i = 0; i < taps; i++)
		printf("%s%.9ef,%s", i % TAPS_PER_LINE ? " " : "\t",
		       (double)row[i],
		       i % TAPS_PER_LINE == TAPS_PER_LINE - 1 ? "\n" : "");
}

static void print_table(const char *name, const char *size,
			const struct filter_design *d, unsigned up, size_t taps)
{
	double tap[FILTER_HALF_MAX + 1];
	float row[TAPS_MAX];
	filter_design_run(d, tap);
	printf("\n/* At %g Hz: 3 dB down at %g Hz, stopped from %g Hz. */\n",
	       d->rate_hz, d->corner_hz, d->stop_hz);
	printf("const float %s[%u * %s] = {\n", name, up, size);
	for (unsigned phase = 0; phase < up; phase++) {
		filter_design_row(d, tap, up, phase, row, taps);
		printf("\t/* phase %u */\n", phase);
		print_row(row, taps);
	}
	printf("};\n");
}

int main(void)
{
	printf("/* Printed by tools/measure/design_filter; do not edit. */\n"
	       "#include \"codecs/resample_taps.h\"\n\n"
	       "/* clang-format off */\n");
	print_table("resample_taps_8_to_24", "RESAMPLE_TAPS_8_TO_24",
		    &filter_design_narrow, 3, RESAMPLE_TAPS_8_TO_24);
	print_table("resample_taps_24_to_8", "RESAMPLE_TAPS_24_TO_8",
		    &filter_design_narrow, 1, RESAMPLE_TAPS_24_TO_8);
	print_table("resample_taps_16_to_24", "RESAMPLE_TAPS_16_TO_24",
		    &filter_design_wide, 3, RESAMPLE_TAPS_16_TO_24);
	print_table("resample_taps_24_to_16", "RESAMPLE_TAPS_24_TO_16",
		    &filter_design_wide, 2, RESAMPLE_TAPS_24_TO_16);
	return 0;
}
