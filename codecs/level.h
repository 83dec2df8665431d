/* Signal level. 0 dBm0 is 3.14 dB below a full-scale sine (G.711 mu-law), so a
 * full-scale sine is +3.14 dBm0 and full-scale DC or square +6.15 dBm0. */
#ifndef CODECS_LEVEL_H
#define CODECS_LEVEL_H

#include <stddef.h>
#include <stdint.h>

#define LEVEL_SILENCE_DBM0 (-100.0f) /* returned for no signal at all */

/* level_dbm0: mean power of n samples; LEVEL_SILENCE_DBM0 for n == 0 or
 * digital silence. */
float level_dbm0(const int16_t *pcm, size_t n);

/* level_peak: the largest magnitude, 0..32768. */
int level_peak(const int16_t *pcm, size_t n);

/* A running meter (SpanDSP's power meter), about 2^shift samples of memory. */
struct level_meter {
	int shift;
	int32_t reading;
};

void level_meter_init(struct level_meter *m, int shift);

/* level_meter_update: take n samples, return the level in dBm0 after them. */
float level_meter_update(struct level_meter *m, const int16_t *pcm, size_t n);

#endif
