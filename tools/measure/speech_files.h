/* The recordings that measurements use. */
#ifndef TOOLS_MEASURE_SPEECH_FILES_H
#define TOOLS_MEASURE_SPEECH_FILES_H

#include <stddef.h>

#include "codecs/audio_file.h"

#define SPEECH_FILES_PATH_SIZE 512

/* Recorded human speech, which the repository does not hold: the folder named
 * by TANDEM_SPEECH, else ../shared/audio. May be absent. */
const char *speech_files_human(void);

/* Synthesised speech in the repository, from its root. */
const char *speech_files_bundled(void);

/* speech_files_each: read each *.wav of a folder at `rate` and hand it over;
 * the callee may change the samples, which are freed afterwards.
 * Returns how many were read: 0 for a folder that is absent or empty. */
size_t speech_files_each(const char *folder, unsigned rate,
			 void (*on_speech)(void *user, const char *path,
					   struct audio *a),
			 void *user);

#endif
