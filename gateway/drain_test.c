#include "gateway/drain.h"

#include "tools/testing/check.h"

static void what_leads_where(void **state)
{
	static const struct {
		enum drain_stage from;
		enum drain_event event;
		enum drain_stage to;
		const char *why;
	} row[] = {
		{ DRAIN_RUNNING, DRAIN_TERMINATED, DRAIN_DRAINING,
		  "SIGTERM waits for calls" },
		{ DRAIN_RUNNING, DRAIN_INTERRUPTED, DRAIN_STOPPING,
		  "a person at a terminal does not" },
		{ DRAIN_RUNNING, DRAIN_TIME_OVER, DRAIN_RUNNING,
		  "calls may come for ever" },
		{ DRAIN_DRAINING, DRAIN_TIME_OVER, DRAIN_LEAVING,
		  "the bound is reached" },
		{ DRAIN_DRAINING, DRAIN_TERMINATED, DRAIN_STOPPING,
		  "the second one is immediate" },
		{ DRAIN_DRAINING, DRAIN_INTERRUPTED, DRAIN_STOPPING,
		  "whoever sent the first" },
		{ DRAIN_LEAVING, DRAIN_TIME_OVER, DRAIN_STOPPING,
		  "farewells are bounded" },
		{ DRAIN_LEAVING, DRAIN_TERMINATED, DRAIN_STOPPING,
		  "and may be cut short" },
		{ DRAIN_STOPPING, DRAIN_TIME_OVER, DRAIN_CUTTING,
		  "a peer that does not answer" },
		{ DRAIN_STOPPING, DRAIN_TERMINATED, DRAIN_CUTTING,
		  "one more signal" },
		{ DRAIN_CUTTING, DRAIN_TERMINATED, DRAIN_CUTTING,
		  "there is nothing beyond" },
		{ DRAIN_CUTTING, DRAIN_TIME_OVER, DRAIN_CUTTING, "nothing" },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(row); i++)
		CHECK_EQ(row[i].to, drain_next(row[i].from, row[i].event),
			 row[i].why);
}

static void how_long(void **state)
{
	(void)state;
	CHECK_EQ(0, drain_ms(DRAIN_RUNNING, 600), "for ever");
	CHECK_EQ(600000, drain_ms(DRAIN_DRAINING, 600), "as configured");
	CHECK_EQ(1, drain_ms(DRAIN_DRAINING, 0), "not at all, but in turn");
	CHECK_EQ(86400000, drain_ms(DRAIN_DRAINING, 86400), "the longest");
	CHECK_EQ(30000, drain_ms(DRAIN_LEAVING, 600), "a farewell");
	CHECK_EQ(2500, drain_ms(DRAIN_STOPPING, 600), "a close");
	CHECK_EQ(0, drain_ms(DRAIN_CUTTING, 600), "nothing to wait for");
	CHECK_EQ(632500, drain_left_ms(DRAIN_DRAINING, 600), "all of them");
	CHECK_EQ(2500, drain_left_ms(DRAIN_STOPPING, 600), "what is left");
	CHECK_EQ(0, drain_left_ms(DRAIN_CUTTING, 600), "nothing");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(what_leads_where),
		cmocka_unit_test(how_long),
	};
	return cmocka_run_group_tests_name("drain", tests, NULL, NULL);
}
