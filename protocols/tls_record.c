#include "protocols/tls_record.h"

#include <errno.h>
#include <nettle/chacha-poly1305.h>
#include <nettle/gcm.h>
#include <nettle/memops.h>
#include <nettle/nettle-meta.h>
#include <stdlib.h>
#include <string.h>

#define TAG_LEN      16
#define NONCE_LEN    12
#define AAD_LEN      13
#define SALT_LEN     4 /* of a GCM nonce; the rest is on the wire */
#define EXPLICIT_LEN 8

/* The ciphers are Nettle's, under one shape of its own. */
struct cipher {
	const struct nettle_aead *aead;
	size_t explicit_len; /* of the nonce, in front of the text */
};

struct direction {
	union {
		struct gcm_aes128_ctx aes128;
		struct gcm_aes256_ctx aes256;
		struct chacha_poly1305_ctx chacha;
	} state;
	uint8_t iv[NONCE_LEN];
	uint64_t number; /* of the next record */
};

struct tls_records {
	const struct cipher *cipher;
	struct direction read, write;
};

static const struct cipher ciphers[] = {
	[TLS_AES_128_GCM] = { &nettle_gcm_aes128, EXPLICIT_LEN },
	[TLS_AES_256_GCM] = { &nettle_gcm_aes256, EXPLICIT_LEN },
	[TLS_CHACHA20_POLY1305] = { &nettle_chacha_poly1305, 0 },
};

static void begin_direction(struct direction *d, const struct cipher *cipher,
			    const struct tls_secret *secret)
{
	cipher->aead->set_encrypt_key(&d->state, secret->key);
	memcpy(d->iv, secret->iv, sizeof d->iv);
	d->number = 1;
}

struct tls_records *tls_records_new(const struct tls_secrets *secrets)
{
	struct tls_records *r = calloc(1, sizeof *r);

	if (!r)
		return NULL;
	r->cipher = &ciphers[secrets->cipher];
	begin_direction(&r->read, r->cipher, &secrets->read);
	begin_direction(&r->write, r->cipher, &secrets->write);
	return r;
}

void tls_records_free(struct tls_records *r)
{
	if (!r)
		return;
	explicit_bzero(r, sizeof *r);
	free(r);
}

/* --- One record --- */

static void put_number(uint8_t out[8], uint64_t number)
{
	for (int i = 0; i < 8; i++)
		out[i] = (uint8_t)(number >> (56 - 8 * i));
}

/* GCM's nonce ends with what is on the wire; ChaCha20's is the IV with the
 * record's number added without carry. */
static void make_nonce(uint8_t nonce[NONCE_LEN], const struct direction *d,
		       const uint8_t *explicit, size_t explicit_len)
{
	uint8_t number[8];

	memcpy(nonce, d->iv, NONCE_LEN);
	if (explicit_len) {
		memcpy(nonce + SALT_LEN, explicit, explicit_len);
		return;
	}
	put_number(number, d->number);
	for (int i = 0; i < 8; i++)
		nonce[SALT_LEN + i] ^= number[i];
}

/* Number, type, version, length of the plaintext (RFC 5246, 6.2.3.3). */
static void make_aad(uint8_t aad[AAD_LEN], const struct direction *d,
		     const uint8_t *header, size_t n)
{
	put_number(aad, d->number);
	memcpy(aad + 8, header, 3);
	aad[11] = (uint8_t)(n >> 8);
	aad[12] = (uint8_t)n;
}

static void begin_record(struct direction *d, const struct nettle_aead *aead,
			 const uint8_t *nonce, const uint8_t *aad)
{
	aead->set_nonce(&d->state, nonce);
	aead->update(&d->state, AAD_LEN, aad);
}

static void put_header(uint8_t *out, enum tls_content type, size_t len)
{
	out[0] = (uint8_t)type;
	out[1] = 3;
	out[2] = 3;
	out[3] = (uint8_t)(len >> 8);
	out[4] = (uint8_t)len;
}

ssize_t tls_records_seal(struct tls_records *r, enum tls_content type,
			 uint8_t *out, const uint8_t *bytes, size_t n)
{
	const struct cipher *cipher = r->cipher;
	struct direction *d = &r->write;
	uint8_t *explicit = out + TLS_RECORD_HEADER;
	uint8_t *text = explicit + cipher->explicit_len;
	uint8_t nonce[NONCE_LEN], aad[AAD_LEN];

	if (d->number == UINT64_MAX)
		return -EOVERFLOW;
	put_header(out, type, cipher->explicit_len + n + TAG_LEN);
	if (cipher->explicit_len)
		put_number(explicit, d->number);
	make_nonce(nonce, d, explicit, cipher->explicit_len);
	make_aad(aad, d, out, n);
	begin_record(d, cipher->aead, nonce, aad);
	cipher->aead->encrypt(&d->state, n, text, bytes);
	cipher->aead->digest(&d->state, TAG_LEN, text + n);
	d->number++;
	return text + n + TAG_LEN - out;
}

ssize_t tls_record_length(const uint8_t *bytes, size_t n)
{
	if (n > 0 && (bytes[0] < TLS_ALERT || bytes[0] > TLS_APPLICATION_DATA))
		return -EPROTO;
	if (n > 1 && bytes[1] != 3)
		return -EPROTO;
	if (n < TLS_RECORD_HEADER)
		return 0;
	size_t len = (size_t)bytes[3] << 8 | bytes[4];
	return len + TLS_RECORD_HEADER > TLS_RECORD_MAX
		       ? -EMSGSIZE
		       : (ssize_t)(len + TLS_RECORD_HEADER);
}

ssize_t tls_records_room(const struct tls_records *r, size_t len)
{
	size_t around = TLS_RECORD_HEADER + r->cipher->explicit_len + TAG_LEN;

	return len < around || len - around > TLS_RECORD_PLAIN_MAX
		       ? -EBADMSG
		       : (ssize_t)(len - around);
}

ssize_t tls_records_open(struct tls_records *r, uint8_t *out,
			 const uint8_t *record, size_t len)
{
	const struct cipher *cipher = r->cipher;
	struct direction *d = &r->read;
	const uint8_t *explicit = record + TLS_RECORD_HEADER;
	const uint8_t *text = explicit + cipher->explicit_len;
	uint8_t nonce[NONCE_LEN], aad[AAD_LEN], tag[TAG_LEN], told[TAG_LEN];
	ssize_t room = tls_records_room(r, len);

	if (room < 0 || d->number == UINT64_MAX)
		return -EBADMSG;
	size_t n = (size_t)room;
	make_nonce(nonce, d, explicit, cipher->explicit_len);
	make_aad(aad, d, record, n);
	memcpy(told, text + n, TAG_LEN);
	begin_record(d, cipher->aead, nonce, aad);
	cipher->aead->decrypt(&d->state, n, out, text);
	cipher->aead->digest(&d->state, TAG_LEN, tag);
	if (!memeql_sec(tag, told, TAG_LEN))
		return -EBADMSG;
	d->number++;
	return (ssize_t)n;
}
