#include "gateway/call/variables.h"

#include <errno.h>
#include <string.h>

static const char *value_of(const char *name)
{
	return name + strlen(name) + 1;
}

/* The names in turn, from NULL to NULL. */
static const char *next(const struct call_variables *v, const char *name)
{
	const char *after = v->text;

	if (name) {
		const char *value = value_of(name);
		after = value + strlen(value) + 1;
	}
	return after < v->text + v->used ? after : NULL;
}

const char *call_variables_get(const struct call_variables *v, const char *name)
{
	const char *at = NULL;

	while ((at = next(v, at)))
		if (strcmp(at, name) == 0)
			return value_of(at);
	return NULL;
}

static void add(struct call_variables *v, const char *text, size_t size)
{
	memcpy(v->text + v->used, text, size);
	v->used += size;
}

int call_variables_set(struct call_variables *v, const char *name,
		       const char *value)
{
	size_t name_size = strlen(name) + 1, value_size = strlen(value) + 1;

	if (name_size == 1)
		return -EINVAL;
	if (name_size > CALL_VARIABLE_NAME_MAX ||
	    value_size > CALL_VARIABLE_VALUE_MAX)
		return -ENAMETOOLONG;
	if (call_variables_get(v, name))
		return -EEXIST;
	if (v->count == CALL_VARIABLES_MAX ||
	    name_size + value_size > sizeof(v->text) - v->used)
		return -ENOBUFS;
	add(v, name, name_size);
	add(v, value, value_size);
	v->count++;
	return 0;
}
