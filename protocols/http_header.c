#include "protocols/http.h"

#include <string.h>
#include <strings.h>

const char *http_header_value(const struct http_message *m, const char *name)
{
	for (size_t i = 0; i < m->headers; i++)
		if (!strcasecmp(m->header[i].name, name))
			return m->header[i].value;
	return NULL;
}

size_t http_header_count(const struct http_message *m, const char *name)
{
	size_t count = 0;

	for (size_t i = 0; i < m->headers; i++)
		count += !strcasecmp(m->header[i].name, name);
	return count;
}

static bool lists(const char *value, const char *token)
{
	size_t len = strlen(token);

	while (*value) {
		value += strspn(value, " \t,");
		size_t item = strcspn(value, ",");
		size_t end = item;
		while (end > 0 && strchr(" \t", value[end - 1]))
			end--;
		if (end == len && !strncasecmp(value, token, len))
			return true;
		value += item;
	}
	return false;
}

bool http_header_has(const struct http_message *m, const char *name,
		     const char *token)
{
	for (size_t i = 0; i < m->headers; i++)
		if (!strcasecmp(m->header[i].name, name) &&
		    lists(m->header[i].value, token))
			return true;
	return false;
}
