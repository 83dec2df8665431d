/* The line of a call: answered, half duplex, lost and back, silent, in text. */
#include "tools/testing/call_rig.h"

static void ready(void)
{
	call_carrier_ready(&c, true, now());
}

/* Up and greeted: 500 ms of greeting were heard. */
static void talk(void)
{
	call_model_ready(&c, now());
	ready();
	expect("speak greeting;", "model and line are there");
	call_model_response(&c, "r0", true, now());
	call_model_audio(&c, "r0", "i0", 0, pcm, DELTA_MS(500), now());
	call_model_response_done(&c, "r0", true, CALL_RESPONSE_DONE, "", now());
	pass(800);
	expect("end_speech;", "one utterance, closed");
}

static void test_nothing_is_said_before_the_line_is_ready(void **state)
{
	(void)state;
	call_model_ready(&c, now());
	pass(2000);
	expect("", "it rings");
	CHECK_EQ(0, sent, "no silence either");
	call_carrier_variable(&c, "caller", "+33170000001");
	ready();
	expect("note caller=+33170000001;speak greeting;",
	       "the model is told, then asked");
	ready();
	expect("", "once");
}

static void test_the_model_may_come_last(void **state)
{
	(void)state;
	ready();
	pass(100);
	expect("", "no model yet");
	call_model_ready(&c, now());
	expect("speak greeting;", "now");
}

static void test_who_comes_back_is_not_greeted(void **state)
{
	(void)state;
	c.settings.opening = "back from a transfer";
	call_model_ready(&c, now());
	ready();
	expect("note back from a transfer;speak note;", "but answered");
}

static void test_a_call_dialled_out_need_not_be_greeted(void **state)
{
	(void)state;
	call_model_ready(&c, now());
	call_carrier_ready(&c, false, now());
	expect("", "the callee speaks first");
}

static void test_silence_answers_when_the_model_is_slow(void **state)
{
	(void)state;
	ready();
	pass(280);
	CHECK_EQ(0, sent, "a greeting may still come");
	pass(60);
	CHECK_EQ(200 * 48, sent, "200 ms of silence");
	expect("end_speech;", "and nothing more");
	pass(1000);
	CHECK_EQ(200 * 48, sent, "once");
}

static void test_a_quick_greeting_needs_no_silence(void **state)
{
	(void)state;
	talk();
	CHECK_EQ(500 * 48, sent, "the greeting alone");
}

static void test_no_silence_before_a_greeting_that_waits(void **state)
{
	(void)state;
	call_model_ready(&c, now());
	ready();
	expect("speak greeting;", "asked");
	call_carrier_detached(&c, now(), now());
	call_model_response(&c, "r0", true, now());
	call_model_audio(&c, "r0", "i0", 0, pcm, DELTA_MS(500), now());
	call_model_response_done(&c, "r0", true, CALL_RESPONSE_DONE, "", now());
	pass(600);
	call_carrier_attached(&c, now());
	pass(800);
	CHECK_EQ(500 * 48, sent, "the greeting answers");
}

static void test_speech_is_told_before_it_clears(void **state)
{
	(void)state;
	talk();
	answer("r1", "i1", 5000);
	pass(1000);
	caller_speaks();
	expect("started;clear;truncate i1 1000;", "in this order");
	caller_is_silent();
	call_model_committed(&c);
	call_model_transcript(&c, "i would", false, now());
	call_model_transcript(&c, "I would like", true, now());
	expect("stopped;committed;hypothesis i would;recognition I would like;",
	       "all of it");
}

static void test_speech_is_told_when_nothing_plays(void **state)
{
	(void)state;
	talk();
	caller_speaks();
	expect("started;", "timers there depend on it");
}

static void test_late_words_interrupt_nobody(void **state)
{
	(void)state;
	talk();
	caller_speaks();
	caller_is_silent();
	call_model_committed(&c);
	answer("r1", "i1", 2000);
	told[0] = '\0';
	call_model_transcript(&c, "i would", false, now());
	expect("", "the answer to them is being heard");
	call_model_transcript(&c, "I would like", true, now());
	expect("recognition I would like;", "the whole is for the record");
	caller_speaks();
	told[0] = '\0';
	call_model_transcript(&c, "stop", false, now());
	expect("hypothesis stop;", "these are meant to");
}

static void test_half_duplex_plays_on_what_was_sent(void **state)
{
	(void)state;
	talk();
	flushes = false;
	answer("r1", "i1", 5000);
	pass(1000);
	caller_speaks();
	expect("started;clear;truncate i1 1200;",
	       "the carrier's 200 to 400 ms will be heard, too");
	caller_is_silent();
	answer("r2", "i2", 1000);
	pass(1800);
	expect("stopped;end_speech;", "behind it");
	CHECK(playout_is_idle(&c.playout, now()), "heard");
}

static void test_a_congested_line_gets_no_more(void **state)
{
	(void)state;
	talk();
	answer("r1", "i1", 5000);
	pass(1000);
	congested = true;
	uint64_t before = sent;
	pass(2000);
	CHECK_EQ(before, sent, "what was not sent can be taken back");
	caller_speaks();
	expect("started;clear;truncate i1 1200;", "all that was sent, no more");
	congested = false;
}

static void test_a_pause_closes_the_turn(void **state)
{
	(void)state;
	talk();
	uint8_t frame_of[20 * 48] = { 0 };

	call_caller_audio(&c, CALLER_NO_TIMESTAMP, frame_of, sizeof(frame_of),
			  now());
	uint64_t before = appended;
	call_caller_paused(&c, now());
	CHECK_EQ(300 * 48, appended - before, "at once");
	pass(1000);
	CHECK_EQ(300 * 48, appended - before, "nobody speaks: no more");
}

/* --- Lost and back --- */

static void test_a_lost_line_keeps_the_model(void **state)
{
	(void)state;
	talk();
	answer("r1", "i1", 3000);
	pass(1000);
	expect("", "playing");
	uint64_t before = sent;
	call_carrier_detached(&c, now(), now());
	pass(5000);
	CHECK_EQ(before, sent, "nowhere to send it");
	expect("", "the model is not told");
	CHECK_EQ(CALL_UP, c.state, "nothing has changed");
	busy_ms = now_ms; /* a new carrier's buffer */
	call_carrier_attached(&c, now());
	pass(2200);
	expect("end_speech;", "to its end");
	CHECK_EQ(2000 * 48, sent - before, "what was not heard, and no more");
}

static void test_a_line_that_died_unnoticed(void **state)
{
	(void)state;
	talk();
	answer("r1", "i1", 5000);
	for (unsigned i = 0; i < 50; i++) {
		call_carrier_alive(&c, now());
		pass(20);
	}
	uint64_t died = now(), before = sent;
	pass(3000);
	CHECK(sent > before, "nobody knows yet");
	expect("", "it goes on");
	call_carrier_detached(&c, died, now());
	busy_ms = now_ms;
	before = sent;
	call_carrier_attached(&c, now());
	call_carrier_alive(&c, now());
	pass(4400);
	CHECK_EQ(4000 * 48, sent - before, "all of what nobody heard");
}

static void test_a_whole_utterance_is_not_said_again(void **state)
{
	(void)state;
	talk();
	answer("r1", "i1", 1000);
	pass(700);
	expect("end_speech;", "all of it was sent");
	uint64_t before = sent;
	call_carrier_detached(&c, now(), now());
	call_carrier_attached(&c, now());
	CHECK(!playout_is_idle(&c.playout, now()), "it is still being played");
	pass(400);
	CHECK_EQ(before, sent, "by a carrier that has it whole");
	CHECK(playout_is_idle(&c.playout, now()), "to its end");
}

static void test_what_a_dead_line_was_told_is_no_end(void **state)
{
	(void)state;
	talk();
	answer("r1", "i1", 1000);
	pass(700);
	expect("end_speech;", "all of it was sent");
	uint64_t before = sent;
	call_carrier_detached(&c, now() - 300 * MS, now());
	call_carrier_attached(&c, now());
	pass(1000);
	CHECK(sent > before, "the carrier never got the end of it");
}

static void test_no_deadline_runs_while_the_line_is_away(void **state)
{
	(void)state;
	talk();
	call_model_response(&c, "r1", false, now());
	call_model_tool(&c, "t1", "end", "done", now());
	call_model_audio(&c, "r1", "i1", 0, pcm, DELTA_MS(2000), now());
	call_model_response_done(&c, "r1", false, CALL_RESPONSE_DONE, "",
				 now());
	pass(500);
	expect("output t1;", "saying goodbye");
	call_carrier_detached(&c, now(), now());
	pass(CALL_FAREWELL_MS + 5000);
	expect("", "nobody hears it");
	CHECK_EQ(CALL_FAREWELL, c.state, "still to be said");
	busy_ms = now_ms;
	call_carrier_attached(&c, now());
	pass(2200);
	expect("end_speech;close;hang_up done;", "heard, then hung up");
}

static void test_a_line_that_stays_away_ends_the_call(void **state)
{
	(void)state;
	talk();
	call_carrier_detached(&c, now(), now());
	pass(1000);
	call_carrier_ended(&c, CALL_END_CARRIER_LOST, now());
	expect("close;", "nobody is left");
	CHECK_EQ(CALL_OVER, c.state, "over");
	CHECK_EQ(CALL_END_CARRIER_LOST, c.end, "for that reason");
}

static void test_an_interruption_while_away_cuts_at_the_loss(void **state)
{
	(void)state;
	talk();
	answer("r1", "i1", 3000);
	pass(1000);
	call_carrier_detached(&c, now(), now());
	pass(500);
	caller_speaks();
	expect("started;clear;truncate i1 1000;", "not a word more was heard");
	call_carrier_attached(&c, now());
	pass(500);
	expect("", "nothing is left to say");
}

/* --- No words --- */

static void test_silence_is_told_then_ends_the_call(void **state)
{
	(void)state;
	talk();
	call_caller_silent(&c, now());
	expect("note [silence] The caller has said nothing for a while.;"
	       "speak note;",
	       "the model asks");
	call_caller_silent(&c, now());
	expect("", "an answer is under way");
	call_model_response(&c, "r1", true, now());
	call_model_audio(&c, "r1", "i1", 0, pcm, DELTA_MS(500), now());
	call_model_response_done(&c, "r1", true, CALL_RESPONSE_DONE, "", now());
	pass(800);
	expect("end_speech;", "asked");
	call_caller_silent(&c, now());
	expect("speak goodbye;", "twice is enough");
	call_model_response(&c, "r2", true, now());
	call_model_audio(&c, "r2", "i2", 0, pcm, DELTA_MS(500), now());
	call_model_response_done(&c, "r2", true, CALL_RESPONSE_DONE, "", now());
	pass(1000);
	expect("end_speech;close;hang_up no input;", "said, and hung up");
	CHECK_EQ(CALL_END_SILENCE, c.end, "for that reason");
}

static void test_a_word_begins_the_count_again(void **state)
{
	(void)state;
	talk();
	call_caller_silent(&c, now());
	call_model_response(&c, "r1", true, now());
	call_model_response_done(&c, "r1", true, CALL_RESPONSE_DONE, "", now());
	caller_speaks();
	caller_is_silent();
	answer("r2", "i2", 500);
	pass(800);
	told[0] = '\0';
	call_caller_silent(&c, now());
	expect("note [silence] The caller has said nothing for a while.;"
	       "speak note;",
	       "the first one again");
}

/* --- Text --- */

static void test_text_waits_for_the_model(void **state)
{
	(void)state;
	call_caller_text(&c, "hello", now());
	call_caller_text(&c, "anybody there", now());
	ready();
	expect("", "no model yet");
	call_model_ready(&c, now());
	expect("text hello\nanybody there;speak greeting;", "both, in order");
}

static void test_long_text_is_cut_between_characters(void **state)
{
	char text[CALL_TEXT_MAX + 1];

	(void)state;
	memset(text, 'a', sizeof(text));
	memcpy(text + sizeof(text) - 3, "\xc3\xa9", 3);
	call_caller_text(&c, text, now());
	CHECK_EQ(CALL_TEXT_MAX - 2, strlen(c.text), "no half");
	call_caller_text(&c, "more", now());
	CHECK_EQ('\n', c.text[CALL_TEXT_MAX - 2], "the last that fits");
	CHECK_EQ(CALL_TEXT_MAX - 1, strlen(c.text), "and nothing behind it");
	call_caller_text(&c, "more", now());
	CHECK_EQ(CALL_TEXT_MAX - 1, strlen(c.text), "full");
}

static void test_text_interrupts_and_is_answered(void **state)
{
	(void)state;
	talk();
	call_model_response(&c, "r1", false, now());
	call_model_audio(&c, "r1", "i1", 0, pcm, DELTA_MS(3000), now());
	pass(1000);
	call_caller_text(&c, "stop", now());
	expect("clear;cancel r1;truncate i1 1000;text stop;", "in this order");
	call_model_response_done(&c, "r1", false, CALL_RESPONSE_CUT, "", now());
	expect("speak note;", "when the model can");
}

static void test_a_text_answer_is_said_by_the_carrier(void **state)
{
	(void)state;
	talk();
	call_model_response(&c, "r1", false, now());
	call_model_tool(&c, "t1", "end", "", now());
	call_model_text(&c, "r1", "Goodbye and thank you.", now());
	call_model_response_done(&c, "r1", false, CALL_RESPONSE_DONE, "",
				 now());
	expect("output t1;say Goodbye and thank you.;", "its words");
	pass(22 * CALL_TEXT_CHAR_MS - 40);
	expect("", "it is being spoken");
	call_carrier_played(&c, now());
	pass(CALL_TAIL_MS + 40);
	expect("close;hang_up goodbye;", "spoken, says the carrier");
}

static void test_a_text_apology(void **state)
{
	struct call_settings s = full_settings();

	(void)state;
	s.apology_text = "Sorry.";
	call_free(&c);
	begin_call(&s, &full_ports);
	call_model_lost(&c, "refused", now());
	expect("close;say Sorry.;", "in words");
	CHECK_EQ(0, sent, "not in sound");
	pass(6 * CALL_TEXT_CHAR_MS + CALL_TAIL_MS + 60);
	expect("hang_up service unavailable;", "then it ends");
}

static void test_a_participant_told_twice_is_one(void **state)
{
	struct call_participant p = { .name = "caller", .user = "1" };

	(void)state;
	for (unsigned i = 0; i < 2 * CALL_PARTICIPANTS_MAX; i++) {
		p.user[0] = (char)('a' + i);
		CHECK_EQ(0, call_carrier_participant(&c, &p), "told again");
	}
	CHECK_EQ(1, c.participants, "one person");
	CHECK_STR("p", c.participant[0].user, "as told last");
	for (unsigned i = 1; i < CALL_PARTICIPANTS_MAX; i++) {
		p.name[0] = (char)('a' + i);
		p.name[1] = '!';
		CHECK_EQ(0, call_carrier_participant(&c, &p), "another");
	}
	p.name[0] = '?';
	CHECK_EQ(-ENOBUFS, call_carrier_participant(&c, &p), "no room");
}

/* --- A greeting of our own --- */

static void port_said(void *session, const char *text)
{
	(void)session;
	tell("said", text, "");
}

static uint8_t hello[4000 * 8];
static struct call_model_port saying;
static struct call_ports hello_ports;

static void begin_with_hello(const char *text)
{
	struct call_settings s = settings;

	memset(hello, 0x30, sizeof(hello));
	saying = model;
	saying.add_said = port_said;
	hello_ports = ports;
	hello_ports.model = &saying;
	call_free(&c);
	s.hello = hello;
	s.hello_len = sizeof(hello);
	s.hello_text = text;
	begin_call(&s, &hello_ports);
}

static const char *port_recall(void *owner, unsigned i, bool *by_caller)
{
	static const char *const turn[] = { "Good day.", "My name is Ada.",
					    "" };

	(void)owner;
	*by_caller = i == 1;
	return i < sizeof(turn) / sizeof(turn[0]) ? turn[i] : NULL;
}

static void what_was_said_before_is_told(void **state)
{
	static struct call_agent_port recalling;

	(void)state;
	begin_with_hello("");
	recalling = agent;
	recalling.recall = port_recall;
	c.ports.agent = &recalling;
	c.settings.opening = "[line] it was lost";
	call_model_ready(&c, now());
	expect("said Good day.;text My name is Ada.;note [line] it was "
	       "lost;speak note;",
	       "as whoever said it, before the first words");
}

static void a_sound_greets_before_the_model(void **state)
{
	(void)state;
	begin_with_hello("one two three four");
	pass(1000);
	CHECK(sent >= 1000 * 8, "the caller hears it");
	call_model_ready(&c, now());
	expect("", "the model is not asked to greet");
	pass(1000);
	expect("", "nor told what was not heard yet");
	pass(3000);
	expect("said one two three four;", "heard whole: told, once");
	CHECK_EQ(sizeof(hello), sent, "all of it");
}

static void a_model_that_comes_late_is_told_then(void **state)
{
	(void)state;
	begin_with_hello("one two three four");
	pass(6000);
	call_model_ready(&c, now());
	pass(20);
	expect("said one two three four;", "heard before it came");
}

/* 4 s, of which 2 s were heard: half of the words, and none that was begun. */
static void who_interrupts_it_has_heard_less(void **state)
{
	(void)state;
	begin_with_hello("one two three four");
	call_model_ready(&c, now());
	pass(2000);
	caller_speaks();
	expect("said one two;clear;", "before it is cleared");
	pass(5000);
	expect("", "and never again");
}

static void who_interrupts_at_once_has_heard_nothing(void **state)
{
	(void)state;
	begin_with_hello("Good-morning everybody");
	call_model_ready(&c, now());
	pass(100);
	caller_speaks();
	expect("clear;", "no whole word");
}

static void without_words_there_is_nothing_to_tell(void **state)
{
	(void)state;
	begin_with_hello("");
	call_model_ready(&c, now());
	pass(6000);
	expect("", "nor is it asked to greet");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		CALL_RIG_FULL(test_nothing_is_said_before_the_line_is_ready),
		CALL_RIG_FULL(test_the_model_may_come_last),
		CALL_RIG_FULL(test_who_comes_back_is_not_greeted),
		CALL_RIG_FULL(test_a_call_dialled_out_need_not_be_greeted),
		CALL_RIG_FULL(test_silence_answers_when_the_model_is_slow),
		CALL_RIG_FULL(test_a_quick_greeting_needs_no_silence),
		CALL_RIG_FULL(test_no_silence_before_a_greeting_that_waits),
		CALL_RIG_FULL(test_speech_is_told_before_it_clears),
		CALL_RIG_FULL(test_speech_is_told_when_nothing_plays),
		CALL_RIG_FULL(test_late_words_interrupt_nobody),
		CALL_RIG_FULL(test_half_duplex_plays_on_what_was_sent),
		CALL_RIG_FULL(test_a_congested_line_gets_no_more),
		CALL_RIG_FULL(test_a_pause_closes_the_turn),
		CALL_RIG_FULL(test_a_lost_line_keeps_the_model),
		CALL_RIG_FULL(test_a_line_that_died_unnoticed),
		CALL_RIG_FULL(test_a_whole_utterance_is_not_said_again),
		CALL_RIG_FULL(test_what_a_dead_line_was_told_is_no_end),
		CALL_RIG_FULL(test_no_deadline_runs_while_the_line_is_away),
		CALL_RIG_FULL(test_a_line_that_stays_away_ends_the_call),
		CALL_RIG_FULL(test_an_interruption_while_away_cuts_at_the_loss),
		CALL_RIG_FULL(test_silence_is_told_then_ends_the_call),
		CALL_RIG_FULL(test_a_word_begins_the_count_again),
		CALL_RIG_FULL(test_text_waits_for_the_model),
		CALL_RIG_FULL(test_long_text_is_cut_between_characters),
		CALL_RIG_FULL(test_text_interrupts_and_is_answered),
		CALL_RIG_FULL(test_a_text_answer_is_said_by_the_carrier),
		CALL_RIG_FULL(test_a_text_apology),
		CALL_RIG_FULL(test_a_participant_told_twice_is_one),
		CALL_RIG_TEST(what_was_said_before_is_told),
		CALL_RIG_TEST(a_sound_greets_before_the_model),
		CALL_RIG_TEST(a_model_that_comes_late_is_told_then),
		CALL_RIG_TEST(who_interrupts_it_has_heard_less),
		CALL_RIG_TEST(who_interrupts_at_once_has_heard_nothing),
		CALL_RIG_TEST(without_words_there_is_nothing_to_tell),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
