#include "gateway/ops/timestamp.h"

#include <string.h>

#include "tools/testing/check.h"

static void test_writes(void **state)
{
	static const struct {
		struct timespec when;
		const char *text, *why;
	} row[] = {
		{ { 0, 0 }, "1970-01-01T00:00:00.000Z", "the epoch" },
		{ { 951782400, 1000000 },
		  "2000-02-29T00:00:00.001Z",
		  "a leap day" },
		{ { 1767225599, 999999999 },
		  "2025-12-31T23:59:59.999Z",
		  "cut, not rounded into another year" },
	};
	char text[TIMESTAMP_LEN];

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(row); i++) {
		timestamp_write(text, &row[i].when);
		CHECK_STR(row[i].text, text, row[i].why);
	}
	timestamp_now(text);
	CHECK_EQ(TIMESTAMP_LEN - 1, strlen(text), "now");
}

int main(void)
{
	const struct CMUnitTest test[] = {
		cmocka_unit_test(test_writes),
	};

	return cmocka_run_group_tests(test, NULL, NULL);
}
