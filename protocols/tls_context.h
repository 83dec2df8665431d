/* What the connections of one thread share. Inside of tls.h; for tls*.c only.
 */
#ifndef PROTOCOLS_TLS_CONTEXT_H
#define PROTOCOLS_TLS_CONTEXT_H

#include <mbedtls/ctr_drbg.h>
#include <mbedtls/entropy.h>
#include <mbedtls/pk.h>
#include <mbedtls/ssl.h>
#include <mbedtls/x509_crt.h>

struct tls_context {
	mbedtls_ssl_config config;
	mbedtls_entropy_context entropy;
	mbedtls_ctr_drbg_context drbg;
	mbedtls_x509_crt certificates; /* a client's trust, a server's chain */
	mbedtls_pk_context key;        /* a server's */
	const char *protocols[2];      /* ALPN; ends with NULL */
};

#endif
