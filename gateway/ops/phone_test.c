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

static void masks_in_text(void **state)
{
	(void)state;
	static const struct {
		const char *text;
		const char *masked;
		const char *why;
	} row[] = {
		{ "sip:+41791234567@example.com gone",
		  "sip:+41*******67@example.com gone", "international" },
		{ "0791234567,0791234568", "********67,********68", "two" },
		{ "SIP ;cause=486 ;text=\"Busy\"",
		  "SIP ;cause=486 ;text=\"Busy\"", "a code is no number" },
		{ "+1234567", "+1****67", "as short as may be" },
		{ "123456789012345678901234567890",
		  "****************************90", "of any length" },
		{ "+", "+", "only a plus" },
		{ "", "", "none" },
	};
	for (size_t i = 0; i < ARRAY_LEN(row); i++) {
		char out[64];
		phone_mask_text(out, sizeof(out), row[i].text);
		CHECK_STR(row[i].masked, out, row[i].why);
	}
	char out[12];
	phone_mask_text(out, sizeof(out), "to 0791234567");
	CHECK_STR("to ******45", out, "what is cut is masked");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(masks),
		cmocka_unit_test(masks_in_text),
	};
	return cmocka_run_group_tests_name("phone", tests, NULL, NULL);
}
