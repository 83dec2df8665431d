#include "protocols/utf8.h"

#include <string.h>

#include "protocols/byte_run.h"

/* Table 3-7: for a range of first bytes, how long the sequence is and what its
 * second byte may be. All later bytes are 80..BF. */
static const struct sequence {
	uint8_t first_max;
	uint8_t len;
	uint8_t second_min, second_max;
} sequence[] = {
	{ 0xc1, 0, 0x00, 0x00 }, /* a stray continuation, or overlong */
	{ 0xdf, 2, 0x80, 0xbf }, { 0xe0, 3, 0xa0, 0xbf },
	{ 0xec, 3, 0x80, 0xbf }, { 0xed, 3, 0x80, 0x9f },
	{ 0xef, 3, 0x80, 0xbf }, { 0xf0, 4, 0x90, 0xbf },
	{ 0xf3, 4, 0x80, 0xbf }, { 0xf4, 4, 0x80, 0x8f },
	{ 0xff, 0, 0x00, 0x00 },
};

size_t utf8_character(const uint8_t *p, size_t n)
{
	const struct sequence *s = sequence;

	if (n == 0 || p[0] < 0x80)
		return n > 0;
	while (p[0] > s->first_max)
		s++;
	if (s->len == 0 || s->len > n)
		return 0;
	if (p[1] < s->second_min || p[1] > s->second_max)
		return 0;
	for (size_t i = 2; i < s->len; i++)
		if ((p[i] & 0xc0) != 0x80)
			return 0;
	return s->len;
}

bool utf8_is_valid(const uint8_t *bytes, size_t n)
{
	size_t i = byte_run_ascii(bytes, n);

	while (i < n) {
		size_t len = utf8_character(bytes + i, n - i);
		if (len == 0)
			return false;
		i += len;
		i += byte_run_ascii(bytes + i, n - i);
	}
	return true;
}

size_t utf8_cut(const char *text, size_t len, size_t max)
{
	if (len <= max)
		return len;
	while (max > 0 && ((uint8_t)text[max] & 0xc0) == 0x80)
		max--;
	return max;
}

size_t utf8_copy(char *out, size_t cap, const char *text)
{
	size_t n = strlen(text);

	n = utf8_is_valid((const uint8_t *)text, n) ? utf8_cut(text, n, cap - 1)
						    : 0;
	memcpy(out, text, n);
	out[n] = '\0';
	return n;
}

size_t utf8_write(char out[4], uint32_t code)
{
	static const struct {
		uint32_t below;
		uint8_t mark;
	} size[] = {
		{ 0x80, 0 }, { 0x800, 0xc0 }, { 0x10000, 0xe0 }, { 0, 0xf0 }
	};
	size_t n = 0;

	while (size[n].below && code >= size[n].below)
		n++;
	for (size_t i = n; i > 0; i--) {
		out[i] = (char)(0x80 | (code & 0x3f));
		code >>= 6;
	}
	out[0] = (char)(size[n].mark | code);
	return n + 1;
}
