/* DTMF, both ways, by SpanDSP. 8 kHz, 16-bit mono.
 *
 * Source: ITU-T Q.23 (frequencies), Q.24 (receiver), levels in dBm0 with
 * 0 dBm0 = 3.14 dB below a full-scale mu-law sine. */
#ifndef CODECS_DTMF_H
#define CODECS_DTMF_H

#include <stddef.h>
#include <stdint.h>

#define DTMF_DIGITS "0123456789ABCD*#"

struct dtmf_detector;

/* dtmf_detector_new: NULL when out of memory. Free with dtmf_detector_free. */
struct dtmf_detector *dtmf_detector_new(void);
void dtmf_detector_free(struct dtmf_detector *d);

/* dtmf_detect: examine the next n samples of a stream.
 *
 * digits  room for cap characters; the digits that began in these samples are
 *         written in order, not NUL-terminated
 * Returns how many were written (never more than cap; what does not fit stays
 * for the next call, up to 128 digits; later ones are then lost).
 *
 * A digit is reported once, however long it lasts, some 26 ms after it began.
 * Detected: -3..-25 dBm0 per tone, twist within 6 dB, 40 ms on and 40 ms off.
 * Not detected: 23 ms or less, below -40 dBm0, a single tone. */
size_t dtmf_detect(struct dtmf_detector *d, const int16_t *pcm, size_t n,
		   char *digits, size_t cap);

/* dtmf_generate: one digit as a tone followed by silence.
 *
 * pcm       room for (on_ms + off_ms) * 8 samples
 * digit     one of DTMF_DIGITS
 * level     of each of the two tones, in tenths of dBm0 (-100 = -10 dBm0)
 * twist     high group minus low group, tenths of dB, split evenly around level
 * Returns the samples written, or 0 for an unknown digit. */
size_t dtmf_generate(int16_t *pcm, char digit, int level, int twist,
		     unsigned on_ms, unsigned off_ms);

#endif
