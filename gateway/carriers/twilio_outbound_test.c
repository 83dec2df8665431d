#include "tools/testing/check.h"

#include <errno.h>
#include <stdatomic.h>
#include <stdio.h>
#include <string.h>

#include "gateway/carriers/twilio_outbound.h"

#define CA    "CAfedcba9876543210fedcba9876543210"
#define OTHER "CA00000000000000000000000000000001"
#define VOICE "/twilio/voice?placed="
#define MS    1000000ull

static struct twilio_outbound table;

static int setup(void **state)
{
	(void)state;
	return twilio_outbound_init(&table);
}

static int teardown(void **state)
{
	(void)state;
	twilio_outbound_free(&table);
	twilio_outbound_free(&table);
	return 0;
}

static int place(unsigned n, uint64_t now_ns, char target[64])
{
	static const struct twilio_outbound_call call = {
		.agent = "sales",
		.text = "name\0Ada\0city\0\0",
		.len = 15,
	};
	uint8_t entropy[16] = { (uint8_t)n, (uint8_t)(n >> 8) };
	char token[TWILIO_OUTBOUND_TOKEN];
	int err = twilio_outbound_place(&table, &call, entropy, now_ns, token);

	if (!err)
		snprintf(target, 64, VOICE "%s", token);
	return err;
}

static int comes(const char *target, const char *sid, uint64_t now_ns)
{
	struct twilio_outbound_call call;

	return twilio_outbound_find(&table, target, sid, now_ns, &call);
}

static void brings_back_what_is_known(void **state)
{
	(void)state;
	struct twilio_outbound_call call;
	char target[64];

	CHECK_EQ(0, place(1, 0, target), "placed");
	CHECK_EQ(0, twilio_outbound_find(&table, target, CA, 1, &call), "ours");
	CHECK_STR("sales", call.agent, "the agent");
	const char *name = twilio_outbound_next(&call, NULL);
	CHECK_STR("name", name, "the first");
	CHECK_STR("Ada", name + 5, "its value");
	name = twilio_outbound_next(&call, name);
	CHECK_STR("city", name, "the second");
	CHECK_STR("", name + 5, "is empty");
	CHECK(!twilio_outbound_next(&call, name), "that is all");
}

static void a_token_is_for_one_call(void **state)
{
	(void)state;
	char target[64], named[64], longer[80];

	place(1, 0, target);
	CHECK_EQ(0, comes(target, CA, 0), "the first that comes");
	CHECK_EQ(0, comes(target, CA, 0), "asked again");
	CHECK_EQ(-ENOENT, comes(target, OTHER, 0), "another call");
	place(2, 0, named);
	twilio_outbound_name(&table, named + strlen(VOICE), OTHER);
	CHECK_EQ(-ENOENT, comes(named, CA, 0), "not the one that was placed");
	CHECK_EQ(0, comes(named, OTHER, 0), "the one that was");
	snprintf(longer, sizeof(longer), "%s&a=b", target);
	CHECK_EQ(-ENOENT, comes(longer, CA, 0), "more than the token");
	CHECK_EQ(-ENOENT, comes("/twilio/voice", CA, 0), "no query");
	CHECK_EQ(-ENOENT, comes(VOICE, CA, 0), "no token");
	CHECK_EQ(-ENOENT,
		 comes(VOICE "00112233445566778899aabbccddeeff", CA, 0),
		 "one that nobody was given");
}

static void is_forgotten(void **state)
{
	(void)state;
	char refused[64], over[64], late[64];

	place(1, 0, refused);
	twilio_outbound_drop(&table, refused + strlen(VOICE));
	CHECK_EQ(-ENOENT, comes(refused, CA, 0), "Twilio did not place it");
	place(2, 0, over);
	CHECK_EQ(0, comes(over, CA, 0), "under way");
	CHECK(!twilio_outbound_ended(&table, CA, "ringing"), "not over");
	CHECK_EQ(0, comes(over, CA, 0), "still under way");
	CHECK(twilio_outbound_ended(&table, CA, "completed"), "over");
	CHECK_EQ(-ENOENT, comes(over, CA, 0), "is not known any more");
	place(3, 0, late);
	CHECK_EQ(-ENOENT, comes(late, CA, TWILIO_OUTBOUND_MS * MS), "too late");
}

static void is_bounded(void **state)
{
	(void)state;
	char target[64];

	for (unsigned i = 0; i < TWILIO_OUTBOUND_MAX; i++)
		CHECK_EQ(0, place(i, i, target), "room");
	CHECK_EQ(-ENOBUFS, place(2000, 2000, target), "none is left");
	CHECK_EQ(0, place(2000, TWILIO_OUTBOUND_MS * MS, target),
		 "the oldest is forgotten in time");
	CHECK_EQ(-ENOBUFS, place(2001, TWILIO_OUTBOUND_MS * MS, target),
		 "and only that");
}

static struct twilio_outbound_news told[8];
static size_t tellings;

static void on_change(void *owner, const struct twilio_outbound_news *n)
{
	CHECK(owner == told, "its owner");
	if (tellings < ARRAY_LEN(told))
		told[tellings] = *n;
	tellings++;
}

static void what_others_are_told(void **state)
{
	(void)state;
	char target[64];

	tellings = 0;
	table.on_change = on_change;
	table.owner = told;
	place(1, 5, target);
	CHECK_EQ(1, tellings, "placed");
	CHECK_STR(target + strlen(VOICE), told[0].token, "the token");
	CHECK_STR("", told[0].call_sid, "not known yet");
	CHECK_STR("sales", told[0].call.agent, "the agent");
	CHECK_EQ(15, told[0].call.len, "the variables");
	CHECK_EQ(5, told[0].since_ns, "since when");
	comes(target, CA, 6);
	CHECK_EQ(2, tellings, "whose it is");
	CHECK_STR(CA, told[1].call_sid, "that one's");
	comes(target, CA, 6);
	twilio_outbound_name(&table, told[0].token, CA);
	CHECK_EQ(2, tellings, "nothing new");
	twilio_outbound_ended(&table, CA, "busy");
	CHECK_EQ(3, tellings, "over");
	CHECK(told[2].is_gone, "gone");
	CHECK_STR(told[0].token, told[2].token, "that one");
	twilio_outbound_ended(&table, CA, "busy");
	CHECK_EQ(3, tellings, "once");
}

static bool count_all(void *owner, const struct twilio_outbound_news *n)
{
	CHECK_STR("sales", n->call.agent, "a copy of each");
	return ++*(unsigned *)owner < 3;
}

static void what_it_learns(void **state)
{
	(void)state;
	struct twilio_outbound_news n = {
		.token = "00112233445566778899aabbccddeeff",
		.since_ns = 10,
		.call = { .agent = "sales", .text = "a\0b", .len = 4 },
	};
	struct twilio_outbound_call call;
	const char *target = VOICE "00112233445566778899aabbccddeeff";
	char full[64];
	unsigned count = 0;

	twilio_outbound_learn(&table, &n, 10);
	memcpy(n.call_sid, CA, sizeof(n.call_sid));
	twilio_outbound_learn(&table, &n, 10);
	memcpy(n.call_sid, OTHER, sizeof(n.call_sid));
	twilio_outbound_learn(&table, &n, 10);
	CHECK_EQ(-ENOENT, comes(target, OTHER, 10), "the first SID counts");
	CHECK_EQ(0, twilio_outbound_find(&table, target, CA, 10, &call),
		 "ours");
	CHECK_STR("b", twilio_outbound_next(&call, NULL) + 2, "its variable");
	n.is_gone = true;
	twilio_outbound_learn(&table, &n, 10);
	CHECK_EQ(-ENOENT, comes(target, CA, 10), "gone");
	twilio_outbound_learn(&table, &n, 10);
	for (unsigned i = 0; i < TWILIO_OUTBOUND_MAX; i++)
		place(i, 10, full);
	n.is_gone = false;
	twilio_outbound_learn(&table, &n, 10);
	CHECK_EQ(-ENOENT, comes(target, OTHER, 10), "there is no room");
	twilio_outbound_each(&table, 10, count_all, &count);
	CHECK_EQ(3, count, "for as long as it is wanted");
	count = 0;
	twilio_outbound_each(&table, 10 + TWILIO_OUTBOUND_MS * MS, count_all,
			     &count);
	CHECK_EQ(0, count, "none of them matters any more");
}

/* --- Threads --- */

#define THREADS 4
#define ROUNDS  200

static struct twilio_outbound sibling;
static atomic_uint told_sibling, found;

static void teach(void *owner, const struct twilio_outbound_news *n)
{
	twilio_outbound_learn(owner, n, 1);
	atomic_fetch_add(&told_sibling, 1);
}

static bool see(void *owner, const struct twilio_outbound_news *n)
{
	(void)owner;
	return n->token[0] != '\0';
}

/* Calls from the one that places them to their end, of which each second one is
 * asked about at the other table. */
static void live(void *number)
{
	unsigned n = *(unsigned *)number;
	struct twilio_outbound_call call;
	char target[64], sid[35];

	for (unsigned i = 0; i < ROUNDS; i++) {
		struct twilio_outbound *at = i % 2 ? &sibling : &table;
		snprintf(sid, sizeof(sid), "CA%032x", n << 16 | i);
		bool is_good = place(n << 8 | i, 1, target) == 0;
		if (i % 3)
			twilio_outbound_name(&table, target + strlen(VOICE),
					     sid);
		is_good &=
			twilio_outbound_find(at, target, sid, 1, &call) == 0 &&
			strcmp(call.agent, "sales") == 0;
		atomic_fetch_add(&found, is_good);
		if (i % 50 == 0)
			twilio_outbound_each(&table, 1, see, NULL);
		twilio_outbound_answered(&table, "human");
		twilio_outbound_ended(&table, sid, "completed");
		twilio_outbound_ended(&sibling, sid, "completed");
	}
}

static void many_threads(void **state)
{
	static unsigned number[THREADS] = { 1, 2, 3, 4 };
	uv_thread_t thread[THREADS];
	struct tally ended;

	(void)state;
	assert_int_equal(0, twilio_outbound_init(&sibling));
	table.on_change = teach;
	table.owner = &sibling;
	for (unsigned i = 0; i < THREADS; i++)
		assert_int_equal(0, uv_thread_create(&thread[i], live,
						     &number[i]));
	for (unsigned i = 0; i < THREADS; i++)
		uv_thread_join(&thread[i]);
	CHECK_EQ(THREADS * ROUNDS, atomic_load(&found), "each is found");
	CHECK(atomic_load(&told_sibling) >= THREADS * ROUNDS, "each is told");
	for (unsigned i = 0; i < TWILIO_OUTBOUND_MAX; i++)
		CHECK(!sibling.row[i].token[0], "and forgotten");
	tally_copy(&table.ended, &ended);
	CHECK_EQ(THREADS * ROUNDS, ended.row[0].n, "each has ended once");
	twilio_outbound_free(&sibling);
}

static void is_counted(void **state)
{
	(void)state;
	struct tally now;

	twilio_outbound_answered(&table, "human");
	twilio_outbound_answered(&table, NULL);
	twilio_outbound_answered(&table, "\"} 1\n");
	tally_copy(&table.answered, &now);
	CHECK_STR("human", now.row[0].name, "Twilio's word");
	CHECK_STR("not_asked", now.row[1].name, "without detection");
	CHECK_STR("other", now.row[2].name, "a word nobody knows");
	CHECK(twilio_outbound_ended(&table, CA, "no-answer"), "a call's end");
	CHECK(!twilio_outbound_ended(&table, CA, NULL), "no word");
	tally_copy(&table.ended, &now);
	CHECK_EQ(1, now.count, "one");
	CHECK_STR("no-answer", now.row[0].name, "how it ended");
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(brings_back_what_is_known,
						setup, teardown),
		cmocka_unit_test_setup_teardown(a_token_is_for_one_call, setup,
						teardown),
		cmocka_unit_test_setup_teardown(is_forgotten, setup, teardown),
		cmocka_unit_test_setup_teardown(is_bounded, setup, teardown),
		cmocka_unit_test_setup_teardown(what_others_are_told, setup,
						teardown),
		cmocka_unit_test_setup_teardown(what_it_learns, setup,
						teardown),
		cmocka_unit_test_setup_teardown(many_threads, setup, teardown),
		cmocka_unit_test_setup_teardown(is_counted, setup, teardown),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
