/* Any bytes as an audio file: refused and zeroed, or whole. What was read,
 * written as the plainest WAV and read again, is the same. */
#include "codecs/audio_file.h"

#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#define RATE        8000
#define WAV_HEADER  44
#define SAMPLES_MAX 100000 /* of what is read again: keeps runs quick */

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len);

static void put_u16(uint8_t *at, unsigned value)
{
	at[0] = (uint8_t)value;
	at[1] = (uint8_t)(value >> 8);
}

static void put_u32(uint8_t *at, size_t value)
{
	put_u16(at, (unsigned)(value & 0xffff));
	put_u16(at + 2, (unsigned)(value >> 16));
}

static void put_header(uint8_t *wav, size_t samples)
{
	memcpy(wav, "RIFF....WAVEfmt ", 16);
	put_u32(wav + 4, WAV_HEADER - 8 + 2 * samples);
	put_u32(wav + 16, 16);
	put_u16(wav + 20, 1);
	put_u16(wav + 22, 1);
	put_u32(wav + 24, RATE);
	put_u32(wav + 28, 2 * RATE);
	put_u16(wav + 32, 2);
	put_u16(wav + 34, 16);
	memcpy(wav + 36, "data", 4);
	put_u32(wav + 40, 2 * samples);
}

static void read_again(const struct audio *a)
{
	size_t len = WAV_HEADER + 2 * a->samples;
	uint8_t *wav = malloc(len);
	struct audio again;
	if (!wav)
		return;
	put_header(wav, a->samples);
	for (size_t i = 0; i < a->samples; i++)
		put_u16(wav + WAV_HEADER + 2 * i, (uint16_t)a->pcm[i]);
	if (audio_memory_read(&again, wav, len, RATE) != 0 ||
	    again.samples != a->samples ||
	    memcmp(again.pcm, a->pcm, 2 * a->samples) != 0)
		abort();
	audio_free(&again);
	free(wav);
}

static bool is_zeroed(const struct audio *a)
{
	return !a->pcm && a->samples == 0 && a->rate == 0;
}

static bool is_whole(const struct audio *a)
{
	return a->pcm && a->rate == RATE && a->samples > 0 &&
	       a->samples <= (size_t)AUDIO_FILE_MAX_SECONDS * RATE;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len)
{
	uint8_t *image = malloc(len ? len : 1);
	struct audio a;
	if (!image)
		return 0;
	memcpy(image, data, len);
	int err = audio_memory_read(&a, image, len, RATE);
	free(image);
	if (err ? !is_zeroed(&a) : !is_whole(&a))
		abort();
	if (a.samples > 0 && a.samples <= SAMPLES_MAX)
		read_again(&a);
	audio_free(&a);
	return 0;
}
