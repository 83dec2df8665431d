/* Time in a call: nobody talks, and it lasts too long. */
#include "gateway/call/call.h"

#include "tools/testing/call_rig.h"

#define SILENCE_MS 8000
#define LONGEST_MS 60000
#define WARNING_MS 20000

static const char silence[] =
	"note [silence] The caller has said nothing for a while.;";
static const char warning[] =
	"note [time] This call ends in 20 seconds. Tell the caller so, briefly, "
	"and go on.;";
static const char time_is_up[] =
	"note [time] The time of this call is up. Tell the caller so.;";

static int setup_time(void **state)
{
	struct call_settings s = settings;

	setup(state);
	call_free(&c);
	told[0] = '\0';
	s.silence_ms = SILENCE_MS;
	s.silence_asks = 2;
	s.longest_ms = LONGEST_MS;
	s.warning_ms = WARNING_MS;
	begin_call(&s, &ports);
	return 0;
}

/* "first" and "second", one after the other. */
static void expect_both(const char *first, const char *second, const char *why)
{
	char both[512];

	snprintf(both, sizeof(both), "%s%s", first, second);
	expect(both, why);
}

static void say(const char *response, unsigned ms)
{
	call_model_response(&c, response, true, now());
	call_model_audio(&c, response, response, 0, pcm, DELTA_MS(ms), now());
	call_model_response_done(&c, response, true, CALL_RESPONSE_DONE, "",
				 now());
}

/* Since the call began. */
static void pass_until(unsigned ms)
{
	pass((unsigned)(1000 + ms - now_ms));
}

/* A caller who says something now and then. */
static void talk_until(unsigned ms)
{
	while (now_ms + 3000 < 1000 + ms) {
		caller_speaks();
		pass(500);
		caller_is_silent();
		answer("r", "i", 300);
		pass(2000);
		told[0] = '\0';
	}
	pass_until(ms);
}

static void test_asked_twice_and_ended(void **state)
{
	(void)state;

	up();
	greet();
	pass(SILENCE_MS - 400);
	expect("", "patience, from where the greeting was heard out");
	pass(400);
	expect_both(silence, "speak note;", "are you there?");
	say("r1", 1000);
	pass(1000 + SILENCE_MS - 200);
	expect("", "it begins anew behind the question");
	pass(400);
	expect_both(silence, "speak note;", "are you there?");
	say("r2", 1000);
	pass(1000 + SILENCE_MS + 200);
	expect("speak goodbye;", "nobody is");
	say("r3", 1000);
	pass(1800);
	expect("close;hang_up;", "politely");
	CHECK_EQ(CALL_END_SILENCE, c.end, "for that reason");
}

static void test_a_word_begins_it_anew(void **state)
{
	(void)state;

	c.settings.warning_ms = 0;
	up();
	greet();
	pass(SILENCE_MS + 200);
	say("r1", 1000);
	pass(1000 + SILENCE_MS + 400);
	told[0] = '\0';
	caller_speaks();
	pass(SILENCE_MS * 2);
	expect("", "whoever talks is not silent");
	caller_is_silent();
	answer("r2", "i2", 500);
	pass(500 + SILENCE_MS + 400);
	expect_both(silence, "speak note;", "the first of two again");
}

static void test_a_key_is_no_silence(void **state)
{
	(void)state;

	up();
	greet();
	pass(SILENCE_MS - 1000);
	call_caller_digit(&c, '1', now());
	pass(1000);
	expect("", "an entry has begun");
	pass(600);
	expect("digits 1;speak digits;", "it is there");
	say("r1", 500);
	pass(500 + SILENCE_MS - 400);
	expect("", "and silence began behind its answer");
}

static void test_speech_ends_the_goodbye(void **state)
{
	(void)state;

	up();
	greet();
	for (int i = 0; i < 3; i++) {
		pass(SILENCE_MS + 1600);
		say(i == 0 ? "r1" : i == 1 ? "r2" : "bye", 1000);
	}
	CHECK_EQ(CALL_FAREWELL, c.state, "on the way out");
	caller_speaks();
	CHECK_EQ(CALL_UP, c.state, "back: here I am");
}

static void test_silence_is_not_watched(void **state)
{
	(void)state;

	c.settings.silence_ms = 0;
	up();
	greet();
	pass(30000);
	expect("", "as configured");
}

/* While the model owes an answer it is not the caller who is silent. */
static void test_the_model_is_silent(void **state)
{
	(void)state;

	c.settings.silence_ms = 3000;
	up();
	greet();
	caller_speaks();
	caller_is_silent();
	pass(4000);
	expect("", "the caller waits");
}

static void test_warned_then_ended(void **state)
{
	(void)state;

	up();
	greet();
	talk_until(LONGEST_MS - WARNING_MS - 20);
	expect("", "not yet");
	pass(40);
	expect_both(warning, "speak note;", "there it is");
	say("r1", 1000);
	talk_until(LONGEST_MS - 20);
	CHECK_EQ(CALL_UP, c.state, "they go on");
	expect("", "told once");
	pass(40);
	expect_both(time_is_up, "speak goodbye;", "the end");
	CHECK_EQ(CALL_LAST_WORDS, c.state, "politely");
	say("r2", 1000);
	pass(1800);
	expect("close;hang_up;", "heard, then over");
	CHECK_EQ(CALL_END_TOO_LONG, c.end, "for that reason");
}

static void test_no_way_back(void **state)
{
	(void)state;

	up();
	greet();
	talk_until(LONGEST_MS + 20);
	told[0] = '\0';
	say("r1", 2000);
	pass(500);
	caller_speaks();
	expect("clear;truncate r1 500;", "but I wanted …");
	CHECK_EQ(CALL_LAST_WORDS, c.state, "the time is up all the same");
	pass(500);
	caller_is_silent();
	answer("r2", "i2", 600);
	pass(1400);
	expect("close;hang_up;", "one more answer, and that was it");
	CHECK_EQ(CALL_END_TOO_LONG, c.end, "for that reason");
}

static void test_who_talks_on_is_cut(void **state)
{
	(void)state;

	up();
	greet();
	talk_until(LONGEST_MS - 1000);
	caller_speaks();
	pass(1040);
	CHECK_EQ(CALL_LAST_WORDS, c.state, "the time is up");
	told[0] = '\0';
	pass(CALL_FAREWELL_MS - 100);
	expect("", "they talk");
	pass(200);
	expect("close;hang_up;", "bounded");
}

static void test_a_speech_is_cut_short(void **state)
{
	(void)state;

	up();
	greet();
	talk_until(LONGEST_MS - 1000);
	answer("r1", "i1", 30000);
	pass(1020);
	CHECK(strncmp(told, "clear;truncate i1 10", 20) == 0,
	      "what would take half a minute");
	CHECK(strstr(told, time_is_up), "then why");
	CHECK(strstr(told, "speak goodbye;"), "then the goodbye");
}

static void test_a_mute_model_at_the_end(void **state)
{
	(void)state;

	up();
	greet();
	talk_until(LONGEST_MS + 20);
	told[0] = '\0';
	pass(2 * MODEL_SILENCE_MS + 1000);
	expect("speak goodbye;close;hang_up;", "asked twice, then without");
	CHECK_EQ(CALL_END_TOO_LONG, c.end, "for that reason");
}

static void test_no_warning(void **state)
{
	(void)state;

	c.settings.warning_ms = 0;
	up();
	greet();
	talk_until(LONGEST_MS - 20);
	expect("", "as configured");
}

static const char end_it[] =
	"note [end] This call has to come to its end now. In a sentence or two, "
	"tell the caller what was settled and what is left open, say that you "
	"have to end the call, and say goodbye.;";

static void test_wrapped_up(void **state)
{
	(void)state;

	up();
	greet();
	call_wrap_up(&c, now());
	expect_both(end_it, "speak goodbye;", "asked politely");
	CHECK_EQ(CALL_FAREWELL, c.state, "it is on its way out");
	call_wrap_up(&c, now());
	expect("", "once is enough");
	say("r1", 1000);
	pass(1800);
	expect("close;hang_up;", "heard, then over");
	CHECK_EQ(CALL_END_BUDGET, c.end, "for that reason");
}

/* Whoever speaks up each time does not have the call for ever. */
static void test_wrapped_up_in_vain(void **state)
{
	(void)state;

	up();
	greet();
	for (unsigned i = 0; i < CALL_WRAP_UPS_MAX; i++) {
		char goodbye[] = "g0", reply[] = "r0";
		goodbye[1] = reply[1] = (char)('0' + i);
		call_wrap_up(&c, now());
		say(goodbye, 1000);
		pass(500);
		caller_speaks();
		CHECK_EQ(CALL_UP, c.state, "but I wanted …");
		pass(500);
		caller_is_silent();
		answer(reply, reply, 300);
		pass(1000);
	}
	told[0] = '\0';
	call_wrap_up(&c, now());
	CHECK_EQ(CALL_LAST_WORDS, c.state, "the last time");
	expect_both(time_is_up, "speak goodbye;", "as when the time is up");
	say("r3", 1000);
	pass(1800);
	CHECK_EQ(CALL_END_BUDGET, c.end, "for that reason");
}

static void test_not_yet_up(void **state)
{
	(void)state;

	call_wrap_up(&c, now());
	CHECK_EQ(CALL_CONNECTING, c.state, "nothing was said yet");
}

#define TIME_TEST(f) cmocka_unit_test_setup_teardown(f, setup_time, teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TIME_TEST(test_asked_twice_and_ended),
		TIME_TEST(test_a_word_begins_it_anew),
		TIME_TEST(test_a_key_is_no_silence),
		TIME_TEST(test_speech_ends_the_goodbye),
		TIME_TEST(test_silence_is_not_watched),
		TIME_TEST(test_the_model_is_silent),
		TIME_TEST(test_warned_then_ended),
		TIME_TEST(test_no_way_back),
		TIME_TEST(test_who_talks_on_is_cut),
		TIME_TEST(test_a_speech_is_cut_short),
		TIME_TEST(test_a_mute_model_at_the_end),
		TIME_TEST(test_no_warning),
		TIME_TEST(test_wrapped_up),
		TIME_TEST(test_wrapped_up_in_vain),
		TIME_TEST(test_not_yet_up),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
