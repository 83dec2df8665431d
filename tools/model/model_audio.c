#include "tools/model/model_audio.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "codecs/g711.h"

static const struct {
	const char *name;
	unsigned rate;
	size_t width;
} format[] = {
	[MODEL_PCM] = { "audio/pcm", 24000, 2 },
	[MODEL_ULAW] = { "audio/pcmu", 8000, 1 },
	[MODEL_ALAW] = { "audio/pcma", 8000, 1 },
};

unsigned model_audio_rate(enum model_encoding e)
{
	return format[e].rate;
}

size_t model_audio_width(enum model_encoding e)
{
	return format[e].width;
}

size_t model_audio_bytes_per_ms(enum model_encoding e)
{
	return format[e].rate / 1000 * format[e].width;
}

uint64_t model_audio_ms(enum model_encoding e, uint64_t bytes)
{
	return bytes / model_audio_bytes_per_ms(e);
}

const char *model_audio_name(enum model_encoding e)
{
	return format[e].name;
}

json_t *model_audio_format(enum model_encoding e)
{
	if (e == MODEL_PCM)
		return json_pack("{s:s, s:i}", "type", format[e].name, "rate",
				 (int)format[e].rate);
	return json_pack("{s:s}", "type", format[e].name);
}

enum model_encoding model_audio_from_format(const json_t *object)
{
	const char *name = json_string_value(json_object_get(object, "type"));

	for (int e = MODEL_PCM; e <= MODEL_ALAW; e++)
		if (name && strcmp(name, format[e].name) == 0)
			return (enum model_encoding)e;
	return MODEL_PCM;
}

static size_t decode_linear(int16_t *pcm, const uint8_t *bytes, size_t n)
{
	for (size_t i = 0; i < n / 2; i++)
		pcm[i] = (int16_t)(bytes[2 * i] | bytes[2 * i + 1] << 8);
	return n / 2;
}

size_t model_audio_decode(enum model_encoding e, int16_t *pcm,
			  const uint8_t *bytes, size_t n)
{
	switch (e) {
	case MODEL_ULAW:
		return g711_ulaw_decode(pcm, bytes, n);
	case MODEL_ALAW:
		return g711_alaw_decode(pcm, bytes, n);
	case MODEL_PCM:
		break;
	}
	return decode_linear(pcm, bytes, n);
}

size_t model_audio_encode(enum model_encoding e, uint8_t *bytes,
			  const int16_t *pcm, size_t samples)
{
	switch (e) {
	case MODEL_ULAW:
		return g711_ulaw_encode(bytes, pcm, samples);
	case MODEL_ALAW:
		return g711_alaw_encode(bytes, pcm, samples);
	case MODEL_PCM:
		break;
	}
	for (size_t i = 0; i < samples; i++) {
		bytes[2 * i] = (uint8_t)(pcm[i] & 0xff);
		bytes[2 * i + 1] = (uint8_t)((uint16_t)pcm[i] >> 8);
	}
	return 2 * samples;
}

void model_clip_free(struct model_clip *c)
{
	free(c->bytes);
	*c = (struct model_clip){ .bytes = NULL };
}

/* Room for n more, doubling, so that a growing clip is copied seldom. */
static uint8_t *clip_grow(struct model_clip *c, size_t n)
{
	size_t room = c->room ? c->room : 256;

	while (room < c->len + n)
		room *= 2;
	if (room != c->room) {
		uint8_t *bytes = realloc(c->bytes, room);
		if (!bytes)
			return NULL;
		c->bytes = bytes;
		c->room = room;
	}
	return c->bytes + c->len;
}

int model_clip_append(struct model_clip *c, const uint8_t *bytes, size_t n)
{
	uint8_t *at = clip_grow(c, n);

	if (!at)
		return -ENOMEM;
	if (n)
		memcpy(at, bytes, n);
	c->len += n;
	return 0;
}

int model_clip_append_pcm(struct model_clip *c, enum model_encoding e,
			  const int16_t *pcm, size_t samples)
{
	uint8_t *at = clip_grow(c, samples * model_audio_width(e));

	if (!at)
		return -ENOMEM;
	c->len += model_audio_encode(e, at, pcm, samples);
	return 0;
}

void model_converter_init(struct model_converter *c, enum model_encoding from,
			  enum model_encoding to)
{
	c->from = from;
	c->to = to;
	resampler_init(&c->resampler,
		       from == MODEL_PCM ? RESAMPLE_24_TO_8 : RESAMPLE_8_TO_24);
}

/* Samples whose rate already fits go straight to the encoder. */
static int convert_samples(struct model_converter *c, struct model_clip *out,
			   const int16_t *pcm, size_t samples)
{
	if (model_audio_rate(c->from) == model_audio_rate(c->to))
		return model_clip_append_pcm(out, c->to, pcm, samples);
	size_t bound = resampler_bound(c->resampler.ratio, samples);
	int16_t *other = malloc(bound * sizeof(*other) + 1);
	if (!other)
		return -ENOMEM;
	size_t n = resampler_run(&c->resampler, other, pcm, samples);
	int err = model_clip_append_pcm(out, c->to, other, n);
	free(other);
	return err;
}

int model_converter_run(struct model_converter *c, struct model_clip *out,
			const uint8_t *bytes, size_t n)
{
	if (c->from == c->to)
		return model_clip_append(out, bytes, n);
	int16_t *pcm = malloc(n * sizeof(*pcm) + 1);
	if (!pcm)
		return -ENOMEM;
	size_t samples = model_audio_decode(c->from, pcm, bytes, n);
	int err = convert_samples(c, out, pcm, samples);
	free(pcm);
	return err;
}
