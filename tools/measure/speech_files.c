#include "tools/measure/speech_files.h"

#include <glob.h>
#include <stdio.h>
#include <stdlib.h>

const char *speech_files_human(void)
{
	const char *folder = getenv("TANDEM_SPEECH");
	return folder && *folder ? folder : "../shared/audio";
}

const char *speech_files_bundled(void)
{
	return "test-vectors/speech";
}

size_t speech_files_each(const char *folder, unsigned rate,
			 void (*on_speech)(void *user, const char *path,
					   struct audio *a),
			 void *user)
{
	char pattern[SPEECH_FILES_PATH_SIZE];
	glob_t found;
	size_t files = 0;
	int len = snprintf(pattern, sizeof(pattern), "%s/*.wav", folder);
	if (len < 0 || (size_t)len >= sizeof(pattern))
		return 0;
	if (glob(pattern, 0, NULL, &found) != 0)
		return 0;
	for (size_t i = 0; i < found.gl_pathc; i++) {
		struct audio a;
		if (audio_file_read(&a, found.gl_pathv[i], rate) != 0)
			continue;
		on_speech(user, found.gl_pathv[i], &a);
		audio_free(&a);
		files++;
	}
	globfree(&found);
	return files;
}
