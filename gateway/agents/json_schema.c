#include "gateway/agents/json_schema.h"

#include <assert.h>
#include <math.h>
#include <regex.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "gateway/agents/json_schema_parts.h"
#include "gateway/agents/plain_text.h"
#include "protocols/utf8.h"

#define ROOT "the arguments"

/* --- Keywords: each says whether value keeps to it --- */

static bool accepts(struct verdict *v, const struct place *p,
		    const json_t *schema, const json_t *value);

typedef bool keep_fn(struct verdict *v, const struct place *p,
		     const json_t *schema, const json_t *want,
		     const json_t *value);

static bool is_of(const json_t *value, const char *name)
{
	double real = json_real_value(value);

	switch (json_schema_type(name)) {
	case SCHEMA_NULL:
		return json_is_null(value);
	case SCHEMA_BOOLEAN:
		return json_is_boolean(value);
	case SCHEMA_INTEGER:
		return json_is_integer(value) ||
		       (json_is_real(value) && real == floor(real));
	case SCHEMA_NUMBER:
		return json_is_number(value);
	case SCHEMA_STRING:
		return json_is_string(value);
	case SCHEMA_ARRAY:
		return json_is_array(value);
	default:
		return json_is_object(value);
	}
}

static bool keep_type(struct verdict *v, const struct place *p,
		      const json_t *schema, const json_t *want,
		      const json_t *value)
{
	char words[JSON_SCHEMA_LIST_SHOWN] = "";
	size_t n = json_is_array(want) ? json_array_size(want) : 1, at = 0;

	(void)schema;
	for (size_t i = 0; i < n; i++) {
		const char *name = json_string_value(
			json_is_array(want) ? json_array_get(want, i) : want);
		if (is_of(value, name))
			return true;
		at = json_schema_add(words, sizeof(words), at,
				     at ? " or " : "");
		at = json_schema_add(words, sizeof(words), at,
				     json_schema_words(name));
	}
	return json_schema_wrong(v, p, ROOT, "must be %s", words);
}

static bool keep_enum(struct verdict *v, const struct place *p,
		      const json_t *schema, const json_t *want,
		      const json_t *value)
{
	char list[JSON_SCHEMA_LIST_SHOWN];

	(void)schema;
	for (size_t i = 0; i < json_array_size(want); i++)
		if (json_equal(json_array_get(want, i), value))
			return true;
	json_schema_show_list(want, list, sizeof(list));
	return json_schema_wrong(v, p, ROOT, "must be one of %s", list);
}

static bool keep_const(struct verdict *v, const struct place *p,
		       const json_t *schema, const json_t *want,
		       const json_t *value)
{
	char one[JSON_SCHEMA_NAME_SHOWN];

	(void)schema;
	if (json_equal(want, value))
		return true;
	json_schema_show(want, one, sizeof(one));
	return json_schema_wrong(v, p, ROOT, "must be %s", one);
}

/* What is wrong with the last is as good to know as with any other. */
static bool keep_any_of(struct verdict *v, const struct place *p,
			const json_t *schema, const json_t *want,
			const json_t *value)
{
	(void)schema;
	for (size_t i = 0; i < json_array_size(want); i++)
		if (accepts(v, p, json_array_get(want, i), value))
			return true;
	return false;
}

static bool keep_properties(struct verdict *v, const struct place *p,
			    const json_t *schema, const json_t *want,
			    const json_t *value)
{
	const char *key;
	json_t *of;

	(void)schema;
	json_object_foreach((json_t *)(uintptr_t)want, key, of)
	{
		const struct place at = { p, key, 0 };
		const json_t *member = json_object_get(value, key);
		if (member && !accepts(v, &at, of, member))
			return false;
	}
	return true;
}

static bool keep_required(struct verdict *v, const struct place *p,
			  const json_t *schema, const json_t *want,
			  const json_t *value)
{
	(void)schema;
	for (size_t i = 0; json_is_object(value) && i < json_array_size(want);
	     i++) {
		const char *name = json_string_value(json_array_get(want, i));
		const struct place at = { p, name, 0 };
		if (!json_object_get(value, name))
			return json_schema_wrong(v, &at, ROOT, "is missing");
	}
	return true;
}

/* "known: a, b" helps who has misspelt a name. */
static bool unknown(struct verdict *v, const struct place *p,
		    const json_t *known)
{
	char list[JSON_SCHEMA_LIST_SHOWN] = "", name[JSON_SCHEMA_NAME_SHOWN];
	const char *key;
	json_t *of;
	size_t at = 0;

	json_object_foreach((json_t *)(uintptr_t)known, key, of)
	{
		plain_text_copy(name, sizeof(name), key);
		if (at + strlen(name) + 3 > sizeof(list))
			break;
		at = json_schema_add(list, sizeof(list), at, at ? ", " : "");
		at = json_schema_add(list, sizeof(list), at, name);
	}
	return json_schema_wrong(v, p, ROOT, "is not known; known: %s",
				 at ? list : "none");
}

static bool keep_additional(struct verdict *v, const struct place *p,
			    const json_t *schema, const json_t *want,
			    const json_t *value)
{
	const json_t *known = json_object_get(schema, "properties");
	const char *key;
	json_t *member;

	if (json_is_true(want))
		return true;
	json_object_foreach((json_t *)(uintptr_t)value, key, member)
	{
		const struct place at = { p, key, 0 };
		if (json_object_get(known, key))
			continue;
		if (json_is_false(want))
			return unknown(v, &at, known);
		if (!accepts(v, &at, want, member))
			return false;
	}
	return true;
}

static bool keep_items(struct verdict *v, const struct place *p,
		       const json_t *schema, const json_t *want,
		       const json_t *value)
{
	(void)schema;
	for (size_t i = 0; i < json_array_size(value); i++) {
		const struct place at = { p, NULL, i };
		if (!accepts(v, &at, want, json_array_get(value, i)))
			return false;
	}
	return true;
}

/* --- Counts --- */

static bool keep_min_items(struct verdict *v, const struct place *p,
			   const json_t *schema, const json_t *want,
			   const json_t *value)
{
	json_int_t n = json_integer_value(want);

	(void)schema;
	return !json_is_array(value) ||
	       (json_int_t)json_array_size(value) >= n ||
	       json_schema_wrong(v, p, ROOT, "must have at least %lld entries",
				 (long long)n);
}

static bool keep_max_items(struct verdict *v, const struct place *p,
			   const json_t *schema, const json_t *want,
			   const json_t *value)
{
	json_int_t n = json_integer_value(want);

	(void)schema;
	return !json_is_array(value) ||
	       (json_int_t)json_array_size(value) <= n ||
	       json_schema_wrong(v, p, ROOT, "must have at most %lld entries",
				 (long long)n);
}

static json_int_t characters(const json_t *value)
{
	json_int_t n = 0;

	for (const char *c = json_string_value(value); *c; c++)
		n += ((unsigned char)*c & 0xc0) != 0x80;
	return n;
}

static bool keep_min_length(struct verdict *v, const struct place *p,
			    const json_t *schema, const json_t *want,
			    const json_t *value)
{
	json_int_t n = json_integer_value(want);

	(void)schema;
	return !json_is_string(value) || characters(value) >= n ||
	       json_schema_wrong(v, p, ROOT,
				 "must have at least %lld characters",
				 (long long)n);
}

static bool keep_max_length(struct verdict *v, const struct place *p,
			    const json_t *schema, const json_t *want,
			    const json_t *value)
{
	json_int_t n = json_integer_value(want);

	(void)schema;
	return !json_is_string(value) || characters(value) <= n ||
	       json_schema_wrong(v, p, ROOT,
				 "must have at most %lld characters",
				 (long long)n);
}

static bool keep_pattern(struct verdict *v, const struct place *p,
			 const json_t *schema, const json_t *want,
			 const json_t *value)
{
	const char *pattern = json_string_value(want);
	regex_t compiled;

	(void)schema;
	if (!json_is_string(value))
		return true;
	if (json_string_length(value) > JSON_SCHEMA_SUBJECT_MAX)
		return json_schema_wrong(v, p, ROOT,
					 "is too long for its pattern, at most "
					 "%d bytes",
					 JSON_SCHEMA_SUBJECT_MAX);
	if (regcomp(&compiled, pattern, REG_EXTENDED | REG_NOSUB) != 0)
		return json_schema_wrong(v, p, ROOT, "cannot be looked at");
	int no = regexec(&compiled, json_string_value(value), 0, NULL, 0);
	regfree(&compiled);
	return !no || json_schema_wrong(v, p, ROOT, "must match %s", pattern);
}

/* --- Numbers --- */

/* Less than, equal to or more than 0, as a is than b. */
static int compare(const json_t *a, const json_t *b)
{
	if (json_is_integer(a) && json_is_integer(b)) {
		json_int_t x = json_integer_value(a), y = json_integer_value(b);
		return (x > y) - (x < y);
	}
	double x = json_number_value(a), y = json_number_value(b);
	return (x > y) - (x < y);
}

static bool number(struct verdict *v, const struct place *p, bool is_kept,
		   const char *words, const json_t *want)
{
	char one[JSON_SCHEMA_NAME_SHOWN];

	if (is_kept)
		return true;
	json_schema_show(want, one, sizeof(one));
	return json_schema_wrong(v, p, ROOT, "must be %s %s", words, one);
}

static bool keep_minimum(struct verdict *v, const struct place *p,
			 const json_t *schema, const json_t *want,
			 const json_t *value)
{
	(void)schema;
	return number(v, p, !json_is_number(value) || compare(value, want) >= 0,
		      "at least", want);
}

static bool keep_maximum(struct verdict *v, const struct place *p,
			 const json_t *schema, const json_t *want,
			 const json_t *value)
{
	(void)schema;
	return number(v, p, !json_is_number(value) || compare(value, want) <= 0,
		      "at most", want);
}

static bool keep_above(struct verdict *v, const struct place *p,
		       const json_t *schema, const json_t *want,
		       const json_t *value)
{
	(void)schema;
	return number(v, p, !json_is_number(value) || compare(value, want) > 0,
		      "more than", want);
}

static bool keep_below(struct verdict *v, const struct place *p,
		       const json_t *schema, const json_t *want,
		       const json_t *value)
{
	(void)schema;
	return number(v, p, !json_is_number(value) || compare(value, want) < 0,
		      "less than", want);
}

/* In the order in which a mistake is told. */
static const struct {
	const char *name;
	keep_fn *keep;
} keyword[] = {
	{ "type", keep_type },
	{ "required", keep_required },
	{ "additionalProperties", keep_additional },
	{ "properties", keep_properties },
	{ "enum", keep_enum },
	{ "const", keep_const },
	{ "minItems", keep_min_items },
	{ "maxItems", keep_max_items },
	{ "items", keep_items },
	{ "minLength", keep_min_length },
	{ "maxLength", keep_max_length },
	{ "pattern", keep_pattern },
	{ "minimum", keep_minimum },
	{ "maximum", keep_maximum },
	{ "exclusiveMinimum", keep_above },
	{ "exclusiveMaximum", keep_below },
	{ "anyOf", keep_any_of },
};

static bool accepts(struct verdict *v, const struct place *p,
		    const json_t *schema, const json_t *value)
{
	for (size_t i = 0; i < sizeof(keyword) / sizeof(keyword[0]); i++) {
		const json_t *want = json_object_get(schema, keyword[i].name);
		if (want && !keyword[i].keep(v, p, schema, want, value))
			return false;
	}
	return true;
}

bool json_schema_accepts(const json_t *schema, const json_t *value, char *why,
			 size_t cap)
{
	struct verdict v = { why, cap, 0 };
	const struct place root = { NULL, NULL, 0 };

	assert(cap >= 256);
	why[0] = '\0';
	return accepts(&v, &root, schema, value);
}
