/* JSON Web Key Sets (RFC 7517): the public keys that sign access tokens.
 *
 * RSA keys of 2048 to 4096 bits for RS256 and P-256 keys for ES256 are taken;
 * keys of other kinds, uses and algorithms are passed over. A key has exactly
 * one algorithm, that of its kty, so a token cannot choose another for it.
 *
 * A set belongs to one thread: verifying with mbedTLS changes it. */
#ifndef PROTOCOLS_JWKS_H
#define PROTOCOLS_JWKS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define JWKS_TEXT_MAX      (256u * 1024) /* bytes of a set */
#define JWKS_KEYS_MAX      32            /* keys in a set, of any kind */
#define JWKS_KID_MAX       256           /* bytes of a kid with its NUL */
#define JWKS_RSA_BITS_MIN  2048          /* RFC 7518, 3.3 */
#define JWKS_RSA_BITS_MAX  4096          /* bounds the time of a signature */
#define JWKS_SIGNATURE_MAX (JWKS_RSA_BITS_MAX / 8)
#define JWKS_HASH_BYTES    32 /* SHA-256, for both algorithms */

/* RFC 7518, 3.1. */
enum jwks_algorithm { JWKS_RS256, JWKS_ES256 };

struct jwks;
struct jwks_key;

/* jwks_parse: read a whole set.
 *
 * text  len bytes of JSON; neither changed nor kept
 * out   on 0 a set with one usable key or more; free with jwks_free
 * why   on failure what was wrong, in words (static; nothing of the text)
 * Returns 0; -EBADMSG not a set; -E2BIG one of the limits; -ENOENT no usable
 * key; -ENOMEM. */
int jwks_parse(struct jwks **out, char *text, size_t len, const char **why);
void jwks_free(struct jwks *set); /* NULL is fine */

/* jwks_count: usable keys. */
size_t jwks_count(const struct jwks *set);

/* jwks_find: the key for an algorithm.
 *
 * kid  the wanted kid, compared byte by byte; NULL: the only key that fits
 * Returns 0 and *key; -ENOENT no such key; -EEXIST kid is NULL and several keys
 * fit (trying them all would cost a signature each). */
int jwks_find(struct jwks *set, enum jwks_algorithm algorithm, const char *kid,
	      struct jwks_key **key);

/* jwks_key_verify: is this the key's signature of the hash?
 *
 * signature  RS256: RSASSA-PKCS1-v1_5, as long as the modulus; ES256: r and s,
 *            32 bytes each (RFC 7518, 3.3 and 3.4) */
bool jwks_key_verify(struct jwks_key *key, const uint8_t hash[JWKS_HASH_BYTES],
		     const uint8_t *signature, size_t len);

#endif
