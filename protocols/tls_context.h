/* What the connections of one thread share. Inside of tls.h; for tls*.c only.
 */
#ifndef PROTOCOLS_TLS_CONTEXT_H
#define PROTOCOLS_TLS_CONTEXT_H

#include <mbedtls/ctr_drbg.h>
#include <mbedtls/entropy.h>
#include <mbedtls/pk.h>
#include <mbedtls/ssl.h>
#include <mbedtls/ssl_ticket.h>
#include <mbedtls/x509_crt.h>
#include <stdatomic.h>
#include <stdbool.h>

#include "protocols/tls_record.h"

#define TLS_HOST_MAX 256 /* characters of a name, with NUL */

/* A certificate chain of a server, its own first, and the key to it. */
struct tls_own {
	mbedtls_x509_crt chain;
	mbedtls_pk_context key;
};

struct tls_context {
	atomic_uint holders; /* its owner, and handshakes under way */
	mbedtls_ssl_config config;
	mbedtls_entropy_context entropy;
	mbedtls_ctr_drbg_context drbg;
	mbedtls_x509_crt trusted; /* a client's */
	struct tls_own *own;      /* a server's; the first is the default */
	unsigned owns;
	const char *protocols[2]; /* ALPN; ends with NULL */

	mbedtls_ssl_ticket_context tickets; /* a server's: what it resumes by */
	mbedtls_ssl_session session;        /* a client's: the last one … */
	bool has_session;
	char session_host[TLS_HOST_MAX]; /* … was with this host */

	/* Of the handshake that makes a step; a client's point of view. */
	struct tls_secrets *derived;
};

/* tls_context_new: seeded, configured for an endpoint (MBEDTLS_SSL_IS_…), and
 * held once. NULL and *error on failure.
 * tls_context_say: what, file and mbedTLS's words for code; the text belongs to
 * the thread, until the next call. */
struct tls_context *tls_context_new(int endpoint, const char **error);
const char *tls_context_say(const char *what, const char *file, int code);

#endif
