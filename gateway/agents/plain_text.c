#include "gateway/agents/plain_text.h"

#include "protocols/utf8.h"

size_t plain_text_copy(char *out, size_t cap, const char *text)
{
	size_t n = utf8_copy(out, cap, text);

	for (size_t i = 0; i < n; i++)
		if ((unsigned char)out[i] < ' ' || out[i] == 0x7f)
			out[i] = ' ';
	return n;
}
