/* What the parts of the schema share; nobody else includes this. */
#ifndef GATEWAY_AGENTS_JSON_SCHEMA_PARTS_H
#define GATEWAY_AGENTS_JSON_SCHEMA_PARTS_H

#include "gateway/agents/json_schema.h"

/* Where in a value, or in a schema, we are: a chain to the root, whose up is
 * NULL. key NULL: an entry of a list. */
struct place {
	const struct place *up;
	const char *key;
	size_t index;
};

struct verdict {
	char *why;
	size_t cap;
	unsigned nodes; /* schemas looked at */
};

/* json_schema_wrong: write why, "PLACE …"; root is the root's name. Returns
 * false. */
bool json_schema_wrong(struct verdict *v, const struct place *p,
		       const char *root, const char *format, ...)
	__attribute__((format(printf, 4, 5)));

/* json_schema_type: what a schema calls so, or -1. json_schema_words: of one
 * that there is: "a string". */
enum json_schema_type {
	SCHEMA_NULL,
	SCHEMA_BOOLEAN,
	SCHEMA_INTEGER,
	SCHEMA_NUMBER,
	SCHEMA_STRING,
	SCHEMA_ARRAY,
	SCHEMA_OBJECT,
	SCHEMA_TYPES
};
int json_schema_type(const char *name);
const char *json_schema_words(const char *name);

/* json_schema_add: text behind what out has, as much as fits, in one line.
 * Returns the new length. */
size_t json_schema_add(char *out, size_t cap, size_t at, const char *text);

/* json_schema_show: a value as the model would write it, "…" if that is long;
 * json_schema_show_list: as many of a list as fit. */
#define JSON_SCHEMA_NAME_SHOWN 48
#define JSON_SCHEMA_LIST_SHOWN 160
void json_schema_show(const json_t *value, char *out, size_t cap);
void json_schema_show_list(const json_t *list, char *out, size_t cap);

#endif
