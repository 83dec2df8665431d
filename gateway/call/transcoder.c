#include "gateway/call/transcoder.h"

#include <assert.h>
#include <string.h>

#include "codecs/g711.h"

/* A filter at most triples; two in a row first triple, then shrink. A flush
 * runs the first one's tail through the second and adds that one's own. */
#define OUT_SAMPLES_MAX (3 * (TRANSCODER_SLICE + RESAMPLE_HISTORY) + 3)

/* Then samples are on the wire as they are in memory. */
#define IS_LITTLE_ENDIAN (__BYTE_ORDER__ == __ORDER_LITTLE_ENDIAN__)

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

unsigned audio_format_bytes_per_sample(enum audio_format f)
{
	return format[f].bytes;
}

uint8_t audio_format_silence(enum audio_format f)
{
	return format[f].silence;
}

/* Every rate has a filter up to 24 kHz and one down from there. */
static void add_filter(struct transcoder *t, enum resample_ratio ratio)
{
	resampler_init(&t->filter[t->filters++], ratio);
}

void transcoder_init(struct transcoder *t, enum audio_format from,
		     enum audio_format to)
{
	unsigned from_khz = format[from].khz;
	unsigned to_khz = format[to].khz;

	memset(t, 0, sizeof(*t));
	t->from = from;
	t->to = to;
	if (from_khz == to_khz)
		return;
	if (from_khz != 24)
		add_filter(t, from_khz == 8 ? RESAMPLE_8_TO_24
					    : RESAMPLE_16_TO_24);
	if (to_khz != 24)
		add_filter(t,
			   to_khz == 8 ? RESAMPLE_24_TO_8 : RESAMPLE_24_TO_16);
}

static size_t decode(enum audio_format from, int16_t *pcm, const uint8_t *bytes,
		     size_t samples)
{
	if (from == AUDIO_ULAW)
		return g711_ulaw_decode(pcm, bytes, samples);
	if (from == AUDIO_ALAW)
		return g711_alaw_decode(pcm, bytes, samples);
	if (IS_LITTLE_ENDIAN)
		memcpy(pcm, bytes, 2 * samples);
	for (size_t i = 0; !IS_LITTLE_ENDIAN && i < samples; i++)
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
	if (IS_LITTLE_ENDIAN)
		memcpy(bytes, pcm, 2 * samples);
	for (size_t i = 0; !IS_LITTLE_ENDIAN && i < samples; i++) {
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

/* Through the filters from the given one on. */
static void filter_on(struct transcoder *t, unsigned from, const int16_t *pcm,
		      size_t samples, transcoder_sink *sink, void *owner)
{
	int16_t out[TRANSCODER_FILTERS][OUT_SAMPLES_MAX];

	for (unsigned i = from; i < t->filters; i++) {
		samples = resampler_run(&t->filter[i], out[i], pcm, samples);
		pcm = out[i];
	}
	emit(t, pcm, samples, sink, owner);
}

static void slice(struct transcoder *t, const uint8_t *bytes, size_t samples,
		  transcoder_sink *sink, void *owner)
{
	int16_t pcm[TRANSCODER_SLICE];

	if (t->from == t->to) {
		sink(owner, bytes, samples * format[t->from].bytes);
		return;
	}
	decode(t->from, pcm, bytes, samples);
	filter_on(t, 0, pcm, samples, sink, owner);
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

	size_t at = join_odd_byte(t, bytes, n, sink, owner);
	while (n - at >= width) {
		size_t samples = (n - at) / width;
		if (samples > TRANSCODER_SLICE && t->from != t->to)
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
	int16_t tail[OUT_SAMPLES_MAX];

	t->has_odd_byte = false;
	for (unsigned i = 0; i < t->filters; i++) {
		size_t samples = resampler_flush(&t->filter[i], tail);
		filter_on(t, i + 1, tail, samples, sink, owner);
	}
}

void transcoder_reset(struct transcoder *t)
{
	t->has_odd_byte = false;
	for (unsigned i = 0; i < t->filters; i++)
		resampler_init(&t->filter[i], t->filter[i].ratio);
}
