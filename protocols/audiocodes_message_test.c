#include "tools/testing/check.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "protocols/audiocodes_message.h"
#include "tools/testing/allocations.h"

#define ID "0d1c6c1e-7a52-4f0b-9f0e-2b6b8f5f7a10"

static struct audiocodes_event ev;
static char *text;

/* Parse a copy of exactly its size; discard() ends it. */
static int parse(const char *message)
{
	text = strdup(message);
	return audiocodes_message_parse(&ev, text, strlen(text));
}

static void discard(void)
{
	audiocodes_event_release(&ev);
	free(text);
}

static void test_initiate(void **state)
{
	(void)state;
	CHECK_EQ(0,
		 parse("{\"type\":\"session.initiate\",\"conversationId\":\"" ID
		       "\",\"botName\":\"support-line\",\"caller\":"
		       "\"+33170000001\",\"expectAudioMessages\":true,"
		       "\"supportedMediaFormats\":[\"raw/lpcm16_8\","
		       "\"wav/lpcm16_8\",\"raw/mulaw\",\"wav/mulaw\","
		       "\"raw/lpcm16\",\"wav/lpcm16\",\"raw/lpcm16_24\","
		       "\"wav/lpcm16_24\"]}"),
		 "the example of 2.2");
	CHECK_EQ(AUDIOCODES_INITIATE, ev.type, "its type");
	CHECK_STR(ID, ev.conversation, "its id");
	CHECK_STR("+33170000001", ev.caller, "its caller");
	CHECK(ev.expects_audio, "said so");
	CHECK(ev.has_offer, "formats");
	CHECK_EQ(8, ev.offer.count, "all of them");
	discard();

	CHECK_EQ(
		0,
		parse("{\"conversationId\":\"x\",\"type\":\"session.initiate\","
		      "\"expectAudioMessages\":false,"
		      "\"supportedMediaFormats\":[1,\"raw/opus\"]}"),
		"any order; what is unknown is no format");
	CHECK_STR("", ev.caller, "absent");
	CHECK(!ev.expects_audio, "said not");
	CHECK(ev.has_offer && ev.offer.count == 0, "nothing usable");
	discard();

	CHECK_EQ(0,
		 parse("{\"type\":\"session.resume\",\"conversationId\":\"" ID
		       "\"}"),
		 "2.3");
	CHECK_EQ(AUDIOCODES_RESUME, ev.type, "its type");
	CHECK(ev.expects_audio && !ev.has_offer, "not said");
	discard();
}

static void test_types(void **state)
{
	static const struct {
		const char *message;
		enum audiocodes_type type;
		const char *participant;
	} row[] = {
		{ "{\"type\":\"connection.validate\"}", AUDIOCODES_VALIDATE,
		  "" },
		{ "{\"type\":\"userStream.start\",\"conversationId\":\"x\"}",
		  AUDIOCODES_USER_START, "" },
		{ "{\"type\":\"userStream.start\",\"participant\":\"callee\"}",
		  AUDIOCODES_USER_START, "callee" },
		{ "{\"type\":\"userStream.stop\",\"participant\":null}",
		  AUDIOCODES_USER_STOP, "" },
		{ "{\"type\":\"session.end\"}", AUDIOCODES_END, "" },
		{ "{\"type\":\"activities\",\"activities\":[]}",
		  AUDIOCODES_ACTIVITIES, "" },
		{ "{\"type\":\"playStream.mark.reached\"}",
		  AUDIOCODES_MARK_REACHED, "" },
		{ "{\"type\":\"session.resumed\"}", AUDIOCODES_UNKNOWN, "" },
		{ "{\"type\":\"Session.End\"}", AUDIOCODES_UNKNOWN, "" },
		{ "{\"type\":\"\"}", AUDIOCODES_UNKNOWN, "" },
		{ "{\"type\":\"x\",\"conversationId\":7}", AUDIOCODES_UNKNOWN,
		  "" },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(row); i++) {
		CHECK_EQ(0, parse(row[i].message), row[i].message);
		CHECK_EQ(row[i].type, ev.type, row[i].message);
		CHECK_STR(row[i].participant, ev.participant, row[i].message);
		discard();
	}
	CHECK_EQ(0, parse("{\"type\":\"a\\nb\"}"), "an odd name");
	CHECK_STR("a?b", ev.name, "printable");
	discard();
}

static void test_end_and_mark(void **state)
{
	(void)state;
	CHECK_EQ(0,
		 parse("{\"type\":\"session.end\",\"conversationId\":\"" ID
		       "\",\"reasonCode\":\"client-disconnected\","
		       "\"reason\":\"Client Side\"}"),
		 "the example of 2.4");
	CHECK_STR("client-disconnected", ev.reason_code, "its code");
	CHECK_STR("Client Side", ev.reason, "its words");
	discard();
	CHECK_EQ(0,
		 parse("{\"type\":\"playStream.mark.reached\",\"streamId\":"
		       "\"p7\",\"markId\":\"m1\"}"),
		 "2.6");
	CHECK_STR("m1", ev.mark, "one of four names");
	discard();
}

static void test_chunk(void **state)
{
	static const struct {
		const char *message;
		int err;
		long len;
		const char *why;
	} row[] = {
		{ "{\"type\":\"userStream.chunk\",\"conversationId\":\"x\","
		  "\"audioChunk\":\"AAD//wEA\"}",
		  0, 6, "2.5" },
		{ "{\"audioChunk\":\"AAE=\",\"type\":\"userStream.chunk\"}", 0,
		  2, "any order, no id" },
		{ "{\"type\":\"userStream.chunk\",\"audioChunk\":\"\\u0041AE="
		  "\"}",
		  0, 2, "escapes mean what they say" },
		{ "{\"type\":\"userStream.chunk\",\"audioChunk\":\"\"}", 0, 0,
		  "no sound is a sound" },
		{ "{\"type\":\"userStream.chunk\",\"new\":[[{}]],"
		  "\"audioChunk\":\"AA==\"}",
		  0, 1, "members not known; half a sample" },
		{ "{\"type\":\"userStream.chunk\"}", -EPROTO, 0, "no audio" },
		{ "{\"type\":\"userStream.chunk\",\"audioChunk\":7}", -EPROTO,
		  0, "no text" },
		{ "{\"type\":\"userStream.chunk\",\"audioChunk\":\"A\"}",
		  -EPROTO, 0, "no base64" },
		{ "{\"type\":\"userStream.chunk\",\"conversationId\":7,"
		  "\"audioChunk\":\"AAE=\"}",
		  -EPROTO, 0, "an id that is none" },
		{ "{\"type\":\"userStream.chunk\",\"participant\":\"\\u0000\","
		  "\"audioChunk\":\"AAE=\"}",
		  -EPROTO, 0, "a NUL" },
		{ "{\"type\":\"userStream.chunk\",\"audioChunk\":\"AAE=\"",
		  -EBADMSG, 0, "cut" },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(row); i++) {
		CHECK_EQ(row[i].err, parse(row[i].message), row[i].why);
		if (!row[i].err) {
			CHECK_EQ(AUDIOCODES_USER_CHUNK, ev.type, row[i].why);
			CHECK_EQ(row[i].len, ev.audio_len, row[i].why);
		}
		discard();
	}
	allocations_watch();
	size_t before = allocations_count();
	CHECK_EQ(0, parse(row[0].message), "again");
	CHECK_EQ(before + 1, allocations_count(),
		 "but for the test's own copy");
	CHECK(!memcmp("\0\0\xff\xff\1\0", ev.audio, 6), "decoded");
	CHECK_STR("x", ev.conversation, "its id");
	discard();
}

static void test_bad(void **state)
{
	static const struct {
		const char *message;
		int err;
		const char *why;
	} row[] = {
		{ "", -EBADMSG, "nothing" },
		{ "hello", -EBADMSG, "no JSON" },
		{ "[]", -EBADMSG, "no object" },
		{ "{}", -EBADMSG, "no type" },
		{ "{\"type\":null}", -EBADMSG, "no type" },
		{ "{\"type\":1}", -EBADMSG, "no type" },
		{ "{\"type\":\"session.initiate\"}", -EPROTO, "no id" },
		{ "{\"type\":\"session.resume\",\"conversationId\":\"\"}",
		  -EPROTO, "an empty id" },
		{ "{\"type\":\"session.initiate\",\"conversationId\":\"x\","
		  "\"supportedMediaFormats\":\"raw/mulaw\"}",
		  -EPROTO, "no array" },
		{ "{\"type\":\"session.end\",\"conversationId\":\"a\\u0000b\"}",
		  -EPROTO, "a NUL" },
		{ "{\"type\":\"activities\"}", -EPROTO, "no activities" },
		{ "{\"type\":\"activities\",\"activities\":{}}", -EPROTO,
		  "no array" },
		{ "{\"type\":\"userStream.start\",\"participant\":7}", -EPROTO,
		  "a participant that is none" },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(row); i++) {
		CHECK_EQ(row[i].err, parse(row[i].message), row[i].why);
		discard();
	}
}

/* At each limit, and one more. */
static void test_limits(void **state)
{
	char message[8192], id[200], list[4096];
	size_t at = 0;

	(void)state;
	memset(id, 'i', sizeof(id));
	for (int more = 0; more < 2; more++) {
		snprintf(message, sizeof(message),
			 "{\"type\":\"session.resume\",\"conversationId\":\""
			 "%.*s\"}",
			 128 + more, id);
		CHECK_EQ(more ? -E2BIG : 0, parse(message), "128 bytes of id");
		discard();
		snprintf(message, sizeof(message),
			 "{\"type\":\"userStream.chunk\",\"participant\":\""
			 "%.*s\",\"audioChunk\":\"\"}",
			 64 + more, id);
		CHECK_EQ(more ? -E2BIG : 0, parse(message),
			 "64 bytes of participant");
		discard();
		snprintf(message, sizeof(message),
			 "{\"type\":\"x\",\"a\":%.*s%.*s,\"b\":\"[[]\\\"[\"}",
			 15 + more, "[[[[[[[[[[[[[[[[", 15 + more,
			 "]]]]]]]]]]]]]]]]");
		CHECK_EQ(more ? -E2BIG : 0, parse(message),
			 "sixteen deep; brackets in strings are none");
		discard();
	}
	for (int i = 0; i < 65; i++)
		at += (size_t)snprintf(list + at, sizeof(list) - at, "%s{}",
				       i ? "," : "");
	for (int more = 0; more < 2; more++) {
		snprintf(message, sizeof(message),
			 "{\"type\":\"activities\",\"activities\":[%.*s]}",
			 (int)at - (more ? 0 : 3), list);
		CHECK_EQ(more ? -E2BIG : 0, parse(message), "64 activities");
		CHECK_EQ(more ? 0 : 64, ev.activities, "64 activities");
		discard();
	}
}

static const struct audiocodes_activity *activity(const char *object)
{
	static char message[2048];

	snprintf(message, sizeof(message),
		 "{\"type\":\"activities\",\"activities\":[%s]}", object);
	CHECK_EQ(0, parse(message), object);
	CHECK_EQ(1, ev.activities, object);
	return &ev.activity[0];
}

static void test_start(void **state)
{
	const struct audiocodes_activity *a = activity(
		"{\"type\":\"event\",\"name\":\"start\",\"id\":\"b3d0\","
		"\"timestamp\":\"2026-03-04T10:15:02.113Z\","
		"\"language\":\"fr-FR\",\"parameters\":{\"locale\":\"fr-FR\","
		"\"callee\":\"+33180000042\",\"crmTicket\":\"A-88213\"}}");

	(void)state;
	CHECK_EQ(AUDIOCODES_START, a->type, "4.3");
	CHECK_STR("b3d0", a->id, "its id");
	CHECK_STR("fr-FR", a->language, "its language");
	CHECK_EQ(3, json_object_size(a->parameters), "all keys");
	discard();
	a = activity("{\"type\":\"event\",\"name\":\"start\"}");
	CHECK_EQ(AUDIOCODES_START, a->type, "without anything");
	CHECK(!a->parameters, "none");
	CHECK_STR("", a->id, "none");
	discard();
	a = activity("{\"type\":\"event\",\"name\":\"dialoutInitiated\","
		     "\"value\":{\"callee\":\"7\"}}");
	CHECK_EQ(AUDIOCODES_DIALOUT_INITIATED, a->type, "4.2");
	CHECK_EQ(1, json_object_size(a->parameters), "its value");
	discard();
}

static void test_activity_types(void **state)
{
	static const struct {
		const char *object;
		enum audiocodes_activity_type type;
		const char *why;
	} row[] = {
		{ "{\"type\":\"Event\",\"name\":\"START\"}", AUDIOCODES_START,
		  "any case" },
		{ "{\"type\":\"event\",\"name\":\"dtmf\",\"value\":\"4\"}",
		  AUDIOCODES_DTMF, "the other spelling" },
		{ "{\"type\":\"event\",\"name\":\"DTMF\",\"value\":\"4x\"}",
		  AUDIOCODES_MALFORMED, "no key" },
		{ "{\"type\":\"event\",\"name\":\"DTMF\",\"value\":\"\"}",
		  AUDIOCODES_MALFORMED, "no key" },
		{ "{\"type\":\"event\",\"name\":\"DTMF\",\"value\":-4}",
		  AUDIOCODES_MALFORMED, "no key" },
		{ "{\"type\":\"event\",\"name\":\"DTMF\"}",
		  AUDIOCODES_MALFORMED, "no value" },
		{ "{\"type\":\"event\",\"name\":\"playFinished\"}",
		  AUDIOCODES_PLAY_FINISHED, "no payload is documented" },
		{ "{\"type\":\"event\",\"name\":\"transferStatus\"}",
		  AUDIOCODES_MALFORMED, "no status" },
		{ "{\"type\":\"message\"}", AUDIOCODES_MALFORMED, "no text" },
		{ "{\"type\":\"event\",\"name\":\"voiceDetected\"}",
		  AUDIOCODES_OTHER, "not used" },
		{ "{\"type\":\"event\"}", AUDIOCODES_OTHER, "no name" },
		{ "{\"type\":\"note\",\"name\":\"start\"}", AUDIOCODES_OTHER,
		  "no event" },
		{ "{}", AUDIOCODES_OTHER, "nothing" },
		{ "7", AUDIOCODES_MALFORMED, "no object" },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(row); i++) {
		CHECK_EQ(row[i].type, activity(row[i].object)->type,
			 row[i].why);
		discard();
	}
}

#define DIGITS_16 "0123456789ABCD*#"
#define DIGITS_64 DIGITS_16 DIGITS_16 DIGITS_16 DIGITS_16

static void test_values(void **state)
{
	const struct audiocodes_activity *a;

	(void)state;
	a = activity("{\"type\":\"event\",\"name\":\"DTMF\",\"value\":"
		     "\"12*#aD\"}");
	CHECK_STR("12*#aD", a->digits, "several, collected");
	discard();
	a = activity("{\"type\":\"event\",\"name\":\"DTMF\",\"value\":407}");
	CHECK_EQ(AUDIOCODES_DTMF, a->type, "a number");
	CHECK_STR("407", a->digits, "its digits");
	discard();
	a = activity(
		"{\"type\":\"event\",\"name\":\"DTMF\",\"value\":\"" DIGITS_64
		"\"}");
	CHECK_STR(DIGITS_64, a->digits, "as many as are taken");
	discard();
	a = activity(
		"{\"type\":\"event\",\"name\":\"DTMF\",\"value\":\"" DIGITS_64
		"0\"}");
	CHECK_EQ(AUDIOCODES_MALFORMED, a->type, "no caller presses more");
	discard();
	a = activity("{\"type\":\"event\",\"name\":\"noUserInput\","
		     "\"value\":2}");
	CHECK_EQ(AUDIOCODES_NO_USER_INPUT, a->type, "4.2");
	discard();
	a = activity("{\"type\":\"event\",\"name\":\"playFinished\","
		     "\"value\":\"p7\"}");
	CHECK_STR("p7", a->stream_id, "in value");
	discard();
	a = activity("{\"type\":\"event\",\"name\":\"playFinished\","
		     "\"parameters\":{\"streamId\":\"p8\"}}");
	CHECK_STR("p8", a->stream_id, "in parameters");
	discard();
	a = activity("{\"type\":\"message\",\"text\":\"Hello\","
		     "\"parameters\":{\"participant\":\"callee\"}}");
	CHECK_EQ(AUDIOCODES_MESSAGE, a->type, "4.2");
	CHECK_STR("Hello", a->text, "its text");
	CHECK_STR("callee", a->participant, "who said it");
	discard();
}

static void test_transfer_status(void **state)
{
	const struct audiocodes_activity *a = activity(
		"{\"type\":\"event\",\"name\":\"transferStatus\",\"value\":{"
		"\"status\":\"failed\",\"reasonCode\":\"busy\",\"reason\":"
		"\"SIP ;cause=486 ;text=\\\"Busy Here\\\"\"}}");

	(void)state;
	CHECK_EQ(AUDIOCODES_TRANSFER_STATUS, a->type, "4.2");
	CHECK_EQ(AUDIOCODES_TRANSFER_FAILED, a->status, "failed");
	CHECK_STR("busy", a->reason_code, "its code");
	CHECK_STR("SIP ;cause=486 ;text=\"Busy Here\"", a->reason, "its words");
	discard();
	a = activity("{\"type\":\"event\",\"name\":\"transferStatus\","
		     "\"value\":{\"status\":\"answered\"}}");
	CHECK_EQ(AUDIOCODES_TRANSFER_ANSWERED, a->status, "answered");
	discard();
	a = activity("{\"type\":\"event\",\"name\":\"transferStatus\","
		     "\"value\":{\"status\":\"ringing\"}}");
	CHECK_EQ(AUDIOCODES_TRANSFER_UNKNOWN, a->status, "a third one");
	discard();
}

/* One that cannot be read does not cost its neighbours. */
static void test_order(void **state)
{
	(void)state;
	CHECK_EQ(0,
		 parse("{\"type\":\"activities\",\"activities\":["
		       "{\"type\":\"event\",\"name\":\"start\"},"
		       "{\"type\":\"event\",\"name\":\"DTMF\"},"
		       "{\"type\":\"event\",\"name\":\"DTMF\",\"value\":\"1\"}"
		       "]}"),
		 "three");
	CHECK_EQ(3, ev.activities, "three");
	CHECK_EQ(AUDIOCODES_START, ev.activity[0].type, "first");
	CHECK_EQ(AUDIOCODES_MALFORMED, ev.activity[1].type, "second");
	CHECK_EQ(AUDIOCODES_DTMF, ev.activity[2].type, "third");
	discard();
}

int main(void)
{
	const struct CMUnitTest test[] = {
		cmocka_unit_test(test_initiate),
		cmocka_unit_test(test_types),
		cmocka_unit_test(test_end_and_mark),
		cmocka_unit_test(test_chunk),
		cmocka_unit_test(test_bad),
		cmocka_unit_test(test_limits),
		cmocka_unit_test(test_start),
		cmocka_unit_test(test_activity_types),
		cmocka_unit_test(test_values),
		cmocka_unit_test(test_transfer_status),
		cmocka_unit_test(test_order),
	};

	return cmocka_run_group_tests(test, NULL, NULL);
}
