#include "tools/testing/check.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "protocols/jwks.h"
#include "tools/testing/jwt_signer.h"

/* The members of RFC 7515, A.2.1 and A.3.1; the points of the texts below. */
#define RSA_N                                                                \
	"ofgWCuLjybRlzo0tZWJjNiuSfb4p4fAkd_wWJcyQoTbji9k0l8W26mPddxHmfHQp-"  \
	"Vaw-4qPCJrcS2mJPMEzP1Pt0Bm4d4QlL-yRT-SFd2lZS-pCgNMsD1W_YpRPEwOWvG6" \
	"b32690r2jZ47soMZo9wGzjb_7OMg0LOL-bSf63kpaSHSXndS5z5rexMdbBYUsLA9e-" \
	"KXBdQOS-UTo7WTBEMa2R2CapHg665xsmtdVMTBQY4uDZlxvb3qCo5ZwKh9kG4LT6_I" \
	"5IhlJH7aGhyxXFvUK-DWNmoudF8NAco9_h9iaGNj8q2ethFkMLs91kzk2PAcDTW9gb" \
	"54h4FRWyuXpoQ"
#define EC_X      "f83OJ3D2xF1Bg8vub9tLe1gHMzV76e8Tus9uPHvRVEU"
#define EC_Y      "x_FEzRu9m36HLN_tue659LNpXW6pCyStikYjKIWI5a0"
#define RSA(more) "{\"kty\":\"RSA\",\"n\":\"" RSA_N "\",\"e\":\"AQAB\"" more "}"
#define EC(more)                                                             \
	"{\"kty\":\"EC\",\"crv\":\"P-256\",\"x\":\"" EC_X "\",\"y\":\"" EC_Y \
	"\"" more "}"

static int parse(struct jwks **set, const char *text, const char **why)
{
	char *copy = strdup(text); /* of exactly its size, for the sanitizer */

	*set = NULL;
	*why = NULL;
	int err = jwks_parse(set, copy, strlen(copy), why);
	free(copy);
	return err;
}

/* One key in a set of its own. */
static void keys_that_count(void **state)
{
	static const struct {
		const char *key;
		bool is_usable;
		const char *why;
	} row[] = {
		{ RSA(""), true, "RSA, 2048 bits" },
		{ EC(""), true, "P-256" },
		{ RSA(",\"use\":\"sig\",\"alg\":\"RS256\""), true, "said so" },
		{ RSA(",\"x5t\":\"abc\",\"x5c\":[\"MII\"]"), true, "extras" },
		{ RSA(",\"key_ops\":[\"verify\"]"), true, "for verifying" },
		{ RSA(",\"kid\":\"\""), true, "an empty kid is none" },
		{ RSA(",\"use\":\"enc\""), false, "for encryption" },
		{ RSA(",\"use\":7"), false, "use is no text" },
		{ RSA(",\"key_ops\":[\"sign\",\"wrapKey\"]"), false, "others" },
		{ RSA(",\"key_ops\":\"verify\""), false, "not an array" },
		{ RSA(",\"alg\":\"RS512\""), false, "another algorithm" },
		{ RSA(",\"alg\":\"HS256\""), false, "RSA for HMAC" },
		{ RSA(",\"alg\":\"ES256\""), false, "alg is not of its kty" },
		{ EC(",\"alg\":\"RS256\""), false, "nor here" },
		{ RSA(",\"alg\":null"), false, "alg is no text" },
		{ "{\"kty\":\"oct\",\"k\":\"c2VjcmV0\"}", false, "symmetric" },
		{ "{\"kty\":\"OKP\",\"crv\":\"Ed25519\",\"x\":\"AAAA\"}", false,
		  "another kind" },
		{ "{\"n\":\"" RSA_N "\",\"e\":\"AQAB\"}", false, "no kty" },
		{ "{\"kty\":\"RSA\",\"e\":\"AQAB\"}", false, "no modulus" },
		{ "{\"kty\":\"RSA\",\"n\":\"" RSA_N "\"}", false,
		  "no exponent" },
		{ "{\"kty\":\"RSA\",\"n\":\"" RSA_N "\",\"e\":\"AQ\"}", false,
		  "exponent 1" },
		{ "{\"kty\":\"RSA\",\"n\":\"" RSA_N "\",\"e\":\"AQAA\"}", false,
		  "an even exponent" },
		{ "{\"kty\":\"RSA\",\"n\":\"" RSA_N "\",\"e\":\"AQAAAAE\"}",
		  false, "an exponent of five bytes" },
		{ "{\"kty\":\"RSA\",\"n\":\"" RSA_N "=\",\"e\":\"AQAB\"}",
		  false, "padding" },
		{ "{\"kty\":\"EC\",\"crv\":\"P-384\",\"x\":\"" EC_X
		  "\",\"y\":\"" EC_Y "\"}",
		  false, "another curve" },
		{ "{\"kty\":\"EC\",\"crv\":\"P-256\",\"x\":\"" EC_Y
		  "\",\"y\":\"" EC_X "\"}",
		  false, "a point off the curve" },
		{ "{\"kty\":\"EC\",\"crv\":\"P-256\",\"x\":\"" EC_X "\"}",
		  false, "half a point" },
		{ "{\"kty\":\"EC\",\"crv\":\"P-256\",\"x\":\"AA\",\"y\":\"AA\"}",
		  false, "coordinates cut short" },
		{ "\"RSA\"", false, "not an object" },
		{ "null", false, "not an object" },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(row); i++) {
		char text[2048];
		struct jwks *set;
		const char *why;
		snprintf(text, sizeof(text), "{\"keys\":[%s]}", row[i].key);
		CHECK_EQ(row[i].is_usable ? 0 : -ENOENT,
			 parse(&set, text, &why), row[i].why);
		CHECK_EQ(row[i].is_usable, set != NULL, row[i].why);
		CHECK_EQ(!row[i].is_usable, why != NULL, "in words");
		jwks_free(set);
	}
}

static void sets(void **state)
{
	static const struct {
		const char *text;
		int err;
		size_t count;
		const char *why;
	} row[] = {
		{ "{\"keys\":[" RSA("") "," EC("") "]}", 0, 2, "two" },
		{ "{\"keys\":[{},7,{\"kty\":\"oct\"}," EC("") "]}", 0, 1,
		  "the unknown is passed over" },
		{ "{\"keys\":[" EC("") "],\"next\":1}", 0, 1,
		  "unknown members" },
		{ "{\"keys\":[]}", -ENOENT, 0, "empty" },
		{ "{\"keys\":{}}", -EBADMSG, 0, "not an array" },
		{ "{}", -EBADMSG, 0, "no keys" },
		{ "[]", -EBADMSG, 0, "an array" },
		{ "", -EBADMSG, 0, "nothing" },
		{ "<html>sign in</html>", -EBADMSG, 0, "a web page" },
		{ "{\"keys\":[" EC("") "]} x", -EBADMSG, 0, "and more" },
		{ "{\"keys\":[" EC("") "],\"keys\":[]}", -EBADMSG, 0,
		  "a name twice" },
		{ "{\"keys\":[" EC(
			  "") "],\"a\":[[[[[[[[[[[[[[[[[[[[[[[[[[[[[["
			      "[[[[]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]}",
		  -EBADMSG, 0, "too deep" },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(row); i++) {
		struct jwks *set;
		const char *why;
		CHECK_EQ(row[i].err, parse(&set, row[i].text, &why),
			 row[i].why);
		if (set)
			CHECK_EQ(row[i].count, jwks_count(set), row[i].why);
		jwks_free(set);
	}
}

static void bounds(void **state)
{
	static char text[JWKS_TEXT_MAX + 2];
	char many[JWKS_KEYS_MAX * 8 + 64] = "{\"keys\":[7";
	struct jwks *set;
	const char *why;

	(void)state;
	for (unsigned i = 1; i < JWKS_KEYS_MAX; i++)
		strcat(many, ",7");
	snprintf(text, sizeof(text), "%s]}", many);
	CHECK_EQ(-ENOENT, parse(&set, text, &why), "32, none of use");
	snprintf(text, sizeof(text), "%s,7]}", many);
	CHECK_EQ(-E2BIG, parse(&set, text, &why), "33");
	memset(text, ' ', sizeof(text));
	memcpy(text, "{\"keys\":[" EC("") "]}",
	       strlen("{\"keys\":[" EC("") "]}"));
	CHECK_EQ(0, jwks_parse(&set, text, JWKS_TEXT_MAX, &why), "256 KiB");
	jwks_free(set);
	CHECK_EQ(-E2BIG, jwks_parse(&set, text, JWKS_TEXT_MAX + 1, &why),
		 "and a byte");
}

static void which_key(void **state)
{
	static const char text[] = "{\"keys\":[" RSA(",\"kid\":\"a\"") "," EC(
		",\"kid\":\"a\"") "," RSA(",\"kid\":\"b\"") "]}";
	struct jwks *set;
	struct jwks_key *rsa_a, *rsa_b, *ec, *key;
	const char *why;

	(void)state;
	CHECK_EQ(0, parse(&set, text, &why), "a set");
	CHECK_EQ(0, jwks_find(set, JWKS_RS256, "a", &rsa_a), "kid a, RSA");
	CHECK_EQ(0, jwks_find(set, JWKS_RS256, "b", &rsa_b), "kid b, RSA");
	CHECK_EQ(0, jwks_find(set, JWKS_ES256, "a", &ec), "kid a, EC");
	CHECK(rsa_a != rsa_b && rsa_a != ec, "are three keys");
	CHECK_EQ(-ENOENT, jwks_find(set, JWKS_ES256, "b", &key),
		 "a kid does not make an RSA key an EC key");
	CHECK_EQ(-ENOENT, jwks_find(set, JWKS_RS256, "", &key), "no kid \"\"");
	CHECK_EQ(0, jwks_find(set, JWKS_ES256, NULL, &key), "the only one");
	CHECK(key == ec, "of its algorithm");
	CHECK_EQ(-EEXIST, jwks_find(set, JWKS_RS256, NULL, &key), "of two");
	jwks_free(set);
}

/* RSA keys just outside of the range. */
static void key_sizes(void **state)
{
	static const struct {
		unsigned bits;
		int err;
	} row[] = { { 1024, -ENOENT }, { 2046, -ENOENT }, { 2048, 0 } };

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(row); i++) {
		struct jwt_signer *s = jwt_signer_new(row[i].bits, "k");
		char *text = jwt_signer_jwks(&s, 1);
		struct jwks *set;
		const char *why;
		CHECK_EQ(row[i].err, parse(&set, text, &why), "bits");
		jwks_free(set);
		free(text);
		jwt_signer_free(s);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(keys_that_count), cmocka_unit_test(sets),
		cmocka_unit_test(bounds),          cmocka_unit_test(which_key),
		cmocka_unit_test(key_sizes),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
