#include "protocols/json_write.h"

#include <errno.h>
#include <string.h>

#include "protocols/base64.h"
#include "protocols/buffer.h"
#include "protocols/utf8.h"

static void put(struct json_write *w, const char *text, size_t n)
{
	if (!w->err)
		w->err = buffer_append(w->out, text, n);
}

void json_write_begin(struct json_write *w, struct buffer *out)
{
	*w = (struct json_write){ .out = out, .begun = out->used };
	put(w, "{", 1);
}

static void put_escape(struct json_write *w, char c)
{
	static const char hex[] = "0123456789abcdef";
	char code[] = { '\\', 'u', '0', '0', hex[c >> 4 & 15], hex[c & 15] };

	if (c == '"' || c == '\\')
		put(w, (char[]){ '\\', c }, 2);
	else
		put(w, code, sizeof(code));
}

static bool needs_escape(char c)
{
	return (unsigned char)c < ' ' || c == '"' || c == '\\';
}

static void put_string(struct json_write *w, const char *text)
{
	size_t plain;

	if (!utf8_is_valid((const uint8_t *)text, strlen(text)) && !w->err)
		w->err = -EINVAL;
	put(w, "\"", 1);
	for (; *text; text += plain) {
		for (plain = 0; text[plain] && !needs_escape(text[plain]);)
			plain++;
		put(w, text, plain);
		if (plain == 0) {
			put_escape(w, *text);
			plain = 1;
		}
	}
	put(w, "\"", 1);
}

static void put_name(struct json_write *w, const char *name)
{
	if (w->needs_comma)
		put(w, ",", 1);
	w->needs_comma = true;
	if (!name)
		return;
	put_string(w, name);
	put(w, ":", 1);
}

void json_write_text(struct json_write *w, const char *name, const char *text)
{
	if (!text)
		return;
	put_name(w, name);
	put_string(w, text);
}

void json_write_bool(struct json_write *w, const char *name, bool value)
{
	put_name(w, name);
	put(w, value ? "true" : "false", value ? 4 : 5);
}

/* By hand: printf's decimal point is the locale's. */
void json_write_fraction(struct json_write *w, const char *name, double value)
{
	unsigned n = value >= 1  ? 1000
		     : value > 0 ? (unsigned)(value * 1000 + 0.5)
				 : 0;
	char text[] = { (char)('0' + n / 1000), '.', (char)('0' + n / 100 % 10),
			(char)('0' + n / 10 % 10), (char)('0' + n % 10) };

	put_name(w, name);
	put(w, text, sizeof(text));
}

void json_write_base64(struct json_write *w, const char *name,
		       const uint8_t *bytes, size_t n)
{
	char *room;

	put_name(w, name);
	put(w, "\"", 1);
	if (w->err)
		return;
	room = (char *)buffer_reserve(w->out, BASE64_ENCODED(n));
	if (room)
		buffer_commit(w->out, base64_encode(room, bytes, n));
	else
		w->err = -ENOBUFS;
	put(w, "\"", 1);
}

void json_write_value(struct json_write *w, const char *name,
		      const json_t *value)
{
	const size_t flags = JSON_COMPACT | JSON_ENCODE_ANY;
	size_t n = value ? json_dumpb(value, NULL, 0, flags) : 0;
	char *room;

	if (!value)
		return;
	put_name(w, name);
	if (w->err)
		return;
	room = n ? (char *)buffer_reserve(w->out, n) : NULL;
	if (room)
		buffer_commit(w->out, json_dumpb(value, room, n, flags));
	else
		w->err = n ? -ENOBUFS : -EINVAL;
}

void json_write_open(struct json_write *w, const char *name, char bracket)
{
	put_name(w, name);
	put(w, &bracket, 1);
	w->needs_comma = false;
}

void json_write_close(struct json_write *w, char bracket)
{
	put(w, &bracket, 1);
	w->needs_comma = true;
}

int json_write_end(struct json_write *w)
{
	json_write_close(w, '}');
	if (w->err)
		w->out->used = w->begun;
	return w->err;
}
