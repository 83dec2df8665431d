#include "gateway/call/variables.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "tools/testing/check.h"

static void finds_what_was_set(void **state)
{
	struct call_variables v = { 0 };

	(void)state;
	CHECK_EQ(0, call_variables_set(&v, "caller", "+33170000001"), "one");
	CHECK_EQ(0, call_variables_set(&v, "crmTicket", ""), "empty value");
	CHECK(strcmp(call_variables_get(&v, "caller"), "+33170000001") == 0,
	      "its value");
	CHECK(strcmp(call_variables_get(&v, "crmTicket"), "") == 0, "empty");
	CHECK(!call_variables_get(&v, "call"), "no prefix of a name");
	CHECK(!call_variables_get(&v, "+33170000001"), "values are no names");
	call_variables_clear(&v);
	CHECK(!call_variables_get(&v, "caller"), "forgotten");
}

static void refuses(void **state)
{
	char name[CALL_VARIABLE_NAME_MAX + 1],
		value[CALL_VARIABLE_VALUE_MAX + 1];
	struct call_variables v = { 0 };

	(void)state;
	memset(name, 'n', sizeof(name));
	memset(value, 'v', sizeof(value));
	name[sizeof(name) - 1] = value[sizeof(value) - 1] = '\0';
	CHECK_EQ(-EINVAL, call_variables_set(&v, "", "x"), "no name");
	CHECK_EQ(-ENAMETOOLONG, call_variables_set(&v, name, "x"), "name");
	CHECK_EQ(-ENAMETOOLONG, call_variables_set(&v, "x", value), "value");
	CHECK_EQ(0, call_variables_set(&v, "x", "first"), "new");
	CHECK_EQ(-EEXIST, call_variables_set(&v, "x", "second"), "again");
	CHECK(strcmp(call_variables_get(&v, "x"), "first") == 0, "stays");
	CHECK_EQ(1, v.count, "nothing was added");
	call_variables_clear(&v);
}

static void is_bounded(void **state)
{
	char name[8], value[CALL_VARIABLE_VALUE_MAX];
	struct call_variables v = { 0 }, many = { 0 };
	int err = 0;

	(void)state;
	for (unsigned i = 0; i < CALL_VARIABLES_MAX; i++) {
		snprintf(name, sizeof(name), "n%u", i);
		CHECK_EQ(0, call_variables_set(&many, name, "v"), "fits");
	}
	CHECK_EQ(-ENOBUFS, call_variables_set(&many, "more", "v"), "count");

	memset(value, 'v', sizeof(value));
	value[sizeof(value) - 1] = '\0';
	for (unsigned i = 0; i < 16 && !err; i++) {
		snprintf(name, sizeof(name), "n%u", i);
		err = call_variables_set(&v, name, value);
	}
	CHECK_EQ(-ENOBUFS, err, "bytes");
	CHECK(v.used <= CALL_VARIABLES_BYTES, "within");
	CHECK_EQ(0, call_variables_set(&v, "small", "fits still"), "small");
	call_variables_clear(&v);
	call_variables_clear(&many);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(finds_what_was_set),
		cmocka_unit_test(refuses),
		cmocka_unit_test(is_bounded),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
