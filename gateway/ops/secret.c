#include "gateway/ops/secret.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

static bool is_space(char c)
{
	return c == ' ' || (c >= '\t' && c <= '\r');
}

int secret_set(struct secret *s, const char *text, size_t len)
{
	secret_wipe(s);
	while (len > 0 && is_space(text[0])) {
		text++;
		len--;
	}
	while (len > 0 && is_space(text[len - 1]))
		len--;
	if (len == 0)
		return -ENODATA;
	if (len > SECRET_MAX)
		return -E2BIG;
	for (size_t i = 0; i < len; i++)
		if (text[i] < '!' || text[i] > '~')
			return -EINVAL;
	memcpy(s->hidden, text, len);
	return 0;
}

int secret_from_env(struct secret *s, const char *name)
{
	char *text = getenv(name);
	secret_wipe(s);
	if (!text)
		return -ENOENT;
	int err = secret_set(s, text, strlen(text));
	explicit_bzero(text, strlen(text));
	unsetenv(name);
	return err;
}

bool secret_is_set(const struct secret *s)
{
	return s->hidden[0] != '\0';
}

/* The whole storage is compared, so time tells neither length nor where the
 * first difference is. */
bool secret_equal(const struct secret *a, const struct secret *b)
{
	volatile unsigned char different = 0;
	for (size_t i = 0; i < sizeof(a->hidden); i++)
		different |= (unsigned char)(a->hidden[i] ^ b->hidden[i]);
	return different == 0;
}

const char *secret_reveal(const struct secret *s)
{
	return s->hidden;
}

void secret_wipe(struct secret *s)
{
	explicit_bzero(s->hidden, sizeof(s->hidden));
}
