#include "tools/testing/check.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "protocols/base64.h"
#include "protocols/realtime_event.h"
#include "tools/testing/allocations.h"

static int parse(struct realtime_event *ev, char **text, const char *message)
{
	*text = strdup(message);
	return realtime_event_parse(ev, *text, strlen(*text));
}

static void parse_good(struct realtime_event *ev, char **text,
		       const char *message)
{
	CHECK_EQ(0, parse(ev, text, message), message);
}

static void discard(struct realtime_event *ev, char *text)
{
	realtime_event_release(ev);
	free(text);
}

/* Every name of the reference's tables (3.4, 8.1) and what becomes of it. The
 * members are those an event of any kind may carry. */
static void test_names(void **state)
{
#define TRANSCRIPTION "conversation.item.input_audio_transcription."
	static const struct {
		const char *name;
		enum realtime_event_type type;
	} row[] = {
		{ "session.created", REALTIME_SESSION_CREATED },
		{ "session.updated", REALTIME_SESSION_UPDATED },
		{ "conversation.created", REALTIME_OTHER },
		{ "error", REALTIME_ERROR },
		{ "rate_limits.updated", REALTIME_RATE_LIMITS },
		{ "input_audio_buffer.speech_started",
		  REALTIME_SPEECH_STARTED },
		{ "input_audio_buffer.speech_stopped",
		  REALTIME_SPEECH_STOPPED },
		{ "input_audio_buffer.committed", REALTIME_COMMITTED },
		{ "input_audio_buffer.cleared", REALTIME_OTHER },
		{ "input_audio_buffer.timeout_triggered", REALTIME_OTHER },
		{ "input_audio_buffer.dtmf_event_received", REALTIME_OTHER },
		{ "conversation.item.added", REALTIME_ITEM_ADDED },
		{ "conversation.item.created", REALTIME_ITEM_ADDED },
		{ "conversation.item.done", REALTIME_ITEM_DONE },
		{ "conversation.item.truncated", REALTIME_TRUNCATED },
		{ "conversation.item.deleted", REALTIME_OTHER },
		{ "conversation.item.retrieved", REALTIME_OTHER },
		{ TRANSCRIPTION "delta", REALTIME_INPUT_TRANSCRIPT_DELTA },
		{ TRANSCRIPTION "completed", REALTIME_INPUT_TRANSCRIPT },
		{ TRANSCRIPTION "failed", REALTIME_OTHER },
		{ TRANSCRIPTION "segment", REALTIME_OTHER },
		{ "response.created", REALTIME_RESPONSE_CREATED },
		{ "response.done", REALTIME_RESPONSE_DONE },
		{ "response.output_item.added", REALTIME_OUTPUT_ITEM_ADDED },
		{ "response.output_item.done", REALTIME_OUTPUT_ITEM_DONE },
		{ "response.content_part.added", REALTIME_OTHER },
		{ "response.content_part.done", REALTIME_OTHER },
		{ "response.output_text.delta", REALTIME_OTHER },
		{ "response.output_text.done", REALTIME_OUTPUT_TEXT },
		{ "response.text.done", REALTIME_OUTPUT_TEXT },
		{ "response.output_audio.delta", REALTIME_AUDIO_DELTA },
		{ "response.audio.delta", REALTIME_AUDIO_DELTA },
		{ "response.output_audio.done", REALTIME_AUDIO_DONE },
		{ "response.audio.done", REALTIME_AUDIO_DONE },
		{ "response.output_audio_transcript.delta", REALTIME_OTHER },
		{ "response.audio_transcript.delta", REALTIME_OTHER },
		{ "response.output_audio_transcript.done",
		  REALTIME_OUTPUT_TRANSCRIPT },
		{ "response.audio_transcript.done",
		  REALTIME_OUTPUT_TRANSCRIPT },
		{ "response.function_call_arguments.delta", REALTIME_OTHER },
		{ "response.function_call_arguments.done", REALTIME_OTHER },
		{ "output_audio_buffer.started", REALTIME_OTHER },
		{ "mcp_list_tools.completed", REALTIME_OTHER },
		{ "something.new", REALTIME_OTHER },
		{ "", REALTIME_OTHER },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(row); i++) {
		struct realtime_event ev;
		char message[256], *text;

		snprintf(message, sizeof(message),
			 "{\"event_id\":\"event_1\",\"item\":{},"
			 "\"response\":{},\"delta\":\"\",\"type\":\"%s\"}",
			 row[i].name);
		parse_good(&ev, &text, message);
		CHECK_EQ(row[i].type, ev.type, row[i].name);
		CHECK_STR(row[i].name, ev.name, row[i].name);
		discard(&ev, text);
	}
}

static void test_session(void **state)
{
	struct realtime_event ev;
	char *text;

	(void)state;
	parse_good(&ev, &text,
		   "{\"type\":\"session.created\",\"event_id\":\"event_1\","
		   "\"session\":{\"type\":\"realtime\",\"id\":\"sess_Dq1\","
		   "\"expires_at\":1795163600,\"tracing\":null}}");
	CHECK_STR("sess_Dq1", ev.session_id, "id");
	CHECK_EQ(1795163600, ev.expires_at, "expiry");
	CHECK_STR("realtime",
		  json_string_value(json_object_get(ev.session, "type")),
		  "the whole echo");
	discard(&ev, text);
	parse_good(&ev, &text,
		   "{\"type\":\"session.updated\",\"session\":{"
		   "\"expires_at\":1795163600.5,\"id\":null}}");
	CHECK_EQ(1795163600, ev.expires_at, "an expiry with a fraction");
	CHECK_STR("", ev.session_id, "null is absent");
	discard(&ev, text);
	parse_good(&ev, &text, "{\"type\":\"session.updated\"}");
	CHECK(!ev.session, "no echo");
	CHECK_EQ(0, ev.expires_at, "no expiry");
	discard(&ev, text);
}

static void test_errors(void **state)
{
	static const struct {
		const char *message;
		const char *type, *code, *words, *param, *event_id;
		const char *why;
	} row[] = {
		{ "{\"type\":\"error\",\"event_id\":\"event_5\",\"error\":{"
		  "\"type\":\"invalid_request_error\","
		  "\"code\":\"unknown_parameter\","
		  "\"message\":\"Unknown parameter.\","
		  "\"param\":\"session.temperature\",\"event_id\":\"gw_1\"}}",
		  "invalid_request_error", "unknown_parameter",
		  "Unknown parameter.", "session.temperature", "gw_1",
		  "the client's event is the inner one" },
		{ "{\"type\":\"error\",\"error\":{\"type\":\"server_error\","
		  "\"message\":\"Sorry.\",\"code\":null,\"param\":null,"
		  "\"event_id\":null}}",
		  "server_error", "", "Sorry.", "", "", "nulls" },
		{ "{\"type\":\"error\",\"error\":\"Sorry.\"}", "", "", "Sorry.",
		  "", "", "a bare message" },
		{ "{\"type\":\"error\"}", "", "", "", "", "", "nothing" },
		{ "{\"type\":\"error\",\"error\":{\"code\":429}}", "", "", "",
		  "", "", "a code of another type" },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(row); i++) {
		struct realtime_event ev;
		char *text;

		parse_good(&ev, &text, row[i].message);
		CHECK_EQ(REALTIME_ERROR, ev.type, row[i].why);
		CHECK_STR(row[i].type, ev.error_type, row[i].why);
		CHECK_STR(row[i].code, ev.error_code, row[i].why);
		CHECK_STR(row[i].words, ev.error_message, row[i].why);
		CHECK_STR(row[i].param, ev.error_param, row[i].why);
		CHECK_STR(row[i].event_id, ev.error_event_id, row[i].why);
		discard(&ev, text);
	}
}

static void test_offsets(void **state)
{
	static const struct {
		const char *message;
		long long at_ms;
		const char *why;
	} row[] = {
		{ "{\"type\":\"input_audio_buffer.speech_started\","
		  "\"audio_start_ms\":4180,\"item_id\":\"item_U1\"}",
		  4180, "start" },
		{ "{\"item_id\":\"item_U1\",\"audio_end_ms\":6240.0,"
		  "\"type\":\"input_audio_buffer.speech_stopped\"}",
		  6240, "a float" },
		{ "{\"type\":\"conversation.item.truncated\",\"item_id\":"
		  "\"item_U1\",\"content_index\":0,\"audio_end_ms\":640}",
		  640, "truncated" },
		{ "{\"type\":\"input_audio_buffer.speech_started\","
		  "\"audio_start_ms\":null,\"item_id\":\"item_U1\"}",
		  0, "null" },
		{ "{\"type\":\"input_audio_buffer.speech_started\","
		  "\"audio_start_ms\":1e300,\"item_id\":\"item_U1\"}",
		  0, "no offset of this world" },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(row); i++) {
		struct realtime_event ev;
		char *text;

		parse_good(&ev, &text, row[i].message);
		CHECK_EQ(row[i].at_ms, ev.at_ms, row[i].why);
		CHECK_STR("item_U1", ev.item_id, row[i].why);
		discard(&ev, text);
	}
}

#define DONE(rest) "{\"type\":\"response.done\",\"response\":{" rest "}}"

/* The final states of 3.5, and what compatible servers make of them (8.3). */
static void test_response_done(void **state)
{
	static const struct {
		const char *message;
		enum realtime_status status;
		const char *reason, *error_code, *error_message;
		const char *why;
	} row[] = {
		{ DONE("\"id\":\"resp_a\",\"status\":\"completed\","
		       "\"status_details\":null,\"usage\":null"),
		  REALTIME_COMPLETED, "", "", "", "completed" },
		{ DONE("\"id\":\"resp_a\",\"status\":\"cancelled\","
		       "\"status_details\":{\"type\":\"cancelled\","
		       "\"reason\":\"turn_detected\"}"),
		  REALTIME_CANCELLED, "turn_detected", "", "", "cancelled" },
		{ DONE("\"id\":\"resp_a\",\"status\":\"incomplete\","
		       "\"status_details\":{\"type\":\"incomplete\","
		       "\"reason\":\"max_output_tokens\"}"),
		  REALTIME_INCOMPLETE, "max_output_tokens", "", "",
		  "incomplete" },
		{ DONE("\"id\":\"resp_a\",\"status\":\"failed\","
		       "\"status_details\":{\"type\":\"failed\",\"error\":{"
		       "\"type\":\"server_error\","
		       "\"code\":\"rate_limit_exceeded\","
		       "\"message\":\"Rate limit.\"}}"),
		  REALTIME_FAILED, "", "rate_limit_exceeded", "Rate limit.",
		  "failed" },
		{ DONE("\"id\":\"resp_a\",\"status\":\"failed\","
		       "\"status_details\":\"out of memory\""),
		  REALTIME_FAILED, "out of memory", "", "out of memory",
		  "details in a string" },
		{ DONE("\"id\":\"resp_a\",\"status\":\"cancelled\","
		       "\"status_details\":\"client_cancelled\""),
		  REALTIME_CANCELLED, "client_cancelled", "", "",
		  "a reason in a string" },
		{ DONE("\"id\":\"resp_a\",\"status\":\"failed\","
		       "\"status_details\":{\"error\":\"no quota\"}"),
		  REALTIME_FAILED, "", "", "no quota", "an error in a string" },
		{ DONE("\"id\":\"resp_a\""), REALTIME_STATUS_OTHER, "", "", "",
		  "no status" },
		{ DONE("\"id\":\"resp_a\",\"status\":\"paused\""),
		  REALTIME_STATUS_OTHER, "", "", "", "a new one" },
		{ DONE("\"id\":\"resp_a\",\"status\":\"in_progress\""),
		  REALTIME_IN_PROGRESS, "", "", "", "not done at all" },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(row); i++) {
		struct realtime_event ev;
		char *text;

		parse_good(&ev, &text, row[i].message);
		CHECK_EQ(REALTIME_RESPONSE_DONE, ev.type, row[i].why);
		CHECK_STR("resp_a", ev.response_id, row[i].why);
		CHECK_EQ(row[i].status, ev.status, row[i].why);
		CHECK_STR(row[i].reason, ev.status_reason, row[i].why);
		CHECK_STR(row[i].error_code, ev.error_code, row[i].why);
		CHECK_STR(row[i].error_message, ev.error_message, row[i].why);
		discard(&ev, text);
	}
}

#define USAGE(rest) DONE("\"id\":\"resp_a\",\"usage\":{" rest "}")
#define INPUT       "\"input_token_details\":{\"text_tokens\":119,\"audio_tokens\":21"

/* The first row is the reference's own example (3.3, "Usage" and the dialogue
 * of section 5). */
static void test_usage(void **state)
{
	static const struct {
		const char *message;
		unsigned long long text, audio, cached_text, cached_audio;
		unsigned long long out_text, out_audio;
		const char *why;
	} row[] = {
		{ USAGE(INPUT ",\"image_tokens\":0,\"cached_tokens\":64,"
			      "\"cached_tokens_details\":{\"text_tokens\":64,"
			      "\"audio_tokens\":0}},\"output_token_details\":{"
			      "\"text_tokens\":10,\"audio_tokens\":30}"),
		  119, 21, 64, 0, 10, 30, "all of it" },
		{ USAGE(INPUT ",\"cached_tokens\":64}"), 119, 21, 64, 0, 0, 0,
		  "cached without details: text" },
		{ USAGE(INPUT ",\"cached_tokens\":130}"), 119, 21, 119, 11, 0,
		  0, "then audio" },
		{ USAGE(INPUT ",\"cached_tokens\":999}"), 119, 21, 119, 21, 0,
		  0, "but no more than there is" },
		{ USAGE("\"total_tokens\":90,\"input_tokens\":70"), 0, 0, 0, 0,
		  0, 0, "sums without details say of no kind" },
		{ DONE("\"id\":\"resp_a\",\"usage\":null"), 0, 0, 0, 0, 0, 0,
		  "none" },
		{ DONE("\"id\":\"resp_a\",\"usage\":[1]"), 0, 0, 0, 0, 0, 0,
		  "of another type" },
		{ USAGE("\"input_token_details\":{\"text_tokens\":-5,"
			"\"audio_tokens\":1e300}"),
		  0, 0, 0, 0, 0, 0, "impossible numbers" },
		{ "{\"type\":\"response.done\",\"response\":{\"id\":"
		  "\"resp_a\"},\"usage\":{" INPUT "}}}",
		  119, 21, 0, 0, 0, 0, "beside the response (8.3)" },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(row); i++) {
		struct realtime_event ev;
		char *text;

		parse_good(&ev, &text, row[i].message);
		CHECK_EQ(row[i].text, ev.usage.input_text, row[i].why);
		CHECK_EQ(row[i].audio, ev.usage.input_audio, row[i].why);
		CHECK_EQ(row[i].cached_text, ev.usage.cached_text, row[i].why);
		CHECK_EQ(row[i].cached_audio, ev.usage.cached_audio,
			 row[i].why);
		CHECK_EQ(row[i].out_text, ev.usage.output_text, row[i].why);
		CHECK_EQ(row[i].out_audio, ev.usage.output_audio, row[i].why);
		discard(&ev, text);
	}
}

#define HEARD(usage)                                                      \
	"{\"type\":\"conversation.item.input_audio_transcription."        \
	"completed\",\"item_id\":\"item_U1\",\"transcript\":\"Tuesday\"," \
	"\"usage\":" usage "}"

/* 3.3, the transcription events; by tokens and by time. */
static void test_transcript_usage(void **state)
{
	static const struct {
		const char *message;
		struct realtime_usage usage;
		const char *why;
	} row[] = {
		{ HEARD("{\"type\":\"tokens\",\"total_tokens\":45,"
			"\"input_tokens\":31,\"output_tokens\":14,"
			"\"input_token_details\":{\"text_tokens\":10,"
			"\"audio_tokens\":21}}"),
		  { .is_told = true,
		    .input_text = 10,
		    .input_audio = 21,
		    .output_text = 14 },
		  "tokens" },
		{ HEARD("{\"type\":\"tokens\",\"input_tokens\":31,"
			"\"output_tokens\":14,\"input_token_details\":null}"),
		  { .is_told = true, .output_text = 14, .unsplit = 31 },
		  "without details" },
		{ HEARD("{\"type\":\"duration\",\"seconds\":2}"),
		  { .is_told = true, .audio_ms = 2000 },
		  "the reference's own" },
		{ HEARD("{\"type\":\"duration\",\"seconds\":1.2345}"),
		  { .is_told = true, .audio_ms = 1235 },
		  "parts of a second" },
		{ HEARD("{\"type\":\"duration\",\"seconds\":1e300}"),
		  { .is_told = true },
		  "impossible" },
		{ HEARD("{\"type\":\"duration\",\"seconds\":-1}"),
		  { .is_told = true },
		  "below nothing" },
		{ HEARD("null"), { .is_told = false }, "none" },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(row); i++) {
		struct realtime_event ev;
		const struct realtime_usage *u = &ev.usage, *want;
		char *text;

		want = &row[i].usage;
		parse_good(&ev, &text, row[i].message);
		CHECK_EQ(want->is_told, u->is_told, row[i].why);
		CHECK_EQ(want->input_text, u->input_text, row[i].why);
		CHECK_EQ(want->input_audio, u->input_audio, row[i].why);
		CHECK_EQ(want->output_text, u->output_text, row[i].why);
		CHECK_EQ(want->unsplit, u->unsplit, row[i].why);
		CHECK_EQ(want->audio_ms, u->audio_ms, row[i].why);
		CHECK_STR("Tuesday", ev.transcript, row[i].why);
		discard(&ev, text);
	}
}

static void test_unsplit(void **state)
{
	struct realtime_event ev;
	char *text;

	(void)state;
	parse_good(&ev, &text,
		   USAGE("\"total_tokens\":90,\"input_tokens\":70,"
			 "\"output_tokens\":20"));
	CHECK_EQ(90, ev.usage.unsplit, "sums alone");
	CHECK(ev.usage.is_told, "they are usage");
	discard(&ev, text);
	parse_good(&ev, &text,
		   USAGE(INPUT "},\"input_tokens\":140,"
			       "\"output_tokens\":20"));
	CHECK_EQ(20, ev.usage.unsplit, "the output alone");
	discard(&ev, text);
	parse_good(&ev, &text, DONE("\"id\":\"resp_a\",\"usage\":null"));
	CHECK(!ev.usage.is_told, "null is none");
	discard(&ev, text);
}

static void test_response_created(void **state)
{
	struct realtime_event ev;
	char *text;

	(void)state;
	parse_good(&ev, &text,
		   "{\"type\":\"response.created\",\"response\":{\"id\":"
		   "\"resp_R1\",\"status\":\"in_progress\",\"output\":[],"
		   "\"metadata\":{\"purpose\":\"greeting\"},\"usage\":null}}");
	CHECK_STR("resp_R1", ev.response_id, "id");
	CHECK_STR("greeting", ev.purpose, "what we asked it for");
	CHECK_EQ(REALTIME_IN_PROGRESS, ev.status, "status");
	discard(&ev, text);
	parse_good(&ev, &text,
		   "{\"type\":\"response.created\",\"response_id\":\"resp_R2\","
		   "\"response\":{\"metadata\":null}}");
	CHECK_STR("resp_R2", ev.response_id, "an id at the top");
	CHECK_STR("", ev.purpose, "no metadata");
	discard(&ev, text);
}

static void test_items(void **state)
{
	struct realtime_event ev;
	char *text;

	(void)state;
	parse_good(
		&ev, &text,
		"{\"type\":\"response.output_item.done\",\"response_id\":"
		"\"resp_R2\",\"output_index\":1,\"item\":{\"id\":\"item_F1\","
		"\"type\":\"function_call\",\"status\":\"completed\","
		"\"name\":\"transfer_call\",\"call_id\":\"call_8Qm2\","
		"\"arguments\":\"{\\\"department\\\":\\\"billing\\\"}\"}}");
	CHECK_EQ(REALTIME_OUTPUT_ITEM_DONE, ev.type, "type");
	CHECK_STR("resp_R2", ev.response_id, "response");
	CHECK_STR("item_F1", ev.item_id, "item");
	CHECK_EQ(1, ev.output_index, "index");
	CHECK_STR("function_call", ev.item_type, "kind");
	CHECK_STR("transfer_call", ev.function_name, "function");
	CHECK_STR("call_8Qm2", ev.call_id, "call");
	CHECK_STR("{\"department\":\"billing\"}", ev.arguments, "arguments");
	CHECK_EQ(REALTIME_COMPLETED, ev.status, "status");
	discard(&ev, text);
	parse_good(&ev, &text,
		   "{\"type\":\"response.output_item.done\",\"item\":{\"type\":"
		   "\"function_call\",\"arguments\":{\"a\":[1]},\"call_id\":"
		   "null}}");
	CHECK_STR("{\"a\":[1]}", ev.arguments, "arguments as an object");
	CHECK_STR("", ev.call_id, "no call id");
	CHECK_EQ(REALTIME_STATUS_OTHER, ev.status, "no status");
	discard(&ev, text);
	parse_good(
		&ev, &text,
		"{\"type\":\"conversation.item.created\",\"previous_item_id\""
		":null,\"item\":{\"id\":\"item_U1\",\"type\":\"message\"}}");
	CHECK_EQ(REALTIME_ITEM_ADDED, ev.type, "the legacy name");
	CHECK_STR("item_U1", ev.item_id, "item");
	discard(&ev, text);
}

static void test_transcripts(void **state)
{
	static const struct {
		const char *message, *transcript;
		const char *why;
	} row[] = {
		{ "{\"type\":\"conversation.item.input_audio_transcription."
		  "completed\",\"item_id\":\"item_1\",\"content_index\":0,"
		  "\"transcript\":\"Don\\u2019t \\ud83d\\ude00\"}",
		  "Don\xe2\x80\x99t \xf0\x9f\x98\x80", "escapes" },
		{ "{\"type\":\"response.output_audio_transcript.done\","
		  "\"item_id\":\"item_1\",\"transcript\":null}",
		  "", "null" },
		{ "{\"type\":\"response.output_audio_transcript.done\","
		  "\"item_id\":\"item_1\",\"transcript\":\"a\\u0000b\"}",
		  "a", "a NUL ends it, and harms nothing" },
		{ "{\"type\":\"response.audio_transcript.done\","
		  "\"item_id\":\"item_1\"}",
		  "", "absent" },
		{ "{\"type\":\"conversation.item.input_audio_transcription."
		  "delta\",\"item_id\":\"item_1\",\"content_index\":0,"
		  "\"delta\":\" on\",\"obfuscation\":\"x8Kq2Lm0PzT\"}",
		  " on", "a piece, with the blank before it" },
		{ "{\"type\":\"conversation.item.input_audio_transcription."
		  "delta\",\"item_id\":\"item_1\",\"delta\":null}",
		  "", "a piece without text" },
		{ "{\"type\":\"response.output_text.done\",\"item_id\":"
		  "\"item_1\",\"text\":\"Sure.\"}",
		  "Sure.", "an answer in letters" },
		{ "{\"type\":\"response.text.done\",\"item_id\":\"item_1\","
		  "\"text\":7}",
		  "", "a number is no text" },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(row); i++) {
		struct realtime_event ev;
		char *text;

		parse_good(&ev, &text, row[i].message);
		CHECK_STR("item_1", ev.item_id, row[i].why);
		CHECK_STR(row[i].transcript, ev.transcript, row[i].why);
		discard(&ev, text);
	}
}

/* 00 00 01 00 02 00 01 00 00 00 ff ff: six samples. */
#define SOUND "AAABAAIAAQAAAP//"

static void test_audio(void **state)
{
	static const uint8_t sound[] = { 0, 0, 1, 0, 2,    0,
					 1, 0, 0, 0, 0xff, 0xff };
	static const struct {
		const char *message;
		const char *item_id, *response_id;
		unsigned content_index, output_index;
		const char *why;
	} row[] = {
		{ "{\"type\":\"response.output_audio.delta\",\"event_id\":"
		  "\"event_Dq8k\",\"response_id\":\"resp_R1\",\"item_id\":"
		  "\"item_A1\",\"output_index\":2,\"content_index\":1,"
		  "\"delta\":\"" SOUND "\"}",
		  "item_A1", "resp_R1", 1, 2, "as the reference shows it" },
		{ "{\"delta\":\"" SOUND "\",\"content_index\":1.0,"
		  "\"output_index\":2.0,\"item_id\":\"item_A1\","
		  "\"response_id\":\"resp_R1\",\"obfuscation\":\"x8K\","
		  "\"type\":\"response.audio.delta\"}",
		  "item_A1", "resp_R1", 1, 2, "beta's name, last, and floats" },
		{ "{\"type\":\"response.output_audio.delta\",\"delta\":"
		  "\"AAABAAIAAQAAAP\\/\\/\",\"item_id\":\"it\\u0065m\\/A1\"}",
		  "item/A1", "", 0, 0, "escapes, and hardly anything else" },
		{ "{\"type\":\"error\",\"item_id\":\"item_0\",\"delta\":\"x\","
		  "\"type\":\"response.output_audio.delta\",\"item_id\":"
		  "\"item_A1\",\"delta\":\"" SOUND "\",\"response_id\":null,"
		  "\"content_index\":null,\"output_index\":-1}",
		  "item_A1", "", 0, 0, "the last of a repeated name" },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(row); i++) {
		struct realtime_event ev;
		char *text;

		parse_good(&ev, &text, row[i].message);
		CHECK_EQ(REALTIME_AUDIO_DELTA, ev.type, row[i].why);
		CHECK_STR(row[i].item_id, ev.item_id, row[i].why);
		CHECK_STR(row[i].response_id, ev.response_id, row[i].why);
		CHECK_EQ(row[i].content_index, ev.content_index, row[i].why);
		CHECK_EQ(row[i].output_index, ev.output_index, row[i].why);
		CHECK_EQ(sizeof(sound), ev.audio_len, row[i].why);
		CHECK(!memcmp(sound, ev.audio, sizeof(sound)), row[i].why);
		CHECK(!ev.document, row[i].why);
		discard(&ev, text);
	}
}

static void test_empty_and_odd_audio(void **state)
{
	struct realtime_event ev;
	char *text;

	(void)state;
	parse_good(&ev, &text,
		   "{\"type\":\"response.output_audio.delta\",\"delta\":\"\"}");
	CHECK_EQ(0, ev.audio_len, "an empty delta is none, and no error");
	discard(&ev, text);
	parse_good(
		&ev, &text,
		"{\"type\":\"response.output_audio.delta\",\"delta\":\"AAA=\"}");
	CHECK_EQ(2, ev.audio_len, "a whole sample");
	discard(&ev, text);
	parse_good(
		&ev, &text,
		"{\"type\":\"response.output_audio.delta\",\"delta\":\"AA==\"}");
	CHECK_EQ(1, ev.audio_len, "half a sample is handed on");
	discard(&ev, text);
}

static void test_refused(void **state)
{
	static const struct {
		const char *message;
		int err;
		const char *why;
	} row[] = {
		{ "", -EBADMSG, "nothing" },
		{ "[]", -EBADMSG, "an array" },
		{ "{\"type\":\"error\"", -EBADMSG, "cut" },
		{ "{\"type\":\"response.output_audio.delta\",\"delta\":\"AAAA",
		  -EBADMSG, "a cut delta" },
		{ "{\"type\":\"response.output_audio.delta\"}", -EPROTO,
		  "no delta" },
		{ "{\"type\":\"response.output_audio.delta\",\"delta\":null}",
		  -EPROTO, "null" },
		{ "{\"type\":\"response.output_audio.delta\",\"delta\":\"AAA\"}",
		  -EPROTO, "padding lost" },
		{ "{\"type\":\"response.audio.delta\",\"delta\":\"AA AA===\"}",
		  -EPROTO, "damaged" },
		{ "{\"type\":\"response.audio.delta\",\"delta\":\"AAAA\",\"x\":"
		  "[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[0]]]]]]]]]]]]]]]]]]]]]]]]"
		  "]]]]]]]]]]}",
		  -EPROTO, "beyond the scanner's depth" },
		{ "{\"type\":\"response.done\"}", -EPROTO, "no response" },
		{ "{\"type\":\"response.created\",\"response\":null}", -EPROTO,
		  "null for a response" },
		{ "{\"type\":\"response.output_item.done\",\"item\":[]}",
		  -EPROTO, "an array for an item" },
		{ "{\"type\":\"conversation.item.added\"}", -EPROTO,
		  "no item" },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(row); i++) {
		struct realtime_event ev;
		char *text;

		CHECK_EQ(row[i].err, parse(&ev, &text, row[i].message),
			 row[i].why);
		free(text);
	}
}

static void test_type_of_no_type(void **state)
{
	static const char *const message[] = { "{}", "{\"type\":null}",
					       "{\"type\":5}" };

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(message); i++) {
		struct realtime_event ev;
		char *text;

		parse_good(&ev, &text, message[i]);
		CHECK_EQ(REALTIME_OTHER, ev.type, message[i]);
		CHECK_STR("", ev.name, message[i]);
		discard(&ev, text);
	}
}

/* Ten seconds in one delta, as a server may send them. */
static void test_audio_takes_no_memory(void **state)
{
	static const char head[] = "{\"type\":\"response.output_audio.delta\","
				   "\"item_id\":\"item_A1\",\"delta\":\"";
	static uint8_t sound[480000];
	char *text = malloc(sizeof(head) + BASE64_ENCODED(sizeof(sound)) + 2);
	char *at = text + sizeof(head) - 1;
	struct realtime_event ev;
	size_t before;
	int err;

	(void)state;
	for (size_t i = 0; i < sizeof(sound); i++)
		sound[i] = (uint8_t)(i * 7);
	memcpy(text, head, sizeof(head) - 1);
	at += base64_encode(at, sound, sizeof(sound));
	strcpy(at, "\"}");
	allocations_watch();
	before = allocations_count();
	err = realtime_event_parse(&ev, text, (size_t)(at + 2 - text));
	CHECK_EQ(before, allocations_count(), "allocations on the audio path");
	CHECK_EQ(0, err, "and it was read");
	CHECK_EQ(sizeof(sound), ev.audio_len, "whole");
	CHECK(!memcmp(sound, ev.audio, sizeof(sound)), "and right");
	realtime_event_release(&ev);
	CHECK_EQ(before, allocations_count(), "nor to release it");
	free(text);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_names),
		cmocka_unit_test(test_session),
		cmocka_unit_test(test_transcript_usage),
		cmocka_unit_test(test_unsplit),
		cmocka_unit_test(test_errors),
		cmocka_unit_test(test_offsets),
		cmocka_unit_test(test_response_done),
		cmocka_unit_test(test_usage),
		cmocka_unit_test(test_response_created),
		cmocka_unit_test(test_items),
		cmocka_unit_test(test_transcripts),
		cmocka_unit_test(test_audio),
		cmocka_unit_test(test_empty_and_odd_audio),
		cmocka_unit_test(test_refused),
		cmocka_unit_test(test_type_of_no_type),
		cmocka_unit_test(test_audio_takes_no_memory),
	};

	return cmocka_run_group_tests_name("realtime_event", tests, NULL, NULL);
}
