#include "gateway/carriers/twilio_tickets.h"

#include <stdio.h>
#include <string.h>

#include "tools/testing/check.h"

#define MS 1000000ull

static const uint8_t entropy[2][16] = {
	{ 0x00, 0x01, 0x02, 0x03, 0x04, 0x05, 0x06, 0x07, 0x08, 0x09, 0x0a,
	  0x0b, 0x0c, 0x0d, 0x0e, 0xff },
	{ 0xaa },
};

static void test_good_once(void **state)
{
	(void)state;
	struct twilio_tickets t;
	char secret[TWILIO_TICKET_LEN];

	assert_int_equal(0, twilio_tickets_init(&t, 4));
	struct twilio_ticket *k =
		twilio_tickets_issue(&t, "CA1", entropy[0], 0);
	CHECK_STR("000102030405060708090a0b0c0d0eff", k->secret,
		  "128 bits in hex");
	strcpy(secret, k->secret);
	CHECK(!twilio_tickets_redeem(&t, "0", 1, 0), "too short");
	CHECK(!twilio_tickets_redeem(&t, "f00102030405060708090a0b0c0d0eff", 32,
				     0),
	      "one bit off");
	CHECK(twilio_tickets_redeem(&t, secret, 32, 59999 * MS) == k,
	      "within the minute");
	CHECK(!twilio_tickets_redeem(&t, secret, 32, 59999 * MS), "only once");
	twilio_tickets_free(&t);
}

static void test_expires(void **state)
{
	(void)state;
	struct twilio_tickets t;
	char secret[TWILIO_TICKET_LEN];

	assert_int_equal(0, twilio_tickets_init(&t, 4));
	strcpy(secret, twilio_tickets_issue(&t, "CA1", entropy[0], 0)->secret);
	CHECK(!twilio_tickets_redeem(&t, secret, 32, 60000 * MS),
	      "a minute later");
	twilio_tickets_free(&t);
}

static void test_repeated_webhook(void **state)
{
	(void)state;
	struct twilio_tickets t;
	char secret[TWILIO_TICKET_LEN];

	assert_int_equal(0, twilio_tickets_init(&t, 4));
	strcpy(secret, twilio_tickets_issue(&t, "CA1", entropy[0], 0)->secret);
	CHECK_STR(secret,
		  twilio_tickets_issue(&t, "CA1", entropy[1], 1)->secret,
		  "a retry gets the same ticket");
	twilio_tickets_redeem(&t, secret, 32, 2);
	twilio_tickets_settle(&t, "CA1", 1, TWILIO_CUT, 3);
	struct twilio_ticket *k =
		twilio_tickets_issue(&t, "CA1", entropy[1], 4);
	CHECK(strcmp(secret, k->secret) != 0, "a new stream gets a new one");
	CHECK_EQ(2, k->streams, "and they are counted");
	twilio_tickets_settle(&t, "CA1", 1, TWILIO_CUT, 5);
	CHECK_EQ(TWILIO_INVITED, k->fate,
		 "an end that is noticed late leaves the new ticket good");
	twilio_tickets_free(&t);
}

static void test_bounded(void **state)
{
	(void)state;
	struct twilio_tickets t;
	char sid[8];

	assert_int_equal(0, twilio_tickets_init(&t, 3));
	for (int i = 0; i < 3; i++) {
		snprintf(sid, sizeof(sid), "CA%d", i % 10);
		struct twilio_ticket *k =
			twilio_tickets_issue(&t, sid, entropy[0], i * MS);
		twilio_tickets_redeem(&t, k->secret, 32, i * MS);
	}
	CHECK(!twilio_tickets_issue(&t, "CA9", entropy[1], 5 * MS),
	      "running calls are never forgotten");
	twilio_tickets_settle(&t, "CA1", 1, TWILIO_ENDED, 6 * MS);
	twilio_tickets_settle(&t, "CA2", 1, TWILIO_ENDED, 7 * MS);
	CHECK(twilio_tickets_issue(&t, "CA9", entropy[1], 8 * MS),
	      "a finished one makes room");
	CHECK(!twilio_tickets_find(&t, "CA1"), "the oldest of them");
	CHECK(twilio_tickets_find(&t, "CA2"), "not the other");
	twilio_tickets_free(&t);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_good_once),
		cmocka_unit_test(test_expires),
		cmocka_unit_test(test_repeated_webhook),
		cmocka_unit_test(test_bounded),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
