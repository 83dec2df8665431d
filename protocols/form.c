#include "protocols/form.h"

#include <errno.h>
#include <stdbool.h>
#include <stdint.h>
#include <string.h>

#include "protocols/buffer.h"

static int hex_digit(char c)
{
	if (c >= '0' && c <= '9')
		return c - '0';
	if (c >= 'a' && c <= 'f')
		return c - 'a' + 10;
	if (c >= 'A' && c <= 'F')
		return c - 'A' + 10;
	return -1;
}

/* Decode text[0..len) where it stands, end it by a NUL, return its length. */
static size_t decode(char *text, size_t len)
{
	size_t out = 0;

	for (size_t in = 0; in < len; in++, out++) {
		char c = text[in] == '+' ? ' ' : text[in];
		if (c == '%' && len - in > 2) {
			int high = hex_digit(text[in + 1]);
			int low = hex_digit(text[in + 2]);
			if (high >= 0 && low >= 0) {
				c = (char)(high << 4 | low);
				in += 2;
			}
		}
		text[out] = c;
	}
	text[out] = 0;
	return out;
}

static void parse_field(struct form_field *field, char *text, size_t len)
{
	char *equals = memchr(text, '=', len);
	size_t name_len = equals ? (size_t)(equals - text) : len;
	char *value = equals ? equals + 1 : text + len;

	field->value_len = decode(value, (size_t)(text + len - value));
	field->value = value;
	field->name_len = decode(text, name_len);
	field->name = text;
	if (!equals)
		field->value = text + field->name_len;
}

int form_parse(struct form *f, char *text, size_t len)
{
	char *end = text + len;

	f->count = 0;
	*end = 0;
	for (char *at = text; at < end;) {
		char *stop = memchr(at, '&', (size_t)(end - at));
		if (!stop)
			stop = end;
		if (stop > at && f->count == FORM_FIELDS_MAX)
			return -E2BIG;
		if (stop > at)
			parse_field(&f->field[f->count++], at,
				    (size_t)(stop - at));
		at = stop + 1;
	}
	return 0;
}

const char *form_value(const struct form *f, const char *name)
{
	size_t len = strlen(name);

	for (size_t i = 0; i < f->count; i++) {
		const struct form_field *field = &f->field[i];
		if (field->name_len == len && !memcmp(field->name, name, len))
			return field->value;
	}
	return NULL;
}

static bool is_plain(char c)
{
	return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') ||
	       (c >= '0' && c <= '9') || (c && strchr("*-._", c));
}

static size_t encoded_len(const char *text)
{
	size_t len = 0;

	for (; *text; text++)
		len += is_plain(*text) || *text == ' ' ? 1 : 3;
	return len;
}

static char *encode(char *out, const char *text)
{
	static const char digit[] = "0123456789ABCDEF";

	for (; *text; text++) {
		if (is_plain(*text) || *text == ' ') {
			*out++ = *text == ' ' ? '+' : *text;
			continue;
		}
		*out++ = '%';
		*out++ = digit[(uint8_t)*text >> 4];
		*out++ = digit[(uint8_t)*text & 15];
	}
	return out;
}

int form_write(struct buffer *out, const char *name, const char *value)
{
	size_t len =
		(out->used > 0) + encoded_len(name) + 1 + encoded_len(value);
	char *at = (char *)buffer_reserve(out, len);

	if (!at)
		return -ENOBUFS;
	if (out->used > 0)
		*at++ = '&';
	at = encode(at, name);
	*at++ = '=';
	encode(at, value);
	buffer_commit(out, len);
	return 0;
}
