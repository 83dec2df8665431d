/* TLS contexts for tests: a client that trusts, and a server that has, a
 * throw-away certificate. */
#ifndef TOOLS_TESTING_TLS_CONTEXTS_H
#define TOOLS_TESTING_TLS_CONTEXTS_H

struct tls_context;

struct tls_contexts {
	struct tls_context *client;
	struct tls_context *stranger; /* trusts another authority only */
	struct tls_context *server;
};

/* tls_contexts_make: the certificate is for the one host. Fails the test when
 * it cannot. tls_contexts_free: takes them back. */
void tls_contexts_make(struct tls_contexts *out, const char *host);
void tls_contexts_free(struct tls_contexts *c);

#endif
