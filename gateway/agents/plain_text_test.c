#include "gateway/agents/plain_text.h"

#include "tools/testing/check.h"

static void test_copies(void **state)
{
	static const struct {
		const char *text;
		size_t cap;
		const char *copy, *why;
	} row[] = {
		{ "abc", 3, "ab", "cut" },
		{ "", 8, "", "nothing" },
		{ "a\xc3\xa9", 3, "a", "is not cut in half" },
		{ "a\r\nb\tc\x7f", 16, "a  b c ", "one line" },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(row); i++) {
		char out[16];

		CHECK_EQ(__builtin_strlen(row[i].copy),
			 plain_text_copy(out, row[i].cap, row[i].text),
			 row[i].why);
		CHECK_STR(row[i].copy, out, row[i].why);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_copies),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
