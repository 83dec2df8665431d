#include "gateway/ops/config_route.h"

#include <string.h>

#include "gateway/ops/config.h"
#include "tools/testing/check.h"

#define ELSEWHERE CONFIG_THEN_AS_ELSEWHERE
#define HANGUP    CONFIG_THEN_HANGUP
#define DIAL      CONFIG_THEN_DIAL

/* failure dials F, failure.by_number of "n" dials N; then the agent and the
 * route. */
static void who_comes_first(void **state)
{
	static const struct {
		enum config_then failure, number;
		struct config_fallback agent, route;
		const char *expected, *why;
	} row[] = {
		{ DIAL, ELSEWHERE, { 0 }, { 0 }, "N", "the number's" },
		{ HANGUP, DIAL, { 0 }, { 0 }, "N", "likewise" },
		{ DIAL, HANGUP, { 0 }, { 0 }, "", "the number hangs up" },
		{ DIAL,
		  DIAL,
		  { 0 },
		  { HANGUP, "", "" },
		  "",
		  "the route hangs up" },
		{ HANGUP,
		  HANGUP,
		  { 0 },
		  { DIAL, "R", "" },
		  "R",
		  "the route dials" },
		{ HANGUP,
		  HANGUP,
		  { 0 },
		  { ELSEWHERE, "R", "" },
		  "R",
		  "a number says so" },
		{ HANGUP,
		  HANGUP,
		  { 0 },
		  { DIAL, "", "" },
		  "N",
		  "whom is said elsewhere" },
		{ HANGUP,
		  HANGUP,
		  { ELSEWHERE, "A", "" },
		  { 0 },
		  "A",
		  "the agent dials" },
		{ DIAL,
		  DIAL,
		  { HANGUP, "", "" },
		  { 0 },
		  "",
		  "the agent hangs up" },
		{ HANGUP,
		  HANGUP,
		  { HANGUP, "A", "" },
		  { DIAL, "", "" },
		  "A",
		  "the route wants it, the agent knows whom" },
		{ HANGUP,
		  HANGUP,
		  { DIAL, "A", "" },
		  { DIAL, "R", "" },
		  "R",
		  "the route first" },
	};
	static struct config c;
	static struct config_agent agent;
	struct config_route route;
	const struct config_route_call call = { "n", &route, &agent };
	const struct config_route_call nobody = { "n", NULL, NULL };

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(row); i++) {
		memset(&c, 0, sizeof(c));
		memset(&route, 0, sizeof(route));
		c.failure.then = row[i].failure;
		strcpy(c.failure.dial, "F");
		c.failure.by_number_count = 1;
		strcpy(c.failure.by_number[0].number, "n");
		strcpy(c.failure.by_number[0].dial, "N");
		c.failure.by_number[0].then = row[i].number;
		agent.fallback = row[i].agent;
		route.fallback = row[i].route;
		CHECK_STR(row[i].expected, config_route_dial(&c, &call),
			  row[i].why);
	}
	strcpy(c.failure.say, "sorry");
	CHECK_STR("sorry", config_route_say(&c, &call), "elsewhere");
	strcpy(agent.fallback.say, "mine");
	CHECK_STR("mine", config_route_say(&c, &call), "the agent's");
	strcpy(route.fallback.say, "later");
	CHECK_STR("later", config_route_say(&c, &call), "the route's");
	CHECK_STR("sorry", config_route_say(&c, &nobody), "without one");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(who_comes_first),
	};
	return cmocka_run_group_tests_name("config_route", tests, NULL, NULL);
}
