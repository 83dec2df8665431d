/* Functions that take their time: who is answered when, and what the model is
 * asked. */
#include "tools/testing/call_rig.h"

static int setup_talking(void **state)
{
	setup_full(state);
	call_model_ready(&c, now());
	call_carrier_ready(&c, false, now());
	answer("r0", "i0", 500);
	pass(800);
	told[0] = '\0';
	return 0;
}

/* A response that calls slow functions, whose ids are letters, and says
 * nothing. */
static void respond(const char *id, const char *functions)
{
	char call_id[2] = "";

	call_model_response(&c, id, false, now());
	for (; *functions; functions++) {
		call_id[0] = *functions;
		call_model_tool(&c, call_id, "slow", "{}", now());
	}
	call_model_response_done(&c, id, false, CALL_RESPONSE_DONE, "", now());
}

static void tool_is_answered(const char *call_id)
{
	call_tool_answered(&c, call_id, "{}", now());
}

static void tool_asks(const char *call_id, const char *name,
		      const char *arguments)
{
	struct call_request r = { 0 };

	CHECK_EQ(0, rig_request(&r, name, arguments), "known");
	call_tool_asks(&c, call_id, &r, now());
}

static void test_the_model_goes_on_when_it_is_answered(void **state)
{
	(void)state;
	respond("r1", "a");
	expect("", "it runs");
	pass(3000);
	expect("", "for as long as it wants");
	tool_is_answered("a");
	expect("output a;speak tool;", "then the model may go on");
	tool_is_answered("a");
	expect("", "once");
}

static void test_one_response_for_all_of_one_response(void **state)
{
	(void)state;
	respond("r1", "abc");
	tool_is_answered("b");
	tool_is_answered("a");
	expect("output b;output a;", "in whatever order; one is missing");
	tool_is_answered("c");
	expect("output c;speak tool;", "once, behind the last");
	pass(100);
	expect("", "once");
}

static void test_one_that_is_quick_waits_for_one_that_is_slow(void **state)
{
	(void)state;
	call_model_response(&c, "r1", false, now());
	call_model_tool(&c, "a", "slow", "{}", now());
	call_model_tool(&c, "b", "unknown", "{}", now());
	call_model_response_done(&c, "r1", false, CALL_RESPONSE_DONE, "",
				 now());
	expect("output b;", "told at once, and not asked to go on");
	tool_is_answered("a");
	expect("output a;speak tool;", "before all are answered");
}

static void test_an_answer_within_the_response(void **state)
{
	(void)state;
	call_model_response(&c, "r1", false, now());
	call_model_tool(&c, "a", "slow", "{}", now());
	tool_is_answered("a");
	expect("output a;", "the response is not over");
	call_model_response_done(&c, "r1", false, CALL_RESPONSE_DONE, "",
				 now());
	expect("speak tool;", "now it is");
}

static void test_a_function_is_called_once(void **state)
{
	(void)state;
	call_model_response(&c, "r1", false, now());
	call_model_tool(&c, "a", "slow", "{}", now());
	call_model_tool(&c, "a", "slow", "{}", now());
	call_model_response_done(&c, "r1", false, CALL_RESPONSE_DONE, "",
				 now());
	tool_is_answered("a");
	expect("output a;speak tool;", "whatever the model repeats");
	tool_is_answered("nobody");
	expect("", "what was never called is not answered");
}

static void test_too_many(void **state)
{
	char id[CALL_TOOL_ID_MAX + 1] = "x";

	(void)state;
	call_model_response(&c, "r1", false, now());
	for (unsigned i = 0; i < CALL_TOOLS_MAX; i++) {
		id[0] = (char)('a' + i);
		call_model_tool(&c, id, "slow", "{}", now());
	}
	expect("", "as many as may");
	call_model_tool(&c, "Z", "slow", "{}", now());
	expect("output Z;", "one more is answered");
	tool_is_answered("a");
	expect("output a;", "and there is room again");
	memset(id, 'y', CALL_TOOL_ID_MAX);
	call_model_tool(&c, id, "slow", "{}", now());
	CHECK(strstr(told, "output yyy"), "an id nobody would send is, too");
}

/* --- The caller meanwhile --- */

static void test_the_caller_gets_answers_meanwhile(void **state)
{
	(void)state;
	respond("r1", "a");
	caller_speaks();
	caller_is_silent();
	expect("started;stopped;", "a question");
	answer("r2", "i2", 200);
	pass(400);
	expect("end_speech;", "has its answer");
	tool_is_answered("a");
	expect("output a;speak tool;", "and so has the function");
}

static void test_two_responses_wait_for_their_own(void **state)
{
	(void)state;
	respond("r1", "a");
	caller_speaks();
	caller_is_silent();
	respond("r2", "b");
	told[0] = '\0';
	tool_is_answered("b");
	expect("output b;speak tool;", "all of the second are answered");
	call_model_response(&c, "r3", true, now());
	tool_is_answered("a");
	expect("output a;", "one response at a time");
	call_model_response_done(&c, "r3", true, CALL_RESPONSE_DONE, "", now());
	expect("speak tool;", "and the first is not forgotten");
}

static void test_who_speaks_is_answered_with_it(void **state)
{
	(void)state;
	respond("r1", "a");
	caller_speaks();
	tool_is_answered("a");
	caller_is_silent();
	expect("started;output a;stopped;", "it is there for the answer");
	answer("r2", "i2", 200);
	pass(400);
	expect("end_speech;", "that is the answer");
}

static void test_an_answer_that_is_owed_comes_first(void **state)
{
	(void)state;
	respond("r1", "a");
	caller_speaks();
	caller_is_silent();
	tool_is_answered("a");
	pass(100);
	expect("started;stopped;output a;",
	       "the model answers by itself, and one at a time");
	call_model_response(&c, "r2", false, now());
	expect("", "perhaps without having read it");
	call_model_response_done(&c, "r2", false, CALL_RESPONSE_DONE, "",
				 now());
	expect("speak tool;", "so it is asked to");
}

static void test_an_answer_that_is_owed_and_never_comes(void **state)
{
	(void)state;
	respond("r1", "a");
	caller_speaks();
	caller_is_silent();
	tool_is_answered("a");
	pass(MODEL_SILENCE_MS + 40);
	expect("started;stopped;output a;speak again;", "it is asked for");
	call_model_response(&c, "r2", true, now());
	call_model_response_done(&c, "r2", true, CALL_RESPONSE_DONE, "", now());
	expect("", "and has covered both");
}

static void test_a_response_that_is_cut_keeps_its_functions(void **state)
{
	(void)state;
	call_model_response(&c, "r1", false, now());
	call_model_audio(&c, "r1", "i1", 0, pcm, DELTA_MS(1000), now());
	call_model_tool(&c, "a", "slow", "{}", now());
	call_model_tool(&c, "b", "unknown", "{}", now());
	caller_speaks();
	call_model_response_done(&c, "r1", false, CALL_RESPONSE_CUT, "", now());
	told[0] = '\0';
	caller_is_silent();
	answer("r2", "i2", 200);
	tool_is_answered("a");
	expect("stopped;end_speech;output a;speak tool;", "it was not in vain");
}

static void test_nobody_is_silent_while_a_function_runs(void **state)
{
	(void)state;
	c.settings.silence_ms = 2000;
	c.settings.silence_asks = 1;
	respond("r1", "a");
	call_caller_silent(&c, now());
	pass(4000);
	expect("", "the caller waits for us");
	tool_is_answered("a");
	answer("r2", "i2", 20);
	pass(2400);
	CHECK(strstr(told, "note [silence]"), "now we wait for the caller");
}

/* --- What the call is to do --- */

static void test_a_function_may_ask_the_call(void **state)
{
	(void)state;
	respond("r1", "a");
	tool_asks("a", "keys", "12#");
	expect("output a;speak tool;", "answered by the call");
	pass(40);
	expect("keys 12#;", "which does it");
}

static void test_a_late_transfer_is_said_first(void **state)
{
	(void)state;
	respond("r1", "a");
	tool_asks("a", "transfer", "sip:a@b");
	expect("output a;speak goodbye;", "the caller must know");
	call_model_response(&c, "r2", true, now());
	call_model_audio(&c, "r2", "i2", 0, pcm, DELTA_MS(400), now());
	call_model_response_done(&c, "r2", true, CALL_RESPONSE_DONE, "", now());
	pass(400 + CALL_TAIL_MS + 100);
	expect("end_speech;transfer sip:a@b;", "then it happens");
}

static void test_an_end_within_the_response(void **state)
{
	(void)state;
	call_model_response(&c, "r1", false, now());
	call_model_audio(&c, "r1", "i1", 0, pcm, DELTA_MS(400), now());
	call_model_tool(&c, "a", "slow", "{}", now());
	tool_asks("a", "end", "done");
	call_model_response_done(&c, "r1", false, CALL_RESPONSE_DONE, "",
				 now());
	pass(400 + CALL_TAIL_MS + 100);
	expect("output a;end_speech;close;hang_up done;",
	       "the goodbye was in it");
}

/* --- Too late --- */

static void test_in_a_farewell_nobody_is_asked(void **state)
{
	(void)state;
	respond("r1", "a");
	call_model_response(&c, "r2", false, now());
	call_model_audio(&c, "r2", "i2", 0, pcm, DELTA_MS(1000), now());
	call_model_tool(&c, "b", "end", "", now());
	call_model_response_done(&c, "r2", false, CALL_RESPONSE_DONE, "",
				 now());
	tool_is_answered("a");
	expect("output b;output a;", "told, should the caller stay");
	pass(1000 + CALL_TAIL_MS + 100);
	expect("end_speech;close;hang_up goodbye;", "who does not");
	tool_is_answered("a");
	expect("", "nobody is there");
}

static void test_after_a_transfer(void **state)
{
	(void)state;
	respond("r1", "ab");
	call_model_response(&c, "r2", false, now());
	call_model_audio(&c, "r2", "i2", 0, pcm, DELTA_MS(200), now());
	call_model_tool(&c, "t", "transfer", "sip:a@b", now());
	call_model_response_done(&c, "r2", false, CALL_RESPONSE_DONE, "",
				 now());
	pass(200 + CALL_TAIL_MS + 100);
	told[0] = '\0';
	tool_is_answered("a");
	expect("output a;", "the transfer may fail");
	call_carrier_ended(&c, CALL_END_TRANSFERRED, now());
	expect("close;", "it has not");
	tool_is_answered("b");
	tool_asks("b", "keys", "1");
	expect("", "nobody is there");
}

static void test_without_a_model(void **state)
{
	(void)state;
	respond("r1", "a");
	call_model_lost(&c, "gone", now());
	expect("close;", "the apology");
	tool_is_answered("a");
	pass(100);
	expect("", "a dead session is told nothing");
}

static void test_after_the_caller_has_gone(void **state)
{
	(void)state;
	respond("r1", "a");
	call_carrier_ended(&c, CALL_END_CALLER, now());
	expect("close;", "over");
	tool_is_answered("a");
	expect("", "nobody is there");
}

/* --- What the caller hears meanwhile --- */

static const uint8_t tick[8 * 30] = { 1 };

static void with_words(void)
{
	filler = (struct call_filler){ .after_ms = 1000, .say = "One moment." };
}

static void with_sound(void)
{
	filler = (struct call_filler){ .after_ms = 1000,
				       .sound = tick,
				       .sound_len = sizeof(tick) };
}

static void test_words_once(void **state)
{
	(void)state;
	with_words();
	respond("r1", "ab");
	pass(980);
	expect("", "soon enough");
	pass(40);
	expect("words One moment.;", "for both of them");
	call_model_response(&c, "r2", true, now());
	call_model_audio(&c, "r2", "i2", 0, pcm, DELTA_MS(400), now());
	tool_is_answered("a");
	tool_is_answered("b");
	expect("output a;output b;", "one response at a time");
	call_model_response_done(&c, "r2", true, CALL_RESPONSE_DONE, "", now());
	expect("end_speech;speak tool;", "the answer follows");
	pass(3000);
	CHECK(!strstr(told, "words"), "once");
}

static void test_no_words_for_one_that_is_quick(void **state)
{
	(void)state;
	with_words();
	respond("r1", "a");
	pass(900);
	tool_is_answered("a");
	answer("r2", "i2", 200);
	pass(2000);
	CHECK(!strstr(told, "words"), "it was not needed");
}

static void test_words_wait_for_speech(void **state)
{
	(void)state;
	with_words();
	call_model_response(&c, "r1", false, now());
	call_model_audio(&c, "r1", "i1", 0, pcm, DELTA_MS(2000), now());
	call_model_tool(&c, "a", "slow", "{}", now());
	call_model_response_done(&c, "r1", false, CALL_RESPONSE_DONE, "",
				 now());
	pass(1900);
	expect("end_speech;", "let me look that up for you");
	pass(300);
	expect("words One moment.;", "and then nothing for a while");
}

static void test_a_sound_until_the_answer(void **state)
{
	(void)state;
	with_sound();
	respond("r1", "a");
	pass(980);
	uint64_t before = sent;
	CHECK_EQ(0, c.playout.queue.used, "silence so far");
	pass(2040);
	/* PCM16 at 24 kHz: 48 bytes a millisecond. */
	CHECK_NEAR(2020 * 48, sent - before, (CALL_FILLER_AHEAD_MS + 40) * 48,
		   "it goes on as time does, and hardly ahead");
	expect("", "as one piece");
	tool_is_answered("a");
	expect("output a;speak tool;", "the answer is made");
	before = sent;
	pass(500);
	CHECK_NEAR(500 * 48, sent - before, 40 * 48, "so long it goes on");
	call_model_response(&c, "r2", true, now());
	call_model_audio(&c, "r2", "i2", 0, pcm, DELTA_MS(400), now());
	call_model_response_done(&c, "r2", true, CALL_RESPONSE_DONE, "", now());
	pass(500);
	before = sent;
	pass(1000);
	CHECK_EQ(0, sent - before, "and not behind it");
	expect("end_speech;", "all of it was one utterance");
	CHECK_EQ(0, c.playout.late, "without a hole");
}

static void test_who_speaks_stops_the_sound(void **state)
{
	(void)state;
	with_sound();
	respond("r1", "a");
	pass(1500);
	caller_speaks();
	expect("started;clear;", "at once, and nothing is cut in the model");
	uint64_t before = sent;
	pass(1000);
	caller_is_silent();
	answer("r2", "i2", 20);
	pass(3000);
	CHECK(sent - before <= 40 * 48, "for good");
}

static void test_the_sound_ends_with_the_call(void **state)
{
	(void)state;
	with_sound();
	respond("r1", "a");
	pass(1500);
	call_model_lost(&c, "gone", now());
	pass(100);
	CHECK_EQ(CALL_SORRY, c.state, "the apology is heard alone");
	call_carrier_ended(&c, CALL_END_CALLER, now());
	pass(100);
	CHECK_EQ(0, pool.in_use, "nothing is kept");
}

static void test_a_sound_over_marks(void **state)
{
	(void)state;
	call_free(&c);
	begin_call(&settings, &(const struct call_ports){
				      .carrier = &carrier,
				      .model = &model,
				      .agent = &full_agent,
			      });
	up();
	greet();
	with_sound();
	respond("r1", "a");
	uint64_t before = sent;
	pass(2000);
	CHECK_NEAR(1000 * 8, sent - before, (CALL_FILLER_AHEAD_MS + 40) * 8,
		   "as it is on Twilio");
	caller_speaks();
	expect("clear;", "nobody's words were cut");
}

#define TALKING(f) cmocka_unit_test_setup_teardown(f, setup_talking, teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TALKING(test_the_model_goes_on_when_it_is_answered),
		TALKING(test_one_response_for_all_of_one_response),
		TALKING(test_one_that_is_quick_waits_for_one_that_is_slow),
		TALKING(test_an_answer_within_the_response),
		TALKING(test_a_function_is_called_once),
		TALKING(test_too_many),
		TALKING(test_the_caller_gets_answers_meanwhile),
		TALKING(test_two_responses_wait_for_their_own),
		TALKING(test_who_speaks_is_answered_with_it),
		TALKING(test_an_answer_that_is_owed_comes_first),
		TALKING(test_an_answer_that_is_owed_and_never_comes),
		TALKING(test_a_response_that_is_cut_keeps_its_functions),
		TALKING(test_nobody_is_silent_while_a_function_runs),
		TALKING(test_a_function_may_ask_the_call),
		TALKING(test_a_late_transfer_is_said_first),
		TALKING(test_an_end_within_the_response),
		TALKING(test_in_a_farewell_nobody_is_asked),
		TALKING(test_after_a_transfer),
		TALKING(test_without_a_model),
		TALKING(test_after_the_caller_has_gone),
		TALKING(test_words_once),
		TALKING(test_no_words_for_one_that_is_quick),
		TALKING(test_words_wait_for_speech),
		TALKING(test_a_sound_until_the_answer),
		TALKING(test_who_speaks_stops_the_sound),
		TALKING(test_the_sound_ends_with_the_call),
		TALKING(test_a_sound_over_marks),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
