/* The quality of codecs/resample, measured over its real 16-bit path. The
 * bounds are what the project promises; `make codec-table` prints the figures
 * and resample_test holds them. */
#ifndef TOOLS_MEASURE_RESAMPLE_MEASURE_H
#define TOOLS_MEASURE_RESAMPLE_MEASURE_H

#include <stdbool.h>
#include <stddef.h>

#include "codecs/resample.h"

#define RESAMPLE_RIPPLE_MAX_DB 0.1
#define RESAMPLE_SPUR_MAX_DB   (-70.0)
#define RESAMPLE_SNR_MIN_DB    75.0
#define RESAMPLE_SNR_TOP_DB    120.0 /* as good as not a bit changed */
#define RESAMPLE_DELAY_MAX_MS  2.0

/* What is asked of each ratio. */
struct resample_band {
	const char *name;
	unsigned in_hz;
	unsigned out_hz;
	unsigned pass_hz; /* from 200 Hz to here */
	unsigned stop_hz; /* the first frequency that must not come through */
};

extern const struct resample_band resample_measure_band[RESAMPLE_RATIOS];

/* Highest less lowest gain over the pass band, in dB. */
double resample_measure_ripple_db(enum resample_ratio ratio);

/* The largest image or alias, in dB below the tone that causes it, over tones
 * in the pass band and tones in the stop band of the input. */
double resample_measure_spur_db(enum resample_ratio ratio);

/* The centre of symmetry of the impulse response, in output samples; 0 when it
 * is not symmetric to the bit. */
size_t resample_measure_delay(enum resample_ratio ratio);

/* A 1 kHz sine of -6 dBFS up and down again (8 -> 24 -> 8 or 16 -> 24 -> 16)
 * against itself, delayed by the two stated delays; no gain is fitted. The mean
 * of 16 starting phases. */
double resample_measure_round_trip_db(enum resample_ratio up,
				      enum resample_ratio down);

/* How many of `splits` random splits of a noisy stream, among them one sample
 * at a time, differ from the stream in one piece. */
size_t resample_measure_split_failures(enum resample_ratio ratio,
				       size_t splits);

/* The mean time of a 20 ms frame. */
double resample_measure_frame_ns(enum resample_ratio ratio);

#endif
