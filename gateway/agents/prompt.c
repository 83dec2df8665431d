#include "gateway/agents/prompt.h"

#include <errno.h>
#include <stdlib.h>

#include "codecs/audio_file.h"
#include "codecs/g711.h"

#define PROMPT_RATE 8000

/* The bundled WAV files are part of the program: what is said when everything
 * else fails must not depend on a file that may be missing. */
#define BUNDLE(name, file)                        \
	__asm__(".section .rodata\n"              \
		".global prompt_" name "_begin\n" \
		".global prompt_" name "_end\n"   \
		"prompt_" name "_begin:\n"        \
		".incbin \"" file "\"\n"          \
		"prompt_" name "_end:\n"          \
		".previous\n")
BUNDLE("apology", "test-vectors/speech/apology.wav");
BUNDLE("farewell", "test-vectors/speech/farewell.wav");
extern const uint8_t prompt_apology_begin[];
extern const uint8_t prompt_apology_end[];
extern const uint8_t prompt_farewell_begin[];
extern const uint8_t prompt_farewell_end[];

static int load(struct prompt *p, const char *path, const uint8_t *begin,
		const uint8_t *end)
{
	struct audio a;
	int err;

	if (path && path[0])
		err = audio_file_read(&a, path, PROMPT_RATE);
	else
		err = audio_memory_read(&a, begin, (size_t)(end - begin),
					PROMPT_RATE);
	*p = (struct prompt){ 0 };
	if (err)
		return err;
	p->ulaw = malloc(a.samples);
	if (p->ulaw)
		p->len = g711_ulaw_encode(p->ulaw, a.pcm, a.samples);
	else
		err = -ENOMEM;
	audio_free(&a);
	return err;
}

int prompt_load(struct prompt *p, const char *path)
{
	return load(p, path, prompt_apology_begin, prompt_apology_end);
}

int prompt_load_farewell(struct prompt *p, const char *path)
{
	return load(p, path, prompt_farewell_begin, prompt_farewell_end);
}

void prompt_free(struct prompt *p)
{
	free(p->ulaw);
	*p = (struct prompt){ 0 };
}
