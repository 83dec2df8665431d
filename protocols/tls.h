/* TLS, both roles, fed by bytes: no socket, no clock. The handshake is
 * mbedTLS's, and its memory is given back when that is done; the records behind
 * it are ours (tls_record.h).
 *
 * A tls_context holds what many connections share (certificates, the random
 * generator, sessions to resume). It belongs to whoever calls tls_receive for
 * its connections while they are not open, one at a time: a thread made for
 * handshakes may, while the thread that owns the connections goes on. Of the
 * connection itself nobody else may call anything meanwhile. A tls is one
 * connection.
 *
 * TLS 1.2 with ECDHE and AEAD suites. A client checks the chain and the host
 * name (but see tls_context_trust_anybody), and resumes its last session with a
 * host. ALPN offers http/1.1 only. */
#ifndef PROTOCOLS_TLS_H
#define PROTOCOLS_TLS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct buffer;
struct tls;
struct tls_context;

#define TLS_SYSTEM_CA_FILE "/etc/ssl/certs/ca-certificates.crt"

/* tls_client_context: trust the certificates of a PEM file; NULL means the
 * system's store. On failure *error says what was wrong, in words (static or
 * owned by the thread, valid until the next call), and NULL is returned. */
struct tls_context *tls_client_context(const char *ca_file, const char **error);

/* tls_server_context: serve a PEM certificate chain and its key. */
struct tls_context *tls_server_context(const char *cert_file,
				       const char *key_file,
				       const char **error);
void tls_context_free(struct tls_context *context);

/* tls_context_trust_anybody: a client's connections no longer check whom they
 * are talking to. For tools that test; the gateway never does this. */
void tls_context_trust_anybody(struct tls_context *context);

/* tls_new: one connection.
 *
 * host   a client's server name: sent as SNI and checked against the
 *        certificate; an IP address (not sent) is checked against the
 *        certificate's addresses; NULL for a server
 * wire   the handshake and alerts to the peer are appended here; not owned
 * Returns NULL when out of memory, or for a name of 256 characters and more. */
struct tls *tls_new(struct tls_context *context, const char *host,
		    struct buffer *wire);
void tls_free(struct tls *t);

/* tls_receive: take ciphertext from the peer (n may be 0: a client's first
 * call starts the handshake).
 *
 * plain  plaintext is appended here; its limit must leave room for what n bytes
 *        may hold, and a record that began earlier
 * Returns 0; -ECONNRESET the peer said goodbye (close_notify); -EPROTO broken
 * records or handshake; -EACCES the certificate was not accepted; -ENOBUFS a
 * buffer is full. tls_error says more. What is left in wire (an alert) should
 * still be sent. After an error every call returns the same. */
int tls_receive(struct tls *t, const uint8_t *bytes, size_t n,
		struct buffer *plain);

/* tls_send: encrypt n bytes to the end of wire, which may be any buffer as long
 * as what leaves the connection stays in order.
 * Returns 0; -ENOTCONN before the handshake is done or after tls_close;
 * -ENOBUFS with wire unchanged; -EPROTO after a failure. */
int tls_send(struct tls *t, const void *bytes, size_t n, struct buffer *wire);

/* tls_close: append a close_notify. */
void tls_close(struct tls *t);

bool tls_is_open(const struct tls *t); /* handshake done */

/* tls_error: the last failure in words a person can act on, "" without one:
 * "certificate is not valid for host api.example.net". */
const char *tls_error(const struct tls *t);

#endif
