/* The scanner accepts what jansson accepts and reads the same in it, but for
 * the four differences its header names. */
#include <jansson.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "protocols/json_scan.h"

static void demand(int claim)
{
	if (!claim)
		abort();
}

static json_t *through_jansson(struct json_slice s)
{
	return json_loadb(s.at, s.len, JSON_DECODE_ANY | JSON_ALLOW_NUL, NULL);
}

/* The object as the scanner sees it; NULL when it refuses. */
static json_t *through_scanner(struct json_slice text);

static json_t *value_of(struct json_member *m)
{
	if (m->kind == JSON_KIND_OBJECT)
		return through_scanner(m->value);
	if (m->kind != JSON_KIND_STRING)
		return through_jansson(m->value);
	demand(json_slice_unescape(&m->value) >= 0);
	return json_stringn(m->value.at, m->value.len);
}

static json_t *through_scanner(struct json_slice text)
{
	json_t *object = json_object();
	struct json_scan s;
	struct json_member m;
	int more = json_scan_object(&s, text.at, text.len);

	while (!more && (more = json_scan_next(&s, &m)) > 0) {
		json_t *value = value_of(&m);
		char *name;

		demand(value != NULL);
		demand(json_slice_unescape(&m.key) >= 0);
		name = strndup(m.key.at, m.key.len);
		json_object_set_new(object, name, value);
		free(name);
		more = 0;
	}
	if (more < 0) {
		json_decref(object);
		return NULL;
	}
	return object;
}

/* Whether the scanner accepts, without a byte changed. */
static int accepts(char *text, size_t len, const uint8_t *original)
{
	static const char *const nothing[] = { "a" };
	struct json_member m[1];
	int err = json_scan_pick(text, len, nothing, m, 1);

	demand(!memcmp(text, original, len));
	return err == 0;
}

static unsigned depth_of(const json_t *value)
{
	unsigned deepest = 0, depth;
	const char *name;
	json_t *part;
	size_t i;

	json_object_foreach((json_t *)(uintptr_t)value, name, part)
	{
		depth = depth_of(part);
		deepest = depth > deepest ? depth : deepest;
	}
	json_array_foreach(value, i, part)
	{
		depth = depth_of(part);
		deepest = depth > deepest ? depth : deepest;
	}
	return json_is_object(value) || json_is_array(value) ? deepest + 1 : 0;
}

/* A repeated name hides what stood under it; then depth proves nothing. */
static int is_too_deep(const uint8_t *text, size_t len, const json_t *document)
{
	json_t *strict =
		json_loadb((const char *)text, len,
			   JSON_ALLOW_NUL | JSON_REJECT_DUPLICATES, NULL);
	int has_repetitions = !strict;

	json_decref(strict);
	return has_repetitions || depth_of(document) > JSON_SCAN_DEPTH_MAX;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	char *text = malloc(size ? size : 1);
	json_error_t why;
	json_t *wanted =
		json_loadb((const char *)data, size, JSON_ALLOW_NUL, &why);
	json_t *seen;

	if (size > 0)
		memcpy(text, data, size);
	if (!accepts(text, size, data)) {
		demand(!json_is_object(wanted) || memchr(data, 0, size) ||
		       is_too_deep(data, size, wanted));
	} else if (!wanted) {
		demand(json_error_code(&why) == json_error_numeric_overflow ||
		       json_error_code(&why) == json_error_null_byte_in_key);
	} else {
		seen = through_scanner((struct json_slice){ text, size });
		demand(json_equal(wanted, seen));
		json_decref(seen);
	}
	json_decref(wanted);
	free(text);
	return 0;
}
