#include "tools/testing/check.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "gateway/outbound_request.h"

static char why[OUTBOUND_WHY_MAX];
static struct outbound_request got;

static int reads(const char *text)
{
	return outbound_request_read(&got, text, strlen(text), why);
}

static void takes_all_of_it(void **state)
{
	(void)state;
	CHECK_EQ(0,
		 reads("{\"number\":\"+41791234567\",\"agent\":\"sales\","
		       "\"from\":\"+41445556677\","
		       "\"account\":\"AC0123456789abcdef0123456789abcdef\","
		       "\"variables\":{\"name\":\"Ada\",\"visits\":3,"
		       "\"is_new\":false}}"),
		 "all fields");
	CHECK_STR("+41791234567", got.number, "number");
	CHECK_STR("sales", got.call.agent, "agent");
	CHECK_STR("+41445556677", got.from, "from");
	CHECK_STR("AC0123456789abcdef0123456789abcdef", got.account, "account");
	const char *name = twilio_outbound_next(&got.call, NULL);
	CHECK_STR("name", name, "a name");
	CHECK_STR("Ada", name + 5, "a text");
	name = twilio_outbound_next(&got.call, name);
	CHECK_STR("3", name + strlen(name) + 1, "a number");
	name = twilio_outbound_next(&got.call, name);
	CHECK_STR("false", name + strlen(name) + 1, "a boolean");
	CHECK(!twilio_outbound_next(&got.call, name), "no more");
}

static void takes_a_number_alone(void **state)
{
	(void)state;
	CHECK_EQ(0, reads("{\"number\":\"+4179123\"}"), "enough");
	CHECK_STR("", got.call.agent, "no agent");
	CHECK_STR("", got.from, "no from");
	CHECK_EQ(0, got.call.len, "no variables");
}

static void says_what_is_wrong(void **state)
{
	static const struct {
		const char *text, *words;
	} row[] = {
		{ "", "JSON object" },
		{ "[]", "JSON object" },
		{ "{\"number\":", "JSON object" },
		{ "{}", "number is missing" },
		{ "{\"number\":41791234567}", "number must be" },
		{ "{\"number\":\"0791234567\"}", "number must be" },
		{ "{\"number\":\"+0791234567\"}", "number must be" },
		{ "{\"number\":\"+41 79 123\"}", "number must be" },
		{ "{\"number\":\"+123456\"}", "number must be" },
		{ "{\"number\":\"+1234567890123456\"}", "number must be" },
		{ "{\"number\":\"sip:a@example.com\"}", "number must be" },
		{ "{\"number\":\"+4179123\",\"number\":\"+4179124\"}",
		  "JSON object" },
		{ "{\"number\":\"+4179123\",\"from\":\"x\"}", "from must be" },
		{ "{\"number\":\"+4179123\",\"account\":\"AC1\"}",
		  "account must be" },
		{ "{\"number\":\"+4179123\",\"agent\":\"\"}", "agent must be" },
		{ "{\"number\":\"+4179123\",\"agent\":\"a b\"}",
		  "agent must be" },
		{ "{\"number\":\"+4179123\",\"to\":\"x\"}", "nothing else" },
		{ "{\"number\":\"+4179123\",\"variables\":[]}",
		  "must be an object" },
		{ "{\"number\":\"+4179123\",\"variables\":{\"a b\":\"\"}}",
		  "a name must be" },
		{ "{\"number\":\"+4179123\",\"variables\":{\"caller\":\"\"}}",
		  "a name must be" },
		{ "{\"number\":\"+4179123\",\"variables\":"
		  "{\"tandem-returned\":\"busy\"}}",
		  "a name must be" },
		{ "{\"number\":\"+4179123\",\"variables\":{\"a\":null}}",
		  "variables.a must be" },
		{ "{\"number\":\"+4179123\",\"variables\":{\"a\":\"b\\nc\"}}",
		  "variables.a must be" },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(row); i++) {
		why[0] = '\0';
		CHECK_EQ(-EINVAL, reads(row[i].text), row[i].text);
		CHECK(strstr(why, row[i].words), why);
	}
}

static size_t write_variables(char *text, unsigned n, unsigned len)
{
	size_t at = (size_t)sprintf(text, "{\"number\":\"+4179123\","
					  "\"variables\":{");

	for (unsigned i = 0; i < n; i++)
		at += (size_t)sprintf(text + at, "%s\"v%02u\":\"%0*u\"",
				      i ? "," : "", i, (int)len, 7u);
	return at + (size_t)sprintf(text + at, "}}");
}

static void is_bounded(void **state)
{
	static char text[65536];
	static const struct {
		unsigned variables, len;
		int result;
		const char *what;
	} row[] = {
		{ TWILIO_OUTBOUND_VARIABLES, 100, 0, "as many as may be" },
		{ TWILIO_OUTBOUND_VARIABLES + 1, 1, -EINVAL, "one more" },
		{ 1, 496, 0, "as long as may be" },
		{ 1, 497, -EINVAL, "longer" },
		{ 9, 490, -EINVAL, "too much together" },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(row); i++) {
		size_t n = write_variables(text, row[i].variables, row[i].len);
		CHECK_EQ(row[i].result,
			 outbound_request_read(&got, text, n, why),
			 row[i].what);
	}
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(takes_all_of_it),
		cmocka_unit_test(takes_a_number_alone),
		cmocka_unit_test(says_what_is_wrong),
		cmocka_unit_test(is_bounded),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
