#include "tools/testing/check.h"

#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "tools/call/caller_call.h"
#include "tools/call/caller_wav.h"

static struct caller_script script;
static struct caller_faults faults;
static const struct caller_phone phone;
static const struct caller_call_options options = {
	.script = &script,
	.faults = &faults,
	.keeps_tracks = true,
	.seed = 1,
};
static struct caller_call call;

static int begin(void **state)
{
	(void)state;
	memset(&call, 0, sizeof(call));
	caller_call_init(&call, &options, 0, NULL, NULL, &phone, NULL);
	return 0;
}

static int end(void **state)
{
	(void)state;
	caller_call_clear(&call);
	return 0;
}

static void test_breaches(void **state)
{
	(void)state;
	for (int i = 0; i < CALLER_CALL_BREACHES_MAX + 3; i++)
		caller_call_breach(&call, i, "8.2 (1)", "two streams");
	caller_call_finish(&call, false);
	CHECK_EQ(CALLER_CALL_BREACHES_MAX + 3, call.result.breaches, "all");
	CHECK_EQ(31, call.result.breach[31].at_ms, "the first are kept");
	CHECK_STR("8.2 (1)", call.result.breach[31].code, "its code");
	CHECK_EQ(CALLER_CALL_BREACHES_MAX, call.caller.timeline.events,
		 "and are on the timeline");
	CHECK_NEAR(CALLER_CALL_BREACHES_MAX + 3,
		   call.result.figures.value[CALLER_FIGURE_breaches], 0,
		   "all are counted");
}

static void test_seeds(void **state)
{
	struct caller_call other = { .options = NULL };
	uint64_t first = caller_call_random(&call);

	(void)state;
	caller_call_init(&other, &options, 0, NULL, NULL, &phone, NULL);
	CHECK_EQ(first, caller_call_random(&other), "the same call again");
	caller_call_clear(&other);
	caller_call_init(&other, &options, 1, NULL, NULL, &phone, NULL);
	CHECK(first != caller_call_random(&other), "another one of the run");
	caller_call_clear(&other);
}

/* The file that is written: a canonical header of 44 bytes, then samples. */
struct wav {
	uint8_t header[22];
	uint16_t channels;
	uint32_t rate;
	uint8_t more[16];
	int16_t pcm[16];
};

static size_t write_wav(struct wav *w)
{
	char path[] = "/tmp/caller_call_test_XXXXXX";
	int fd = mkstemp(path);

	CHECK(fd >= 0, "a file");
	CHECK_EQ(0, caller_wav_write(path, &call), "written");
	ssize_t n = read(fd, w, sizeof(*w));
	close(fd);
	unlink(path);
	CHECK(n >= 44, "it has a header");
	CHECK_EQ(2, w->channels, "stereo");
	return ((size_t)n - 44) / 4;
}

static void test_sound_of_mulaw(void **state)
{
	struct wav w;

	(void)state;
	buffer_append(&call.caller.said, "\xff\x80", 2);
	buffer_append(&call.caller.heard, "\x00\xff\xff", 3);
	CHECK_EQ(3, write_wav(&w), "as long as the longer");
	CHECK_EQ(8000, w.rate, "the caller's own tracks");
	CHECK_EQ(32124, w.pcm[2], "left: 0x80 is the largest positive value");
	CHECK_EQ(-32124, w.pcm[1], "right: 0x00 the largest negative");
	CHECK_EQ(0, w.pcm[4], "nothing was said any more");
}

static void test_sound_of_the_line(void **state)
{
	struct wav w;

	(void)state;
	call.native.rate = 24000;
	call.native.is_linear = true;
	buffer_append(&call.native.said, "\x01\x02", 2);
	buffer_append(&call.native.heard, "\xff\xff\x00\x80", 4);
	CHECK_EQ(2, write_wav(&w), "samples of two bytes");
	CHECK_EQ(24000, w.rate, "the line's rate");
	CHECK_EQ(0x0201, w.pcm[0], "little-endian");
	CHECK_EQ(-1, w.pcm[1], "signed");
	CHECK_EQ(-32768, w.pcm[3], "to the end of the range");
}

/* Played in another format than it was spoken in. */
static void test_sound_of_two_formats(void **state)
{
	struct wav w;

	(void)state;
	call.native.rate = 24000;
	call.native.is_linear = call.native.is_mixed = true;
	buffer_append(&call.native.said, "\x01\x02", 2);
	buffer_append(&call.caller.said, "\xff\x80", 2);
	buffer_append(&call.caller.heard, "\x00\xff\xff", 3);
	CHECK_EQ(3, write_wav(&w), "nothing of it is missing");
	CHECK_EQ(8000, w.rate, "what both can be brought to");
	CHECK_EQ(-32124, w.pcm[1], "what was heard");
}

int main(void)
{
#define TEST(f) cmocka_unit_test_setup_teardown(f, begin, end)
	const struct CMUnitTest tests[] = {
		TEST(test_breaches),
		TEST(test_seeds),
		TEST(test_sound_of_mulaw),
		TEST(test_sound_of_the_line),
		TEST(test_sound_of_two_formats),
	};

	return cmocka_run_group_tests_name("caller_call", tests, NULL, NULL);
}
