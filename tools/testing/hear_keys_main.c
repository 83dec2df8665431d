/* hear_keys FILE: the DTMF keys in a WAV file, in a line. */
#include <stdio.h>
#include <string.h>

#include "codecs/audio_file.h"
#include "codecs/dtmf.h"

#define RATE     8000
#define KEYS_MAX 128

int main(int argc, char **argv)
{
	struct audio a;
	char keys[KEYS_MAX];

	if (argc != 2 || audio_file_read(&a, argv[1], RATE) != 0) {
		fprintf(stderr, "hear_keys: wants a WAV file\n");
		return 2;
	}
	struct dtmf_detector *d = dtmf_detector_new();
	size_t n = d ? dtmf_detect(d, a.pcm, a.samples, keys, sizeof(keys)) : 0;
	printf("%.*s\n", (int)n, keys);
	dtmf_detector_free(d);
	audio_free(&a);
	return 0;
}
