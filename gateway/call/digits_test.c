#include "gateway/call/digits.h"

#include "tools/testing/check.h"

#define MS 1000000ull

static void test_terminator_ends_an_entry(void **state)
{
	(void)state;
	struct digits d;

	digits_init(&d, 32, 1500, '#');
	CHECK(!digits_press(&d, '4', 0), "the first digit waits");
	CHECK(!digits_press(&d, '2', 100 * MS), "so does the second");
	CHECK(!digits_press(&d, 'x', 150 * MS), "no key of a telephone");
	CHECK(!digits_press(&d, '\0', 150 * MS), "nor is NUL");
	CHECK(digits_press(&d, '#', 200 * MS), "the terminator ends it");
	CHECK_STR("42#", d.entry, "the entry as pressed");
}

static void test_gap_ends_an_entry(void **state)
{
	(void)state;
	struct digits d;

	digits_init(&d, 32, 1500, '#');
	CHECK(!digits_due(&d, 9000 * MS), "nothing pressed, nothing due");
	digits_press(&d, '5', 1000 * MS);
	digits_press(&d, '6', 2000 * MS);
	CHECK(!digits_due(&d, 3499 * MS), "1499 ms after the last key");
	CHECK(digits_due(&d, 3500 * MS), "1500 ms after the last key");
	digits_clear(&d);
	CHECK(!digits_due(&d, 9000 * MS), "used up");
}

static void test_length_ends_an_entry(void **state)
{
	(void)state;
	struct digits d;

	digits_init(&d, 4, 1500, '\0');
	for (int i = 0; i < 3; i++)
		CHECK(!digits_press(&d, '#', 0), "# is a digit like any other");
	CHECK(digits_press(&d, 'D', 0), "four is the maximum");
	CHECK_STR("###D", d.entry, "all of them");
	CHECK(!digits_press(&d, '1', 0), "a fifth begins the next entry");
	CHECK_STR("1", d.entry, "and nothing overflows");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_terminator_ends_an_entry),
		cmocka_unit_test(test_gap_ends_an_entry),
		cmocka_unit_test(test_length_ends_an_entry),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
