#include "tools/model/model_voice.h"

#include <errno.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "codecs/audio_file.h"
#include "tools/model/model_voice_data.h"

#define KEPT_MAX     64
#define DIGIT_GAP_MS 60
#define TONE_MAX_MS  600000u
#define TONE_FADE_MS 5
/* -16 dBm0: a full-scale sine is +3.14 dBm0. */
#define TONE_PEAK (32767.0 * 0.1104)
#define TWO_PI    6.283185307179586

struct kept {
	char name[512];
	struct audio audio;
};

struct model_voice {
	struct kept kept[KEPT_MAX];
	size_t count;
	size_t next; /* the oldest, replaced when all are taken */
};

struct model_voice *model_voice_new(void)
{
	return calloc(1, sizeof(struct model_voice));
}

void model_voice_free(struct model_voice *v)
{
	if (!v)
		return;
	for (size_t i = 0; i < v->count; i++)
		audio_free(&v->kept[i].audio);
	free(v);
}

static const struct model_voice_data *find_bundled(const char *name)
{
	const struct model_voice_data *d = model_voice_data;

	while (d->name && strcmp(d->name, name) != 0)
		d++;
	return d->name ? d : NULL;
}

const char *model_voice_words(const char *sound)
{
	const struct model_voice_data *d = find_bundled(sound);

	return d ? d->words : NULL;
}

const char *model_voice_digit(char digit)
{
	static const char *const name[] = { "digit-0", "digit-1", "digit-2",
					    "digit-3", "digit-4", "digit-5",
					    "digit-6", "digit-7", "digit-8",
					    "digit-9" };

	if (digit >= '0' && digit <= '9')
		return name[digit - '0'];
	if (digit == '*')
		return "digit-star";
	return digit == '#' ? "digit-pound" : NULL;
}

static int read_sound(struct audio *audio, const char *sound,
		      const char *directory, unsigned rate)
{
	const struct model_voice_data *d = find_bundled(sound);
	char path[1024];

	if (d)
		return audio_memory_read(audio, d->image,
					 (size_t)(d->end - d->image), rate);
	snprintf(path, sizeof(path), "%s%s%s", sound[0] == '/' ? "" : directory,
		 sound[0] == '/' ? "" : "/", sound);
	return audio_file_read(audio, path, rate);
}

static struct kept *find_kept(struct model_voice *v, const char *sound,
			      unsigned rate)
{
	for (size_t i = 0; i < v->count; i++)
		if (v->kept[i].audio.rate == rate &&
		    strcmp(v->kept[i].name, sound) == 0)
			return &v->kept[i];
	return NULL;
}

static struct kept *keep(struct model_voice *v, const char *sound,
			 const struct audio *audio)
{
	struct kept *k = &v->kept[v->next];

	v->next = (v->next + 1) % KEPT_MAX;
	if (v->count < KEPT_MAX)
		v->count++;
	else
		audio_free(&k->audio);
	snprintf(k->name, sizeof(k->name), "%s", sound);
	k->audio = *audio;
	return k;
}

static int say_recording(struct model_voice *v, struct model_clip *clip,
			 enum model_encoding e, const char *sound,
			 const char *directory)
{
	unsigned rate = model_audio_rate(e);
	struct kept *k = find_kept(v, sound, rate);

	if (!k) {
		struct audio audio;
		int err = read_sound(&audio, sound, directory, rate);
		if (err)
			return err;
		k = keep(v, sound, &audio);
	}
	return model_clip_append_pcm(clip, e, k->audio.pcm, k->audio.samples);
}

/* A tone that begins and ends softly, so that its edges do not click. */
static int say_tone(struct model_clip *clip, enum model_encoding e, double hz,
		    unsigned ms)
{
	unsigned rate = model_audio_rate(e);
	size_t n = (size_t)rate / 1000 * ms;
	double fade = rate / 1000.0 * TONE_FADE_MS;
	int16_t *pcm = malloc(n * sizeof(*pcm) + 1);

	if (!pcm)
		return -ENOMEM;
	for (size_t i = 0; i < n; i++) {
		double edge = (double)(i < n - i ? i : n - i) / fade;
		double peak = TONE_PEAK * (edge < 1 ? edge : 1);
		pcm[i] = (int16_t)lrint(peak *
					sin(TWO_PI * hz * (double)i / rate));
	}
	int err = model_clip_append_pcm(clip, e, pcm, n);
	free(pcm);
	return err;
}

static int say_digits(struct model_voice *v, struct model_clip *clip,
		      enum model_encoding e, const char *digits)
{
	for (; *digits; digits++) {
		const char *name = model_voice_digit(*digits);

		if (!name)
			return -EINVAL;
		int err = say_recording(v, clip, e, name, "");
		if (!err)
			err = say_tone(clip, e, 0, DIGIT_GAP_MS);
		if (err)
			return err;
	}
	return 0;
}

static int say_chime(struct model_clip *clip, enum model_encoding e)
{
	int err = say_tone(clip, e, 660, 160);

	return err ? err : say_tone(clip, e, 880, 240);
}

int model_voice_say(struct model_voice *v, struct model_clip *clip,
		    enum model_encoding e, const char *sound,
		    const char *directory)
{
	unsigned hz, ms;
	char end;

	if (strncmp(sound, "digits:", 7) == 0)
		return say_digits(v, clip, e, sound + 7);
	if (strcmp(sound, "chime") == 0)
		return say_chime(clip, e);
	if (sscanf(sound, "tone:%u:%u%c", &hz, &ms, &end) == 2)
		return ms <= TONE_MAX_MS ? say_tone(clip, e, hz, ms) : -EINVAL;
	if (sscanf(sound, "silence:%u%c", &ms, &end) == 1)
		return ms <= TONE_MAX_MS ? say_tone(clip, e, 0, ms) : -EINVAL;
	return say_recording(v, clip, e, sound, directory);
}
