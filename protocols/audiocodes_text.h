/* Text members of a message read by jansson. */
#ifndef PROTOCOLS_AUDIOCODES_TEXT_H
#define PROTOCOLS_AUDIOCODES_TEXT_H

#include <jansson.h>
#include <string.h>

/* audiocodes_text: the member's text, or "" when it is absent, no string, or
 * holds a NUL (which would cut it). Lives in the object. */
static inline const char *audiocodes_text(const json_t *object,
					  const char *name)
{
	const json_t *value = json_object_get(object, name);
	const char *text = json_string_value(value);

	return text && strlen(text) == json_string_length(value) ? text : "";
}

#endif
