/* Speech for the caller: bundled clips by name, WAV files by path. */
#ifndef TOOLS_CALL_CALLER_SPEECH_H
#define TOOLS_CALL_CALLER_SPEECH_H

#include "tools/call/caller_script.h"

/* caller_speech_load: a clip in mu-law, ready to be said.
 *
 * name  a bundled clip ("caller-question", "caller-interrupts",
 *       "caller-thanks") or a file of any rate; a relative path is looked for
 *       below folder first (NULL: nowhere else), then as it stands
 * Returns 0 and *clip, to be freed with caller_speech_free; or a negative errno
 * as audio_file_read. */
int caller_speech_load(struct caller_clip *clip, const char *name,
		       const char *folder);
void caller_speech_free(struct caller_clip *clip);

#endif
