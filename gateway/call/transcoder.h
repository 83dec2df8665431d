/* Audio from one wire format to another, as a stream: any chunk length, state
 * kept across chunks, no allocation. What comes out is whole samples. Equal
 * formats pass through untouched.
 *
 * Rates change by the filters of codecs/resample, each with a delay of 2 ms and
 * a tail of 4: one of them between 24 kHz and another rate, two between 8 and
 * 16 kHz (through 24), none at equal rates. So transcoder_run keeps pace with
 * what it is given, to the sample, and transcoder_flush adds the tails. */
#ifndef GATEWAY_CALL_TRANSCODER_H
#define GATEWAY_CALL_TRANSCODER_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "codecs/resample.h"

enum audio_format {
	AUDIO_ULAW,  /* G.711 mu-law, 8 kHz, one byte a sample */
	AUDIO_ALAW,  /* G.711 A-law, likewise */
	AUDIO_PCM8,  /* 16-bit little-endian, 8 kHz */
	AUDIO_PCM16, /* … 16 kHz */
	AUDIO_PCM24  /* … 24 kHz */
};

#define AUDIO_BYTES_PER_MS_MAX 48 /* AUDIO_PCM24 */

unsigned audio_format_bytes_per_ms(enum audio_format f);
unsigned audio_format_bytes_per_sample(enum audio_format f);
uint8_t audio_format_silence(enum audio_format f);

#define TRANSCODER_FILTERS 2
#define TRANSCODER_SLICE   800 /* samples a step takes at once */

struct transcoder {
	enum audio_format from;
	enum audio_format to;
	unsigned filters; /* 0..2, one behind the other */
	struct resampler filter[TRANSCODER_FILTERS];
	bool has_odd_byte; /* a 16-bit sample was split between chunks */
	uint8_t odd_byte;
};

/* Takes the converted bytes, a slice at a time. */
typedef void transcoder_sink(void *owner, const uint8_t *bytes, size_t n);

/* transcoder_init: start a stream between any two formats. */
void transcoder_init(struct transcoder *t, enum audio_format from,
		     enum audio_format to);

/* transcoder_run: convert the next n bytes of the stream. */
void transcoder_run(struct transcoder *t, const uint8_t *bytes, size_t n,
		    transcoder_sink *sink, void *owner);

/* transcoder_flush: give out the filters' tails and start a new stream; half a
 * sample is dropped. */
void transcoder_flush(struct transcoder *t, transcoder_sink *sink, void *owner);

/* transcoder_reset: start a new stream, dropping the tails (an interruption).
 */
void transcoder_reset(struct transcoder *t);

#endif
