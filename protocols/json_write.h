/* JSON objects written member by member behind a buffer's content, without a
 * tree in between: once the buffer has grown, writing allocates nothing.
 *
 *	struct json_write w;
 *	json_write_begin(&w, out);
 *	json_write_text(&w, "type", "userStream.started");
 *	err = json_write_end(&w);
 *
 * The first error is kept and everything behind it does nothing, so only the
 * end needs a check. Names and brackets are the caller's to balance. */
#ifndef PROTOCOLS_JSON_WRITE_H
#define PROTOCOLS_JSON_WRITE_H

#include <jansson.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct buffer;

struct json_write {
	struct buffer *out;
	size_t begun; /* out's content before the object */
	bool needs_comma;
	int err;
};

/* json_write_begin: an object, up to json_write_end. */
void json_write_begin(struct json_write *w, struct buffer *out);

/* Members. name NULL: an element of an array. A NULL text or value: nothing is
 * written. A fraction is 0 to 1, written with three decimals. */
void json_write_text(struct json_write *w, const char *name, const char *text);
void json_write_bool(struct json_write *w, const char *name, bool value);
void json_write_fraction(struct json_write *w, const char *name, double value);
void json_write_base64(struct json_write *w, const char *name,
		       const uint8_t *bytes, size_t n);
void json_write_value(struct json_write *w, const char *name,
		      const json_t *value); /* allocates */

/* What is opened with '{' or '[' is closed with '}' or ']'. */
void json_write_open(struct json_write *w, const char *name, char bracket);
void json_write_close(struct json_write *w, char bracket);

/* json_write_end: close the object.
 * Returns 0; -ENOBUFS the buffer's limit; -EINVAL text that is no UTF-8. Then
 * the buffer is as it was before json_write_begin. */
int json_write_end(struct json_write *w);

#endif
