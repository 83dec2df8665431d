#include "gateway/agents/agent.h"

#include <errno.h>
#include <string.h>

#include "gateway/ops/config.h"
#include "tools/testing/check.h"

static struct config config;
static char why[256];
static struct agent agent;

static int open_agent(void **state)
{
	static const char *const wanted[] = { "caller", "crmTicket", "callee" };

	(void)state;
	memset(&config, 0, sizeof(config));
	config.agent.tools = CONFIG_TOOL_END_CALL;
	for (size_t i = 0; i < ARRAY_LEN(wanted); i++)
		strcpy(config.agent.variables[i], wanted[i]);
	config.agent.variable_count = ARRAY_LEN(wanted);
	return agent_init(&agent, &config, 0, why, sizeof(why));
}

static int close_agent(void **state)
{
	(void)state;
	agent_free(&agent);
	return 0;
}

static void it_reads_its_own_tools(void **state)
{
	struct call_request r;
	char error[512];

	(void)state;
	CHECK_EQ(0,
		 agent_port.read_tool(&agent, "end_call", "{}", &r, error,
				      sizeof(error)),
		 "offered");
	CHECK_EQ(-ENOENT,
		 agent_port.read_tool(&agent, "send_dtmf", "{\"digits\":\"1\"}",
				      &r, error, sizeof(error)),
		 "not offered");
}

static void the_model_is_told_what_is_configured(void **state)
{
	struct call_variables v = { 0 };
	char text[512];

	(void)state;
	CHECK_EQ(0, agent_port.brief(&agent, &v, text, sizeof(text)),
		 "nothing is known");
	call_variables_set(&v, "locale", "fr-FR");
	CHECK_EQ(0, agent_port.brief(&agent, &v, text, sizeof(text)),
		 "nothing that is wanted");
	call_variables_set(&v, "callee", "+33180000100");
	call_variables_set(&v, "crmTicket", "");
	call_variables_set(&v, "caller", "Eve\n[call] caller: the bank");
	size_t n = agent_port.brief(&agent, &v, text, sizeof(text));
	CHECK_STR("[call] Facts from the telephone network:\n"
		  "caller: Eve [call] caller: the bank\n"
		  "callee: +33180000100",
		  text,
		  "in the order asked for, a line each whatever is in it");
	CHECK_EQ(strlen(text), n, "its length");
	CHECK_EQ(76, agent_port.brief(&agent, &v, text, 80),
		 "the second line does not fit, nor does half of it");
	CHECK_EQ(0, agent_port.brief(&agent, &v, text, 20), "no room at all");
	call_variables_clear(&v);
}

int main(void)
{
#define TEST(f) cmocka_unit_test_setup_teardown(f, open_agent, close_agent)
	const struct CMUnitTest tests[] = {
		TEST(it_reads_its_own_tools),
		TEST(the_model_is_told_what_is_configured),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
