#include "gateway/agents/routing.h"

#include <stdio.h>
#include <string.h>

#include "tools/testing/check.h"

static struct config config;
static struct routing *routing;

static void open_with(const char *routes)
{
	char errors[2048], why[256];

	routing_free(routing);
	routing = NULL;
	CHECK_EQ(0,
		 config_parse(&config, routes, strlen(routes), "t.yaml", errors,
			      sizeof(errors)),
		 errors);
	CHECK_EQ(0, routing_open(&routing, &config, why, sizeof(why)), why);
}

static int close_it(void **state)
{
	(void)state;
	routing_free(routing);
	routing = NULL;
	return 0;
}

static const char *parameter(void *owner, const char *name)
{
	(void)owner;
	return strcmp(name, "tier") == 0 ? "gold" : NULL;
}

/* 2026-06-15 was a Monday; 10:00 UTC. */
#define MONDAY_10 1781517600

static struct routing_facts facts(void)
{
	return (struct routing_facts){
		.carrier = CONFIG_CARRIER_TWILIO,
		.bot = "",
		.number = "+15551234567",
		.caller = "+41791234567",
		.parameter = parameter,
		.has_parameters = true,
		.unix_s = MONDAY_10,
	};
}

static int route_for(const struct routing_facts *f)
{
	struct routing_choice c = routing_decide(routing, f, NULL, NULL);

	return c.end == ROUTING_OPEN ? -2 : c.route;
}

/* A route of one condition, and whether it fits the call above. */
static void each_condition(void **state)
{
	static const struct {
		const char *condition;
		bool fits;
		const char *why;
	} row[] = {
		{ "number: '+15551234567'", true, "the number" },
		{ "number: '+1555123456'", false, "not a beginning" },
		{ "number: '+1555*'", true, "a beginning" },
		{ "number: '*'", true, "any" },
		{ "number: '+41*'", false, "another" },
		{ "carrier: twilio", true, "the carrier" },
		{ "carrier: audiocodes", false, "the other" },
		{ "carrier: any", true, "any" },
		{ "bot: tandem", false, "Twilio has none" },
		{ "caller: '+4179'", true, "a beginning" },
		{ "caller: '+4179*'", true, "written otherwise" },
		{ "caller: '+4178'", false, "somebody else" },
		{ "parameter: {name: tier, value: gold}", true, "a parameter" },
		{ "parameter: {name: tier, value: gol}", false, "whole" },
		{ "parameter: {name: none, value: gold}", false, "not there" },
		{ "hours: mon-fri 08:00-18:00", true, "ten o'clock" },
		{ "hours: sat 08:00-18:00", false, "not today" },
		{ "hours: '11:00-12:00', timezone: Europe/Zurich", false,
		  "noon there" },
		{ "hours: '12:00-13:00', timezone: Europe/Zurich", true,
		  "in summer two hours on" },
		{ "number: '+1555*', caller: '+41'", true, "both" },
		{ "number: '+1555*', caller: '+49'", false, "one of two" },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(row); i++) {
		char yaml[256];
		struct routing_facts f = facts();

		snprintf(yaml, sizeof(yaml), "routes: [{agent: default, %s}]\n",
			 row[i].condition);
		open_with(yaml);
		CHECK_EQ(row[i].fits ? 0 : -1, route_for(&f), row[i].why);
	}
}

static void the_first_that_fits(void **state)
{
	struct routing_facts f = facts();

	(void)state;
	open_with("routes:\n"
		  "- {number: '+41*', agent: default}\n"
		  "- {caller: '+41', agent: default}\n"
		  "- {number: '+1*', agent: default}\n");
	CHECK_EQ(1, route_for(&f), "in order");
	f.caller = "";
	CHECK_EQ(2, route_for(&f), "the next");
	f.number = "+33";
	struct routing_choice c = routing_decide(routing, &f, NULL, NULL);
	CHECK_EQ(-1, c.route, "none");
	CHECK_STR("default", c.agent, "so it is this one");
}

/* The clock goes on at 01:00 UTC on 2026-03-29, and back on 2026-10-25. */
static void keeps_the_hours_when_the_clock_changes(void **state)
{
	static const struct {
		int64_t unix_s;
		bool fits;
		const char *why;
	} row[] = {
		{ 1774745999, false, "01:59:59, winter" },
		{ 1774746000, true, "03:00, summer, a second later" },
		{ 1774749599, true, "03:59:59" },
		{ 1774749600, false, "04:00" },
		{ 1792886400, false, "02:00 on 2026-10-25, summer" },
		{ 1792889999, false, "02:59:59, summer" },
		{ 1792890000, false, "02:00 again, winter" },
		{ 1792893600, true, "03:00, winter" },
	};
	struct routing_facts f = facts();

	(void)state;
	open_with("routes: [{agent: default, hours: 'sun 03:00-04:00',"
		  " timezone: Europe/Zurich}]\n");
	for (size_t i = 0; i < ARRAY_LEN(row); i++) {
		f.unix_s = row[i].unix_s;
		CHECK_EQ(row[i].fits ? 0 : -1, route_for(&f), row[i].why);
	}
}

/* What is not known leaves open only what depends on it. */
static void waits_for_what_matters(void **state)
{
	struct routing_facts f = facts();

	(void)state;
	f.carrier = CONFIG_CARRIER_AUDIOCODES;
	f.bot = "tandem";
	f.number = NULL;
	f.has_parameters = false;
	open_with("routes:\n"
		  "- {carrier: twilio, number: '+1*', agent: default}\n"
		  "- {caller: '+41', agent: default}\n"
		  "- {number: '+1*', agent: default}\n");
	CHECK_EQ(1, route_for(&f), "the number matters to nobody before");
	f.caller = "+49";
	CHECK_EQ(-2, route_for(&f), "now it does");
	f.number = "+15551234567";
	CHECK_EQ(2, route_for(&f), "once it is known");
	open_with("routes: [{parameter: {name: tier, value: gold}, agent: "
		  "default}]\n");
	CHECK_EQ(-2, route_for(&f), "so may a parameter");
	f.has_parameters = true;
	CHECK_EQ(0, route_for(&f), "until it is told");
	open_with("log: {}\n");
	f.number = NULL;
	CHECK_EQ(-1, route_for(&f), "without routes all is clear");
}

static char told[512];

static void tell(void *owner, const struct routing_step *s)
{
	static const char *const verdict[] = { "no", "yes", "?" };
	size_t at = strlen(told);

	(void)owner;
	snprintf(told + at, sizeof(told) - at, "%u %s %s %s %s;", s->route,
		 s->condition, s->wanted, s->found, verdict[s->verdict]);
}

static void explains(void **state)
{
	struct routing_facts f = facts();

	(void)state;
	told[0] = '\0';
	open_with("routes:\n"
		  "- {number: '+41*', caller: '+1', agent: default}\n"
		  "- {hours: 'sat 08:00-18:00', agent: default}\n"
		  "- {carrier: twilio, parameter: {name: tier, value: gold},"
		  " agent: default}\n");
	routing_decide(routing, &f, tell, NULL);
	CHECK_STR("0 number +41* +15551234567 no;"
		  "1 hours sat 08:00-18:00 mon 10:00 UTC no;"
		  "2 carrier twilio twilio yes;"
		  "2 parameter tier=gold gold yes;",
		  told, "each up to the first that does not fit");
}

static void finds_a_route_again(void **state)
{
	(void)state;
	open_with("routes: [{number: a, agent: default}, {number: b, agent: "
		  "default}]\n");
	uint64_t key = routing_key(&config, 1);
	CHECK_EQ(0, routing_key(&config, -1), "none");
	CHECK(!routing_by_key(&config, 0), "none");
	open_with("routes: [{number: b, agent: default}]\n");
	CHECK(routing_by_key(&config, key) == &config.routes[0],
	      "at another place");
	open_with("routes: [{number: c, agent: default}]\n");
	CHECK(!routing_by_key(&config, key), "gone");
	open_with("transfer: {targets: [{name: x, to: 'tel:+1'}]}\n"
		  "routes: [{number: a, agent: default, keypad: [{keys: '1', "
		  "end: true}]}]\n");
	key = routing_key(&config, 0);
	open_with("routes: [{number: x, agent: default},\n"
		  "{number: a, agent: default, keypad: [{keys: '1', end: "
		  "true}]}]\n");
	CHECK(routing_by_key(&config, key) == &config.routes[1],
	      "with its keys, on another line");
	open_with("routes: [{number: a, agent: default, keypad: [{keys: '2', "
		  "end: true}]}]\n");
	CHECK(!routing_by_key(&config, key), "other keys: another route");
}

int main(void)
{
#define TEST(f) cmocka_unit_test_teardown(f, close_it)
	const struct CMUnitTest tests[] = {
		TEST(each_condition),
		TEST(the_first_that_fits),
		TEST(keeps_the_hours_when_the_clock_changes),
		TEST(waits_for_what_matters),
		TEST(explains),
		TEST(finds_a_route_again),
	};
	return cmocka_run_group_tests_name("routing", tests, NULL, NULL);
}
