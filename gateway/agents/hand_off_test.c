/* Agents that hand a call to each other, without a model. */
#include "gateway/agents/hand_off.h"

#include <jansson.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "gateway/agents/agent_book.h"
#include "gateway/agents/agent_call.h"
#include "gateway/ops/config.h"
#include "gateway/ops/config_shared.h"
#include "tools/testing/check.h"

static char dir[64];
static struct config config;
static struct agent_book *book;
static struct agent_call a;
static struct agent_world world;
static struct call call;
static struct log log_to_nobody;
static char became[256];

static void write_file(const char *name, const char *text)
{
	char path[128];

	snprintf(path, sizeof(path), "%s/%s", dir, name);
	FILE *f = fopen(path, "w");
	assert_non_null(f);
	fputs(text, f);
	fclose(f);
}

static void on_become(void *owner, const struct agent *agent)
{
	(void)owner;
	strcat(strcat(became, agent->wanted->persona.name), " ");
}

static int setup(void **state)
{
	char path[128], why[1024];

	(void)state;
	strcpy(dir, "/tmp/tandem-hand-off-XXXXXX");
	assert_non_null(mkdtemp(dir));
	write_file("a.yaml", "hand_offs: [{agent: b, when: it rains}, {agent: "
			     "default}]\n");
	write_file("b.yaml", "hand_offs: [{agent: a}]\n");
	write_file("t.yaml", "agents: [a.yaml, b.yaml]\n");
	snprintf(path, sizeof(path), "%s/t.yaml", dir);
	assert_int_equal(0, config_load(&config, path, why, sizeof(why)));
	struct config_shared *shared = config_shared_new(&config, 0);
	assert_int_equal(0, agent_book_open(&book, shared, why, sizeof(why)));
	config_shared_drop(shared);
	log_open(&log_to_nobody, -1, LOG_ERROR);
	agent_call_open(&a, &world, book, agent_book_find(book, "a"), &call,
			&log_to_nobody);
	a.on_become = on_become;
	became[0] = '\0';
	return 0;
}

static int teardown(void **state)
{
	char command[128];

	(void)state;
	agent_call_close(&a);
	agent_book_drop(book);
	config_wipe(&config);
	snprintf(command, sizeof(command), "rm -r %s", dir);
	return system(command);
}

static const char *hand_off(const char *arguments)
{
	struct call_tool t = { 0 };

	agent_call_port.begin_tool(&a, "id", "hand_off", arguments, &t);
	assert_int_equal(CALL_TOOL_ANSWERED, t.fate);
	return t.answer;
}

static void offers_those_there_are(void **state)
{
	const struct agent *agent = agent_book_find(book, "a");
	const struct tool *t = tools_find(&agent->tools, "hand_off");

	(void)state;
	CHECK(t != NULL, "offered");
	CHECK(strstr(t->description, "Agents: b when it rains; default"),
	      t->description);
	CHECK_STR(
		"{\"type\":\"object\",\"properties\":{\"agent\":{\"type\":"
		"\"string\",\"enum\":[\"b\",\"default\"]},\"reason\":{"
		"\"type\":\"string\",\"description\":\"What the caller wants, "
		"in a few words.\"}},\"required\":[\"agent\",\"reason\"]}",
		t->parameters, "by their names");
	CHECK(!tools_find(&book->agent[0].tools, "hand_off"),
	      "not to who has none");
}

static void another_takes_the_call(void **state)
{
	(void)state;
	CHECK_STR("{\"status\":\"you are b now; go on with the caller, without "
		  "a greeting\"}",
		  hand_off("{\"agent\":\"b\",\"reason\":\"rain\"}"), "told");
	CHECK_STR("b ", became, "the session, too");
	CHECK(a.agent == agent_book_find(book, "b"), "with its functions");
}

static void refuses_others(void **state)
{
	(void)state;
	CHECK(strstr(hand_off("{\"agent\":\"c\",\"reason\":\"x\"}"), "error"),
	      "nobody");
	CHECK(strstr(hand_off("{\"agent\":\"a\",\"reason\":\"x\"}"), "error"),
	      "itself");
	CHECK(strstr(hand_off("{\"agent\":\"b\"}"), "error"), "without why");
	CHECK_STR("", became, "nothing has changed");
}

static void a_key_does_it_as_often_as_it_is_pressed(void **state)
{
	(void)state;
	CHECK(!agent_call_port.hand_off(&a, "a"), "it has the call");
	CHECK(!agent_call_port.hand_off(&a, "c"), "nobody");
	CHECK_STR("", became, "nothing has changed");
	for (int i = 0; i < HAND_OFFS_MAX; i++) {
		CHECK(agent_call_port.hand_off(&a, "b"), "there");
		CHECK(agent_call_port.hand_off(&a, "a"), "and back");
	}
	CHECK(strncmp(became, "b a b a ", 8) == 0, "the session, too");
	CHECK_STR("{\"status\":\"you are b now; go on with the caller, without "
		  "a greeting\"}",
		  hand_off("{\"agent\":\"b\",\"reason\":\"rain\"}"),
		  "the model's own are counted alone");
}

static void to_and_fro_comes_to_an_end(void **state)
{
	static const char *const to[] = {
		"{\"agent\":\"b\",\"reason\":\"\"}",
		"{\"agent\":\"a\",\"reason\":\"\"}",
	};

	(void)state;
	for (int i = 0; i < HAND_OFFS_MAX; i++) {
		const char *told = hand_off(to[i % 2]);
		CHECK(strncmp(told, "{\"status\"", 9) == 0, told);
	}
	CHECK_STR("{\"error\":\"this call was handed off 8 times, which is "
		  "enough: help the caller yourself, or end the call\"}",
		  hand_off(to[0]), "enough");
	CHECK_STR("b a b a b a b a ", became, "it stays with the last");
}

int main(void)
{
#define TEST(f) cmocka_unit_test_setup_teardown(f, setup, teardown)
	const struct CMUnitTest tests[] = {
		TEST(offers_those_there_are),
		TEST(another_takes_the_call),
		TEST(refuses_others),
		TEST(a_key_does_it_as_often_as_it_is_pressed),
		TEST(to_and_fro_comes_to_an_end),
	};
	return cmocka_run_group_tests_name("hand_off", tests, NULL, NULL);
}
