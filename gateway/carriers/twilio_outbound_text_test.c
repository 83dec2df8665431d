#include "gateway/carriers/twilio_outbound_text.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "gateway/carriers/twilio_outbound.h"
#include "tools/testing/check.h"

#define TOKEN "00112233445566778899aabbccddeeff"
#define SID   "CA0123456789abcdef0123456789abcdef"

static struct twilio_outbound_news n;
static char text[TWILIO_OUTBOUND_LINE_MAX + 1];

static void as_the_header_says(void **state)
{
	(void)state;
	n = (struct twilio_outbound_news){
		.token = TOKEN,
		.since_ns = 9223372036854775807ull,
		.call = { .agent = "sales", .text = "name\0Ada", .len = 9 },
	};
	CHECK_EQ(strlen("p1 placed " TOKEN " - 9223372036854775807 sales "
			"bmFtZQBBZGEA"),
		 twilio_outbound_write(text, &n), "its length");
	CHECK_STR("p1 placed " TOKEN
		  " - 9223372036854775807 sales bmFtZQBBZGEA",
		  text, "placed");
	strcpy(n.call_sid, SID);
	n.is_gone = true;
	twilio_outbound_write(text, &n);
	CHECK_STR("p1 gone " TOKEN " " SID " 0 - -", text, "gone");
	n = (struct twilio_outbound_news){ .token = TOKEN, .since_ns = 5 };
	twilio_outbound_write(text, &n);
	CHECK_STR("p1 placed " TOKEN " - 5 - -", text, "as little as there is");
}

static void good_ones(void **state)
{
	static const struct {
		const char *text;
		bool is_gone;
		const char *sid, *agent, *name;
	} row[] = {
		{ "p1 placed " TOKEN " " SID " 5 sales bmFtZQBBZGEA", false,
		  SID, "sales", "name" },
		{ "p1 placed " TOKEN " - 5 - -", false, "", "", NULL },
		{ "p1 placed " TOKEN " - 5 a.b_c-1 - and more", false, "",
		  "a.b_c-1", NULL },
		{ "p1 gone " TOKEN " " SID " 0 - -", true, SID, "", NULL },
		{ "p1 gone " TOKEN " - of a later version", true, "", "",
		  NULL },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(row); i++) {
		CHECK_EQ(0,
			 twilio_outbound_read(&n, row[i].text,
					      strlen(row[i].text)),
			 row[i].text);
		CHECK_EQ(row[i].is_gone, n.is_gone, row[i].text);
		CHECK_STR(TOKEN, n.token, row[i].text);
		CHECK_STR(row[i].sid, n.call_sid, row[i].text);
		CHECK_STR(row[i].agent, n.call.agent, row[i].text);
		CHECK_EQ(row[i].is_gone ? 0 : 5, n.since_ns, row[i].text);
		const char *name = twilio_outbound_next(&n.call, NULL);
		CHECK_STR(row[i].name ? row[i].name : "", name ? name : "",
			  row[i].text);
	}
}

static void bad_ones(void **state)
{
	static const char *const row[] = {
		"",
		"p1",
		"v1 placed " TOKEN " - 5 - -",
		"p2 placed " TOKEN " - 5 - -",
		"p1 lost " TOKEN " - 5 - -",
		"p1 placed " TOKEN " - 5 -",
		"p1 placed 0011 - 5 - -",
		"p1 placed " TOKEN "0 - 5 - -",
		"p1 placed 0011223344556677889900112233445X - 5 - -",
		"p1 placed " TOKEN " CA12 5 - -",
		"p1 placed " TOKEN " - -5 - -",
		"p1 placed " TOKEN " -  - -",
		"p1 placed " TOKEN " - 9223372036854775808 - -",
		"p1 placed " TOKEN " - 5 a/b -",
		"p1 placed " TOKEN " - 5  -",
		"p1 placed " TOKEN " - 5 aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa"
		"aaaaaaaaaaaaaaaaaaaaaaaaaaa -",
		"p1 placed " TOKEN " - 5 - ",
		"p1 placed " TOKEN " - 5 - bmFtZQBBZGEA=",
		/* "name", no end; one text; not UTF-8 */
		"p1 placed " TOKEN " - 5 - bmFtZQ==",
		"p1 placed " TOKEN " - 5 - bmFtZQA=",
		"p1 placed " TOKEN " - 5 - /wBhAA==",
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(row); i++)
		CHECK_EQ(-EBADMSG,
			 twilio_outbound_read(&n, row[i], strlen(row[i])),
			 row[i]);
	memset(text, 'x', sizeof(text));
	CHECK_EQ(-EBADMSG, twilio_outbound_read(&n, text, sizeof(text)),
		 "longer than a line");
	CHECK_EQ(-EBADMSG, twilio_outbound_read(&n, "p1\0", 3), "a NUL");
}

/* As much as a request may hold, and one variable more than it may. */
static void the_largest(void **state)
{
	static struct twilio_outbound_news most, again;

	(void)state;
	memset(&most, 0, sizeof(most));
	memcpy(most.token, TOKEN, sizeof(most.token));
	memcpy(most.call_sid, SID, sizeof(SID));
	memset(most.call.agent, 'a', sizeof(most.call.agent) - 1);
	most.since_ns = INT64_MAX;
	memset(most.call.text, 'v', sizeof(most.call.text));
	most.call.len = sizeof(most.call.text);
	most.call.text[10] = most.call.text[most.call.len - 1] = '\0';
	size_t len = twilio_outbound_write(text, &most);
	CHECK(len < TWILIO_OUTBOUND_LINE_MAX, "it has room");
	CHECK_EQ(0, twilio_outbound_read(&again, text, len), "and is read");
	CHECK(memcmp(&most, &again, sizeof(most)) == 0, "as it was");
	for (size_t i = 0; i < TWILIO_OUTBOUND_VARIABLES; i++)
		memcpy(&most.call.text[4 * i], "a\0b", 4);
	most.call.len = (size_t)4 * TWILIO_OUTBOUND_VARIABLES;
	len = twilio_outbound_write(text, &most);
	CHECK_EQ(0, twilio_outbound_read(&again, text, len), "all of them");
	memcpy(&most.call.text[most.call.len], "a\0b", 4);
	most.call.len += 4;
	len = twilio_outbound_write(text, &most);
	CHECK_EQ(-EBADMSG, twilio_outbound_read(&again, text, len),
		 "one too many");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(as_the_header_says),
		cmocka_unit_test(good_ones),
		cmocka_unit_test(bad_ones),
		cmocka_unit_test(the_largest),
	};
	return cmocka_run_group_tests_name("twilio_outbound_text", tests, NULL,
					   NULL);
}
