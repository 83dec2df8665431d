#include "tools/testing/check.h"

#include <stdio.h>
#include <string.h>

#include "gateway/outbound_pace.h"

#define MS 1000000ull
#define S  1000000000ull

static struct outbound_pace pace;

static int setup(void **state)
{
	(void)state;
	memset(&pace, 0, sizeof(pace));
	return 0;
}

static unsigned take(unsigned per_second, unsigned per_day, const char *number,
		     uint64_t ns)
{
	const struct outbound_time now = { ns, 20000, 86000 };

	return outbound_pace_take(&pace, per_second, per_day, number, &now);
}

static void so_many_in_any_second(void **state)
{
	(void)state;
	CHECK_EQ(0, take(2, 0, "+1", 900 * MS), "the first");
	CHECK_EQ(0, take(2, 0, "+1", 950 * MS), "the second");
	CHECK_EQ(1, take(2, 0, "+1", 1100 * MS), "not by the full second");
	CHECK_EQ(0, take(2, 0, "+1", 1900 * MS), "a second after the first");
	CHECK_EQ(1, take(2, 0, "+1", 1940 * MS), "not after the second yet");
	CHECK_EQ(0, take(2, 0, "+1", 1950 * MS), "now");
}

static void for_ever(void **state)
{
	(void)state;
	for (unsigned s = 1; s < 1000; s++) {
		for (unsigned i = 0; i < 3; i++)
			CHECK_EQ(0, take(3, 0, "+1", s * S), "so many");
		CHECK_EQ(1, take(3, 0, "+1", s * S), "no more");
	}
	for (unsigned i = 0; i < OUTBOUND_SECOND_MAX; i++)
		CHECK_EQ(0, take(OUTBOUND_SECOND_MAX, 0, "+1", 2000 * S),
			 "as many as there can be");
	CHECK_EQ(1, take(OUTBOUND_SECOND_MAX, 0, "+1", 2000 * S), "no more");
}

static void so_many_a_day(void **state)
{
	(void)state;
	const struct outbound_time tomorrow = { 9 * S, 20001, 5 };

	CHECK_EQ(0, take(1, 2, "+1", 1 * S), "the first");
	CHECK_EQ(0, take(1, 2, "+1", 2 * S), "the second");
	CHECK_EQ(400, take(1, 2, "+1", 3 * S), "not before midnight");
	CHECK_EQ(0, take(1, 2, "+2", 4 * S), "somebody else");
	outbound_pace_give(&pace, "+1");
	CHECK_EQ(0, take(1, 2, "+1", 5 * S), "one was none");
	CHECK_EQ(400, take(1, 2, "+1", 6 * S), "that was it");
	outbound_pace_give(&pace, "+3");
	CHECK_EQ(0, outbound_pace_take(&pace, 1, 2, "+1", &tomorrow),
		 "another day");
}

static void so_many_numbers(void **state)
{
	(void)state;
	char number[OUTBOUND_NUMBER_MAX];

	for (unsigned i = 0; i < OUTBOUND_NUMBERS_MAX; i++) {
		snprintf(number, sizeof(number), "+%u", 1000 + i);
		CHECK_EQ(0, take(1, 2, number, i * S), "room");
	}
	CHECK_EQ(400, take(1, 2, "+9", 5000 * S), "no more numbers");
	CHECK_EQ(0, take(1, 2, number, 5001 * S), "those there are go on");
	CHECK_EQ(0, take(1, 0, "+9", 5002 * S), "without a limit");
}

#define ROW(test) cmocka_unit_test_setup(test, setup)

int main(void)
{
	static const struct CMUnitTest tests[] = {
		ROW(so_many_in_any_second),
		ROW(for_ever),
		ROW(so_many_a_day),
		ROW(so_many_numbers),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
