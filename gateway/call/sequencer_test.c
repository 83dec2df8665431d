#include "gateway/call/sequencer.h"

#include <stdio.h>

#include "tools/testing/check.h"

#define MS        1000000ull
#define CREATE_MS 5000

static void test_one_response_at_a_time(void **state)
{
	(void)state;
	struct sequencer s = { .create_ms = CREATE_MS };

	CHECK_EQ(SPEAK_GREETING, sequencer_want(&s, SPEAK_GREETING, 0),
		 "idle: granted at once");
	CHECK_EQ(SPEAK_NOTHING, sequencer_want(&s, SPEAK_TOOL, 1),
		 "one is requested: wait");
	CHECK(!sequencer_created(&s, "r1", true), "ours, and still wanted");
	CHECK_EQ(SPEAK_NOTHING, sequencer_want(&s, SPEAK_DIGITS, 2),
		 "one is active: wait");
	sequencer_done(&s, "r0", false);
	CHECK_EQ(SEQUENCER_ACTIVE, s.state,
		 "another response's end is not ours");
	sequencer_done(&s, "r1", true);
	CHECK(sequencer_is_dead(&s, "r1"), "what comes after its end is noise");
	CHECK_EQ(SPEAK_DIGITS, sequencer_due(&s, 3),
		 "wishes coalesce, the most urgent wins");
	sequencer_created(&s, "r2", true);
	sequencer_done(&s, "r2", true);
	CHECK_EQ(SPEAK_NOTHING, sequencer_due(&s, 4), "and only one was kept");
	CHECK(sequencer_is_quiet(&s), "nothing left");
}

static void test_caller_goes_first(void **state)
{
	(void)state;
	struct sequencer s = { .caller_speaking = true,
			       .create_ms = CREATE_MS };

	CHECK_EQ(SPEAK_NOTHING, sequencer_want(&s, SPEAK_TOOL, 0),
		 "not while the caller speaks");
	s.caller_speaking = false;
	CHECK_EQ(SPEAK_TOOL, sequencer_due(&s, 1), "afterwards");
}

static void test_interruption(void **state)
{
	(void)state;
	struct sequencer s = { .create_ms = CREATE_MS };

	CHECK(!sequencer_interrupt(&s), "nothing was active");
	sequencer_created(&s, "r1", false);
	CHECK_STR("r1", sequencer_interrupt(&s), "this one was");
	CHECK(sequencer_is_dead(&s, "r1"), "its late audio is not played");
	CHECK(!sequencer_is_dead(&s, "r2"), "others' is");
	CHECK(!sequencer_is_dead(&s, ""), "no id is no dead response");
	CHECK(!sequencer_interrupt(&s), "twice in a row cancels once");
	sequencer_done(&s, "r1", false);
	CHECK_EQ(SEQUENCER_IDLE, s.state, "done is done, dead or not");
}

static void test_orphan_is_cancelled(void **state)
{
	(void)state;
	struct sequencer s = { .create_ms = CREATE_MS };

	sequencer_want(&s, SPEAK_DIGITS, 0);
	sequencer_interrupt(&s);
	CHECK(!sequencer_created(&s, "auto", false),
	      "the answer to the caller is welcome");
	CHECK(sequencer_created(&s, "late", true),
	      "what we gave up on must be cancelled");
	CHECK(sequencer_is_dead(&s, "late"), "and not be heard");
}

static void test_refusals(void **state)
{
	(void)state;
	struct sequencer s = { .create_ms = CREATE_MS };

	sequencer_want(&s, SPEAK_TOOL, 0);
	sequencer_refused(&s, true);
	CHECK_EQ(SPEAK_NOTHING, sequencer_due(&s, 1), "busy: wait for its end");
	sequencer_done(&s, "unknown", false);
	CHECK_EQ(SPEAK_TOOL, sequencer_due(&s, 2), "then ask again");
	sequencer_refused(&s, false);
	CHECK_EQ(SPEAK_NOTHING, sequencer_due(&s, 3),
		 "refused for good: not repeated");
	CHECK(sequencer_is_quiet(&s), "and free");
}

static void test_request_without_answer_is_repeated(void **state)
{
	(void)state;
	struct sequencer s = { .create_ms = CREATE_MS };

	sequencer_want(&s, SPEAK_GREETING, 0);
	CHECK_EQ(SPEAK_NOTHING, sequencer_due(&s, 4999 * MS), "patience");
	CHECK_EQ(SPEAK_GREETING, sequencer_due(&s, 5000 * MS), "again");
	CHECK_EQ(1, s.unanswered, "counted");
	sequencer_done(&s, "r1", true);
	CHECK_EQ(SEQUENCER_IDLE, s.state,
		 "a done without a created ends the wait");
	CHECK_EQ(0, s.unanswered, "and is an answer");
}

static void test_the_dead_are_bounded(void **state)
{
	(void)state;
	struct sequencer s = { .create_ms = CREATE_MS };
	char id[16];

	for (int i = 0; i <= SEQUENCER_DEAD; i++) {
		snprintf(id, sizeof(id), "r%d", i);
		sequencer_created(&s, id, false);
		sequencer_interrupt(&s);
		sequencer_done(&s, id, false);
	}
	CHECK(!sequencer_is_dead(&s, "r0"), "the oldest is forgotten");
	CHECK(sequencer_is_dead(&s, "r8"), "the latest is not");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_one_response_at_a_time),
		cmocka_unit_test(test_caller_goes_first),
		cmocka_unit_test(test_interruption),
		cmocka_unit_test(test_orphan_is_cancelled),
		cmocka_unit_test(test_refusals),
		cmocka_unit_test(test_request_without_answer_is_repeated),
		cmocka_unit_test(test_the_dead_are_bounded),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
