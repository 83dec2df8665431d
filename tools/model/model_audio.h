/* The three audio formats of a session: sizes, durations, conversion.
 *
 * Source: OpenAI Realtime, "Audio formats": signed 16-bit little-endian mono
 * at 24 kHz, G.711 mu-law and A-law at 8 kHz, no container. */
#ifndef TOOLS_MODEL_MODEL_AUDIO_H
#define TOOLS_MODEL_MODEL_AUDIO_H

#include <stddef.h>
#include <stdint.h>

#include <jansson.h>

#include "codecs/resample.h"

enum model_encoding { MODEL_PCM, MODEL_ULAW, MODEL_ALAW };

unsigned model_audio_rate(enum model_encoding e);       /* Hz */
size_t model_audio_width(enum model_encoding e);        /* bytes a sample */
size_t model_audio_bytes_per_ms(enum model_encoding e); /* 48 or 8 */
uint64_t model_audio_ms(enum model_encoding e, uint64_t bytes);
const char *model_audio_name(enum model_encoding e); /* "audio/pcm" */

/* model_audio_format: the format object as a session shows it. New reference.
 * model_audio_from_format: back again; the object has been validated. */
json_t *model_audio_format(enum model_encoding e);
enum model_encoding model_audio_from_format(const json_t *format);

/* model_audio_decode: n bytes (whole samples) to linear samples; returns how
 * many. model_audio_encode: samples to bytes; returns how many bytes. */
size_t model_audio_decode(enum model_encoding e, int16_t *pcm,
			  const uint8_t *bytes, size_t n);
size_t model_audio_encode(enum model_encoding e, uint8_t *bytes,
			  const int16_t *pcm, size_t samples);

/* Audio that somebody owns; model_clip_free gives it back. */
struct model_clip {
	uint8_t *bytes;
	size_t len, room;
};

void model_clip_free(struct model_clip *c);
/* model_clip_append: returns 0 or -ENOMEM with the clip unchanged. */
int model_clip_append(struct model_clip *c, const uint8_t *bytes, size_t n);
int model_clip_append_pcm(struct model_clip *c, enum model_encoding e,
			  const int16_t *pcm, size_t samples);

/* A stream from one format to another, state kept across chunks. Between
 * equal formats every byte passes unchanged. */
struct model_converter {
	enum model_encoding from, to;
	struct resampler resampler;
};

void model_converter_init(struct model_converter *c, enum model_encoding from,
			  enum model_encoding to);
/* model_converter_run: append the converted chunk to out. 0 or -ENOMEM. */
int model_converter_run(struct model_converter *c, struct model_clip *out,
			const uint8_t *bytes, size_t n);

#endif
