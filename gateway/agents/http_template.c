#include "gateway/agents/http_template.h"

#include <ctype.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* The next place in text, if there is one. */
struct place {
	const char *begin; /* at its first brace; NULL: there is none */
	const char *end;   /* behind its last */
	bool is_fact;
	bool is_bad; /* not closed, or no name in it */
	char name[HTTP_TEMPLATE_NAME_MAX];
	const char *otherwise; /* of a fact; "": nothing */
	size_t otherwise_len;
};

static bool take_name(struct place *p, const char *from, const char *to)
{
	size_t n = (size_t)(to - from);

	if (!n || n >= sizeof(p->name))
		return false;
	for (const char *c = from; c < to; c++)
		if (!isalnum((unsigned char)*c) && !strchr("_-.", *c))
			return false;
	memcpy(p->name, from, n);
	p->name[n] = '\0';
	return true;
}

/* Spaces on either side do not count. */
static void trim(const char **from, const char **to)
{
	while (*from < *to && **from == ' ')
		(*from)++;
	while (*from < *to && (*to)[-1] == ' ')
		(*to)--;
}

/* name | default, as template.h has it; on one line. */
static bool take_fact(struct place *p, const char *from, const char *to)
{
	const char *bar = memchr(from, '|', (size_t)(to - from));
	const char *name_end = bar ? bar : to;

	if (bar) {
		p->otherwise = bar + 1;
		trim(&p->otherwise, &to);
		p->otherwise_len = (size_t)(to - p->otherwise);
	}
	for (size_t i = 0; i < p->otherwise_len; i++)
		if (iscntrl((unsigned char)p->otherwise[i]))
			return false;
	trim(&from, &name_end);
	return take_name(p, from, name_end);
}

static struct place find(const char *text, bool has_arguments)
{
	struct place p = { .begin = strchr(text, '{'), .otherwise = "" };

	while (p.begin && !has_arguments && p.begin[1] != '{')
		p.begin = strchr(p.begin + 1, '{');
	if (!p.begin)
		return p;
	p.is_fact = p.begin[1] == '{';
	const char *name = p.begin + 1 + p.is_fact;
	const char *close = strstr(name, p.is_fact ? "}}" : "}");
	p.is_bad = !close || !(p.is_fact ? take_fact(&p, name, close)
					 : take_name(&p, name, close));
	p.end = close ? close + 1 + p.is_fact : p.begin + strlen(p.begin);
	return p;
}

static bool is_required(const json_t *schema, const char *name)
{
	const json_t *list = json_object_get(schema, "required");

	for (size_t i = 0; i < json_array_size(list); i++)
		if (strcmp(json_string_value(json_array_get(list, i)), name) ==
		    0)
			return true;
	return false;
}

bool http_template_check(const char *text, const json_t *schema, char *why,
			 size_t cap)
{
	for (struct place p; (p = find(text, schema != NULL)).begin;
	     text = p.end) {
		if (p.is_bad) {
			snprintf(why, cap, "has a { that is no place: %.40s",
				 p.begin);
			return false;
		}
		if (!p.is_fact && !is_required(schema, p.name)) {
			snprintf(why, cap,
				 "has {%s}, which is not among the required of "
				 "its parameters",
				 p.name);
			return false;
		}
	}
	return true;
}

/* --- Filling in --- */

static void put_encoded(FILE *out, const char *value, size_t n)
{
	for (const char *end = value + n; value < end; value++)
		if (isalnum((unsigned char)*value) || strchr("-._~", *value))
			fputc(*value, out);
		else
			fprintf(out, "%%%02X", (unsigned char)*value);
}

static void put(FILE *out, const char *value, size_t n, bool is_url)
{
	if (is_url) {
		put_encoded(out, value, n);
		return;
	}
	for (const char *end = value + n; value < end; value++)
		fputc(iscntrl((unsigned char)*value) ? ' ' : *value, out);
}

static void put_fact(FILE *out, const struct http_template_values *v,
		     const struct place *p)
{
	const char *value = v->fact(v->owner, p->name);

	if (value[0])
		put(out, value, strlen(value), v->is_url);
	else
		put(out, p->otherwise, p->otherwise_len, v->is_url);
}

/* Of whatever it is; to be freed. */
static char *text_of(const json_t *value)
{
	if (json_is_string(value))
		return strdup(json_string_value(value));
	return json_dumps(value, JSON_COMPACT | JSON_ENCODE_ANY);
}

static bool is_step(const char *text)
{
	return !text[0] || strcmp(text, ".") == 0 || strcmp(text, "..") == 0;
}

static bool put_argument(FILE *out, const struct http_template_values *v,
			 const char *name, char *why, size_t cap)
{
	const json_t *value = json_object_get(v->arguments, name);
	char *text = json_is_string(value) || json_is_number(value) ||
				     json_is_boolean(value)
			     ? text_of(value)
			     : NULL;
	bool is_good = text && !is_step(text);

	if (is_good)
		put(out, text, strlen(text), v->is_url);
	else
		snprintf(why, cap,
			 "%s must be text that is not empty, \".\" or \"..\"",
			 name);
	free(text);
	return is_good;
}

static bool put_all(FILE *out, const char *text,
		    const struct http_template_values *v, char *why, size_t cap)
{
	bool is_good = true;

	for (struct place p; (p = find(text, v->arguments != NULL)).begin;
	     text = p.end) {
		fwrite(text, 1, (size_t)(p.begin - text), out);
		if (p.is_bad)
			fwrite(p.begin, 1, (size_t)(p.end - p.begin), out);
		else if (p.is_fact)
			put_fact(out, v, &p);
		else
			is_good &= put_argument(out, v, p.name, why, cap);
	}
	fputs(text, out);
	return is_good;
}

/* What is in the URL is not sent again. */
static void take_out(const char *text, const struct http_template_values *v)
{
	for (struct place p; (p = find(text, v->arguments != NULL)).begin;
	     text = p.end)
		if (!p.is_bad && !p.is_fact)
			json_object_del(v->arguments, p.name);
}

char *http_template_fill(const char *text, const struct http_template_values *v,
			 char *why, size_t cap)
{
	char *filled = NULL;
	size_t len;
	FILE *out = open_memstream(&filled, &len);

	snprintf(why, cap, "out of memory");
	if (!out)
		return NULL;
	bool is_good = put_all(out, text, v, why, cap);
	if (fclose(out) != 0 || !is_good) {
		free(filled);
		return NULL;
	}
	take_out(text, v);
	return filled;
}

char *http_template_query(const char *url, const json_t *arguments)
{
	char mark = strchr(url, '?') ? '&' : '?', *whole = NULL;
	const char *key;
	json_t *value;
	size_t len;
	FILE *out = open_memstream(&whole, &len);

	if (!out)
		return NULL;
	fputs(url, out);
	/* jansson's iterators change nothing. */
	json_object_foreach((json_t *)(size_t)arguments, key, value)
	{
		char *text = json_is_null(value) ? NULL : text_of(value);
		if (!text)
			continue;
		fputc(mark, out);
		put_encoded(out, key, strlen(key));
		fputc('=', out);
		put_encoded(out, text, strlen(text));
		mark = '&';
		free(text);
	}
	return fclose(out) == 0 ? whole : (free(whole), NULL);
}
