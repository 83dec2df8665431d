/* A schema and a value, a line end between them: whatever they are, an answer
 * comes, in words that are one line of text; what an object's own members
 * demand (type, required) is looked at by other means. */
#include "tools/testing/fuzz.h"

#include <jansson.h>
#include <stdlib.h>

#include "gateway/agents/json_schema.h"

static void check_words(const char *why)
{
	json_t *text = json_string(why);

	FUZZ_CHECK(text && why[0]);
	for (; *why; why++)
		FUZZ_CHECK((unsigned char)*why >= ' ' && *why != 0x7f);
	json_decref(text);
}

static void check_accepted(const json_t *schema, const json_t *value)
{
	const json_t *type = json_object_get(schema, "type");
	const json_t *required = json_object_get(schema, "required");

	if (json_is_string(type) &&
	    strcmp(json_string_value(type), "object") == 0)
		FUZZ_CHECK(json_is_object(value));
	for (size_t i = 0;
	     json_is_object(value) && i < json_array_size(required); i++)
		FUZZ_CHECK(json_object_get(
			value, json_string_value(json_array_get(required, i))));
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n)
{
	const uint8_t *end = memchr(data, '\n', n);
	size_t first = end ? (size_t)(end - data) : n;
	char why[256];
	json_t *schema =
		json_loadb((const char *)data, first, JSON_DECODE_ANY, NULL);
	json_t *value = end ? json_loadb((const char *)end + 1, n - first - 1,
					 JSON_DECODE_ANY, NULL)
			    : NULL;

	if (schema && !json_schema_check(schema, why, sizeof(why)))
		check_words(why);
	else if (schema && value) {
		if (json_schema_accepts(schema, value, why, sizeof(why)))
			check_accepted(schema, value);
		else
			check_words(why);
	}
	json_decref(schema);
	json_decref(value);
	return 0;
}
