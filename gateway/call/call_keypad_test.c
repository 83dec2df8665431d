/* Keys of the agent's menu, in every state of a call. */
#include "tools/testing/call_rig.h"

#include "gateway/call/call_parts.h"

static uint8_t prompt[2000 * 8];
static struct keypad menu;
static char notes[1024]; /* of the menu */

static void on_note(void *owner, enum call_note note, const char *text,
		    uint64_t number)
{
	size_t at = strlen(notes);

	(void)owner;
	if (note == CALL_NOTE_KEYPAD)
		snprintf(notes + at, sizeof(notes) - at, "%s %u;", text,
			 (unsigned)number);
	if (note == CALL_NOTE_KEYPAD_UNDONE)
		snprintf(notes + at, sizeof(notes) - at, "not: %s;", text);
}

static const struct keypad usual = {
	.count = 9,
	.entry = { { "1", KEYPAD_HAND_OFF, "sales", "", "" },
		   { "2", KEYPAD_TRANSFER, "tel:+1", "", "" },
		   { "3", KEYPAD_SAY, "Nine to five.", "", "" },
		   { "0", KEYPAD_END, "", "", "" },
		   { "7", KEYPAD_SAY, "Seven.", "", "" },
		   { "77", KEYPAD_SAY, "Double seven.", "", "" },
		   { "8", KEYPAD_HAND_OFF, "same", "", "" },
		   { "6", KEYPAD_FUNCTION, "book", "{}", "default" },
		   { "9", KEYPAD_FUNCTION, "gone", "", "default" } },
	.wait_ms = 5000,
};

static void begin(const struct call_settings *s)
{
	menu = usual;
	memset(prompt, 0x31, sizeof(prompt));
	begin_call(s, &full_ports);
	c.on_note = on_note;
	call_carrier_ready(&c, false, now());
	told[0] = notes[0] = '\0';
}

static int setup_menu(void **state)
{
	setup(state);
	call_free(&c);
	struct call_settings s = full_settings();
	s.keypad = &menu;
	s.must_answer = false;
	begin(&s);
	return 0;
}

/* A carrier that speaks the words itself. */
static int setup_text(void **state)
{
	setup(state);
	call_free(&c);
	struct call_settings s = full_settings();
	s.keypad = &menu;
	s.must_answer = false;
	s.apology_text = "Sorry.";
	begin(&s);
	return 0;
}

static void press(const char *keys)
{
	for (; *keys; keys++) {
		call_caller_digit(&c, *keys, now());
		pass(100);
	}
}

/* --- To where the keys are pressed --- */

static void to_connecting(void)
{
}

static void to_up(void)
{
	call_model_ready(&c, now());
	pass(100);
}

/* The model calls a function and says nothing. */
static void ask(const char *name)
{
	to_up();
	call_model_response(&c, "r1", false, now());
	call_model_tool(&c, "t1", name, "sip:a@b", now());
	call_model_response_done(&c, "r1", false, CALL_RESPONSE_DONE, "",
				 now());
}

static void to_farewell(void)
{
	ask("end");
}

static void to_last_words(void)
{
	to_up();
	call_step(&c, CALL_DEADLINE, now());
}

static void to_handover(void)
{
	ask("transfer");
}

static void to_lonely_handover(void)
{
	to_up();
	call_model_response(&c, "r1", false, now());
	call_model_audio(&c, "r1", "i1", 0, pcm, DELTA_MS(3000), now());
	call_model_tool(&c, "t1", "transfer", "sip:a@b", now());
	call_model_lost(&c, "gone", now());
}

static void to_transferring(void)
{
	to_handover();
	call_step(&c, CALL_HEARD, now());
}

static void to_sorry(void)
{
	call_model_lost(&c, "refused", now());
	pass(100);
}

static void to_ending(void)
{
	call_stop(&c, now());
}

static void to_over(void)
{
	call_carrier_ended(&c, CALL_END_CALLER, now());
}

#define NOTE_SALES \
	"note [keypad] The caller pressed 1: you are sales now. Go on with the caller, without a greeting.;"
#define TOLD_SALES "hand_off sales;" NOTE_SALES
#define KEPT                                                                   \
	"note [transfer] Not begun: the caller spoke. Ask for it again if it " \
	"is still wanted.;"
#define BEGUN "transfer tel:+1;"
#define ENDED "close;hang_up caller pressed the key for it;"

static void test_every_key_in_every_state(void **state)
{
	static const struct {
		void (*go)(void);
		char key;
		const char *told;
		enum call_state next;
	} row[] = {
		/* No model yet: a person is there sooner. */
		{ to_connecting, '1', "", CALL_CONNECTING },
		{ to_connecting, '2', "close;" BEGUN, CALL_TRANSFERRING },
		{ to_connecting, '3', "", CALL_CONNECTING },
		{ to_connecting, '0', ENDED, CALL_ENDING },
		{ to_connecting, '6', "run book {};", CALL_CONNECTING },
		{ to_up, '1', TOLD_SALES "speak note;", CALL_UP },
		{ to_up, '2', BEGUN, CALL_TRANSFERRING },
		{ to_up, '3', "words Nine to five.;", CALL_UP },
		{ to_up, '0', ENDED, CALL_ENDING },
		{ to_up, '6', "run book {};", CALL_UP },
		/* Who presses a key goes on; the goodbye that was asked for
		 * ends first. */
		{ to_farewell, '1', TOLD_SALES, CALL_UP },
		{ to_farewell, '2', BEGUN, CALL_TRANSFERRING },
		{ to_farewell, '3', "", CALL_UP },
		{ to_farewell, '0', ENDED, CALL_ENDING },
		/* The time is up: there is an answer, and that was it. */
		{ to_last_words, '1', TOLD_SALES, CALL_LAST_WORDS },
		{ to_last_words, '2', BEGUN, CALL_TRANSFERRING },
		{ to_last_words, '3', "", CALL_LAST_WORDS },
		{ to_last_words, '0', ENDED, CALL_ENDING },
		{ to_last_words, '6', "run book {};", CALL_LAST_WORDS },
		{ to_handover, '1', "hand_off sales;" KEPT NOTE_SALES,
		  CALL_UP },
		{ to_handover, '2', BEGUN, CALL_TRANSFERRING },
		{ to_handover, '3', KEPT, CALL_UP },
		{ to_handover, '6', KEPT "run book {};", CALL_UP },
		{ to_handover, '0', ENDED, CALL_ENDING },
		/* The model has gone: what it said plays to its end. */
		{ to_lonely_handover, '1', "", CALL_HANDOVER },
		{ to_lonely_handover, '2', "clear;" BEGUN, CALL_TRANSFERRING },
		{ to_lonely_handover, '3', "", CALL_HANDOVER },
		{ to_lonely_handover, '0',
		  "clear;hang_up caller pressed the key for it;", CALL_ENDING },
		/* The keys are for whoever it rings at. */
		{ to_transferring, '1', "", CALL_TRANSFERRING },
		{ to_transferring, '2', "", CALL_TRANSFERRING },
		{ to_transferring, '3', "", CALL_TRANSFERRING },
		{ to_transferring, '6', "", CALL_TRANSFERRING },
		{ to_transferring, '0', "", CALL_TRANSFERRING },
		/* The apology is cut. */
		{ to_sorry, '1', "", CALL_SORRY },
		{ to_sorry, '2', "clear;" BEGUN, CALL_TRANSFERRING },
		{ to_sorry, '3', "", CALL_SORRY },
		{ to_sorry, '6', "run book {};", CALL_SORRY },
		{ to_sorry, '0', "clear;hang_up caller pressed the key for it;",
		  CALL_ENDING },
		{ to_ending, '1', "", CALL_ENDING },
		{ to_ending, '2', "", CALL_ENDING },
		{ to_ending, '3', "", CALL_ENDING },
		{ to_ending, '6', "", CALL_ENDING },
		{ to_ending, '0', "", CALL_ENDING },
		{ to_over, '1', "", CALL_OVER },
		{ to_over, '2', "", CALL_OVER },
		{ to_over, '3', "", CALL_OVER },
		{ to_over, '0', "", CALL_OVER },
	};

	for (size_t i = 0; i < ARRAY_LEN(row); i++) {
		char why[32];
		teardown(state);
		setup_menu(state);
		row[i].go();
		told[0] = '\0';
		call_caller_digit(&c, row[i].key, now());
		snprintf(why, sizeof(why), "row %zu, key %c", i, row[i].key);
		CHECK_EQ(row[i].next, c.state, why);
		expect(row[i].told, why);
	}
}

static void test_what_the_log_has(void **state)
{
	(void)state;
	press("13");
	CHECK_STR("hand_off 1;not: hand_off needs the model;"
		  "say 1;not: say needs the model;",
		  notes, "what could not be done, too");
	notes[0] = '\0';
	to_up();
	press("8");
	CHECK_STR("hand_off 1;not: hand_off: that agent has the call already;",
		  notes, "no hand-off to oneself");
	notes[0] = '\0';
	press("0");
	CHECK_STR("end 1;", notes, "and what was");
	CHECK_EQ(CALL_END_KEYPAD, c.end, "the reason");
}

#define ANSWERED                                                               \
	"note [keypad] The caller pressed 6, which called book. It answered: " \
	"{\"id\":7}\nTell the caller what came of it, in a few words.;"

static void test_what_a_function_answers(void **state)
{
	static const struct {
		void (*go)(void);
		const char *told;
	} row[] = {
		{ to_connecting, "" },
		{ to_up, ANSWERED "speak note;" },
		{ to_last_words, ANSWERED },
		{ to_handover, ANSWERED },
		{ to_transferring, ANSWERED },
		{ to_lonely_handover, "" },
		{ to_sorry, "" },
		{ to_ending, "" },
		{ to_over, "" },
	};

	for (size_t i = 0; i < ARRAY_LEN(row); i++) {
		char why[32];
		teardown(state);
		setup_menu(state);
		row[i].go();
		told[0] = '\0';
		call_key_answered(&c, "6", "book", "{\"id\":7}", now());
		snprintf(why, sizeof(why), "row %zu", i);
		expect(row[i].told, why);
	}
}

static void test_a_function_that_cannot_run(void **state)
{
	(void)state;
	to_up();
	press("9");
	expect("run gone;note [keypad] The caller pressed 9, which does not "
	       "work at the moment. Say so.;speak note;",
	       "the model explains");
	CHECK_STR("function 1;not: function: gone;", notes, "the log has it");
	to_sorry();
	told[0] = '\0';
	press("9");
	expect("run gone;", "nobody is there to");
}

static void test_functions_without_a_model_have_an_end(void **state)
{
	(void)state;
	to_sorry();
	for (int i = 0; i < CALL_KEYPAD_ALONE_MAX; i++)
		press("6");
	told[0] = '\0';
	press("6");
	expect("", "that was enough");
}

/* --- Which keys --- */

static void test_others_are_the_models(void **state)
{
	(void)state;
	to_up();
	press("5");
	pass(1500);
	expect("digits 5;speak digits;", "no entry");
	call_model_response(&c, "r1", true, now());
	call_model_response_done(&c, "r1", true, CALL_RESPONSE_DONE, "", now());
	press("42#");
	expect("digits 42#;speak digits;", "2 within another is none, either");
}

static void test_a_longer_one_may_follow(void **state)
{
	(void)state;
	to_up();
	press("7");
	expect("", "7 or 77");
	press("7");
	expect("words Double seven.;", "at once");
	c.sequencer.state = SEQUENCER_IDLE;
	press("7");
	pass(1300);
	expect("", "it may still come");
	pass(200);
	expect("words Seven.;", "it has not");
	c.sequencer.state = SEQUENCER_IDLE;
	press("7#");
	expect("words Seven.;", "nobody need wait");
	c.sequencer.state = SEQUENCER_IDLE;
	press("75");
	pass(1500);
	expect("digits 75;speak digits;", "something else");
}

/* What waits for the model is no beginning of the next. */
static void test_entries_while_the_model_is_connected(void **state)
{
	(void)state;
	press("5");
	pass(1600);
	press("1");
	CHECK_STR("hand_off 1;not: hand_off needs the model;", notes,
		  "an entry of its own");
	to_up();
	pass(1500);
	expect("digits 5;speak digits;", "the other has waited");
}

/* Whose menu it is is known with the agent. */
static void test_before_it_is_known_who_answers(void **state)
{
	struct call_settings s = c.settings;

	(void)state;
	c.settings.keypad = NULL;
	press("2");
	pass(1500);
	CHECK_EQ(CALL_CONNECTING, c.state, "nobody's");
	call_expect_model(&c, &s, now());
	pass(20);
	CHECK_EQ(CALL_TRANSFERRING, c.state, "it has waited");
}

static void test_a_function_collects_first(void **state)
{
	const struct call_request r = {
		.kind = CALL_REQUEST_COLLECT,
		.collect = { .min = 1, .max = 4, .timeout_ms = 5000 },
	};

	(void)state;
	ask("slow");
	call_tool_asks(&c, "t1", &r, now());
	press("2");
	CHECK_EQ(CALL_UP, c.state, "the menu rests");
	call_model_lost(&c, "gone", now());
	press("2");
	CHECK_EQ(CALL_TRANSFERRING, c.state, "nobody collects any more");
}

static void test_a_key_interrupts(void **state)
{
	(void)state;
	to_up();
	call_model_response(&c, "r1", false, now());
	call_model_audio(&c, "r1", "i1", 0, pcm, DELTA_MS(3000), now());
	pass(600);
	told[0] = '\0';
	press("3");
	expect("clear;cancel r1;truncate i1 600;", "as any key");
	call_model_response_done(&c, "r1", false, CALL_RESPONSE_CUT, "", now());
	expect("words Nine to five.;", "then the words");
}

/* --- Transfers that fail --- */

static void test_a_failed_one_is_told(void **state)
{
	(void)state;
	to_up();
	press("2");
	call_carrier_transfer_failed(&c, "busy", now());
	expect("transfer tel:+1;note [transfer] It failed: busy. The caller is "
	       "with you again: tell them and offer other help.;speak note;",
	       "the model goes on");
}

static bool can_nothing(const void *leg, enum call_request_kind what)
{
	(void)leg;
	(void)what;
	return false;
}

static void test_to_who_may_decline(void **state)
{
	(void)state;
	press("2");
	CHECK(!c.transfer.is_warm, "an ordinary one");
	call_carrier_transfer_failed(&c, "busy", now());
	menu.entry[1].action = KEYPAD_TRANSFER_WARM;
	press("2");
	CHECK(c.transfer.is_warm, "whoever answers is asked");
	CHECK(!c.transfer.data, "and knows nothing of the call");
	CHECK_STR("transfer 1;transfer 1;", notes, "both are transfers");
}

static void test_a_line_that_cannot(void **state)
{
	struct call_carrier_port some = full_carrier;

	some.can = can_nothing;
	c.ports.carrier = &some;
	press("2");
	CHECK_EQ(CALL_CONNECTING, c.state, "the model is still coming");
	to_up();
	press("2");
	expect("note [keypad] The caller pressed 2 to be put through, which "
	       "this line cannot do. Say so.;speak note;",
	       "it is told");
	teardown(state);
	setup_menu(state);
	c.ports.carrier = &some;
	to_sorry();
	told[0] = '\0';
	press("2");
	expect("", "the apology goes on");
	CHECK_EQ(CALL_SORRY, c.state, "to its end");
}

static void test_failing_for_ever_has_an_end(void **state)
{
	(void)state;
	refuses = -EIO;
	to_sorry();
	press("1111111111");
	CHECK_EQ(0, c.keypad_alone, "what comes to nothing does not count");
	for (int i = 0; i < CALL_KEYPAD_ALONE_MAX; i++)
		press("2");
	CHECK_EQ(CALL_SORRY, c.state, "the apology anew each time");
	told[0] = notes[0] = '\0';
	press("2");
	expect("", "that was enough");
	CHECK_STR("transfer 1;not: too often without the model;", notes,
		  "the log has it");
	press("0");
	CHECK_EQ(CALL_ENDING, c.state, "the end there always is");
}

/* --- Without a model: a prompt, and patience --- */

static void test_the_prompt_waits_for_a_key(void **state)
{
	(void)state;
	menu.prompt = prompt;
	menu.prompt_len = sizeof(prompt);
	to_sorry();
	pass(2000 + 5000);
	CHECK_EQ(CALL_SORRY, c.state, "a key may come");
	CHECK_EQ(20, sent / 4800, "the prompt, in place of the apology");
	press("5");
	press("2");
	CHECK_EQ(CALL_TRANSFERRING, c.state,
		 "behind one that means nothing to anybody");
}

static void test_nobody_presses(void **state)
{
	(void)state;
	menu.prompt = prompt;
	menu.prompt_len = sizeof(prompt);
	to_sorry();
	pass(2000 + 5000 + CALL_TAIL_MS + 200);
	CHECK_EQ(CALL_ENDING, c.state, "as failure.then says");
	CHECK_EQ(CALL_END_MODEL_LOST, c.end, "for the same reason");
}

static void test_a_begun_entry_is_waited_for(void **state)
{
	(void)state;
	menu.prompt = prompt;
	menu.prompt_len = sizeof(prompt);
	menu.entry[4].action = KEYPAD_TRANSFER; /* 7, beside 77 */
	menu.entry[4].text = "tel:+7";
	to_sorry();
	pass(2000 + 5000);
	press("7");
	pass(1300);
	CHECK_EQ(CALL_SORRY, c.state, "77 may follow");
	pass(200);
	CHECK_EQ(CALL_TRANSFERRING, c.state, "it has not");
}

static void test_a_farewell_waits_for_nothing(void **state)
{
	(void)state;
	menu.prompt = prompt;
	menu.prompt_len = sizeof(prompt);
	to_up();
	c.settings.farewell = apology;
	c.settings.farewell_len = sizeof(apology);
	call_dismiss(&c, now());
	pass(1000 + CALL_TAIL_MS + 200);
	CHECK_EQ(CALL_ENDING, c.state, "the gateway goes down");
}

/* --- A carrier that speaks itself --- */

static void test_the_carrier_says_it(void **state)
{
	(void)state;
	press("3");
	expect("say Nine to five.;", "before the model is there");
	menu.prompt_text = "Press 3.";
	to_sorry();
	expect("close;say Press 3.;", "the prompt's words");
	press("3");
	expect("clear;say Nine to five.;", "in their place");
	pass(13 * CALL_TEXT_CHAR_MS + 4800);
	CHECK_EQ(CALL_SORRY, c.state, "another key may come");
	pass(1000);
	CHECK_EQ(CALL_ENDING, c.state, "none has");
}

static void test_the_model_says_it_where_it_is(void **state)
{
	(void)state;
	to_up();
	press("3");
	expect("words Nine to five.;", "the model's, in text");
}

#define MENU(f) cmocka_unit_test_setup_teardown(f, setup_menu, teardown)
#define TEXT(f) cmocka_unit_test_setup_teardown(f, setup_text, teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
		MENU(test_every_key_in_every_state),
		MENU(test_what_the_log_has),
		MENU(test_what_a_function_answers),
		MENU(test_a_function_that_cannot_run),
		MENU(test_functions_without_a_model_have_an_end),
		MENU(test_others_are_the_models),
		MENU(test_a_longer_one_may_follow),
		MENU(test_entries_while_the_model_is_connected),
		MENU(test_before_it_is_known_who_answers),
		MENU(test_a_function_collects_first),
		MENU(test_a_key_interrupts),
		MENU(test_a_failed_one_is_told),
		MENU(test_to_who_may_decline),
		MENU(test_a_line_that_cannot),
		MENU(test_failing_for_ever_has_an_end),
		MENU(test_the_prompt_waits_for_a_key),
		MENU(test_nobody_presses),
		MENU(test_a_begun_entry_is_waited_for),
		MENU(test_a_farewell_waits_for_nothing),
		TEXT(test_the_carrier_says_it),
		TEXT(test_the_model_says_it_where_it_is),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
