/* The audio both ends send, made once: what it costs to carry does not depend
 * on what is said. */
#ifndef TOOLS_BENCH_BENCH_AUDIO_H
#define TOOLS_BENCH_BENCH_AUDIO_H

#include <stddef.h>
#include <stdint.h>

#include "tools/bench/bench_message.h"
#include "tools/bench/bench_number.h"

/* Lengths of audio are counted in units that every format divides evenly: the
 * bytes it would have as PCM16 at 24 kHz. */
#define BENCH_UNITS_PER_MS 48u
#define BENCH_FRAME_MS     20u
#define BENCH_UNIT_NS(u)   ((uint64_t)(u)*1000000u / BENCH_UNITS_PER_MS)

enum bench_format {
	BENCH_ULAW,
	BENCH_PCM8,
	BENCH_PCM16,
	BENCH_PCM24,
	BENCH_FORMATS
};

unsigned bench_format_bytes_per_ms(enum bench_format f);

/* bench_format_units: of so many bytes. */
uint64_t bench_format_units(enum bench_format f, uint64_t bytes);

/* What a caller says: a frame of each loudness, and speech. */
#define BENCH_SPEECH BENCH_LOUDNESSES

/* bench_audio_make: ms of a tone as base64, to be freed by bench_audio_free.
 * loudness may be BENCH_SPEECH. Returns 0 or -ENOMEM. */
int bench_audio_make(struct bench_payload *p, enum bench_format f,
		     unsigned loudness, unsigned ms);
void bench_audio_free(struct bench_payload *p);

/* bench_audio_samples: bytes of a format as samples; room for one a byte.
 * Returns how many. */
size_t bench_audio_samples(enum bench_format f, int16_t *pcm,
			   const uint8_t *bytes, size_t n);

#endif
