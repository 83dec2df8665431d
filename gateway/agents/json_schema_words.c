/* How a mistake is put into words. */
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "gateway/agents/json_schema_parts.h"
#include "gateway/agents/plain_text.h"
#include "protocols/utf8.h"

#define PLACE_MAX 120

size_t json_schema_add(char *out, size_t cap, size_t at, const char *text)
{
	return at + plain_text_copy(out + at, cap - at, text);
}

/* "order.items[2].id"; what has no room is left out at the end. */
static size_t print_place(const struct place *p, char *out, size_t cap)
{
	char name[JSON_SCHEMA_NAME_SHOWN], index[24];
	size_t at;

	if (!p->up)
		return 0;
	at = print_place(p->up, out, cap);
	if (!p->key) {
		snprintf(index, sizeof(index), "[%zu]", p->index);
		return json_schema_add(out, cap, at, index);
	}
	plain_text_copy(name, sizeof(name), p->key);
	if (at)
		at = json_schema_add(out, cap, at, ".");
	return json_schema_add(out, cap, at, name);
}

bool json_schema_wrong(struct verdict *v, const struct place *p,
		       const char *root, const char *format, ...)
{
	char place[PLACE_MAX] = "", words[2 * PLACE_MAX];
	va_list ap;

	print_place(p, place, sizeof(place));
	va_start(ap, format);
	vsnprintf(words, sizeof(words), format, ap);
	va_end(ap);
	size_t n = strlen(words);
	if (n == sizeof(words) - 1) /* perhaps within a character */
		words[utf8_cut(words, n, n - 4)] = '\0';
	size_t at = json_schema_add(v->why, v->cap, 0, place[0] ? place : root);
	at = json_schema_add(v->why, v->cap, at, " ");
	json_schema_add(v->why, v->cap, at, words);
	return false;
}

static const struct {
	const char *name, *words;
} type[SCHEMA_TYPES] = {
	[SCHEMA_NULL] = { "null", "null" },
	[SCHEMA_BOOLEAN] = { "boolean", "true or false" },
	[SCHEMA_INTEGER] = { "integer", "a whole number" },
	[SCHEMA_NUMBER] = { "number", "a number" },
	[SCHEMA_STRING] = { "string", "a string" },
	[SCHEMA_ARRAY] = { "array", "a list" },
	[SCHEMA_OBJECT] = { "object", "an object" },
};

int json_schema_type(const char *name)
{
	for (int i = 0; i < SCHEMA_TYPES; i++)
		if (strcmp(type[i].name, name) == 0)
			return i;
	return -1;
}

const char *json_schema_words(const char *name)
{
	return type[json_schema_type(name)].words;
}

void json_schema_show(const json_t *value, char *out, size_t cap)
{
	char *text = json_dumps(value, JSON_COMPACT | JSON_ENCODE_ANY);

	if (!text || strlen(text) >= cap)
		snprintf(out, cap, "…");
	else
		plain_text_copy(out, cap, text);
	free(text);
}

void json_schema_show_list(const json_t *list, char *out, size_t cap)
{
	char one[JSON_SCHEMA_NAME_SHOWN];
	size_t at = 0;

	out[0] = '\0';
	for (size_t i = 0; i < json_array_size(list); i++) {
		json_schema_show(json_array_get(list, i), one, sizeof(one));
		if (at + strlen(one) + 8 > cap) {
			json_schema_add(out, cap, at, ", …");
			return;
		}
		at = json_schema_add(out, cap, at, at ? ", " : "");
		at = json_schema_add(out, cap, at, one);
	}
}
