#include "gateway/records/money.h"

#include "tools/testing/check.h"

static void test_from(void **state)
{
	static const struct {
		double units;
		uint64_t amount;
		const char *why;
	} row[] = {
		{ 0, 0, "nothing" },
		{ 4, 4 * MONEY_ONE, "whole" },
		{ 0.06, 60000 * MONEY_MICRO, "no binary fraction" },
		{ 0.000001, MONEY_MICRO, "the least" },
		{ 0.0000004, 0, "less than half of it" },
		{ -1, 0, "no debt" },
		{ 1e30, 18000000 * MONEY_ONE, "the most" },
	};
	(void)state;
	for (size_t i = 0; i < sizeof(row) / sizeof(row[0]); i++)
		CHECK_EQ(row[i].amount, money_from(row[i].units), row[i].why);
	CHECK_EQ(0, money_from(0.0 / 0.0), "no number");
}

static void test_arithmetic(void **state)
{
	(void)state;
	CHECK_EQ(5, money_add(2, 3), "sum");
	CHECK_EQ(UINT64_MAX, money_add(UINT64_MAX - 1, 2), "more than fits");
	CHECK_EQ(UINT64_MAX, money_add(UINT64_MAX, 0), "stays");
	CHECK_EQ(12, money_times(4, 3), "product");
	CHECK_EQ(0, money_times(0, UINT64_MAX), "of nothing");
	CHECK_EQ(UINT64_MAX, money_times(1ull << 40, 1ull << 40),
		 "more than fits");
}

static void test_write(void **state)
{
	static const struct {
		uint64_t amount;
		const char *text;
		const char *why;
	} row[] = {
		{ 0, "0.000000", "nothing" },
		{ 1234567 * MONEY_MICRO, "1.234567", "six decimals" },
		{ 499999, "0.000000", "less than half a millionth" },
		{ 500000, "0.000001", "half of it" },
		{ MONEY_ONE - 1, "1.000000", "carried" },
		{ UINT64_MAX, "18446744.073710", "the most" },
	};
	char text[MONEY_TEXT];
	(void)state;
	for (size_t i = 0; i < sizeof(row) / sizeof(row[0]); i++)
		CHECK_STR(row[i].text, money_write(text, row[i].amount),
			  row[i].why);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_from),
		cmocka_unit_test(test_arithmetic),
		cmocka_unit_test(test_write),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
