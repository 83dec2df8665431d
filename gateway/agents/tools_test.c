#include "gateway/agents/tools.h"

#include <errno.h>
#include <jansson.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "gateway/ops/config.h"
#include "tools/testing/check.h"

#define ALL                                                  \
	(CONFIG_TOOL_END_CALL | CONFIG_TOOL_TRANSFER_CALL |  \
	 CONFIG_TOOL_SEND_DTMF | CONFIG_TOOL_SEND_METADATA | \
	 CONFIG_TOOL_RECORD_CALL)

static struct config config;
static struct tools tools;
static bool is_warm; /* the second target */

static void open_with(unsigned bits, unsigned targets)
{
	memset(&config, 0, sizeof(config));
	config.agent.tools = bits;
	config.transfer.target_count = targets;
	strcpy(config.transfer.targets[0].name, "sales");
	strcpy(config.transfer.targets[0].to, "tel:+33180000100");
	strcpy(config.transfer.targets[1].name, "support");
	strcpy(config.transfer.targets[1].to, "sip:help@example.net");
	config.transfer.targets[1].warm = is_warm;
	char why[256];
	assert_int_equal(0, tools_init(&tools, &config, &config.agent, why,
				       sizeof(why)));
}

static int open_all(void **state)
{
	(void)state;
	open_with(ALL, 2);
	return 0;
}

static int close_all(void **state)
{
	(void)state;
	tools_free(&tools);
	return 0;
}

static void only_what_is_configured_is_offered(void **state)
{
	static const struct {
		unsigned bits, targets;
		const char *offered, *why;
	} row[] = {
		{ ALL, 2,
		  "end_call transfer_call send_dtmf send_metadata record_call ",
		  "everything" },
		{ ALL, 0, "end_call send_dtmf send_metadata record_call ",
		  "nobody to put through to" },
		{ CONFIG_TOOL_END_CALL, 2, "end_call ", "the default" },
		{ 0, 2, "", "none" },
	};

	for (size_t i = 0; i < ARRAY_LEN(row); i++) {
		char names[200] = "";

		close_all(state);
		open_with(row[i].bits, row[i].targets);
		for (size_t n = 0; n < tools.count; n++) {
			json_t *schema =
				json_loads(tools.offered[n].parameters,
					   JSON_REJECT_DUPLICATES, NULL);
			strcat(strcat(names, tools.offered[n].name), " ");
			CHECK(json_is_object(schema), "a schema is an object");
			CHECK(tools.offered[n].description[0], "described");
			json_decref(schema);
		}
		CHECK_STR(row[i].offered, names, row[i].why);
	}
}

static void the_model_picks_targets_by_name(void **state)
{
	(void)state;
	CHECK_STR("{\"type\":\"object\",\"properties\":{\"target\":{\"type\":"
		  "\"string\",\"enum\":[\"sales\",\"support\"]},\"reason\":{"
		  "\"type\":\"string\",\"description\":\"Why, in a few words, "
		  "for the records.\"}},\"required\":[\"target\"]}",
		  tools.offered[1].parameters, "and sees no numbers");
}

static void a_warm_target_is_told_what_it_is_about(void **state)
{
	static const struct {
		const char *arguments, *answer, *why;
	} row[] = {
		{ "{\"target\":\"support\"}",
		  "{\"error\":\"summary is missing: support is told who calls "
		  "and what for before taking the call\"}",
		  "none" },
		{ "{\"target\":\"support\",\"summary\":\" \\n\"}",
		  "{\"error\":\"summary is missing: support is told who calls "
		  "and what for before taking the call\"}",
		  "nothing in it" },
		{ "{\"target\":\"support\",\"summary\":7}",
		  "{\"error\":\"summary is missing: support is told who calls "
		  "and what for before taking the call\"}",
		  "no text" },
		{ "{\"target\":\"support\",\"summary\":\"\xff\"}",
		  "{\"error\":\"the arguments must be a JSON object of at most "
		  "16384 bytes of UTF-8\"}",
		  "no UTF-8" },
		{ "{\"target\":\"support\",\"summary\":\"\\ud800\"}",
		  "{\"error\":\"the arguments must be a JSON object of at most "
		  "16384 bytes of UTF-8\"}",
		  "half a character" },
	};
	char error[TOOLS_ERROR_MAX], text[1024];
	struct call_request r;

	close_all(state);
	is_warm = true;
	open_with(CONFIG_TOOL_TRANSFER_CALL, 2);
	is_warm = false;
	CHECK(strstr(tools.offered[0].parameters,
		     "It is required for these targets: support\""),
	      "the model knows where");
	for (size_t i = 0; i < ARRAY_LEN(row); i++) {
		CHECK_EQ(-EINVAL,
			 tools_read(&tools, "transfer_call", row[i].arguments,
				    &r, error, sizeof(error)),
			 row[i].why);
		CHECK_STR(row[i].answer, error, row[i].why);
	}
	snprintf(text, sizeof(text),
		 "{\"target\":\"support\",\"summary\":\"%0*d\"}",
		 CALL_SUMMARY_MAX, 0);
	CHECK_EQ(-EINVAL,
		 tools_read(&tools, "transfer_call", text, &r, error,
			    sizeof(error)),
		 "too long");
	CHECK_STR("{\"error\":\"summary is too long to be told on the "
		  "telephone: at most 600 bytes\"}",
		  error, "by how much");
	CHECK_EQ(0,
		 tools_read(&tools, "transfer_call",
			    "{\"target\":\"support\",\"summary\":\"A & "
			    "<B>\\u0007 \xc3\xa9\"}",
			    &r, error, sizeof(error)),
		 "taken");
	CHECK_STR("A & <B>  \xc3\xa9", r.data, "without what cannot be said");
	CHECK(r.is_warm, "who answers is asked");
	free(r.data);
	CHECK_EQ(0,
		 tools_read(&tools, "transfer_call",
			    "{\"target\":\"sales\",\"summary\":\"x\"}", &r,
			    error, sizeof(error)),
		 "the other one");
	CHECK(!r.data && !r.is_warm, "is told nothing");
}

static const char *described(const struct call_request *r)
{
	static const char *const kind[] = { "end", "transfer", "keys",
					    "metadata", "recording" };
	static char text[5000];

	snprintf(text, sizeof(text), "%s %d|%s|%s|%s|%s", kind[r->kind],
		 (int)r->recording, r->reason, r->target, r->digits,
		 r->data ? r->data : "-");
	return text;
}

static void what_calls_mean(void **state)
{
	static const struct {
		const char *name, *arguments, *request, *why;
	} row[] = {
		{ "end_call", "{\"reason\":\"all said\"}", "end 0|all said|||-",
		  "a reason" },
		{ "end_call", "{}", "end 0||||-", "none" },
		{ "end_call", "", "end 0||||-", "not even an object" },
		{ "end_call", "{\"reas", "end 0||||-",
		  "broken: the call ends all the same" },
		{ "end_call", "[1]", "end 0||||-", "likewise" },
		{ "end_call", "{\"reason\":7}", "end 0||||-",
		  "a reason that is none" },
		{ "end_call", "{\"reason\":\"a\\r\\nX-Evil: b\\u007f\"}",
		  "end 0|a  X-Evil: b |||-", "no line of its own" },
		{ "transfer_call", "{\"target\":\"support\"}",
		  "transfer 0||sip:help@example.net||-", "by name" },
		{ "transfer_call",
		  "{\"reason\":\"an invoice\",\"target\":\"sales\"}",
		  "transfer 0|an invoice|tel:+33180000100||-", "and why" },
		{ "send_dtmf", "{\"digits\":\"0123456789*#\"}",
		  "keys 0|||0123456789*#|-", "every key" },
		{ "send_dtmf", "{\"digits\":\"12345678901234567890\"}",
		  "keys 0|||12345678901234567890|-", "twenty" },
		{ "send_metadata",
		  "{\"data\": {\"ticket\": \"A-1\", \"n\": [1, null]}}",
		  "metadata 0||||{\"ticket\":\"A-1\",\"n\":[1,null]}",
		  "an object" },
		{ "send_metadata", "{\"data\":{}}", "metadata 0||||{}",
		  "an empty one" },
		{ "record_call", "{\"action\":\"start\"}", "recording 0||||-",
		  "start" },
		{ "record_call", "{\"action\":\"stop\"}", "recording 1||||-",
		  "stop" },
		{ "record_call", "{\"action\":\"pause\"}", "recording 2||||-",
		  "pause" },
		{ "record_call", "{\"action\":\"resume\",\"x\":1}",
		  "recording 3||||-", "resume, and a member too many" },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(row); i++) {
		struct call_request r;
		char error[TOOLS_ERROR_MAX];

		CHECK_EQ(0,
			 tools_read(&tools, row[i].name, row[i].arguments, &r,
				    error, sizeof(error)),
			 row[i].why);
		CHECK_STR(row[i].request, described(&r), row[i].why);
		free(r.data);
	}
}

#define DIGITS "{\"error\":\"digits must be 1 to 20 of 0-9 * #\"}"
#define OBJECT                                                         \
	"{\"error\":\"the arguments must be a JSON object of at most " \
	"16384 bytes of UTF-8\"}"
#define ACTION "{\"error\":\"action must be start, stop, pause or resume\"}"

static void what_the_model_is_told(void **state)
{
	static const struct {
		const char *name, *arguments;
		int err;
		const char *error, *why;
	} row[] = {
		{ "lookup", "{}", -ENOENT,
		  "{\"error\":\"there is no function \\\"lookup\\\"\"}",
		  "unknown" },
		{ "", "{}", -ENOENT,
		  "{\"error\":\"there is no function \\\"\\\"\"}", "no name" },
		{ "transfer_call", "{\"target\":\"x\"}", -EINVAL,
		  "{\"error\":\"there is no target \\\"x\\\"; known: sales, "
		  "support\"}",
		  "nobody of that name" },
		{ "transfer_call", "{\"target\":\"tel:+33180000100\"}", -EINVAL,
		  "{\"error\":\"there is no target \\\"tel:+33180000100\\\"; "
		  "known: sales, support\"}",
		  "a number is no name" },
		{ "transfer_call", "{}", -EINVAL,
		  "{\"error\":\"there is no target \\\"\\\"; known: sales, "
		  "support\"}",
		  "nobody" },
		{ "send_dtmf", "{}", -EINVAL, DIGITS, "none" },
		{ "send_dtmf", "{\"digits\":\"\"}", -EINVAL, DIGITS, "empty" },
		{ "send_dtmf", "{\"digits\":\"123456789012345678901\"}",
		  -EINVAL, DIGITS, "twenty-one" },
		{ "send_dtmf", "{\"digits\":\"12A\"}", -EINVAL, DIGITS,
		  "a key few telephones have" },
		{ "send_dtmf", "{\"digits\":42}", -EINVAL, DIGITS,
		  "a number may have lost its zeros" },
		{ "send_dtmf", "{\"digits\":\"1", -EINVAL, OBJECT, "broken" },
		{ "send_dtmf", "\"12\"", -EINVAL, OBJECT, "no object" },
		{ "send_dtmf", "{\"digits\":\"1\\u0000\"}", -EINVAL, OBJECT,
		  "a NUL" },
		{ "send_metadata", "{\"data\":\"{}\"}", -EINVAL,
		  "{\"error\":\"data must be a JSON object\"}",
		  "an object in a string" },
		{ "record_call", "{\"action\":\"Start\"}", -EINVAL, ACTION,
		  "an action that is none" },
		{ "record_call", "{}", -EINVAL, ACTION, "no action" },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(row); i++) {
		struct call_request r;
		char error[TOOLS_ERROR_MAX];

		CHECK_EQ(row[i].err,
			 tools_read(&tools, row[i].name, row[i].arguments, &r,
				    error, sizeof(error)),
			 row[i].why);
		CHECK_STR(row[i].error, error, row[i].why);
	}
}

static void what_is_not_offered_is_not_taken(void **state)
{
	struct call_request r;
	char error[TOOLS_ERROR_MAX];

	close_all(state);
	open_with(ALL, 0);
	CHECK_EQ(-ENOENT,
		 tools_read(&tools, "transfer_call", "{\"target\":\"sales\"}",
			    &r, error, sizeof(error)),
		 "no targets");
	close_all(state);
	open_with(CONFIG_TOOL_SEND_DTMF, 0);
	CHECK_EQ(-ENOENT,
		 tools_read(&tools, "end_call", "{}", &r, error, sizeof(error)),
		 "the administrator does not want it");
}

static void every_text_has_its_room(void **state)
{
	static char arguments[TOOLS_ARGUMENTS_MAX + 100];
	struct call_request r;
	char error[TOOLS_ERROR_MIN];

	(void)state;
	/* 255 bytes hold 127 of these letters of two bytes, and no half. */
	strcpy(arguments, "{\"reason\":\"");
	for (int i = 0; i < 200; i++)
		strcat(arguments, "é");
	strcat(arguments, "\"}");
	CHECK_EQ(0,
		 tools_read(&tools, "end_call", arguments, &r, error,
			    sizeof(error)),
		 "cut");
	CHECK_EQ(254, strlen(r.reason), "between characters");

	/* {"k":"x…"} of 4095 bytes, and of 4096. */
	for (size_t n = 4087; n <= 4088; n++) {
		r.data = NULL;
		memset(arguments, 'x', sizeof(arguments));
		memcpy(arguments, "{\"data\":{\"k\":\"", 14);
		strcpy(arguments + 14 + n, "\"}}");
		CHECK_EQ(n == 4087 ? 0 : -EINVAL,
			 tools_read(&tools, "send_metadata", arguments, &r,
				    error, sizeof(error)),
			 "data fits, or is refused whole");
		free(r.data);
	}
	CHECK_STR("{\"error\":\"data must be at most 4095 bytes of JSON\"}",
		  error, "and the model is told");

	memset(arguments, ' ', sizeof(arguments) - 1);
	memcpy(arguments, "{}", 2);
	CHECK_EQ(-EINVAL,
		 tools_read(&tools, "record_call", arguments, &r, error,
			    sizeof(error)),
		 "more than anybody needs");
	CHECK_STR(OBJECT, error, "and is told so");

	memset(arguments, '"', 200);
	arguments[200] = '\0';
	CHECK_EQ(-ENOENT,
		 tools_read(&tools, arguments, "{}", &r, error, sizeof(error)),
		 "a name of quotes, each written as two bytes");
	json_t *told = json_loads(error, 0, NULL);
	CHECK(json_is_object(told), "still JSON");
	json_decref(told);
}

static void known_targets_are_named_as_far_as_they_fit(void **state)
{
	struct call_request r;
	char error[TOOLS_ERROR_MAX], name[CONFIG_WORD_MAX];

	close_all(state);
	open_with(ALL, CONFIG_TARGETS_MAX);
	for (int i = 0; i < CONFIG_TARGETS_MAX; i++) {
		snprintf(name, sizeof(name), "department-of-things-%02d", i);
		strcpy(config.transfer.targets[i].name, name);
	}
	CHECK_EQ(-EINVAL,
		 tools_read(&tools, "transfer_call", "{\"target\":\"x\"}", &r,
			    error, sizeof(error)),
		 "nobody of that name");
	CHECK(strstr(error, "-00, ") && strstr(error, "-05\"}"), "whole names");
}

static void what_is_collected(void **state)
{
	/* error NULL: it is. */
	static const struct {
		const char *arguments;
		struct call_collect_request asked;
		const char *error, *why;
	} row[] = {
		{ "{\"purpose\":\"order_1\"}",
		  { 1, 20, 10000, '#', false, "order_1" },
		  NULL,
		  "what is usual" },
		{ "{\"purpose\":\"pin\",\"min\":4,\"max\":4,\"terminator\":"
		  "\"\",\"timeout_ms\":1000,\"masked\":true}",
		  { 4, 4, 1000, '\0', true, "pin" },
		  NULL,
		  "all of it" },
		{ "{\"purpose\":\"pin\",\"masked\":\"true\"}",
		  { 0 },
		  "masked must be true or false",
		  "a secret is not told for a pair of quotation marks" },
		{ "{\"purpose\":\"pin\",\"masked\":1}",
		  { 0 },
		  "masked must be true or false",
		  "nor for a number" },
		{ "{\"purpose\":\"Card no\"}",
		  { 0 },
		  "purpose must be a word of at most 31 small letters, "
		  "digits, _ and -",
		  "no word" },
		{ "{\"purpose\":\"a\",\"min\":3,\"max\":2}",
		  { 0 },
		  "min and max must be 1 to 64, and min no more than max",
		  "nothing would do" },
		{ "{\"purpose\":\"a\",\"max\":65}",
		  { 0 },
		  "min and max must be 1 to 64, and min no more than max",
		  "one too many" },
		{ "{\"purpose\":\"a\",\"timeout_ms\":999}",
		  { 0 },
		  "timeout_ms must be 1000 to 60000",
		  "too soon" },
		{ "{\"purpose\":\"a\",\"terminator\":\"##\"}",
		  { 0 },
		  "terminator must be one key of 0-9 * #, or empty",
		  "two" },
	};

	close_all(state);
	open_with(CONFIG_TOOL_COLLECT_DIGITS, 0);
	for (size_t i = 0; i < ARRAY_LEN(row); i++) {
		const struct call_collect_request *asked = &row[i].asked;
		char error[TOOLS_ERROR_MAX] = "", expected[TOOLS_ERROR_MAX];
		struct call_request r;

		CHECK_EQ(row[i].error ? -EINVAL : 0,
			 tools_read(&tools, "collect_digits", row[i].arguments,
				    &r, error, sizeof(error)),
			 row[i].why);
		if (row[i].error) {
			snprintf(expected, sizeof(expected),
				 "{\"error\":\"%s\"}", row[i].error);
			CHECK_STR(expected, error, row[i].why);
			continue;
		}
		CHECK_EQ(CALL_REQUEST_COLLECT, r.kind, row[i].why);
		CHECK_EQ(asked->min, r.collect.min, row[i].why);
		CHECK_EQ(asked->max, r.collect.max, row[i].why);
		CHECK_EQ(asked->timeout_ms, r.collect.timeout_ms, row[i].why);
		CHECK_EQ(asked->terminator, r.collect.terminator, row[i].why);
		CHECK_EQ(asked->is_masked, r.collect.is_masked, row[i].why);
		CHECK_STR(asked->name, r.collect.name, row[i].why);
	}
}

int main(void)
{
#define TEST(f) cmocka_unit_test_setup_teardown(f, open_all, close_all)
	const struct CMUnitTest tests[] = {
		TEST(only_what_is_configured_is_offered),
		TEST(the_model_picks_targets_by_name),
		TEST(a_warm_target_is_told_what_it_is_about),
		TEST(what_calls_mean),
		TEST(what_the_model_is_told),
		TEST(what_is_collected),
		TEST(what_is_not_offered_is_not_taken),
		TEST(every_text_has_its_room),
		TEST(known_targets_are_named_as_far_as_they_fit),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
