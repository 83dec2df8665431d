#include "gateway/carriers/twilio_tickets.h"

#include <errno.h>
#include <stdatomic.h>
#include <stdio.h>
#include <string.h>

#include "tools/testing/check.h"

#define MS 1000000ull

static const uint8_t entropy[2][16] = {
	{ 0x00, 0x01, 0x02, 0x03, 0x04, 0x05, 0x06, 0x07, 0x08, 0x09, 0x0a,
	  0x0b, 0x0c, 0x0d, 0x0e, 0xff },
	{ 0xaa },
};

static struct lines lines;
static const struct twilio_party nobody;

static int issue(struct twilio_tickets *t, const char *sid, int of,
		 uint64_t now_ns, struct twilio_ticket *k)
{
	return twilio_tickets_issue(t, sid, &nobody, entropy[of], now_ns, k);
}

/* On a line, of which there must be one. */
static int issue_seated(struct twilio_tickets *t, const char *sid,
			uint64_t now_ns, struct twilio_ticket *k)
{
	struct twilio_party p = { .number = "+1", .source = "+2" };

	CHECK_EQ(LINES_FREE, lines_take(&lines, p.number, p.source, &p.seat),
		 "a line");
	return twilio_tickets_issue(t, sid, &p, entropy[0], now_ns, k);
}

static unsigned busy(void)
{
	return atomic_load(&lines.busy);
}

static void test_good_once(void **state)
{
	(void)state;
	struct twilio_tickets t;
	struct twilio_ticket k, got;

	assert_int_equal(0, twilio_tickets_init(&t, 4, &lines));
	CHECK_EQ(0, issue(&t, "CA1", 0, 0, &k), "issued");
	CHECK_STR("000102030405060708090a0b0c0d0eff", k.secret,
		  "128 bits in hex");
	CHECK_EQ(-ENOENT, twilio_tickets_redeem(&t, "0", 1, 0, &got),
		 "too short");
	CHECK_EQ(-ENOENT,
		 twilio_tickets_redeem(&t, "f00102030405060708090a0b0c0d0eff",
				       32, 0, &got),
		 "one bit off");
	CHECK_EQ(0, twilio_tickets_redeem(&t, k.secret, 32, 59999 * MS, &got),
		 "within the minute");
	CHECK_STR("CA1", got.call_sid, "for its call");
	CHECK_EQ(-ENOENT,
		 twilio_tickets_redeem(&t, k.secret, 32, 59999 * MS, &got),
		 "only once");
	twilio_tickets_free(&t);
}

static void test_expires(void **state)
{
	(void)state;
	struct twilio_tickets t;
	struct twilio_ticket k, got;

	assert_int_equal(0, twilio_tickets_init(&t, 4, &lines));
	issue(&t, "CA1", 0, 0, &k);
	CHECK_EQ(-ENOENT,
		 twilio_tickets_redeem(&t, k.secret, 32, 60000 * MS, &got),
		 "a minute later");
	twilio_tickets_free(&t);
}

static void test_repeated_webhook(void **state)
{
	(void)state;
	struct twilio_tickets t;
	struct twilio_ticket first, k;

	assert_int_equal(0, twilio_tickets_init(&t, 4, &lines));
	issue(&t, "CA1", 0, 0, &first);
	issue(&t, "CA1", 1, 1, &k);
	CHECK_STR(first.secret, k.secret, "a retry gets the same ticket");
	twilio_tickets_redeem(&t, first.secret, 32, 2, &k);
	twilio_tickets_settle(&t, "CA1", 1, TWILIO_CUT, 3);
	issue(&t, "CA1", 1, 4, &k);
	CHECK(strcmp(first.secret, k.secret) != 0,
	      "a new stream gets a new one");
	CHECK_EQ(2, k.streams, "and they are counted");
	twilio_tickets_settle(&t, "CA1", 1, TWILIO_CUT, 5);
	CHECK_EQ(0, twilio_tickets_find(&t, "CA1", &k), "known");
	CHECK_EQ(TWILIO_INVITED, k.fate,
		 "an end that is noticed late leaves the new ticket good");
	twilio_tickets_free(&t);
}

static void test_the_next_stream(void **state)
{
	(void)state;
	struct twilio_tickets t;
	struct twilio_ticket k;

	assert_int_equal(0, twilio_tickets_init(&t, 4, &lines));
	for (unsigned i = 1; i <= TWILIO_STREAMS_MAX; i++) {
		CHECK_EQ(0,
			 twilio_tickets_reissue(&t, "CA1", &nobody,
						entropy[i % 2], i, &k),
			 "another");
		CHECK_EQ(i, k.streams, "each is a try, opened or not");
	}
	CHECK_EQ(-EDQUOT,
		 twilio_tickets_reissue(&t, "CA1", &nobody, entropy[0], 9, &k),
		 "not for ever");
	twilio_tickets_free(&t);
}

static void test_bounded(void **state)
{
	(void)state;
	struct twilio_tickets t;
	struct twilio_ticket k;
	char sid[8];

	assert_int_equal(0, twilio_tickets_init(&t, 3, &lines));
	for (int i = 0; i < 3; i++) {
		snprintf(sid, sizeof(sid), "CA%d", i % 10);
		issue(&t, sid, 0, i * MS, &k);
		twilio_tickets_redeem(&t, k.secret, 32, i * MS, &k);
	}
	CHECK_EQ(-ENOBUFS, issue(&t, "CA9", 1, 5 * MS, &k),
		 "running calls are never forgotten");
	twilio_tickets_settle(&t, "CA1", 1, TWILIO_ENDED, 6 * MS);
	twilio_tickets_settle(&t, "CA2", 1, TWILIO_ENDED, 7 * MS);
	CHECK_EQ(0, issue(&t, "CA9", 1, 8 * MS, &k),
		 "a finished one makes room");
	CHECK_EQ(-ENOENT, twilio_tickets_find(&t, "CA1", &k),
		 "the oldest of them");
	CHECK_EQ(0, twilio_tickets_find(&t, "CA2", &k), "not the other");
	twilio_tickets_free(&t);
}

/* --- Many workers --- */

#define THREADS 4
#define ROUNDS  2000

static struct twilio_tickets shared;
static uv_barrier_t round_begins;
static char prize[TWILIO_TICKET_LEN]; /* what all want to redeem */
static atomic_uint winners;
static atomic_uint wrong;

static void test_a_line_waits_for_its_socket(void **state)
{
	(void)state;
	static const struct lines_limits limits = { .calls = 8,
						    .per_number = 8,
						    .per_source = 8 };
	struct twilio_tickets t;
	struct twilio_ticket k, got;

	assert_int_equal(0, lines_init(&lines, &limits));
	assert_int_equal(0, twilio_tickets_init(&t, 3, &lines));
	CHECK_EQ(0, issue_seated(&t, "CA1", 0, &k), "invited");
	CHECK(!k.seat.is_taken, "a copy has no line");
	CHECK_EQ(1, busy(), "the call has one");
	CHECK(twilio_tickets_is_invited(&t, "CA1", 1), "as can be asked");
	CHECK_EQ(0, issue_seated(&t, "CA1", 1, &k), "the webhook again");
	CHECK_EQ(1, busy(), "one is enough");
	CHECK_EQ(0, twilio_tickets_redeem(&t, k.secret, 32, 2, &got), "open");
	CHECK(got.seat.is_taken && got.seat.number && got.seat.source,
	      "now it is the socket's");
	CHECK_STR("+1", got.number, "which knows whom");
	CHECK_STR("+2", got.source, "and who");
	CHECK(!twilio_tickets_is_invited(&t, "CA1", 3), "no more");
	CHECK_EQ(0, twilio_tickets_lapse(&t, 3), "none is kept here");
	CHECK_EQ(1, busy(), "but there");
	lines_give(&lines, &got.seat);

	issue_seated(&t, "CA2", 0, &k);
	CHECK_EQ(0, twilio_tickets_lapse(&t, 59999 * MS), "patience");
	CHECK_EQ(1, twilio_tickets_lapse(&t, 60000 * MS), "nobody came");
	CHECK_EQ(0, busy(), "it is free again");
	CHECK_EQ(0, twilio_tickets_lapse(&t, 60000 * MS), "once");

	issue_seated(&t, "CA3", 60000 * MS, &k);
	twilio_tickets_abandon(&t, "CA3", 60001 * MS);
	CHECK_EQ(0, busy(), "the caller gave up");
	CHECK_EQ(-ENOENT,
		 twilio_tickets_redeem(&t, k.secret, 32, 60002 * MS, &got),
		 "and the secret is worth nothing");

	twilio_tickets_settle(&t, "CA1", 1, TWILIO_ENDED, 60003 * MS);
	for (int i = 0; i < 3; i++) {
		char sid[16];
		snprintf(sid, sizeof(sid), "CB%d", i);
		CHECK_EQ(0, issue_seated(&t, sid, 70000 * MS, &k), sid);
	}
	CHECK_EQ(-ENOBUFS, issue_seated(&t, "CB9", 70001 * MS, &k), "full");
	CHECK_EQ(3, busy(), "its line went back");
	CHECK_EQ(0, issue_seated(&t, "CB9", 200000 * MS, &k), "a stale one's");
	CHECK_EQ(3, busy(), "room, and its line");
	twilio_tickets_free(&t);
	lines_free(&lines);
}

/* A call of its own, whose requests and socket come in any order, beside one
 * ticket a round that everybody presents. */
static void work(void *number)
{
	uintptr_t me = (uintptr_t)number;
	uint8_t secret[16] = { (uint8_t)(me + 1) };
	struct twilio_ticket k, got;
	char sid[16];

	for (unsigned i = 0; i < ROUNDS; i++) {
		if (uv_barrier_wait(&round_begins) > 0) {
			issue(&shared, "CAprize", 0, i, &k);
			strcpy(prize, k.secret);
		}
		uv_barrier_wait(&round_begins);
		if (!twilio_tickets_redeem(&shared, prize, 32, i, &got)) {
			atomic_fetch_add(&winners, 1);
			twilio_tickets_settle(&shared, "CAprize", got.streams,
					      TWILIO_CUT, i);
		}
		snprintf(sid, sizeof(sid), "CA%u.%u", (unsigned)me, i % 8);
		secret[1] = (uint8_t)i;
		if (twilio_tickets_issue(&shared, sid, &nobody, secret, i,
					 &k) ||
		    twilio_tickets_redeem(&shared, k.secret, 32, i, &got) ||
		    strcmp(sid, got.call_sid) != 0)
			atomic_fetch_add(&wrong, 1);
		twilio_tickets_settle(&shared, sid, k.streams, TWILIO_ENDED, i);
		if (twilio_tickets_find(&shared, sid, &got) ||
		    got.fate != TWILIO_ENDED)
			atomic_fetch_add(&wrong, 1);
	}
}

static void test_many_workers(void **state)
{
	(void)state;
	uv_thread_t thread[THREADS];

	assert_int_equal(0,
			 twilio_tickets_init(&shared, THREADS * 8 + 1, &lines));
	assert_int_equal(0, uv_barrier_init(&round_begins, THREADS));
	for (uintptr_t i = 0; i < THREADS; i++)
		assert_int_equal(0,
				 uv_thread_create(&thread[i], work, (void *)i));
	for (int i = 0; i < THREADS; i++)
		uv_thread_join(&thread[i]);
	CHECK_EQ(ROUNDS, atomic_load(&winners), "each ticket is good once");
	CHECK_EQ(0, atomic_load(&wrong), "nobody sees another's");
	uv_barrier_destroy(&round_begins);
	twilio_tickets_free(&shared);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_good_once),
		cmocka_unit_test(test_expires),
		cmocka_unit_test(test_repeated_webhook),
		cmocka_unit_test(test_the_next_stream),
		cmocka_unit_test(test_bounded),
		cmocka_unit_test(test_a_line_waits_for_its_socket),
		cmocka_unit_test(test_many_workers),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
