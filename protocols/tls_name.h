/* Names in certificates. */
#ifndef PROTOCOLS_TLS_NAME_H
#define PROTOCOLS_TLS_NAME_H

#include <stdbool.h>
#include <stddef.h>

/* tls_name_covers: whether a certificate's name is for this host, compared
 * without case. "*." at its front stands for one label, neither empty nor the
 * host's only one.
 * Source: RFC 6125, 6.4. */
bool tls_name_covers(const char *name, size_t name_len, const char *host,
		     size_t host_len);

#endif
