#include "tools/testing/jwt_signer.h"

#include <jansson.h>
#include <mbedtls/ctr_drbg.h>
#include <mbedtls/ecdsa.h>
#include <mbedtls/entropy.h>
#include <mbedtls/pk.h>
#include <mbedtls/rsa.h>
#include <mbedtls/sha256.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "protocols/base64.h"

#define P256_BYTES 32

struct jwt_signer {
	mbedtls_entropy_context entropy;
	mbedtls_ctr_drbg_context drbg;
	mbedtls_pk_context key;
	char kid[JWKS_KID_MAX]; /* "" without one */
};

static struct jwt_signer *create(const char *kid)
{
	struct jwt_signer *s = calloc(1, sizeof(*s));

	if (!s)
		return NULL;
	mbedtls_entropy_init(&s->entropy);
	mbedtls_ctr_drbg_init(&s->drbg);
	mbedtls_pk_init(&s->key);
	snprintf(s->kid, sizeof(s->kid), "%s", kid ? kid : "");
	if (!mbedtls_ctr_drbg_seed(&s->drbg, mbedtls_entropy_func, &s->entropy,
				   NULL, 0))
		return s;
	jwt_signer_free(s);
	return NULL;
}

void jwt_signer_free(struct jwt_signer *s)
{
	if (!s)
		return;
	mbedtls_pk_free(&s->key);
	mbedtls_ctr_drbg_free(&s->drbg);
	mbedtls_entropy_free(&s->entropy);
	free(s);
}

static int make_key(struct jwt_signer *s, unsigned bits)
{
	mbedtls_pk_type_t type = bits ? MBEDTLS_PK_RSA : MBEDTLS_PK_ECKEY;
	int err = mbedtls_pk_setup(&s->key, mbedtls_pk_info_from_type(type));

	if (err)
		return err;
	return bits ? mbedtls_rsa_gen_key(mbedtls_pk_rsa(s->key),
					  mbedtls_ctr_drbg_random, &s->drbg,
					  bits, 65537)
		    : mbedtls_ecp_gen_key(MBEDTLS_ECP_DP_SECP256R1,
					  mbedtls_pk_ec(s->key),
					  mbedtls_ctr_drbg_random, &s->drbg);
}

struct jwt_signer *jwt_signer_new(unsigned bits, const char *kid)
{
	struct jwt_signer *s = create(kid);

	if (!s || !make_key(s, bits))
		return s;
	jwt_signer_free(s);
	return NULL;
}

struct jwt_signer *jwt_signer_load(const char *pem, const char *kid)
{
	struct jwt_signer *s = create(kid);

	if (!s || !mbedtls_pk_parse_key(&s->key, (const unsigned char *)pem,
					strlen(pem) + 1, NULL, 0))
		return s;
	jwt_signer_free(s);
	return NULL;
}

int jwt_signer_pem(struct jwt_signer *s, char out[JWT_SIGNER_PEM_MAX])
{
	return mbedtls_pk_write_key_pem(&s->key, (unsigned char *)out,
					JWT_SIGNER_PEM_MAX);
}

static bool is_rsa(const struct jwt_signer *s)
{
	return mbedtls_pk_get_type(&s->key) == MBEDTLS_PK_RSA;
}

/* --- The public half --- */

static void set_bytes(json_t *jwk, const char *name, const uint8_t *bytes,
		      size_t n)
{
	char text[BASE64_ENCODED(JWKS_SIGNATURE_MAX)];
	size_t len = base64_url_encode(text, bytes, n);

	json_object_set_new(jwk, name, json_stringn(text, len));
}

static void set_number(json_t *jwk, const char *name, const mbedtls_mpi *x,
		       size_t n)
{
	uint8_t bytes[JWKS_SIGNATURE_MAX];

	if (!mbedtls_mpi_write_binary(x, bytes, n))
		set_bytes(jwk, name, bytes, n);
}

static json_t *jwk_of(const struct jwt_signer *s)
{
	json_t *jwk =
		json_pack("{s:s, s:s, s:s}", "kty", is_rsa(s) ? "RSA" : "EC",
			  "alg", is_rsa(s) ? "RS256" : "ES256", "use", "sig");

	if (s->kid[0])
		json_object_set_new(jwk, "kid", json_string(s->kid));
	if (is_rsa(s)) {
		const mbedtls_rsa_context *rsa = mbedtls_pk_rsa(s->key);
		set_number(jwk, "n", &rsa->N, mbedtls_mpi_size(&rsa->N));
		set_number(jwk, "e", &rsa->E, mbedtls_mpi_size(&rsa->E));
	} else {
		const mbedtls_ecp_keypair *ec = mbedtls_pk_ec(s->key);
		json_object_set_new(jwk, "crv", json_string("P-256"));
		set_number(jwk, "x", &ec->Q.X, P256_BYTES);
		set_number(jwk, "y", &ec->Q.Y, P256_BYTES);
	}
	return jwk;
}

char *jwt_signer_jwks(struct jwt_signer *const s[], size_t n)
{
	json_t *keys = json_array();

	for (size_t i = 0; i < n; i++)
		json_array_append_new(keys, jwk_of(s[i]));
	json_t *set = json_pack("{s:o}", "keys", keys);
	char *text = json_dumps(set, JSON_INDENT(2));
	json_decref(set);
	return text;
}

/* --- Signing --- */

static size_t sign_rsa(struct jwt_signer *s, const uint8_t *hash, uint8_t *out)
{
	mbedtls_rsa_context *rsa = mbedtls_pk_rsa(s->key);

	mbedtls_rsa_set_padding(rsa, MBEDTLS_RSA_PKCS_V15, 0);
	return mbedtls_rsa_pkcs1_sign(rsa, mbedtls_ctr_drbg_random, &s->drbg,
				      MBEDTLS_RSA_PRIVATE, MBEDTLS_MD_SHA256,
				      JWKS_HASH_BYTES, hash, out)
		       ? 0
		       : mbedtls_rsa_get_len(rsa);
}

static size_t sign_ec(struct jwt_signer *s, const uint8_t *hash, uint8_t *out)
{
	mbedtls_ecp_keypair *ec = mbedtls_pk_ec(s->key);
	mbedtls_mpi r, t;

	mbedtls_mpi_init(&r);
	mbedtls_mpi_init(&t);
	int err = mbedtls_ecdsa_sign(&ec->grp, &r, &t, &ec->d, hash,
				     JWKS_HASH_BYTES, mbedtls_ctr_drbg_random,
				     &s->drbg);
	if (!err)
		err = mbedtls_mpi_write_binary(&r, out, P256_BYTES);
	if (!err)
		err = mbedtls_mpi_write_binary(&t, out + P256_BYTES,
					       P256_BYTES);
	mbedtls_mpi_free(&t);
	mbedtls_mpi_free(&r);
	return err ? 0 : (size_t)2 * P256_BYTES;
}

static char *usual_header(const struct jwt_signer *s)
{
	json_t *header = json_pack("{s:s, s:s}", "alg",
				   is_rsa(s) ? "RS256" : "ES256", "typ", "JWT");

	if (s->kid[0])
		json_object_set_new(header, "kid", json_string(s->kid));
	char *text = json_dumps(header, JSON_COMPACT);
	json_decref(header);
	return text;
}

static char *sign(struct jwt_signer *s, const char *header, const char *claims)
{
	uint8_t hash[JWKS_HASH_BYTES], signature[MBEDTLS_MPI_MAX_SIZE];
	char *token = malloc(BASE64_ENCODED(strlen(header)) +
			     BASE64_ENCODED(strlen(claims)) +
			     BASE64_ENCODED(sizeof(signature)) + 3);

	if (!token)
		return NULL;
	size_t len = base64_url_encode(token, (const uint8_t *)header,
				       strlen(header));
	token[len++] = '.';
	len += base64_url_encode(token + len, (const uint8_t *)claims,
				 strlen(claims));
	mbedtls_sha256_ret((const uint8_t *)token, len, hash, 0);
	token[len++] = '.';
	len += base64_url_encode(token + len, signature,
				 is_rsa(s) ? sign_rsa(s, hash, signature)
					   : sign_ec(s, hash, signature));
	token[len] = 0;
	return token;
}

char *jwt_signer_sign(struct jwt_signer *s, const char *header,
		      const char *claims)
{
	char *usual = header ? NULL : usual_header(s);
	char *token = sign(s, header ? header : usual, claims);

	free(usual);
	return token;
}
