/* What a call tells of itself for the figures: when speech was heard, and what
 * an interruption kept from being heard. */
#include <string.h>

#include "tools/testing/call_rig.h"

static struct {
	unsigned count[CALL_NOTE_INTERRUPTED + 1];
	uint64_t number[CALL_NOTE_INTERRUPTED + 1]; /* of the last */
} notes;

static void on_note(void *owner, enum call_note note, const char *text,
		    uint64_t number)
{
	(void)owner;
	(void)text;
	notes.count[note]++;
	notes.number[note] = number;
}

static void listen_to_notes(void)
{
	memset(&notes, 0, sizeof(notes));
	c.on_note = on_note;
}

/* The model is there after 500 ms and its sound 300 ms later; the line has no
 * delay, so what is sent is heard at once. */
static void test_first_sound(void **state)
{
	(void)state;
	listen_to_notes();
	pass(500);
	up();
	pass(300);
	greet();
	CHECK_EQ(1, notes.count[CALL_NOTE_FIRST_SOUND], "once");
	CHECK_EQ(800000, notes.number[CALL_NOTE_FIRST_SOUND], "500 + 300 ms");
	CHECK_EQ(0, notes.count[CALL_NOTE_TURN], "nobody had asked anything");
	answer("r1", "i1", 300);
	pass(600);
	CHECK_EQ(1, notes.count[CALL_NOTE_FIRST_SOUND], "the first only");
}

static void test_turns(void **state)
{
	(void)state;
	up();
	greet();
	listen_to_notes();
	caller_speaks();
	pass(1000);
	caller_is_silent();
	pass(700);
	answer("r1", "i1", 300);
	CHECK_EQ(1, notes.count[CALL_NOTE_TURN], "a turn");
	CHECK_EQ(700000, notes.number[CALL_NOTE_TURN],
		 "from the end of speech to the answer");
	answer("r2", "i2", 300);
	pass(1000);
	CHECK_EQ(1, notes.count[CALL_NOTE_TURN], "answered once");
	caller_is_silent();
	pass(400);
	caller_speaks();
	pass(400);
	caller_is_silent();
	pass(100);
	answer("r3", "i3", 300);
	CHECK_EQ(2, notes.count[CALL_NOTE_TURN], "a pause ends no turn");
	CHECK_EQ(100000, notes.number[CALL_NOTE_TURN], "the last end counts");
}

/* 2 s sent behind what still plays: heard when that is over. */
static void test_an_answer_that_waits_its_turn(void **state)
{
	(void)state;
	up();
	greet();
	listen_to_notes();
	answer("r1", "i1", 1000);
	caller_is_silent();
	answer("r2", "i2", 300);
	CHECK_EQ(0, notes.count[CALL_NOTE_TURN], "not sent yet");
	pass(1600);
	CHECK_EQ(1, notes.count[CALL_NOTE_TURN], "sent");
	CHECK_NEAR(1000000, notes.number[CALL_NOTE_TURN], 40000,
		   "heard behind the first, not when it was sent");
}

static void test_interruption(void **state)
{
	(void)state;
	up();
	greet();
	listen_to_notes();
	answer("r1", "i1", 9000);
	pass(2000);
	caller_speaks();
	expect("clear;truncate i1 2000;", "as ever");
	CHECK_EQ(1, notes.count[CALL_NOTE_INTERRUPTED], "one interruption");
	CHECK_EQ(7000, notes.number[CALL_NOTE_INTERRUPTED],
		 "of 9 s 2 were heard");
	CHECK(c.cut_sent_ms > 0 && c.cut_sent_ms <= LEAD_MS,
	      "of that the carrier had no more than the lead");
	caller_is_silent();
	caller_speaks();
	CHECK_EQ(1, notes.count[CALL_NOTE_INTERRUPTED],
		 "there was nothing to interrupt");
}

static void test_sound_of_ours_is_none_of_the_model(void **state)
{
	(void)state;
	listen_to_notes();
	call_model_lost(&c, "gone", now());
	pass(3000);
	expect("close;hang_up;", "an apology");
	CHECK_EQ(0, notes.count[CALL_NOTE_FIRST_SOUND],
		 "the apology is not the model");
}

static void test_fullest_ring(void **state)
{
	(void)state;
	for (unsigned i = 0; i < 50; i++, now_ms += 20)
		frame(i * 20);
	CHECK_EQ(50 * FRAME, c.ring_most, "a second waited");
	up();
	frame(1000);
	CHECK_EQ(50 * FRAME, c.ring_most, "and that was the most");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		CALL_RIG_TEST(test_first_sound),
		CALL_RIG_TEST(test_turns),
		CALL_RIG_TEST(test_an_answer_that_waits_its_turn),
		CALL_RIG_TEST(test_interruption),
		CALL_RIG_TEST(test_sound_of_ours_is_none_of_the_model),
		CALL_RIG_TEST(test_fullest_ring),
	};
	return cmocka_run_group_tests_name("call_figures", tests, NULL, NULL);
}
