#include "tools/testing/check.h"

#include "gateway/models/openai_errors.h"

static void every_place_has_its_name(void **state)
{
	(void)state;
	for (unsigned i = 0; i < OPENAI_ERROR_CODES - 2; i++)
		CHECK_EQ(i, openai_error_of(openai_error_name(i)),
			 openai_error_name(i));
	CHECK_STR("none", openai_error_name(openai_error_of("")), "no code");
	CHECK_STR("other", openai_error_name(openai_error_of("flat_tyre")),
		  "one of tomorrow");
	CHECK_STR("server_error",
		  openai_error_name(openai_error_of("server_error")), "known");
}

/* Reference, 3.6: what ends a session, or an account. */
static void some_leave_no_hope(void **state)
{
	(void)state;
	CHECK(openai_error_is_fatal("session_expired"), "the session");
	CHECK(openai_error_is_fatal("insufficient_quota"), "the account");
	CHECK(openai_error_is_fatal("invalid_api_key"), "the key");
	CHECK(!openai_error_is_fatal("server_error"), "another try may do");
	CHECK(!openai_error_is_fatal("rate_limit_exceeded"), "later");
	CHECK(!openai_error_is_fatal(""), "nothing is said");
	CHECK(!openai_error_is_fatal("flat_tyre"), "nobody knows");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(every_place_has_its_name),
		cmocka_unit_test(some_leave_no_hope),
	};

	return cmocka_run_group_tests_name("openai_errors", tests, NULL, NULL);
}
