/* The issuer's side of access tokens, for tests: makes a key pair, tells its
 * public half as a JSON Web Key, signs claims. Never for use beyond tests. */
#ifndef TOOLS_TESTING_JWT_SIGNER_H
#define TOOLS_TESTING_JWT_SIGNER_H

#include <stddef.h>

#include "protocols/jwks.h"

#define JWT_SIGNER_PEM_MAX 4096

struct jwt_signer;

/* jwt_signer_new: an RSA key of that many bits, or with bits 0 one on P-256.
 * jwt_signer_load: the key of a PEM text. kid may be NULL.
 * Both return NULL when mbedTLS fails. */
struct jwt_signer *jwt_signer_new(unsigned bits, const char *kid);
struct jwt_signer *jwt_signer_load(const char *pem, const char *kid);
void jwt_signer_free(struct jwt_signer *s);

/* jwt_signer_pem: the private key. Returns 0 or mbedTLS's negative code. */
int jwt_signer_pem(struct jwt_signer *s, char out[JWT_SIGNER_PEM_MAX]);

/* jwt_signer_jwks: a key set with these signers' public keys, as text for
 * free(). */
char *jwt_signer_jwks(struct jwt_signer *const s[], size_t n);

/* jwt_signer_sign: a token for free().
 *
 * header  JSON, verbatim; NULL: alg, typ and kid as they should be
 * claims  JSON, verbatim */
char *jwt_signer_sign(struct jwt_signer *s, const char *header,
		      const char *claims);

#endif
