/* Speech in tandem keeps the quality promised, and its place. */
#include "tools/measure/tandem_measure.h"

#include <stdio.h>

#include "codecs/resample.h"
#include "tools/measure/speech_files.h"
#include "tools/testing/check.h"

static void on_speech(void *user, const char *path, struct audio *a)
{
	struct tandem_quality q;
	(void)user;
	CHECK_EQ(0, tandem_measure(&q, a), path);
	CHECK(q.there_db >= TANDEM_MEASURE_MIN_DB, path);
	CHECK(q.ulaw_db >= TANDEM_MEASURE_MIN_DB, path);
	CHECK_EQ(resampler_delay(RESAMPLE_8_TO_24) / 3 +
			 resampler_delay(RESAMPLE_24_TO_8),
		 q.lag, "the stated delays, at 8 kHz");
}

static void check_folder(const char *folder)
{
	if (speech_files_each(folder, 8000, on_speech, NULL) == 0) {
		fprintf(stderr, "# SKIP no speech in %s\n", folder);
		skip();
	}
}

static void recorded_speech_survives_a_call(void **state)
{
	(void)state;
	check_folder(speech_files_human());
}

static void bundled_speech_survives_a_call(void **state)
{
	(void)state;
	check_folder(speech_files_bundled());
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(recorded_speech_survives_a_call),
		cmocka_unit_test(bundled_speech_survives_a_call),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
