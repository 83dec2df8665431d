/* A pull scanner for JSON objects (RFC 8259) that allocates nothing: for the
 * audio messages, where every byte is touched once. Everything else is read by
 * jansson.
 *
 * The scanner walks the members of one object; values are slices of the text,
 * checked for syntax as they are passed, UTF-8 and surrogate pairs included. A
 * nested object is walked by starting another scan on its slice. The text is
 * not changed, except by json_slice_unescape.
 *
 * It accepts what jansson accepts with JSON_ALLOW_NUL, but for four things:
 * numbers of any magnitude and names with \u0000 pass here and not there;
 * nesting deeper than JSON_SCAN_DEPTH_MAX and a bare NUL byte behind a number
 * (jansson loses it) pass there and not here. Repeated names are all reported,
 * in their order; who reads them lets the last win, as jansson does. */
#ifndef PROTOCOLS_JSON_SCAN_H
#define PROTOCOLS_JSON_SCAN_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define JSON_SCAN_DEPTH_MAX 32 /* objects and arrays within each other */

enum json_kind {
	JSON_KIND_STRING, /* slice without its quotes, escapes as they stand */
	JSON_KIND_NUMBER,
	JSON_KIND_OBJECT, /* slice with its braces */
	JSON_KIND_ARRAY,
	JSON_KIND_TRUE,
	JSON_KIND_FALSE,
	JSON_KIND_NULL
};

struct json_slice {
	char *at;
	size_t len;
};

struct json_member {
	struct json_slice key; /* without quotes, escapes as they stand */
	enum json_kind kind;
	struct json_slice value;
};

struct json_scan {
	char *at;
	char *end;
	bool is_first;
	bool is_done;
};

/* json_scan_object: begin to walk the object that is the whole of text.
 * Returns 0 or -EBADMSG. */
int json_scan_object(struct json_scan *s, char *text, size_t len);

/* json_scan_next: the next member.
 * Returns 1 with *m filled, 0 at the end (nothing but white space followed the
 * object), -EBADMSG. */
int json_scan_next(struct json_scan *s, struct json_member *m);

/* json_scan_pick: walk the whole object and keep n members by name. The last
 * of a repeated name wins; one that is absent reads as JSON_KIND_NULL with an
 * empty slice. Returns 0 or -EBADMSG. */
int json_scan_pick(char *text, size_t len, const char *const name[],
		   struct json_member picked[], size_t n);

/* json_member_unsigned: the value of a whole number, or of a string of decimal
 * digits; a fraction is cut. Returns false for anything else, and for what
 * 64 bits do not hold. */
bool json_member_unsigned(const struct json_member *m, uint64_t *value);

/* json_slice_is: whether a string slice means a literal, escapes resolved. */
bool json_slice_is(struct json_slice s, const char *literal);

/* json_slice_unescape: resolve a string slice's escapes in place, to UTF-8.
 * Returns the new length, or -EBADMSG (no such escape, lone surrogate: not in
 * slices that came from a scan). \u0000 becomes a NUL byte inside the slice. */
long json_slice_unescape(struct json_slice *s);

#endif
