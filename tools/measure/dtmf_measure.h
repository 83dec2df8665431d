/* How well codecs/dtmf detects, as Q.24 would ask: every digit, at every level
 * and twist; and what it wrongly hears in speech. */
#ifndef TOOLS_MEASURE_DTMF_MEASURE_H
#define TOOLS_MEASURE_DTMF_MEASURE_H

#include <stddef.h>

#include "tools/measure/speech_files.h"

#define DTMF_ON_MS   40
#define DTMF_OFF_MS  40
#define DTMF_REPEATS 8 /* each at another phase of the detector's blocks */
#define DTMF_LEVELS  12
#define DTMF_TWISTS  5

/* tenths of dBm0 per tone, and tenths of dB */
extern const int dtmf_measure_level[DTMF_LEVELS];
extern const int dtmf_measure_twist[DTMF_TWISTS];

struct dtmf_score {
	size_t sent;
	size_t detected; /* as sent: right digit, in order, once */
	size_t wrong;    /* another digit, or one too many */
};

/* dtmf_measure: all 16 digits, DTMF_REPEATS times each, through mu-law. */
struct dtmf_score dtmf_measure(int level, int twist);

/* Digits heard in speech. */
struct dtmf_talk_off {
	size_t files;
	double seconds;
	size_t digits;
	char first[SPEECH_FILES_PATH_SIZE]; /* a file with false digits */
};

/* dtmf_measure_talk_off: add a folder's speech, at its own level and at +-10
 * dB. A folder that is absent or empty adds no files. */
void dtmf_measure_talk_off(struct dtmf_talk_off *t, const char *folder);

#endif
