#include "tools/testing/check.h"

#include <jansson.h>
#include <string.h>

#include "tools/bench/bench_message.h"

#define SID "MZ0123456789abcdef0123456789abcdef"

static char letters[] = "AAECAwQF";
static const struct bench_payload payload = { letters, sizeof(letters) - 1,
					      20 };
static char out[BENCH_MESSAGE_ROOM];

static const char *text_at(json_t *j, const char *a, const char *b)
{
	json_t *inner = json_object_get(j, a);

	return json_string_value(b ? json_object_get(inner, b) : inner);
}

static json_t *load(size_t len)
{
	json_t *j = json_loadb(out, len, 0, NULL);

	CHECK(j != NULL, "it is JSON");
	return j;
}

static void test_twilio_media(void **state)
{
	json_t *j = load(
		bench_twilio_media(out, SID, 1234567890123ull, 9, 0, &payload));

	(void)state;
	CHECK_STR("media", text_at(j, "event", NULL), "its kind");
	CHECK_STR("1234567890123", text_at(j, "sequenceNumber", NULL),
		  "a number in a string");
	CHECK_STR(SID, text_at(j, "streamSid", NULL), "its stream");
	CHECK_STR("inbound", text_at(j, "media", "track"), "its track");
	CHECK_STR("9", text_at(j, "media", "chunk"), "its chunk");
	CHECK_STR("0", text_at(j, "media", "timestamp"), "zero is a digit");
	CHECK_STR(letters, text_at(j, "media", "payload"), "its audio");
	json_decref(j);
}

static void test_twilio_control(void **state)
{
	json_t *j = load(bench_twilio_start(out, SID, "CA1", "AC1"));

	(void)state;
	CHECK_STR(SID, text_at(j, "start", "streamSid"), "start");
	CHECK_STR("CA1", text_at(j, "start", "callSid"), "start");
	json_decref(j);
	j = load(bench_twilio_mark(out, SID, 7, "g1.i2.3.n4"));
	CHECK_STR("g1.i2.3.n4", text_at(j, "mark", "name"), "mark");
	json_decref(j);
	j = load(bench_twilio_stop(out, SID, 8, "CA1", "AC1"));
	CHECK_STR("CA1", text_at(j, "stop", "callSid"), "stop");
	json_decref(j);
}

static void test_audiocodes(void **state)
{
	json_t *j = load(bench_audiocodes_initiate(out, "c1", "raw/mulaw"));

	(void)state;
	CHECK_STR("session.initiate", text_at(j, "type", NULL), "initiate");
	json_decref(j);
	j = load(bench_audiocodes_start(out, "c1"));
	CHECK_EQ(1, json_array_size(json_object_get(j, "activities")),
		 "one activity");
	json_decref(j);
	j = load(bench_audiocodes_user_start(out, "c1"));
	CHECK_STR("userStream.start", text_at(j, "type", NULL), "user start");
	json_decref(j);
	j = load(bench_audiocodes_chunk(out, "c1", &payload));
	CHECK_STR(letters, text_at(j, "audioChunk", NULL), "chunk");
	CHECK_STR("c1", text_at(j, "conversationId", NULL), "chunk");
	json_decref(j);
	j = load(bench_audiocodes_end(out, "c1"));
	CHECK_STR("session.end", text_at(j, "type", NULL), "end");
	json_decref(j);
}

static void test_delta(void **state)
{
	struct bench_ids ids = { .session = 12, .response = 3, .event = 99 };
	json_t *j = load(bench_realtime_delta(out, &ids, &payload));

	(void)state;
	CHECK_STR("response.output_audio.delta", text_at(j, "type", NULL),
		  "its type");
	CHECK_STR("event_12_100", text_at(j, "event_id", NULL), "counted on");
	CHECK_STR("resp_12_3", text_at(j, "response_id", NULL), "response");
	CHECK_STR("item_12_3", text_at(j, "item_id", NULL), "item");
	CHECK_STR(letters, text_at(j, "delta", NULL), "audio");
	json_decref(j);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_twilio_media),
		cmocka_unit_test(test_twilio_control),
		cmocka_unit_test(test_audiocodes),
		cmocka_unit_test(test_delta),
	};

	return cmocka_run_group_tests_name("bench_message", tests, NULL, NULL);
}
