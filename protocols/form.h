/* application/x-www-form-urlencoded, both ways (WHATWG URL, 5). */
#ifndef PROTOCOLS_FORM_H
#define PROTOCOLS_FORM_H

#include <stddef.h>

struct buffer;

#define FORM_FIELDS_MAX 256

/* Slices point into the memory that was parsed; decoded, also NUL-terminated
 * (a decoded %00 stays inside the slice). */
struct form_field {
	const char *name;
	size_t name_len;
	const char *value;
	size_t value_len;
};

struct form {
	struct form_field field[FORM_FIELDS_MAX];
	size_t count;
};

/* form_parse: decode len bytes in place: text[len] is written too, so it must
 * belong to the caller. Bad escapes are kept as they stand.
 * Returns 0; -E2BIG more than FORM_FIELDS_MAX fields. */
int form_parse(struct form *f, char *text, size_t len);

/* form_value: the first value of a name, or NULL. */
const char *form_value(const struct form *f, const char *name);

/* form_write: append name=value, with '&' when out is not empty.
 * Returns 0 or -ENOBUFS. */
int form_write(struct buffer *out, const char *name, const char *value);

#endif
