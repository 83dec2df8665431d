#include "tools/testing/check.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "protocols/buffer.h"
#include "protocols/form.h"

/* Expected as "name=value|name=value" with decoded text. */
static void test_parse(void **state)
{
	static const struct {
		const char *text, *fields, *why;
	} row[] = {
		{ "", "", "no fields" },
		{ "a=b", "a=b", "one" },
		{ "a=b&c=d", "a=b|c=d", "two" },
		{ "a", "a=", "a name alone" },
		{ "a&b", "a=|b=", "names alone" },
		{ "=b", "=b", "no name" },
		{ "=", "=", "nothing at all" },
		{ "a=b=c", "a=b=c", "the first = counts" },
		{ "&&a=b&&", "a=b", "empty sequences are skipped" },
		{ "a=1&a=2", "a=1|a=2", "repeated names stay" },
		{ "a+b=c+d", "a b=c d", "plus is a blank" },
		{ "%61%3D=%26%2b", "a==&+", "escapes, either case" },
		{ "To=%2B15551234567", "To=+15551234567", "E.164" },
		{ "a=%", "a=%", "a lone percent stays" },
		{ "a=%4", "a=%4", "half an escape stays" },
		{ "a=%zz%4g", "a=%zz%4g", "no hex stays" },
		{ "a=%%41", "a=%A", "percent, then an escape" },
		{ "%C3%A9=x", "\xc3\xa9=x", "UTF-8" },
	};
	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(row); i++) {
		struct form f;
		char got[200] = "";
		char *text = strdup(row[i].text); /* exact: len + 1 bytes */
		CHECK_EQ(0, form_parse(&f, text, strlen(text)), row[i].why);
		for (size_t k = 0; k < f.count; k++) {
			size_t at = strlen(got);
			snprintf(got + at, sizeof got - at, "%s%s=%s",
				 k ? "|" : "", f.field[k].name,
				 f.field[k].value);
			CHECK_EQ(strlen(f.field[k].name), f.field[k].name_len,
				 row[i].why);
			CHECK_EQ(strlen(f.field[k].value), f.field[k].value_len,
				 row[i].why);
		}
		CHECK_STR(row[i].fields, got, row[i].why);
		free(text);
	}
}

static void test_nul_stays_inside(void **state)
{
	char text[] = "a%00b=c%00d";
	struct form f;

	(void)state;
	CHECK_EQ(0, form_parse(&f, text, strlen(text)), "parses");
	CHECK_EQ(3, f.field[0].name_len, "name with NUL");
	CHECK(!memcmp(f.field[0].name, "a\0b", 4), "and its end");
	CHECK(!memcmp(f.field[0].value, "c\0d", 4), "value with NUL");
	CHECK(form_value(&f, "a") == NULL, "a is not a%00b");
}

static void test_too_many(void **state)
{
	char text[2 * FORM_FIELDS_MAX + 3];
	struct form f;

	(void)state;
	for (size_t i = 0; i < FORM_FIELDS_MAX + 1; i++)
		memcpy(text + 2 * i, "a&", 2);
	CHECK_EQ(0, form_parse(&f, text, 2 * FORM_FIELDS_MAX), "256 fields");
	CHECK_EQ(FORM_FIELDS_MAX, f.count, "256 fields");
	for (size_t i = 0; i < FORM_FIELDS_MAX + 1; i++)
		memcpy(text + 2 * i, "a&", 2);
	CHECK_EQ(-E2BIG, form_parse(&f, text, 2 * FORM_FIELDS_MAX + 2),
		 "257 fields");
}

static void test_value(void **state)
{
	char text[] = "CallSid=CA1&From=&CallSid=CA2";
	struct form f;

	(void)state;
	form_parse(&f, text, strlen(text));
	CHECK_STR("CA1", form_value(&f, "CallSid"), "the first wins");
	CHECK_STR("", form_value(&f, "From"), "present but empty");
	CHECK(form_value(&f, "callsid") == NULL, "case matters");
	CHECK(form_value(&f, "To") == NULL, "absent");
}

static void test_write(void **state)
{
	struct buffer out;

	(void)state;
	buffer_init(&out, 60);
	CHECK_EQ(0, form_write(&out, "To", "+1 555"), "first");
	CHECK_EQ(0, form_write(&out, "a&b", "*-._~\xc3\xa9="), "second");
	CHECK_EQ(0, buffer_append(&out, "", 1), "NUL");
	CHECK_STR("To=%2B1+555&a%26b=*-._%7E%C3%A9%3D",
		  (char *)buffer_head(&out), "as the WHATWG serializer");
	size_t used = out.used;
	CHECK_EQ(-ENOBUFS, form_write(&out, "x", "aaaaaaaaaaaaaaaaaaaaaaaaaaa"),
		 "no room");
	CHECK_EQ(used, out.used, "unchanged");
	buffer_free(&out);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_parse),
		cmocka_unit_test(test_nul_stays_inside),
		cmocka_unit_test(test_too_many),
		cmocka_unit_test(test_value),
		cmocka_unit_test(test_write),
	};
	return cmocka_run_group_tests_name("form", tests, NULL, NULL);
}
