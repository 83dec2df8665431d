#include "gateway/call/variables.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#define ROOM_STEP 1024 /* bytes; the bound is a multiple */

static const char *value_of(const char *name)
{
	return name + strlen(name) + 1;
}

const char *call_variables_next(const struct call_variables *v,
				const char *name)
{
	const char *after = v->text;

	if (!v->used)
		return NULL;
	if (name) {
		const char *value = value_of(name);
		after = value + strlen(value) + 1;
	}
	return after < v->text + v->used ? after : NULL;
}

const char *call_variables_get(const struct call_variables *v, const char *name)
{
	const char *at = NULL;

	while ((at = call_variables_next(v, at)))
		if (strcmp(at, name) == 0)
			return value_of(at);
	return NULL;
}

static int make_room(struct call_variables *v, size_t size)
{
	size_t room = (v->used + size + ROOM_STEP - 1) / ROOM_STEP * ROOM_STEP;

	if (room <= v->room)
		return 0;
	char *text = realloc(v->text, room);
	if (!text)
		return -ENOMEM;
	v->text = text;
	v->room = room;
	return 0;
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
	    name_size + value_size > CALL_VARIABLES_BYTES - v->used)
		return -ENOBUFS;
	if (make_room(v, name_size + value_size))
		return -ENOMEM;
	add(v, name, name_size);
	add(v, value, value_size);
	v->count++;
	return 0;
}

void call_variables_clear(struct call_variables *v)
{
	free(v->text);
	*v = (struct call_variables){ 0 };
}
