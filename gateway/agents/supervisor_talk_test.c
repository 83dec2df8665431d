#include "gateway/agents/supervisor_talk.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "gateway/agents/tools.h"
#include "gateway/ops/config.h"
#include "tools/desk/desk_text_shape.h"
#include "tools/testing/check.h"

static char schema[] = "{\"type\":\"object\",\"properties\":{\"q\":{\"type\":"
		       "\"string\"}}}";
static const struct tool look = { .name = "look",
				  .description = "Look it up.",
				  .parameters = schema };
static const struct tool *const tools[] = { &look };
static struct config_agent_supervisor c;
static struct supervisor_answer a;
static json_t *request;

static void begin(enum config_supervisor_api api, size_t tool_count)
{
	c = (struct config_agent_supervisor){ .api = api,
					      .model = "m",
					      .instructions = "Be brief.",
					      .max_tokens = 7 };
	request = supervisor_talk_begin(&c, "Why?", tools, tool_count);
	assert_non_null(request);
}

/* The desk's word for it: nothing it does not know is sent. */
static void expect(const char *text, const char *why)
{
	char wrong[256] = "", *got = json_dumps(request, JSON_COMPACT);
	int err = c.api == CONFIG_SUPERVISOR_CHAT
			  ? desk_text_shape_chat(request, wrong, 256)
			  : desk_text_shape_responses(request, wrong, 256);

	CHECK_EQ(0, err, wrong);
	CHECK_STR(text, got, why);
	free(got);
}

static void end(void)
{
	supervisor_answer_free(&a);
	json_decref(request);
}

static void read_body(const char *body)
{
	supervisor_talk_read(&a, request, body, strlen(body));
}

#define R_HEAD                                                               \
	"{\"model\":\"m\",\"instructions\":\"Be brief.\",\"input\":[{\"type" \
	"\":\"message\",\"role\":\"user\",\"content\":\"Why?\"}"
#define R_TOOLS                                                             \
	"\"tools\":[{\"name\":\"look\",\"description\":\"Look it up.\","    \
	"\"parameters\":{\"type\":\"object\",\"properties\":{\"q\":{\"type" \
	"\":\"string\"}}},\"type\":\"function\",\"strict\":false}]"

static void responses_are_asked_for(void **state)
{
	(void)state;
	begin(CONFIG_SUPERVISOR_RESPONSES, 0);
	expect(R_HEAD "],\"store\":false,\"max_output_tokens\":7}",
	       "without functions");
	end();
	begin(CONFIG_SUPERVISOR_RESPONSES, 1);
	read_body("{\"status\":\"completed\",\"output\":[{\"type\":"
		  "\"reasoning\",\"id\":\"rs_1\",\"summary\":[]},{\"type\":"
		  "\"function_call\",\"id\":\"fc_1\",\"call_id\":\"c1\","
		  "\"name\":\"look\",\"arguments\":\"{\\\"q\\\":\\\"x\\\"}\"}]"
		  "}");
	CHECK_EQ(SUPERVISOR_CALLS, a.said, "a function");
	CHECK_EQ(1, a.count, "one");
	CHECK_STR("c1", a.call[0].id, "its id");
	CHECK_STR("look", a.call[0].name, "its name");
	CHECK_STR("{\"q\":\"x\"}", a.call[0].arguments, "its arguments");
	CHECK_EQ(0, supervisor_talk_output(request, "c1", "{\"n\":1}"), "told");
	CHECK_EQ(0, supervisor_talk_end(request), "the last time");
	expect(R_HEAD
	       ",{\"type\":\"function_call\",\"call_id\":\"c1\","
	       "\"name\":\"look\",\"arguments\":\"{\\\"q\\\":\\\"x\\\"}"
	       "\"},{\"type\":\"function_call_output\",\"call_id\":"
	       "\"c1\",\"output\":\"{\\\"n\\\":1}\"}],\"store\":false," R_TOOLS
	       ",\"max_output_tokens\":7,\"tool_choice\":\"none\"}",
	       "with what the function answered");
	end();
}

static void chat_is_asked_for(void **state)
{
	(void)state;
	begin(CONFIG_SUPERVISOR_CHAT, 1);
	read_body("{\"choices\":[{\"message\":{\"role\":\"assistant\","
		  "\"content\":null,\"tool_calls\":[{\"id\":\"c1\",\"type\":"
		  "\"function\",\"function\":{\"name\":\"look\","
		  "\"arguments\":\"not JSON\"}}]}}]}");
	CHECK_EQ(SUPERVISOR_CALLS, a.said, "a function");
	CHECK_STR("not JSON", a.call[0].arguments, "as it came");
	CHECK_EQ(0, supervisor_talk_output(request, "c1", "no"), "told");
	expect("{\"model\":\"m\",\"messages\":[{\"role\":\"system\","
	       "\"content\":\"Be brief.\"},{\"role\":\"user\",\"content\":"
	       "\"Why?\"},{\"role\":\"assistant\",\"content\":\"\","
	       "\"tool_calls\":[{\"id\":\"c1\",\"type\":\"function\","
	       "\"function\":{\"name\":\"look\",\"arguments\":\"{}\"}}]},{"
	       "\"role\":\"tool\",\"tool_call_id\":\"c1\",\"content\":\"no\"}]"
	       ",\"tools\":[{\"type\":\"function\",\"function\":{\"name\":"
	       "\"look\",\"description\":\"Look it up.\",\"parameters\":{"
	       "\"type\":\"object\",\"properties\":{\"q\":{\"type\":"
	       "\"string\"}}}}}],\"max_completion_tokens\":7}",
	       "with what the function answered; its arguments readable");
	end();
}

#define R(output)        "{\"output\":[" output "]}"
#define MESSAGE(content) "{\"type\":\"message\",\"content\":[" content "]}"
#define TEXT(text)       "{\"type\":\"output_text\",\"text\":\"" text "\"}"
#define CHAT(message)    "{\"choices\":[{\"message\":{" message "}}]}"

static void what_is_said(void **state)
{
	static const struct {
		enum config_supervisor_api api;
		const char *body;
		enum supervisor_said said;
		const char *words, *why;
	} row[] = {
		{ CONFIG_SUPERVISOR_RESPONSES, R(MESSAGE(TEXT("At nine."))),
		  SUPERVISOR_ANSWERS, "At nine.", "an answer" },
		{ CONFIG_SUPERVISOR_RESPONSES,
		  R(MESSAGE(TEXT("a") "," TEXT("b")) "," MESSAGE(TEXT("c"))),
		  SUPERVISOR_ANSWERS, "abc", "in parts" },
		{ CONFIG_SUPERVISOR_RESPONSES,
		  R("{\"type\":\"web_search_call\",\"id\":\"w\"},7,null," MESSAGE(
			  TEXT("x"))),
		  SUPERVISOR_ANSWERS, "x", "behind what nobody knows" },
		{ CONFIG_SUPERVISOR_RESPONSES,
		  R(MESSAGE("{\"type\":\"refusal\",\"refusal\":\"no\\nway\"}")),
		  SUPERVISOR_FAILS, "it refuses: no way", "a refusal" },
		{ CONFIG_SUPERVISOR_RESPONSES, R(""), SUPERVISOR_FAILS,
		  "it answered nothing", "nothing" },
		{ CONFIG_SUPERVISOR_RESPONSES,
		  "{\"status\":\"incomplete\",\"incomplete_details\":{"
		  "\"reason\":\"max_output_tokens\"},\"output\":[]}",
		  SUPERVISOR_FAILS,
		  "its answer was cut off before a word of it", "cut off" },
		{ CONFIG_SUPERVISOR_RESPONSES,
		  "{\"status\":\"failed\",\"error\":{\"code\":\"server_error\","
		  "\"message\":\"oops\"},\"output\":[]}",
		  SUPERVISOR_FAILS, "it reports an error: oops",
		  "an error in an answer" },
		{ CONFIG_SUPERVISOR_RESPONSES, "<html>", SUPERVISOR_FAILS,
		  "its answer is not JSON", "a page" },
		{ CONFIG_SUPERVISOR_RESPONSES, "[1]", SUPERVISOR_FAILS,
		  "its answer is not JSON", "no object" },
		{ CONFIG_SUPERVISOR_RESPONSES, "{\"output\":{\"type\":1}}",
		  SUPERVISOR_FAILS, "it answered nothing", "another type" },
		{ CONFIG_SUPERVISOR_RESPONSES,
		  R("{\"type\":\"function_call\",\"name\":\"look\"}"),
		  SUPERVISOR_FAILS,
		  "it called a function in a way nobody can read",
		  "a call without an id" },
		{ CONFIG_SUPERVISOR_RESPONSES, CHAT("\"content\":\"x\""),
		  SUPERVISOR_FAILS, "it answered nothing", "the other shape" },
		{ CONFIG_SUPERVISOR_CHAT, CHAT("\"content\":\"At nine.\""),
		  SUPERVISOR_ANSWERS, "At nine.", "chat" },
		{ CONFIG_SUPERVISOR_CHAT,
		  CHAT("\"content\":[{\"type\":\"text\",\"text\":\"x\"}]"),
		  SUPERVISOR_ANSWERS, "x", "in parts" },
		{ CONFIG_SUPERVISOR_CHAT,
		  CHAT("\"content\":null,\"refusal\":\"no\""), SUPERVISOR_FAILS,
		  "it refuses: no", "a refusal" },
		{ CONFIG_SUPERVISOR_CHAT,
		  CHAT("\"content\":\"\",\"tool_calls\":[]"), SUPERVISOR_FAILS,
		  "it answered nothing", "nothing" },
		{ CONFIG_SUPERVISOR_CHAT, "{\"choices\":[]}", SUPERVISOR_FAILS,
		  "it answered nothing", "no choice" },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(row); i++) {
		begin(row[i].api, 1);
		read_body(row[i].body);
		CHECK_EQ(row[i].said, a.said, row[i].why);
		CHECK_STR(row[i].words,
			  a.said == SUPERVISOR_FAILS ? a.why : a.text,
			  row[i].why);
		end();
	}
}

static void everything_has_its_bound(void **state)
{
	static char body[40000];
	size_t n;

	(void)state;
	begin(CONFIG_SUPERVISOR_RESPONSES, 1);
	n = (size_t)sprintf(body, "{\"output\":[{\"type\":\"message\","
				  "\"content\":[{\"text\":\"");
	for (int i = 0; i < 3000; i++)
		n += (size_t)sprintf(body + n, "\xc3\xa9");
	sprintf(body + n, "\"}]}]}");
	read_body(body);
	CHECK_EQ(SUPERVISOR_TEXT_MAX, strlen(a.text), "cut between letters");
	end();

	begin(CONFIG_SUPERVISOR_RESPONSES, 1);
	n = (size_t)sprintf(body, "{\"output\":[");
	for (int i = 0; i <= SUPERVISOR_CALLS_MAX; i++)
		n += (size_t)sprintf(body + n,
				     "%s{\"type\":\"function_call\","
				     "\"call_id\":\"c%d\",\"name\":\"look\","
				     "\"arguments\":\"{}\"}",
				     i ? "," : "", i);
	sprintf(body + n, "]}");
	read_body(body);
	CHECK_STR("it called more than 8 functions at once", a.why,
		  "nine at once");
	end();
}

static void codes_are_for_the_log(void **state)
{
	static const struct {
		const char *body, *code, *why;
	} row[] = {
		{ "{\"error\":{\"code\":\"rate_limit_exceeded\"}}",
		  "rate_limit_exceeded", "a code" },
		{ "{\"error\":{\"code\":null,\"type\":\"server_error\"}}",
		  "server_error", "or a type" },
		{ "{\"error\":\"no\"}", "", "neither" },
		{ "no", "", "no JSON" },
	};
	char code[32];

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(row); i++) {
		supervisor_talk_code(row[i].body, strlen(row[i].body), code,
				     sizeof(code));
		CHECK_STR(row[i].code, code, row[i].why);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(responses_are_asked_for),
		cmocka_unit_test(chat_is_asked_for),
		cmocka_unit_test(what_is_said),
		cmocka_unit_test(everything_has_its_bound),
		cmocka_unit_test(codes_are_for_the_log),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
