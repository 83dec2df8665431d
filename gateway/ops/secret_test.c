#include "tools/testing/check.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "gateway/ops/secret.h"

#define FULL     "0123456789abcdef"
#define FULL_64  FULL FULL FULL FULL
#define FULL_255 FULL_64 FULL_64 FULL_64 FULL FULL FULL "0123456789abcde"

static void takes_text(void **state)
{
	(void)state;
	static const struct {
		const char *text;
		int result;
		const char *kept;
		const char *why;
	} row[] = {
		{ "sk-abc", 0, "sk-abc", "a key as it is" },
		{ "  sk-abc\r\n", 0, "sk-abc", "as a file leaves it" },
		{ "", -ENODATA, "", "nothing" },
		{ " \t\n\v\f\r", -ENODATA, "", "only white space" },
		{ "sk abc", -EINVAL, "", "a space inside" },
		{ "sk\r\nX: y", -EINVAL, "", "a header line smuggled in" },
		{ "sk\x7f", -EINVAL, "", "a control character" },
		{ "sk\xc3\xa9", -EINVAL, "", "not ASCII" },
		{ FULL_255, 0, FULL_255, "the longest" },
		{ FULL_255 "x", -E2BIG, "", "one more" },
	};
	for (size_t i = 0; i < ARRAY_LEN(row); i++) {
		struct secret s;
		memset(&s, 'x', sizeof(s));
		int got = secret_set(&s, row[i].text, strlen(row[i].text));
		CHECK_EQ(row[i].result, got, row[i].why);
		CHECK_STR(row[i].kept, secret_reveal(&s), row[i].why);
		CHECK_EQ(got == 0, secret_is_set(&s), row[i].why);
	}
}

static void compares(void **state)
{
	(void)state;
	static const struct {
		const char *a, *b;
		bool is_equal;
		const char *why;
	} row[] = {
		{ "token", "token", true, "the same" },
		{ "token", "Token", false, "first character" },
		{ "token", "tokeN", false, "last character" },
		{ "token", "token2", false, "a longer one" },
		{ "token", "", false, "set and not set" },
		{ FULL_255, FULL_255, true, "the longest" },
	};
	for (size_t i = 0; i < ARRAY_LEN(row); i++) {
		struct secret a, b;
		secret_set(&a, row[i].a, strlen(row[i].a));
		secret_set(&b, row[i].b, strlen(row[i].b));
		CHECK_EQ(row[i].is_equal, secret_equal(&a, &b), row[i].why);
		CHECK_EQ(row[i].is_equal, secret_equal(&b, &a), row[i].why);
	}
}

static void leaves_nothing(void **state)
{
	(void)state;
	static const struct secret empty;
	struct secret s;
	secret_set(&s, FULL_255, strlen(FULL_255));
	secret_set(&s, "short", 5);
	struct secret fresh;
	secret_set(&fresh, "short", 5);
	CHECK(memcmp(&s, &fresh, sizeof(s)) == 0,
	      "a shorter key leaves nothing of a longer one");
	secret_wipe(&s);
	CHECK(memcmp(&s, &empty, sizeof(s)) == 0, "wiped to the last byte");
	CHECK(!secret_is_set(&s), "wiped is not set");
}

static void comes_from_environment(void **state)
{
	(void)state;
	struct secret s;
	unsetenv("TANDEM_TEST_KEY");
	CHECK_EQ(-ENOENT, secret_from_env(&s, "TANDEM_TEST_KEY"), "not set");
	setenv("TANDEM_TEST_KEY", "sk-1\n", 1);
	const char *kept = getenv("TANDEM_TEST_KEY");
	CHECK_EQ(0, secret_from_env(&s, "TANDEM_TEST_KEY"), "set");
	CHECK_STR("sk-1", secret_reveal(&s), "taken");
	CHECK(getenv("TANDEM_TEST_KEY") == NULL, "gone from the environment");
	CHECK_STR("", kept, "and overwritten there");
	setenv("TANDEM_TEST_KEY", "two words", 1);
	CHECK_EQ(-EINVAL, secret_from_env(&s, "TANDEM_TEST_KEY"), "not a key");
	CHECK(!secret_is_set(&s), "the former one is gone");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(takes_text),
		cmocka_unit_test(compares),
		cmocka_unit_test(leaves_nothing),
		cmocka_unit_test(comes_from_environment),
	};
	return cmocka_run_group_tests_name("secret", tests, NULL, NULL);
}
