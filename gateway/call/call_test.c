/* A call from its first frame to its end: connecting, saying goodbye, being
 * hung up, being stopped. */
#include <string.h>

#include "tools/testing/call_rig.h"

/* --- Connecting --- */

static void test_nothing_is_sent_before_the_model_is_ready(void **state)
{
	(void)state;

	for (unsigned i = 0; i < 100; i++) {
		frame(100 + i * 20);
		pass(20);
	}
	CHECK_EQ(0, appended, "the ring holds it");
	up();
	CHECK_EQ(100 * FRAME * 6, appended,
		 "then all of it, at once: 2 s as PCM16 at 24 kHz");
}

/* --- The end --- */

static void test_goodbye_in_the_same_response(void **state)
{
	(void)state;

	up();
	greet();
	call_model_response(&c, "r1", false, now());
	call_model_audio(&c, "r1", "i1", 0, pcm, DELTA_MS(1000), now());
	call_model_tool(&c, "t1", "end_call", "{}", now());
	expect("output t1;", "every call is answered");
	call_model_response_done(&c, "r1", false, CALL_RESPONSE_DONE, "",
				 now());
	pass(900);
	expect("", "the goodbye is still being heard");
	pass(600);
	expect("close;hang_up;", "heard to its end, then hang up");
	CHECK_EQ(CALL_END_MODEL, c.end, "for that reason");
}

static void test_goodbye_has_to_be_asked_for(void **state)
{
	(void)state;

	up();
	greet();
	call_model_response(&c, "r1", false, now());
	call_model_tool(&c, "t1", "end_call", "{}", now());
	call_model_response_done(&c, "r1", false, CALL_RESPONSE_DONE, "",
				 now());
	expect("output t1;speak goodbye;", "not a word was said yet");
	call_model_response(&c, "r2", true, now());
	call_model_audio(&c, "r2", "i2", 0, pcm, DELTA_MS(400), now());
	call_model_tool(&c, "t2", "end_call", "{}", now());
	call_model_response_done(&c, "r2", true, CALL_RESPONSE_DONE, "", now());
	pass(1000);
	expect("output t2;close;hang_up;", "a second end_call changes nothing");
}

static void test_barge_in_cancels_the_end(void **state)
{
	(void)state;

	up();
	greet();
	call_model_response(&c, "r1", false, now());
	call_model_audio(&c, "r1", "i1", 0, pcm, DELTA_MS(2000), now());
	call_model_tool(&c, "t1", "end_call", "{}", now());
	call_model_response_done(&c, "r1", false, CALL_RESPONSE_DONE, "",
				 now());
	pass(500);
	caller_speaks();
	expect("output t1;clear;truncate i1 500;", "wait, one more thing");
	pass(4000);
	expect("", "the call goes on");
	CHECK_EQ(CALL_UP, c.state, "as before");
}

static void test_goodbye_without_marks(void **state)
{
	(void)state;

	echoes = false;
	up();
	call_model_response(&c, "r1", true, now());
	call_model_audio(&c, "r1", "i1", 0, pcm, DELTA_MS(1000), now());
	call_model_tool(&c, "t1", "end_call", "{}", now());
	call_model_response_done(&c, "r1", true, CALL_RESPONSE_DONE, "", now());
	pass(1600);
	expect("output t1;close;hang_up;", "the clock will do");
}

static void test_goodbye_that_never_comes(void **state)
{
	(void)state;

	up();
	greet();
	call_model_response(&c, "r1", false, now());
	call_model_tool(&c, "t1", "end_call", "{}", now());
	pass(CALL_FAREWELL_MS + 40);
	CHECK(strstr(told, "close;hang_up;"), "bounded all the same");
}

static void test_caller_hangs_up(void **state)
{
	(void)state;

	up();
	greet();
	answer("r1", "i1", 3000);
	call_carrier_ended(&c, CALL_END_CALLER, now());
	expect("close;", "the model session goes at once");
	CHECK_EQ(CALL_OVER, c.state, "and the call is over");
	CHECK_EQ(0, pool.in_use, "its audio too");
	call_model_audio(&c, "r2", "i2", 0, pcm, DELTA_MS(20), now());
	caller_speaks();
	call_caller_digit(&c, '1', now());
	pass(100);
	expect("", "what comes later means nothing");
}

static void test_shutdown(void **state)
{
	(void)state;

	up();
	greet();
	call_stop(&c, now());
	expect("close;hang_up;", "both ends");
	call_stop(&c, now());
	expect("", "once");
	pass(settings.ending_ms + 20);
	CHECK_EQ(CALL_OVER, c.state, "even if the carrier never answers");
}

/* 1 s of it; nothing of the model's is heard any more. */
static void test_dismissed(void **state)
{
	static uint8_t farewell[8000];

	(void)state;
	up();
	greet();
	c.settings.farewell = farewell;
	c.settings.farewell_len = sizeof(farewell);
	call_dismiss(&c, now());
	expect("close;", "the model goes");
	CHECK_EQ(CALL_SORRY, c.state, "the farewell is being said");
	pass(900);
	expect("", "and heard");
	call_dismiss(&c, now());
	expect("", "once");
	pass(600);
	expect("hang_up;", "to its end");
	CHECK_EQ(CALL_END_SHUTDOWN, c.end, "for that reason");
}

static void test_dismissed_while_it_ends(void **state)
{
	(void)state;
	up();
	greet();
	call_model_response(&c, "r1", false, now());
	call_model_audio(&c, "r1", "i1", 0, pcm, DELTA_MS(1000), now());
	call_model_tool(&c, "t1", "end_call", "{}", now());
	call_dismiss(&c, now());
	call_model_response_done(&c, "r1", false, CALL_RESPONSE_DONE, "",
				 now());
	expect("output t1;", "its own goodbye goes on");
	pass(1500);
	expect("close;hang_up;", "to its end");
	CHECK_EQ(CALL_END_MODEL, c.end, "as it wanted");
}

static void test_every_state_survives_every_event(void **state)
{
	(void)state;

	for (int s = 0; s < CALL_STATES; s++)
		for (int e = 0; e < CALL_EVENTS; e++) {
			enum call_state at = (enum call_state)s;
			call_state_step(&at, (enum call_event)e);
			CHECK(at != CALL_CONNECTING || s == CALL_CONNECTING,
			      "nothing leads back to connecting");
			CHECK(s != CALL_OVER || at == CALL_OVER,
			      "over is over");
		}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		CALL_RIG_TEST(test_nothing_is_sent_before_the_model_is_ready),
		CALL_RIG_TEST(test_goodbye_in_the_same_response),
		CALL_RIG_TEST(test_goodbye_has_to_be_asked_for),
		CALL_RIG_TEST(test_barge_in_cancels_the_end),
		CALL_RIG_TEST(test_goodbye_without_marks),
		CALL_RIG_TEST(test_goodbye_that_never_comes),
		CALL_RIG_TEST(test_caller_hangs_up),
		CALL_RIG_TEST(test_shutdown),
		CALL_RIG_TEST(test_dismissed),
		CALL_RIG_TEST(test_dismissed_while_it_ends),
		CALL_RIG_TEST(test_every_state_survives_every_event),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
