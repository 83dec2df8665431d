/* The caller's side of a call: audio in the ring, gaps, keys. */

#include "tools/testing/call_rig.h"

/* --- The ring and its gaps --- */

static void test_ring_keeps_the_newest(void **state)
{
	(void)state;

	for (unsigned i = 0; i < 600; i++)
		frame(100 + i * 20);
	CHECK_EQ(100 * FRAME, c.ring_dropped, "12 s into a ring of 10");
	call_model_ready(&c, now());
	CHECK_EQ(500 * FRAME * 6, appended, "the last 10 s");
}

static void test_gaps_are_filled(void **state)
{
	(void)state;

	up();
	frame(100);
	frame(220);
	CHECK_EQ((2 * 20 + 100) * 48, appended, "100 ms were missing");
	CHECK_EQ(100, c.gap_ms, "and are counted");
}

static void test_keys_wait_for_the_model(void **state)
{
	(void)state;

	call_caller_digit(&c, '7', now());
	pass(2000);
	expect("", "no model, no message");
	up();
	pass(20);
	expect("digits 7;", "then it is told; its answer waits its turn");
}

/* --- Keys --- */

static void test_keys_make_one_message(void **state)
{
	(void)state;

	up();
	greet();
	call_caller_digit(&c, '4', now());
	pass(400);
	call_caller_digit(&c, '2', now());
	pass(1400);
	expect("", "within the gap");
	pass(200);
	expect("digits 42;speak digits;", "one message, one answer");
}

static void test_terminator_is_instant(void **state)
{
	(void)state;

	up();
	greet();
	call_caller_digit(&c, '4', now());
	call_caller_digit(&c, '#', now());
	expect("digits 4#;speak digits;", "no need to wait");
}

static void test_key_interrupts_speech(void **state)
{
	(void)state;

	up();
	greet();
	call_model_response(&c, "r1", false, now());
	call_model_audio(&c, "r1", "i1", 0, pcm, DELTA_MS(3000), now());
	pass(600);
	call_caller_digit(&c, '#', now());
	expect("clear;cancel r1;truncate i1 600;digits #;",
	       "the model cannot hear keys: it is told to stop");
	call_model_response_done(&c, "r1", false, CALL_RESPONSE_CUT, "", now());
	expect("speak digits;", "and answers when it has stopped");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		CALL_RIG_TEST(test_ring_keeps_the_newest),
		CALL_RIG_TEST(test_gaps_are_filled),
		CALL_RIG_TEST(test_keys_wait_for_the_model),
		CALL_RIG_TEST(test_keys_make_one_message),
		CALL_RIG_TEST(test_terminator_is_instant),
		CALL_RIG_TEST(test_key_interrupts_speech),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
