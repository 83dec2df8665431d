/* JSON Web Tokens as OAuth 2.0 access tokens (RFC 7519, RFC 7515, RFC 7518):
 * who signed one, and does it admit here, now?
 *
 * RS256 and ES256 only. What a token says of its own keys (jwk, jku, x5c) is
 * never read; "none" and the HMAC algorithms are refused before a key is looked
 * for. The signature is checked before any claim is. */
#ifndef PROTOCOLS_JWT_H
#define PROTOCOLS_JWT_H

#include <stddef.h>
#include <stdint.h>

struct jwks;

#define JWT_MAX      8192 /* characters of a token */
#define JWT_LEEWAY_S 60   /* by which clocks may differ */
#define JWT_ID_BYTES 32

/* Why a token is not taken. */
enum jwt_fault {
	JWT_FINE,
	JWT_TOO_LONG,
	JWT_NOT_THREE_PARTS,
	JWT_BAD_BASE64,
	JWT_BAD_HEADER,
	JWT_WRONG_TYPE,
	JWT_CRITICAL,
	JWT_WRONG_ALGORITHM,
	JWT_NO_KEYS, /* the caller has no key set: try again later */
	JWT_UNKNOWN_KEY,
	JWT_AMBIGUOUS_KEY,
	JWT_BAD_SIGNATURE,
	JWT_BAD_CLAIMS,
	JWT_WRONG_ISSUER,
	JWT_WRONG_AUDIENCE,
	JWT_NO_EXPIRY,
	JWT_BAD_TIME,
	JWT_EXPIRED,
	JWT_NOT_YET,
	JWT_FROM_FUTURE,
	JWT_NO_SCOPE, /* a good token, but not for this: 403 (RFC 6750, 3.1) */
	JWT_FAULTS
};

/* What a token must say. */
struct jwt_rules {
	const char *issuer;   /* equals "iss"; "": nobody is taken */
	const char *audience; /* is "aud", or one of it; "": any or none */
	const char *scope;    /* words, blank between: all of them granted by
				 "scope" or "scp"; "": no such demand */
	int64_t now_s;        /* seconds since 1970, UTC */
};

/* jwt_check: may the bearer of this token come in?
 *
 * text  len characters, compact serialization; need not end in NUL
 * keys  the issuer's; NULL when there are none yet
 * id    on JWT_FINE who it is: a hash of "iss" and "sub" ("client_id" where a
 *       client without "sub" asks), the same for every token of one bearer
 * Returns JWT_FINE or the first fault that was found. */
enum jwt_fault jwt_check(const char *text, size_t len, struct jwks *keys,
			 const struct jwt_rules *rules,
			 uint8_t id[JWT_ID_BYTES]);

/* jwt_fault_text: the fault in words for the log; they contain nothing of the
 * token. */
const char *jwt_fault_text(enum jwt_fault fault);

#endif
