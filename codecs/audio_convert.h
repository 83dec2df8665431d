/* Off-line conversion between any two sample rates, by a windowed sinc: for
 * files, not for the media path (see resample.h for that).
 *
 * 128 taps at the lower of the two rates under a Kaiser window: flat within
 * 0.01 dB to 0.92 of the lower half rate, below -75 dB from that half rate on.
 * No delay: sample 0 of the input is at sample 0 of the output. Samples are
 * float, full scale 1; nothing saturates here. */
#ifndef CODECS_AUDIO_CONVERT_H
#define CODECS_AUDIO_CONVERT_H

#include <stddef.h>
#include <stdint.h>

#define AUDIO_CONVERT_RATE_MIN 1000 /* Hz, both ends */
#define AUDIO_CONVERT_RATE_MAX 768000

struct audio_convert;

/* audio_convert_new: NULL when out of memory or a rate is out of range. Free
 * with audio_convert_free. */
struct audio_convert *audio_convert_new(unsigned from_hz, unsigned to_hz);
void audio_convert_free(struct audio_convert *c);

/* audio_convert_push: take the next n input samples, any n.
 * Returns 0 or -ENOMEM. */
int audio_convert_push(struct audio_convert *c, const float *in, size_t n);

/* audio_convert_end: no more input: what is still due can be pulled.
 * Returns 0 or -ENOMEM. */
int audio_convert_end(struct audio_convert *c);

/* audio_convert_pull: the output samples that are ready, at most cap.
 * In all, n inputs give n * to_hz / from_hz outputs, rounded up. */
size_t audio_convert_pull(struct audio_convert *c, float *out, size_t cap);

#endif
