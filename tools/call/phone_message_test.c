#include "tools/testing/check.h"

#include <errno.h>
#include <string.h>

#include <jansson.h>

#include "protocols/buffer.h"
#include "tools/call/phone_message.h"

#define SID      "MZ00112233445566778899aabbccddeeff"
#define ENVELOPE "\"streamSid\":\"" SID "\""

static int read_text(struct phone_message *m, const char *text,
		     struct phone_breach *b)
{
	return phone_message_read(m, text, strlen(text), SID, b);
}

static void test_takes_the_three_shapes(void **state)
{
	struct phone_message m;
	struct phone_breach b;

	(void)state;
	CHECK_EQ(0,
		 read_text(&m,
			   "{\"event\":\"media\"," ENVELOPE
			   ",\"media\":{\"payload\":\"//9/\"}}",
			   &b),
		 "media");
	CHECK_EQ(PHONE_MEDIA, m.kind, "kind");
	CHECK_EQ(3, m.bytes, "three bytes");
	CHECK(memcmp(m.ulaw, "\xff\xff\x7f", 3) == 0, "decoded");
	phone_message_free(&m);
	CHECK_EQ(0,
		 read_text(&m,
			   " { \"mark\" : {\"name\":\"g3.i7.1840\"}, " ENVELOPE
			   ",\"event\":\"mark\" } ",
			   &b),
		 "mark, keys in another order and spaces");
	CHECK_EQ(PHONE_MARK, m.kind, "kind");
	CHECK_STR("g3.i7.1840", m.name, "name");
	CHECK_EQ(0, read_text(&m, "{\"event\":\"clear\"," ENVELOPE "}", &b),
		 "clear");
	CHECK_EQ(PHONE_CLEAR, m.kind, "kind");
}

static void test_refuses(void **state)
{
	static const struct {
		const char *text, *why;
	} row[] = {
		{ "", "nothing" },
		{ "{\"event\":\"clear\"", "cut" },
		{ "[]", "an array" },
		{ "{}", "no event" },
		{ "{\"event\":1," ENVELOPE "}", "event is no string" },
		{ "{\"event\":\"clear\"}", "no streamSid" },
		{ "{\"event\":\"clear\",\"streamSid\":\"MZ1\"}",
		  "another stream" },
		{ "{\"event\":\"clear\",\"streamSid\":7}",
		  "streamSid a number" },
		{ "{\"event\":\"clear\"," ENVELOPE ",\"sequenceNumber\":\"1\"}",
		  "an extra field" },
		{ "{\"event\":\"clear\"," ENVELOPE ",\"event\":\"clear\"}",
		  "a field twice" },
		{ "{\"event\":\"Clear\"," ENVELOPE "}", "case matters" },
		{ "{\"event\":\"stop\"," ENVELOPE "}", "not ours to send" },
		{ "{\"event\":\"media\"," ENVELOPE "}", "no media" },
		{ "{\"event\":\"media\"," ENVELOPE ",\"media\":\"//9/\"}",
		  "media no object" },
		{ "{\"event\":\"media\"," ENVELOPE ",\"media\":{}}",
		  "no payload" },
		{ "{\"event\":\"media\"," ENVELOPE
		  ",\"media\":{\"payload\":\"//9/\",\"track\":\"outbound\"}}",
		  "an extra field inside" },
		{ "{\"event\":\"media\"," ENVELOPE
		  ",\"media\":{\"payload\":null}}",
		  "payload null" },
		{ "{\"event\":\"media\"," ENVELOPE
		  ",\"media\":{\"payload\":\"\"}}",
		  "payload empty" },
		{ "{\"event\":\"media\"," ENVELOPE
		  ",\"media\":{\"payload\":\"//9\"}}",
		  "base64 without padding" },
		{ "{\"event\":\"media\"," ENVELOPE
		  ",\"media\":{\"payload\":\"__9_\"}}",
		  "the URL alphabet" },
		{ "{\"event\":\"media\"," ENVELOPE
		  ",\"media\":{\"payload\":\"UklGRgAA\"}}",
		  "a WAV file's header" },
		{ "{\"event\":\"media\"," ENVELOPE
		  ",\"media\":{\"payload\":\"SUQzAAAA\"}}",
		  "an MP3 file's header" },
		{ "{\"event\":\"mark\"," ENVELOPE "}", "mark without mark" },
		{ "{\"event\":\"mark\"," ENVELOPE ",\"mark\":{\"name\":3}}",
		  "a number for a name" },
		{ "{\"event\":\"mark\"," ENVELOPE ",\"mark\":{\"name\":\"\"}}",
		  "an empty name" },
		{ "{\"event\":\"clear\"," ENVELOPE "}x", "text behind" },
	};
	struct phone_message m;

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(row); i++) {
		struct phone_breach b = { .code = 0 };

		CHECK_EQ(-EPROTO, read_text(&m, row[i].text, &b), row[i].why);
		CHECK_EQ(PHONE_INVALID, b.code, row[i].why);
		CHECK(b.text[0], row[i].why);
	}
}

static void test_refuses_long_names(void **state)
{
	char text[512], name[PHONE_MARK_NAME_MAX + 1];
	struct phone_message m;
	struct phone_breach b;

	(void)state;
	memset(name, 'n', sizeof(name));
	snprintf(text, sizeof(text),
		 "{\"event\":\"mark\"," ENVELOPE
		 ",\"mark\":{\"name\":\"%.*s\"}}",
		 PHONE_MARK_NAME_MAX - 1, name);
	CHECK_EQ(0, read_text(&m, text, &b), "128 characters");
	snprintf(text, sizeof(text),
		 "{\"event\":\"mark\"," ENVELOPE
		 ",\"mark\":{\"name\":\"%.*s\"}}",
		 PHONE_MARK_NAME_MAX, name);
	CHECK_EQ(-EPROTO, read_text(&m, text, &b), "129");
}

/* --- Writing --- */

static struct phone_sender sender = {
	.account_sid = "AC0123456789abcdef0123456789abcdef",
	.call_sid = "CAfedcba9876543210fedcba9876543210",
	.stream_sid = SID,
};

static const char *written(struct buffer *b, int err)
{
	CHECK_EQ(0, err, "written");
	CHECK_EQ(0, buffer_append(b, "", 1), "room for the NUL");
	return (const char *)buffer_head(b);
}

/* The messages of section 2.3, letter for letter. */
static void test_writes(void **state)
{
	static const struct phone_parameter parameter[] = {
		{ "tenant", "acme" }, { "caller", "+15552223333" }
	};
	static const struct phone_start start = {
		.encoding = "audio/x-mulaw",
		.sample_rate = 8000,
		.parameter = parameter,
		.parameters = 2,
	};
	struct buffer b;

	(void)state;
	sender.sequence = 0;
	buffer_init(&b, 65536);
	CHECK_STR("{\"event\":\"connected\",\"protocol\":\"Call\","
		  "\"version\":\"1.0.0\"}",
		  written(&b, phone_message_connected(&b, &sender)),
		  "connected has no sequence number");
	CHECK_STR("{\"event\":\"start\",\"sequenceNumber\":\"1\",\"start\":{"
		  "\"accountSid\":\"AC0123456789abcdef0123456789abcdef\","
		  "\"streamSid\":\"" SID "\","
		  "\"callSid\":\"CAfedcba9876543210fedcba9876543210\","
		  "\"tracks\":[\"inbound\"],\"mediaFormat\":{\"encoding\":"
		  "\"audio/x-mulaw\",\"sampleRate\":8000,\"channels\":1},"
		  "\"customParameters\":{\"tenant\":\"acme\",\"caller\":"
		  "\"+15552223333\"}}," ENVELOPE "}",
		  written(&b, phone_message_start(&b, &sender, &start)),
		  "start");
	CHECK_STR("{\"event\":\"media\",\"sequenceNumber\":\"2\",\"media\":{"
		  "\"track\":\"inbound\",\"chunk\":\"1\",\"timestamp\":"
		  "\"155\",\"payload\":\"/39//w==\"}," ENVELOPE "}",
		  written(&b, phone_message_media(
				      &b, &sender, 1, 155,
				      (const uint8_t *)"\xff\x7f\x7f\xff", 4)),
		  "media");
	CHECK_STR("{\"event\":\"dtmf\"," ENVELOPE
		  ",\"sequenceNumber\":\"3\",\"dtmf\":{\"track\":"
		  "\"inbound_track\",\"digit\":\"#\"}}",
		  written(&b, phone_message_dtmf(&b, &sender, '#')), "dtmf");
	CHECK_STR("{\"event\":\"mark\",\"sequenceNumber\":\"4\"," ENVELOPE
		  ",\"mark\":{\"name\":\"a\\\"b\"}}",
		  written(&b, phone_message_mark(&b, &sender, "a\"b")),
		  "a mark, escaped as it must");
	CHECK_STR(
		"{\"event\":\"stop\",\"sequenceNumber\":\"5\",\"stop\":{"
		"\"accountSid\":\"AC0123456789abcdef0123456789abcdef\","
		"\"callSid\":\"CAfedcba9876543210fedcba9876543210\"}," ENVELOPE
		"}",
		written(&b, phone_message_stop(&b, &sender)), "stop");
	buffer_free(&b);
}

/* With unknown fields every message is still JSON with what it had. */
static void test_unknown_fields(void **state)
{
	struct phone_sender strange = sender;
	struct buffer b;

	(void)state;
	strange.adds_unknown_fields = true;
	buffer_init(&b, 65536);
	json_t *media = json_loads(
		written(&b, phone_message_media(&b, &strange, 7, 20,
						(const uint8_t *)"\xff", 1)),
		JSON_REJECT_DUPLICATES, NULL);
	CHECK(media, "it is JSON");
	CHECK(json_object_get(media, "newField"), "with a field nobody knows");
	CHECK_STR("7",
		  json_string_value(json_object_get(
			  json_object_get(media, "media"), "chunk")),
		  "and the known ones");
	json_decref(media);
	buffer_free(&b);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_takes_the_three_shapes),
		cmocka_unit_test(test_refuses),
		cmocka_unit_test(test_refuses_long_names),
		cmocka_unit_test(test_writes),
		cmocka_unit_test(test_unknown_fields),
	};

	return cmocka_run_group_tests_name("phone_message", tests, NULL, NULL);
}
