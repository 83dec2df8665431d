#include "tools/testing/check.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "tools/call/phone_twiml.h"

#define HEAD "<?xml version=\"1.0\" encoding=\"UTF-8\"?>"

/* Section 1.3's document. */
static const char connect[] =
	HEAD "\n<Response>\n"
	     "  <Connect action=\"https://gw.example.net/after\" "
	     "method=\"POST\">\n"
	     "    <Stream url=\"wss://gw.example.net/media/k7\" name=\"ai\">\n"
	     "      <Parameter name=\"tenant\" value=\"a &amp; b\"/>\n"
	     "      <Parameter name=\"caller\" value=\"+15552223333\"/>\n"
	     "    </Stream>\n"
	     "  </Connect>\n"
	     "  <Say language=\"en\"> Sorry&#33; </Say><Hangup/>\n"
	     "</Response>";

static void test_reads_verbs(void **state)
{
	struct phone_twiml doc;

	(void)state;
	CHECK_EQ(0, phone_twiml_read(&doc, connect, sizeof(connect) - 1),
		 "the documented document");
	CHECK_EQ(0, doc.warnings, "nothing is wrong with it");
	const struct phone_twiml_element *v = doc.root->child;
	const struct phone_twiml_element *s = phone_twiml_child(v, "Stream");
	CHECK_STR("Connect", v->name, "first verb");
	CHECK_STR("https://gw.example.net/after",
		  phone_twiml_attribute(v, "action", ""), "attribute");
	CHECK_STR("x", phone_twiml_attribute(v, "nope", "x"), "fallback");
	CHECK_STR("wss://gw.example.net/media/k7",
		  phone_twiml_attribute(s, "url", ""), "the noun's");
	CHECK_STR("a & b", phone_twiml_attribute(s->child, "value", ""),
		  "escapes are undone");
	CHECK_STR("caller", phone_twiml_attribute(s->child->next, "name", ""),
		  "second");
	CHECK_STR("Say", v->next->name, "second verb");
	CHECK_STR("Sorry!", v->next->text, "text is trimmed and decoded");
	CHECK_STR("Hangup", v->next->next->name, "third verb");
	CHECK(!v->next->next->next, "and no more");
	phone_twiml_free(&doc);
}

static void test_refuses(void **state)
{
	static const struct {
		const char *text, *why;
	} row[] = {
		{ "", "nothing" },
		{ "\n" HEAD "<Response/>", "a byte before the declaration" },
		{ "<Response>", "not closed" },
		{ "<Response><Say>x</Response>", "wrongly nested" },
		{ "<Response><Say a=1/></Response>", "unquoted attribute" },
		{ "<Response><Redirect>a?b&c</Redirect></Response>",
		  "an ampersand that is not escaped" },
		{ "<response/>", "names are case-sensitive" },
		{ "<Response/><Response/>", "two roots" },
		{ "<!DOCTYPE x [<!ENTITY a \"b\">]><Response>&a;</Response>",
		  "entities of its own" },
		{ "<Response><a><b><c><d><e><f><g><h/></g></f></e></d></c></b>"
		  "</a></Response>",
		  "nested too deeply" },
		{ "{\"error\":\"x\"}", "JSON" },
	};
	struct phone_twiml doc;

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(row); i++) {
		CHECK_EQ(-EBADMSG,
			 phone_twiml_read(&doc, row[i].text,
					  strlen(row[i].text)),
			 row[i].why);
		CHECK_EQ(1, doc.warnings, row[i].why);
		CHECK_EQ(12100, doc.warning[0].code, row[i].why);
	}
}

static void test_refuses_long(void **state)
{
	struct phone_twiml doc;
	char *text = malloc(PHONE_TWIML_MAX + 1);

	(void)state;
	memset(text, ' ', PHONE_TWIML_MAX + 1);
	memcpy(text, "<Response/>", 11);
	CHECK_EQ(0, phone_twiml_read(&doc, text, PHONE_TWIML_MAX), "64 kB fit");
	phone_twiml_free(&doc);
	CHECK_EQ(-EBADMSG, phone_twiml_read(&doc, text, PHONE_TWIML_MAX + 1),
		 "one more does not");
	CHECK_EQ(11750, doc.warning[0].code, "Twilio's code for it");
	free(text);
}

static void test_warns(void **state)
{
	static const struct {
		const char *text;
		size_t warnings;
		const char *why;
	} row[] = {
		{ "<Connect><Stream/></Connect>", 1, "url is required" },
		{ "<Connect><Stream url='a' URL='b'/></Connect>", 1,
		  "attributes are case-sensitive" },
		{ "<Connect method='PUT'><Stream url='a'/></Connect>", 1,
		  "method is POST or GET" },
		{ "<Connect><Stream url='a' track='both'/></Connect>", 1,
		  "track has three values" },
		{ "<Connect><Stream url='a' audioFormat='x'/></Connect>", 1,
		  "undocumented attributes are not emitted" },
		{ "<Connect/>", 1, "a noun is required" },
		{ "<Connect><Stream url='a'/><Stream url='b'/></Connect>", 1,
		  "one noun" },
		{ "<Stream url='a'/>", 1, "a noun is no verb" },
		{ "<Shout>x</Shout>", 1, "unknown verb" },
		{ "<Pause/><Reject/>", 1, "Reject comes first" },
		{ "<Reject reason='tired'/>", 1, "reasons are fixed" },
		{ "<Connect><Stream url='a'><Parameter value='x'/></Stream>"
		  "</Connect>",
		  1, "a parameter has a name" },
		{ "<Dial timeout='25' action='/a'><Number url='/w'>+1</Number>"
		  "</Dial>",
		  0, "a transfer" },
		{ "<Play digits='1w2'/><Pause length='2'/><Redirect "
		  "method='GET'>/x</Redirect>",
		  0, "the other verbs" },
	};
	struct phone_twiml doc;
	char text[512];

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(row); i++) {
		int n = snprintf(text, sizeof(text), "<Response>%s</Response>",
				 row[i].text);

		CHECK_EQ(0, phone_twiml_read(&doc, text, (size_t)n),
			 row[i].why);
		CHECK_EQ(row[i].warnings, doc.warnings, row[i].why);
		if (row[i].warnings)
			CHECK_EQ(12200, doc.warning[0].code, row[i].why);
		phone_twiml_free(&doc);
	}
}

static size_t warnings_for_parameter(size_t value_len)
{
	struct phone_twiml doc;
	char value[600], text[900];

	memset(value, 'v', sizeof(value));
	int n = snprintf(text, sizeof(text),
			 "<Response><Connect><Stream url='a'><Parameter "
			 "name='abcd' value='%.*s'/></Stream></Connect>"
			 "</Response>",
			 (int)value_len, value);
	CHECK_EQ(0, phone_twiml_read(&doc, text, (size_t)n), "it is read");
	phone_twiml_free(&doc);
	return doc.warnings;
}

static void test_parameters(void **state)
{
	struct phone_twiml doc;
	char text[8192] = "<Response><Connect><Stream url='a'>";

	(void)state;
	CHECK_EQ(0, warnings_for_parameter(495), "499 characters are allowed");
	CHECK_EQ(1, warnings_for_parameter(496), "500 are not");
	for (int i = 0; i < 100; i++)
		strcat(text, "<Parameter name='n' value='v'/>");
	strcat(text, "</Stream></Connect></Response>");
	CHECK_EQ(0, phone_twiml_read(&doc, text, strlen(text)), "it is read");
	CHECK_EQ(1, doc.warnings, "100 parameters are one too many");
	phone_twiml_free(&doc);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_reads_verbs),
		cmocka_unit_test(test_refuses),
		cmocka_unit_test(test_refuses_long),
		cmocka_unit_test(test_warns),
		cmocka_unit_test(test_parameters),
	};

	return cmocka_run_group_tests_name("phone_twiml", tests, NULL, NULL);
}
