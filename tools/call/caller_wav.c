#include "tools/call/caller_wav.h"

#include <errno.h>
#include <stdint.h>
#include <stdlib.h>

#include "codecs/audio_file.h"
#include "tools/call/caller_call.h"

/* Every second sample of a stereo file, from the first on. */
static void fill(int16_t *side, const struct caller_native *line,
		 const struct buffer *track, size_t samples)
{
	for (size_t i = 0; i < samples; i++)
		side[2 * i] = caller_native_sample(line, track, i);
}

int caller_wav_write(const char *path, const struct caller_call *call)
{
	struct caller_native line = caller_call_line(call);
	size_t said = caller_native_samples(&line, &line.said);
	size_t heard = caller_native_samples(&line, &line.heard);
	size_t frames = said > heard ? said : heard;
	int16_t *pcm = calloc(frames ? frames * 2 : 1, sizeof(*pcm));

	if (!pcm)
		return -ENOMEM;
	fill(pcm, &line, &line.said, said);
	fill(pcm + 1, &line, &line.heard, heard);
	int err = audio_file_write(path, line.rate, 2, pcm, frames);
	free(pcm);
	return err;
}
