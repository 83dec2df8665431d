/* What the lines have in common that instances of this program tell each other
 * (twilio_…_text.h): the characters of their fields, and those that are a word
 * for their kind and a JSON object behind it. */
#ifndef GATEWAY_CARRIERS_TWILIO_LINE_H
#define GATEWAY_CARRIERS_TWILIO_LINE_H

#include <jansson.h>
#include <stdbool.h>
#include <stddef.h>

#define TWILIO_LINE_DIGITS "0123456789"
#define TWILIO_LINE_HEX    "0123456789abcdef"
/* Of an agent's name. */
#define TWILIO_LINE_NAME                        \
	"abcdefghijklmnopqrstuvwxyzABCDEFGHIJK" \
	"LMNOPQRSTUVWXYZ0123456789._-"

/* twilio_line_is_of: some of these characters, and no others. */
bool twilio_line_is_of(const char *text, const char *characters);

/* twilio_line_write: kind, a space, the object, and a NUL, into cap characters.
 * object is released; NULL is fine. Returns the length; 0 when it is NULL or
 * does not fit. */
size_t twilio_line_write(char *out, size_t cap, const char *kind,
			 json_t *object);

/* twilio_line_read: the object of a line of this kind, for json_decref; NULL
 * when it is none. */
json_t *twilio_line_read(const char *kind, const char *text, size_t len);

#endif
