#include "gateway/call/caller_timeline.h"

#include "tools/testing/check.h"

#define MS 1000000ull

static void test_gaps(void **state)
{
	(void)state;
	static const struct {
		uint64_t timestamp_ms;
		unsigned silence_ms;
		const char *why;
	} row[] = {
		{ 155, 0, "the first timestamp is never 0 and never a gap" },
		{ 175, 0, "the next frame, on time" },
		{ 193, 0, "2 ms early is jitter" },
		{ 217, 0, "4 ms late is jitter" },
		{ 277, 40, "two frames are missing" },
		{ 297, 0, "and then it goes on" },
		{ 3317, 2000, "3 s are missing: filled up to the bound" },
		{ 3337, 0, "a filled gap does not come back" },
		{ 3300, 0, "a timestamp that goes back adds nothing" },
	};
	struct caller_timeline t = { 0 };

	for (size_t i = 0; i < ARRAY_LEN(row); i++)
		CHECK_EQ(row[i].silence_ms,
			 caller_timeline_frame(&t, row[i].timestamp_ms, 20,
					       i * 20 * MS),
			 row[i].why);
}

static void test_stall_is_filled_once(void **state)
{
	(void)state;
	struct caller_timeline t = { 0 };

	CHECK_EQ(0, caller_timeline_stall(&t, true, 900 * MS),
		 "nothing to fill before the first frame");
	caller_timeline_frame(&t, 100, 20, 1000 * MS);
	CHECK_EQ(0, caller_timeline_stall(&t, true, 1480 * MS),
		 "480 ms without audio may still be jitter");
	CHECK_EQ(0, caller_timeline_stall(&t, false, 1600 * MS),
		 "a silent caller needs no help");
	CHECK_EQ(600, caller_timeline_stall(&t, true, 1600 * MS),
		 "up to the clock");
	CHECK_EQ(20, caller_timeline_stall(&t, true, 1620 * MS),
		 "then tick by tick");
	CHECK_EQ(80, caller_timeline_frame(&t, 820, 20, 1700 * MS),
		 "700 ms jumped, 620 were filled");
	CHECK_EQ(0, caller_timeline_frame(&t, 840, 20, 1720 * MS),
		 "and the account is settled");
}

static void test_pause_ends_a_turn_at_once(void **state)
{
	(void)state;
	struct caller_timeline t = { 0 };

	CHECK_EQ(0, caller_timeline_pause(&t, 900 * MS),
		 "before the first frame there is no turn to close");
	caller_timeline_frame(&t, 100, 20, 1000 * MS);
	CHECK_EQ(CALLER_PAUSE_MS, caller_timeline_pause(&t, 1020 * MS),
		 "at once");
	CHECK_EQ(0, caller_timeline_pause(&t, 1040 * MS), "and once");
	CHECK_EQ(0, caller_timeline_stall(&t, true, 1320 * MS),
		 "300 ms are ahead of the clock");
	CHECK_EQ(20, caller_timeline_stall(&t, true, 1340 * MS),
		 "then with the clock, without waiting 500 ms");
	CHECK_EQ(0, caller_timeline_stall(&t, false, 1500 * MS),
		 "a caller who is silent needs no more");
	CHECK_EQ(0, caller_timeline_frame(&t, 9120, 20, 10020 * MS),
		 "the pause was no gap");
	CHECK_EQ(40, caller_timeline_frame(&t, 9180, 20, 10080 * MS),
		 "but what is missing after it is");
	CHECK_EQ(0, caller_timeline_stall(&t, true, 10400 * MS),
		 "and a stall is waited for as before");
}

static void test_carrier_without_timestamps(void **state)
{
	(void)state;
	struct caller_timeline t = { 0 };

	for (int i = 0; i < 5; i++)
		CHECK_EQ(0,
			 caller_timeline_frame(&t, CALLER_NO_TIMESTAMP, 20,
					       (uint64_t)i * 500 * MS),
			 "without timestamps there are no jumps to see");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_gaps),
		cmocka_unit_test(test_stall_is_filled_once),
		cmocka_unit_test(test_pause_ends_a_turn_at_once),
		cmocka_unit_test(test_carrier_without_timestamps),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
