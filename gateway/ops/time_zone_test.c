#include "gateway/ops/time_zone.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "tools/testing/check.h"

/* Of Unix seconds; dates by hand. */
#define Y2026_07_01 1782864000 /* 2026-07-01 00:00 UTC, day 20635 */
#define DAY_2026    20635

static void test_utc(void **state)
{
	struct time_zone *z;

	(void)state;
	CHECK_EQ(0, time_zone_open(&z, "UTC"), "needs no table");
	CHECK_EQ(0, time_zone_offset(z, Y2026_07_01), "no offset");
	CHECK_EQ(DAY_2026, time_zone_day(z, Y2026_07_01), "midnight");
	CHECK_EQ(DAY_2026 - 1, time_zone_day(z, Y2026_07_01 - 1), "before it");
	CHECK_EQ(-1, time_zone_day(z, -1), "before 1970");
	time_zone_free(z);
}

/* The European Union's summer time: 2026 from March 29 to October 25, at 01:00
 * UTC; Zurich is an hour ahead, in summer two. */
static void test_zurich(void **state)
{
	static const struct {
		int64_t at;
		int32_t offset;
		const char *why;
	} row[] = {
		{ 1774745999, 3600, "2026-03-29 00:59:59: winter" },
		{ 1774746000, 7200, "01:00: summer" },
		{ 1792889999, 7200, "2026-10-25 00:59:59: summer" },
		{ 1792890000, 3600, "01:00: winter" },
	};
	struct time_zone *z;

	(void)state;
	if (time_zone_open(&z, "Europe/Zurich") == -ENOENT) {
		print_message("no tzdata here: Zurich is not looked at\n");
		skip();
	}
	for (size_t i = 0; i < ARRAY_LEN(row); i++)
		CHECK_EQ(row[i].offset, time_zone_offset(z, row[i].at),
			 row[i].why);
	CHECK_EQ(DAY_2026, time_zone_day(z, Y2026_07_01 - 7200),
		 "midnight there is two hours earlier");
	CHECK_EQ(DAY_2026 - 1, time_zone_day(z, Y2026_07_01 - 7201), "before");
	time_zone_free(z);
}

static void test_names(void **state)
{
	static const char *const name[] = { "", "Europe/Nowhere", "/etc/passwd",
					    "../../../etc/passwd", "Europe" };
	struct time_zone *z;

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(name); i++)
		CHECK_EQ(-ENOENT, time_zone_open(&z, name[i]), name[i]);
}

/* --- A table made by hand --- */

#define ZEROS_4 0, 0, 0, 0
#define HEAD(times, types)                                                    \
	'T', 'Z', 'i', 'f', '2', 0, 0, 0, ZEROS_4, ZEROS_4, ZEROS_4, ZEROS_4, \
		ZEROS_4, ZEROS_4, 0, 0, 0, times, 0, 0, 0, types, ZEROS_4

/* One transition at 1000, from +1 h to -1 h. */
static const uint8_t table[] = {
	HEAD(0, 0), HEAD(1, 2), /* of 32 bits none */
	0,          0,          0,    0,    0, 0, 0x03, 0xe8, 1, /* at, type */
	0,          0,          0x0e, 0x10, 0, 0,                /* 3600 */
	0xff,       0xff,       0xf1, 0xf0, 0, 0,                /* -3600 */
};

static int parse(const uint8_t *bytes, size_t n, int64_t now_s)
{
	struct time_zone *z;
	uint8_t *copy = malloc(n ? n : 1);

	assert_non_null(copy);
	memcpy(copy, bytes, n);
	int err = time_zone_parse(&z, copy, n, now_s);
	free(copy);
	time_zone_free(z);
	return err;
}

static void test_table(void **state)
{
	struct time_zone *z;

	(void)state;
	CHECK_EQ(0, time_zone_parse(&z, table, sizeof(table), 0), "good");
	CHECK_EQ(3600, time_zone_offset(z, 999), "before");
	CHECK_EQ(-3600, time_zone_offset(z, 1000), "from then on");
	time_zone_free(z);
	for (size_t n = 0; n < sizeof(table); n++)
		CHECK_EQ(-EBADMSG, parse(table, n, 0), "cut off");
}

static void test_damage(void **state)
{
	static const struct {
		size_t at;
		uint8_t byte;
		const char *why;
	} row[] = {
		{ 0, 'X', "no table" },
		{ 4, 0, "of times of 32 bits alone" },
		{ 44 + 32, 0xff, "a count below 0" },
		{ 44 + 39, 0, "no type at all" },
		{ 44 + 35, 9, "more transitions than there are bytes" },
		{ 88 + 8, 2, "a type that is not there" },
		{ 88 + 9, 0x7f, "an offset of years" },
	};
	uint8_t bad[sizeof(table)];

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(row); i++) {
		memcpy(bad, table, sizeof(bad));
		bad[row[i].at] = row[i].byte;
		CHECK_EQ(-EBADMSG, parse(bad, sizeof(bad), 0), row[i].why);
	}
}

static void test_rule(void **state)
{
	static const char footer[] = "\nCET-1CEST,M3.5.0,M10.5.0/3\n";
	uint8_t all[sizeof(table) + sizeof(footer)];

	(void)state;
	memcpy(all, table, sizeof(table));
	memcpy(all + sizeof(table), footer, sizeof(footer));
	CHECK_EQ(0, parse(all, sizeof(all), 999), "the table reaches far");
	CHECK_EQ(-ENOTSUP, parse(all, sizeof(all), 1001),
		 "it goes on by a rule that we do not read");
	CHECK_EQ(0, parse(table, sizeof(table), 1001), "it stays as it is");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_utc),    cmocka_unit_test(test_zurich),
		cmocka_unit_test(test_names),  cmocka_unit_test(test_table),
		cmocka_unit_test(test_damage), cmocka_unit_test(test_rule),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
