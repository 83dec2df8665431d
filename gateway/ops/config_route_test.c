#include "gateway/ops/config_route.h"

#include <string.h>

#include "gateway/ops/config.h"
#include "tools/testing/check.h"

/* failure dials F, failure.by_number of "n" dials N; then the route. */
static void who_comes_first(void **state)
{
	static const struct {
		enum config_then failure, number, route;
		const char *dial; /* the route's */
		const char *expected, *why;
	} row[] = {
		{ CONFIG_THEN_DIAL, CONFIG_THEN_AS_ELSEWHERE,
		  CONFIG_THEN_AS_ELSEWHERE, "", "N", "the number's" },
		{ CONFIG_THEN_HANGUP, CONFIG_THEN_DIAL,
		  CONFIG_THEN_AS_ELSEWHERE, "", "N", "likewise" },
		{ CONFIG_THEN_DIAL, CONFIG_THEN_DIAL, CONFIG_THEN_HANGUP, "",
		  "", "the route hangs up" },
		{ CONFIG_THEN_HANGUP, CONFIG_THEN_HANGUP, CONFIG_THEN_DIAL, "R",
		  "R", "the route dials" },
		{ CONFIG_THEN_HANGUP, CONFIG_THEN_HANGUP,
		  CONFIG_THEN_AS_ELSEWHERE, "R", "R", "a number says so" },
		{ CONFIG_THEN_HANGUP, CONFIG_THEN_HANGUP, CONFIG_THEN_DIAL, "",
		  "N", "whom is said elsewhere" },
	};
	static struct config c;
	struct config_route route;

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
		route.fallback.then = row[i].route;
		strcpy(route.fallback.dial, row[i].dial);
		CHECK_STR(row[i].expected, config_route_dial(&c, "n", &route),
			  row[i].why);
	}
	strcpy(c.failure.say, "sorry");
	CHECK_STR("sorry", config_route_say(&c, "n", &route), "elsewhere");
	strcpy(route.fallback.say, "later");
	CHECK_STR("later", config_route_say(&c, "n", &route), "the route's");
	CHECK_STR("sorry", config_route_say(&c, "n", NULL), "without one");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(who_comes_first),
	};
	return cmocka_run_group_tests_name("config_route", tests, NULL, NULL);
}
