#include "tools/testing/check.h"

#include <errno.h>
#include <string.h>

#include "protocols/buffer.h"
#include "protocols/json_write.h"
#include "tools/testing/allocations.h"

static const char *text_of(struct buffer *b)
{
	static char text[512];

	snprintf(text, sizeof(text), "%.*s", (int)b->used,
		 b->used ? (const char *)buffer_head(b) : "");
	return text;
}

static void test_members(void **state)
{
	json_t *value = json_pack("{s:i}", "n", 7);
	struct json_write w;
	struct buffer b;

	(void)state;
	buffer_init(&b, 1000);
	json_write_begin(&w, &b);
	json_write_text(&w, "a", "x");
	json_write_text(&w, "left out", NULL);
	json_write_bool(&w, "b", true);
	json_write_open(&w, "c", '[');
	json_write_open(&w, NULL, '{');
	json_write_close(&w, '}');
	json_write_text(&w, NULL, "y");
	json_write_close(&w, ']');
	json_write_value(&w, "d", value);
	json_write_value(&w, "left out", NULL);
	json_write_base64(&w, "e", (const uint8_t *)"fooba", 5);
	CHECK_EQ(0, json_write_end(&w), "it fits");
	CHECK_STR("{\"a\":\"x\",\"b\":true,\"c\":[{},\"y\"],\"d\":{\"n\":7},"
		  "\"e\":\"Zm9vYmE=\"}",
		  text_of(&b), "RFC 8259; base64 of RFC 4648, 10");
	buffer_free(&b);
	json_decref(value);
}

static void test_text(void **state)
{
	static const struct {
		const char *text;
		const char *written;
		int err;
		const char *why;
	} row[] = {
		{ "plain", "{\"t\":\"plain\"}", 0, "nothing to escape" },
		{ "", "{\"t\":\"\"}", 0, "empty is not absent" },
		{ "\"\\/", "{\"t\":\"\\\"\\\\/\"}", 0, "quote and backslash" },
		{ "\n\x1f", "{\"t\":\"\\u000a\\u001f\"}", 0, "controls" },
		{ "\xc3\xa9", "{\"t\":\"\xc3\xa9\"}", 0, "UTF-8 as it is" },
		{ "\xc3", "", -EINVAL, "half a character" },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(row); i++) {
		struct json_write w;
		struct buffer b;

		buffer_init(&b, 1000);
		json_write_begin(&w, &b);
		json_write_text(&w, "t", row[i].text);
		CHECK_EQ(row[i].err, json_write_end(&w), row[i].why);
		CHECK_STR(row[i].written, text_of(&b), row[i].why);
		buffer_free(&b);
	}
}

static void test_fraction(void **state)
{
	static const struct {
		double value;
		const char *written;
		const char *why;
	} row[] = {
		{ 0.93, "{\"f\":0.930}", "three decimals" },
		{ 0.9996, "{\"f\":1.000}", "rounded up" },
		{ 0, "{\"f\":0.000}", "nothing" },
		{ -1, "{\"f\":0.000}", "below the range" },
		{ 7, "{\"f\":1.000}", "above the range" },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(row); i++) {
		struct json_write w;
		struct buffer b;

		buffer_init(&b, 1000);
		json_write_begin(&w, &b);
		json_write_fraction(&w, "f", row[i].value);
		CHECK_EQ(0, json_write_end(&w), row[i].why);
		CHECK_STR(row[i].written, text_of(&b), row[i].why);
		buffer_free(&b);
	}
}

/* Whatever the limit cuts, what stood there before stays and nothing else. */
static void test_limit(void **state)
{
	(void)state;
	for (size_t limit = 3; limit <= 32; limit++) {
		struct json_write w;
		struct buffer b;

		buffer_init(&b, limit);
		buffer_append(&b, "old", 3);
		json_write_begin(&w, &b);
		json_write_base64(&w, "a", (const uint8_t *)"foobar", 6);
		json_write_text(&w, "b", "\n");
		CHECK_EQ(
			limit < 32 ? -ENOBUFS : 0, json_write_end(&w),
			"3 bytes and {\"a\":\"Zm9vYmFy\",\"b\":\"\\u000a\"} of 29");
		CHECK(b.used == (limit < 32 ? 3 : 32), "all or nothing");
		CHECK(!memcmp(text_of(&b), "old", 3), "what was there stays");
		buffer_free(&b);
	}
}

static void test_allocates_nothing(void **state)
{
	struct json_write w;
	struct buffer b;

	(void)state;
	buffer_init(&b, 1000);
	CHECK(buffer_reserve(&b, 1000), "room");
	allocations_watch();
	size_t before = allocations_count();
	json_write_begin(&w, &b);
	json_write_text(&w, "a", "x\n");
	json_write_base64(&w, "b", (const uint8_t *)"foobar", 6);
	json_write_bool(&w, "c", false);
	CHECK_EQ(0, json_write_end(&w), "it fits");
	CHECK_EQ(before, allocations_count(), "in a buffer that has grown");
	buffer_free(&b);
}

int main(void)
{
	const struct CMUnitTest test[] = {
		cmocka_unit_test(test_members),
		cmocka_unit_test(test_text),
		cmocka_unit_test(test_fraction),
		cmocka_unit_test(test_limit),
		cmocka_unit_test(test_allocates_nothing),
	};

	return cmocka_run_group_tests(test, NULL, NULL);
}
