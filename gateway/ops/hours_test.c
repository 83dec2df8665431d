#include "gateway/ops/hours.h"

#include <errno.h>

#include "tools/testing/check.h"

enum { MON, TUE, WED, THU, FRI, SAT, SUN };
#define AT(h, m) ((h)*60 + (m))

static void knows_the_week(void **state)
{
	static const struct {
		const char *text;
		unsigned day, minute;
		bool has;
		const char *why;
	} row[] = {
		{ "mon-fri 08:00-18:00", MON, AT(8, 0), true, "the first" },
		{ "mon-fri 08:00-18:00", MON, AT(7, 59), false, "before" },
		{ "mon-fri 08:00-18:00", FRI, AT(17, 59), true, "the last" },
		{ "mon-fri 08:00-18:00", FRI, AT(18, 0), false, "behind it" },
		{ "mon-fri 08:00-18:00", SAT, AT(9, 0), false, "weekend" },
		{ "mon 08:00-18:00, sat 09:00-12:00", SAT, AT(9, 0), true,
		  "the second span" },
		{ "mon 08:00-18:00,sat 09:00-12:00", SAT, AT(12, 0), false,
		  "without a space" },
		{ "fri-mon 10:00-11:00", SUN, AT(10, 30), true,
		  "over the weekend" },
		{ "fri-mon 10:00-11:00", TUE, AT(10, 30), false, "not after" },
		{ "08:00-24:00", WED, AT(23, 59), true,
		  "every day, to its end" },
		{ "00:00-00:00", WED, AT(12, 0), true, "always" },
		{ "fri 22:00-06:00", FRI, AT(22, 0), true, "in the evening" },
		{ "fri 22:00-06:00", SAT, AT(5, 59), true, "into the morning" },
		{ "fri 22:00-06:00", SAT, AT(6, 0), false, "to its end" },
		{ "fri 22:00-06:00", FRI, AT(5, 0), false,
		  "not the morning before" },
		{ "sun 22:00-06:00", MON, AT(1, 0), true, "into next week" },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(row); i++) {
		struct hours h;

		CHECK_EQ(0, hours_parse(&h, row[i].text), row[i].text);
		CHECK_EQ(row[i].has, hours_has(&h, row[i].day, row[i].minute),
			 row[i].why);
	}
}

static void refuses_others(void **state)
{
	static const char *const bad[] = {
		"",
		"mon",
		"mon-fri",
		"8:00-18:00",
		"08:00",
		"08:00-",
		"08:00 - 18:00",
		"08:00-18:60",
		"24:00-25:00",
		"24:00-01:00",
		"08:00-24:01",
		"mon,08:00-18:00",
		"monday 08:00-18:00",
		"Mon 08:00-18:00",
		"mon-xyz 08:00-18:00",
		"mon08:00-18:00",
		"08:00-18:00,",
		"08:00-18:00 sat 09:00-12:00",
		"08:00-18:00x",
	};
	struct hours h;

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(bad); i++)
		CHECK_EQ(-EINVAL, hours_parse(&h, bad[i]), bad[i]);
	CHECK_EQ(-E2BIG,
		 hours_parse(&h, "00:00-01:00,00:00-01:00,00:00-01:00,"
				 "00:00-01:00,00:00-01:00,00:00-01:00,"
				 "00:00-01:00,00:00-01:00,00:00-01:00"),
		 "nine");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(knows_the_week),
		cmocka_unit_test(refuses_others),
	};
	return cmocka_run_group_tests_name("hours", tests, NULL, NULL);
}
