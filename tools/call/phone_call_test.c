/* Whole calls over real loopback sockets, against a small gateway that each
 * test tells how to behave. */
#include "tools/testing/check.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <uv.h>

#include "gateway/net/ws.h"
#include "tools/call/caller_scenario.h"
#include "tools/call/phone_call.h"
#include "tools/call/phone_message.h"
#include "tools/testing/fake_gateway.h"
#include "tools/testing/tls_contexts.h"

/* --- Placing a call on it --- */

static struct tls_context *tls; /* of the caller; NULL: plain */
static struct caller_scenario scenario;
static struct caller_call *call;
static struct caller_call_result *result;

static void on_over(void *owner, struct caller_call *c)
{
	(void)owner;
	result = &c->result;
	fake_gateway_close();
}

static char url[96];
static const struct phone_call_options twilio = {
	.webhook_url = url,
	.auth_token = FAKE_GATEWAY_TOKEN,
	.account_sid = "AC0123456789abcdef0123456789abcdef",
	.from = "+15552223333",
	.to = "+15550001111",
	.dial_status = scenario.dial_status,
};
static struct caller_call_options options = {
	.kind = &phone_call_kind,
	.carrier = &twilio,
	.script = &scenario.script,
	.faults = &scenario.faults,
	.timeout_ms = 15000,
	.seed = 42,
};

/* Place one call and wait until nothing of it is left. */
static void place(const char *yaml)
{
	char error[CALLER_SCENARIO_ERROR_MAX];

	options.tls = tls;
	snprintf(url, sizeof(url), "http%s://%s/voice",
		 fake_gateway.is_tls ? "s" : "", fake_gateway.authority);
	CHECK_EQ(0,
		 caller_scenario_parse(&scenario, yaml, strlen(yaml), "test",
				       NULL, error),
		 error);
	call = caller_call_begin(&fake_gateway.loop, &options, 0, on_over,
				 NULL);
	uv_run(&fake_gateway.loop, UV_RUN_DEFAULT);
	CHECK(result, "it is over");
}

static int finish(void **state)
{
	(void)state;
	if (call)
		caller_call_free(call);
	call = NULL;
	result = NULL;
	caller_scenario_free(&scenario);
	return uv_loop_close(&fake_gateway.loop);
}

static int begin(void **state)
{
	(void)state;
	fake_gateway_open(NULL);
	return 0;
}

static double figure(enum caller_figure f)
{
	return result->figures.value[f];
}

static bool all_passed(void)
{
	return !caller_script_has_failed(&call->caller.run);
}

#define CHECK_OUTCOME(expected, why) \
	CHECK_STR(expected, caller_call_outcome_name(result->outcome), why)

/* --- The tests --- */

static void greet(void)
{
	fake_gateway_speak(500);
}

static void test_greeting_and_hangup(void **state)
{
	(void)state;
	fake_gateway.on_start = greet;
	place("steps:\n- {wait: heard_end}\n- {hangup: true}\n");
	CHECK_OUTCOME("caller_hung_up", "by the script");
	CHECK(all_passed(), "both steps");
	CHECK_NEAR(0, figure(CALLER_FIGURE_breaches), 0, "all was correct");
	CHECK_NEAR(500, figure(CALLER_FIGURE_heard_ms), 20, "500 ms of tone");
	CHECK_NEAR(0, figure(CALLER_FIGURE_gaps), 0, "without a gap");
	CHECK_NEAR(0, figure(CALLER_FIGURE_clicks), 0, "or a click");
	CHECK_EQ(0, fake_gateway.bad_signatures,
		 "webhook, upgrade and callbacks signed");
	CHECK_EQ(0, fake_gateway.bad_frames,
		 "every frame as 2.3 and 2.5 want it");
	CHECK(fake_gateway.frames >= 48,
	      "1.2 s of them, but for the first 200 ms");
	CHECK(fake_gateway.first_timestamp >= 58 &&
		      fake_gateway.first_timestamp <= 202,
	      "the first timestamp");
	CHECK_STR("01234", fake_gateway.mark, "marks come back in order");
	CHECK(fake_gateway.has_stopped, "stop was sent");
	CHECK_EQ(1000, fake_gateway.close_code, "and the socket closed");
	CHECK_STR("stream-started stream-stopped ", fake_gateway.callbacks,
		  "reported");
}

/* The clock is anchored: after a second no frame is off by the loop's delays
 * added up. */
static void test_pace(void **state)
{
	(void)state;
	place("steps:\n- {wait: 1500}\n- {hangup: true}\n");
	CHECK(fake_gateway.frames >= 70 && fake_gateway.frames <= 95,
	      "50 a second");
	CHECK(fake_gateway.best_late_ms < 5,
	      "after a second some are still in time");
	CHECK_NEAR(20.0 * (fake_gateway.frames - 1),
		   fake_gateway.last_timestamp - fake_gateway.first_timestamp,
		   4, "timestamps advance by 20 ms, jitter does not add up");
}

static void long_reply(void)
{
	fake_gateway_speak(4000);
}

static void test_barge_in(void **state)
{
	(void)state;
	fake_gateway.on_start = long_reply;
	fake_gateway.on_loud = fake_gateway_clear;
	place("steps:\n"
	      "- interrupt: {after_ms: 300, say: caller-thanks, within_ms: 500}\n"
	      "- {hangup: true}\n");
	CHECK(all_passed(), "the voice stopped in time");
	CHECK_NEAR(1, figure(CALLER_FIGURE_barge_ins_heeded), 0, "heeded");
	CHECK(figure(CALLER_FIGURE_reaction_ms) <= 300,
	      "at once, on a busy machine");
	CHECK(figure(CALLER_FIGURE_heard_ms) < 2000, "of 4 s");
	CHECK_NEAR(0, figure(CALLER_FIGURE_late_ms), 0, "and nothing after");
	CHECK_NEAR(0, figure(CALLER_FIGURE_clicks), 0, "the cut is no click");
	CHECK_NEAR(40, figure(CALLER_FIGURE_marks), 0, "40 marks sent");
	CHECK(figure(CALLER_FIGURE_marks_flushed) >= 20, "most flushed");
}

static void test_barge_in_ignored(void **state)
{
	(void)state;
	fake_gateway.on_start = long_reply;
	place("steps:\n"
	      "- interrupt: {after_ms: 300, say: caller-thanks}\n"
	      "- {hangup: true}\n");
	CHECK(!all_passed(), "the voice went on");
	CHECK_NEAR(0, figure(CALLER_FIGURE_barge_ins_heeded), 0, "not heeded");
}

static void say_goodbye(void)
{
	fake_gateway_speak(300);
}

static void hang_up_on_last_mark(void)
{
	if (strchr(fake_gateway.mark, '2'))
		ws_close(fake_gateway.ws, 1000, "bye");
}

static void test_digit_and_far_hangup(void **state)
{
	(void)state;
	fake_gateway.on_digit = say_goodbye;
	fake_gateway.on_mark = hang_up_on_last_mark;
	place("steps:\n"
	      "- {press: \"0\"}\n"
	      "- {wait: heard_end, label: goodbye}\n"
	      "- {wait: hangup}\n");
	CHECK(all_passed(), "the goodbye was heard, then the far end hung up");
	CHECK_OUTCOME("hung_up", "by the far end");
	CHECK_STR("0", fake_gateway.digits, "the key arrived");
	CHECK_NEAR(0, figure(CALLER_FIGURE_cut_ms), 0, "to its end");
	CHECK_NEAR(1000, figure(CALLER_FIGURE_close_code), 0, "close code");
	CHECK_NEAR(31921, figure(CALLER_FIGURE_twilio_code), 0,
		   "what Twilio logs when the server closes");
}

static void cut_goodbye(void)
{
	fake_gateway_speak(1000);
	ws_close(fake_gateway.ws, 1000, "bye");
}

static void test_goodbye_cut_off(void **state)
{
	(void)state;
	fake_gateway.on_digit = cut_goodbye;
	place("steps:\n- {press: \"0\"}\n- {wait: hangup}\n");
	CHECK(figure(CALLER_FIGURE_cut_ms) > 900, "nearly all of it");
}

static void misbehave(void)
{
	fake_gateway_send("{\"event\":\"clear\",\"streamSid\":\"MZ0\"}");
	fake_gateway_send("{\"event\":\"clear\",\"streamSid\":\"%s\",\"x\":1}",
			  fake_gateway.sid);
	fake_gateway_send("hello");
	ws_send_frame(fake_gateway.ws, 2, true, "\0\0", 2);
	fake_gateway_speak(100);
}

static void test_breaches(void **state)
{
	static const unsigned code[] = { 31951, 31951, 31951, 31950 };

	(void)state;
	fake_gateway.on_start = misbehave;
	place("steps:\n- {wait: heard_start}\n- {hangup: true}\n");
	CHECK(all_passed(), "what is invalid is ignored, the rest is heard");
	CHECK_EQ(4, result->breaches, "each mistake");
	for (size_t i = 0; i < 4; i++)
		CHECK_EQ(code[i], strtoul(result->breach[i].code, NULL, 10),
			 "in order, with Twilio's codes");
}

static void break_framing(void)
{
	ws_send_frame(fake_gateway.ws, 0, true, "x", 1); /* continues nothing */
	ws_flush(fake_gateway.ws);
}

static void test_broken_framing(void **state)
{
	(void)state;
	fake_gateway.on_start = break_framing;
	place("steps:\n- {wait: hangup}\n");
	CHECK_OUTCOME("broken", "31924 ends a stream");
	CHECK_EQ(PHONE_PROTOCOL_ERROR,
		 strtoul(result->breach[0].code, NULL, 10), "31924");
	CHECK_EQ(1002, fake_gateway.close_code, "closed with 1002");
	/* Two requests at nearly the same time: their order is not promised. */
	CHECK(strstr(fake_gateway.callbacks, "stream-started "), "begun");
	CHECK(strstr(fake_gateway.callbacks, "stream-error "), "and broken");
}

static void test_outcomes(void **state)
{
	static const struct {
		unsigned status;
		const char *twiml, *outcome, *why;
	} row[] = {
		{ 403, "", "refused", "the webhook said no" },
		{ 200, "<Response><Reject/></Response>", "rejected", "Reject" },
		{ 200, "<Response><Reject reason='busy'/></Response>", "busy",
		  "with a reason" },
		{ 200, "<Response><Hangup/></Response>", "hung_up", "Hangup" },
		{ 200, "<Response/>", "hung_up", "TwiML that ends" },
		{ 200,
		  "<Response><Pause length='0'/><Redirect>/after</Redirect>"
		  "<Reject/></Response>",
		  "hung_up", "nothing behind Redirect is run" },
		{ 200, "<Response><Dial>+15554445555</Dial></Response>",
		  "dialled", "Dial is an outcome" },
		{ 200,
		  "<Response><Dial action='/after'><Number>+15554445555"
		  "</Number></Dial></Response>",
		  "hung_up", "its action goes on with the call" },
		{ 200, "<Response", "failed", "no XML" },
		{ 200, "<Response><Redirect>/voice</Redirect></Response>",
		  "failed", "TwiML in circles" },
		{ 200,
		  "<Response><Connect><Stream url='%W/nope'/>"
		  "</Connect></Response>",
		  "refused", "an upgrade answered 404" },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(row); i++) {
		fake_gateway_open(NULL);
		fake_gateway.status = row[i].status;
		fake_gateway.twiml = row[i].twiml;
		place("steps:\n- {wait: hangup}\n");
		CHECK_OUTCOME(row[i].outcome, row[i].why);
		CHECK_EQ(0, finish(NULL), "nothing is left behind");
	}
}

static void test_masked_dial(void **state)
{
	(void)state;
	fake_gateway.twiml = "<Response><Dial>+15554445555</Dial></Response>";
	place("dial_status: no-answer\nsteps:\n- {wait: hangup}\n");
	CHECK(strstr(result->how, "+1"), "the outcome tells who was dialled");
	CHECK(!strstr(result->how, "4445555"), "masked");
}

static void hang_up_now(void)
{
	ws_close(fake_gateway.ws, 1011, "internal");
}

/* The far end's stream ends while the caller is there: action, then more. */
static void test_action(void **state)
{
	(void)state;
	fake_gateway.twiml =
		"<Response><Connect action=\"/after\"><Stream "
		"url=\"%W/media/k7\"/></Connect><Reject/></Response>";
	fake_gateway.after =
		"<Response><Dial action='/after'>+15554445555</Dial>"
		"</Response>";
	fake_gateway.on_start = hang_up_now;
	place("dial_status: busy\nsteps:\n- {wait: hangup}\n");
	CHECK(strncmp(fake_gateway.actions, "in-progress busy ", 17) == 0,
	      "the action of Connect, then that of Dial");
	CHECK_NEAR(1011, figure(CALLER_FIGURE_close_code), 0, "close code");
}

/* Verbs behind Connect run when there is no action: here a second stream. */
static void test_second_stream(void **state)
{
	(void)state;
	fake_gateway.twiml =
		"<Response><Connect><Stream url=\"%W/media/k7\"/>"
		"</Connect><Connect><Stream url=\"/media/k7\"/></Connect>"
		"</Response>";
	fake_gateway.on_digit = hang_up_now;
	fake_gateway.on_start = greet;
	place("steps:\n- {wait: heard_end}\n- {press: \"1\"}\n"
	      "- {wait: heard_end}\n- {press: \"2\"}\n- {wait: hangup}\n");
	CHECK(all_passed(), "the script goes on over both streams");
	CHECK_STR("12", fake_gateway.digits, "on each");
	CHECK_NEAR(2, figure(CALLER_FIGURE_utterances), 0, "two greetings");
}

static void test_bad_signatures(void **state)
{
	static const struct {
		const char *fault;
		unsigned bad;
	} row[] = {
		{ "bad_signature", 3 },
		{ "no_signature", 3 },
		{ "bad_upgrade_signature", 1 },
		{ "no_upgrade_signature", 1 },
		{ "trailing_slash_signature", 1 },
		{ "port_signature", 0 },
	};
	char yaml[128];

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(row); i++) {
		fake_gateway_open(NULL);
		snprintf(yaml, sizeof(yaml),
			 "steps:\n- {inject: %s}\n- {hangup: true}\n",
			 row[i].fault);
		place(yaml);
		CHECK_EQ(row[i].bad, fake_gateway.bad_signatures, row[i].fault);
		finish(NULL);
	}
}

static void test_faults_on_the_line(void **state)
{
	(void)state;
	fake_gateway.on_start = greet;
	place("steps:\n"
	      "- {inject: split_bytes}\n- {inject: no_marks}\n"
	      "- {inject: 99_parameters}\n- {inject: unknown_fields}\n"
	      "- {inject: out_of_order_callbacks}\n"
	      "- {inject: duplicate_webhook}\n"
	      "- {wait: heard_start}\n- {wait: 800}\n"
	      "- {inject: second_start}\n"
	      "- {inject: close_without_stop, value: 1001}\n");
	CHECK(all_passed(), "every fault was injected");
	CHECK_EQ(2, fake_gateway.voices, "the webhook came twice");
	CHECK_STR("", fake_gateway.mark, "no mark came back");
	CHECK(!fake_gateway.has_stopped, "no stop");
	CHECK_EQ(1001, fake_gateway.close_code, "but a close");
	CHECK_STR("stream-stopped stream-started ", fake_gateway.callbacks,
		  "reversed");
}

static void test_lost_and_stalled_audio(void **state)
{
	(void)state;
	place("steps:\n- {wait: 200}\n- {inject: gap_ms, value: 200}\n"
	      "- {wait: 400}\n- {hangup: true}\n");
	CHECK(fake_gateway.bad_frames == 1, "timestamps jump once");
	CHECK_NEAR(20.0 * (fake_gateway.frames - 1) + 200,
		   fake_gateway.last_timestamp - fake_gateway.first_timestamp,
		   4, "by 200 ms");
	finish(NULL);
	fake_gateway_open(NULL);
	place("steps:\n- {wait: 200}\n- {inject: media_stall_ms, value: 300}\n"
	      "- {wait: 400}\n- {hangup: true}\n");
	CHECK_EQ(0, fake_gateway.bad_frames, "no frame is lost");
	CHECK(fake_gateway.worst_ms > 250, "but they come late");
}

static void test_never_started(void **state)
{
	(void)state;
	place("steps:\n- {inject: no_start}\n- {wait: 300}\n- {hangup: true}\n");
	CHECK(all_passed(), "the script runs without a stream");
	CHECK_EQ(0, fake_gateway.frames, "no media");
	CHECK_STR("", fake_gateway.sid, "no start");
}

static void test_replayed_token(void **state)
{
	(void)state;
	place("steps:\n- {inject: replay_token}\n- {wait: 200}\n"
	      "- {hangup: true}\n");
	CHECK_NEAR(101, figure(CALLER_FIGURE_replay_status), 0,
		   "this gateway takes it twice");
	CHECK_EQ(1, result->breaches, "which is a breach");
}

static void reset(void)
{
	ws_reset(fake_gateway.ws);
}

static void test_lost_socket(void **state)
{
	(void)state;
	fake_gateway.on_digit = reset;
	place("steps:\n- {press: \"1\"}\n- {wait: hangup}\n");
	CHECK_OUTCOME("broken", "the network lost it");
	CHECK_NEAR(31903, figure(CALLER_FIGURE_twilio_code), 0, "31903");
}

static void test_tls(void **state)
{
	struct tls_contexts contexts;

	(void)state;
	tls_contexts_make(&contexts, "localhost");
	fake_gateway_open(contexts.server);
	fake_gateway.on_start = greet;
	tls = contexts.client;
	place("steps:\n- {wait: heard_end}\n- {hangup: true}\n");
	CHECK(all_passed(), "the greeting is heard over wss");
	CHECK_EQ(0, fake_gateway.bad_signatures, "https signed without port");
	finish(NULL);

	fake_gateway_open(contexts.server);
	tls = contexts.stranger;
	place("steps:\n- {wait: hangup}\n");
	CHECK_OUTCOME("failed", "a certificate nobody vouches for");
	CHECK(strstr(result->how, "certificate"), "said in words");
	finish(NULL);
	tls = NULL;
	tls_contexts_free(&contexts);
}

int main(void)
{
#define TEST(f) cmocka_unit_test_setup_teardown(f, begin, finish)
	const struct CMUnitTest tests[] = {
		TEST(test_greeting_and_hangup),
		TEST(test_pace),
		TEST(test_barge_in),
		TEST(test_barge_in_ignored),
		TEST(test_digit_and_far_hangup),
		TEST(test_goodbye_cut_off),
		TEST(test_breaches),
		TEST(test_broken_framing),
		cmocka_unit_test(test_outcomes),
		TEST(test_masked_dial),
		TEST(test_action),
		TEST(test_second_stream),
		cmocka_unit_test(test_bad_signatures),
		TEST(test_faults_on_the_line),
		TEST(test_lost_and_stalled_audio),
		TEST(test_never_started),
		TEST(test_replayed_token),
		TEST(test_lost_socket),
		cmocka_unit_test(test_tls),
	};

	return cmocka_run_group_tests_name("phone_call", tests, NULL, NULL);
}
