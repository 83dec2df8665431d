/* Audio files, by libsndfile: prompts, recordings and test audio.
 *
 * Not for the media path: reading allocates and touches the disk. */
#ifndef CODECS_AUDIO_FILE_H
#define CODECS_AUDIO_FILE_H

#include <stddef.h>
#include <stdint.h>

#define AUDIO_FILE_MAX_SECONDS 3600 /* longer files are refused: -EFBIG */

/* A whole mono recording in memory. Free pcm with free(). */
struct audio {
	int16_t *pcm;
	size_t samples;
	unsigned rate; /* Hz */
};

/* audio_file_read: read a file of any rate (1..768 kHz), width and channel
 * count as mono 16-bit at `rate` Hz. Channels are averaged; other rates are
 * converted by audio_convert, which neither wraps nor aliases above -70 dB;
 * a mono 16-bit file of the same rate is read bit for bit.
 *
 * Files of more than AUDIO_FILE_MAX_SECONDS are refused.
 * Returns 0; -ENOENT/-EACCES/... as open(2); -EINVAL not an audio file
 * libsndfile knows, or empty; -EFBIG too long; -ENOMEM. On error *a is zeroed.
 */
int audio_file_read(struct audio *a, const char *path, unsigned rate);

/* audio_memory_read: the same for a file image in memory (bundled prompts). */
int audio_memory_read(struct audio *a, const void *image, size_t len,
		      unsigned rate);

void audio_free(struct audio *a);

/* audio_file_write: write `frames` frames of interleaved 16-bit samples as a
 * WAV file, replacing what was there.
 *
 * Returns 0; -EINVAL for a rate or channel count WAV does not have; -EIO for a
 * short write; else as open(2). */
int audio_file_write(const char *path, unsigned rate, unsigned channels,
		     const int16_t *pcm, size_t frames);

#endif
