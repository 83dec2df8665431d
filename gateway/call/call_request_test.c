/* What the model asks of its call: transfer, keys, data, recording. */
#include "tools/testing/call_rig.h"

#include "codecs/dtmf.h"
#include "codecs/g711.h"
#include "gateway/call/call_parts.h"

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

/* A response that calls a function beside its words. */
static void ask(const char *name, const char *arguments, unsigned words_ms)
{
	call_model_response(&c, "r1", false, now());
	if (words_ms)
		call_model_audio(&c, "r1", "i1", 0, pcm, DELTA_MS(words_ms),
				 now());
	call_model_tool(&c, "t1", name, arguments, now());
	call_model_response_done(&c, "r1", false, CALL_RESPONSE_DONE, "",
				 now());
}

static void test_a_transfer_follows_the_words(void **state)
{
	(void)state;
	ask("transfer", "tel:+33180000100", 1000);
	pass(1000);
	expect("output t1;end_speech;", "they are being heard");
	pass(CALL_TAIL_MS + 100);
	expect("transfer tel:+33180000100;", "then it is asked for");
	CHECK_EQ(CALL_TRANSFERRING, c.state, "and may fail");
	call_carrier_ended(&c, CALL_END_TRANSFERRED, now());
	expect("close;", "it has not");
	CHECK_EQ(CALL_END_TRANSFERRED, c.end, "for that reason");
}

static bool can_keys(const void *leg, enum call_request_kind what)
{
	(void)leg;
	return what == CALL_REQUEST_KEYS;
}

/* A carrier that does some of it says what: the rest is an error at once. */
static void test_a_line_that_does_not_do_all(void **state)
{
	struct call_carrier_port some = *c.ports.carrier;

	(void)state;
	some.can = can_keys;
	c.ports.carrier = &some;
	ask("transfer", "sip:a@b", 0);
	expect("output t1;speak tool;", "no transfer, and the model goes on");
	CHECK_EQ(CALL_UP, c.state, "as before");
}

/* What was sent as sound is decoded again. */
static char heard_keys[64];
static struct dtmf_detector *ear;

static void hear(void *leg, const uint8_t *bytes, size_t n)
{
	int16_t pcm8[8192];
	size_t at = strlen(heard_keys);

	carrier.send_audio(leg, bytes, n);
	g711_ulaw_decode(pcm8, bytes, n);
	size_t keys = dtmf_detect(ear, pcm8, n, heard_keys + at,
				  sizeof(heard_keys) - 1 - at);
	heard_keys[at + keys] = '\0';
}

static void test_keys_are_tones_where_the_line_has_none(void **state)
{
	static const struct {
		unsigned tone_ms, pause_ms;
	} row[] = { { 100, 100 }, { 50, 50 }, { 500, 500 } };
	const struct call_request keys = { .kind = CALL_REQUEST_KEYS,
					   .digits = "0159*#" };
	struct call_carrier_port some = *c.ports.carrier;

	(void)state;
	some.send_audio = hear;
	c.ports.carrier = &some;
	c.settings.greets = false;
	call_model_ready(&c, now());
	for (size_t i = 0; i < ARRAY_LEN(row); i++) {
		ear = dtmf_detector_new();
		heard_keys[0] = '\0';
		c.settings.tone_ms = row[i].tone_ms;
		c.settings.tone_pause_ms = row[i].pause_ms;
		CHECK(call_carry_out(&c, "t1", &keys, now()), "a response");
		pass(6 * (row[i].tone_ms + row[i].pause_ms) + 600);
		CHECK_STR("0159*#", heard_keys, "each once, in order");
		dtmf_detector_free(ear);
		told[0] = '\0';
	}
	c.settings.tone_ms = 0;
	call_carry_out(&c, "t1", &keys, now());
	expect("output t1;", "an error");
	CHECK_EQ(0, c.errands, "and nothing waits");
}

static void test_a_transfer_without_words_asks_for_some(void **state)
{
	(void)state;
	ask("transfer", "sip:a@b", 0);
	expect("output t1;speak goodbye;", "the caller must know");
}

static void hand_over(void)
{
	ask("transfer", "sip:a@b", 200);
	pass(200 + CALL_TAIL_MS + 100);
	expect("output t1;end_speech;transfer sip:a@b;", "under way");
}

static void test_a_failed_transfer_comes_back(void **state)
{
	(void)state;
	hand_over();
	call_carrier_transfer_failed(&c, "busy", now());
	expect("note [transfer] It failed: busy. The caller is with you again: "
	       "tell them and offer other help.;speak note;",
	       "the model goes on");
	CHECK_EQ(CALL_UP, c.state, "as before");
	call_carrier_transfer_failed(&c, "busy", now());
	expect("", "once");
	call_model_response(&c, "r2", true, now());
	call_model_audio(&c, "r2", "i2", 0, pcm, DELTA_MS(200), now());
	CHECK(c.playout.items > 0, "and is heard");
}

/* A note with half a character in it could not be sent. */
static void test_a_long_reason_is_cut_between_characters(void **state)
{
	char why[CALL_REASON_MAX + 1];

	(void)state;
	memset(why, 'a', sizeof(why));
	memcpy(why + sizeof(why) - 3, "\xc3\xa9", 3);
	hand_over();
	call_carrier_transfer_failed(&c, why, now());
	CHECK(strstr(told, "aa. The caller is with you again"), "no half");
}

static void test_nobody_hears_the_model_while_it_rings_there(void **state)
{
	uint8_t pcm24[20 * 48] = { 0 };

	(void)state;
	hand_over();
	uint64_t before = appended, before_sent = sent;
	call_caller_audio(&c, CALLER_NO_TIMESTAMP, pcm24, sizeof(pcm24), now());
	call_caller_digit(&c, '5', now());
	call_caller_silent(&c, now());
	answer("r2", "i2", 500);
	pass(2000);
	CHECK_EQ(before, appended, "no ringing tone for the model");
	CHECK_EQ(before_sent, sent, "no words into it");
	expect("", "nothing at all");
}

static void test_a_transfer_nobody_answers_for_comes_back(void **state)
{
	(void)state;
	hand_over();
	pass(CALL_TRANSFER_MS + 20);
	expect("note [transfer] It failed: no answer. The caller is with you "
	       "again: tell them and offer other help.;speak note;",
	       "the caller may be waiting");
}

static void test_without_a_model_a_failed_transfer_apologises(void **state)
{
	(void)state;
	hand_over();
	call_model_lost(&c, "gone", now());
	expect("close;", "the person may still answer");
	CHECK_EQ(CALL_TRANSFERRING, c.state, "so it goes on");
	call_carrier_transfer_failed(&c, "busy", now());
	CHECK_EQ(CALL_SORRY, c.state, "nobody is left to talk to");
}

static void test_a_word_before_the_transfer_keeps_the_call(void **state)
{
	(void)state;
	ask("transfer", "sip:a@b", 1000);
	pass(500);
	expect("output t1;", "being told");
	caller_speaks();
	expect("started;clear;truncate i1 500;note [transfer] Not begun: the "
	       "caller spoke. Ask for it again if it is still wanted.;",
	       "wait!");
	CHECK_EQ(CALL_UP, c.state, "no transfer");
}

static void test_a_line_that_cannot_transfer(void **state)
{
	(void)state;
	refuses = -ENOTSUP;
	ask("transfer", "sip:a@b", 200);
	pass(200 + CALL_TAIL_MS + 100);
	expect("output t1;end_speech;transfer sip:a@b;note [transfer] It "
	       "failed: the line cannot transfer. The caller is with you "
	       "again: tell them and offer other help.;speak note;",
	       "said at once");
}

static void test_behind_an_apology_a_person_is_tried_once(void **state)
{
	(void)state;
	c.settings.fallback = "tel:+33180000100";
	call_model_lost(&c, "gone", now());
	pass(1000 + CALL_TAIL_MS + 60);
	expect("close;end_speech;transfer tel:+33180000100;", "a person");
	CHECK_EQ(CALL_TRANSFERRING, c.state, "who may not answer");
	call_carrier_transfer_failed(&c, "busy", now());
	pass(1000 + CALL_TAIL_MS + 60);
	expect("end_speech;hang_up service unavailable;",
	       "sorry again, and that was all");
}

static void test_keys_wait_for_the_words(void **state)
{
	(void)state;
	call_model_response(&c, "r1", false, now());
	call_model_audio(&c, "r1", "i1", 0, pcm, DELTA_MS(600), now());
	call_model_tool(&c, "t1", "keys", "12#", now());
	call_model_tool(&c, "t2", "metadata", "{\"a\":1}", now());
	call_model_response_done(&c, "r1", false, CALL_RESPONSE_DONE, "",
				 now());
	expect("output t1;output t2;speak tool;", "the model may go on");
	pass(580);
	expect("end_speech;", "speech first");
	pass(80);
	expect("keys 12#;metadata {\"a\":1};", "then both, in order");
	pass(1000);
	expect("", "once");
}

static void test_errands_are_bounded(void **state)
{
	(void)state;
	call_model_response(&c, "r1", false, now());
	call_model_audio(&c, "r1", "i1", 0, pcm, DELTA_MS(20000), now());
	for (unsigned i = 0; i <= CALL_ERRANDS_MAX; i++)
		call_model_tool(&c, "t", "keys", "1", now());
	told[0] = '\0';
	CHECK_EQ(CALL_ERRANDS_MAX, c.errands, "more is answered by an error");
	pass(CALL_ERRAND_MS - 40);
	expect("", "they wait for the words");
	pass(80);
	expect("keys 1;keys 1;keys 1;keys 1;", "but not for ever");
}

static void test_recording_is_controlled_at_once(void **state)
{
	(void)state;
	ask("recording", "", 1000);
	expect("recording;output t1;speak tool;",
	       "whoever says a card's number next waits for it");
}

static void test_the_reason_goes_along(void **state)
{
	(void)state;
	ask("end", "booking made", 200);
	pass(1000);
	expect("output t1;end_speech;close;hang_up booking made;",
	       "the model's own words");
}

#define TEST(f)    cmocka_unit_test_setup_teardown(f, setup, teardown)
#define TALKING(f) cmocka_unit_test_setup_teardown(f, setup_talking, teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TALKING(test_a_transfer_follows_the_words),
		TALKING(test_a_line_that_does_not_do_all),
		TEST(test_keys_are_tones_where_the_line_has_none),
		TALKING(test_a_transfer_without_words_asks_for_some),
		TALKING(test_a_failed_transfer_comes_back),
		TALKING(test_a_long_reason_is_cut_between_characters),
		TALKING(test_nobody_hears_the_model_while_it_rings_there),
		TALKING(test_a_transfer_nobody_answers_for_comes_back),
		TALKING(test_without_a_model_a_failed_transfer_apologises),
		TALKING(test_a_word_before_the_transfer_keeps_the_call),
		TALKING(test_a_line_that_cannot_transfer),
		TALKING(test_behind_an_apology_a_person_is_tried_once),
		TALKING(test_keys_wait_for_the_words),
		TALKING(test_errands_are_bounded),
		TALKING(test_recording_is_controlled_at_once),
		TALKING(test_the_reason_goes_along),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
