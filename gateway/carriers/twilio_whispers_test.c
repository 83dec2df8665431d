#include "gateway/carriers/twilio_whispers.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "tools/testing/check.h"

#define MS     1000000ull
#define TOKEN  "abababababababababababababababab"
#define TARGET "/twilio/whisper?whisper=" TOKEN

static struct twilio_whispers t;
static char words[CALL_SUMMARY_MAX];

static int setup(void **state)
{
	(void)state;
	return twilio_whispers_init(&t);
}

static int teardown(void **state)
{
	(void)state;
	twilio_whispers_free(&t);
	twilio_whispers_free(&t);
	return 0;
}

static int place(const char *sid, uint8_t entropy, uint64_t now_ns)
{
	char token[TWILIO_WHISPER_TOKEN];
	uint8_t bytes[16];

	memset(bytes, entropy, sizeof(bytes));
	return twilio_whispers_place(&t, sid, "Ada, an invoice", bytes, now_ns,
				     token);
}

static int hear(const char *target, const char *leg, const char *parent,
		uint64_t now_ns)
{
	const struct twilio_whisper_leg l = { target, leg, parent, now_ns };

	words[0] = '\0';
	return twilio_whispers_hear(&t, &l, words);
}

static int answer(const char *leg, bool accepts)
{
	const struct twilio_whisper_leg l = { TARGET, leg, "CA1", 0 };

	return twilio_whispers_answer(&t, &l, accepts);
}

static void who_answers_is_told(void **state)
{
	(void)state;
	CHECK_EQ(0, place("CA1", 0xab, 0), "a transfer begins");
	CHECK_EQ(-ENOENT, hear("/twilio/whisper", "CA2", "CA1", 0), "no token");
	CHECK_EQ(-ENOENT, hear("/twilio/whisper?whisper=", "CA2", "CA1", 0),
		 "an empty one");
	CHECK_EQ(-ENOENT,
		 hear("/twilio/whisper?whisper="
		      "abababababababababababababababaa",
		      "CA2", "CA1", 0),
		 "a wrong one");
	CHECK_EQ(-ENOENT, hear(TARGET "&x=1", "CA2", "CA1", 0), "and more");
	CHECK_EQ(-ENOENT, hear(TARGET, "CA2", "CA9", 0),
		 "a leg of another call");
	CHECK_EQ(0, hear(TARGET, "CA2", "CA1", 0), "the one");
	CHECK_STR("Ada, an invoice", words, "its words");
	CHECK_EQ(0, hear(TARGET, "CA2", NULL, 0), "a webhook that is repeated");
	CHECK_EQ(-ENOENT, hear(TARGET, "CA3", "CA1", 0), "another leg");
}

static void the_first_key_counts(void **state)
{
	(void)state;
	place("CA1", 0xab, 0);
	CHECK_EQ(-ENOENT, answer("CA2", true), "before anything was said");
	hear(TARGET, "CA2", "CA1", 0);
	CHECK_EQ(-ENOENT, answer("CA3", true), "another leg");
	CHECK_EQ(0, answer("CA2", true), "taken");
	CHECK_EQ(0, answer("CA2", true), "a webhook that is repeated");
	CHECK_EQ(-ENOENT, answer("CA2", false), "too late");
	CHECK_EQ(TWILIO_WHISPER_ACCEPTED, twilio_whispers_end(&t, "CA1"),
		 "what became of it");
	CHECK_EQ(TWILIO_WHISPER_NONE, twilio_whispers_end(&t, "CA1"), "once");
}

static void how_it_ends(void **state)
{
	(void)state;
	CHECK_EQ(TWILIO_WHISPER_NONE, twilio_whispers_end(&t, "CA1"),
		 "an ordinary transfer");
	place("CA1", 0xab, 0);
	CHECK_EQ(TWILIO_WHISPER_UNHEARD, twilio_whispers_end(&t, "CA1"),
		 "nobody answered");
	place("CA1", 0xab, 0);
	hear(TARGET, "CA2", "CA1", 0);
	CHECK_EQ(TWILIO_WHISPER_HEARD, twilio_whispers_end(&t, "CA1"),
		 "no key");
	CHECK_EQ(-ENOENT, hear(TARGET, "CA2", "CA1", 0), "nothing is left");
	place("CA1", 0xab, 0);
	hear(TARGET, "CA2", "CA1", 0);
	answer("CA2", false);
	CHECK_EQ(TWILIO_WHISPER_DECLINED, twilio_whispers_end(&t, "CA1"),
		 "another key");
}

static void there_are_bounds(void **state)
{
	static char long_words[CALL_SUMMARY_MAX + 8];
	char sid[35], token[TWILIO_WHISPER_TOKEN];
	uint8_t entropy[16];

	(void)state;
	place("CA1", 0xab, 0);
	CHECK_EQ(-ENOENT, hear(TARGET, "CA2", "CA1", 720000 * MS),
		 "twelve minutes later");
	for (unsigned i = 1; i < TWILIO_WHISPERS_MAX; i++) {
		snprintf(sid, sizeof(sid), "CB%u", i);
		CHECK_EQ(0, place(sid, 0x01, 1), "as many as there may be");
	}
	CHECK_EQ(-ENOBUFS, place("CC1", 0x02, 2), "one more");
	CHECK_EQ(0, place("CC1", 0x02, 720000 * MS), "once one is forgotten");
	twilio_whispers_end(&t, "CB1");
	memset(long_words, 'x', CALL_SUMMARY_MAX - 2);
	strcat(long_words, "\xc3\xa9");
	memset(entropy, 0xab, sizeof(entropy));
	CHECK_EQ(0,
		 twilio_whispers_place(&t, "CD1", long_words, entropy, 3,
				       token),
		 "many words");
	CHECK_STR(TOKEN, token, "128 bits in hex");
	CHECK_EQ(0, hear(TARGET, "CA2", "CD1", 3), "are told");
	CHECK_EQ(CALL_SUMMARY_MAX - 2, strlen(words),
		 "as far as there is room, and no half character");
}

/* Of two tables that tell each other, the one that knows less learns. */
static void the_furthest_counts(void **state)
{
	struct twilio_whisper_news n = { .call_sid = "CA1",
					 .token = TOKEN,
					 .leg_sid = "CA2",
					 .end = TWILIO_WHISPER_HEARD,
					 .words = "Ada, an invoice" };

	(void)state;
	twilio_whispers_learn(&t, &n, 0);
	CHECK_EQ(-ENOENT, hear(TARGET, "CA3", "CA1", 0), "its leg is known");
	CHECK_EQ(0, hear(TARGET, "CA2", "CA1", 0), "it is there");
	CHECK_STR("Ada, an invoice", words, "with its words");
	CHECK_EQ(0, answer("CA2", true), "accepted");
	n.leg_sid[0] = '\0';
	n.end = TWILIO_WHISPER_UNHEARD;
	twilio_whispers_learn(&t, &n, 0);
	CHECK_EQ(-ENOENT, hear(TARGET, "CA3", "CA1", 0), "late news");
	CHECK_EQ(TWILIO_WHISPER_ACCEPTED, twilio_whispers_end(&t, "CA1"),
		 "change nothing");
	twilio_whispers_learn(&t, &n, 0);
	n.is_gone = true;
	twilio_whispers_learn(&t, &n, 0);
	CHECK_EQ(-ENOENT, hear(TARGET, "CA2", "CA1", 0), "gone");
}

static void nobody_learns_more_than_there_is_room(void **state)
{
	struct twilio_whisper_news n = { .call_sid = "CA1",
					 .end = TWILIO_WHISPER_UNHEARD };

	(void)state;
	for (unsigned i = 0; i < TWILIO_WHISPERS_MAX; i++) {
		snprintf(n.token, sizeof(n.token), "%032x", i);
		twilio_whispers_learn(&t, &n, 0);
	}
	CHECK_EQ(-ENOBUFS, place("CA1", 0xab, 0), "it is full");
	memset(n.token, 'a', sizeof(n.token) - 1);
	twilio_whispers_learn(&t, &n, 0);
	CHECK_EQ(0, place("CA1", 0xab, TWILIO_WHISPER_MS * MS), "for a time");
}

int main(void)
{
#define TEST(f) cmocka_unit_test_setup_teardown(f, setup, teardown)
	const struct CMUnitTest tests[] = {
		TEST(who_answers_is_told),
		TEST(the_first_key_counts),
		TEST(how_it_ends),
		TEST(there_are_bounds),
		TEST(the_furthest_counts),
		TEST(nobody_learns_more_than_there_is_room),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
