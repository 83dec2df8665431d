#include "gateway/call/digits_collect.h"

#include <string.h>

#include "tools/testing/check.h"

#define MS 1000000ull

static void ends_as_it_was_asked_to(void **state)
{
	static const struct {
		unsigned min, max;
		char terminator;
		const char *keys;
		enum digits_state end;
		const char *entry;
		const char *why;
	} row[] = {
		{ 1, 8, '#', "42#", DIGITS_WHOLE, "42", "the terminator" },
		{ 1, 8, '*', "4#2*", DIGITS_WHOLE, "4#2", "another one" },
		{ 4, 4, '#', "1234", DIGITS_WHOLE, "1234", "the most" },
		{ 4, 8, '#', "12#", DIGITS_TOO_FEW, "12", "before the fewest" },
		{ 1, 8, '#', "#", DIGITS_TOO_FEW, "", "nothing before it" },
		{ 1, 8, '#', "12", DIGITS_GO_ON, "12", "more may come" },
		{ 1, 3, '\0', "##*", DIGITS_WHOLE, "##*", "no terminator" },
		{ 1, 8, '#', "1x2", DIGITS_GO_ON, "12", "no key" },
		{ 9, 4, '#', "1234", DIGITS_WHOLE, "1234",
		  "no fewer than the most" },
	};
	struct digits_collect d;

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(row); i++) {
		enum digits_state end = DIGITS_GO_ON;
		digits_collect_begin(&d, row[i].min, row[i].max, 5000,
				     row[i].terminator, 0);
		for (const char *key = row[i].keys; *key; key++)
			end = digits_collect_press(&d, *key, MS);
		CHECK_EQ(row[i].end, end, row[i].why);
		CHECK_STR(row[i].entry, d.entry, row[i].why);
	}
}

static void does_not_wait_for_ever(void **state)
{
	struct digits_collect d;

	(void)state;
	digits_collect_begin(&d, 2, 8, 5000, '#', 0);
	CHECK_EQ(DIGITS_GO_ON, digits_collect_look(&d, 4999 * MS), "5 s less");
	CHECK_EQ(DIGITS_NONE, digits_collect_look(&d, 5000 * MS), "5 s");
	digits_collect_wait(&d, 3000 * MS);
	CHECK_EQ(DIGITS_GO_ON, digits_collect_look(&d, 7999 * MS),
		 "from the end of what is said");
	digits_collect_press(&d, '1', 7000 * MS);
	digits_collect_wait(&d, 9000 * MS);
	CHECK_EQ(DIGITS_TOO_FEW, digits_collect_look(&d, 12000 * MS),
		 "from the last key");
	digits_collect_press(&d, '2', 8000 * MS);
	CHECK_EQ(DIGITS_WHOLE, digits_collect_look(&d, 13000 * MS), "enough");
}

static void leaves_nothing(void **state)
{
	struct digits_collect d;
	static const struct digits_collect zero;

	(void)state;
	digits_collect_begin(&d, 1, 8, 5000, '#', 7);
	digits_collect_press(&d, '4', 8);
	digits_collect_wipe(&d);
	CHECK(memcmp(&d, &zero, sizeof(d)) == 0, "wiped");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(ends_as_it_was_asked_to),
		cmocka_unit_test(does_not_wait_for_ever),
		cmocka_unit_test(leaves_nothing),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
