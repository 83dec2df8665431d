#include "tools/testing/check.h"

#include "gateway/ops/phone.h"

static void masks(void **state)
{
	(void)state;
	static const struct {
		const char *number;
		const char *masked;
		const char *why;
	} row[] = {
		{ "+41791234567", "+41*******67", "Switzerland: two digits" },
		{ "+12125550123", "+1********23", "North America: one digit" },
		{ "+74951234567", "+7********67", "Russia: one digit" },
		{ "+351211234567", "+351*******67", "Portugal: three digits" },
		{ "+4930123456", "+49******56", "Germany: two digits" },
		{ "0791234567", "********67", "national: no code to keep" },
		{ "+412345678901234567", "+41**************67", "overlong" },
		{ "+123456", "***", "six digits" },
		{ "911", "***", "an emergency number" },
		{ "+123456789012345678901", "***", "21 digits: not a number" },
		{ "+41 79 123 45 67", "***", "not as a carrier writes it" },
		{ "client:alice", "client:***", "a client" },
		{ "sip:alice@example.com", "sip:***", "a SIP address" },
		{ "alice", "***", "a bare name" },
		{ ":", "***", "no kind" },
		{ "notaknownkind:x", "***", "a long kind may be the secret" },
		{ "+", "***", "only a plus" },
		{ "", "-", "none" },
		{ NULL, "-", "none" },
	};
	for (size_t i = 0; i < ARRAY_LEN(row); i++) {
		char out[PHONE_MASKED_MAX];
		phone_mask(out, row[i].number);
		CHECK_STR(row[i].masked, out, row[i].why);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(masks),
	};
	return cmocka_run_group_tests_name("phone", tests, NULL, NULL);
}
