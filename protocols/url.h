/* Absolute http, https, ws and wss URLs (RFC 3986, the part that is used). */
#ifndef PROTOCOLS_URL_H
#define PROTOCOLS_URL_H

#include <stdbool.h>
#include <stddef.h>

#define URL_HOST_MAX   254  /* with NUL; longer hosts are refused */
#define URL_TARGET_MAX 8192 /* with NUL; path and query, verbatim */

struct url {
	char scheme[6];          /* lower case */
	bool is_secure;          /* https or wss */
	char host[URL_HOST_MAX]; /* without the brackets of an IPv6 address */
	bool is_ipv6;            /* host is an IPv6 literal: bracket it again */
	bool has_port;           /* the URL names it */
	unsigned port;           /* named, or the scheme's default (80, 443) */
	char target[URL_TARGET_MAX]; /* begins with '/', never empty */
};

/* url_parse: take a NUL-terminated URL apart. User information and fragments
 * are dropped; the target keeps every other byte.
 * Returns 0; -EINVAL not such a URL; -E2BIG a part is too long. */
int url_parse(struct url *u, const char *text);

/* url_authority: "host" or "host:port" as a Host header wants it: the port is
 * left out when it is the scheme's default. Returns out. */
char *url_authority(const struct url *u, char *out, size_t cap);

#endif
