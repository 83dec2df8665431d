/* The records of an established TLS 1.2 connection (RFC 5246, 6): sealed and
 * opened in place of what the handshake's library would do, at several times
 * its speed and a quarter of its memory. The ciphers are Nettle's.
 *
 * One direction's record number never repeats: after 2^64 - 1 records seal
 * refuses. No socket, no clock; allocates nothing after tls_records_new.
 *
 * Source: RFC 5246, 6.2 (record layer); RFC 5288, 3 (AES-GCM); RFC 7905, 2
 * (ChaCha20-Poly1305). */
#ifndef PROTOCOLS_TLS_RECORD_H
#define PROTOCOLS_TLS_RECORD_H

#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

struct tls_records;

#define TLS_RECORD_HEADER       5
#define TLS_RECORD_PLAIN_MAX    16384 /* bytes in one record */
#define TLS_RECORD_OVERHEAD_MAX 29    /* header, explicit nonce, tag */
#define TLS_RECORD_MAX          (TLS_RECORD_PLAIN_MAX + TLS_RECORD_OVERHEAD_MAX)

enum tls_content {
	TLS_CHANGE_CIPHER_SPEC = 20,
	TLS_ALERT = 21,
	TLS_HANDSHAKE = 22,
	TLS_APPLICATION_DATA = 23
};

enum tls_cipher { TLS_AES_128_GCM, TLS_AES_256_GCM, TLS_CHACHA20_POLY1305 };

/* What a handshake leaves: wipe it once it is used. */
struct tls_secrets {
	enum tls_cipher cipher;
	struct tls_secret {
		uint8_t key[32]; /* 16 of them for AES-128 */
		uint8_t iv[12];  /* 4 of them for GCM */
	} read, write;
};

/* tls_records_new: both directions behind their Finished message, which was
 * record 0 of each. Returns NULL when out of memory. */
struct tls_records *tls_records_new(const struct tls_secrets *secrets);
void tls_records_free(struct tls_records *r); /* forgets the keys; takes NULL */

/* tls_records_seal: one record of n <= TLS_RECORD_PLAIN_MAX bytes.
 *
 * out  room for n + TLS_RECORD_OVERHEAD_MAX; may not overlap bytes
 * Returns the record's length, or -EOVERFLOW: there are no numbers left. */
ssize_t tls_records_seal(struct tls_records *r, enum tls_content type,
			 uint8_t *out, const uint8_t *bytes, size_t n);

/* tls_record_length: how long the record is that begins here; n bytes of it are
 * there.
 * Returns 0 while the header is not whole; -EPROTO for what begins no record of
 * an established connection; -EMSGSIZE for one too long. */
ssize_t tls_record_length(const uint8_t *bytes, size_t n);

/* tls_records_room: how long the text of a whole record of len bytes is, or
 * -EBADMSG when it is too short for any. */
ssize_t tls_records_room(const struct tls_records *r, size_t len);

/* tls_records_open: one whole record, as tls_record_length measured it.
 *
 * out  as tls_records_room says; may not overlap record
 * Returns the plaintext's length; -EBADMSG it was changed on its way, is too
 * short, or is not the next one. */
ssize_t tls_records_open(struct tls_records *r, uint8_t *out,
			 const uint8_t *record, size_t len);

#endif
