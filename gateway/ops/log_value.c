#include "gateway/ops/log_value.h"

#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include "protocols/utf8.h"

#define CUT      "..."
#define WIDE_MAX 13 /* the longest escape, "\ud83d\ude00", with NUL */

/* A value stands bare when no reader of logfmt could mistake where it ends. */
static bool is_bare(const char *text, size_t len)
{
	for (size_t i = 0; i < len; i++)
		if (text[i] <= ' ' || text[i] > '~' || strchr("\"=\\", text[i]))
			return false;
	return len > 0;
}

/* The character at the front as it may stand between quotes. */
static size_t escape_plain(char out[WIDE_MAX], char c)
{
	static const char plain[] = "\"\\\n\r\t";
	static const char letter[] = "\"\\nrt";
	const char *at = c ? strchr(plain, c) : NULL;
	if (at)
		return (size_t)snprintf(out, WIDE_MAX, "\\%c",
					letter[at - plain]);
	if (c < ' ' || c > '~')
		return 0;
	out[0] = c;
	return 1;
}

static uint32_t code_of(const uint8_t *bytes, size_t n)
{
	static const uint8_t first[] = { 0, 0x7f, 0x1f, 0x0f, 0x07 };
	uint32_t code = bytes[0] & first[n];

	for (size_t i = 1; i < n; i++)
		code = code << 6 | (bytes[i] & 0x3f);
	return code;
}

/* RFC 8259, 7: beyond the first plane as two surrogates. */
static size_t escape_json(char out[WIDE_MAX], uint32_t code)
{
	if (code < 0x10000)
		return (size_t)snprintf(out, WIDE_MAX, "\\u%04x", code);
	code -= 0x10000;
	return (size_t)snprintf(out, WIDE_MAX, "\\u%04x\\u%04x",
				0xd800 + (code >> 10), 0xdc00 + (code & 0x3ff));
}

/* One character of len bytes into out. took: bytes of it. */
static size_t escape(char out[WIDE_MAX], enum log_format format,
		     const char *text, size_t len, size_t *took)
{
	const uint8_t *bytes = (const uint8_t *)text;
	size_t width = escape_plain(out, text[0]);

	*took = 1;
	if (width)
		return width;
	if (format == LOG_LOGFMT)
		return (size_t)snprintf(out, WIDE_MAX, "\\x%02x", bytes[0]);
	size_t n = utf8_character(bytes, len);
	if (!n)
		return escape_json(out, 0xfffd);
	*took = n;
	return escape_json(out, code_of(bytes, n));
}

/* No longer than LOG_VALUE_MAX with the mark of a cut. */
static size_t value_write(char out[LOG_VALUE_MAX], enum log_format format,
			  const char *text, size_t len)
{
	size_t n = 0, safe = 0, took;
	for (size_t i = 0; i < len; i += took) {
		char one[WIDE_MAX];
		size_t width = escape(one, format, text + i, len - i, &took);
		if (n + width > LOG_VALUE_MAX) {
			memcpy(out + safe, CUT, strlen(CUT));
			return safe + strlen(CUT);
		}
		memcpy(out + n, one, width);
		n += width;
		if (n <= LOG_VALUE_MAX - strlen(CUT))
			safe = n;
	}
	return n;
}

size_t log_field_write(char *out, size_t cap, enum log_format format,
		       const char *key, const char *text, size_t len)
{
	char value[LOG_VALUE_MAX];
	int value_len = (int)value_write(value, format, text, len);
	int n;
	if (format == LOG_JSON) {
		n = snprintf(out, cap, "\"%s\":\"%.*s\",", key, value_len,
			     value);
	} else {
		const char *quote = is_bare(text, len) ? "" : "\"";
		n = snprintf(out, cap, "%s=%s%.*s%s ", key, quote, value_len,
			     value, quote);
	}
	return n > 0 && (size_t)n < cap ? (size_t)n : 0;
}
