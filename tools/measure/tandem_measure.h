/* Speech in tandem: what a call does to it, apart from the network. */
#ifndef TOOLS_MEASURE_TANDEM_MEASURE_H
#define TOOLS_MEASURE_TANDEM_MEASURE_H

#include "codecs/audio_file.h"

#define TANDEM_MEASURE_MIN_DB 33.0

struct tandem_quality {
	double ulaw_db;  /* mu-law once: what the telephone takes anyway */
	double there_db; /* mu-law, 8 -> 24 -> 8, mu-law */
	long lag;        /* of the second, in samples at 8 kHz; 32 is stated */
};

/* tandem_measure: segmental SNR (see audio_compare.h) of speech at 8 kHz after
 * each. Returns 0 or -ENOMEM. */
int tandem_measure(struct tandem_quality *q, const struct audio *speech);

#endif
