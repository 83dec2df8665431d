#include "gateway/carriers/twilio_line.h"

#include <stdio.h>
#include <string.h>

bool twilio_line_is_of(const char *text, const char *characters)
{
	return *text && text[strspn(text, characters)] == '\0';
}

size_t twilio_line_write(char *out, size_t cap, const char *kind,
			 json_t *object)
{
	size_t before = (size_t)snprintf(out, cap, "%s ", kind);
	size_t room = cap - before - 1;
	size_t len =
		object ? json_dumpb(object, out + before, room, JSON_COMPACT)
		       : 0;

	json_decref(object);
	if (!len || len > room)
		return 0;
	out[before + len] = '\0';
	return before + len;
}

json_t *twilio_line_read(const char *kind, const char *text, size_t len)
{
	size_t before = strlen(kind) + 1;

	if (len < before || memcmp(text, kind, before - 1) != 0 ||
	    text[before - 1] != ' ')
		return NULL;
	return json_loadb(text + before, len - before, JSON_REJECT_DUPLICATES,
			  NULL);
}
