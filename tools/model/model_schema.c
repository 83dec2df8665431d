#include "tools/model/model_schema.h"

#include <stdio.h>
#include <string.h>

#define PATH_MAX_LEN 192
#define LIST_MAX_LEN 900

static void join_path(char out[PATH_MAX_LEN], const char *path,
		      const char *name)
{
	snprintf(out, PATH_MAX_LEN, "%s%s%s", path, *path ? "." : "", name);
}

void model_schema_list(char *out, size_t cap, const char *const *values)
{
	size_t n = 0, used = 0;

	while (values[n])
		n++;
	out[0] = 0;
	for (size_t i = 0; i < n && used < cap; i++) {
		const char *before = i == 0       ? ""
				     : n == 2     ? " and "
				     : i + 1 == n ? ", and "
						  : ", ";
		used += (size_t)snprintf(out + used, cap - used, "%s'%s'",
					 before, values[i]);
	}
}

static const char *type_name(json_t *value)
{
	switch (json_typeof(value)) {
	case JSON_OBJECT:
		return "an object";
	case JSON_ARRAY:
		return "an array";
	case JSON_STRING:
		return "a string";
	case JSON_INTEGER:
		return "an integer";
	case JSON_REAL:
		return "a decimal number";
	case JSON_TRUE:
	case JSON_FALSE:
		return "a boolean";
	case JSON_NULL:
		break;
	}
	return "null";
}

static unsigned type_bit(json_t *value)
{
	switch (json_typeof(value)) {
	case JSON_OBJECT:
		return MODEL_OBJECT;
	case JSON_ARRAY:
		return MODEL_ARRAY;
	case JSON_STRING:
		return MODEL_STRING;
	case JSON_INTEGER:
		return MODEL_INTEGER | MODEL_NUMBER;
	case JSON_REAL:
		return MODEL_NUMBER;
	case JSON_TRUE:
	case JSON_FALSE:
		return MODEL_BOOL;
	case JSON_NULL:
		break;
	}
	return MODEL_NULL;
}

/* The type an error asks for: the most telling one of those allowed. */
static const char *expected_name(unsigned takes)
{
	static const struct {
		unsigned bit;
		const char *name;
	} row[] = {
		{ MODEL_OBJECT, "an object" },   { MODEL_ARRAY, "an array" },
		{ MODEL_INTEGER, "an integer" }, { MODEL_NUMBER, "a number" },
		{ MODEL_BOOL, "a boolean" },     { MODEL_STRING, "a string" },
	};

	for (size_t i = 0; i < sizeof(row) / sizeof(row[0]); i++)
		if (takes & row[i].bit)
			return row[i].name;
	return "null";
}

static bool refuse_value(const char *value, const char *const *values,
			 const char *path, struct model_error *e)
{
	char list[LIST_MAX_LEN];

	model_schema_list(list, sizeof(list), values);
	return model_error_set(e, "invalid_value", path,
			       "Invalid value: '%.60s'. Supported values "
			       "are: %s.",
			       value, list);
}

static bool check_string(json_t *value, const struct model_field *f,
			 const char *path, struct model_error *e)
{
	const char *text = json_string_value(value);

	if (!f->one_of)
		return true;
	for (const char *const *one = f->one_of; *one; one++)
		if (strcmp(text, *one) == 0)
			return true;
	return refuse_value(text, f->one_of, path, e);
}

static bool check_number(json_t *value, const struct model_field *f,
			 const char *path, struct model_error *e)
{
	double number = json_number_value(value);

	if ((f->min == 0 && f->max == 0) ||
	    (number >= f->min && number <= f->max))
		return true;
	bool is_low = number < f->min;
	return model_error_set(
		e, "invalid_value", path,
		"Invalid '%s': %s %s value. Expected a value %s %g, but got "
		"%g instead.",
		path, json_is_integer(value) ? "integer" : "decimal",
		is_low ? "below minimum" : "above maximum",
		is_low ? ">=" : "<=", is_low ? f->min : f->max, number);
}

static bool check_elements(json_t *array, const struct model_shape *shape,
			   const char *path, struct model_error *e)
{
	for (size_t i = 0; i < json_array_size(array); i++) {
		json_t *element = json_array_get(array, i);
		char at[PATH_MAX_LEN + 24];

		snprintf(at, sizeof(at), "%s[%zu]", path, i);
		if (json_is_string(element) && shape->takes_strings)
			continue;
		if (!json_is_object(element))
			return model_error_set(e, "invalid_type", at,
					       "Invalid type for '%s': "
					       "expected an object, but got "
					       "%s instead.",
					       at, type_name(element));
		if (!model_schema_check(element, shape, at, e))
			return false;
	}
	return true;
}

static bool check_content(json_t *value, const struct model_field *f,
			  const char *path, struct model_error *e)
{
	if (json_is_string(value))
		return check_string(value, f, path, e);
	if (json_is_number(value))
		return check_number(value, f, path, e);
	if (json_is_array(value) && f->shape)
		return check_elements(value, f->shape, path, e);
	if (json_is_object(value) && f->shape)
		return model_schema_check(value, f->shape, path, e);
	return true;
}

static bool check_value(json_t *value, const struct model_field *f,
			const char *path, struct model_error *e)
{
	if (!(type_bit(value) & f->takes))
		return model_error_set(e, "invalid_type", path,
				       "Invalid type for '%s': expected %s, "
				       "but got %s instead.",
				       path, expected_name(f->takes),
				       type_name(value));
	if (!check_content(value, f, path, e))
		return false;
	return !f->check || f->check(value, path, e);
}

static const struct model_field *find_field(const struct model_field *f,
					    const char *name)
{
	for (; f->name; f++)
		if (strcmp(f->name, name) == 0)
			return f;
	return NULL;
}

static bool missing(const char *path, struct model_error *e)
{
	return model_error_set(e, "missing_required_parameter", path,
			       "Missing required parameter: '%s'.", path);
}

static bool check_fields(json_t *object, const struct model_field *field,
			 const char *path, struct model_error *e)
{
	char at[PATH_MAX_LEN];
	const char *name;
	json_t *value;

	for (const struct model_field *f = field; f->name; f++) {
		join_path(at, path, f->name);
		if (f->is_required && !json_object_get(object, f->name))
			return missing(at, e);
	}
	void *iter = json_object_iter(object);
	for (; iter; iter = json_object_iter_next(object, iter)) {
		name = json_object_iter_key(iter);
		value = json_object_iter_value(iter);
		const struct model_field *f = find_field(field, name);
		join_path(at, path, name);
		if (!f)
			return model_error_set(e, "unknown_parameter", at,
					       "Unknown parameter: '%s'.", at);
		if (!check_value(value, f, at, e))
			return false;
	}
	return true;
}

static bool check_union(json_t *object, const struct model_shape *shape,
			const char *path, struct model_error *e)
{
	const char *values[32];
	char at[PATH_MAX_LEN];
	size_t n = 0;
	json_t *tag = json_object_get(object, shape->tag);

	join_path(at, path, shape->tag);
	if (!tag)
		return missing(at, e);
	if (!json_is_string(tag))
		return model_error_set(e, "invalid_type", at,
				       "Invalid type for '%s': expected a "
				       "string, but got %s instead.",
				       at, type_name(tag));
	for (const struct model_variant *v = shape->variant; v->value; v++) {
		if (strcmp(v->value, json_string_value(tag)) == 0)
			return model_schema_check(object, v->shape, path, e);
		if (n < 31)
			values[n++] = v->value;
	}
	values[n] = NULL;
	return refuse_value(json_string_value(tag), values, at, e);
}

bool model_schema_check(json_t *object, const struct model_shape *shape,
			const char *path, struct model_error *e)
{
	if (shape->tag)
		return check_union(object, shape, path, e);
	return check_fields(object, shape->field, path, e);
}
