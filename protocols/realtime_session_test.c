#include "tools/testing/check.h"

#include <string.h>

#include "protocols/realtime_command.h"

#define PCM    "\"format\":{\"type\":\"audio/pcm\",\"rate\":24000}"
#define PCMU   "\"format\":{\"type\":\"audio/pcmu\"}"
#define IN(x)  "{\"audio\":{\"input\":{" PCM x "},\"output\":{" PCM "}}}"
#define OUT(x) "{\"audio\":{\"input\":{" PCM "},\"output\":{" PCM x "}}}"
#define TOP(x) "{\"audio\":{\"input\":{" PCM "},\"output\":{" PCM "}}" x "}"
#define VAD                                                                \
	",\"turn_detection\":{\"type\":\"server_vad\",\"threshold\":0.55," \
	"\"prefix_padding_ms\":300,\"silence_duration_ms\":550,"           \
	"\"idle_timeout_ms\":null,\"create_response\":true,"               \
	"\"interrupt_response\":true}"

static const struct realtime_tool tool = { .name = "end_call" };
static const struct realtime_session asked = {
	.voice = "cedar",
	.threshold = 0.55,
	.prefix_padding_ms = 300,
	.silence_duration_ms = 550,
	.transcription_model = "gpt-4o-mini-transcribe",
	.tool = &tool,
	.tools = 1,
};

/* What a server says after the update above, and what is told of it. */
static const struct {
	const char *echoed;
	const char *words; /* NULL: no difference */
	const char *why;
} row[] = {
	{ "{\"type\":\"realtime\",\"id\":\"sess_1\",\"audio\":{\"input\":{" PCM
		  VAD
	  ",\"transcription\":{\"model\":\"gpt-4o-mini-transcribe\"}},"
	  "\"output\":{" PCM ",\"voice\":\"cedar\",\"speed\":1}},\"tools\":"
	  "[{\"name\":\"end_call\"}]}",
	  NULL, "everything as asked" },
	{ TOP(""), NULL, "the two formats will do" },
	{ "{\"audio\":{\"input\":{\"format\":{\"type\":\"audio/pcm\"}},"
	  "\"output\":{\"format\":{\"type\":\"audio/pcm\",\"rate\":24000.0}}}}",
	  NULL, "a rate left out, or as a float" },
	{ "{}", "input format is not said, asked for audio/pcm 24000",
	  "no formats" },
	{ "{\"input_audio_format\":\"pcm16\"}",
	  "input format is not said, asked for audio/pcm 24000",
	  "the retired shape" },
	{ "{\"audio\":{\"input\":{" PCM "},\"output\":{" PCMU "}}}",
	  "output format is audio/pcmu, asked for audio/pcm 24000",
	  "another output format" },
	{ "{\"audio\":{\"input\":{\"format\":{\"type\":\"audio/pcm\",\"rate\":"
	  "16000}},\"output\":{" PCM "}}}",
	  "input format is audio/pcm 16000, asked for audio/pcm 24000",
	  "another rate" },
	{ OUT(",\"voice\":\"marin\""), "voice is marin, asked for cedar",
	  "the default voice is still there" },
	{ OUT(",\"voice\":{\"id\":\"voice_1\"}"),
	  "voice is voice_1, asked for cedar", "a voice as an object" },
	{ OUT(",\"voice\":null"), NULL, "a voice not told" },
	{ IN(",\"turn_detection\":null"),
	  "turn detection is off, asked for server_vad", "no turns" },
	{ IN(",\"turn_detection\":{\"type\":\"semantic_vad\"}"),
	  "turn detection is semantic_vad, asked for server_vad",
	  "another detector" },
	{ IN(",\"turn_detection\":{\"type\":\"server_vad\",\"threshold\":0.5}"),
	  "turn detection's threshold is 0.5, asked for 0.55", "threshold" },
	{ IN(",\"turn_detection\":{\"type\":\"server_vad\",\"threshold\":"
	     "0.550000011920929}"),
	  NULL, "single precision" },
	{ IN(",\"turn_detection\":{\"type\":\"server_vad\","
	     "\"silence_duration_ms\":200}"),
	  "turn detection's silence_duration_ms is 200, asked for 550",
	  "the default silence" },
	{ IN(",\"turn_detection\":{\"type\":\"server_vad\","
	     "\"create_response\":false}"),
	  "turn detection's create_response is off, asked for on",
	  "no automatic response" },
	{ IN(",\"transcription\":null"),
	  "transcription is off, asked for gpt-4o-mini-transcribe",
	  "no transcription" },
	{ IN(",\"transcription\":{\"model\":\"whisper-1\"}"),
	  "transcription is whisper-1, asked for gpt-4o-mini-transcribe",
	  "another transcription" },
	{ IN(",\"transcription\":{\"model\":"
	     "\"gpt-4o-mini-transcribe-2025-12-15\"}"),
	  NULL, "its dated name" },
	{ TOP(",\"tools\":[]"), "the session has 0 tools, asked for 1",
	  "no tools" },
	{ TOP(",\"output_modalities\":[\"audio\"]"), NULL, "it speaks" },
	{ TOP(",\"output_modalities\":[\"text\"]"),
	  "the output is text, asked for audio", "it would only write" },
	{ TOP(",\"output_modalities\":[\"audio\",\"text\"]"),
	  "the output is of both kinds, asked for audio", "no such session" },
	{ TOP(",\"output_modalities\":[]"), NULL, "not told" },
	{ TOP(",\"tools\":null"), "the session has 0 tools, asked for 1",
	  "null for none" },
};

static void test_differences(void **state)
{
	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(row); i++) {
		json_t *echoed = json_loads(row[i].echoed, 0, NULL);
		const char *words;

		CHECK(echoed, row[i].why);
		words = realtime_session_difference(&asked, echoed);
		if (row[i].words)
			CHECK_STR(row[i].words, words, row[i].why);
		else if (words)
			fail_msg("%s: %s", row[i].why, words);
		json_decref(echoed);
	}
	CHECK_STR("input format is not said, asked for audio/pcm 24000",
		  realtime_session_difference(&asked, NULL), "no echo at all");
}

static void test_other_questions(void **state)
{
	static const struct realtime_session g711 = {
		.format = REALTIME_PCMU,
		.turns = REALTIME_SEMANTIC_VAD,
	};
	static const struct realtime_session manual = {
		.turns = REALTIME_NO_TURNS,
	};
	json_t *echoed = json_loads(
		"{\"audio\":{\"input\":{" PCMU ",\"turn_detection\":{\"type\":"
		"\"semantic_vad\",\"eagerness\":\"auto\"},\"transcription\":{"
		"\"model\":\"x\"}},\"output\":{" PCMU ",\"voice\":\"marin\"}},"
		"\"tools\":[]}",
		0, NULL);

	(void)state;
	CHECK(!realtime_session_difference(&g711, echoed),
	      "what was not asked for is no difference");
	CHECK_STR("input format is audio/pcmu, asked for audio/pcm 24000",
		  realtime_session_difference(&manual, echoed), "format");
	json_decref(echoed);
	echoed = json_loads(IN(VAD), 0, NULL);
	CHECK_STR("turn detection is server_vad, asked for off",
		  realtime_session_difference(&manual, echoed),
		  "turns are still detected");
	json_decref(echoed);
	echoed = json_loads(IN(",\"turn_detection\":null"), 0, NULL);
	CHECK(!realtime_session_difference(&manual, echoed), "off as asked");
	json_decref(echoed);
}

static void test_text(void **state)
{
	static const struct realtime_session text = {
		.is_text = true,
		.voice = "cedar",
		.turns = REALTIME_NO_TURNS,
	};
	static const struct {
		const char *echoed, *words, *why;
	} answer[] = {
		{ "{\"output_modalities\":[\"text\"],\"audio\":{\"input\":{" PCM
		  "}}}",
		  NULL, "how it would speak is of no matter" },
		{ "{\"output_modalities\":[\"audio\"],\"audio\":{\"input\":{" PCM
		  "},\"output\":{" PCM "}}}",
		  "the output is audio, asked for text", "nobody would read" },
		{ "{\"output_modalities\":[\"text\"]}",
		  "input format is not said, asked for audio/pcm 24000",
		  "it still listens" },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(answer); i++) {
		json_t *echoed = json_loads(answer[i].echoed, 0, NULL);
		const char *words = realtime_session_difference(&text, echoed);

		CHECK_STR(answer[i].words ? answer[i].words : "",
			  words ? words : "", answer[i].why);
		json_decref(echoed);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_differences),
		cmocka_unit_test(test_other_questions),
		cmocka_unit_test(test_text),
	};

	return cmocka_run_group_tests_name("realtime_session", tests, NULL,
					   NULL);
}
