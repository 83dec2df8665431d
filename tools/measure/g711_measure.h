/* What G.711 costs: code words that do not survive a tandem, and the noise of
 * quantization over level, as ITU-T G.712 plots it. */
#ifndef TOOLS_MEASURE_G711_MEASURE_H
#define TOOLS_MEASURE_G711_MEASURE_H

#include <stddef.h>

enum g711_law { G711_MEASURE_ULAW, G711_MEASURE_ALAW, G711_MEASURE_LAWS };

/* Code words, of 256, that decode and encode to another one. Mu-law's negative
 * zero, which becomes positive zero, is the only one allowed. */
size_t g711_measure_changed(enum g711_law law);

/* ITU-T G.712, total distortion of a sine (method 2): what a channel keeps. */
#define G711_MEASURE_LEVELS 5

struct g711_mask {
	double level_dbm0;
	double least_db;
};

extern const struct g711_mask g711_measure_mask[G711_MEASURE_LEVELS];

/* Signal to total distortion of a 1020 Hz sine at a level, in dB. */
double g711_measure_sine_db(enum g711_law law, double level_dbm0);

#endif
