/* The recordings built into the program, so that it runs from anywhere. */
#ifndef TOOLS_MODEL_MODEL_VOICE_DATA_H
#define TOOLS_MODEL_MODEL_VOICE_DATA_H

#include <stdint.h>

struct model_voice_data {
	const char *name;
	const char *words;    /* what it says */
	const uint8_t *image; /* a WAV file */
	const uint8_t *end;
};

/* Ends with a NULL name. Sentences as in tools/speech.sh. */
extern const struct model_voice_data model_voice_data[];

#endif
