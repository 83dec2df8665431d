#include "tools/testing/check.h"

#include <string.h>

#include "protocols/base64.h"
#include "tools/bench/bench_floor.h"

/* Worked by hand from the formats: 20 ms of mu-law are 160 bytes, 216 letters;
 * 100 ms of PCM16 at 24 kHz are 4800 bytes, 6400 letters. */
static void test_pcm24(void **state)
{
	struct bench_floor_shape s;

	(void)state;
	bench_floor_shape_of(&s, false, 20);
	CHECK_EQ(216, s.frame_chars, "a carrier's frame");
	CHECK(s.frame_at + s.frame_chars < s.frame, "is inside it");
	CHECK_EQ(960, s.append_audio, "20 ms towards the model");
	CHECK_EQ(1, s.frames, "one frame for each");
	CHECK_EQ(s.append_at + 1280 + 2, s.append, "their text");
	CHECK_EQ(6400, s.delta_chars, "100 ms from the model");
	CHECK(s.delta_at + s.delta_chars < s.delta, "inside the record");
	CHECK_EQ(800, s.media_audio, "the same as mu-law");
	CHECK(s.mark > 80 && s.mark < 120, "a mark towards the carrier");
	CHECK(s.echo > s.mark, "its echo has a sequence number, too");
	bench_floor_shape_of(&s, false, 100);
	CHECK_EQ(4800, s.append_audio, "100 ms towards the model");
	CHECK_EQ(5, s.frames, "five frames for each");
}

static void test_pcmu(void **state)
{
	struct bench_floor_shape s;

	(void)state;
	bench_floor_shape_of(&s, true, 100);
	CHECK_EQ(800, s.append_audio, "100 ms towards the model");
	CHECK_EQ(s.append_at + BASE64_ENCODED(800) + 2, s.append, "their text");
	CHECK_EQ(BASE64_ENCODED(800), s.delta_chars, "100 ms from the model");
}

/* TLS 1.2: header, explicit nonce, text, tag. */
static void test_record(void **state)
{
	static const uint8_t text[300] = "text";
	uint8_t record[BENCH_RECORD(sizeof(text))];

	(void)state;
	CHECK_EQ(sizeof(record), bench_floor_seal(record, text, sizeof(text)),
		 "its length");
	CHECK_EQ(23, record[0], "application data");
	CHECK_EQ(sizeof(record) - 5, record[3] << 8 | record[4],
		 "what its header says");
	CHECK(memcmp(record + 13, text, sizeof(text)) != 0, "not in clear");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_pcm24),
		cmocka_unit_test(test_pcmu),
		cmocka_unit_test(test_record),
	};

	return cmocka_run_group_tests_name("bench_floor", tests, NULL, NULL);
}
