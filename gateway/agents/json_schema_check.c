/* Whether a schema is one that can be kept to. */
#include <ctype.h>
#include <regex.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "gateway/agents/json_schema_parts.h"

#define ROOT "the schema"

static bool check(struct verdict *v, const struct place *p, unsigned depth,
		  const json_t *schema);

/* What a keyword is checked with: its own place, and how deep its schema is. */
typedef bool check_fn(struct verdict *v, const struct place *p, unsigned depth,
		      const json_t *value);

static bool must(struct verdict *v, const struct place *p, const char *what)
{
	return json_schema_wrong(v, p, ROOT, "must be %s", what);
}

static bool check_number(struct verdict *v, const struct place *p,
			 unsigned depth, const json_t *value)
{
	(void)depth;
	return json_is_number(value) || must(v, p, "a number");
}

static bool check_count(struct verdict *v, const struct place *p,
			unsigned depth, const json_t *value)
{
	(void)depth;
	return (json_is_integer(value) && json_integer_value(value) >= 0) ||
	       must(v, p, "a whole number, 0 or more");
}

static bool check_list(struct verdict *v, const struct place *p,
		       const json_t *value, size_t least)
{
	size_t n = json_array_size(value);

	return (json_is_array(value) && n >= least &&
		n <= JSON_SCHEMA_LIST_MAX) ||
	       json_schema_wrong(v, p, ROOT,
				 "must be a list of %zu to %d entries", least,
				 JSON_SCHEMA_LIST_MAX);
}

static bool check_enum(struct verdict *v, const struct place *p, unsigned depth,
		       const json_t *value)
{
	(void)depth;
	return check_list(v, p, value, 1);
}

static bool check_any(struct verdict *v, const struct place *p, unsigned depth,
		      const json_t *value)
{
	(void)v;
	(void)p;
	(void)depth;
	(void)value;
	return true;
}

static bool check_name(struct verdict *v, const struct place *p,
		       const json_t *value)
{
	return (json_is_string(value) &&
		json_schema_type(json_string_value(value)) >= 0) ||
	       must(v, p,
		    "null, boolean, integer, number, string, array or object");
}

static bool check_type(struct verdict *v, const struct place *p, unsigned depth,
		       const json_t *value)
{
	bool is_good = true;
	size_t i;
	json_t *name;

	(void)depth;
	if (!json_is_array(value))
		return check_name(v, p, value);
	if (!check_list(v, p, value, 1))
		return false;
	json_array_foreach(value, i, name)
	{
		const struct place at = { p, NULL, i };
		is_good = is_good && check_name(v, &at, name);
	}
	return is_good;
}

static bool check_required(struct verdict *v, const struct place *p,
			   unsigned depth, const json_t *value)
{
	bool is_good = true;
	size_t i;
	json_t *name;

	(void)depth;
	if (!check_list(v, p, value, 0))
		return false;
	json_array_foreach(value, i, name)
	{
		const struct place at = { p, NULL, i };
		is_good = is_good &&
			  (json_is_string(name) || must(v, &at, "a name"));
	}
	return is_good;
}

/* --- Patterns --- */

/* {n}, {n,} or {n,m} with more than is allowed. */
static bool repeats_too_much(const char *brace)
{
	char *end;

	if (strtoul(brace + 1, &end, 10) > JSON_SCHEMA_REPEAT_MAX)
		return true;
	return *end == ',' &&
	       strtoul(end + 1, NULL, 10) > JSON_SCHEMA_REPEAT_MAX;
}

/* What other dialects know and this one would take for something else. */
static const char *foreign(const char *pattern)
{
	for (; *pattern; pattern++) {
		if (pattern[0] == '(' && pattern[1] == '?')
			return "must not have (?…): POSIX extended regular "
			       "expressions do not know it";
		if (pattern[0] == '{' && repeats_too_much(pattern))
			return "must not repeat more than 255 times";
		if (pattern[0] != '\\')
			continue;
		pattern++;
		if (isalnum((unsigned char)*pattern))
			return "must have no letter or digit behind a "
			       "backslash: write [0-9] for \\d, [[:space:]] "
			       "for \\s";
		if (!*pattern)
			break;
	}
	return NULL;
}

static bool check_pattern(struct verdict *v, const struct place *p,
			  unsigned depth, const json_t *value)
{
	const char *pattern = json_string_value(value);
	regex_t compiled;
	char reason[128];

	(void)depth;
	if (!pattern || strlen(pattern) > JSON_SCHEMA_PATTERN_MAX)
		return must(v, p, "text of at most 256 bytes");
	const char *why = foreign(pattern);
	if (why)
		return json_schema_wrong(v, p, ROOT, "%s", why);
	int err = regcomp(&compiled, pattern, REG_EXTENDED | REG_NOSUB);
	if (err) {
		regerror(err, &compiled, reason, sizeof(reason));
		return json_schema_wrong(
			v, p, ROOT, "is no regular expression: %s", reason);
	}
	regfree(&compiled);
	return true;
}

/* --- Schemas in schemas --- */

static bool check_properties(struct verdict *v, const struct place *p,
			     unsigned depth, const json_t *value)
{
	const char *key;
	json_t *schema;

	if (!json_is_object(value))
		return must(v, p, "an object: a schema for each name");
	json_object_foreach((json_t *)(uintptr_t)value, key, schema)
	{
		const struct place at = { p, key, 0 };
		if (!check(v, &at, depth + 1, schema))
			return false;
	}
	return true;
}

static bool check_schema(struct verdict *v, const struct place *p,
			 unsigned depth, const json_t *value)
{
	return check(v, p, depth + 1, value);
}

static bool check_additional(struct verdict *v, const struct place *p,
			     unsigned depth, const json_t *value)
{
	return json_is_boolean(value) || check(v, p, depth + 1, value);
}

static bool check_any_of(struct verdict *v, const struct place *p,
			 unsigned depth, const json_t *value)
{
	size_t i;
	json_t *schema;

	if (!check_list(v, p, value, 1))
		return false;
	json_array_foreach(value, i, schema)
	{
		const struct place at = { p, NULL, i };
		if (!check(v, &at, depth + 1, schema))
			return false;
	}
	return true;
}

static const struct {
	const char *name;
	check_fn *check;
} keyword[] = {
	{ "type", check_type },
	{ "enum", check_enum },
	{ "const", check_any },
	{ "anyOf", check_any_of },
	{ "properties", check_properties },
	{ "required", check_required },
	{ "additionalProperties", check_additional },
	{ "items", check_schema },
	{ "minItems", check_count },
	{ "maxItems", check_count },
	{ "minLength", check_count },
	{ "maxLength", check_count },
	{ "pattern", check_pattern },
	{ "minimum", check_number },
	{ "maximum", check_number },
	{ "exclusiveMinimum", check_number },
	{ "exclusiveMaximum", check_number },
	{ "title", check_any },
	{ "description", check_any },
	{ "default", check_any },
	{ "examples", check_any },
	{ "format", check_any },
	{ "deprecated", check_any },
	{ "readOnly", check_any },
	{ "writeOnly", check_any },
	{ "$schema", check_any },
	{ "$id", check_any },
	{ "$comment", check_any },
};

static check_fn *find(const char *name)
{
	for (size_t i = 0; i < sizeof(keyword) / sizeof(keyword[0]); i++)
		if (strcmp(keyword[i].name, name) == 0)
			return keyword[i].check;
	return NULL;
}

static bool check(struct verdict *v, const struct place *p, unsigned depth,
		  const json_t *schema)
{
	const char *key;
	json_t *value;

	if (!json_is_object(schema))
		return must(v, p, "an object, a schema");
	if (depth > JSON_SCHEMA_DEPTH_MAX || ++v->nodes > JSON_SCHEMA_NODES_MAX)
		return json_schema_wrong(v, p, ROOT,
					 "is too deep or too much: at most %d "
					 "schemas, %d in each other",
					 JSON_SCHEMA_NODES_MAX,
					 JSON_SCHEMA_DEPTH_MAX);
	json_object_foreach((json_t *)(uintptr_t)schema, key, value)
	{
		const struct place at = { p, key, 0 };
		check_fn *fn = find(key);
		if (!fn)
			return json_schema_wrong(v, &at, ROOT,
						 "is a keyword nobody here "
						 "would keep to");
		if (!fn(v, &at, depth, value))
			return false;
	}
	return true;
}

bool json_schema_check(const json_t *schema, char *why, size_t cap)
{
	struct verdict v = { why, cap, 0 };
	const struct place root = { NULL, NULL, 0 };

	why[0] = '\0';
	return check(&v, &root, 1, schema);
}
