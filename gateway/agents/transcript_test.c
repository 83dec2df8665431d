#include "gateway/agents/transcript.h"

#include <stdio.h>
#include <string.h>

#include "protocols/utf8.h"
#include "tools/testing/check.h"

static struct transcript *t;
static char out[TRANSCRIPT_BYTES_MAX + 2048];

static int open_one(void **state)
{
	(void)state;
	t = transcript_new();
	return t ? 0 : -1;
}

static int close_one(void **state)
{
	(void)state;
	transcript_free(t);
	return 0;
}

static void take(enum call_words_kind kind, const char *item, const char *text)
{
	transcript_take(t, &(struct call_words){ .kind = kind,
						 .item_id = item,
						 .text = text });
}

static void cut(const char *item, unsigned heard_ms, unsigned all_ms)
{
	transcript_take(t, &(struct call_words){ .kind = CALL_WORDS_CUT,
						 .item_id = item,
						 .text = "",
						 .heard_ms = heard_ms,
						 .all_ms = all_ms });
}

static void expect(const char *text, const char *why)
{
	CHECK_EQ(strlen(text), transcript_write(t, out, sizeof(out)), why);
	CHECK_STR(text, out, why);
}

static void turns_stand_in_their_order(void **state)
{
	(void)state;
	expect("", "nobody has spoken");
	take(CALL_WORDS_AGENT, "i1", "Hello.");
	take(CALL_WORDS_TURN, "", "");
	take(CALL_WORDS_AGENT, "i2", "At eight.");
	expect("agent: Hello.\nagent: At eight.\n", "words that are to come");
	take(CALL_WORDS_CALLER, "", "When do\nyou open?");
	expect("agent: Hello.\ncaller: When do you open?\nagent: At eight.\n",
	       "stand where they were said, on one line");
	take(CALL_WORDS_CALLER, "", "Thanks.");
	expect("agent: Hello.\ncaller: When do you open?\nagent: At "
	       "eight.\ncaller: Thanks.\n",
	       "and without a turn at the end");
}

static void what_was_not_heard_is_not_told(void **state)
{
	(void)state;
	take(CALL_WORDS_AGENT, "i1", "One two three four.");
	cut("i1", 500, 1000);
	expect("agent: One two \xe2\x80\xa6\n", "half of it, to a word's end");
	cut("i2", 300, 1000);
	take(CALL_WORDS_AGENT, "i2", "Five six seven eight.");
	expect("agent: One two \xe2\x80\xa6\nagent: Five \xe2\x80\xa6\n",
	       "words that come after the cut");
	take(CALL_WORDS_AGENT, "i3", "Nine.");
	cut("i3", 0, 1000);
	expect("agent: One two \xe2\x80\xa6\nagent: Five \xe2\x80\xa6\n",
	       "nothing of it was heard");
	take(CALL_WORDS_AGENT, "i4", "Ten.");
	cut("i4", 1000, 1000);
	cut("i9", 0, 0);
	expect("agent: One two \xe2\x80\xa6\nagent: Five \xe2\x80\xa6\nagent: "
	       "Ten.\n",
	       "all of it was; and one nobody knows");
}

static void the_oldest_is_forgotten(void **state)
{
	static char words[4000];

	(void)state;
	for (int i = 0; i < 2 * TRANSCRIPT_TURNS_MAX; i++) {
		char text[16];
		snprintf(text, sizeof(text), "n%d", i);
		take(CALL_WORDS_CALLER, "", text);
	}
	transcript_write(t, out, sizeof(out));
	CHECK(strncmp(out, "caller: n64\n", 12) == 0, "64 of 128 turns");
	memset(words, 'x', sizeof(words) - 1);
	for (int i = 0; i < 20; i++)
		take(CALL_WORDS_AGENT, "i", words);
	size_t n = transcript_write(t, out, sizeof(out));
	CHECK_EQ(4 * (7 + TRANSCRIPT_TURN_MAX - 1 + 1), n,
		 "four of 2047 bytes fit into 8192");
	CHECK_EQ(2 * (7 + 2047 + 1), transcript_write(t, out, 5000),
		 "and whole ones into 5000");
	CHECK_EQ(0, transcript_write(t, out, 1), "none into nothing");
}

static void what_was_written_can_be_read(void **state)
{
	bool by_caller;

	(void)state;
	transcript_read(
		t, "caller: When do you open?\nagent: At eight: "
		   "caller: 8.\nnobody: no\nagent: \ncaller:no\nagent: \xff\n\n"
		   "agent: And no line's end");
	expect("caller: When do you open?\nagent: At eight: caller: 8.\nagent: "
	       "And no line's end\n",
	       "lines of its own shape, and no others");
	CHECK_EQ(3, transcript_turns(t), "as turns");
	CHECK_STR("When do you open?", transcript_turn(t, 0, &by_caller),
		  "without who said it");
	CHECK(by_caller, "the caller");
	CHECK_STR("At eight: caller: 8.", transcript_turn(t, 1, &by_caller),
		  "words that look like it");
	CHECK(!by_caller, "the agent");
	CHECK(!transcript_turn(t, 3, &by_caller), "no more");
	take(CALL_WORDS_TURN, "", "");
	CHECK_STR("", transcript_turn(t, 3, &by_caller),
		  "words that are to come");
	take(CALL_WORDS_CALLER, "", "Thanks.");
	CHECK_STR("Thanks.", transcript_turn(t, 3, &by_caller), "have");
}

int main(void)
{
#define TEST(f) cmocka_unit_test_setup_teardown(f, open_one, close_one)
	const struct CMUnitTest tests[] = {
		TEST(turns_stand_in_their_order),
		TEST(what_was_not_heard_is_not_told),
		TEST(the_oldest_is_forgotten),
		TEST(what_was_written_can_be_read),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
