#include "protocols/jwt.h"

#include <errno.h>
#include <jansson.h>
#include <mbedtls/sha256.h>
#include <stdbool.h>
#include <string.h>
#include <strings.h>

#include "protocols/base64.h"
#include "protocols/json_load.h"
#include "protocols/jwks.h"

#define PART_BYTES (JWT_MAX / 4 * 3 + 2)

static const char *const fault_text[JWT_FAULTS] = {
	[JWT_FINE] = "",
	[JWT_TOO_LONG] = "the token is longer than 8192 characters",
	[JWT_NOT_THREE_PARTS] = "the token has not three parts between dots",
	[JWT_BAD_BASE64] = "a part of the token is not base64url",
	[JWT_BAD_HEADER] = "the token's header is not JSON, or not sound",
	[JWT_WRONG_TYPE] = "the token's typ is neither JWT nor at+jwt",
	[JWT_CRITICAL] = "the token demands extensions (crit)",
	[JWT_WRONG_ALGORITHM] = "the token's alg is neither RS256 nor ES256",
	[JWT_NO_KEYS] = "there is no key set yet",
	[JWT_UNKNOWN_KEY] = "no key of the set fits the token's kid and alg",
	[JWT_AMBIGUOUS_KEY] = "the token names no kid, and several keys fit",
	[JWT_BAD_SIGNATURE] = "the token's signature is wrong",
	[JWT_BAD_CLAIMS] = "the token's claims are not a JSON object",
	[JWT_WRONG_ISSUER] = "the token's iss is not oauth.issuer",
	[JWT_WRONG_AUDIENCE] = "the token's aud is without oauth.audience",
	[JWT_NO_EXPIRY] = "the token has no exp",
	[JWT_BAD_TIME] = "the token's exp, nbf or iat is not a number",
	[JWT_EXPIRED] = "the token has expired",
	[JWT_NOT_YET] = "the token is not valid yet (nbf)",
	[JWT_FROM_FUTURE] = "the token's iat is in the future: see the clocks",
	[JWT_NO_SCOPE] = "the token does not grant oauth.scope",
};

const char *jwt_fault_text(enum jwt_fault fault)
{
	return fault_text[fault];
}

static const char *text_of(const json_t *object, const char *name)
{
	return json_string_value(json_object_get(object, name));
}

/* --- Parts --- */

enum { HEADER, CLAIMS, SIGNATURE, PARTS };

struct parts {
	const char *text[PARTS];
	size_t len[PARTS];
	size_t signed_len; /* header, dot, claims */
};

static enum jwt_fault split(struct parts *p, const char *text, size_t len)
{
	const char *at = text, *end = text + len;

	if (len > JWT_MAX)
		return JWT_TOO_LONG;
	for (unsigned i = 0; i < PARTS; i++) {
		const char *dot = memchr(at, '.', (size_t)(end - at));
		if (!dot != (i == SIGNATURE))
			return JWT_NOT_THREE_PARTS;
		p->text[i] = at;
		p->len[i] = (size_t)((dot ? dot : end) - at);
		at += p->len[i] + 1;
	}
	p->signed_len = p->len[HEADER] + 1 + p->len[CLAIMS];
	return JWT_FINE;
}

/* --- Header (RFC 7515, 4.1) --- */

struct header {
	enum jwks_algorithm algorithm;
	bool has_kid;
	char kid[JWKS_KID_MAX];
};

static enum jwt_fault check_type(const json_t *header)
{
	const json_t *typ = json_object_get(header, "typ");

	if (!typ)
		return JWT_FINE;
	if (!json_is_string(typ))
		return JWT_BAD_HEADER;
	const char *type = json_string_value(typ);
	if (!strncasecmp(type, "application/", 12))
		type += 12; /* RFC 7515, 4.1.9 */
	return strcasecmp(type, "JWT") == 0 || strcasecmp(type, "at+jwt") == 0
		       ? JWT_FINE
		       : JWT_WRONG_TYPE;
}

static enum jwt_fault take_algorithm(struct header *h, const json_t *header)
{
	const char *alg = text_of(header, "alg");

	if (!alg)
		return JWT_BAD_HEADER;
	if (strcmp(alg, "RS256") != 0 && strcmp(alg, "ES256") != 0)
		return JWT_WRONG_ALGORITHM;
	h->algorithm = alg[0] == 'R' ? JWKS_RS256 : JWKS_ES256;
	return JWT_FINE;
}

static enum jwt_fault take_kid(struct header *h, const json_t *header)
{
	const json_t *kid = json_object_get(header, "kid");

	h->has_kid = kid != NULL;
	if (!kid)
		return JWT_FINE;
	if (!json_is_string(kid))
		return JWT_BAD_HEADER;
	if (json_string_length(kid) >= sizeof(h->kid))
		return JWT_UNKNOWN_KEY;
	strcpy(h->kid, json_string_value(kid));
	return JWT_FINE;
}

static enum jwt_fault read_header(struct header *h, const json_t *header)
{
	if (!header)
		return JWT_BAD_HEADER;
	enum jwt_fault fault = check_type(header);
	if (!fault && json_object_get(header, "crit"))
		fault = JWT_CRITICAL;
	if (!fault)
		fault = take_algorithm(h, header);
	return fault ? fault : take_kid(h, header);
}

static enum jwt_fault take_header(struct header *h, const struct parts *p)
{
	char bytes[PART_BYTES];
	ssize_t n = base64_url_decode((uint8_t *)bytes, p->text[HEADER],
				      p->len[HEADER]);

	if (n < 0)
		return JWT_BAD_BASE64;
	json_t *header = json_load_strict(bytes, (size_t)n);
	enum jwt_fault fault = read_header(h, header);
	json_decref(header);
	return fault;
}

/* --- Signature --- */

static enum jwt_fault find_key(const struct header *h, struct jwks *keys,
			       struct jwks_key **key)
{
	if (!keys)
		return JWT_NO_KEYS;
	switch (jwks_find(keys, h->algorithm, h->has_kid ? h->kid : NULL,
			  key)) {
	case 0:
		return JWT_FINE;
	case -EEXIST:
		return JWT_AMBIGUOUS_KEY;
	default:
		return JWT_UNKNOWN_KEY;
	}
}

static enum jwt_fault check_signature(const struct parts *p,
				      struct jwks_key *key)
{
	uint8_t signature[PART_BYTES], hash[JWKS_HASH_BYTES];
	ssize_t n = base64_url_decode(signature, p->text[SIGNATURE],
				      p->len[SIGNATURE]);

	if (n < 0)
		return JWT_BAD_BASE64;
	if (mbedtls_sha256_ret((const uint8_t *)p->text[HEADER], p->signed_len,
			       hash, 0))
		return JWT_BAD_SIGNATURE;
	return jwks_key_verify(key, hash, signature, (size_t)n)
		       ? JWT_FINE
		       : JWT_BAD_SIGNATURE;
}

/* --- Claims (RFC 7519, 4.1) --- */

static bool is_text(const json_t *value, const char *text, size_t len)
{
	return json_is_string(value) && json_string_length(value) == len &&
	       !memcmp(json_string_value(value), text, len);
}

/* value is the text, or an array with it. */
static bool lists(const json_t *value, const char *text, size_t len)
{
	const json_t *entry;
	size_t i;

	if (is_text(value, text, len))
		return true;
	json_array_foreach(value, i,
			   entry) if (is_text(entry, text, len)) return true;
	return false;
}

/* value is a string of words with this one among them. */
static bool has_word(const json_t *value, const char *word, size_t len)
{
	const char *at = json_string_value(value);

	while (at && *at) {
		size_t n = strcspn(at, " ");
		if (n == len && !memcmp(at, word, n))
			return true;
		at += n + strspn(at + n, " ");
	}
	return false;
}

/* "scope" as RFC 9068 has it; "scp" as others write it. */
static bool grants(const json_t *claims, const char *scope)
{
	const json_t *words = json_object_get(claims, "scope");
	const json_t *scp = json_object_get(claims, "scp");

	for (scope += strspn(scope, " "); *scope; scope += strspn(scope, " ")) {
		size_t n = strcspn(scope, " ");
		if (!has_word(words, scope, n) && !has_word(scp, scope, n) &&
		    !lists(scp, scope, n))
			return false;
		scope += n;
	}
	return true;
}

/* A NumericDate, which may have a fraction. Returns false for another kind;
 * an absent one is left as it is. */
static bool take_time(const json_t *claims, const char *name, double *time_s)
{
	const json_t *value = json_object_get(claims, name);

	if (value)
		*time_s = json_number_value(value);
	return !value || json_is_number(value);
}

static enum jwt_fault check_times(const json_t *claims, int64_t now_s)
{
	double now = (double)now_s;
	double exp = 0, nbf = now, iat = now;

	if (!json_object_get(claims, "exp"))
		return JWT_NO_EXPIRY;
	if (!take_time(claims, "exp", &exp) ||
	    !take_time(claims, "nbf", &nbf) || !take_time(claims, "iat", &iat))
		return JWT_BAD_TIME;
	if (now >= exp + JWT_LEEWAY_S)
		return JWT_EXPIRED;
	if (now + JWT_LEEWAY_S < nbf)
		return JWT_NOT_YET;
	return now + JWT_LEEWAY_S < iat ? JWT_FROM_FUTURE : JWT_FINE;
}

/* An empty issuer admits nobody: it is never left open. */
static enum jwt_fault check_claims(const json_t *claims,
				   const struct jwt_rules *rules)
{
	const char *issuer = rules->issuer, *audience = rules->audience;

	if (!claims)
		return JWT_BAD_CLAIMS;
	if (!issuer[0] ||
	    !is_text(json_object_get(claims, "iss"), issuer, strlen(issuer)))
		return JWT_WRONG_ISSUER;
	if (audience[0] &&
	    !lists(json_object_get(claims, "aud"), audience, strlen(audience)))
		return JWT_WRONG_AUDIENCE;
	enum jwt_fault fault = check_times(claims, rules->now_s);
	if (fault)
		return fault;
	return grants(claims, rules->scope) ? JWT_FINE : JWT_NO_SCOPE;
}

/* NULs stand between the texts, which have none, and tell the kinds apart. */
static void identify(const json_t *claims, uint8_t id[JWT_ID_BYTES])
{
	const char *issuer = text_of(claims, "iss");
	const char *name = "sub", *who = text_of(claims, name);
	mbedtls_sha256_context hash;

	if (!who) {
		name = "client_id";
		who = text_of(claims, name);
	}
	mbedtls_sha256_init(&hash);
	mbedtls_sha256_starts_ret(&hash, 0);
	mbedtls_sha256_update_ret(&hash, (const uint8_t *)issuer,
				  strlen(issuer) + 1);
	mbedtls_sha256_update_ret(&hash, (const uint8_t *)name,
				  strlen(name) + 1);
	if (who)
		mbedtls_sha256_update_ret(&hash, (const uint8_t *)who,
					  strlen(who) + 1);
	mbedtls_sha256_finish_ret(&hash, id);
	mbedtls_sha256_free(&hash);
}

static enum jwt_fault take_claims(const struct parts *p,
				  const struct jwt_rules *rules,
				  uint8_t id[JWT_ID_BYTES])
{
	char bytes[PART_BYTES];
	ssize_t n = base64_url_decode((uint8_t *)bytes, p->text[CLAIMS],
				      p->len[CLAIMS]);

	if (n < 0)
		return JWT_BAD_BASE64;
	json_t *claims = json_load_strict(bytes, (size_t)n);
	enum jwt_fault fault = check_claims(claims, rules);
	if (!fault)
		identify(claims, id);
	json_decref(claims);
	return fault;
}

enum jwt_fault jwt_check(const char *text, size_t len, struct jwks *keys,
			 const struct jwt_rules *rules,
			 uint8_t id[JWT_ID_BYTES])
{
	struct parts p;
	struct header h;
	struct jwks_key *key;

	enum jwt_fault fault = split(&p, text, len);
	if (!fault)
		fault = take_header(&h, &p);
	if (!fault)
		fault = find_key(&h, keys, &key);
	if (!fault)
		fault = check_signature(&p, key);
	return fault ? fault : take_claims(&p, rules, id);
}
