#include "protocols/jwks.h"

#include <errno.h>
#include <jansson.h>
#include <mbedtls/ecdsa.h>
#include <mbedtls/rsa.h>
#include <stdlib.h>
#include <string.h>

#include "protocols/base64.h"
#include "protocols/json_load.h"

#define P256_BYTES         32
#define RSA_EXPONENT_BYTES 4 /* a larger one only makes verifying slow */
/* A leading zero octet, which some issuers write, has room as well. */
#define RSA_MODULUS_BYTES (JWKS_RSA_BITS_MAX / 8 + 1)

struct jwks_key {
	enum jwks_algorithm algorithm;
	char kid[JWKS_KID_MAX]; /* "" without one */
	union {
		mbedtls_rsa_context rsa;
		mbedtls_ecp_keypair ec;
	};
};

struct jwks {
	size_t count;
	struct jwks_key key[JWKS_KEYS_MAX];
};

/* --- One key --- */

static const char *text_of(const json_t *key, const char *name)
{
	const char *text = json_string_value(json_object_get(key, name));

	return text ? text : "";
}

/* A number in base64url; out has room for cap + 2.
 * Returns its bytes, at most cap, or -EBADMSG. */
static ssize_t bytes_of(const json_t *key, const char *name, uint8_t *out,
			size_t cap)
{
	const json_t *text = json_object_get(key, name);
	size_t len = json_string_length(text);

	if (len == 0 || len / 4 * 3 > cap)
		return -EBADMSG;
	ssize_t n = base64_url_decode(out, json_string_value(text), len);
	return n > 0 && (size_t)n <= cap ? n : -EBADMSG;
}

static bool take_rsa(mbedtls_rsa_context *rsa, const json_t *key)
{
	uint8_t n[RSA_MODULUS_BYTES + 2], e[RSA_EXPONENT_BYTES + 2];
	ssize_t n_len = bytes_of(key, "n", n, RSA_MODULUS_BYTES);
	ssize_t e_len = bytes_of(key, "e", e, RSA_EXPONENT_BYTES);

	mbedtls_rsa_init(rsa, MBEDTLS_RSA_PKCS_V15, 0);
	if (n_len < 0 || e_len < 0 ||
	    mbedtls_rsa_import_raw(rsa, n, (size_t)n_len, NULL, 0, NULL, 0,
				   NULL, 0, e, (size_t)e_len) ||
	    mbedtls_rsa_complete(rsa) || mbedtls_rsa_check_pubkey(rsa))
		return false;
	size_t bits = mbedtls_mpi_bitlen(&rsa->N);
	return bits >= JWKS_RSA_BITS_MIN && bits <= JWKS_RSA_BITS_MAX;
}

/* Coordinates have their full length, leading zeros included (RFC 7518,
 * 6.2.1.2). */
static bool take_ec(mbedtls_ecp_keypair *ec, const json_t *key)
{
	uint8_t point[1 + 2 * P256_BYTES + 2] = { 4 }; /* uncompressed */

	mbedtls_ecp_keypair_init(ec);
	return !strcmp(text_of(key, "crv"), "P-256") &&
	       bytes_of(key, "x", point + 1, P256_BYTES) == P256_BYTES &&
	       bytes_of(key, "y", point + 1 + P256_BYTES, P256_BYTES) ==
		       P256_BYTES &&
	       !mbedtls_ecp_group_load(&ec->grp, MBEDTLS_ECP_DP_SECP256R1) &&
	       !mbedtls_ecp_point_read_binary(&ec->grp, &ec->Q, point,
					      1 + 2 * P256_BYTES) &&
	       !mbedtls_ecp_check_pubkey(&ec->grp, &ec->Q);
}

static void release(struct jwks_key *key)
{
	if (key->algorithm == JWKS_RS256)
		mbedtls_rsa_free(&key->rsa);
	else
		mbedtls_ecp_keypair_free(&key->ec);
}

/* What names the kinds of key: both columns must agree (RFC 7518, 6.1). */
static const struct {
	const char *kty, *alg;
	enum jwks_algorithm algorithm;
} kind[] = {
	{ "RSA", "RS256", JWKS_RS256 },
	{ "EC", "ES256", JWKS_ES256 },
};

/* "use", "key_ops" and "alg" are optional, but when there they bind (RFC 7517,
 * 4.2 to 4.4). */
static bool is_for_verifying(const json_t *key, const char *algorithm)
{
	const json_t *use = json_object_get(key, "use");
	const json_t *alg = json_object_get(key, "alg");
	const json_t *ops = json_object_get(key, "key_ops");
	const json_t *op;
	size_t i;

	if (use && strcmp(text_of(key, "use"), "sig") != 0)
		return false;
	if (alg && strcmp(text_of(key, "alg"), algorithm) != 0)
		return false;
	if (!ops)
		return true;
	json_array_foreach(ops, i, op) if (json_is_string(op) &&
					   !strcmp(json_string_value(op),
						   "verify")) return true;
	return false;
}

/* False leaves the place free. */
static bool take_key(struct jwks_key *out, const json_t *key)
{
	const json_t *kid = json_object_get(key, "kid");

	memset(out, 0, sizeof(*out));
	if (json_string_length(kid) >= sizeof(out->kid))
		return false;
	strcpy(out->kid, text_of(key, "kid"));
	for (size_t i = 0; i < sizeof(kind) / sizeof(kind[0]); i++) {
		if (strcmp(text_of(key, "kty"), kind[i].kty) != 0)
			continue;
		if (!is_for_verifying(key, kind[i].alg))
			return false;
		out->algorithm = kind[i].algorithm;
		if (out->algorithm == JWKS_RS256 ? take_rsa(&out->rsa, key)
						 : take_ec(&out->ec, key))
			return true;
		release(out);
		return false;
	}
	return false;
}

/* --- The set --- */

static int fail(const char **why, const char *words, int err)
{
	*why = words;
	return err;
}

static int take_keys(struct jwks *set, const json_t *keys, const char **why)
{
	const json_t *key;
	size_t i;

	if (!json_is_array(keys))
		return fail(why, "the key set has no array \"keys\"", -EBADMSG);
	if (json_array_size(keys) > JWKS_KEYS_MAX)
		return fail(why, "the key set has more than 32 keys", -E2BIG);
	json_array_foreach(keys, i, key) set->count +=
		take_key(&set->key[set->count], key);
	return set->count ? 0
			  : fail(why,
				 "the key set has no RSA key of 2048 to 4096 "
				 "bits and no P-256 key for signatures",
				 -ENOENT);
}

int jwks_parse(struct jwks **out, char *text, size_t len, const char **why)
{
	if (len > JWKS_TEXT_MAX)
		return fail(why, "the key set is larger than 256 KiB", -E2BIG);
	struct jwks *set = calloc(1, sizeof(*set));
	if (!set)
		return fail(why, "out of memory", -ENOMEM);
	json_t *root = json_load_strict(text, len);
	int err =
		root ? take_keys(set, json_object_get(root, "keys"), why)
		     : fail(why, "the key set is not a JSON object", -EBADMSG);
	json_decref(root);
	if (err)
		jwks_free(set);
	else
		*out = set;
	return err;
}

void jwks_free(struct jwks *set)
{
	for (size_t i = 0; set && i < set->count; i++)
		release(&set->key[i]);
	free(set);
}

size_t jwks_count(const struct jwks *set)
{
	return set->count;
}

int jwks_find(struct jwks *set, enum jwks_algorithm algorithm, const char *kid,
	      struct jwks_key **key)
{
	struct jwks_key *found = NULL;

	for (size_t i = 0; i < set->count; i++) {
		struct jwks_key *k = &set->key[i];
		if (k->algorithm != algorithm ||
		    (kid && strcmp(k->kid, kid) != 0))
			continue;
		if (found && !kid)
			return -EEXIST;
		if (!found)
			found = k;
	}
	*key = found;
	return found ? 0 : -ENOENT;
}

/* --- Signatures --- */

static bool verify_rsa(mbedtls_rsa_context *rsa, const uint8_t *hash,
		       const uint8_t *signature, size_t len)
{
	return len == mbedtls_rsa_get_len(rsa) &&
	       !mbedtls_rsa_pkcs1_verify(rsa, NULL, NULL, MBEDTLS_RSA_PUBLIC,
					 MBEDTLS_MD_SHA256, JWKS_HASH_BYTES,
					 hash, signature);
}

static bool verify_ec(mbedtls_ecp_keypair *ec, const uint8_t *hash,
		      const uint8_t *signature, size_t len)
{
	mbedtls_mpi r, s;

	if (len != 2 * P256_BYTES)
		return false;
	mbedtls_mpi_init(&r);
	mbedtls_mpi_init(&s);
	bool is_right = !mbedtls_mpi_read_binary(&r, signature, P256_BYTES) &&
			!mbedtls_mpi_read_binary(&s, signature + P256_BYTES,
						 P256_BYTES) &&
			!mbedtls_ecdsa_verify(&ec->grp, hash, JWKS_HASH_BYTES,
					      &ec->Q, &r, &s);
	mbedtls_mpi_free(&s);
	mbedtls_mpi_free(&r);
	return is_right;
}

bool jwks_key_verify(struct jwks_key *key, const uint8_t hash[JWKS_HASH_BYTES],
		     const uint8_t *signature, size_t len)
{
	if (key->algorithm == JWKS_RS256)
		return verify_rsa(&key->rsa, hash, signature, len);
	return verify_ec(&key->ec, hash, signature, len);
}
