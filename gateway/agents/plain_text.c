#include "gateway/agents/plain_text.h"

#include <string.h>

size_t plain_text_length(const char *text, size_t n)
{
	size_t len = strnlen(text, n + 1);

	if (len <= n)
		return len;
	while (n && ((unsigned char)text[n] & 0xc0) == 0x80)
		n--;
	return n;
}

size_t plain_text_copy(char *out, size_t cap, const char *text)
{
	size_t n = plain_text_length(text, cap - 1);

	for (size_t i = 0; i < n; i++) {
		unsigned char c = (unsigned char)text[i];
		out[i] = c < ' ' || c == 0x7f ? ' ' : text[i];
	}
	out[n] = '\0';
	return n;
}
