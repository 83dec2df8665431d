#include "codecs/audio_file.h"

#include <errno.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <sndfile.h>

#include "tools/testing/check.h"

#define RATE 8000
#define N    4000

static char folder[] = "/tmp/tandem-audio-XXXXXX";
static char path[64];

static int make_folder(void **state)
{
	(void)state;
	if (!mkdtemp(folder))
		return -1;
	snprintf(path, sizeof(path), "%s/a.wav", folder);
	return 0;
}

static int remove_folder(void **state)
{
	(void)state;
	unlink(path);
	return rmdir(folder);
}

static void fill_sine(int16_t *pcm, size_t n, double hz, double rate,
		      double peak)
{
	for (size_t i = 0; i < n; i++)
		pcm[i] = (int16_t)lrint(peak *
					sin(2 * M_PI * hz * (double)i / rate));
}

static void what_is_written_is_read_back(void **state)
{
	int16_t pcm[N];
	struct audio a;
	(void)state;
	fill_sine(pcm, N, 440, RATE, 32767);
	pcm[0] = INT16_MIN;
	pcm[1] = INT16_MAX;
	CHECK_EQ(0, audio_file_write(path, RATE, 1, pcm, N), "write");
	CHECK_EQ(0, audio_file_read(&a, path, RATE), "read");
	CHECK_EQ(N, a.samples, "every sample");
	CHECK_EQ(RATE, a.rate, "its rate");
	CHECK(memcmp(pcm, a.pcm, sizeof(pcm)) == 0, "bit for bit");
	audio_free(&a);
	CHECK(a.pcm == NULL && a.samples == 0, "free leaves nothing");
	audio_free(&a);
}

static void writing_replaces_a_longer_file(void **state)
{
	int16_t pcm[N] = { 5, 6, 7 };
	struct audio a;
	(void)state;
	CHECK_EQ(0, audio_file_write(path, RATE, 1, pcm, N), "long");
	CHECK_EQ(0, audio_file_write(path, RATE, 1, pcm, 3), "short");
	CHECK_EQ(0, audio_file_read(&a, path, RATE), "read");
	CHECK_EQ(3, a.samples, "nothing left of the long one");
	audio_free(&a);
}

static void channels_are_averaged(void **state)
{
	static const int16_t stereo[] = { 1000,  3000,  -400, -600,
					  32767, 32767, -8,   8 };
	static const int16_t mono[] = { 2000, -500, 32767, 0 };
	struct audio a;
	(void)state;
	CHECK_EQ(0, audio_file_write(path, RATE, 2, stereo, 4), "write");
	CHECK_EQ(0, audio_file_read(&a, path, RATE), "read");
	CHECK_EQ(4, a.samples, "frames, not samples");
	CHECK(memcmp(mono, a.pcm, sizeof(mono)) == 0, "the mean of each");
	audio_free(&a);
}

static void write_format(int format, int rate, int channels, const float *x,
			 sf_count_t frames)
{
	SF_INFO info = { .samplerate = rate,
			 .channels = channels,
			 .format = format };
	SNDFILE *file = sf_open(path, SFM_WRITE, &info);
	assert_non_null(file);
	CHECK_EQ(frames, sf_writef_float(file, x, frames), "test file");
	sf_close(file);
}

/* Widths differ in precision alone: mu-law's error at half scale is 1/32. */
static void widths_rates_and_kinds_are_read(void **state)
{
	static const struct {
		int format;
		int rate;
		int channels;
		int tolerance;
		const char *why;
	} row[] = {
		{ SF_FORMAT_WAV | SF_FORMAT_PCM_U8, 8000, 1, 260, "8 bits" },
		{ SF_FORMAT_WAV | SF_FORMAT_PCM_16, 8000, 1, 1, "16 bits" },
		{ SF_FORMAT_WAV | SF_FORMAT_PCM_24, 8000, 1, 1, "24 bits" },
		{ SF_FORMAT_WAV | SF_FORMAT_PCM_32, 8000, 1, 1, "32 bits" },
		{ SF_FORMAT_WAV | SF_FORMAT_FLOAT, 8000, 1, 1, "float" },
		{ SF_FORMAT_WAV | SF_FORMAT_DOUBLE, 8000, 1, 1, "double" },
		{ SF_FORMAT_WAV | SF_FORMAT_ULAW, 8000, 1, 513, "mu-law" },
		{ SF_FORMAT_WAV | SF_FORMAT_ALAW, 8000, 1, 513, "A-law" },
		{ SF_FORMAT_AIFF | SF_FORMAT_PCM_16, 8000, 1, 1, "AIFF" },
		{ SF_FORMAT_FLAC | SF_FORMAT_PCM_16, 8000, 1, 1, "FLAC" },
		{ SF_FORMAT_WAV | SF_FORMAT_PCM_16, 48000, 1, 6, "48 kHz" },
		{ SF_FORMAT_WAV | SF_FORMAT_PCM_24, 44100, 2, 6, "a CD" },
		{ SF_FORMAT_WAV | SF_FORMAT_PCM_16, 24000, 1, 6, "24 kHz" },
		{ SF_FORMAT_WAV | SF_FORMAT_PCM_16, 11025, 6, 6, "6 channels" },
	};
	static float x[6 * 48000];
	(void)state;
	for (size_t r = 0; r < ARRAY_LEN(row); r++) {
		struct audio a;
		int frames = row[r].rate / 2;
		for (int i = 0; i < frames * row[r].channels; i++) {
			int frame = i / row[r].channels;
			x[i] = (float)(0.5 * sin(2 * M_PI * 500 * frame /
						 row[r].rate));
		}
		write_format(row[r].format, row[r].rate, row[r].channels, x,
			     frames);
		CHECK_EQ(0, audio_file_read(&a, path, RATE), row[r].why);
		CHECK(a.samples >= RATE / 2 && a.samples <= RATE / 2 + 1,
		      row[r].why);
		for (size_t i = RATE / 8; i < RATE * 3 / 8; i++) {
			double want =
				16384 * sin(2 * M_PI * 500 * (double)i / RATE);
			CHECK_NEAR(want, a.pcm[i], row[r].tolerance,
				   row[r].why);
		}
		audio_free(&a);
	}
}

static void float_files_saturate_and_hold_no_nonsense(void **state)
{
	static const float x[] = { 2, -2, NAN, 0.25f, 1e30f, -1e30f, INFINITY };
	static const int16_t want[] = {
		32767, -32768, 0, 8192, 32767, -32768, 0
	};
	struct audio a;
	(void)state;
	write_format(SF_FORMAT_WAV | SF_FORMAT_FLOAT, RATE, 1, x, 7);
	CHECK_EQ(0, audio_file_read(&a, path, RATE), "read");
	for (size_t i = 0; i < 7; i++)
		CHECK_EQ(want[i], a.pcm[i], "clipped, or silence");
	audio_free(&a);
}

/* The converter's ringing at a full-scale edge goes beyond full scale. */
static void conversion_does_not_wrap(void **state)
{
	int16_t pcm[N];
	struct audio a;
	(void)state;
	for (size_t i = 0; i < N; i++)
		pcm[i] = i / 100 % 2 ? INT16_MIN : INT16_MAX;
	CHECK_EQ(0, audio_file_write(path, RATE, 1, pcm, N), "write");
	CHECK_EQ(0, audio_file_read(&a, path, 24000), "read");
	CHECK_EQ(3 * N, a.samples, "three each");
	for (size_t i = 0; i < a.samples; i++) {
		size_t from_edge = i / 3 % 100;
		if (from_edge > 4 && from_edge < 95)
			CHECK((a.pcm[i] > 0) == (i / 300 % 2 == 0), "sign");
	}
	audio_free(&a);
}

static char *slurp(size_t *len)
{
	static char image[16384];
	FILE *f = fopen(path, "rb");
	assert_non_null(f);
	*len = fread(image, 1, sizeof(image), f);
	fclose(f);
	return image;
}

static void an_image_in_memory_reads_like_its_file(void **state)
{
	int16_t pcm[N];
	struct audio a;
	size_t len;
	(void)state;
	fill_sine(pcm, N, 300, RATE, 12000);
	CHECK_EQ(0, audio_file_write(path, RATE, 1, pcm, N), "write");
	const char *image = slurp(&len);
	CHECK_EQ(44 + 2 * N, len, "a plain WAV header: 44 bytes");
	CHECK_EQ(0, audio_memory_read(&a, image, len, RATE), "read");
	CHECK(a.samples == N && memcmp(pcm, a.pcm, sizeof(pcm)) == 0,
	      "bit for bit");
	audio_free(&a);
	CHECK_EQ(0, audio_memory_read(&a, image, len - 2000, RATE),
		 "cut short: what is there");
	CHECK_EQ(N - 1000, a.samples, "1000 samples fewer");
	audio_free(&a);
}

static void what_is_no_audio_is_refused(void **state)
{
	int16_t pcm[4] = { 0 };
	struct audio a;
	size_t len;
	(void)state;
	CHECK_EQ(-ENOENT, audio_file_read(&a, "/nowhere/x.wav", RATE),
		 "no such file");
	CHECK_EQ(-EINVAL, audio_file_read(&a, "/tmp", RATE), "a folder");
	CHECK_EQ(-EINVAL, audio_file_read(&a, "/dev/zero", RATE), "a device");
	CHECK(a.pcm == NULL && a.samples == 0 && a.rate == 0, "zeroed");
	CHECK_EQ(-EINVAL, audio_memory_read(&a, "RIFF", 4, RATE), "4 bytes");
	CHECK_EQ(-EINVAL, audio_memory_read(&a, "", 0, RATE), "no bytes");
	CHECK_EQ(0, audio_file_write(path, RATE, 1, pcm, 0), "empty");
	CHECK_EQ(-EINVAL, audio_file_read(&a, path, RATE), "no frames");
	CHECK_EQ(0, audio_file_write(path, RATE, 1, pcm, 4), "four frames");
	char *image = slurp(&len);
	CHECK_EQ(-EINVAL, audio_memory_read(&a, image, len, 999),
		 "asked for 999 Hz");
	image[24] = 100;
	image[25] = 0;
	CHECK_EQ(-EINVAL, audio_memory_read(&a, image, len, RATE), "100 Hz");
	CHECK(a.pcm == NULL && a.samples == 0 && a.rate == 0, "zeroed");
}

/* At 1 kHz an hour is 7.2 MB: a second more is refused. */
static void longer_than_the_limit_is_refused(void **state)
{
	size_t limit = (size_t)AUDIO_FILE_MAX_SECONDS * 1000;
	int16_t *pcm = calloc(limit + 1, sizeof(*pcm));
	struct audio a;
	(void)state;
	assert_non_null(pcm);
	CHECK_EQ(0, audio_file_write(path, 1000, 1, pcm, limit + 1), "write");
	CHECK_EQ(-EFBIG, audio_file_read(&a, path, 1000), "one sample more");
	CHECK(a.pcm == NULL && a.samples == 0, "zeroed");
	CHECK_EQ(0, audio_file_write(path, 1000, 1, pcm, limit), "write");
	CHECK_EQ(0, audio_file_read(&a, path, 1000), "an hour is read");
	CHECK_EQ(limit, a.samples, "all of it");
	audio_free(&a);
	free(pcm);
}

static void writing_says_what_is_wrong(void **state)
{
	int16_t pcm[4] = { 0 };
	(void)state;
	CHECK_EQ(-ENOENT, audio_file_write("/nowhere/x.wav", RATE, 1, pcm, 4),
		 "no such folder");
	CHECK_EQ(-EISDIR, audio_file_write("/tmp", RATE, 1, pcm, 4), "folder");
	CHECK_EQ(-EINVAL, audio_file_write(path, RATE, 0, pcm, 4),
		 "no channels");
	CHECK_EQ(-EIO, audio_file_write("/dev/full", RATE, 1, pcm, 4),
		 "disk full");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(what_is_written_is_read_back),
		cmocka_unit_test(writing_replaces_a_longer_file),
		cmocka_unit_test(channels_are_averaged),
		cmocka_unit_test(widths_rates_and_kinds_are_read),
		cmocka_unit_test(float_files_saturate_and_hold_no_nonsense),
		cmocka_unit_test(conversion_does_not_wrap),
		cmocka_unit_test(an_image_in_memory_reads_like_its_file),
		cmocka_unit_test(what_is_no_audio_is_refused),
		cmocka_unit_test(longer_than_the_limit_is_refused),
		cmocka_unit_test(writing_says_what_is_wrong),
	};
	return cmocka_run_group_tests(tests, make_folder, remove_folder);
}
