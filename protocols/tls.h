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
 * TLS 1.2 with ECDHE and AEAD suites; no compression, and no second handshake
 * on a connection. A client checks the chain and the host name (but see
 * tls_context_trust_anybody), and resumes its last session with a host. ALPN
 * offers http/1.1 only.
 *
 * An open connection has nothing of its context, and may go on on another
 * thread. */
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

#define TLS_IDENTITIES_MAX 32

/* One certificate a server shows. The texts are NUL-terminated PEM. */
struct tls_identity {
	const char *chain; /* its own certificate first, then who signed it */
	const char *key;   /* RSA or EC, without a password */
	const char *chain_name, *key_name; /* for errors: the files */
};

/* tls_server_context: serve count (1 to TLS_IDENTITIES_MAX) certificates; their
 * texts are not kept. A client that names a host is shown those made for it (a
 * wildcard stands for one label), and the first otherwise; between several that
 * will do, RSA beside EC say, the client's abilities decide.
 *
 * Suites and curves are of our preference. Sessions are resumed by tickets
 * (RFC 5077) alone: their key is made with the context, by another one every
 * TLS_TICKET_LIFE_S, and taken for as long again; a ticket of another context
 * (of another thread, or of before a reload) costs its owner a whole handshake.
 */
struct tls_context *tls_server_context(const struct tls_identity *identities,
				       unsigned count, const char **error);
#define TLS_TICKET_LIFE_S 43200

/* tls_server_expires: Unix time when the first of its certificates, or of those
 * that signed them, as far as they are shown, ends. */
int64_t tls_server_expires(const struct tls_context *context);

/* tls_server_context_files: the same with one of each, from PEM files. */
struct tls_context *tls_server_context_files(const char *cert_file,
					     const char *key_file,
					     const char **error);

/* tls_context_free: its maker makes no more connections from it. It goes with
 * the last handshake that uses it; open connections need it no longer. Takes
 * NULL. tls_context_hold: for who will make one later; given back by
 * tls_context_free, too. */
void tls_context_free(struct tls_context *context);
void tls_context_hold(struct tls_context *context);

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
