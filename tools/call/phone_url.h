/* URLs of TwiML: absolute ones as they stand, relative ones against the
 * document they stand in. */
#ifndef TOOLS_CALL_PHONE_URL_H
#define TOOLS_CALL_PHONE_URL_H

#include <stdbool.h>
#include <stddef.h>

#define PHONE_URL_MAX 8448 /* with NUL */

/* phone_url_resolve: reference against base, both NUL-terminated.
 *
 * is_stream  a relative one becomes ws or wss (from http or https)
 * Returns 0; -EINVAL base is no URL; -E2BIG. An empty reference is the base. */
int phone_url_resolve(char *out, size_t cap, const char *base,
		      const char *reference, bool is_stream);

/* phone_url_is_loopback: the host is localhost, 127/8 or ::1: there plain
 * http and ws are accepted. */
bool phone_url_is_loopback(const char *url);

#endif
