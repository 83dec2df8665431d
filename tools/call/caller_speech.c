#include "tools/call/caller_speech.h"

#include <errno.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "codecs/audio_file.h"
#include "codecs/g711.h"
#include "tools/call/caller_ear.h"

#define RATE 8000

/* The files are part of the program: it runs from anywhere. */
#define BUNDLE(symbol, file)                                 \
	__asm__(".section .rodata\n"                         \
		".global caller_speech_" #symbol "\n"        \
		".global caller_speech_" #symbol "_end\n"    \
		"caller_speech_" #symbol ":\n"               \
		".incbin \"test-vectors/speech/" file "\"\n" \
		"caller_speech_" #symbol "_end:\n"           \
		".previous\n");                              \
	extern const unsigned char caller_speech_##symbol[]; \
	extern const unsigned char caller_speech_##symbol##_end[];

BUNDLE(question, "caller-question.wav")
BUNDLE(interrupts, "caller-interrupts.wav")
BUNDLE(thanks, "caller-thanks.wav")

static const struct {
	const char *name;
	const unsigned char *begin;
	const unsigned char *end;
} bundle[] = {
	{ "caller-question", caller_speech_question,
	  caller_speech_question_end },
	{ "caller-interrupts", caller_speech_interrupts,
	  caller_speech_interrupts_end },
	{ "caller-thanks", caller_speech_thanks, caller_speech_thanks_end },
};

static int read_file(struct audio *a, const char *name, const char *folder)
{
	char path[PATH_MAX];

	if (folder && name[0] != '/' &&
	    snprintf(path, sizeof(path), "%s/%s", folder, name) <
		    (int)sizeof(path) &&
	    access(path, F_OK) == 0)
		return audio_file_read(a, path, RATE);
	return audio_file_read(a, name, RATE);
}

static int read_audio(struct audio *a, const char *name, const char *folder)
{
	for (size_t i = 0; i < sizeof(bundle) / sizeof(*bundle); i++)
		if (strcmp(bundle[i].name, name) == 0)
			return audio_memory_read(
				a, bundle[i].begin,
				(size_t)(bundle[i].end - bundle[i].begin),
				RATE);
	return read_file(a, name, folder);
}

static const char *file_name(const char *path)
{
	const char *slash = strrchr(path, '/');

	return slash ? slash + 1 : path;
}

int caller_speech_load(struct caller_clip *clip, const char *name,
		       const char *folder)
{
	struct audio a;
	int err = read_audio(&a, name, folder);

	memset(clip, 0, sizeof(*clip));
	if (err)
		return err;
	clip->ulaw = malloc(a.samples);
	if (!clip->ulaw) {
		audio_free(&a);
		return -ENOMEM;
	}
	g711_ulaw_encode(clip->ulaw, a.pcm, a.samples);
	clip->samples = a.samples;
	clip->onset = caller_ear_edge(a.pcm, a.samples, false);
	clip->end = caller_ear_edge(a.pcm, a.samples, true) + 1;
	if (clip->end > a.samples)
		clip->end = a.samples;
	snprintf(clip->name, sizeof(clip->name), "%s", file_name(name));
	audio_free(&a);
	return 0;
}

void caller_speech_free(struct caller_clip *clip)
{
	free(clip->ulaw);
	clip->ulaw = NULL;
}
