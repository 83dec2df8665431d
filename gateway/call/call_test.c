/* The call core against two recording ports and a fake clock. A port writes
 * what it is told as words; each test compares them with what the reference
 * asks. */
#include "gateway/call/call.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "tools/testing/allocations.h"
#include "tools/testing/check.h"

#define MS           1000000ull
#define FRAME        160 /* 20 ms of mu-law */
#define LEAD_MS      200
#define DELTA_MS(ms) ((size_t)(ms)*48)

static struct audio_pool pool;
static struct call c;
static uint64_t now_ms;
static char told[8192];   /* what the ports were told, but audio */
static uint64_t appended; /* bytes to the model */
static uint64_t sent;     /* bytes to the carrier */
static bool echoes;       /* the carrier sends marks back */
static uint64_t busy_ms;  /* the carrier plays until then */
static struct {
	struct playout_mark mark;
	uint64_t due_ms;
} echo[256];
static unsigned echo_first, echo_last;
static uint8_t apology[1000 * 8];
static uint8_t pcm[60 * 48000];

/* "verb;", "verb subject;" or "verb subject number;" */
static void tell(const char *verb, const char *subject, const char *number)
{
	size_t at = strlen(told);

	snprintf(told + at, sizeof(told) - at, "%s%s%s%s%s;", verb,
		 subject[0] ? " " : "", subject, number[0] ? " " : "", number);
}

static void port_audio(void *leg, const uint8_t *bytes, size_t n)
{
	(void)leg;
	(void)bytes;
	sent += n;
	busy_ms = (busy_ms > now_ms ? busy_ms : now_ms) + n / 8;
}

static void port_mark(void *leg, const struct playout_mark *mark)
{
	(void)leg;
	echo[echo_last % 256].mark = *mark;
	echo[echo_last++ % 256].due_ms = busy_ms;
}

static void port_clear(void *leg)
{
	(void)leg;
	tell("clear", "", "");
	busy_ms =
		now_ms; /* and the marks come back: nobody must believe them */
	for (unsigned i = echo_first; i < echo_last; i++)
		echo[i % 256].due_ms = now_ms;
}

static void port_hang_up(void *leg)
{
	(void)leg;
	tell("hang_up", "", "");
}

static const struct call_carrier_port carrier = {
	.send_audio = port_audio,
	.send_mark = port_mark,
	.clear = port_clear,
	.hang_up = port_hang_up,
};

static void port_append(void *session, const uint8_t *bytes, size_t n)
{
	(void)session;
	(void)bytes;
	appended += n;
}

static void port_speak(void *session, enum speak what)
{
	static const char *const name[] = { "?",      "again",    "tool",
					    "digits", "greeting", "goodbye" };
	(void)session;
	tell("speak", name[what], "");
}

static void port_cancel(void *session, const char *id)
{
	(void)session;
	tell("cancel", id, "");
}

static void port_truncate(void *session, const char *item, unsigned content,
			  unsigned ms)
{
	(void)session;
	CHECK_EQ(0, content, "the only content there is");
	char number[16];

	snprintf(number, sizeof(number), "%u", ms);
	tell("truncate", item, number);
}

static void port_forget(void *session, const char *item)
{
	(void)session;
	tell("forget", item, "");
}

static void port_digits(void *session, const char *digits)
{
	(void)session;
	tell("digits", digits, "");
}

static void port_output(void *session, const char *id, const char *output)
{
	(void)session;
	(void)output;
	tell("output", id, "");
}

static void port_close(void *session)
{
	(void)session;
	tell("close", "", "");
}

static const struct call_model_port model = {
	.append = port_append,
	.speak = port_speak,
	.cancel = port_cancel,
	.truncate = port_truncate,
	.forget_item = port_forget,
	.add_digits = port_digits,
	.tool_output = port_output,
	.close = port_close,
};

static const struct call_settings settings = {
	.carrier_format = AUDIO_ULAW,
	.model_format = AUDIO_PCM24,
	.lead_ms = LEAD_MS,
	.append_ms = 20,
	.ring_ms = 10000,
	.connect_ms = 15000,
	.longest_ms = 3600000,
	.digits_max = 32,
	.digits_gap_ms = 1500,
	.digits_terminator = '#',
	.greets = true,
	.apology = apology,
	.apology_len = sizeof(apology),
};

static int setup(void **state)
{
	(void)state;
	now_ms = 1000;
	told[0] = '\0';
	appended = sent = busy_ms = 0;
	echo_first = echo_last = 0;
	echoes = true;
	memset(apology, 0x30, sizeof(apology));
	memset(pcm, 0x11, sizeof(pcm));
	audio_pool_init(&pool, 4000000);
	return call_init(&c, &settings, &pool, &carrier, NULL, &model, NULL,
			 now_ms * MS);
}

static int teardown(void **state)
{
	(void)state;
	call_free(&c);
	CHECK_EQ(0, pool.in_use, "every block went back");
	audio_pool_free(&pool);
	return 0;
}

/* --- Words to write a call with --- */

static void expect(const char *what, const char *why)
{
	CHECK_STR(what, told, why);
	told[0] = '\0';
}

static uint64_t now(void)
{
	return now_ms * MS;
}

static void echo_marks(void)
{
	while (echoes && echo_first < echo_last &&
	       echo[echo_first % 256].due_ms <= now_ms) {
		const struct playout_mark *m = &echo[echo_first++ % 256].mark;
		call_carrier_mark(&c, m->generation, m->number, now());
	}
}

static void pass(unsigned ms)
{
	for (uint64_t end = now_ms + ms; now_ms < end; now_ms += 20) {
		echo_marks();
		call_tick(&c, now());
	}
	echo_marks();
}

static void frame(uint64_t timestamp_ms)
{
	uint8_t ulaw[FRAME];

	memset(ulaw, 0x40, sizeof(ulaw));
	call_caller_audio(&c, timestamp_ms, ulaw, sizeof(ulaw), now());
}

static void up(void)
{
	call_model_ready(&c, now());
	expect("speak greeting;", "the model greets first");
}

static void answer(const char *response, const char *item, unsigned ms)
{
	call_model_response(&c, response, false, now());
	call_model_audio(&c, response, item, 0, pcm, DELTA_MS(ms), now());
	call_model_response_done(&c, response, false, CALL_RESPONSE_DONE, "",
				 now());
}

static void greet(void)
{
	call_model_response(&c, "r0", true, now());
	call_model_audio(&c, "r0", "i0", 0, pcm, DELTA_MS(500), now());
	call_model_response_done(&c, "r0", true, CALL_RESPONSE_DONE, "", now());
	pass(800);
	expect("", "a greeting is just heard");
}

static void caller_speaks(void)
{
	call_model_speech(&c, true, now());
}

static void caller_is_silent(void)
{
	call_model_speech(&c, false, now());
}

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

/* --- The end --- */

static void test_goodbye_in_the_same_response(void **state)
{
	(void)state;

	up();
	greet();
	call_model_response(&c, "r1", false, now());
	call_model_audio(&c, "r1", "i1", 0, pcm, DELTA_MS(1000), now());
	call_model_tool(&c, "t1", "end_call", now());
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
	call_model_tool(&c, "t1", "end_call", now());
	call_model_response_done(&c, "r1", false, CALL_RESPONSE_DONE, "",
				 now());
	expect("output t1;speak goodbye;", "not a word was said yet");
	call_model_response(&c, "r2", true, now());
	call_model_audio(&c, "r2", "i2", 0, pcm, DELTA_MS(400), now());
	call_model_tool(&c, "t2", "end_call", now());
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
	call_model_tool(&c, "t1", "end_call", now());
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
	call_model_tool(&c, "t1", "end_call", now());
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
	call_model_tool(&c, "t1", "end_call", now());
	pass(CALL_FAREWELL_MS + 40);
	CHECK(strstr(told, "close;hang_up;"), "bounded all the same");
}

static void test_caller_hangs_up(void **state)
{
	(void)state;

	up();
	greet();
	answer("r1", "i1", 3000);
	call_carrier_ended(&c, now());
	expect("close;", "the model session goes at once");
	CHECK_EQ(CALL_OVER, c.state, "and the call is over");
	CHECK_EQ(0, pool.in_use, "its audio too");
	call_model_audio(&c, "r2", "i2", 0, pcm, DELTA_MS(20), now());
	caller_speaks();
	call_caller_digit(&c, '1', now());
	pass(100);
	expect("", "what comes later means nothing");
}

static void test_longest_call(void **state)
{
	(void)state;

	up();
	greet();
	now_ms += 3600000;
	pass(20);
	expect("close;hang_up;", "an hour");
	CHECK_EQ(CALL_END_TOO_LONG, c.end, "for that reason");
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
	pass(CALL_SILENT_MS + LEAD_MS + 20);
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
	pass(9000 + CALL_SILENT_MS - 100);
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
	pass(CALL_SILENT_MS + LEAD_MS + 20);
	expect("cancel r1;", "created, and then nothing");
	pass(CALL_CANCEL_MS + 20);
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
	pass(CALL_ANSWER_MS - 20);
	expect("", "patience");
	pass(60);
	expect("speak again;", "the turn was lost: ask");
}

static void test_requests_nobody_answers(void **state)
{
	(void)state;

	up();
	pass(3 * SEQUENCER_CREATE_MS);
	CHECK(strstr(told, "speak greeting;"), "repeated");
	CHECK(strstr(told, "close;"), "then given up");
}

static void test_unknown_tool(void **state)
{
	(void)state;

	up();
	greet();
	call_model_response(&c, "r1", false, now());
	call_model_tool(&c, "t1", "open_pod_bay_doors", now());
	call_model_tool(&c, "t2", "", now());
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

static void test_shutdown(void **state)
{
	(void)state;

	up();
	greet();
	call_stop(&c, now());
	expect("close;hang_up;", "both ends");
	call_stop(&c, now());
	expect("", "once");
	pass(CALL_ENDING_MS + 20);
	CHECK_EQ(CALL_OVER, c.state, "even if the carrier never answers");
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
#define TEST(f) cmocka_unit_test_setup_teardown(f, setup, teardown)
	const struct CMUnitTest tests[] = {
		TEST(test_nothing_is_sent_before_the_model_is_ready),
		TEST(test_ring_keeps_the_newest),
		TEST(test_gaps_are_filled),
		TEST(test_keys_wait_for_the_model),
		TEST(test_barge_in_while_generating),
		TEST(test_barge_in_after_generation),
		TEST(test_barge_in_with_two_items),
		TEST(test_silence_needs_no_clear),
		TEST(test_second_barge_in),
		TEST(test_orphaned_greeting_is_cancelled),
		TEST(test_keys_make_one_message),
		TEST(test_terminator_is_instant),
		TEST(test_key_interrupts_speech),
		TEST(test_goodbye_in_the_same_response),
		TEST(test_goodbye_has_to_be_asked_for),
		TEST(test_barge_in_cancels_the_end),
		TEST(test_goodbye_without_marks),
		TEST(test_goodbye_that_never_comes),
		TEST(test_caller_hangs_up),
		TEST(test_longest_call),
		TEST(test_refused_model),
		TEST(test_model_lost_while_speaking),
		TEST(test_model_never_ready),
		TEST(test_failed_answer_is_tried_again),
		TEST(test_failed_greeting_is_greeted_again),
		TEST(test_hopeless_answer),
		TEST(test_silent_response),
		TEST(test_silence_amid_a_response),
		TEST(test_mute_model),
		TEST(test_audio_after_the_end),
		TEST(test_missing_answer),
		TEST(test_requests_nobody_answers),
		TEST(test_unknown_tool),
		TEST(test_answer_longer_than_the_queue),
		TEST(test_shutdown),
		TEST(test_a_running_call_allocates_nothing),
		TEST(test_every_state_survives_every_event),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
