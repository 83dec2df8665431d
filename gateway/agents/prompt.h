/* Prompts of the gateway's own: what a caller hears when no model can speak, or
 * may any more. */
#ifndef GATEWAY_AGENTS_PROMPT_H
#define GATEWAY_AGENTS_PROMPT_H

#include <stddef.h>
#include <stdint.h>

/* A prompt ready to be sent: G.711 mu-law, 8 kHz. */
struct prompt {
	uint8_t *ulaw;
	size_t len;
};

/* prompt_load: read a WAV file of any rate; NULL or "" takes the apology that
 * is built into the program.
 * Returns 0 or a negative errno as audio_file_read. */
int prompt_load(struct prompt *p, const char *path);

/* prompt_load_farewell: the same for what callers hear when the gateway goes
 * down while they speak. */
int prompt_load_farewell(struct prompt *p, const char *path);

void prompt_free(struct prompt *p);

#endif
