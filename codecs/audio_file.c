#include "codecs/audio_file.h"

#include <errno.h>
#include <fcntl.h>
#include <math.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include <sndfile.h>

#include "codecs/audio_convert.h"

#define READ_FRAMES  1024
#define PULL_SAMPLES 4096
#define FIRST_ROOM   16384

/* The recording as it grows: capacity follows what was really decoded, never
 * what a header claims. */
struct sink {
	struct audio *audio;
	size_t room;
	size_t limit;
};

static int sink_reserve(struct sink *s, size_t n)
{
	size_t need = s->audio->samples + n;
	if (need > s->limit)
		return -EFBIG;
	if (need <= s->room)
		return 0;
	size_t room = s->room ? s->room * 2 : FIRST_ROOM;
	while (room < need)
		room *= 2;
	int16_t *bigger = realloc(s->audio->pcm, room * sizeof(*bigger));
	if (!bigger)
		return -ENOMEM;
	s->audio->pcm = bigger;
	s->room = room;
	return 0;
}

/* Full scale is 1; what is not a number is silence. */
static int16_t to_sample(float x)
{
	float scaled = x * 32768;
	if (scaled >= INT16_MAX)
		return INT16_MAX;
	if (scaled <= INT16_MIN)
		return INT16_MIN;
	return isnan(scaled) ? 0 : (int16_t)lrintf(scaled);
}

static int sink_write(struct sink *s, const float *x, size_t n)
{
	int err = sink_reserve(s, n);
	if (err)
		return err;
	int16_t *end = s->audio->pcm + s->audio->samples;
	for (size_t i = 0; i < n; i++)
		end[i] = to_sample(x[i]);
	s->audio->samples += n;
	return 0;
}

/* In place: the mean of each frame's channels. Infinities and what is not a
 * number would spread over the whole filter, so they become silence here. */
static void mix_down(float *x, size_t frames, unsigned channels)
{
	for (size_t f = 0; f < frames; f++) {
		float sum = 0;
		for (unsigned c = 0; c < channels; c++)
			sum += x[f * channels + c];
		x[f] = isfinite(sum) ? sum / (float)channels : 0;
	}
}

static int drain(struct audio_convert *c, struct sink *s)
{
	float out[PULL_SAMPLES];
	size_t n;
	int err = 0;
	while (!err && (n = audio_convert_pull(c, out, PULL_SAMPLES)) > 0)
		err = sink_write(s, out, n);
	return err;
}

static int take(struct audio_convert *c, struct sink *s, const float *x,
		size_t n)
{
	if (!c)
		return sink_write(s, x, n);
	int err = audio_convert_push(c, x, n);
	return err ? err : drain(c, s);
}

static int take_end(struct audio_convert *c, struct sink *s)
{
	if (!c)
		return 0;
	int err = audio_convert_end(c);
	return err ? err : drain(c, s);
}

static int read_frames(SNDFILE *file, unsigned channels,
		       struct audio_convert *c, struct sink *s)
{
	float *x = malloc(READ_FRAMES * channels * sizeof(*x));
	if (!x)
		return -ENOMEM;
	int err = 0;
	sf_count_t n;
	while (!err && (n = sf_readf_float(file, x, READ_FRAMES)) > 0) {
		mix_down(x, (size_t)n, channels);
		err = take(c, s, x, (size_t)n);
	}
	free(x);
	return err ? err : take_end(c, s);
}

static int read_all(struct audio *a, SNDFILE *file, const SF_INFO *info)
{
	struct sink s = { a, 0, (size_t)AUDIO_FILE_MAX_SECONDS * a->rate };
	struct audio_convert *c = NULL;
	unsigned rate = (unsigned)info->samplerate;
	if (rate != a->rate) {
		c = audio_convert_new(rate, a->rate);
		if (!c)
			return -ENOMEM;
	}
	int err = read_frames(file, (unsigned)info->channels, c, &s);
	audio_convert_free(c);
	return err;
}

static bool rate_is_known(long rate)
{
	return rate >= AUDIO_CONVERT_RATE_MIN && rate <= AUDIO_CONVERT_RATE_MAX;
}

/* Takes file over. */
static int read_and_close(struct audio *a, SNDFILE *file, const SF_INFO *info,
			  unsigned rate)
{
	if (!file)
		return -EINVAL;
	int err = -EINVAL;
	a->rate = rate;
	if (rate_is_known(rate) && rate_is_known(info->samplerate) &&
	    info->channels > 0)
		err = read_all(a, file, info);
	sf_close(file);
	if (!err && a->samples == 0)
		err = -EINVAL;
	if (err)
		audio_free(a);
	return err;
}

/* Anything but a file could keep us waiting for ever. */
static int open_regular(const char *path)
{
	int fd = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK);
	if (fd < 0)
		return -errno;
	struct stat st;
	if (fstat(fd, &st) < 0 || !S_ISREG(st.st_mode)) {
		close(fd);
		return -EINVAL;
	}
	return fd;
}

int audio_file_read(struct audio *a, const char *path, unsigned rate)
{
	*a = (struct audio){ 0 };
	SF_INFO info = { 0 };
	int fd = open_regular(path);
	if (fd < 0)
		return fd;
	SNDFILE *file = sf_open_fd(fd, SFM_READ, &info, SF_FALSE);
	int err = read_and_close(a, file, &info, rate);
	close(fd);
	return err;
}

struct image {
	const unsigned char *bytes;
	sf_count_t len;
	sf_count_t at;
};

static sf_count_t image_length(void *user)
{
	const struct image *m = user;
	return m->len;
}

static sf_count_t image_seek(sf_count_t offset, int whence, void *user)
{
	struct image *m = user;
	sf_count_t base = whence == SEEK_CUR   ? m->at
			  : whence == SEEK_END ? m->len
					       : 0;
	if (offset < -base || offset > m->len - base)
		return -1;
	m->at = base + offset;
	return m->at;
}

static sf_count_t image_read(void *out, sf_count_t n, void *user)
{
	struct image *m = user;
	sf_count_t left = m->len - m->at;
	n = n < left ? n : left;
	if (n <= 0)
		return 0;
	memcpy(out, m->bytes + m->at, (size_t)n);
	m->at += n;
	return n;
}

static sf_count_t image_write(const void *in, sf_count_t n, void *user)
{
	(void)in;
	(void)n;
	(void)user;
	return 0;
}

static sf_count_t image_tell(void *user)
{
	const struct image *m = user;
	return m->at;
}

int audio_memory_read(struct audio *a, const void *image, size_t len,
		      unsigned rate)
{
	*a = (struct audio){ 0 };
	SF_INFO info = { 0 };
	SF_VIRTUAL_IO io = { image_length, image_seek, image_read, image_write,
			     image_tell };
	struct image m = { image, (sf_count_t)len, 0 };
	SNDFILE *file = sf_open_virtual(&io, SFM_READ, &info, &m);
	return read_and_close(a, file, &info, rate);
}

void audio_free(struct audio *a)
{
	free(a->pcm);
	*a = (struct audio){ 0 };
}

static int write_frames(int fd, unsigned rate, unsigned channels,
			const int16_t *pcm, size_t frames)
{
	SF_INFO info = {
		.samplerate = (int)rate,
		.channels = (int)channels,
		.format = SF_FORMAT_WAV | SF_FORMAT_PCM_16,
	};
	if (!sf_format_check(&info))
		return -EINVAL;
	SNDFILE *file = sf_open_fd(fd, SFM_WRITE, &info, SF_FALSE);
	if (!file)
		return -EIO;
	sf_count_t n = sf_writef_short(file, pcm, (sf_count_t)frames);
	int err = sf_close(file);
	return err || n != (sf_count_t)frames ? -EIO : 0;
}

int audio_file_write(const char *path, unsigned rate, unsigned channels,
		     const int16_t *pcm, size_t frames)
{
	int fd = open(path, O_RDWR | O_CREAT | O_TRUNC | O_CLOEXEC, 0644);
	if (fd < 0)
		return -errno;
	int err = write_frames(fd, rate, channels, pcm, frames);
	if (close(fd) < 0 && !err)
		err = -errno;
	return err;
}
