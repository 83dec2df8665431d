#include "tools/testing/check.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "protocols/buffer.h"
#include "protocols/twiml.h"

#define XML "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n"

static struct buffer out;

static int setup(void **state)
{
	(void)state;
	buffer_init(&out, 256 * 1024);
	return 0;
}

static int teardown(void **state)
{
	(void)state;
	buffer_free(&out);
	return 0;
}

static void check_document(const char *expected, const char *why)
{
	CHECK_EQ(0, buffer_append(&out, "", 1), why);
	CHECK_STR(expected, (const char *)buffer_head(&out), why);
	buffer_consume(&out, out.used);
}

static void test_connect(void **state)
{
	static const struct twiml_parameter parameter[] = {
		{ "tenant", "acme" },
		{ "caller", "+15552223333" },
	};
	struct twiml_stream s = {
		.stream_url = "wss://gw.example.net/twilio/media/k7Q2xV0sTn",
		.action_url = "https://gw.example.net/twilio/after-stream",
		.status_url = "https://gw.example.net/twilio/stream-status",
		.parameter = parameter,
		.parameters = 2,
	};

	(void)state;
	CHECK_EQ(0, twiml_connect_stream(&out, &s), "everything");
	check_document(
		XML
		"<Response><Connect "
		"action=\"https://gw.example.net/twilio/after-stream\">"
		"<Stream url=\"wss://gw.example.net/twilio/media/k7Q2xV0sTn\" "
		"statusCallback=\"https://gw.example.net/twilio/stream-status\">"
		"<Parameter name=\"tenant\" value=\"acme\"/>"
		"<Parameter name=\"caller\" value=\"+15552223333\"/>"
		"</Stream></Connect></Response>\n",
		"everything");
	s = (struct twiml_stream){ .stream_url = "wss://h/m" };
	CHECK_EQ(0, twiml_connect_stream(&out, &s), "the least");
	check_document(XML "<Response><Connect><Stream url=\"wss://h/m\">"
			   "</Stream></Connect></Response>\n",
		       "the least");
}

static void test_short_documents(void **state)
{
	(void)state;
	CHECK_EQ(0, twiml_hangup(&out), "hang up");
	check_document(XML "<Response><Hangup/></Response>\n", "hang up");
	CHECK_EQ(0, twiml_empty(&out), "empty");
	check_document(XML "<Response></Response>\n", "empty");
	CHECK_EQ(0, twiml_reject(&out, "busy"), "reject");
	check_document(XML "<Response><Reject reason=\"busy\"/></Response>\n",
		       "reject");
	CHECK_EQ(0, twiml_reject(&out, NULL), "reject, for Twilio's reason");
	check_document(XML "<Response><Reject/></Response>\n", "reject");
}

static void test_dial(void **state)
{
	static const struct {
		const char *target, *noun;
	} row[] = {
		{ "tel:+15554445555", "<Number>+15554445555</Number>" },
		{ "+15554445555", "<Number>+15554445555</Number>" },
		{ "sip:a@example.com;x=<1>",
		  "<Sip>sip:a@example.com;x=&lt;1&gt;</Sip>" },
		{ "sips:a@example.com", "<Sip>sips:a@example.com</Sip>" },
		{ "client:anna", "<Client>anna</Client>" },
	};
	char expected[512];

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(row); i++) {
		const struct twiml_dial d = {
			.target = row[i].target,
			.ring_s = 25,
			.action_url = "https://gw.example.net/a?b=1&c=2",
		};
		CHECK_EQ(0, twiml_dial(&out, &d), row[i].target);
		snprintf(expected, sizeof(expected),
			 XML "<Response><Dial answerOnBridge=\"true\" "
			     "timeout=\"25\" action=\"https://"
			     "gw.example.net/a?b=1&amp;c=2\">%s</Dial>"
			     "</Response>\n",
			 row[i].noun);
		check_document(expected, row[i].target);
	}
}

static void test_dial_asks_whoever_answers(void **state)
{
	static const struct {
		const char *target, *noun;
	} row[] = {
		{ "tel:+15554445555", "<Number url=\"https://h/w?t=1&amp;u\">"
				      "+15554445555</Number>" },
		{ "sip:a@b",
		  "<Sip url=\"https://h/w?t=1&amp;u\">sip:a@b</Sip>" },
		{ "client:a&b", "<Client url=\"https://h/w?t=1&amp;u\">a&amp;b"
				"</Client>" },
	};
	char expected[512];

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(row); i++) {
		const struct twiml_dial d = {
			.target = row[i].target,
			.ring_s = 7,
			.url = "https://h/w?t=1&u",
		};
		CHECK_EQ(0, twiml_dial(&out, &d), row[i].target);
		snprintf(expected, sizeof(expected),
			 XML "<Response><Dial answerOnBridge=\"true\" "
			     "timeout=\"7\">%s</Dial></Response>\n",
			 row[i].noun);
		check_document(expected, row[i].target);
	}
}

#define GATHER(language)                                                \
	"<Gather numDigits=\"1\" timeout=\"6\" action=\"https://h/k\">" \
	"<Say" language ">A &amp; B &lt;x&gt; &quot;q&quot;</Say></Gather>"

static void test_gather(void **state)
{
	struct twiml_gather g = { .say = "A & B <x> \"q\"",
				  .timeout_s = 6,
				  .times = 2,
				  .action_url = "https://h/k" };

	(void)state;
	CHECK_EQ(0, twiml_gather(&out, &g), "twice");
	check_document(XML "<Response>" GATHER("") GATHER("") "<Hangup/>"
							      "</Response>\n",
		       "then hung up");
	g.language = "de-DE";
	g.times = 1;
	CHECK_EQ(0, twiml_gather(&out, &g), "in a language");
	check_document(
		XML "<Response>" GATHER(" language=\"de-DE\"") "<Hangup/>"
							       "</Response>\n",
		"once");
}

static void test_redirect(void **state)
{
	(void)state;
	CHECK_EQ(0, twiml_redirect(&out, "https://h/b?a=1&b=<"), "redirect");
	check_document(XML "<Response><Redirect method=\"POST\">"
			   "https://h/b?a=1&amp;b=&lt;</Redirect></Response>\n",
		       "redirect");
}

static void test_say_dial(void **state)
{
	(void)state;
	CHECK_EQ(0, twiml_say_dial(&out, "Sorry.", "+15554445555"), "both");
	check_document(XML "<Response><Say>Sorry.</Say>"
			   "<Dial answerOnBridge=\"true\">"
			   "<Number>+15554445555</Number></Dial></Response>\n",
		       "both");
	CHECK_EQ(0, twiml_say_dial(&out, "Sorry.", NULL), "say");
	check_document(XML "<Response><Say>Sorry.</Say><Hangup/></Response>\n",
		       "say");
	CHECK_EQ(0, twiml_say_dial(&out, NULL, "sip:desk@example.net"), "SIP");
	check_document(XML
		       "<Response><Dial answerOnBridge=\"true\">"
		       "<Sip>sip:desk@example.net</Sip></Dial></Response>\n",
		       "SIP");
}

static void test_escapes(void **state)
{
	static const struct {
		const char *text, *xml;
		const char *why;
	} row[] = {
		{ "a&b<c>d\"e'f", "a&amp;b&lt;c&gt;d&quot;e'f", "markup" },
		{ "a\tb\nc\rd", "a&#9;b&#10;c&#13;d",
		  "white space that an attribute would lose" },
		{ "Zo\xc3\xab \xf0\x9f\x98\x80", "Zo\xc3\xab \xf0\x9f\x98\x80",
		  "UTF-8 stays" },
		{ "a\x01\x1f"
		  "b",
		  "a\xef\xbf\xbd\xef\xbf\xbd"
		  "b",
		  "control characters have no place in XML" },
		{ "\xff"
		  "a\xc3",
		  "\xef\xbf\xbd"
		  "a\xef\xbf\xbd",
		  "nor has what is no UTF-8" },
		{ "\"/><Hangup/>", "&quot;/&gt;&lt;Hangup/&gt;",
		  "no way out of an attribute" },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(row); i++) {
		struct twiml_parameter p = { "x", row[i].text };
		struct twiml_stream s = { .stream_url = "wss://h/",
					  .parameter = &p,
					  .parameters = 1 };
		char expected[512];

		snprintf(expected, sizeof(expected),
			 XML "<Response><Connect><Stream url=\"wss://h/\">"
			     "<Parameter name=\"x\" value=\"%s\"/>"
			     "</Stream></Connect></Response>\n",
			 row[i].xml);
		CHECK_EQ(0, twiml_connect_stream(&out, &s), row[i].why);
		check_document(expected, row[i].why);
	}
}

/* 64 kB is the most; what was in the buffer before stays untouched. */
static void test_bounds(void **state)
{
	static char say[64 * 1024];
	static const size_t frame =
		sizeof(XML "<Response><Say></Say><Hangup/></Response>\n") - 1;

	(void)state;
	CHECK_EQ(0, buffer_append(&out, "before", 6), "something before");
	memset(say, 'a', sizeof(say) - 1);
	CHECK_EQ(-ENOBUFS, twiml_say_dial(&out, say, NULL), "too long");
	CHECK_EQ(6, out.used, "taken back");
	say[sizeof(say) - frame + 1] = '\0';
	CHECK_EQ(-ENOBUFS, twiml_say_dial(&out, say, NULL), "one too long");
	say[sizeof(say) - frame] = '\0';
	CHECK_EQ(0, twiml_say_dial(&out, say, NULL), "just 64 kB");
	CHECK_EQ(6 + 64 * 1024, out.used, "just 64 kB");
	buffer_free(&out);
	buffer_init(&out, 60);
	CHECK_EQ(-ENOBUFS, twiml_hangup(&out), "a buffer too small");
	CHECK_EQ(0, out.used, "taken back");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(test_connect, setup, teardown),
		cmocka_unit_test_setup_teardown(test_short_documents, setup,
						teardown),
		cmocka_unit_test_setup_teardown(test_say_dial, setup, teardown),
		cmocka_unit_test_setup_teardown(test_dial, setup, teardown),
		cmocka_unit_test_setup_teardown(test_dial_asks_whoever_answers,
						setup, teardown),
		cmocka_unit_test_setup_teardown(test_gather, setup, teardown),
		cmocka_unit_test_setup_teardown(test_redirect, setup, teardown),
		cmocka_unit_test_setup_teardown(test_escapes, setup, teardown),
		cmocka_unit_test_setup_teardown(test_bounds, setup, teardown),
	};

	return cmocka_run_group_tests_name("twiml", tests, NULL, NULL);
}
