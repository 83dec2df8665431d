/* JSON checked against tables: which members an object may have, of which
 * type, in which range. The first fault is told with the path of its member
 * and the error the real server gives.
 *
 * Source: OpenAI Realtime, "Rules of session.update", error catalogue. */
#ifndef TOOLS_MODEL_MODEL_SCHEMA_H
#define TOOLS_MODEL_MODEL_SCHEMA_H

#include <stdbool.h>

#include <jansson.h>

#include "tools/model/model_error.h"

/* What a member may be; several may be joined. */
enum {
	MODEL_NULL = 1,
	MODEL_BOOL = 2,
	MODEL_INTEGER = 4,
	MODEL_NUMBER = 8, /* integers too */
	MODEL_STRING = 16,
	MODEL_OBJECT = 32,
	MODEL_ARRAY = 64
};

struct model_shape;

struct model_field {
	const char *name; /* NULL ends a table */
	unsigned takes;
	bool is_required;
	const char *const *one_of;       /* strings allowed, NULL-terminated */
	double min, max;                 /* of a number; both 0: any */
	const struct model_shape *shape; /* of the object, or of each element of
					    the array; NULL: anything */
	/* A last check of a value whose type fits; may be NULL. */
	bool (*check)(json_t *value, const char *path, struct model_error *e);
};

struct model_variant {
	const char *value;
	const struct model_shape *shape;
};

/* Either plain fields, or a union told apart by a member `tag`. */
struct model_shape {
	const struct model_field *field;
	const char *tag;
	const struct model_variant *variant; /* value NULL ends the table */
	/* Strings the array's elements may be instead of objects. */
	bool takes_strings;
};

/* model_schema_check: path is how errors name this object ("session"; ""
 * for the event itself). Returns false with *e set. */
bool model_schema_check(json_t *object, const struct model_shape *shape,
			const char *path, struct model_error *e);

/* model_schema_list: "'a', 'b', and 'c'" of a NULL-terminated list. */
void model_schema_list(char *out, size_t cap, const char *const *values);

#endif
