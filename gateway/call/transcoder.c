#include "gateway/call/transcoder.h"

#include <assert.h>
#include <errno.h>
#include <string.h>

#include "codecs/g711.h"

#define OUT_SAMPLES_MAX (3 * (TRANSCODER_SLICE + RESAMPLE_HISTORY) + 3)

struct format {
	unsigned khz;
	unsigned bytes; /* of a sample */
	uint8_t silence;
};

static const struct format format[] = {
	[AUDIO_ULAW] = { 8, 1, G711_ULAW_SILENCE },
	[AUDIO_ALAW] = { 8, 1, G711_ALAW_SILENCE },
	[AUDIO_PCM8] = { 8, 2, 0 },
	[AUDIO_PCM16] = { 16, 2, 0 },
	[AUDIO_PCM24] = { 24, 2, 0 },
};

unsigned audio_format_bytes_per_ms(enum audio_format f)
{
	return format[f].khz * format[f].bytes;
}

uint8_t audio_format_silence(enum audio_format f)
{
	return format[f].silence;
}

static int ratio_of(unsigned from_khz, unsigned to_khz)
{
	if (from_khz == 8 && to_khz == 24)
		return RESAMPLE_8_TO_24;
	if (from_khz == 24 && to_khz == 8)
		return RESAMPLE_24_TO_8;
	if (from_khz == 16 && to_khz == 24)
		return RESAMPLE_16_TO_24;
	if (from_khz == 24 && to_khz == 16)
		return RESAMPLE_24_TO_16;
	return -ENOTSUP;
}

int transcoder_init(struct transcoder *t, enum audio_format from,
		    enum audio_format to)
{
	memset(t, 0, sizeof(*t));
	t->from = from;
	t->to = to;
	if (format[from].khz == format[to].khz)
		return 0;

	int ratio = ratio_of(format[from].khz, format[to].khz);
	if (ratio < 0)
		return ratio;
	t->resamples = true;
	resampler_init(&t->resampler, (enum resample_ratio)ratio);
	return 0;
}

static size_t decode(enum audio_format from, int16_t *pcm, const uint8_t *bytes,
		     size_t samples)
{
	if (from == AUDIO_ULAW)
		return g711_ulaw_decode(pcm, bytes, samples);
	if (from == AUDIO_ALAW)
		return g711_alaw_decode(pcm, bytes, samples);
	for (size_t i = 0; i < samples; i++)
		pcm[i] = (int16_t)(bytes[2 * i] | bytes[2 * i + 1] << 8);
	return samples;
}

static size_t encode(enum audio_format to, uint8_t *bytes, const int16_t *pcm,
		     size_t samples)
{
	if (to == AUDIO_ULAW)
		return g711_ulaw_encode(bytes, pcm, samples);
	if (to == AUDIO_ALAW)
		return g711_alaw_encode(bytes, pcm, samples);
	for (size_t i = 0; i < samples; i++) {
		bytes[2 * i] = (uint8_t)pcm[i];
		bytes[2 * i + 1] = (uint8_t)((uint16_t)pcm[i] >> 8);
	}
	return 2 * samples;
}

static void emit(struct transcoder *t, const int16_t *pcm, size_t samples,
		 transcoder_sink *sink, void *owner)
{
	uint8_t bytes[2 * OUT_SAMPLES_MAX];

	if (samples)
		sink(owner, bytes, encode(t->to, bytes, pcm, samples));
}

static void slice(struct transcoder *t, const uint8_t *bytes, size_t samples,
		  transcoder_sink *sink, void *owner)
{
	int16_t in[TRANSCODER_SLICE];
	int16_t out[OUT_SAMPLES_MAX];

	decode(t->from, in, bytes, samples);
	if (!t->resamples)
		emit(t, in, samples, sink, owner);
	else
		emit(t, out, resampler_run(&t->resampler, out, in, samples),
		     sink, owner);
}

/* A chunk may end inside a 16-bit sample: its first byte waits for the next. */
static size_t join_odd_byte(struct transcoder *t, const uint8_t *bytes,
			    size_t n, transcoder_sink *sink, void *owner)
{
	if (!t->has_odd_byte || !n)
		return 0;
	uint8_t sample[2] = { t->odd_byte, bytes[0] };
	t->has_odd_byte = false;
	slice(t, sample, 1, sink, owner);
	return 1;
}

void transcoder_run(struct transcoder *t, const uint8_t *bytes, size_t n,
		    transcoder_sink *sink, void *owner)
{
	size_t width = format[t->from].bytes;
	assert(width > 0);

	if (t->from == t->to) {
		if (n)
			sink(owner, bytes, n);
		return;
	}
	size_t at = join_odd_byte(t, bytes, n, sink, owner);
	while (n - at >= width) {
		size_t samples = (n - at) / width;
		if (samples > TRANSCODER_SLICE)
			samples = TRANSCODER_SLICE;
		slice(t, bytes + at, samples, sink, owner);
		at += samples * width;
	}
	if (at < n) {
		t->has_odd_byte = true;
		t->odd_byte = bytes[at];
	}
}

void transcoder_flush(struct transcoder *t, transcoder_sink *sink, void *owner)
{
	int16_t out[OUT_SAMPLES_MAX];

	t->has_odd_byte = false;
	if (t->resamples)
		emit(t, out, resampler_flush(&t->resampler, out), sink, owner);
}

void transcoder_reset(struct transcoder *t)
{
	t->has_odd_byte = false;
	if (t->resamples)
		resampler_init(&t->resampler, t->resampler.ratio);
}
