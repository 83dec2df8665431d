/* The model's side of a call: interruption, failures, tools, and what it takes.
 */
#include <string.h>

#include "tools/testing/allocations.h"
#include "tools/testing/call_rig.h"

#define SOUND_MS (MODEL_SILENCE_MS + CALL_SOUND_MS)

/* --- Interruption --- */

static void test_barge_in_while_generating(void **state)
{
	(void)state;

	up();
	greet();
	call_model_response(&c, "r1", false, now());
	call_model_audio(&c, "r1", "i1", 0, pcm, DELTA_MS(3000), now());
	pass(1000);
	caller_speaks();
	expect("clear;truncate i1 1000;", "clear first, then what was heard");
	uint64_t before = sent;
	call_model_audio(&c, "r1", "i1", 0, pcm, DELTA_MS(400), now());
	pass(200);
	CHECK_EQ(before, sent, "late audio of a dead response is not played");
	CHECK_EQ(DELTA_MS(400), c.dead_bytes, "it is counted");
	call_model_response_done(&c, "r1", false, CALL_RESPONSE_CUT, "", now());
	caller_is_silent();
	answer("r2", "i2", 300);
	pass(600);
	CHECK(sent > before, "the next answer is heard");
	expect("", "without a word more");
}

static void test_barge_in_after_generation(void **state)
{
	(void)state;

	up();
	greet();
	answer("r1", "i1", 9000);
	pass(2000);
	caller_speaks();
	expect("clear;truncate i1 2000;",
	       "playback outlives generation, and so does interruption");
}

static void test_barge_in_with_two_items(void **state)
{
	(void)state;

	up();
	greet();
	call_model_response(&c, "r1", false, now());
	call_model_audio(&c, "r1", "i1", 0, pcm, DELTA_MS(1000), now());
	call_model_audio(&c, "r1", "i2", 0, pcm, DELTA_MS(1000), now());
	pass(400);
	caller_speaks();
	expect("clear;truncate i1 400;forget i2;",
	       "partly heard is truncated, unheard is forgotten");
}

static void test_silence_needs_no_clear(void **state)
{
	(void)state;

	up();
	greet();
	caller_speaks();
	expect("", "nothing was playing");
}

static void test_second_barge_in(void **state)
{
	(void)state;

	up();
	greet();
	answer("r1", "i1", 3000);
	pass(500);
	caller_speaks();
	expect("clear;truncate i1 500;", "the first");
	caller_is_silent();
	answer("r2", "i2", 3000);
	pass(300);
	caller_speaks();
	expect("clear;truncate i2 300;", "the second, by its own item");
}

static void test_orphaned_greeting_is_cancelled(void **state)
{
	(void)state;

	up();
	caller_speaks();
	expect("", "nothing to stop yet");
	call_model_response(&c, "r0", true, now());
	expect("cancel r0;", "the caller was faster");
	call_model_audio(&c, "r0", "i0", 0, pcm, DELTA_MS(200), now());
	CHECK_EQ(0, sent, "and does not hear it");
}

/* --- Failures --- */

static void test_refused_model(void **state)
{
	(void)state;

	call_model_lost(&c, "invalid_api_key", now());
	expect("close;", "never silence:");
	pass(900);
	CHECK(sent >= 1000 * 8, "the apology is played");
	expect("", "to its end");
	pass(600);
	expect("hang_up;", "then the call ends");
	CHECK_EQ(CALL_END_MODEL_LOST, c.end, "for that reason");
}

static void test_model_lost_while_speaking(void **state)
{
	(void)state;

	up();
	greet();
	answer("r1", "i1", 30000);
	pass(300);
	uint64_t before = sent;
	call_model_lost(&c, "closed 1011", now());
	pass(1000);
	CHECK_NEAR(before + 1000 * 8, sent, 400 * 8,
		   "the apology instead of the 30 s nobody can answer for");
	pass(1000);
	expect("close;hang_up;", "and an end");
}

static void test_model_never_ready(void **state)
{
	(void)state;

	pass(15000 + 40);
	expect("close;", "given up");
	pass(1800);
	expect("hang_up;", "after the apology");
}

static void test_failed_answer_is_tried_again(void **state)
{
	(void)state;

	up();
	greet();
	call_model_response(&c, "r1", false, now());
	call_model_response_done(&c, "r1", false, CALL_RESPONSE_FAILED,
				 "rate_limit_exceeded", now());
	pass(1400);
	expect("", "a pause");
	pass(200);
	expect("speak again;", "once more");
	call_model_response(&c, "r2", true, now());
	call_model_response_done(&c, "r2", true, CALL_RESPONSE_FAILED,
				 "rate_limit_exceeded", now());
	expect("close;", "twice is enough");
	CHECK_EQ(CALL_SORRY, c.state, "the caller is told");
}

static void test_failed_greeting_is_greeted_again(void **state)
{
	(void)state;

	up();
	call_model_response(&c, "r1", true, now());
	call_model_response_done(&c, "r1", true, CALL_RESPONSE_FAILED, "",
				 now());
	pass(1600);
	expect("speak greeting;", "the same wish");
}

static void test_hopeless_answer(void **state)
{
	(void)state;

	up();
	greet();
	call_model_response(&c, "r1", false, now());
	call_model_response_done(&c, "r1", false, CALL_RESPONSE_HOPELESS,
				 "insufficient_quota", now());
	expect("close;", "no second try can help");
	CHECK_EQ(CALL_SORRY, c.state, "the caller is told");
}

static void test_silent_response(void **state)
{
	(void)state;

	up();
	greet();
	call_model_response(&c, "r1", false, now());
	pass(SOUND_MS + LEAD_MS + 20);
	expect("cancel r1;", "created, and then nothing");
	call_model_response_done(&c, "r1", false, CALL_RESPONSE_CUT, "", now());
	pass(CALL_RETRY_MS + 20);
	expect("speak again;", "asked again");
}

static void test_silence_amid_a_response(void **state)
{
	(void)state;

	up();
	greet();
	call_model_response(&c, "r1", false, now());
	call_model_audio(&c, "r1", "i1", 0, pcm, DELTA_MS(9000), now());
	pass(9000 + SOUND_MS - 100);
	expect("", "a burst is heard out before silence begins");
	pass(200);
	expect("cancel r1;", "the rest never came");
}

static void test_mute_model(void **state)
{
	(void)state;

	up();
	greet();
	call_model_response(&c, "r1", false, now());
	pass(SOUND_MS + LEAD_MS + 20);
	expect("cancel r1;", "created, and then nothing");
	pass(CALL_MUTE_MS + 20);
	expect("close;", "not even an end: this session is dead");
	CHECK_EQ(CALL_SORRY, c.state, "the caller is told");
}

static void test_audio_after_the_end(void **state)
{
	(void)state;

	up();
	greet();
	answer("r1", "i1", 300);
	pass(100);
	uint64_t before = sent;
	call_model_audio(&c, "r1", "i1", 0, pcm, DELTA_MS(200), now());
	pass(600);
	CHECK_NEAR(before, sent, 200 * 8, "only what was queued before");
	CHECK_EQ(DELTA_MS(200), c.dead_bytes, "the rest is counted");
}

static void test_missing_answer(void **state)
{
	(void)state;

	up();
	greet();
	caller_speaks();
	caller_is_silent();
	pass(MODEL_SILENCE_MS - 20);
	expect("", "patience");
	pass(60);
	expect("speak again;", "the turn was lost: ask");
	pass(MODEL_SILENCE_MS - 80);
	expect("", "patience");
	pass(80);
	expect("close;", "asked once, and given up");
	CHECK_EQ(CALL_SORRY, c.state, "the caller is told");
}

static void test_answer_at_the_second_asking(void **state)
{
	(void)state;

	up();
	greet();
	caller_speaks();
	caller_is_silent();
	pass(MODEL_SILENCE_MS + 20);
	expect("speak again;", "asked");
	call_model_response(&c, "r1", true, now());
	call_model_audio(&c, "r1", "i1", 0, pcm, DELTA_MS(300), now());
	call_model_response_done(&c, "r1", true, CALL_RESPONSE_DONE, "", now());
	pass(1000);
	caller_speaks();
	caller_is_silent();
	pass(MODEL_SILENCE_MS + 20);
	expect("speak again;", "forgiven: the next turn begins anew");
}

static void test_requests_nobody_answers(void **state)
{
	(void)state;

	up();
	pass(2 * MODEL_SILENCE_MS + 40);
	expect("speak greeting;close;", "asked once more, then given up");
}

static void test_unknown_tool(void **state)
{
	(void)state;

	up();
	greet();
	call_model_response(&c, "r1", false, now());
	call_model_tool(&c, "t1", "open_pod_bay_doors", "{}", now());
	call_model_tool(&c, "t2", "", "{}", now());
	expect("output t1;output t2;", "never left without an answer");
	call_model_response_done(&c, "r1", false, CALL_RESPONSE_DONE, "",
				 now());
	expect("speak tool;", "one response for all of them");
}

static void test_answer_longer_than_the_queue(void **state)
{
	(void)state;

	up();
	greet();
	call_model_response(&c, "r1", false, now());
	for (int i = 0; i < PLAYOUT_QUEUE_S / 60 + 1; i++)
		call_model_audio(&c, "r1", "i1", 0, pcm, sizeof(pcm), now());
	CHECK(strncmp(told, "cancel r1;truncate i1 300000;", 29) == 0,
	      "what cannot be played is not said to have been");
}

/* The media path takes no memory once the worker's pool has seen its peak. */
static void test_a_running_call_allocates_nothing(void **state)
{
	(void)state;

	up();
	greet();
	answer("r1", "i1", 5000);
	pass(6000);
	allocations_watch();
	size_t before = allocations_count();
	call_model_response(&c, "r2", false, now());
	for (unsigned i = 0; i < 200; i++) {
		frame(100 + i * 20);
		call_model_audio(&c, "r2", "i2", 0, pcm, DELTA_MS(25), now());
		pass(20);
	}
	caller_speaks();
	CHECK_EQ(before, allocations_count(), "4 s both ways, and a barge-in");
	CHECK(strstr(told, "truncate i2"), "which really happened");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		CALL_RIG_TEST(test_barge_in_while_generating),
		CALL_RIG_TEST(test_barge_in_after_generation),
		CALL_RIG_TEST(test_barge_in_with_two_items),
		CALL_RIG_TEST(test_silence_needs_no_clear),
		CALL_RIG_TEST(test_second_barge_in),
		CALL_RIG_TEST(test_orphaned_greeting_is_cancelled),
		CALL_RIG_TEST(test_refused_model),
		CALL_RIG_TEST(test_model_lost_while_speaking),
		CALL_RIG_TEST(test_model_never_ready),
		CALL_RIG_TEST(test_failed_answer_is_tried_again),
		CALL_RIG_TEST(test_failed_greeting_is_greeted_again),
		CALL_RIG_TEST(test_hopeless_answer),
		CALL_RIG_TEST(test_silent_response),
		CALL_RIG_TEST(test_silence_amid_a_response),
		CALL_RIG_TEST(test_mute_model),
		CALL_RIG_TEST(test_audio_after_the_end),
		CALL_RIG_TEST(test_missing_answer),
		CALL_RIG_TEST(test_answer_at_the_second_asking),
		CALL_RIG_TEST(test_requests_nobody_answers),
		CALL_RIG_TEST(test_unknown_tool),
		CALL_RIG_TEST(test_answer_longer_than_the_queue),
		CALL_RIG_TEST(test_a_running_call_allocates_nothing),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
