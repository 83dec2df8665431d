#include "tools/bench/bench_text.h"

#include <string.h>

static const char *skip_space(const char *at, const char *end)
{
	while (at < end &&
	       (*at == ' ' || *at == '\t' || *at == '\n' || *at == '\r'))
		at++;
	return at;
}

/* Behind the name: a colon and a quote, or NULL. */
static const char *value_at(const char *at, const char *end)
{
	at = skip_space(at, end);
	if (at == end || *at++ != ':')
		return NULL;
	at = skip_space(at, end);
	return at < end && *at == '"' ? at + 1 : NULL;
}

static const char *find_name(const char *at, const char *end, const char *name)
{
	size_t n = strlen(name);

	while ((at = memmem(at, (size_t)(end - at), name, n))) {
		if (at[-1] == '"' && at + n < end && at[n] == '"')
			return at + n + 1;
		at += n;
	}
	return NULL;
}

const char *bench_text_find(const char *text, size_t len, const char *name,
			    size_t *value_len)
{
	const char *end = text + len, *at = text + 1, *value;

	while (len && (at = find_name(at, end, name))) {
		value = value_at(at, end);
		const char *close =
			value ? memchr(value, '"', (size_t)(end - value))
			      : NULL;
		if (!close)
			continue;
		*value_len = (size_t)(close - value);
		return value;
	}
	return NULL;
}

bool bench_text_is(const char *text, size_t len, const char *name,
		   const char *value)
{
	size_t n;
	const char *found = bench_text_find(text, len, name, &n);

	return found && n == strlen(value) && !memcmp(found, value, n);
}

bool bench_text_has(const char *text, size_t len, const char *needle)
{
	return memmem(text, len, needle, strlen(needle)) != NULL;
}

size_t bench_text_decoded(const char *base64, size_t len)
{
	size_t pads = 0;

	while (pads < 2 && pads < len && base64[len - 1 - pads] == '=')
		pads++;
	return len / 4 * 3 - (len >= 4 ? pads : 0);
}
