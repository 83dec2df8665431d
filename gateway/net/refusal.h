/* What a server said when it refused an upgrade, in words. */
#ifndef GATEWAY_NET_REFUSAL_H
#define GATEWAY_NET_REFUSAL_H

#include <stddef.h>

struct http_message;

#define REFUSAL_BODY_MAX 8192 /* bytes of its body that are read */

/* refusal_describe: "HTTP 401 Unauthorized: Incorrect API key". The words
 * come from {"error":{"message"}}, {"message"}, or a short plain text; markup
 * is left out. Printable ASCII, NUL-terminated, cut to cap. Returns out. */
char *refusal_describe(const struct http_message *answer, char *out,
		       size_t cap);

/* refusal_retry_after_s: the Retry-After header in seconds; 0 without one or
 * for a date. At most an hour. */
unsigned refusal_retry_after_s(const struct http_message *answer);

/* refusal_copy_text: peer's text made printable: other bytes become '?', runs
 * of white space one space; NUL-terminated, cut to cap. Returns out. */
char *refusal_copy_text(char *out, size_t cap, const char *text, size_t len);

#endif
