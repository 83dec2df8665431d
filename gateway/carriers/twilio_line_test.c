#include "gateway/carriers/twilio_line.h"

#include <string.h>

#include "tools/testing/check.h"

static void characters(void **state)
{
	(void)state;
	CHECK(twilio_line_is_of("09af", TWILIO_LINE_HEX), "hexadecimal");
	CHECK(!twilio_line_is_of("09aF", TWILIO_LINE_HEX), "in small letters");
	CHECK(!twilio_line_is_of("", TWILIO_LINE_HEX), "none is not some");
	CHECK(twilio_line_is_of("a.B_c-1", TWILIO_LINE_NAME), "a name");
	CHECK(!twilio_line_is_of("a b", TWILIO_LINE_NAME), "a space");
}

static void written_if_it_fits(void **state)
{
	char out[16] = "";

	(void)state;
	CHECK_EQ(11,
		 twilio_line_write(out, 12, "k1", json_pack("{s:i}", "a", 12)),
		 "as long as there is room for");
	CHECK_STR("k1 {\"a\":12}", out, "the line");
	CHECK_EQ(0,
		 twilio_line_write(out, 11, "k1", json_pack("{s:i}", "a", 12)),
		 "a character too long");
	CHECK_EQ(0, twilio_line_write(out, 16, "k1", NULL), "nothing");
}

static bool is_read(const char *text)
{
	json_t *object = twilio_line_read("k1", text, strlen(text));
	bool is = object != NULL;

	json_decref(object);
	return is;
}

static void read_by_its_kind(void **state)
{
	(void)state;
	CHECK(is_read("k1 {\"a\":1}"), "its kind");
	CHECK(!is_read("k2 {\"a\":1}"), "another");
	CHECK(!is_read("k1{\"a\":1}"), "without a space");
	CHECK(!is_read("k1"), "no more than the kind");
	CHECK(!is_read("k1 {\"a\":1"), "half an object");
	CHECK(!is_read("k1 {\"a\":1,\"a\":2}"), "a member twice");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(characters),
		cmocka_unit_test(written_if_it_fits),
		cmocka_unit_test(read_by_its_kind),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
