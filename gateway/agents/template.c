#include "gateway/agents/template.h"

#include <errno.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "gateway/call/variables.h"
#include "gateway/ops/config.h"
#include "protocols/utf8.h"

#define NAME_CHARACTERS                         \
	"abcdefghijklmnopqrstuvwxyzABCDEFGHIJK" \
	"LMNOPQRSTUVWXYZ0123456789._-"

/* {{ name | default }} */
struct place {
	char name[CALL_VARIABLE_NAME_MAX];
	const char *otherwise; /* NULL: none */
	size_t otherwise_len;
	size_t len; /* of all of it */
};

static size_t spaces(const char *text)
{
	return strspn(text, " ");
}

/* Between the bar and the braces, without the spaces around. Returns false
 * where they do not close on the same line. */
static bool read_otherwise(struct place *p, const char *at, const char **end)
{
	const char *close = strstr(at, "}}");
	size_t len = close ? (size_t)(close - at) : 0;

	if (!close || memchr(at, '\n', len))
		return false;
	while (len && at[len - 1] == ' ')
		len--;
	p->otherwise = at;
	p->otherwise_len = len;
	*end = close;
	return true;
}

static bool read_place(struct place *p, const char *text)
{
	const char *at = text + 2;

	at += spaces(at);
	size_t n = strspn(at, NAME_CHARACTERS);
	if (!n || n >= sizeof(p->name))
		return false;
	memcpy(p->name, at, n);
	p->name[n] = '\0';
	p->otherwise = NULL;
	at += n;
	at += spaces(at);
	if (*at == '|') {
		at++;
		at += spaces(at);
		if (!read_otherwise(p, at, &at))
			return false;
	}
	if (strncmp(at, "}}", 2) != 0)
		return false;
	p->len = (size_t)(at + 2 - text);
	return true;
}

/* The first place at or behind text, or NULL. */
static const char *find_place(const char *text, struct place *p)
{
	for (; (text = strstr(text, "{{")); text++)
		if (read_place(p, text))
			return text;
	return NULL;
}

bool template_has_places(const char *text)
{
	struct place p;

	return find_place(text, &p) != NULL;
}

/* --- Writing --- */

struct filling {
	const struct template_values *values;
	char *out;
	size_t len, room;
	size_t rest; /* of the text, behind the place: it will have room */
};

static bool has_room(const struct filling *f, size_t n)
{
	return f->len + n + f->rest < f->room;
}

static void put(struct filling *f, const char *text, size_t n)
{
	memcpy(f->out + f->len, text, n);
	f->len += n;
}

/* The code of a character of two or three bytes; of others 0. */
static uint32_t code_of(const uint8_t *at, size_t n)
{
	if (n == 2)
		return (uint32_t)(at[0] & 0x1f) << 6 | (at[1] & 0x3f);
	if (n == 3)
		return (uint32_t)(at[0] & 0x0f) << 12 |
		       (uint32_t)(at[1] & 0x3f) << 6 | (at[2] & 0x3f);
	return 0;
}

/* What ends a line, or turns one around, in somebody's eyes. */
static bool is_control(uint32_t code)
{
	return (code >= 0x80 && code < 0xa0) ||
	       (code >= 0x200b && code <= 0x200f) ||
	       (code >= 0x2028 && code <= 0x202e) ||
	       (code >= 0x2060 && code <= 0x206f) || code == 0xfeff;
}

static bool is_quote(uint32_t code)
{
	return code == 0xab || code == 0xbb ||
	       (code >= 0x201c && code <= 0x201f) || code == 0x2033 ||
	       code == 0x2036 || (code >= 0x300c && code <= 0x300f) ||
	       code == 0xff02;
}

static size_t put_character(struct filling *f, const uint8_t *at, size_t left)
{
	size_t n = utf8_character(at, left);
	uint32_t code = code_of(at, n);

	if (n == 0 || *at < ' ' || *at == 0x7f || is_control(code))
		put(f, " ", 1);
	else if (*at == '"' || is_quote(code))
		put(f, "'", 1);
	else
		put(f, (const char *)at, n);
	return n ? n : 1;
}

static void put_value(struct filling *f, const char *value)
{
	size_t left = strnlen(value, TEMPLATE_VALUE_MAX + 4);
	const char *mark = f->values->is_spoken ? "" : "\"";

	if (left > TEMPLATE_VALUE_MAX)
		left = utf8_cut(value, left, TEMPLATE_VALUE_MAX);
	if (!has_room(f, left + 2))
		return; /* not half of it, nor an open quotation */
	put(f, mark, strlen(mark));
	while (left) {
		size_t n = put_character(f, (const uint8_t *)value, left);
		value += n;
		left -= n;
	}
	put(f, mark, strlen(mark));
}

static const char *default_of(const struct template_values *v, const char *name)
{
	for (unsigned i = 0; i < v->default_count; i++)
		if (strcmp(v->defaults[i].name, name) == 0)
			return v->defaults[i].value;
	return "";
}

static void put_place(struct filling *f, const struct place *p)
{
	const char *value = call_variables_get(f->values->variables, p->name);
	const char *otherwise;

	if (value && value[0]) {
		put_value(f, value);
	} else if (p->otherwise) {
		put(f, p->otherwise, p->otherwise_len);
	} else {
		otherwise = default_of(f->values, p->name);
		if (has_room(f, strlen(otherwise)))
			put(f, otherwise, strlen(otherwise));
	}
}

static unsigned count_places(const char *text)
{
	struct place p;
	unsigned n = 0;

	while ((text = find_place(text, &p))) {
		text += p.len;
		n++;
	}
	return n;
}

_Static_assert(CONFIG_VALUE_MAX >= TEMPLATE_VALUE_MAX + 4,
	       "what a place may become");

int template_fill(char **out, const char *text, const struct template_values *v)
{
	const char *end = text + strlen(text);
	size_t least = (size_t)(end - text) + 1;
	size_t room = least + (size_t)count_places(text) * CONFIG_VALUE_MAX;
	struct filling f = { .values = v };
	struct place p;

	f.room = room < TEMPLATE_MAX ? room : TEMPLATE_MAX;
	if (f.room < least)
		f.room = least;
	*out = f.out = malloc(f.room);
	if (!f.out)
		return -ENOMEM;
	for (const char *at; (at = find_place(text, &p)); text = at + p.len) {
		put(&f, text, (size_t)(at - text));
		f.rest = (size_t)(end - at) - p.len;
		put_place(&f, &p);
	}
	put(&f, text, (size_t)(end - text));
	f.out[f.len] = '\0';
	return 0;
}
