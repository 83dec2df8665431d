#include "gateway/agents/prompt.h"

#include <errno.h>
#include <stdlib.h>

#include "codecs/audio_file.h"
#include "codecs/g711.h"

#define PROMPT_RATE 8000

/* The bundled WAV file is part of the program: an apology must not depend on a
 * file that may be missing when everything else already is. */
__asm__(".section .rodata\n"
	".global prompt_apology_begin\n"
	".global prompt_apology_end\n"
	"prompt_apology_begin:\n"
	".incbin \"test-vectors/speech/apology.wav\"\n"
	"prompt_apology_end:\n"
	".previous\n");
extern const uint8_t prompt_apology_begin[];
extern const uint8_t prompt_apology_end[];

static int read_audio(struct audio *a, const char *path)
{
	if (path && path[0])
		return audio_file_read(a, path, PROMPT_RATE);
	return audio_memory_read(
		a, prompt_apology_begin,
		(size_t)(prompt_apology_end - prompt_apology_begin),
		PROMPT_RATE);
}

int prompt_load(struct prompt *p, const char *path)
{
	struct audio a;
	int err = read_audio(&a, path);

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

void prompt_free(struct prompt *p)
{
	free(p->ulaw);
	*p = (struct prompt){ 0 };
}
