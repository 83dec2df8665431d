/* Comparing two recordings of the same sound: which way and how far one is
 * shifted, and how much was lost on the way. Mono, 16-bit, same rate.
 *
 * For tests and measurements, not for the media path: audio_align allocates. */
#ifndef CODECS_AUDIO_COMPARE_H
#define CODECS_AUDIO_COMPARE_H

#include <stddef.h>
#include <stdint.h>

#define AUDIO_ALIGN_MAX_LAG  (1L << 21) /* samples: 87 s at 24 kHz */
#define AUDIO_ALIGN_FAILED   INT32_MIN
#define AUDIO_SEGMENT_MS     20
#define AUDIO_SEGMENT_MIN_DB (-10.0)
#define AUDIO_SEGMENT_MAX_DB 60.0

/* audio_align: the shift of got against ref, by cross-correlation.
 *
 * Finds the lag in [-max_lag, max_lag] for which got[i + lag] explains most of
 * ref[i]: the largest squared correlation over the energy of the part of got
 * that is under ref, so neither louder passages nor short overlaps win. The
 * gain between the two does not matter, but an inverted copy does not match.
 * A positive lag means that got is late.
 *
 * max_lag  is cut to AUDIO_ALIGN_MAX_LAG
 * Returns the lag in samples; AUDIO_ALIGN_FAILED when either is empty or
 * digital silence, nothing correlates, or memory is short. */
long audio_align(const int16_t *ref, size_t ref_n, const int16_t *got,
		 size_t got_n, long max_lag);

/* audio_segmental_snr: mean signal-to-noise ratio of the active speech, in dB.
 *
 * ref and got are already aligned (see audio_align), n samples each. They are
 * cut into segments of AUDIO_SEGMENT_MS; a last partial segment is ignored. A
 * segment is active when its mean power in ref is above a threshold of 15.9 dB
 * below the mean power of all active segments (the margin of ITU-T P.56, found
 * by iteration from all segments downwards in number). In each active segment
 *
 *     snr = 10 log10(sum ref^2 / sum (ref - got)^2)
 *
 * is clamped to [AUDIO_SEGMENT_MIN_DB, AUDIO_SEGMENT_MAX_DB]; the result is
 * their mean. No gain is fitted: a level error counts as noise.
 * Returns AUDIO_SEGMENT_MIN_DB when no segment is active, so that silence never
 * passes for quality. */
double audio_segmental_snr(const int16_t *ref, const int16_t *got, size_t n,
			   unsigned rate);

#endif
