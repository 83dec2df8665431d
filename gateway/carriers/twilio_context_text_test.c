#include "gateway/carriers/twilio_context_text.h"

#include <errno.h>
#include <string.h>

#include "gateway/carriers/twilio_contexts.h"
#include "tools/testing/check.h"

#define SID   "CA0123456789abcdef0123456789abcdef"
#define START "c1 {\"call\":\"" SID "\",\"stream\":2,"
#define REST  "\"agent\":\"sales\",\"words\":\"hm\",\"variables\":"

static struct twilio_context_news n;
static char text[TWILIO_CONTEXT_LINE_MAX];

static struct twilio_context *context(const char *words)
{
	struct twilio_context *c = twilio_context_new(SID, 2);

	CHECK(c, "memory");
	strcpy(c->agent, "sales");
	strcpy(c->words, words);
	return c;
}

static void as_the_header_says(void **state)
{
	struct twilio_context *c = context("caller: \"hm\"\n");
	const char *wanted =
		START "\"since\":9223372036854775807,\"agent\":\"sales\","
		      "\"words\":\"caller: \\\"hm\\\"\\n\",\"variables\":"
		      "{\"caller\":\"+33170000001\",\"name\":\"\"}}";

	(void)state;
	call_variables_set(&c->variables, "caller", "+33170000001");
	call_variables_set(&c->variables, "name", "");
	n = (struct twilio_context_news){ false, INT64_MAX, c };
	CHECK_EQ(strlen(wanted), twilio_context_write(text, &n), "its length");
	CHECK_STR(wanted, text, "known");
	n.is_gone = true;
	twilio_context_write(text, &n);
	CHECK_STR("c1 {\"call\":\"" SID "\",\"stream\":2,\"gone\":true}", text,
		  "gone");
	n.is_gone = false;
	strcpy(c->words, "\xff");
	CHECK_EQ(0, twilio_context_write(text, &n), "not UTF-8");
	twilio_context_drop(c);
}

static void good_ones(void **state)
{
	static const struct {
		const char *text, *name, *value;
		unsigned count;
	} row[] = {
		{ START "\"since\":5," REST "{}}", "a", "", 0 },
		{ START "\"since\":5," REST "{\"a\":\"\\u00e9\",\"b\":\"\"},"
			"\"more\":{}}",
		  "a", "\xc3\xa9", 2 },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(row); i++) {
		const char *line = row[i].text;
		CHECK_EQ(0, twilio_context_read(&n, line, strlen(line)), line);
		CHECK(!n.is_gone, line);
		CHECK_EQ(5, n.since_ns, line);
		CHECK_STR(SID, n.context->call_sid, line);
		CHECK_EQ(2, n.context->stream, line);
		CHECK_STR("sales", n.context->agent, line);
		CHECK_STR("hm", n.context->words, line);
		CHECK_EQ(row[i].count, n.context->variables.count, line);
		const char *value =
			call_variables_get(&n.context->variables, row[i].name);
		CHECK_STR(row[i].value, value ? value : "", line);
		twilio_context_drop(n.context);
	}
	const char *gone = START "\"gone\":true,\"since\":[]}";
	CHECK_EQ(0, twilio_context_read(&n, gone, strlen(gone)), gone);
	CHECK(n.is_gone, gone);
	CHECK_EQ(2, n.context->stream, gone);
	twilio_context_drop(n.context);
}

static void bad_ones(void **state)
{
	static const char *const row[] = {
		"",
		"c1",
		"c1 ",
		"c2 {\"call\":\"" SID "\",\"stream\":2,\"gone\":true}",
		START "\"gone\":true",
		START "\"gone\":true}}",
		START "\"gone\":1}",
		START "\"stream\":2,\"gone\":true}",
		START "\"since\":5}",
		"c1 {\"call\":\"CA1\",\"stream\":2,\"gone\":true}",
		"c1 {\"call\":\"" SID "\",\"stream\":0,\"gone\":true}",
		"c1 {\"call\":\"" SID "\",\"stream\":\"2\",\"gone\":true}",
		START "\"since\":-1," REST "{}}",
		START "\"since\":5," REST "[]}",
		START "\"since\":5," REST "{\"a\":1}}",
		START "\"since\":5," REST "{\"\":\"a\"}}",
		START "\"since\":5,\"agent\":\"a/b\",\"words\":\"\","
		      "\"variables\":{}}",
		START "\"since\":5,\"agent\":\"a\",\"words\":\"\xff\","
		      "\"variables\":{}}",
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(row); i++) {
		CHECK_EQ(-EBADMSG,
			 twilio_context_read(&n, row[i], strlen(row[i])),
			 row[i]);
		CHECK(!n.context, row[i]);
	}
}

static void fill(struct twilio_context *c, char with)
{
	char value[CALL_VARIABLE_VALUE_MAX], name[4] = "v0";

	memset(c->words, with, sizeof(c->words) - 1);
	memset(value, with, sizeof(value) - 1);
	value[sizeof(value) - 1] = '\0';
	for (; call_variables_set(&c->variables, name, value) == 0; name[1]++)
		;
}

/* As much as a call may have; and that where every character is escaped. */
static void the_longest(void **state)
{
	static char longer[TWILIO_CONTEXT_LINE_MAX + 64];
	struct twilio_context *c = context("");

	(void)state;
	fill(c, '"');
	n = (struct twilio_context_news){ false, 5, c };
	size_t len = twilio_context_write(text, &n);
	CHECK(len > 20000, "it is told");
	CHECK_EQ(0, twilio_context_read(&n, text, len), "and understood");
	CHECK_STR(c->words, n.context->words, "what was said");
	CHECK_EQ(c->variables.count, n.context->variables.count, "all of them");
	twilio_context_drop(n.context);
	const char *words = strstr(text, "\"words\":\"") + 9;
	memcpy(longer, text, (size_t)(words - text));
	longer[words - text] = 'x';
	strcpy(longer + (words - text) + 1, words);
	CHECK_EQ(-EBADMSG, twilio_context_read(&n, longer, len + 1),
		 "a character too long");
	twilio_context_drop(c);
	c = context("");
	fill(c, '\x01');
	n = (struct twilio_context_news){ false, 5, c };
	CHECK_EQ(0, twilio_context_write(text, &n), "too long when escaped");
	twilio_context_drop(c);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(as_the_header_says),
		cmocka_unit_test(good_ones),
		cmocka_unit_test(bad_ones),
		cmocka_unit_test(the_longest),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
