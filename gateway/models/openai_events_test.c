/* Events of the server, as text, into a real call with recording ports: which
 * errors end a session, which do not, and what a response's end means. */
#include <string.h>
#include <unistd.h>

#include "gateway/models/openai_parts.h"
#include "tools/testing/check.h"
#include "tools/testing/silent_sides.h"

#define MS 1000000ull

static struct audio_pool pool;
static struct call call;
static struct openai_profile profile;
static struct openai_session session;
static uint8_t apology[160];

static char told[8192]; /* what the carrier heard and had to say */

static void hear(void *leg, enum call_speech what, const char *text)
{
	static const char *const name[] = { "started", "stopped", "committed",
					    "hypothesis", "recognition" };
	size_t at = strlen(told);

	(void)leg;
	snprintf(told + at, sizeof(told) - at, "%s%s%s;", name[what],
		 text[0] ? " " : "", text);
}

static void say(void *leg, const char *text)
{
	size_t at = strlen(told);

	(void)leg;
	snprintf(told + at, sizeof(told) - at, "say %s;", text);
}

static void expect(const char *what, const char *why)
{
	CHECK_STR(what, told, why);
	told[0] = '\0';
}

static const struct call_carrier_port carrier = {
	.hear = hear,
	.say = say,
	.send_audio = silent_audio,
	.send_mark = silent_mark,
	.clear = silent_clear,
	.hang_up = silent_hang_up,
};

static char arguments_read[256];

static void any_tool(void *owner, const char *call_id, const char *name,
		     const char *arguments, struct call_tool *t)
{
	(void)owner;
	(void)call_id;
	(void)name;
	snprintf(arguments_read, sizeof(arguments_read), "%s", arguments);
	t->fate = CALL_TOOL_ASKS;
	t->request.kind = CALL_REQUEST_END;
}

static const struct call_agent_port agent = {
	.begin_tool = any_tool,
	.brief = silent_brief,
};

static void on_handled(void *owner, uint64_t read_ns)
{
	(void)owner;
	(void)read_ns;
}

/* A session between session.created and session.updated. */
static int setup(void **state)
{
	static const struct call_ports ports = {
		.carrier = &carrier,
		.model = &openai_session_port,
		.session = &session,
		.agent = &agent,
	};
	static const struct call_settings settings = {
		.caller_format = AUDIO_ULAW,
		.playout_format = AUDIO_ULAW,
		.has_marks = true,
		.model_format = AUDIO_PCM24,
		.lead_ms = 200,
		.append_ms = 20,
		.ring_ms = 1000,
		.connect_ms = 15000,
		.model_silence_ms = 5000,
		.digits_max = 8,
		.digits_gap_ms = 1500,
		.apology = apology,
		.apology_len = sizeof(apology),
	};

	(void)state;
	told[0] = '\0';
	memset(&session, 0, sizeof(session));
	memset(&profile, 0, sizeof(profile));
	profile.session.format = REALTIME_PCM24;
	session.profile = &profile;
	session.call = &call;
	session.log = (struct log){ .fd = -1, .level = LOG_ERROR };
	session.on_handled = on_handled;
	session.state = OPENAI_OPEN;
	buffer_init(&session.out, OPENAI_COMMAND_MAX);
	audio_pool_init(&pool, 1000000);
	call_init(&call, &settings, &pool, &ports, 0);
	return 0;
}

static int teardown(void **state)
{
	(void)state;
	call_free(&call);
	audio_pool_free(&pool);
	buffer_free(&session.out);
	return 0;
}

static void take(const char *json)
{
	char text[1024];

	strcpy(text, json);
	openai_events_take(&session, text, strlen(text), 1000 * MS);
}

#define FORMATS(in, out)                                              \
	"\"session\":{\"audio\":{\"input\":{\"format\":" in           \
	",\"turn_detection\":{\"type\":\"server_vad\"}},\"output\":{" \
	"\"format\":" out "}}}"
#define PCM24 "{\"type\":\"audio/pcm\",\"rate\":24000}"
#define PCMU  "{\"type\":\"audio/pcmu\"}"

static void configure(void)
{
	take("{\"type\":\"session.created\",\"session\":{\"id\":\"sess_1\"}}");
	CHECK_EQ(OPENAI_CONFIGURING, session.state, "asked to be configured");
	take("{\"type\":\"session.updated\"," FORMATS(PCM24, PCM24) "}");
	CHECK_EQ(OPENAI_LIVE, session.state, "confirmed");
	CHECK_EQ(CALL_UP, call.state, "and so they can talk");
}

static void test_a_wrong_echo_is_a_failed_set_up(void **state)
{
	(void)state;
	take("{\"type\":\"session.created\",\"session\":{\"id\":\"sess_1\"}}");
	take("{\"type\":\"session.updated\"," FORMATS(PCM24, PCMU) "}");
	CHECK_EQ(CALL_SORRY, call.state, "mu-law as PCM would be noise");
	CHECK(session.is_closing, "nothing to be had from it");
}

static void test_refused_configuration(void **state)
{
	(void)state;
	take("{\"type\":\"session.created\",\"session\":{\"id\":\"sess_1\"}}");
	take("{\"type\":\"error\",\"error\":{\"type\":\"invalid_request_error\","
	     "\"code\":\"unknown_parameter\",\"message\":\"Unknown parameter: "
	     "'session.temperature'.\",\"event_id\":\"configure_1\"}}");
	CHECK_EQ(CALL_SORRY, call.state, "nothing of it was applied");
}

#define ERROR(code, message)                                      \
	"{\"type\":\"error\",\"error\":{\"type\":\"x\",\"code\":" \
	"\"" code "\",\"message\":\"" message "\"}}"

static void test_errors_of_a_live_session(void **state)
{
	static const struct {
		const char *json;
		bool ends;
		const char *why;
	} row[] = {
		{ ERROR("session_expired", "60 minutes"), true, "over" },
		{ ERROR("invalid_api_key", "no"), true, "refused late" },
		{ ERROR("insufficient_quota", "no"), true, "no money" },
		{ ERROR("model_not_found", "no"), true, "no model" },
		{ ERROR("response_cancel_not_active", "x"), false, "a race" },
		{ ERROR("invalid_value",
			"Audio content of 1ms is already shorter than 2ms"),
		  false, "arithmetic, not the end of a call" },
		{ ERROR("conversation_already_has_active_response", "x"), false,
		  "it will end" },
		{ ERROR("server_error", "sorry about that"), false,
		  "never end a call for an arbitrary error" },
		{ ERROR("a_code_of_next_year", "x"), false, "nor for this" },
	};

	for (size_t i = 0; i < ARRAY_LEN(row); i++) {
		teardown(state);
		setup(state);
		configure();
		take(row[i].json);
		CHECK_EQ(row[i].ends, session.is_closing, row[i].why);
		CHECK_EQ(row[i].ends ? CALL_SORRY : CALL_UP, call.state,
			 row[i].why);
	}
}

static void test_what_a_responses_end_means(void **state)
{
#define DONE(details)                                             \
	"{\"type\":\"response.done\",\"response\":{\"id\":\"r\"," \
	"\"output\":[]," details "}}"
	static const struct {
		const char *json;
		unsigned failures;
		bool ends;
		const char *why;
	} row[] = {
		{ DONE("\"status\":\"completed\""), 0, false, "fine" },
		{ DONE("\"status\":\"cancelled\",\"status_details\":{\"reason\":"
		       "\"turn_detected\"}"),
		  0, false, "the caller spoke" },
		{ DONE("\"status\":\"incomplete\",\"status_details\":{"
		       "\"reason\":\"max_output_tokens\"}"),
		  0, false, "cut off by its own limit" },
		{ DONE("\"status\":\"incomplete\",\"status_details\":{"
		       "\"reason\":\"content_filter\"}"),
		  1, false, "not a word was heard: ask again" },
		{ DONE("\"status\":\"failed\",\"status_details\":{\"error\":{"
		       "\"code\":\"rate_limit_exceeded\",\"message\":\"x\"}}"),
		  1, false, "ask again later" },
		{ DONE("\"status\":\"failed\",\"status_details\":{\"error\":{"
		       "\"code\":\"insufficient_quota\",\"message\":\"x\"}}"),
		  0, true, "asking again cannot help" },
		{ DONE("\"status\":\"failed\",\"status_details\":\"text\""), 1,
		  false, "a compatible server's shape" },
	};

	for (size_t i = 0; i < ARRAY_LEN(row); i++) {
		teardown(state);
		setup(state);
		configure();
		take("{\"type\":\"response.created\",\"response\":{\"id\":"
		     "\"r\"}}");
		take(row[i].json);
		CHECK_EQ(row[i].failures, call.failures, row[i].why);
		CHECK_EQ(row[i].ends, session.is_closing, row[i].why);
	}
}

static void test_a_cut_off_function_call_is_not_made(void **state)
{
#define ITEM(status)                                                         \
	"{\"type\":\"response.output_item.done\",\"response_id\":\"r\","     \
	"\"output_index\":0,\"item\":{\"id\":\"i\",\"type\":"                \
	"\"function_call\",\"status\":\"" status "\",\"name\":\"end_call\"," \
	"\"call_id\":\"c\",\"arguments\":\"{\\\"reason\\\":\\\"bye\\\"}\"}}"

	(void)state;
	configure();
	take("{\"type\":\"response.created\",\"response\":{\"id\":\"r\"}}");
	take(ITEM("incomplete"));
	CHECK_EQ(CALL_UP, call.state, "its arguments may be half there");
	take(ITEM("completed"));
	CHECK_EQ(CALL_FAREWELL, call.state, "this one counts");
	CHECK_STR("{\"reason\":\"bye\"}", arguments_read, "with its arguments");
}

#define TRANSCRIPTION "{\"type\":\"conversation.item.input_audio_transcription."
#define PIECE(item, text) \
	TRANSCRIPTION "delta\",\"item_id\":\"" item "\",\"delta\":\"" text "\"}"
#define WHOLE(item, text)                                     \
	TRANSCRIPTION "completed\",\"item_id\":\"" item "\"," \
		      "\"transcript\":\"" text "\"}"

/* Reference, 3.4 and 4.4: transcription interleaves with everything else. */
static void test_the_carrier_hears_what_the_caller_says(void **state)
{
	(void)state;
	configure();
	take("{\"type\":\"input_audio_buffer.speech_started\","
	     "\"audio_start_ms\":100,\"item_id\":\"u1\"}");
	take("{\"type\":\"input_audio_buffer.speech_stopped\","
	     "\"audio_end_ms\":900,\"item_id\":\"u1\"}");
	take("{\"type\":\"input_audio_buffer.committed\",\"item_id\":"
	     "\"u1\"}");
	expect("started;stopped;committed;", "a turn");
	take(PIECE("u1", "Could"));
	take(PIECE("u1", " I"));
	take(PIECE("u1", ""));
	take(PIECE("u1", " come?"));
	expect("hypothesis Could;hypothesis Could I;hypothesis Could I come?;",
	       "the words so far, again only when there are more");
	take(WHOLE("u1", "Could I come?"));
	expect("recognition Could I come?;", "and whole");
	take(PIECE("u1", "late"));
	expect("hypothesis late;", "nothing of before is said again");
	take(PIECE("u2", "No"));
	take(WHOLE("u1", "Could I come?"));
	take(PIECE("u2", "."));
	expect("hypothesis No;recognition Could I come?;hypothesis No.;",
	       "turns that overlap are told apart");
	take(WHOLE("u2", ""));
	expect("", "nothing was understood: nothing to tell");
}

static void test_words_beyond_their_room(void **state)
{
	char json[CALL_TEXT_MAX + 256], many[CALL_TEXT_MAX];

	(void)state;
	configure();
	memset(many, 'x', sizeof(many) - 11);
	many[sizeof(many) - 11] = '\0';
	snprintf(json, sizeof(json), PIECE("u1", "%s"), many);
	openai_events_take(&session, json, strlen(json), 1000 * MS);
	told[0] = '\0';
	take(PIECE("u1", " much more."));
	expect("", "one byte too many: missed");
	take(PIECE("u1", " much more"));
	CHECK_EQ(strlen("hypothesis ;") + CALL_TEXT_MAX - 1, strlen(told),
		 "one byte less fits");
	told[0] = '\0';
	take(WHOLE("u1", "In short."));
	expect("recognition In short.;", "the whole comes whole");
}

#define TEXT                                                             \
	"{\"type\":\"response.output_text.done\",\"response_id\":\"r\"," \
	"\"item_id\":\"i\",\"output_index\":0,\"content_index\":0,"      \
	"\"text\":\"Sure, Tuesday works.\"}"

static void test_a_session_in_text(void **state)
{
	(void)state;
	session.is_text = true;
	take("{\"type\":\"session.created\",\"session\":{\"id\":\"sess_1\"}}");
	take("{\"type\":\"session.updated\",\"session\":{"
	     "\"output_modalities\":[\"text\"],\"audio\":{\"input\":{"
	     "\"format\":" PCM24 "}}}}");
	CHECK_EQ(CALL_UP, call.state, "confirmed without a word of its voice");
	take("{\"type\":\"response.created\",\"response\":{\"id\":\"r\"}}");
	take(TEXT);
	expect("say Sure, Tuesday works.;", "the carrier speaks");
}

static void test_modalities_are_confirmed(void **state)
{
	(void)state;
	session.is_text = true;
	take("{\"type\":\"session.created\",\"session\":{\"id\":\"sess_1\"}}");
	take("{\"type\":\"session.updated\",\"session\":{"
	     "\"output_modalities\":[\"audio\"],\"audio\":{\"input\":{"
	     "\"format\":" PCM24 "}}}}");
	CHECK_EQ(CALL_SORRY, call.state, "it would speak to nobody");
}

static void test_text_where_sound_was_due(void **state)
{
	(void)state;
	configure();
	take("{\"type\":\"response.created\",\"response\":{\"id\":\"r\"}}");
	take(TEXT);
	expect("", "nobody could say it");
	CHECK(!call.response_has_audio, "and it is no answer");
}

static void test_what_cannot_be_read_is_counted(void **state)
{
	(void)state;
	configure();
	take("garbage");
	take("[]");
	take("{\"type\":\"response.output_audio.delta\",\"item_id\":\"i\","
	     "\"response_id\":\"r\",\"delta\":\"!!!!\"}");
	CHECK_EQ(3, session.unreadable, "each");
	take("{\"type\":\"a.type.of.next.year\",\"x\":1}");
	CHECK_EQ(1, session.ignored, "not known, not wrong");
	CHECK_EQ(CALL_UP, call.state, "and the call goes on");
}

int main(void)
{
#define TEST(f) cmocka_unit_test_setup_teardown(f, setup, teardown)
	const struct CMUnitTest tests[] = {
		TEST(test_a_wrong_echo_is_a_failed_set_up),
		TEST(test_refused_configuration),
		TEST(test_errors_of_a_live_session),
		TEST(test_what_a_responses_end_means),
		TEST(test_a_cut_off_function_call_is_not_made),
		TEST(test_the_carrier_hears_what_the_caller_says),
		TEST(test_words_beyond_their_room),
		TEST(test_a_session_in_text),
		TEST(test_modalities_are_confirmed),
		TEST(test_text_where_sound_was_due),
		TEST(test_what_cannot_be_read_is_counted),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
