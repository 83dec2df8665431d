#include "gateway/call/keypad.h"

#include "tools/testing/check.h"

static const struct keypad menu = {
	.count = 5,
	.entry = { { "1", KEYPAD_HAND_OFF, "sales" },
		   { "2", KEYPAD_SAY, "Two." },
		   { "21", KEYPAD_SAY, "Twenty-one." },
		   { "*0#", KEYPAD_END, NULL },
		   { "9999", KEYPAD_TRANSFER, "tel:+1" } },
};

static void test_what_was_pressed_so_far(void **state)
{
	static const struct {
		const char *keys;
		enum keypad_match match;
		const char *entry; /* of exactly these; "": none */
		const char *why;
	} row[] = {
		{ "1", KEYPAD_SURE, "1", "nothing else begins so" },
		{ "2", KEYPAD_BEGUN, "2", "a longer one may be meant" },
		{ "21", KEYPAD_SURE, "21", "the longer one" },
		{ "22", KEYPAD_NONE, "", "goes beyond" },
		{ "3", KEYPAD_NONE, "", "no entry" },
		{ "*", KEYPAD_BEGUN, "", "the beginning alone is none" },
		{ "*0", KEYPAD_BEGUN, "", "nor are two of three" },
		{ "*0#", KEYPAD_SURE, "*0#",
		  "the terminator may belong to it" },
		{ "9999", KEYPAD_SURE, "9999", "the longest there may be" },
		{ "99999", KEYPAD_NONE, "", "longer than any" },
		{ "1#", KEYPAD_NONE, "1", "ended by the terminator" },
		{ "2#", KEYPAD_NONE, "2", "so that nobody need wait" },
		{ "2##", KEYPAD_NONE, "", "one of them" },
		{ "#", KEYPAD_NONE, "", "a terminator alone" },
	};
	(void)state;

	for (size_t i = 0; i < ARRAY_LEN(row); i++) {
		const struct keypad_entry *e =
			keypad_find(&menu, row[i].keys, '#');
		CHECK_EQ(row[i].match, keypad_match(&menu, row[i].keys),
			 row[i].why);
		CHECK_STR(row[i].entry, e ? e->keys : "", row[i].why);
	}
}

static void test_without_a_terminator(void **state)
{
	(void)state;
	CHECK(!keypad_find(&menu, "1#", '\0'), "# is a key like any");
	CHECK(!keypad_find(&menu, "", '\0'), "nothing pressed");
}

static void test_without_a_menu(void **state)
{
	static const struct keypad none;

	(void)state;
	CHECK_EQ(KEYPAD_NONE, keypad_match(&none, "1"), "all for the model");
	CHECK(!keypad_find(&none, "1", '#'), "no entry");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_what_was_pressed_so_far),
		cmocka_unit_test(test_without_a_terminator),
		cmocka_unit_test(test_without_a_menu),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
