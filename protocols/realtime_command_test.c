#include "tools/testing/check.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "protocols/buffer.h"
#include "protocols/realtime_command.h"
#include "tools/testing/allocations.h"

static struct buffer out;

static int setup(void **state)
{
	(void)state;
	buffer_init(&out, 256 * 1024);
	return 0;
}

static int teardown(void **state)
{
	(void)state;
	buffer_free(&out);
	return 0;
}

/* Numbers count by value: 1 is 1.0, as for any JSON reader. */
static json_t *document(const char *text, size_t len, const char *why)
{
	json_t *json =
		json_loadb(text, len,
			   JSON_REJECT_DUPLICATES | JSON_DECODE_INT_AS_REAL,
			   NULL);

	CHECK(json_is_object(json), why);
	return json;
}

/* What was written means the same document, and is taken from the buffer. */
static void check_written(const char *expected, const char *why)
{
	json_t *wanted = document(expected, strlen(expected), why);
	json_t *written =
		document((const char *)buffer_head(&out), out.used, why);

	if (!json_equal(wanted, written))
		fail_msg("%s: wrote %.*s", why, (int)out.used,
			 (const char *)buffer_head(&out));
	json_decref(wanted);
	json_decref(written);
	buffer_consume(&out, out.used);
}

#define TOOLS                                                                 \
	"[{\"type\":\"function\",\"name\":\"transfer_call\",\"description\":" \
	"\"Connect the caller to a person.\",\"parameters\":{\"type\":"       \
	"\"object\",\"properties\":{\"department\":{\"type\":\"string\","     \
	"\"enum\":[\"billing\",\"reception\"]}},\"required\":"                \
	"[\"department\"]}}]"

static const struct realtime_tool tool = {
	.name = "transfer_call",
	.description = "Connect the caller to a person.",
	.parameters =
		"{\"type\":\"object\",\"properties\":{\"department\":{\"type\":"
		"\"string\",\"enum\":[\"billing\",\"reception\"]}},"
		"\"required\":[\"department\"]}",
};

static const struct realtime_session whole = {
	.instructions = "You are the telephone assistant of Hartwell Dental.",
	.voice = "cedar",
	.speed = 1.0,
	.threshold = 0.55,
	.prefix_padding_ms = 300,
	.silence_duration_ms = 550,
	.noise_reduction = "near_field",
	.transcription_model = "gpt-live-transcribe",
	.transcription_language = "en",
	.max_output_tokens = 2048,
	.tool = &tool,
	.tools = 1,
};

/* The complete update of the reference, 2.8, but for the truncation that is not
 * ours to set. */
static void test_whole_session(void **state)
{
	(void)state;
	CHECK_EQ(0, realtime_command_session(&out, "gw_0001", &whole), "whole");
	check_written(
		"{\"type\":\"session.update\",\"event_id\":\"gw_0001\","
		"\"session\":{\"type\":\"realtime\",\"instructions\":"
		"\"You are the telephone assistant of Hartwell Dental.\","
		"\"output_modalities\":[\"audio\"],\"audio\":{\"input\":{"
		"\"format\":{\"type\":\"audio/pcm\",\"rate\":24000},"
		"\"noise_reduction\":{\"type\":\"near_field\"},"
		"\"transcription\":{\"model\":\"gpt-live-transcribe\","
		"\"language\":\"en\"},\"turn_detection\":{\"type\":"
		"\"server_vad\",\"threshold\":0.55,\"prefix_padding_ms\":300,"
		"\"silence_duration_ms\":550,\"create_response\":true,"
		"\"interrupt_response\":true,\"idle_timeout_ms\":null}},"
		"\"output\":{\"format\":{\"type\":\"audio/pcm\",\"rate\":24000"
		"},\"voice\":\"cedar\",\"speed\":1.0}},\"tools\":" TOOLS
		",\"tool_choice\":\"auto\",\"max_output_tokens\":2048}}",
		"whole");
}

/* Nothing unset is sent, and nothing of it as null. */
static void test_least_session(void **state)
{
	struct realtime_session s = {
		.format = REALTIME_PCMU,
		.threshold = 0.5,
		.prefix_padding_ms = 300,
		.silence_duration_ms = 500,
	};

	(void)state;
	CHECK_EQ(0, realtime_command_session(&out, NULL, &s), "the least");
	check_written(
		"{\"type\":\"session.update\",\"session\":{\"type\":"
		"\"realtime\",\"output_modalities\":[\"audio\"],\"audio\":{"
		"\"input\":{\"format\":{\"type\":\"audio/pcmu\"},"
		"\"turn_detection\":{\"type\":\"server_vad\",\"threshold\":0.5,"
		"\"prefix_padding_ms\":300,\"silence_duration_ms\":500,"
		"\"create_response\":true,\"interrupt_response\":true,"
		"\"idle_timeout_ms\":null}},\"output\":{\"format\":{\"type\":"
		"\"audio/pcmu\"}}},\"tools\":[],\"tool_choice\":\"auto\","
		"\"max_output_tokens\":\"inf\"}}",
		"the least");
}

/* 2.3: audio or text, never both. */
static void test_session_in_text(void **state)
{
	struct realtime_session s = {
		.is_text = true,
		.format = REALTIME_PCMU,
		.turns = REALTIME_NO_TURNS,
	};

	(void)state;
	CHECK_EQ(0, realtime_command_session(&out, NULL, &s), "in text");
	check_written(
		"{\"type\":\"session.update\",\"session\":{\"type\":"
		"\"realtime\",\"output_modalities\":[\"text\"],\"audio\":{"
		"\"input\":{\"format\":{\"type\":\"audio/pcmu\"},"
		"\"turn_detection\":null},\"output\":{\"format\":{\"type\":"
		"\"audio/pcmu\"}}},\"tools\":[],\"tool_choice\":\"auto\","
		"\"max_output_tokens\":\"inf\"}}",
		"in text");
}

static void test_turns(void **state)
{
	static const struct {
		enum realtime_turns turns;
		const char *eagerness;
		const char *json;
		const char *why;
	} row[] = {
		{ REALTIME_NO_TURNS, NULL, "null", "none" },
		{ REALTIME_SEMANTIC_VAD, "low",
		  "{\"type\":\"semantic_vad\",\"eagerness\":\"low\","
		  "\"create_response\":true,\"interrupt_response\":true}",
		  "semantic" },
		{ REALTIME_SEMANTIC_VAD, NULL,
		  "{\"type\":\"semantic_vad\",\"eagerness\":\"auto\","
		  "\"create_response\":true,\"interrupt_response\":true}",
		  "semantic, as it comes" },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(row); i++) {
		struct realtime_session s = { .turns = row[i].turns,
					      .eagerness = row[i].eagerness,
					      .format = REALTIME_PCMA };
		char expected[1024];

		snprintf(expected, sizeof(expected),
			 "{\"type\":\"session.update\",\"session\":{\"type\":"
			 "\"realtime\",\"output_modalities\":[\"audio\"],"
			 "\"audio\":{\"input\":{\"format\":{\"type\":"
			 "\"audio/pcma\"},\"turn_detection\":%s},\"output\":{"
			 "\"format\":{\"type\":\"audio/pcma\"}}},\"tools\":[],"
			 "\"tool_choice\":\"auto\",\"max_output_tokens\":"
			 "\"inf\"}}",
			 row[i].json);
		CHECK_EQ(0, realtime_command_session(&out, NULL, &s),
			 row[i].why);
		check_written(expected, row[i].why);
	}
}

static void test_servers_of_functions(void **state)
{
	static const struct realtime_mcp mcp[] = {
		{ .label = "shop",
		  .url = "https://m/",
		  .authorization = "key",
		  .allowed = { "search", "buy" },
		  .allowed_count = 2 },
		{ .label = "open", .url = "https://o/" },
	};
	struct realtime_session s = { .turns = REALTIME_NO_TURNS,
				      .mcp = mcp,
				      .mcps = 2 };

	(void)state;
	CHECK_EQ(0, realtime_command_session(&out, NULL, &s), "two of them");
	check_written(
		"{\"type\":\"session.update\",\"session\":{\"type\":"
		"\"realtime\",\"output_modalities\":[\"audio\"],\"audio\":{"
		"\"input\":{\"format\":{\"type\":\"audio/pcm\",\"rate\":24000},"
		"\"turn_detection\":null},\"output\":{\"format\":{\"type\":"
		"\"audio/pcm\",\"rate\":24000}}},\"tools\":[{\"type\":\"mcp\","
		"\"server_label\":\"shop\",\"server_url\":\"https://m/\","
		"\"authorization\":\"key\",\"allowed_tools\":[\"search\","
		"\"buy\"],\"require_approval\":\"never\"},{\"type\":\"mcp\","
		"\"server_label\":\"open\",\"server_url\":\"https://o/\","
		"\"require_approval\":\"never\"}],\"tool_choice\":\"auto\","
		"\"max_output_tokens\":\"inf\"}}",
		"reference, 2.7");
}

static void test_tool_without_schema(void **state)
{
	static const struct realtime_tool bare = { .name = "end_call" };
	struct realtime_session s = { .turns = REALTIME_NO_TURNS,
				      .tool = &bare,
				      .tools = 1 };

	(void)state;
	CHECK_EQ(0, realtime_command_session(&out, NULL, &s), "bare tool");
	check_written(
		"{\"type\":\"session.update\",\"session\":{\"type\":"
		"\"realtime\",\"output_modalities\":[\"audio\"],\"audio\":{"
		"\"input\":{\"format\":{\"type\":\"audio/pcm\",\"rate\":24000},"
		"\"turn_detection\":null},\"output\":{\"format\":{\"type\":"
		"\"audio/pcm\",\"rate\":24000}}},\"tools\":[{\"type\":"
		"\"function\",\"name\":\"end_call\",\"parameters\":{\"type\":"
		"\"object\",\"properties\":{}}}],\"tool_choice\":\"auto\","
		"\"max_output_tokens\":\"inf\"}}",
		"bare tool");
}

static void test_refused_sessions(void **state)
{
	static const struct realtime_tool bad[] = {
		{ .name = "x", .parameters = "{" },
		{ .name = "x", .parameters = "[]" },
		{ .name = "x", .parameters = "{\"a\":1,\"a\":2}" },
		{ .name = NULL, .parameters = "{}" },
		{ .name = "\xff", .parameters = "{}" },
		{ .name = "x", .description = "\xff" },
	};
	struct realtime_session s = whole;

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(bad); i++) {
		s.tool = &bad[i];
		CHECK_EQ(-EINVAL, realtime_command_session(&out, "e", &s),
			 "a bad tool");
	}
	s = whole;
	s.instructions = "\xff";
	CHECK_EQ(-EINVAL, realtime_command_session(&out, "e", &s), "no UTF-8");
	s = whole;
	s.transcription_language = "\xff";
	CHECK_EQ(-EINVAL, realtime_command_session(&out, "e", &s), "no UTF-8");
	s = whole;
	s.noise_reduction = "\xff";
	CHECK_EQ(-EINVAL, realtime_command_session(&out, "e", &s), "no UTF-8");
	s = whole;
	s.voice = "\xff";
	CHECK_EQ(-EINVAL, realtime_command_session(&out, "e", &s), "no UTF-8");
	CHECK_EQ(0, out.used, "nothing is left behind");
}

/* The examples of 3.3. */
static void test_commands(void **state)
{
	(void)state;
	realtime_command_respond(&out, "gw_0110", NULL, NULL);
	check_written("{\"type\":\"response.create\",\"event_id\":\"gw_0110\"}",
		      "a bare response");
	realtime_command_respond(&out, "gw_0111", "Greet.", "greeting");
	check_written("{\"type\":\"response.create\",\"event_id\":\"gw_0111\","
		      "\"response\":{\"instructions\":\"Greet.\","
		      "\"metadata\":{\"purpose\":\"greeting\"}}}",
		      "a greeting");
	realtime_command_respond(&out, "gw_1", NULL, "digits");
	check_written("{\"type\":\"response.create\",\"event_id\":\"gw_1\","
		      "\"response\":{\"metadata\":{\"purpose\":\"digits\"}}}",
		      "the session's instructions");
	realtime_command_say(&out, "gw_2", "Wait.", "filler");
	check_written("{\"type\":\"response.create\",\"event_id\":\"gw_2\","
		      "\"response\":{\"instructions\":\"Wait.\","
		      "\"tool_choice\":\"none\",\"metadata\":{\"purpose\":"
		      "\"filler\"}}}",
		      "words, and no function");
	realtime_command_respond(&out, NULL, "Greet.", NULL);
	check_written("{\"type\":\"response.create\",\"response\":{"
		      "\"instructions\":\"Greet.\"}}",
		      "no purpose, no id");
	realtime_command_cancel(&out, "gw_0113", "resp_Dq7");
	check_written("{\"type\":\"response.cancel\",\"event_id\":\"gw_0113\","
		      "\"response_id\":\"resp_Dq7\"}",
		      "cancel");
	realtime_command_cancel(&out, "gw_0113", NULL);
	check_written("{\"type\":\"response.cancel\",\"event_id\":\"gw_0113\"}",
		      "cancel whatever runs");
	realtime_command_truncate(&out, "gw_0107", "item_Dq7", 0, 1840);
	check_written("{\"type\":\"conversation.item.truncate\",\"event_id\":"
		      "\"gw_0107\",\"item_id\":\"item_Dq7\","
		      "\"content_index\":0,\"audio_end_ms\":1840}",
		      "truncate");
	realtime_command_delete(&out, "gw_0108", "item_Dq7");
	check_written("{\"type\":\"conversation.item.delete\",\"event_id\":"
		      "\"gw_0108\",\"item_id\":\"item_Dq7\"}",
		      "delete");
	realtime_command_tool_output(&out, "gw_0106", "call_8Q",
				     "{\"slot\":\"Tue 10:30\"}");
	check_written("{\"type\":\"conversation.item.create\",\"event_id\":"
		      "\"gw_0106\",\"item\":{\"type\":\"function_call_output\","
		      "\"call_id\":\"call_8Q\",\"output\":"
		      "\"{\\\"slot\\\":\\\"Tue 10:30\\\"}\"}}",
		      "a tool's output, encoded once");
}

/* Truncation takes integers; a float is an error there. */
static void test_truncate_is_integral(void **state)
{
	static const char integer[] = "\"audio_end_ms\":4294967295";

	(void)state;
	realtime_command_truncate(&out, "e", "i", 0, 4294967295u);
	CHECK(memmem(buffer_head(&out), out.used, integer, strlen(integer)),
	      "an integer");
	buffer_consume(&out, out.used);
}

static void test_text(void **state)
{
	static const struct {
		const char *role, *part;
	} row[] = {
		{ "user", "input_text" },
		{ "system", "input_text" },
		{ "assistant", "output_text" },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(row); i++) {
		char expected[256];

		CHECK_EQ(0,
			 realtime_command_text(&out, "gw_0103", row[i].role,
					       "pressed \"4\""),
			 row[i].role);
		snprintf(expected, sizeof(expected),
			 "{\"type\":\"conversation.item.create\",\"event_id\":"
			 "\"gw_0103\",\"item\":{\"type\":\"message\",\"role\":"
			 "\"%s\",\"content\":[{\"type\":\"%s\",\"text\":"
			 "\"pressed \\\"4\\\"\"}]}}",
			 row[i].role, row[i].part);
		check_written(expected, row[i].role);
	}
	CHECK_EQ(-EINVAL, realtime_command_text(&out, "e", "caller", "x"),
		 "no such role");
	CHECK_EQ(-EINVAL, realtime_command_text(&out, "e", "user", "\xff"),
		 "no UTF-8");
	CHECK_EQ(-EINVAL, realtime_command_respond(&out, "e", "\xff", NULL),
		 "no UTF-8");
	CHECK_EQ(-EINVAL, realtime_command_respond(&out, "e", "\xff", "x"),
		 "no UTF-8");
	CHECK_EQ(0, out.used, "nothing is left behind");
}

static void test_full_buffer(void **state)
{
	(void)state;
	buffer_free(&out);
	buffer_init(&out, 40);
	CHECK_EQ(-ENOBUFS, realtime_command_delete(&out, "gw", "item_Dq7"),
		 "full");
	CHECK_EQ(0, out.used, "nothing is left behind");
}

static void test_append(void **state)
{
	static const uint8_t sound[] = { 0, 0, 1, 0, 2 };
	static const char expected[] =
		"{\"type\":\"input_audio_buffer.append\",\"audio\":"
		"\"AAABAAI=\"}";
	char text[REALTIME_APPEND_ROOM(sizeof(sound))];

	(void)state;
	CHECK_EQ(strlen(expected),
		 realtime_command_append(text, sizeof(text), sound,
					 sizeof(sound)),
		 "length");
	CHECK(!memcmp(expected, text, strlen(expected)), "text");
	CHECK_EQ(0,
		 realtime_command_append(text, sizeof(text) - 1, sound,
					 sizeof(sound)),
		 "less room than asked for");
}

/* 100 ms at 24 kHz, into a block of exactly the room that is asked for. */
static void test_append_takes_no_memory(void **state)
{
	static const uint8_t sound[4800];
	char *text = malloc(REALTIME_APPEND_ROOM(sizeof(sound)));
	size_t before, n;

	(void)state;
	allocations_watch();
	before = allocations_count();
	n = realtime_command_append(text, REALTIME_APPEND_ROOM(sizeof(sound)),
				    sound, sizeof(sound));
	CHECK_EQ(before, allocations_count(), "allocations per append");
	CHECK(n > 6400, "and it was written");
	free(text);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_whole_session),
		cmocka_unit_test(test_least_session),
		cmocka_unit_test(test_session_in_text),
		cmocka_unit_test(test_turns),
		cmocka_unit_test(test_servers_of_functions),
		cmocka_unit_test(test_tool_without_schema),
		cmocka_unit_test(test_refused_sessions),
		cmocka_unit_test(test_commands),
		cmocka_unit_test(test_truncate_is_integral),
		cmocka_unit_test(test_text),
		cmocka_unit_test(test_full_buffer),
		cmocka_unit_test(test_append),
		cmocka_unit_test(test_append_takes_no_memory),
	};

	return cmocka_run_group_tests_name("realtime_command", tests, setup,
					   teardown);
}
