#include "gateway/records/budget.h"

#include "gateway/records/money.h"
#include "tools/testing/check.h"

static const struct config_budgets none;
static const struct config_budgets some = {
	.per_call = { 0.5, CONFIG_BUDGET_WRAP_UP },
	.per_number_day = { 3, CONFIG_BUDGET_REFUSE },
	.per_day = { 10, CONFIG_BUDGET_WARN },
};

static void test_spent(void **state)
{
	static const struct {
		enum budget which;
		uint64_t amount, cost;
		bool is_spent, was_reached;
		const char *why;
	} row[] = {
		{ BUDGET_CALL, MONEY_ONE / 2 - 1, 1, false, false,
		  "one part of 10^12 is left" },
		{ BUDGET_CALL, MONEY_ONE / 2, 1, true, true, "exactly" },
		{ BUDGET_CALL, MONEY_ONE, 1, true, false,
		  "it was spent before" },
		{ BUDGET_CALL, MONEY_ONE, MONEY_ONE, true, true,
		  "all of it at once" },
		{ BUDGET_CALL, MONEY_ONE / 2, 0, true, false,
		  "what cost nothing reached nothing" },
		{ BUDGET_DAY, 10 * MONEY_ONE, 5, true, true, "of a day" },
	};
	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(row); i++) {
		CHECK_EQ(row[i].is_spent,
			 budget_is_spent(&some, row[i].which, row[i].amount),
			 row[i].why);
		CHECK_EQ(row[i].was_reached,
			 budget_was_reached(&some, row[i].which, row[i].amount,
					    row[i].cost),
			 row[i].why);
	}
	CHECK(!budget_is_spent(&none, BUDGET_DAY, UINT64_MAX),
	      "0 is no budget");
}

static void test_ends(void **state)
{
	struct config_budgets b = some;

	(void)state;
	CHECK(budget_ends_calls(&b, BUDGET_CALL), "wrap_up");
	CHECK(!budget_ends_calls(&b, BUDGET_DAY), "warn");
	CHECK(!budget_ends_calls(&b, BUDGET_NUMBER_DAY), "refuse: they go on");
	b.running = CONFIG_RUNNING_WRAP_UP;
	CHECK(budget_ends_calls(&b, BUDGET_NUMBER_DAY), "unless said so");
	CHECK(!budget_ends_calls(&b, BUDGET_DAY), "warn is warn");
}

static void test_refuses(void **state)
{
	struct config_budgets b = some;
	enum budget which;

	(void)state;
	CHECK(!budget_refuses(&b, 3 * MONEY_ONE - 1, 0, &which), "room");
	CHECK(budget_refuses(&b, 3 * MONEY_ONE, 0, &which), "none");
	CHECK_EQ(BUDGET_NUMBER_DAY, which, "of the number");
	CHECK(!budget_refuses(&b, 0, 100 * MONEY_ONE, &which),
	      "warn refuses nobody");
	b.per_day.action = CONFIG_BUDGET_REFUSE;
	CHECK(budget_refuses(&b, 0, 10 * MONEY_ONE, &which), "refuse does");
	CHECK_EQ(BUDGET_DAY, which, "of the day");
}

static void test_any(void **state)
{
	(void)state;
	CHECK(!budget_any(&none), "none");
	CHECK(budget_any(&some), "some");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_spent),
		cmocka_unit_test(test_ends),
		cmocka_unit_test(test_refuses),
		cmocka_unit_test(test_any),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
