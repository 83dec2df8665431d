#include "tools/testing/check.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "protocols/base64.h"
#include "protocols/twilio_message.h"
#include "tools/testing/allocations.h"

#define AC "AC0123456789abcdef0123456789abcdef"
#define CA "CAfedcba9876543210fedcba9876543210"
#define MZ "MZ00112233445566778899aabbccddeeff"

/* Parse a copy; the copy lives in *text until the caller frees it. */
static int parse(struct twilio_event *ev, char **text, const char *message)
{
	*text = strdup(message);
	return twilio_message_parse(ev, *text, strlen(*text));
}

static void discard(struct twilio_event *ev, char *text)
{
	twilio_event_release(ev);
	free(text);
}

static void test_connected(void **state)
{
	struct twilio_event ev;
	char *text;

	(void)state;
	CHECK_EQ(0,
		 parse(&ev, &text,
		       "{\"event\":\"connected\",\"protocol\":\"Call\","
		       "\"version\":\"1.0.0\"}"),
		 "connected");
	CHECK_EQ(TWILIO_CONNECTED, ev.type, "connected");
	CHECK_EQ(0, ev.sequence, "it has no number");
	CHECK_STR("", ev.stream_sid, "nor a stream yet");
	discard(&ev, text);
}

static void test_start(void **state)
{
	struct twilio_event ev;
	char *text;

	(void)state;
	CHECK_EQ(
		0,
		parse(&ev, &text,
		      "{\"event\":\"start\",\"sequenceNumber\":\"1\",\"start\":"
		      "{\"accountSid\":\"" AC "\",\"streamSid\":\"" MZ
		      "\",\"callSid\":\"" CA "\",\"tracks\":[\"inbound\"],"
		      "\"mediaFormat\":{\"encoding\":\"audio/x-mulaw\","
		      "\"sampleRate\":8000,\"channels\":1},"
		      "\"customParameters\":{\"tenant\":\"acme\","
		      "\"caller\":\"+15552223333\"}},\"streamSid\":\"" MZ
		      "\"}"),
		"start");
	CHECK_EQ(TWILIO_START, ev.type, "start");
	CHECK_EQ(1, ev.sequence, "its number");
	CHECK_STR(MZ, ev.stream_sid, "stream");
	CHECK_STR(AC, ev.account_sid, "account");
	CHECK_STR(CA, ev.call_sid, "call");
	CHECK(ev.tracks_inbound_only, "the caller's track alone");
	CHECK_STR("audio/x-mulaw", ev.encoding, "encoding");
	CHECK_EQ(8000, ev.sample_rate, "rate");
	CHECK_EQ(1, ev.channels, "channels");
	CHECK_EQ(2, json_object_size(ev.parameters), "parameters");
	CHECK_STR("acme",
		  json_string_value(json_object_get(ev.parameters, "tenant")),
		  "a parameter");
	discard(&ev, text);
}

/* What may differ in a start message, and what of it is fatal. */
static void test_start_variants(void **state)
{
#define START(account, stream, call, rest)                               \
	"{\"start\":{\"accountSid\":\"" account "\",\"callSid\":\"" call \
	"\"" stream rest "},\"event\":\"start\"}"
#define FORMAT                                                        \
	",\"mediaFormat\":{\"channels\":\"1\",\"sampleRate\":8000.0," \
	"\"encoding\":\"audio/x-mulaw\"}"
	static const struct {
		const char *message;
		int err;
		bool inbound_only;
		const char *why;
	} row[] = {
		{ START(AC, ",\"streamSid\":\"" MZ "\"", CA, FORMAT), 0, true,
		  "event last, no tracks, numbers of the other kind" },
		{ START(AC, ",\"streamSid\":\"" MZ "\"", CA,
			FORMAT ",\"tracks\":[\"inbound\",\"outbound\"]"),
		  0, false, "both tracks: a unidirectional stream" },
		{ START(AC, ",\"streamSid\":\"" MZ "\"", CA,
			FORMAT ",\"tracks\":[]"),
		  0, true, "no track named" },
		{ START(AC, ",\"streamSid\":\"" MZ "\"", CA,
			FORMAT ",\"tracks\":[7]"),
		  0, false, "a track that is no name" },
		{ START(AC, ",\"streamSid\":\"" MZ "\"", CA,
			FORMAT ",\"customParameters\":null"),
		  0, true, "no parameters" },
		{ START(AC, ",\"streamSid\":\"" MZ "\"", CA, ""), -EPROTO, true,
		  "no format" },
		{ START(AC, ",\"streamSid\":\"" MZ "\"", CA,
			",\"mediaFormat\":{\"encoding\":8}"),
		  -EPROTO, true, "a format without a name" },
		{ START(AC, ",\"streamSid\":\"" MZ "\"", CA,
			",\"mediaFormat\":{\"encoding\":"
			"\"audio/x-mulaw-of-great-length\"}"),
		  -EPROTO, true, "a name too long" },
		{ START(AC, "", CA, FORMAT), -EPROTO, true, "no stream" },
		{ START("AC12", ",\"streamSid\":\"" MZ "\"", CA, FORMAT),
		  -EPROTO, true, "no account" },
		{ START(CA, ",\"streamSid\":\"" MZ "\"", CA, FORMAT), -EPROTO,
		  true, "a call for an account" },
		{ START(AC, ",\"streamSid\":\"" MZ "\"", AC, FORMAT), -EPROTO,
		  true, "an account for a call" },
		{ START(AC, ",\"streamSid\":\"" MZ "0\"", CA, FORMAT), -EPROTO,
		  true, "a stream one digit too long" },
		{ "{\"event\":\"start\"}", -EPROTO, true, "nothing in it" },
		{ "{\"event\":\"start\",\"start\":\"x\"}", -EPROTO, true,
		  "a string for an object" },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(row); i++) {
		struct twilio_event ev;
		char *text;

		CHECK_EQ(row[i].err, parse(&ev, &text, row[i].message),
			 row[i].why);
		if (!row[i].err) {
			CHECK_EQ(row[i].inbound_only, ev.tracks_inbound_only,
				 row[i].why);
			CHECK_EQ(8000, ev.sample_rate, row[i].why);
			CHECK_EQ(1, ev.channels, row[i].why);
			CHECK(!ev.parameters, row[i].why);
			twilio_event_release(&ev);
		}
		free(text);
	}
}

/* The stream's own SID may stand at the top alone. */
static void test_start_sid_at_the_top(void **state)
{
	struct twilio_event ev;
	char *text;

	(void)state;
	CHECK_EQ(0,
		 parse(&ev, &text,
		       "{\"streamSid\":\"" MZ "\",\"start\":{\"accountSid\":"
		       "\"" AC "\",\"callSid\":\"" CA "\"" FORMAT
		       "},\"event\":\"start\"}"),
		 "either will do");
	CHECK_STR(MZ, ev.stream_sid, "the stream");
	discard(&ev, text);
}

static void test_media(void **state)
{
#define SOUND "//9/AAE=" /* ff ff 7f 00 01 */
	static const uint8_t sound[] = { 0xff, 0xff, 0x7f, 0x00, 0x01 };
	static const struct {
		const char *message;
		unsigned sequence, timestamp_ms;
		bool is_inbound;
		const char *why;
	} row[] = {
		{ "{\"event\":\"media\",\"sequenceNumber\":\"2\",\"media\":{"
		  "\"track\":\"inbound\",\"chunk\":\"1\",\"timestamp\":\"155\","
		  "\"payload\":\"" SOUND "\"},\"streamSid\":\"" MZ "\"}",
		  2, 155, true, "as Twilio sends it" },
		{ "{\"streamSid\":\"" MZ "\",\"media\":{\"payload\":\"" SOUND
		  "\",\"timestamp\":155,\"chunk\":1,\"track\":\"inbound\"},"
		  "\"sequenceNumber\":2,\"event\":\"media\"}",
		  2, 155, true, "other order, numbers as numbers" },
		{ "{\"event\":\"media\",\"streamSid\":\"" MZ "\",\"media\":{"
		  "\"payload\":\"\\/\\/9\\/AAE=\"}}",
		  0, 0, true, "escaped slashes, nothing but the payload" },
		{ "{\"\\u0065vent\":\"medi\\u0061\",\"streamSid\":\"" MZ "\","
		  "\"media\":{\"p\\u0061yload\":\"" SOUND "\"}}",
		  0, 0, true, "letters escaped" },
		{ "{\"event\":\"media\",\"streamSid\":\"" MZ "\",\"media\":{"
		  "\"track\":\"outbound\",\"payload\":\"" SOUND "\"}}",
		  0, 0, false, "our own sound come back" },
		{ "{\"event\":\"mark\",\"streamSid\":\"" MZ "\",\"media\":7,"
		  "\"media\":{\"payload\":\"x\",\"payload\":\"" SOUND "\","
		  "\"track\":null},\"event\":\"media\"}",
		  0, 0, true, "the last of a repeated name" },
		{ "{\"event\":\"media\",\"streamSid\":\"" MZ "\",\"media\":{"
		  "\"payload\":\"" SOUND "\",\"x\":[{\"y\":\"\\u0000\"}]},"
		  "\"sequenceNumber\":\"x\"}",
		  0, 0, true, "members not known, a number that is none" },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(row); i++) {
		struct twilio_event ev;
		char *text;

		CHECK_EQ(0, parse(&ev, &text, row[i].message), row[i].why);
		CHECK_EQ(TWILIO_MEDIA, ev.type, row[i].why);
		CHECK_STR(MZ, ev.stream_sid, row[i].why);
		CHECK_EQ(row[i].sequence, ev.sequence, row[i].why);
		CHECK_EQ(row[i].timestamp_ms, ev.timestamp_ms, row[i].why);
		CHECK_EQ(row[i].is_inbound, ev.is_inbound, row[i].why);
		CHECK_EQ(sizeof(sound), ev.audio_len, row[i].why);
		CHECK(!memcmp(sound, ev.audio, sizeof(sound)), row[i].why);
		discard(&ev, text);
	}
}

/* A media message of n code words, each its own index. */
static char *media_of(size_t n)
{
	uint8_t *sound = malloc(n + 1);
	char *text = malloc(TWILIO_MEDIA_ROOM(n) + 1);
	size_t len;

	for (size_t i = 0; i < n; i++)
		sound[i] = (uint8_t)i;
	len = twilio_message_media(text, TWILIO_MEDIA_ROOM(n), MZ, sound, n);
	text[len] = '\0';
	free(sound);
	return text;
}

static void test_media_bound(void **state)
{
	static const struct {
		size_t n;
		int err;
	} row[] = {
		{ 0, 0 },
		{ 160, 0 },
		{ TWILIO_MEDIA_MAX, 0 },
		{ TWILIO_MEDIA_MAX + 1, -E2BIG },
		{ TWILIO_MEDIA_MAX + 2, -E2BIG },
		{ TWILIO_MEDIA_MAX + 3, -E2BIG },
		{ 2 * TWILIO_MEDIA_MAX, -E2BIG },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(row); i++) {
		char *text = media_of(row[i].n);
		struct twilio_event ev;

		CHECK_EQ(row[i].err,
			 twilio_message_parse(&ev, text, strlen(text)),
			 "bound");
		if (!row[i].err)
			CHECK_EQ(row[i].n, ev.audio_len, "bound");
		free(text);
	}
}

static void test_damaged_media(void **state)
{
	static const struct {
		const char *message;
		int err;
		const char *why;
	} row[] = {
		{ "{\"event\":\"media\"}", -EPROTO, "no media" },
		{ "{\"event\":\"media\",\"media\":\"//8=\"}", -EPROTO,
		  "a string for an object" },
		{ "{\"event\":\"media\",\"media\":{}}", -EPROTO, "no payload" },
		{ "{\"event\":\"media\",\"media\":{\"payload\":5}}", -EPROTO,
		  "a number for a payload" },
		{ "{\"event\":\"media\",\"media\":{\"payload\":\"//8\"}}",
		  -EPROTO, "padding lost" },
		{ "{\"event\":\"media\",\"media\":{\"payload\":\"//!=\"}}",
		  -EPROTO, "no base64" },
		{ "{\"event\":\"media\",\"media\":{\"payload\":\"//8=\"}",
		  -EBADMSG, "cut" },
		{ "{\"event\":\"media\",\"media\":"
		  "[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[0]]]]]]]]]]]]]]]]]]]]]]]]]"
		  "]]]]]]]]]}",
		  -EPROTO, "beyond the scanner's depth" },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(row); i++) {
		struct twilio_event ev;
		char *text;

		CHECK_EQ(row[i].err, parse(&ev, &text, row[i].message),
			 row[i].why);
		free(text);
	}
}

static void test_media_takes_no_memory(void **state)
{
	char *text = media_of(160);
	char out[TWILIO_MEDIA_ROOM(160)];
	struct twilio_event ev;
	size_t before, len = strlen(text), written, marked;
	int err;

	(void)state;
	allocations_watch();
	before = allocations_count();
	err = twilio_message_parse(&ev, text, len);
	written = twilio_message_media(out, sizeof(out), MZ, ev.audio,
				       ev.audio_len);
	marked = twilio_message_mark(out, sizeof(out), MZ, "g1.i1.20");
	twilio_event_release(&ev);
	CHECK_EQ(before, allocations_count(), "allocations on the media path");
	CHECK(err == 0 && written > 0 && marked > 0, "and it worked");
	free(text);
}

static void test_small_events(void **state)
{
	static const struct {
		const char *message;
		int err;
		enum twilio_event_type type;
		char digit;
		const char *mark, *name;
		const char *why;
	} row[] = {
		{ "{\"event\":\"dtmf\",\"streamSid\":\"" MZ "\","
		  "\"sequenceNumber\":\"431\",\"dtmf\":{\"track\":"
		  "\"inbound_track\",\"digit\":\"5\"}}",
		  0, TWILIO_DTMF, '5', "", "", "a digit" },
		{ "{\"dtmf\":{\"digit\":\"#\"},\"event\":\"dtmf\"}", 0,
		  TWILIO_DTMF, '#', "", "", "pound" },
		{ "{\"dtmf\":{\"digit\":\"D\"},\"event\":\"dtmf\"}", 0,
		  TWILIO_DTMF, 'D', "", "", "the fourth column" },
		{ "{\"dtmf\":{\"digit\":0},\"event\":\"dtmf\"}", 0, TWILIO_DTMF,
		  '0', "", "", "a number for a digit" },
		{ "{\"dtmf\":{\"digit\":10},\"event\":\"dtmf\"}", -EPROTO, 0, 0,
		  "", "", "a number of two" },
		{ "{\"dtmf\":{\"digit\":\"12\"},\"event\":\"dtmf\"}", -EPROTO,
		  0, 0, "", "", "two digits" },
		{ "{\"dtmf\":{\"digit\":\"\"},\"event\":\"dtmf\"}", -EPROTO, 0,
		  0, "", "", "none" },
		{ "{\"dtmf\":{\"digit\":\"E\"},\"event\":\"dtmf\"}", -EPROTO, 0,
		  0, "", "", "no such key" },
		{ "{\"event\":\"dtmf\"}", -EPROTO, 0, 0, "", "", "no dtmf" },
		{ "{\"event\":\"mark\",\"sequenceNumber\":\"512\","
		  "\"streamSid\":\"" MZ
		  "\",\"mark\":{\"name\":\"g3.i7.1840\"}}",
		  0, TWILIO_MARK, 0, "g3.i7.1840", "", "an echo" },
		{ "{\"event\":\"mark\",\"mark\":{\"name\":\"\"}}", -EPROTO, 0,
		  0, "", "", "a mark without a name" },
		{ "{\"event\":\"mark\",\"mark\":{\"name\":7}}", -EPROTO, 0, 0,
		  "", "", "a number for one" },
		{ "{\"event\":\"mark\",\"mark\":\"g3\"}", -EPROTO, 0, 0, "", "",
		  "a string for an object" },
		{ "{\"event\":\"stop\",\"stop\":{\"accountSid\":\"" AC "\"}}",
		  0, TWILIO_STOP, 0, "", "", "stop" },
		{ "{\"event\":\"stop\"}", 0, TWILIO_STOP, 0, "", "",
		  "stop with nothing in it" },
		{ "{\"event\":\"speech\",\"x\":{\"y\":[null]}}", 0,
		  TWILIO_UNKNOWN, 0, "", "speech", "an event not known" },
		{ "{\"event\":\"a\\nb\\u00e9\"}", 0, TWILIO_UNKNOWN, 0, "",
		  "a?b??", "printable" },
		{ "{\"event\":\"0123456789012345678901234567890123456789\"}", 0,
		  TWILIO_UNKNOWN, 0, "", "0123456789012345678901234567890",
		  "cut" },
		{ "{\"event\":7}", 0, TWILIO_UNKNOWN, 0, "", "", "no name" },
		{ "{}", 0, TWILIO_UNKNOWN, 0, "", "", "nothing" },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(row); i++) {
		struct twilio_event ev;
		char *text;

		CHECK_EQ(row[i].err, parse(&ev, &text, row[i].message),
			 row[i].why);
		if (!row[i].err) {
			CHECK_EQ(row[i].type, ev.type, row[i].why);
			CHECK_EQ(row[i].digit, ev.digit, row[i].why);
			CHECK_STR(row[i].mark, ev.mark, row[i].why);
			CHECK_STR(row[i].name, ev.name, row[i].why);
			twilio_event_release(&ev);
		}
		free(text);
	}
}

static void test_mark_length(void **state)
{
	char message[160], name[TWILIO_MARK_MAX + 1];
	struct twilio_event ev;
	char *text;

	(void)state;
	memset(name, 'm', sizeof(name));
	name[TWILIO_MARK_MAX] = '\0';
	snprintf(message, sizeof(message),
		 "{\"event\":\"mark\",\"mark\":{\"name\":\"%s\"}}", name);
	CHECK_EQ(-EPROTO, parse(&ev, &text, message), "64 characters");
	free(text);
	name[TWILIO_MARK_MAX - 1] = '\0';
	snprintf(message, sizeof(message),
		 "{\"event\":\"mark\",\"mark\":{\"name\":\"%s\"}}", name);
	CHECK_EQ(0, parse(&ev, &text, message), "63 characters");
	CHECK_STR(name, ev.mark, "63 characters");
	discard(&ev, text);
}

static void test_no_json(void **state)
{
	static const char *const message[] = {
		"",           "x",
		"[]",         "\"event\"",
		"null",       "{",
		"{\"event\"", "{\"event\":\"start\"",
		"{}{}",       "{\"event\":\"\xff\"}",
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(message); i++) {
		struct twilio_event ev;
		char *text;

		CHECK_EQ(-EBADMSG, parse(&ev, &text, message[i]), message[i]);
		free(text);
	}
}

/* Every cut of a good message is no JSON, whatever its kind. */
static void test_cut_anywhere(void **state)
{
	static const char *const message[] = {
		"{\"event\":\"media\",\"media\":{\"payload\":\"//8=\"}}",
		"{\"event\":\"dtmf\",\"dtmf\":{\"digit\":\"5\"}}",
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(message); i++)
		for (size_t n = 0; n < strlen(message[i]); n++) {
			char *text = strndup(message[i], n);
			struct twilio_event ev;

			CHECK_EQ(-EBADMSG, twilio_message_parse(&ev, text, n),
				 message[i]);
			free(text);
		}
}

static void check_written(const char *expected, const char *out, size_t n)
{
	CHECK_EQ(strlen(expected), n, expected);
	CHECK(!memcmp(expected, out, n), expected);
}

/* Byte for byte as section 2.4 of the reference shows them. */
static void test_writers(void **state)
{
	static const uint8_t sound[] = { 0xff, 0xff, 0x7f, 0x00, 0x01 };
	char out[TWILIO_CONTROL_ROOM];

	(void)state;
	check_written("{\"event\":\"media\",\"streamSid\":\"" MZ
		      "\",\"media\":{\"payload\":\"//9/AAE=\"}}",
		      out,
		      twilio_message_media(out, sizeof(out), MZ, sound,
					   sizeof(sound)));
	check_written("{\"event\":\"mark\",\"streamSid\":\"" MZ
		      "\",\"mark\":{\"name\":\"g3.i7.1840\"}}",
		      out,
		      twilio_message_mark(out, sizeof(out), MZ, "g3.i7.1840"));
	check_written("{\"event\":\"clear\",\"streamSid\":\"" MZ "\"}", out,
		      twilio_message_clear(out, sizeof(out), MZ));
}

/* With a byte less than a message needs nothing is written beyond. */
static void test_room(void **state)
{
	static const uint8_t sound[] = { 1, 2, 3 };
	char *out = malloc(TWILIO_MEDIA_ROOM(3));
	size_t media =
		twilio_message_media(out, TWILIO_MEDIA_ROOM(3), MZ, sound, 3);
	size_t mark = twilio_message_mark(out, TWILIO_MEDIA_ROOM(3), MZ, "m");
	size_t clear = twilio_message_clear(out, TWILIO_MEDIA_ROOM(3), MZ);

	(void)state;
	CHECK(media && mark && clear, "the room promised is enough");
	free(out);
	for (size_t cap = 0; cap < media; cap++) {
		out = malloc(cap ? cap : 1);
		CHECK_EQ(0, twilio_message_media(out, cap, MZ, sound, 3),
			 "media");
		CHECK_EQ(cap >= mark ? mark : 0,
			 twilio_message_mark(out, cap, MZ, "m"), "mark");
		CHECK_EQ(cap >= clear ? clear : 0,
			 twilio_message_clear(out, cap, MZ), "clear");
		free(out);
	}
}

static void test_names_refused(void **state)
{
	static const struct {
		const char *name, *why;
	} row[] = {
		{ "", "empty" },
		{ "a\"b", "a quote" },
		{ "a\\b", "a backslash" },
		{ "a\nb", "a line break" },
		{ "\xc3\xa9", "no ASCII" },
		{ "0123456789012345678901234567890123456789012345678901234567"
		  "890123",
		  "64 characters" },
	};
	char out[TWILIO_CONTROL_ROOM];

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(row); i++) {
		CHECK_EQ(0,
			 twilio_message_mark(out, sizeof(out), MZ, row[i].name),
			 row[i].why);
		CHECK_EQ(0, twilio_message_clear(out, sizeof(out), row[i].name),
			 row[i].why);
	}
	CHECK(twilio_message_mark(out, sizeof(out), MZ, row[5].name + 1) > 0,
	      "63 characters");
}

static void test_sids(void **state)
{
	static const struct {
		const char *sid;
		bool is_ok;
		const char *why;
	} row[] = {
		{ AC, true, "as they are" },
		{ "AC0123456789ABCDEF0123456789abcdef", true, "capitals" },
		{ "ac0123456789abcdef0123456789abcdef", false, "the letters" },
		{ CA, false, "another kind" },
		{ AC "0", false, "long" },
		{ "AC0123456789abcdef0123456789abcde", false, "short" },
		{ "AC0123456789abcdef0123456789abcdeg", false, "no hex" },
		{ "", false, "empty" },
		{ "A", false, "one letter" },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(row); i++)
		CHECK_EQ(row[i].is_ok, twilio_sid_ok(row[i].sid, "AC"),
			 row[i].why);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_connected),
		cmocka_unit_test(test_start),
		cmocka_unit_test(test_start_variants),
		cmocka_unit_test(test_start_sid_at_the_top),
		cmocka_unit_test(test_media),
		cmocka_unit_test(test_media_bound),
		cmocka_unit_test(test_damaged_media),
		cmocka_unit_test(test_media_takes_no_memory),
		cmocka_unit_test(test_small_events),
		cmocka_unit_test(test_mark_length),
		cmocka_unit_test(test_no_json),
		cmocka_unit_test(test_cut_anywhere),
		cmocka_unit_test(test_writers),
		cmocka_unit_test(test_room),
		cmocka_unit_test(test_names_refused),
		cmocka_unit_test(test_sids),
	};

	return cmocka_run_group_tests_name("twilio_message", tests, NULL, NULL);
}
