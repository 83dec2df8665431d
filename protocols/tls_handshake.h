/* The handshake of a TLS connection, by mbedTLS: bytes in, bytes out, and in
 * the end the secrets for tls_record.h. Inside of tls.h; for tls*.c only.
 *
 * All work on one context happens in tls_handshake_step: whoever calls that for
 * the connections of a context, one at a time, owns the context. The library's
 * memory (some 40 KiB) is taken at the first step and given back when the
 * handshake is over. A client resumes its last session with the same host. */
#ifndef PROTOCOLS_TLS_HANDSHAKE_H
#define PROTOCOLS_TLS_HANDSHAKE_H

#include <stddef.h>
#include <stdint.h>

#include "protocols/tls_record.h"

struct buffer;
struct tls_context;
struct tls_handshake;

/* tls_handshake_new: host as tls_new takes it; wire is where bytes to the peer
 * are appended, not owned. NULL when out of memory. */
struct tls_handshake *tls_handshake_new(struct tls_context *context,
					const char *host, struct buffer *wire);
void tls_handshake_free(struct tls_handshake *h);

/* tls_handshake_step: go on with n more bytes (a client's first call has none).
 *
 * used  how many of them belonged to the handshake
 * Returns 1 and *secrets when it is done; 0 to be continued; -EPROTO, -EACCES,
 * -ECONNRESET, -ENOBUFS (wire is full) or -ENOMEM, and tls_handshake_error says
 * more. */
int tls_handshake_step(struct tls_handshake *h, const uint8_t *bytes, size_t n,
		       size_t *used, struct tls_secrets *secrets);

const char *tls_handshake_error(const struct tls_handshake *h);

#endif
