#include "gateway/carriers/twilio_ticket_text.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "gateway/carriers/twilio_tickets.h"
#include "tools/testing/check.h"

#define SECRET "00112233445566778899aabbccddeeff"
#define SID    "CA0123456789abcdef0123456789abcdef"

static void as_the_header_says(void **state)
{
	char text[TWILIO_TICKET_TEXT_MAX];
	struct twilio_ticket k = { .fate = TWILIO_INVITED,
				   .secret = SECRET,
				   .call_sid = SID,
				   .streams = 2,
				   .since_ns = 9223372036854775807ull };

	(void)state;
	CHECK_EQ(strlen("v1 " SECRET " " SID
			" invited 2 9223372036854775807 0 - 0"),
		 twilio_ticket_write(text, &k), "its length");
	CHECK_STR("v1 " SECRET " " SID " invited 2 9223372036854775807 0 - 0",
		  text, "invited");
	k = (struct twilio_ticket){ .fate = TWILIO_CALLER_GONE,
				    .call_sid = SID,
				    .streams = 1,
				    .agent = "sales",
				    .route = 0xfedcba9876543210u,
				    .is_asked = true };
	twilio_ticket_write(text, &k);
	CHECK_STR("v1 - " SID " caller_gone 1 0 1 sales fedcba9876543210", text,
		  "gone");
}

static void good_ones(void **state)
{
	static const struct {
		const char *text;
		enum twilio_fate fate;
		unsigned streams;
		bool has_secret;
		bool is_asked;
		const char *why;
	} row[] = {
		{ "v1 " SECRET " " SID " invited 1 5 0", TWILIO_INVITED, 1,
		  true, false, "one that is good" },
		{ "v1 - " SID " streaming 3 5 0", TWILIO_STREAMING, 3, false,
		  false, "used" },
		{ "v1 - " SID " cut 1 5 1 and more", TWILIO_CUT, 1, false, true,
		  "of a later version" },
	};
	struct twilio_ticket k;

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(row); i++) {
		CHECK_EQ(0,
			 twilio_ticket_read(&k, row[i].text,
					    strlen(row[i].text)),
			 row[i].why);
		CHECK_EQ(row[i].fate, k.fate, row[i].why);
		CHECK_EQ(row[i].streams, k.streams, row[i].why);
		CHECK_EQ(row[i].is_asked, k.is_asked, row[i].why);
		CHECK_STR(row[i].has_secret ? SECRET : "", k.secret,
			  row[i].why);
		CHECK_STR(SID, k.call_sid, row[i].why);
		CHECK_EQ(5, k.since_ns, row[i].why);
		CHECK(k.is_taken, row[i].why);
	}
}

/* The agent and its route are known together, or not at all. */
static void tells_who_answers(void **state)
{
	static const struct {
		const char *rest, *agent;
		uint64_t route;
	} row[] = {
		{ "", "", 0 },
		{ " - 0", "", 0 },
		{ " sales 1f", "sales", 0x1f },
		{ " sales 1f and more", "sales", 0x1f },
		{ " sales", "", 0 },
		{ "  1f", "", 0 },
		{ " sa/les 1f", "", 0 },
		{ " sales x", "", 0 },
		{ " sales 11112222333344445", "", 0 },
	};
	struct twilio_ticket k;
	char text[TWILIO_TICKET_TEXT_MAX];

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(row); i++) {
		strcpy(text, "v1 - " SID " cut 1 5 0");
		strcat(text, row[i].rest);
		CHECK_EQ(0, twilio_ticket_read(&k, text, strlen(text)), text);
		CHECK_STR(row[i].agent, k.agent, text);
		CHECK_EQ(row[i].route, k.route, text);
	}
}

static void bad_ones(void **state)
{
	static const struct {
		const char *text;
		const char *why;
	} row[] = {
		{ "", "nothing" },
		{ "v1", "half of it" },
		{ "v1 - " SID " cut 1 5", "no asked" },
		{ "v2 - " SID " cut 1 5 0", "another version" },
		{ "v1 0 " SID " invited 1 5 0", "a short secret" },
		{ "v1 " SECRET "0 " SID " invited 1 5 0", "a long one" },
		{ "v1 " SECRET " " SID " ended 1 5 0", "used, and good" },
		{ "v1 - CA12 cut 1 5 0", "no SID" },
		{ "v1 - " SID " lost 1 5 0", "no fate" },
		{ "v1 - " SID " cut 0 5 0", "no stream" },
		{ "v1 - " SID " cut 4 5 0", "more than there can be" },
		{ "v1 - " SID " cut -1 5 0", "a sign" },
		{ "v1 - " SID " cut 1 99999999999999999999 0", "too large" },
		{ "v1 - " SID " cut 1 5 2", "neither" },
		{ "v1  - " SID " cut 1 5 0", "an empty field" },
	};
	struct twilio_ticket k;
	char text[TWILIO_TICKET_TEXT_MAX + 1];

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(row); i++)
		CHECK_EQ(-EBADMSG,
			 twilio_ticket_read(&k, row[i].text,
					    strlen(row[i].text)),
			 row[i].why);
	memset(text, 'x', sizeof(text));
	CHECK_EQ(-EBADMSG, twilio_ticket_read(&k, text, sizeof(text)),
		 "longer than a line");
	CHECK_EQ(-EBADMSG, twilio_ticket_read(&k, "v1\0- ", 5), "a NUL");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(as_the_header_says),
		cmocka_unit_test(good_ones),
		cmocka_unit_test(tells_who_answers),
		cmocka_unit_test(bad_ones),
	};
	return cmocka_run_group_tests_name("twilio_ticket_text", tests, NULL,
					   NULL);
}
