#include "tools/bench/bench_audio.h"

#include <errno.h>
#include <math.h>
#include <stdlib.h>

#include "codecs/g711.h"
#include "protocols/base64.h"

#define TONE_HZ        500 /* whole periods in a frame */
#define SPEECH_LOUD    2000
#define BYTES_PER_MS   48
#define SAMPLES_PER_MS 24

static const struct {
	unsigned khz;
	unsigned bytes;
} format[BENCH_FORMATS] = {
	[BENCH_ULAW] = { 8, 1 },
	[BENCH_PCM8] = { 8, 2 },
	[BENCH_PCM16] = { 16, 2 },
	[BENCH_PCM24] = { 24, 2 },
};

unsigned bench_format_bytes_per_ms(enum bench_format f)
{
	return format[f].khz * format[f].bytes;
}

uint64_t bench_format_units(enum bench_format f, uint64_t bytes)
{
	return bytes * BENCH_UNITS_PER_MS / bench_format_bytes_per_ms(f);
}

static void write_samples(enum bench_format f, uint8_t *bytes,
			  const int16_t *pcm, size_t n)
{
	if (f == BENCH_ULAW) {
		g711_ulaw_encode(bytes, pcm, n);
		return;
	}
	for (size_t i = 0; i < n; i++) {
		bytes[2 * i] = (uint8_t)pcm[i];
		bytes[2 * i + 1] = (uint8_t)((uint16_t)pcm[i] >> 8);
	}
}

int bench_audio_make(struct bench_payload *p, enum bench_format f,
		     unsigned loudness, unsigned ms)
{
	double loud = loudness < BENCH_LOUDNESSES ? bench_loudness[loudness]
						  : SPEECH_LOUD;
	size_t n = (size_t)ms * format[f].khz;
	size_t len = (size_t)ms * bench_format_bytes_per_ms(f);
	int16_t *pcm = malloc((size_t)ms * SAMPLES_PER_MS * sizeof(*pcm));
	uint8_t *bytes = malloc((size_t)ms * BYTES_PER_MS);
	int err = -ENOMEM;

	p->ms = ms;
	p->len = BASE64_ENCODED(len);
	p->base64 = malloc(p->len);
	if (pcm && bytes && p->base64) {
		for (size_t i = 0; i < n; i++)
			pcm[i] = (int16_t)(loud *
					   sin(2 * M_PI * TONE_HZ * (double)i /
					       (format[f].khz * 1000.0)));
		write_samples(f, bytes, pcm, n);
		base64_encode(p->base64, bytes, len);
		err = 0;
	}
	free(pcm);
	free(bytes);
	return err;
}

void bench_audio_free(struct bench_payload *p)
{
	free(p->base64);
	p->base64 = NULL;
}

size_t bench_audio_samples(enum bench_format f, int16_t *pcm,
			   const uint8_t *bytes, size_t n)
{
	if (f == BENCH_ULAW)
		return g711_ulaw_decode(pcm, bytes, n);
	for (size_t i = 0; i < n / 2; i++)
		pcm[i] = (int16_t)(bytes[2 * i] | bytes[2 * i + 1] << 8);
	return n / 2;
}
