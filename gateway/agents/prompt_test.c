#include "gateway/agents/prompt.h"

#include <errno.h>
#include <string.h>

#include "codecs/audio_file.h"
#include "codecs/g711.h"
#include "codecs/level.h"
#include "tools/testing/check.h"

static void test_bundled_apology(void **state)
{
	(void)state;
	struct prompt p;
	int16_t pcm[8000];

	CHECK_EQ(0, prompt_load(&p, NULL), "it is part of the program");
	CHECK(p.len > 3 * 8000 && p.len < 10 * 8000,
	      "a sentence of some seconds");
	g711_ulaw_decode(pcm, p.ulaw + 8000, 8000);
	CHECK(level_dbm0(pcm, 8000) > -30, "and it is speech, not silence");
	prompt_free(&p);
}

static void test_bundled_farewell(void **state)
{
	(void)state;
	struct prompt p;
	int16_t pcm[8000];

	CHECK_EQ(0, prompt_load_farewell(&p, ""), "it is part of the program");
	CHECK_NEAR(34018, p.len, 400, "4.25 s");
	g711_ulaw_decode(pcm, p.ulaw + 8000, 8000);
	CHECK(level_dbm0(pcm, 8000) > -30, "and it is speech, not silence");
	prompt_free(&p);
	CHECK_EQ(-ENOENT, prompt_load_farewell(&p, "build/no-such.wav"),
		 "missing");
}

static void test_own_file(void **state)
{
	(void)state;
	struct prompt p;
	int16_t pcm[2400] = { 0 };
	const char *path = "build/prompt_test.wav";

	assert_int_equal(0, audio_file_write(path, 24000, 1, pcm, 2400));
	CHECK_EQ(0, prompt_load(&p, path), "a file of another rate");
	CHECK_NEAR(800, p.len, 2, "100 ms at 8 kHz");
	prompt_free(&p);
	CHECK_EQ(-ENOENT, prompt_load(&p, "build/no-such.wav"), "missing");
	CHECK(!p.ulaw, "nothing to free");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_bundled_apology),
		cmocka_unit_test(test_bundled_farewell),
		cmocka_unit_test(test_own_file),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
