/* The first byte says which:
 * even  a token: without the private key none is ever taken, and what is wrong
 *       is the same each time;
 * odd   claims, which are signed here: they admit only if they say what another
 *       reading of them says, too, and never under a broken signature. */
#include "tools/testing/fuzz.h"

#include <jansson.h>
#include <stdbool.h>

#include "protocols/jwks.h"
#include "protocols/jwt.h"
#include "tools/testing/jwt_signer.h"

#define NOW 1700000000

static const struct jwt_rules rules = { "joe", "me", "voice", NOW };

/* The public keys of RFC 7515, A.2 and A.3. */
static struct jwks *rfc_keys(void)
{
	json_t *vectors =
		json_load_file("test-vectors/jose/rfc7515.json", 0, NULL);
	const json_t *examples = json_object_get(vectors, "examples");
	struct jwks *set = NULL;
	const char *why;

	FUZZ_CHECK(vectors != NULL);
	json_t *keys =
		json_pack("{s:[O,O]}", "keys",
			  json_object_get(json_array_get(examples, 0), "jwk"),
			  json_object_get(json_array_get(examples, 1), "jwk"));
	char *text = json_dumps(keys, 0);
	FUZZ_CHECK(jwks_parse(&set, text, strlen(text), &why) == 0);
	free(text);
	json_decref(keys);
	json_decref(vectors);
	return set;
}

static void no_forgery(const uint8_t *data, size_t n)
{
	static struct jwks *keys;
	uint8_t id[JWT_ID_BYTES];

	if (!keys)
		keys = rfc_keys();
	char *text = fuzz_copy(data, n);
	enum jwt_fault fault = jwt_check(text, n, keys, &rules, id);
	FUZZ_CHECK(fault > JWT_FINE && fault < JWT_FAULTS);
	FUZZ_CHECK(fault == jwt_check(text, n, keys, &rules, id));
	free(text);
}

static bool says_so(const char *text)
{
	json_t *claims = json_loads(text, 0, NULL);
	const json_t *exp = json_object_get(claims, "exp");
	const char *iss = json_string_value(json_object_get(claims, "iss"));
	bool so = json_is_number(exp) && json_number_value(exp) > NOW - 60 &&
		  iss && !strcmp(iss, "joe") && strstr(text, "aud") &&
		  (json_object_get(claims, "scope") ||
		   json_object_get(claims, "scp"));

	json_decref(claims);
	return so;
}

static void signed_claims(const uint8_t *data, size_t n)
{
	static struct jwt_signer *signer;
	static struct jwks *keys;
	uint8_t id[JWT_ID_BYTES];
	const char *why;

	if (!signer) {
		signer = jwt_signer_new(0, "k");
		char *set = jwt_signer_jwks(&signer, 1);
		FUZZ_CHECK(jwks_parse(&keys, set, strlen(set), &why) == 0);
		free(set);
	}
	char *claims = fuzz_text(data, n);
	char *token = jwt_signer_sign(signer, NULL, claims);
	size_t len = strlen(token);
	enum jwt_fault fault = jwt_check(token, len, keys, &rules, id);
	FUZZ_CHECK(fault == JWT_FINE || fault >= JWT_BAD_CLAIMS ||
		   fault == JWT_TOO_LONG);
	FUZZ_CHECK(fault != JWT_FINE || says_so(claims));
	token[len - 5] = token[len - 5] == 'A' ? 'B' : 'A';
	if (len <= JWT_MAX)
		FUZZ_CHECK(jwt_check(token, len, keys, &rules, id) ==
			   JWT_BAD_SIGNATURE);
	free(token);
	free(claims);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n)
{
	if (n > 0)
		(data[0] & 1 ? signed_claims : no_forgery)(data + 1, n - 1);
	return 0;
}
