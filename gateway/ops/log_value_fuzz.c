/* Any bytes as a value, in both formats: printable ASCII; as JSON it reads
 * back, and what was UTF-8 and not cut is what it was. */
#include "tools/testing/fuzz.h"

#include <jansson.h>

#include "gateway/ops/log_value.h"
#include "protocols/utf8.h"

#define FIELD_MAX (LOG_VALUE_MAX + 16)

static void check_printable(const char *field, size_t n)
{
	FUZZ_CHECK(n == strlen(field) && n > 0 && n < FIELD_MAX);
	for (size_t i = 0; i < n; i++)
		FUZZ_CHECK(field[i] >= ' ' && field[i] <= '~');
}

static void check_json(const char *field, size_t n, const char *text,
		       size_t len)
{
	char object[FIELD_MAX + 2];

	snprintf(object, sizeof(object), "{%.*s}", (int)n - 1, field);
	json_t *o = json_loads(object, JSON_ALLOW_NUL, NULL);
	FUZZ_CHECK(json_object_size(o) == 1);
	const json_t *v = json_object_get(o, "v");
	size_t got = json_string_length(v);
	const char *back = json_string_value(v);
	if (utf8_is_valid((const uint8_t *)text, len) &&
	    !(got >= 3 && memcmp(back + got - 3, "...", 3) == 0))
		FUZZ_CHECK(got == len && memcmp(back, text, len) == 0);
	json_decref(o);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n)
{
	char *text = fuzz_copy(data, n);
	char field[FIELD_MAX];

	size_t len =
		log_field_write(field, sizeof(field), LOG_LOGFMT, "v", text, n);
	check_printable(field, len);
	len = log_field_write(field, sizeof(field), LOG_JSON, "v", text, n);
	check_printable(field, len);
	check_json(field, len, text, n);
	free(text);
	return 0;
}
