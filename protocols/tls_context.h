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
#include <stdbool.h>

#include "protocols/tls_record.h"

#define TLS_HOST_MAX 256 /* characters of a name, with NUL */

struct tls_context {
	mbedtls_ssl_config config;
	mbedtls_entropy_context entropy;
	mbedtls_ctr_drbg_context drbg;
	mbedtls_x509_crt certificates; /* a client's trust, a server's chain */
	mbedtls_pk_context key;        /* a server's */
	const char *protocols[2];      /* ALPN; ends with NULL */

	mbedtls_ssl_ticket_context tickets; /* a server's: what it resumes by */
	mbedtls_ssl_session session;        /* a client's: the last one … */
	bool has_session;
	char session_host[TLS_HOST_MAX]; /* … was with this host */

	/* Of the handshake that makes a step; a client's point of view. */
	struct tls_secrets *derived;
};

#endif
