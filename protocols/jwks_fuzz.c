/* A key set is read the same each time and left as it was; what is found in it
 * is of the algorithm that was asked for, and there are no more keys than
 * another reader of the text sees. */
#include "tools/testing/fuzz.h"

#include <jansson.h>

#include "protocols/jwks.h"

static void check_set(struct jwks *set, const char *text, size_t n)
{
	json_t *root = json_loadb(text, n, 0, NULL);
	const json_t *keys = json_object_get(root, "keys"), *entry;
	struct jwks_key *rsa = NULL, *ec = NULL;
	uint8_t hash[JWKS_HASH_BYTES] = { 1 }, signature[256] = { 2 };
	size_t i;

	FUZZ_CHECK(jwks_count(set) > 0);
	FUZZ_CHECK(jwks_count(set) <= json_array_size(keys));
	json_array_foreach(keys, i, entry)
	{
		const char *kid =
			json_string_value(json_object_get(entry, "kid"));
		if (!kid || jwks_find(set, JWKS_RS256, kid, &rsa) ||
		    jwks_find(set, JWKS_ES256, kid, &ec))
			continue;
		FUZZ_CHECK(rsa != ec);
	}
	if (jwks_find(set, JWKS_RS256, NULL, &rsa) == 0)
		FUZZ_CHECK(!jwks_key_verify(rsa, hash, signature, 64));
	if (jwks_find(set, JWKS_ES256, NULL, &ec) == 0)
		FUZZ_CHECK(!jwks_key_verify(ec, hash, signature, 256));
	json_decref(root);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n)
{
	char *text = fuzz_copy(data, n);
	struct jwks *set = NULL, *again = NULL;
	const char *why = NULL;
	int err = jwks_parse(&set, text, n, &why);

	FUZZ_CHECK(!n || !memcmp(text, data, n));
	FUZZ_CHECK(err == jwks_parse(&again, text, n, &why));
	FUZZ_CHECK((err == 0) == (set != NULL));
	FUZZ_CHECK((err != 0) == (why != NULL));
	if (set) {
		FUZZ_CHECK(jwks_count(set) == jwks_count(again));
		check_set(set, text, n);
	}
	jwks_free(set);
	jwks_free(again);
	free(text);
	return 0;
}
