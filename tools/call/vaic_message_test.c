#include "tools/testing/check.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <jansson.h>

#include "protocols/buffer.h"
#include "tools/call/vaic_message.h"

#define ID "0d1c6c1e-7a52-4f0b-9f0e-2b6b8f5f7a10"

/* The breaches of one reading, one a line. */
struct heard {
	char text[2048];
	unsigned breaches;
	unsigned code;
};

static void on_breach(void *owner, const struct phone_breach *breach)
{
	struct heard *h = owner;
	size_t used = strlen(h->text);

	snprintf(h->text + used, sizeof(h->text) - used, "%s\n", breach->text);
	h->breaches++;
	h->code = breach->code;
}

static bool read_text(struct vaic_event *e, const char *text, struct heard *h)
{
	const struct vaic_breaches b = { on_breach, h };

	*h = (struct heard){ .breaches = 0 };
	return vaic_message_read(e, text, strlen(text), false, ID, &b);
}

/* --- Reading --- */

static void test_takes_every_message(void **state)
{
	static const struct {
		const char *text;
		enum vaic_event_kind kind;
		const char *why;
	} row[] = {
		{ "{\"type\":\"connection.validated\",\"success\":true}",
		  VAIC_VALIDATED, "2.1" },
		{ "{\"type\":\"session.accepted\","
		  "\"mediaFormat\":\"raw/lpcm16_24\"}",
		  VAIC_ACCEPTED, "2.2" },
		{ "{\"type\":\"session.accepted\"}", VAIC_ACCEPTED,
		  "2.3: on resume a format may be missing" },
		{ "{\"type\":\"session.error\",\"reason\":\"no media format\","
		  "\"conversationId\":\"" ID "\"}",
		  VAIC_ERROR, "2.2, with an id" },
		{ "{\"type\":\"userStream.started\"}", VAIC_USER_STARTED,
		  "2.5" },
		{ "{\"type\":\"userStream.stopped\",\"participant\":\"caller\"}",
		  VAIC_USER_STOPPED, "echoes a participant" },
		{ "{\"type\":\"userStream.speech.started\",\"participant\":"
		  "\"caller\",\"participantId\":\"caller\"}",
		  VAIC_SPEECH_STARTED, "both names of the participant" },
		{ "{\"type\":\"userStream.speech.stopped\"}",
		  VAIC_SPEECH_STOPPED, "2.5" },
		{ "{\"type\":\"userStream.speech.committed\"}",
		  VAIC_SPEECH_COMMITTED, "2.5" },
		{ "{\"type\":\"userStream.speech.hypothesis\","
		  "\"alternatives\":[{\"text\":\"i would like\"}]}",
		  VAIC_SPEECH_HYPOTHESIS, "no confidence" },
		{ "{\"type\":\"userStream.speech.recognition\",\"alternatives\""
		  ":[{\"text\":\"yes\",\"confidence\":\"0.9\"}]}",
		  VAIC_SPEECH_RECOGNITION, "confidence as text" },
		{ "{\"type\":\"playStream.start\",\"streamId\":\"p7\","
		  "\"mediaFormat\":\"raw/mulaw\",\"altText\":\"Sure\","
		  "\"activityParams\":{\"bargeIn\":true}}",
		  VAIC_PLAY_START, "2.6" },
		{ "{\"type\":\"playStream.chunk\",\"streamId\":\"p7\","
		  "\"audioChunk\":\"//9/\"}",
		  VAIC_PLAY_CHUNK, "2.6" },
		{ "{\"type\":\"playStream.stop\",\"streamId\":\"p7\"}",
		  VAIC_PLAY_STOP, "2.6" },
		{ "{\"type\":\"playStream.mark.set\",\"streamId\":\"p7\","
		  "\"mark\":\"m1\"}",
		  VAIC_MARK_SET, "2.6, unverified" },
		{ "{\"type\":\"activities\",\"activities\":[{\"type\":"
		  "\"event\",\"name\":\"hangup\"}]}",
		  VAIC_ACTIVITIES, "2.7" },
	};
	struct vaic_event e;
	struct heard h;

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(row); i++) {
		CHECK(read_text(&e, row[i].text, &h), row[i].why);
		CHECK_STR("", h.text, row[i].why);
		CHECK_EQ(row[i].kind, e.kind, row[i].why);
		vaic_message_free(&e);
	}
}

static void test_refuses(void **state)
{
#define TYPE(t) "{\"type\":\"" t "\""
	static const struct {
		const char *text, *breach;
	} row[] = {
		{ "", "not JSON" },
		{ "{\"type\":\"playStream.stop\"", "not JSON" },
		{ "[]", "not a JSON object" },
		{ "{}", "type is missing" },
		{ "{\"type\":7}", "type is no string" },
		{ TYPE("session.resumed") "}", "unknown type" },
		{ TYPE("hangup") "}", "unknown type" },
		{ TYPE("Session.accepted") "}", "unknown type" },
		{ TYPE("session.accepted") ",\"type\":\"x\"}", "not JSON" },
		{ TYPE("userStream.started") ",\"conversationId\":\"other\"}",
		  "conversationId is not this call's" },
		{ TYPE("connection.validated") "}", "success is missing" },
		{ TYPE("connection.validated") ",\"success\":\"true\"}",
		  "success is no boolean" },
		{ TYPE("userStream.speech.hypothesis") ",\"text\":\"top\"}",
		  "alternatives is missing" },
		{ TYPE("userStream.speech.recognition") ",\"alternatives\":[]}",
		  "no array of one or more" },
		{ TYPE("userStream.speech.hypothesis") ",\"alternatives\":[{}]}",
		  "text is missing" },
		{ TYPE("userStream.speech.hypothesis") ",\"alternatives\":[3]}",
		  "an alternative is no object" },
		{ TYPE("playStream.start") ",\"mediaFormat\":\"raw/mulaw\"}",
		  "streamId is missing" },
		{ TYPE("playStream.start") ",\"streamId\":\"p\"}",
		  "mediaFormat is missing" },
		{ TYPE("playStream.start") ",\"streamId\":7,\"mediaFormat\":"
					   "\"raw/mulaw\"}",
		  "streamId is no string" },
		{ TYPE("playStream.chunk") ",\"streamId\":\"p\"}",
		  "audioChunk is missing" },
		{ TYPE("playStream.chunk") ",\"audioChunk\":\"//9/\"}",
		  "streamId is missing" },
		{ TYPE("playStream.chunk") ",\"streamId\":\"p\",\"audioChunk\":"
					   "\"\"}",
		  "audioChunk is empty" },
		{ TYPE("playStream.chunk") ",\"streamId\":\"p\",\"audioChunk\":"
					   "\"//9\"}",
		  "no base64" },
		{ TYPE("playStream.chunk") ",\"streamId\":\"p\",\"audioChunk\":"
					   "\"__9_\"}",
		  "no base64" },
		{ TYPE("playStream.chunk") ",\"streamId\":\"p\",\"audioChunk\":"
					   "\"//9/\\n\"}",
		  "no base64" },
		{ TYPE("playStream.stop") ",\"streamId\":\"\"}",
		  "streamId of 0 bytes" },
		{ TYPE("playStream.mark.set") ",\"streamId\":\"p\"}",
		  "mark is missing" },
		{ TYPE("activities") "}", "no array of 1 to 64" },
		{ TYPE("activities") ",\"activities\":[]}",
		  "no array of 1 to 64" },
		{ TYPE("activities") ",\"activities\":{}}",
		  "no array of 1 to 64" },
	};
	struct vaic_event e;
	struct heard h;

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(row); i++) {
		CHECK(!read_text(&e, row[i].text, &h), row[i].breach);
		CHECK_EQ(VAIC_UNKNOWN, e.kind, row[i].breach);
		CHECK_EQ(1, h.breaches, row[i].breach);
		CHECK_EQ(VAIC_SHAPE, h.code, row[i].breach);
		CHECK(strstr(h.text, row[i].breach), row[i].breach);
		vaic_message_free(&e);
	}
}

/* Breaches that leave something to act on. */
static void test_tells_and_goes_on(void **state)
{
	static const struct {
		const char *text, *breach;
	} row[] = {
		{ TYPE("session.error") "}", "reason is missing" },
		{ TYPE("session.accepted") ",\"mediaFormat\":1}",
		  "mediaFormat is no string" },
		{ TYPE("userStream.started") ",\"conversationId\":1}",
		  "conversationId is no string" },
		{ TYPE("userStream.started") ",\"participant\":1}",
		  "participant is no string" },
		{ TYPE("userStream.speech.started") ",\"participant\":\"a\","
						    "\"participantId\":\"b\"}",
		  "differ" },
		{ TYPE("userStream.speech.recognition") ",\"alternatives\":[{"
							"\"text\":\"a\"}]}",
		  "has no confidence" },
		{ TYPE("userStream.speech.hypothesis") ",\"alternatives\":[{"
						       "\"text\":\"a\","
						       "\"confidence\":2}]}",
		  "not from 0 to 1" },
		{ TYPE("playStream.start") ",\"streamId\":\"p\",\"mediaFormat\""
					   ":\"raw/mulaw\",\"altText\":[]}",
		  "altText is no string" },
		{ TYPE("playStream.start") ",\"streamId\":\"p\",\"mediaFormat\""
					   ":\"raw/mulaw\",\"activityParams\":"
					   "{\"bargeIn\":\"yes\"}}",
		  "bargeIn is not a boolean" },
	};
	struct vaic_event e;
	struct heard h;

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(row); i++) {
		CHECK(read_text(&e, row[i].text, &h), row[i].breach);
		CHECK_EQ(1, h.breaches, row[i].breach);
		CHECK(strstr(h.text, row[i].breach), row[i].breach);
		vaic_message_free(&e);
	}
}

static void test_reads_what_it_says(void **state)
{
	struct vaic_event e;
	struct heard h;

	(void)state;
	CHECK(read_text(&e,
			TYPE("playStream.chunk") ",\"streamId\":\"p7\","
						 "\"audioChunk\":\"//9/\"}",
			&h),
	      "chunk");
	CHECK_EQ(3, e.bytes, "bytes");
	CHECK(memcmp(e.audio, "\xff\xff\x7f", 3) == 0, "decoded");
	CHECK_STR("p7", e.stream_id, "id");
	vaic_message_free(&e);
	CHECK(read_text(
		      &e,
		      TYPE("playStream.start") ",\"streamId\":\"p7\","
					       "\"mediaFormat\":\"wav/lpcm16\","
					       "\"activityParams\":{\"bargeIn\""
					       ":false}}",
		      &h),
	      "start");
	CHECK_EQ(VAIC_WAV_LPCM16, e.format, "format");
	CHECK_EQ(VAIC_SET_BARGE_IN, e.once.set, "one parameter");
	CHECK(!e.once.to.barge_in, "off");
	vaic_message_free(&e);
	CHECK(read_text(
		      &e,
		      TYPE("session.accepted") ",\"mediaFormat\":\"raw/alaw\"}",
		      &h),
	      "a format that is none is for the session to judge");
	CHECK_EQ(VAIC_FORMATS, e.format, "none");
	CHECK_STR("raw/alaw", e.format_name, "its name");
	vaic_message_free(&e);
	CHECK(read_text(&e,
			TYPE("userStream.speech.hypothesis") ",\"alternatives\""
							     ":[{\"text\":\" i "
							     "would\\n like "
							     "\"}]}",
			&h),
	      "hypothesis");
	CHECK_EQ(3, e.words, "words");
	vaic_message_free(&e);
}

static void test_bounds(void **state)
{
	const struct {
		size_t id;
		bool is_taken;
		const char *why;
	} row[] = { { VAIC_ID_MAX, true, "128 bytes of streamId" },
		    { VAIC_ID_MAX + 1, false, "129" } };
	char name[VAIC_ID_MAX + 2], text[512];
	struct vaic_event e;
	struct heard h;

	(void)state;
	memset(name, 'n', sizeof(name));
	for (size_t i = 0; i < ARRAY_LEN(row); i++) {
		snprintf(text, sizeof(text),
			 TYPE("playStream.stop") ",\"streamId\":\"%.*s\"}",
			 (int)row[i].id, name);
		CHECK_EQ(row[i].is_taken, read_text(&e, text, &h), row[i].why);
		vaic_message_free(&e);
	}
	/* A megabyte of spaces behind the message, and one more. */
	char *big = malloc(VAIC_MESSAGE_MAX + 2);
	const char *stop = TYPE("userStream.stopped") "}";
	assert_non_null(big);
	memset(big, ' ', VAIC_MESSAGE_MAX + 1);
	memcpy(big, stop, strlen(stop));
	big[VAIC_MESSAGE_MAX] = 0;
	CHECK(read_text(&e, big, &h), "1 MiB");
	vaic_message_free(&e);
	big[VAIC_MESSAGE_MAX] = ' ';
	big[VAIC_MESSAGE_MAX + 1] = 0;
	CHECK(!read_text(&e, big, &h), "one byte more");
	CHECK_STR("a message of 1048577 bytes\n", h.text, "is told");
	vaic_message_free(&e);
	free(big);
}

static void test_binary_frames(void **state)
{
	const char *text = TYPE("userStream.started") "}";
	struct heard h = { .breaches = 0 };
	const struct vaic_breaches b = { on_breach, &h };
	struct vaic_event e;

	(void)state;
	CHECK(vaic_message_read(&e, text, strlen(text), true, ID, &b),
	      "read all the same");
	CHECK_STR("a binary frame\n", h.text, "but told");
	vaic_message_free(&e);
}

static void test_survives_every_cut(void **state)
{
	const char *text =
		TYPE("activities") ",\"activities\":[{\"type\":\"event\","
				   "\"name\":\"sendDtmf\",\"activityParams\":{"
				   "\"dtmfDigits\":\"12#\"}}]}";
	struct heard h = { .breaches = 0 };
	const struct vaic_breaches b = { on_breach, &h };
	struct vaic_event e;

	(void)state;
	for (size_t n = 0; n < strlen(text); n++) {
		CHECK(!vaic_message_read(&e, text, n, false, ID, &b), "cut");
		vaic_message_free(&e);
	}
}

/* --- Activities --- */

static bool read_activity(struct vaic_event *e, const char *body,
			  struct heard *h)
{
	char text[1024];

	snprintf(text, sizeof(text), TYPE("activities") ",\"activities\":[%s]}",
		 body);
	return read_text(e, text, h);
}

#define EVENT(name) "{\"type\":\"event\",\"name\":\"" name "\""
#define PARAMS(p)   ",\"activityParams\":{" p "}}"

static void test_takes_every_activity(void **state)
{
	static const struct {
		const char *body;
		enum vaic_activity_kind kind;
		const char *text;
	} row[] = {
		{ "{\"type\":\"message\",\"text\":\"Hello\"}", VAIC_TEXT,
		  "Hello" },
		{ EVENT("hangup")
			  PARAMS("\"hangupReason\":\"done\","
				 "\"hangupSipHeaders\":[{\"name\":\"X\","
				 "\"value\":\"1\"}]"),
		  VAIC_HANGUP, "done" },
		{ EVENT("hangup") ",\"id\":\"5f0a2b55-5d2f-4a0c-8a60-"
				  "1d6f0c1c7e01\",\"timestamp\":\"2026-03-04T"
				  "10:15:21.480Z\"}",
		  VAIC_HANGUP, NULL },
		{ EVENT("transfer")
			  PARAMS("\"transferTarget\":\"tel:+33180000100\","
				 "\"handoverReason\":\"a person\","
				 "\"transferNotifications\":true"),
		  VAIC_TRANSFER, "tel:+33180000100" },
		{ EVENT("handover")
			  PARAMS("\"transferTarget\":\"sip:a@b.example\""),
		  VAIC_TRANSFER, "sip:a@b.example" },
		{ EVENT("config") ",\"sessionParams\":{\"bargeIn\":true}}",
		  VAIC_CONFIG, NULL },
		{ EVENT("playUrl")
			  PARAMS("\"playUrlUrl\":\"https://a/b.wav\","
				 "\"playUrlMediaFormat\":\"wav/mulaw\""),
		  VAIC_PLAY_URL, "https://a/b.wav" },
		{ EVENT("abortPrompts") "}", VAIC_ABORT_PROMPTS, NULL },
		{ EVENT("expectAnotherBotMessage") "}", VAIC_EXPECT_ANOTHER,
		  NULL },
		{ EVENT("sendDtmf") PARAMS("\"dtmfDigits\":"
					   "\"0123456789*#01234567\""),
		  VAIC_SEND_DTMF, "0123456789*#01234567" },
		{ EVENT("sendMetaData") ",\"value\":{\"a\":1}}",
		  VAIC_SEND_METADATA, NULL },
		{ EVENT("startCallRecording") "}", VAIC_START_RECORDING, NULL },
		{ EVENT("stopCallRecording") "}", VAIC_STOP_RECORDING, NULL },
		{ EVENT("pauseCallRecording") "}", VAIC_PAUSE_RECORDING, NULL },
		{ EVENT("resumeCallRecording") "}", VAIC_RESUME_RECORDING,
		  NULL },
		{ EVENT("startRecognition")
			  PARAMS("\"targetParticipant\":\"caller\""),
		  VAIC_START_RECOGNITION, "caller" },
		{ EVENT("stopRecognition")
			  PARAMS("\"targetParticipant\":\"caller\""),
		  VAIC_STOP_RECOGNITION, "caller" },
	};
	struct vaic_event e;
	struct heard h;

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(row); i++) {
		CHECK(read_activity(&e, row[i].body, &h), row[i].body);
		CHECK_STR("", h.text, row[i].body);
		CHECK_EQ(1, e.activities, row[i].body);
		CHECK_EQ(row[i].kind, e.activity[0].kind, row[i].body);
		if (row[i].text)
			CHECK_STR(row[i].text, e.activity[0].text, row[i].body);
		else
			CHECK(!e.activity[0].text, row[i].body);
		vaic_message_free(&e);
	}
}

static void test_ignores_activities(void **state)
{
	static const struct {
		const char *body, *breach;
	} row[] = {
		{ "7", "an activity is no object" },
		{ "{\"name\":\"hangup\"}", "type is missing" },
		{ "{\"type\":\"Event\",\"name\":\"hangup\"}", "unknown type" },
		{ "{\"type\":\"event\"}", "name is missing" },
		{ "{\"type\":\"message\"}", "text is missing" },
		{ EVENT("playData") "}", "unknown activity" },
		{ EVENT("transfer") "}", "transferTarget is missing" },
		{ EVENT("transfer")
			  PARAMS("\"transferTarget\":\"+33180000100\""),
		  "neither tel: nor sip:" },
		{ EVENT("transfer") PARAMS("\"transferTarget\":\"tel:\""),
		  "neither tel: nor sip:" },
		{ EVENT("sendDtmf") "}", "dtmfDigits is missing" },
		{ EVENT("sendDtmf") PARAMS("\"dtmf\":\"12\""),
		  "dtmfDigits is missing" },
		{ EVENT("sendDtmf") PARAMS("\"dtmfDigits\":\"\""),
		  "not 1 to 20" },
		{ EVENT("sendDtmf") PARAMS("\"dtmfDigits\":\"12A\""),
		  "not 1 to 20" },
		{ EVENT("sendDtmf") PARAMS("\"dtmfDigits\":"
					   "\"012345678901234567890\""),
		  "not 1 to 20" },
		{ EVENT("config") "}", "no sessionParams" },
		{ EVENT("config") PARAMS("\"bargeIn\":true"),
		  "no sessionParams" },
		{ EVENT("playUrl")
			  PARAMS("\"playUrlUrl\":\"ftp://a/b\","
				 "\"playUrlMediaFormat\":\"wav/mulaw\""),
		  "playUrlUrl is no" },
		{ EVENT("playUrl") PARAMS("\"playUrlUrl\":\"http://a/b\""),
		  "playUrlMediaFormat names no format" },
		{ EVENT("sendMetaData") PARAMS("\"a\":1"),
		  "value is no object" },
		{ EVENT("startRecognition") "}",
		  "targetParticipant is missing" },
	};
	struct vaic_event e;
	struct heard h;

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(row); i++) {
		CHECK(read_activity(&e, row[i].body, &h), row[i].body);
		CHECK_EQ(1, h.breaches, row[i].body);
		CHECK(strstr(h.text, row[i].breach), row[i].body);
		CHECK_EQ(VAIC_IGNORED, e.activity[0].kind, row[i].body);
		vaic_message_free(&e);
	}
}

static void test_tells_of_activities(void **state)
{
	static const struct {
		const char *body, *breach;
	} row[] = {
		{ EVENT("Hangup") "}", "Hangup is spelled hangup" },
		{ EVENT("hangup") ",\"delay\":200}",
		  "delay is not to be sent" },
		{ EVENT("hangup") ",\"id\":\"7\"}", "id is no UUID" },
		{ EVENT("hangup") ",\"id\":7}", "id is no string" },
		{ EVENT("hangup") ",\"timestamp\":\"2026-03-04T10:15:21Z\"}",
		  "timestamp is not ISO 8601" },
		{ EVENT("hangup") ",\"activityParams\":[]}",
		  "activityParams is no object" },
		{ EVENT("hangup") PARAMS("\"hangupSipHeaders\":{\"X\":\"1\"}"),
		  "hangupSipHeaders is not an array of name and value" },
		{ EVENT("config") ",\"sessionParams\":{\"sendDtmf\":true}}",
		  "sendDtmf is spelled sendDTMF" },
		{ EVENT("config") ",\"sessionParams\":{\"sendEventsToBot\":"
				  "\"noUserInput\"}}",
		  "sendEventsToBot is not an array of strings" },
		{ EVENT("config") ",\"sessionParams\":{\"bargeInMinWordCount\":"
				  "-1}}",
		  "bargeInMinWordCount is not a count" },
	};
	struct vaic_event e;
	struct heard h;

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(row); i++) {
		CHECK(read_activity(&e, row[i].body, &h), row[i].body);
		CHECK_EQ(1, h.breaches, row[i].body);
		CHECK(strstr(h.text, row[i].breach), row[i].body);
		CHECK(e.activity[0].kind != VAIC_IGNORED, row[i].body);
		vaic_message_free(&e);
	}
}

static void test_reads_settings(void **state)
{
	struct vaic_settings s = VAIC_SETTINGS_DEFAULT;
	struct vaic_event e;
	struct heard h;

	(void)state;
	CHECK(read_activity(&e,
			    EVENT("config") ",\"sessionParams\":{\"bargeIn\":"
					    "true,\"sendDTMF\":true,"
					    "\"sendEventsToBot\":["
					    "\"playFinished\",\"other\"],"
					    "\"bargeInMinWordCount\":2,"
					    "\"anything\":[]}}",
			    &h),
	      "config");
	CHECK_EQ(0, h.breaches, "unknown parameters are nobody's business");
	vaic_settings_apply(&s, &e.activity[0].session);
	CHECK(s.barge_in && s.send_dtmf, "switched on");
	CHECK_EQ(2, s.barge_in_min_words, "words");
	CHECK_EQ(VAIC_GATE_PLAY_FINISHED, s.events, "one event of ours");
	CHECK(!s.barge_in_on_dtmf, "not named, not changed");
	CHECK_EQ(10000, s.resume_recognition_ms, "nor is the default");
	vaic_message_free(&e);
}

/* --- Writing --- */

static const struct vaic_sender sender = { .conversation_id = ID };
static const struct vaic_sender assisted = { .conversation_id = ID,
					     .participant = "caller",
					     .language = "fr-FR" };
/* 2026-03-04T10:15:21.480Z */
static const struct vaic_stamp stamp = { "5f0a2b55-5d2f-4a0c-8a60-1d6f0c1c7e01",
					 1772619321480 };

static const char *written(struct buffer *b, int err)
{
	CHECK_EQ(0, err, "written");
	CHECK_EQ(0, buffer_append(b, "", 1), "room for the NUL");
	return (const char *)buffer_head(b);
}

#define OWN "\"conversationId\":\"" ID "\""

static void test_writes_the_session(void **state)
{
	const enum vaic_format offer[] = { VAIC_RAW_LPCM16_24, VAIC_WAV_MULAW };
	const struct vaic_initiate voice = { "support-line", "+33170000001",
					     true, offer, 2 };
	const struct vaic_initiate text = { "support-line", NULL, false, NULL,
					    0 };
	struct buffer b;

	(void)state;
	buffer_init(&b, 65536);
	CHECK_STR("{\"type\":\"connection.validate\"}",
		  written(&b, vaic_message_validate(&b, &sender)), "2.1");
	CHECK_STR("{\"type\":\"session.initiate\"," OWN
		  ",\"botName\":\"support-line\",\"caller\":\"+33170000001\","
		  "\"expectAudioMessages\":true,\"supportedMediaFormats\":"
		  "[\"raw/lpcm16_24\",\"wav/mulaw\"]}",
		  written(&b, vaic_message_initiate(&b, &sender, &voice)),
		  "2.2");
	CHECK_STR("{\"type\":\"session.initiate\"," OWN
		  ",\"botName\":\"support-line\",\"expectAudioMessages\":"
		  "false}",
		  written(&b, vaic_message_initiate(&b, &sender, &text)),
		  "text modes, no caller");
	CHECK_STR("{\"type\":\"session.resume\"," OWN "}",
		  written(&b, vaic_message_resume(&b, &sender)), "2.3");
	CHECK_STR("{\"type\":\"session.end\"," OWN
		  ",\"reasonCode\":\"client-disconnected\",\"reason\":"
		  "\"Client Side\"}",
		  written(&b,
			  vaic_message_end(&b, &sender, "client-disconnected",
					   "Client Side")),
		  "2.4");
	buffer_free(&b);
}

static void test_writes_streams(void **state)
{
	struct buffer b;

	(void)state;
	buffer_init(&b, 65536);
	CHECK_STR("{\"type\":\"userStream.start\"," OWN "}",
		  written(&b, vaic_message_user_start(&b, &sender)), "2.5");
	CHECK_STR("{\"type\":\"userStream.stop\"," OWN
		  ",\"participant\":\"caller\"}",
		  written(&b, vaic_message_user_stop(&b, &assisted)),
		  "with a participant");
	CHECK_STR("{\"type\":\"userStream.chunk\"," OWN
		  ",\"audioChunk\":\"//9/\"}",
		  written(&b, vaic_message_user_chunk(
				      &b, &sender,
				      (const uint8_t *)"\xff\xff\x7f", 3)),
		  "2.5");
	CHECK_STR("{\"type\":\"userStream.chunk\"," OWN
		  ",\"participant\":\"caller\",\"audioChunk\":\"/w==\"}",
		  written(&b,
			  vaic_message_user_chunk(&b, &assisted,
						  (const uint8_t *)"\xff", 1)),
		  "of a participant, padded");
	CHECK_STR("{\"type\":\"playStream.mark.reached\"," OWN
		  ",\"streamId\":\"p7\",\"mark\":\"m1\"}",
		  written(&b,
			  vaic_message_mark_reached(&b, &sender, "p7", "m1")),
		  "2.6");
	buffer_free(&b);
}

#define STAMP                                              \
	"\"id\":\"5f0a2b55-5d2f-4a0c-8a60-1d6f0c1c7e01\"," \
	"\"timestamp\":\"2026-03-04T10:15:21.480Z\""
#define ACTIVITY(body)                                                     \
	"{\"type\":\"activities\"," OWN ",\"activities\":[{\"type\":" body \
	"," STAMP "}]}"

static void test_writes_activities(void **state)
{
	const struct phone_parameter header = { "crmTicket", "A-88213" };
	const struct vaic_start start = { .locale = "fr-FR",
					  .caller = "+33170000001",
					  .callee = "+33180000042",
					  .parameter = &header,
					  .parameters = 1 };
	struct buffer b;

	(void)state;
	buffer_init(&b, 65536);
	CHECK_STR(ACTIVITY("\"event\",\"name\":\"start\",\"parameters\":{"
			   "\"locale\":\"fr-FR\",\"vaigConversationId\":\"" ID
			   "\",\"caller\":\"+33170000001\",\"callee\":"
			   "\"+33180000042\",\"crmTicket\":\"A-88213\"},"
			   "\"language\":\"fr-FR\""),
		  written(&b,
			  vaic_message_start(&b, &assisted, &stamp, &start)),
		  "4.3");
	CHECK_STR(ACTIVITY("\"event\",\"name\":\"DTMF\",\"value\":\"4\","
			   "\"language\":\"fr-FR\""),
		  written(&b, vaic_message_dtmf(&b, &assisted, &stamp, "4")),
		  "4.2");
	CHECK_STR(ACTIVITY("\"event\",\"name\":\"noUserInput\",\"value\":2"),
		  written(&b,
			  vaic_message_no_user_input(&b, &sender, &stamp, 2)),
		  "4.2");
	CHECK_STR(ACTIVITY("\"event\",\"name\":\"playFinished\","
			   "\"parameters\":{\"streamId\":\"p7\"}"),
		  written(&b, vaic_message_play_finished(&b, &sender, &stamp,
							 "p7")),
		  "4.2, payload as section 11 expects it");
	CHECK_STR(ACTIVITY("\"event\",\"name\":\"transferStatus\",\"value\":{"
			   "\"status\":\"failed\",\"reasonCode\":\"busy\","
			   "\"reason\":\"SIP ;cause=486\"}"),
		  written(&b, vaic_message_transfer_status(&b, &sender, &stamp,
							   "busy",
							   "SIP ;cause=486")),
		  "4.2");
	CHECK_STR(ACTIVITY("\"event\",\"name\":\"transferStatus\",\"value\":{"
			   "\"status\":\"answered\"}"),
		  written(&b, vaic_message_transfer_status(&b, &sender, &stamp,
							   NULL, NULL)),
		  "4.2");
	CHECK_STR(ACTIVITY("\"message\",\"text\":\"a \\\"word\\\"\""),
		  written(&b,
			  vaic_message_text(&b, &sender, &stamp, "a \"word\"")),
		  "4.2");
	buffer_free(&b);
}

static void test_adds_unknown_fields(void **state)
{
	const struct vaic_sender strange = { .conversation_id = ID,
					     .adds_unknown_fields = true };
	struct buffer b;

	(void)state;
	buffer_init(&b, 65536);
	CHECK_STR("{\"type\":\"userStream.start\"," OWN
		  ",\"newField\":[1,{}],\"flag\":null}",
		  written(&b, vaic_message_user_start(&b, &strange)), "fault");
	CHECK_STR("{\"type\":\"userStream.chunk\"," OWN
		  ",\"newField\":[1,{\"audioChunk\":null}],\"audioChunk\":"
		  "\"/w==\"}",
		  written(&b,
			  vaic_message_user_chunk(&b, &strange,
						  (const uint8_t *)"\xff", 1)),
		  "a name that must not be taken for the audio");
	buffer_free(&b);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_takes_every_message),
		cmocka_unit_test(test_refuses),
		cmocka_unit_test(test_tells_and_goes_on),
		cmocka_unit_test(test_reads_what_it_says),
		cmocka_unit_test(test_bounds),
		cmocka_unit_test(test_binary_frames),
		cmocka_unit_test(test_survives_every_cut),
		cmocka_unit_test(test_takes_every_activity),
		cmocka_unit_test(test_ignores_activities),
		cmocka_unit_test(test_tells_of_activities),
		cmocka_unit_test(test_reads_settings),
		cmocka_unit_test(test_writes_the_session),
		cmocka_unit_test(test_writes_streams),
		cmocka_unit_test(test_writes_activities),
		cmocka_unit_test(test_adds_unknown_fields),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
