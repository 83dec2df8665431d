#include "tools/testing/check.h"

#include <string.h>

#include "tools/call/caller_script.h"

static const struct caller_clip clip = { .name = "question", .samples = 8000 };
static struct caller_script script;
static struct caller_script_run run;
static struct caller_view view;

static void use(const struct caller_step *steps, size_t n)
{
	memcpy(script.step, steps, n * sizeof(*steps));
	script.steps = n;
	for (size_t i = 0; i < n; i++)
		if (!script.step[i].timeout_ms)
			script.step[i].timeout_ms = CALLER_SCRIPT_TIMEOUT_MS;
	caller_script_begin(&run, &script);
	view = (struct caller_view){ .now_ms = 0 };
}

static enum caller_act next(void)
{
	return caller_script_next(&run, &view).act;
}

static void passed(size_t step, const char *why)
{
	CHECK_EQ(CALLER_PASSED, run.result[step].result, why);
}

static void failed(size_t step, const char *words, const char *why)
{
	CHECK_EQ(CALLER_FAILED, run.result[step].result, why);
	CHECK(strstr(run.result[step].why, words), why);
}

static void test_conversation(void **state)
{
	static const struct caller_step steps[] = {
		{ .kind = CALLER_WAIT_END, .label = "greeting" },
		{ .kind = CALLER_SAY, .clip = &clip },
		{ .kind = CALLER_WAIT_END },
		{ .kind = CALLER_HANG_UP },
	};

	(void)state;
	use(steps, ARRAY_LEN(steps));
	CHECK_EQ(CALLER_ACT_NONE, next(), "nothing is heard yet");
	CHECK_STR("greeting", caller_script_label(&run), "what is awaited");
	view.starts = 1;
	CHECK_EQ(CALLER_ACT_NONE, next(), "the greeting is being heard");
	view.ends = 1;
	CHECK_EQ(CALLER_ACT_SAY, next(), "it has ended: speak");
	view.is_saying = true;
	CHECK_EQ(CALLER_ACT_NONE, next(), "speaking");
	view.is_saying = false;
	CHECK_EQ(CALLER_ACT_NONE, next(), "waiting for the reply");
	CHECK_STR("reply", caller_script_label(&run), "without a label");
	view.starts = 2;
	view.ends = 2;
	CHECK_EQ(CALLER_ACT_HANG_UP, next(), "reply heard, good-bye");
	CHECK(caller_script_is_done(&run), "that was all");
	for (size_t i = 0; i < 4; i++)
		passed(i, "every step");
}

/* The end of the greeting does not count as the reply to a word said into it.
 */
static void test_old_speech_is_no_answer(void **state)
{
	static const struct caller_step steps[] = {
		{ .kind = CALLER_SAY, .clip = &clip },
		{ .kind = CALLER_WAIT_END },
	};

	(void)state;
	use(steps, ARRAY_LEN(steps));
	view.starts = 1;
	CHECK_EQ(CALLER_ACT_SAY, next(), "spoken into the greeting");
	view.ends = 1;
	CHECK_EQ(CALLER_ACT_NONE, next(), "the greeting ends");
	CHECK(!caller_script_is_done(&run), "it is not the reply");
	view.starts = view.ends = 2;
	next();
	passed(1, "this is");
}

static void test_timeout(void **state)
{
	static const struct caller_step steps[] = {
		{ .kind = CALLER_WAIT_START, .timeout_ms = 500 },
		{ .kind = CALLER_SAY, .clip = &clip },
	};

	(void)state;
	use(steps, ARRAY_LEN(steps));
	view.now_ms = 1000;
	next();
	view.now_ms = 1499;
	CHECK_EQ(CALLER_ACT_NONE, next(), "not yet");
	view.now_ms = 1500;
	CHECK_EQ(CALLER_ACT_HANG_UP, next(), "a failed step ends the call");
	caller_script_end(&run, &view);
	failed(0, "nothing was heard for 500 ms", "said in words");
	failed(1, "the call ended first", "what was not reached");
	CHECK(caller_script_has_failed(&run), "in all");
}

static const struct caller_step interrupt[] = {
	{ .kind = CALLER_INTERRUPT,
	  .clip = &clip,
	  .ms = 1200,
	  .within_ms = 800 },
};

static void speak_into_it(void)
{
	use(interrupt, 1);
	next();
	view.starts = 1;
	view.start_ms = 3000;
	view.hears_speech = true;
	view.now_ms = 4199;
	CHECK_EQ(CALLER_ACT_NONE, next(), "1199 ms into it");
	view.now_ms = 4200;
	CHECK_EQ(CALLER_ACT_BARGE_IN, next(), "1200 ms into it");
	view.is_saying = true;
	CHECK_EQ(CALLER_ACT_NONE, next(), "speaking");
	view.is_saying = false;
}

static void test_interrupt(void **state)
{
	(void)state;
	speak_into_it();
	view.heeded = 1;
	view.reaction_ms = 800;
	next();
	passed(0, "stopped within 800 ms");

	speak_into_it();
	view.heeded = 1;
	view.reaction_ms = 801;
	next();
	failed(0, "stopped after 801 ms", "too slow");

	speak_into_it();
	next();
	failed(0, "did not stop", "ignored");

	use(interrupt, 1);
	view.starts = view.ends = 1;
	next();
	failed(0, "nothing to interrupt", "the reply was too short");
}

static void test_press(void **state)
{
	static const struct caller_step steps[] = {
		{ .kind = CALLER_PRESS, .digits = "1#" },
	};

	(void)state;
	use(steps, 1);
	struct caller_action a = caller_script_next(&run, &view);
	CHECK_EQ(CALLER_ACT_KEY, a.act, "a key");
	CHECK_EQ('1', a.digit, "the first");
	CHECK_EQ(CALLER_ACT_NONE, next(), "a finger needs time");
	view.now_ms = CALLER_SCRIPT_KEY_MS;
	a = caller_script_next(&run, &view);
	CHECK_EQ('#', a.digit, "the second");
	next();
	passed(0, "both");
}

static void test_hangup_fulfils_waits(void **state)
{
	static const struct caller_step steps[] = {
		{ .kind = CALLER_WAIT_END, .label = "goodbye" },
		{ .kind = CALLER_WAIT_HANGUP },
		{ .kind = CALLER_INJECT, .fault = CALLER_FAULT_NO_MARKS },
	};

	(void)state;
	use(steps, ARRAY_LEN(steps));
	next();
	view.starts = view.ends = 1;
	view.is_ended = true;
	caller_script_end(&run, &view);
	passed(0, "the goodbye ended with the call");
	passed(1, "which is what was awaited");
	passed(2, "a fault set up from the beginning needs no time");

	use(steps, ARRAY_LEN(steps));
	next();
	view.is_ended = true;
	caller_script_end(&run, &view);
	failed(0, "hung up first", "no goodbye was heard");
}

static void test_unfinished_steps_fail(void **state)
{
	static const struct caller_step steps[] = {
		{ .kind = CALLER_SAY, .clip = &clip },
		{ .kind = CALLER_INJECT, .fault = CALLER_FAULT_BINARY },
	};

	(void)state;
	use(steps, ARRAY_LEN(steps));
	CHECK_EQ(CALLER_ACT_SAY, next(), "begun");
	view.is_saying = true;
	view.is_ended = true;
	caller_script_end(&run, &view);
	failed(0, "the call ended first", "cut off while speaking");
	failed(1, "the call ended first", "never injected");
}

static void test_broken_line(void **state)
{
	static const struct caller_step steps[] = {
		{ .kind = CALLER_WAIT_START },
		{ .kind = CALLER_INJECT, .fault = CALLER_FAULT_TCP_RESET },
		{ .kind = CALLER_WAIT_END },
	};

	(void)state;
	use(steps, ARRAY_LEN(steps));
	view.starts = 1;
	CHECK_EQ(CALLER_ACT_FAULT, next(), "the stream is broken in speech");
	view.ends = 1;
	next();
	CHECK_EQ(2, run.at, "what it broke off is not the next utterance");
	view.starts = view.ends = 2;
	next();
	passed(2, "this is");
}

static void test_who_hangs_up(void **state)
{
	static const struct caller_step setup[] = {
		{ .kind = CALLER_INJECT, .fault = CALLER_FAULT_NO_START },
	};
	static const struct caller_step acting[] = {
		{ .kind = CALLER_INJECT, .fault = CALLER_FAULT_NO_START },
		{ .kind = CALLER_WAIT_MS, .ms = 100 },
	};

	(void)state;
	use(setup, ARRAY_LEN(setup));
	next();
	CHECK(!caller_script_hangs_up(&run), "nothing was done: wait");
	use(acting, ARRAY_LEN(acting));
	next();
	CHECK(!caller_script_hangs_up(&run), "not done yet");
	view.now_ms = 100;
	next();
	CHECK(caller_script_hangs_up(&run), "done");
}

static void test_silence_and_time(void **state)
{
	static const struct caller_step steps[] = {
		{ .kind = CALLER_WAIT_MS, .ms = 100 },
		{ .kind = CALLER_WAIT_SILENCE, .ms = 500 },
	};

	(void)state;
	use(steps, ARRAY_LEN(steps));
	next();
	view.now_ms = 99;
	next();
	CHECK_EQ(0, run.at, "99 ms");
	view.now_ms = 100;
	view.quiet_ms = 5000;
	next();
	CHECK_EQ(1, run.at, "100 ms");
	view.now_ms = 599;
	next();
	CHECK_EQ(1, run.at, "silence is waited for, not remembered");
	view.now_ms = 600;
	next();
	passed(1, "500 ms of it");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_conversation),
		cmocka_unit_test(test_old_speech_is_no_answer),
		cmocka_unit_test(test_timeout),
		cmocka_unit_test(test_interrupt),
		cmocka_unit_test(test_press),
		cmocka_unit_test(test_hangup_fulfils_waits),
		cmocka_unit_test(test_unfinished_steps_fail),
		cmocka_unit_test(test_broken_line),
		cmocka_unit_test(test_who_hangs_up),
		cmocka_unit_test(test_silence_and_time),
	};

	return cmocka_run_group_tests_name("caller_script", tests, NULL, NULL);
}
