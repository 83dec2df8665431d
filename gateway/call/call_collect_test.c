/* Keys that a function asks for, and those that nobody may see. */
#include "tools/testing/call_rig.h"

static char output[512]; /* what functions were answered */
static bool is_loud;     /* the model heard something */
static char notes[2048];

static void on_output(void *session, const char *id, const char *text)
{
	size_t at = strlen(output);

	(void)session;
	snprintf(output + at, sizeof(output) - at, "%s %s;", id, text);
}

static void on_append(void *session, const uint8_t *bytes, size_t n)
{
	(void)session;
	for (size_t i = 0; i + 1 < n; i += 2)
		is_loud |= (bytes[i + 1] != 0 && bytes[i + 1] != 0xff);
}

static void on_note(void *owner, enum call_note note, const char *text,
		    uint64_t number)
{
	size_t at = strlen(notes);

	(void)owner;
	snprintf(notes + at, sizeof(notes) - at, "%d %s %llu;", (int)note, text,
		 (unsigned long long)number);
}

static int setup_talking(void **state)
{
	static struct call_model_port recording;

	setup_full(state);
	recording = model;
	recording.tool_output = on_output;
	recording.append = on_append;
	c.ports.model = &recording;
	c.on_note = on_note;
	call_model_ready(&c, now());
	call_carrier_ready(&c, false, now());
	pass(800);
	told[0] = output[0] = notes[0] = '\0';
	is_loud = false;
	return 0;
}

/* A response that calls it, as "a". */
static void ask(unsigned min, unsigned max, bool is_masked, const char *name)
{
	struct call_request r = {
		.kind = CALL_REQUEST_COLLECT,
		.collect = { .min = min,
			     .max = max,
			     .timeout_ms = 5000,
			     .terminator = '#',
			     .is_masked = is_masked },
	};

	snprintf(r.collect.name, sizeof(r.collect.name), "%s", name);
	call_model_response(&c, "r1", false, now());
	call_model_tool(&c, "a", "slow", "{}", now());
	call_tool_asks(&c, "a", &r, now());
	call_model_response_done(&c, "r1", false, CALL_RESPONSE_DONE, "",
				 now());
}

static void press(const char *keys)
{
	for (; *keys; keys++) {
		call_caller_digit(&c, *keys, now());
		pass(200);
	}
}

static void test_keys_go_to_the_function(void **state)
{
	(void)state;
	ask(1, 8, false, "order");
	press("42");
	pass(2000);
	CHECK_STR("", output, "more may come");
	expect("", "the model hears nothing of them");
	press("#");
	CHECK_STR("a {\"digits\":\"42\"};", output, "the answer");
	expect("speak tool;", "then the model goes on");
	press("7#");
	expect("digits 7#;", "later ones are the model's");
}

static void sound(unsigned ms)
{
	uint8_t tone[960]; /* 20 ms of linear audio at 24 kHz */

	memset(tone, 0x40, sizeof(tone)); /* loud */
	for (unsigned at = 0; at < ms; at += 20) {
		call_caller_audio(&c, CALLER_NO_TIMESTAMP, tone, sizeof(tone),
				  now());
		pass(20);
	}
}

static void test_masked_ones_are_nobodys(void **state)
{
	(void)state;
	ask(16, 16, true, "card");
	press("4111");
	sound(1000);
	CHECK(!is_loud, "their tones are not heard");
	CHECK(!call_masked_digits(&c, "card"), "not all of them are there");
	press("111111111111");
	CHECK_STR("a {\"collected\":16,\"name\":\"card\"};", output,
		  "how many there were");
	CHECK_STR("4111111111111111", call_masked_digits(&c, "card"),
		  "who asks by name gets them");
	CHECK(!call_masked_digits(&c, "pin"), "another name does not");
	CHECK(!strstr(told, "1111"), "the model is not told");
	CHECK(!strstr(notes, "1111"), "nor is the log");
	sound(200);
	CHECK(is_loud, "afterwards the caller is heard again");
	call_carrier_ended(&c, CALL_END_CALLER, now());
	CHECK(!call_masked_digits(&c, "card"), "with the call they are gone");
}

/* A key is told when it is known; its tone goes on. */
static void test_the_last_tone_is_nobodys(void **state)
{
	(void)state;
	ask(4, 4, true, "pin");
	press("123");
	call_caller_digit(&c, '4', now());
	CHECK_STR("1234", call_masked_digits(&c, "pin"), "that was it");
	sound(CALL_MUTE_TAIL_MS - 20);
	CHECK(!is_loud, "the rest of its tone is not heard");
	pass(20);
	sound(100);
	CHECK(is_loud, "what follows is");
}

static void test_the_newest_of_a_name_counts(void **state)
{
	char name[16];

	(void)state;
	for (int i = 0; i <= CALL_MASKED_MAX; i++) {
		snprintf(name, sizeof(name), "n%d", i);
		ask(1, 2, true, name);
		press("1#");
	}
	CHECK(!call_masked_digits(&c, "n0"), "without room the oldest goes");
	CHECK_STR("1", call_masked_digits(&c, "n8"), "the newest is there");
	ask(1, 2, true, "n8");
	press("22");
	CHECK_STR("22", call_masked_digits(&c, "n8"), "corrected");
}

static void test_what_was_pressed_ahead_belongs_to_it(void **state)
{
	(void)state;
	call_caller_digit(&c, '1', now());
	call_caller_digit(&c, '2', now());
	told[0] = '\0';
	ask(4, 4, true, "pin");
	pass(3000);
	press("34");
	CHECK_STR("1234", call_masked_digits(&c, "pin"), "all four");
	CHECK(!strstr(told, "digits"), "none is the model's");
}

static void test_a_caller_who_presses_nothing(void **state)
{
	(void)state;
	ask(4, 8, false, "order");
	pass(4900);
	CHECK_STR("", output, "still time");
	pass(200);
	CHECK_STR("a {\"error\":\"no key was pressed within 5000 ms\"};",
		  output, "in words");
	output[0] = '\0';
	ask(4, 8, true, "order");
	press("12#");
	CHECK_STR("a {\"error\":\"2 keys were pressed, at least 4 are "
		  "needed\"};",
		  output, "too few");
	CHECK(!call_masked_digits(&c, "order"), "are not kept");
}

static void test_one_at_a_time(void **state)
{
	(void)state;
	ask(1, 8, false, "order");
	struct call_request r = { .kind = CALL_REQUEST_COLLECT };
	call_model_tool(&c, "b", "slow", "{}", now());
	call_tool_asks(&c, "b", &r, now());
	CHECK(strstr(output, "b {\"error\":\"keys are being collected"),
	      output);
	press("5#");
	CHECK(strstr(output, "a {\"digits\":\"5\"};"), "the first goes on");
}

static void test_a_key_interrupts_what_is_said(void **state)
{
	(void)state;
	answer("r0", "i0", 9000);
	pass(1000);
	told[0] = '\0';
	ask(1, 8, false, "order");
	pass(7000);
	CHECK_STR("", output, "the pause begins when all was said");
	press("1");
	CHECK(strstr(told, "clear;"), "and a key cuts it short");
}

int main(void)
{
#define ROW(test) cmocka_unit_test_setup_teardown(test, setup_talking, teardown)
	const struct CMUnitTest tests[] = {
		ROW(test_keys_go_to_the_function),
		ROW(test_masked_ones_are_nobodys),
		ROW(test_the_last_tone_is_nobodys),
		ROW(test_the_newest_of_a_name_counts),
		ROW(test_what_was_pressed_ahead_belongs_to_it),
		ROW(test_a_caller_who_presses_nothing),
		ROW(test_one_at_a_time),
		ROW(test_a_key_interrupts_what_is_said),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
