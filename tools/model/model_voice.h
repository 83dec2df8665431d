/* The server's voice: bundled recordings, WAV files, tones and silence, in any
 * of the session formats. What has been read once is kept. */
#ifndef TOOLS_MODEL_MODEL_VOICE_H
#define TOOLS_MODEL_MODEL_VOICE_H

#include <stdbool.h>
#include <stddef.h>

#include "tools/model/model_audio.h"

struct model_voice;

struct model_voice *model_voice_new(void);
void model_voice_free(struct model_voice *v);

/* model_voice_say: append a sound to a clip.
 *
 * sound      "greeting", "goodbye", "you-pressed" (bundled); "digits:42#";
 *            "tone:440:2000" (Hz, ms, at -16 dBm0); "silence:500" (ms);
 *            "chime"; or the path of an audio file
 * directory  where a relative path begins
 * Returns 0; -EINVAL not such a sound; or as audio_file_read. */
int model_voice_say(struct model_voice *v, struct model_clip *clip,
		    enum model_encoding e, const char *sound,
		    const char *directory);

/* model_voice_words: what a bundled sound says, or NULL. */
const char *model_voice_words(const char *sound);

/* model_voice_digit: the name of a digit's recording ("digit-4"), or NULL when
 * it is not one of 0-9 * #. */
const char *model_voice_digit(char digit);

#endif
