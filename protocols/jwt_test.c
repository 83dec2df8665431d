#include "tools/testing/check.h"

#include <jansson.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "protocols/jwks.h"
#include "protocols/jwt.h"
#include "tools/testing/jwt_signer.h"

#define NOW 1700000000 /* the tests' clock, seconds */
#define GOOD                                                      \
	"\"iss\":\"https://id.example.net\",\"aud\":\"gateway\"," \
	"\"exp\":1700000300,\"sub\":\"vaic\""

static struct jwt_signer *rsa, *ec, *stranger;
static struct jwks *keys;
static const struct jwt_rules plain = {
	.issuer = "https://id.example.net",
	.audience = "gateway",
	.scope = "",
	.now_s = NOW,
};

static struct jwks *key_set(struct jwt_signer *const s[], size_t n)
{
	char *text = jwt_signer_jwks(s, n);
	struct jwks *set = NULL;
	const char *why = "";

	CHECK_EQ(0, jwks_parse(&set, text, strlen(text), &why), why);
	free(text);
	return set;
}

static int make_keys(void **state)
{
	(void)state;
	rsa = jwt_signer_new(2048, "r1");
	ec = jwt_signer_new(0, "e1");
	stranger = jwt_signer_new(0, "e1");
	keys = key_set((struct jwt_signer *[]){ rsa, ec }, 2);
	return 0;
}

static int free_keys(void **state)
{
	(void)state;
	jwks_free(keys);
	jwt_signer_free(rsa);
	jwt_signer_free(ec);
	jwt_signer_free(stranger);
	return 0;
}

/* A verdict on a copy of exactly its size. */
static enum jwt_fault check(const char *text, size_t len,
			    const struct jwt_rules *rules)
{
	uint8_t id[JWT_ID_BYTES];
	char *copy = malloc(len ? len : 1);

	memcpy(copy, text, len);
	enum jwt_fault fault = jwt_check(copy, len, keys, rules, id);
	free(copy);
	return fault;
}

static enum jwt_fault check_signed(struct jwt_signer *s, const char *header,
				   const char *claims,
				   const struct jwt_rules *rules)
{
	char *token = jwt_signer_sign(s, header, claims);
	enum jwt_fault fault = check(token, strlen(token), rules);

	free(token);
	return fault;
}

static void good_tokens(void **state)
{
	(void)state;
	CHECK_EQ(JWT_FINE, check_signed(rsa, NULL, "{" GOOD "}", &plain),
		 "RS256");
	CHECK_EQ(JWT_FINE, check_signed(ec, NULL, "{" GOOD "}", &plain),
		 "ES256");
}

/* RFC 7515, A.2 and A.3. Their claims have no audience, which is found only
 * after the signature is right. */
static void examples_of_the_rfc(void **state)
{
	json_t *vectors =
		json_load_file("test-vectors/jose/rfc7515.json", 0, NULL);
	const json_t *example;
	size_t i;

	(void)state;
	CHECK(vectors, "run from the project's directory");
	json_array_foreach(json_object_get(vectors, "examples"), i, example)
	{
		const char *section, *part[3];
		json_t *jwk;
		json_int_t exp;
		CHECK_EQ(0,
			 json_unpack(json_array_get(json_object_get(vectors,
								    "examples"),
						    i),
				     "{s:s, s:[sss], s:o, s:I}", "section",
				     &section, "token", &part[0], &part[1],
				     &part[2], "jwk", &jwk, "exp", &exp),
			 "a vector");
		json_t *set = json_pack("{s:[O]}", "keys", jwk);
		char *text = json_dumps(set, 0), token[2048];
		struct jwks *mine = keys;
		const char *why = "";
		CHECK_EQ(0, jwks_parse(&keys, text, strlen(text), &why), why);
		struct jwt_rules rules = { "joe", "any", "", exp - 1 };
		int len = snprintf(token, sizeof(token), "%s.%s.%s", part[0],
				   part[1], part[2]);
		CHECK_EQ(JWT_WRONG_AUDIENCE, check(token, (size_t)len, &rules),
			 section);
		token[strlen(part[0]) + 5] ^= 1;
		CHECK_EQ(JWT_BAD_SIGNATURE, check(token, (size_t)len, &rules),
			 section);
		jwks_free(keys);
		keys = mine;
		free(text);
		json_decref(set);
	}
	CHECK_EQ(2, i, "examples");
	json_decref(vectors);
}

static void headers(void **state)
{
	static const struct {
		const char *header;
		enum jwt_fault fault;
		const char *why;
	} row[] = {
		{ "{\"alg\":\"RS256\",\"kid\":\"r1\"}", JWT_FINE, "no typ" },
		{ "{\"alg\":\"RS256\"}", JWT_FINE, "no kid, one RSA key" },
		{ "{\"alg\":\"RS256\",\"typ\":\"jwt\"}", JWT_FINE, "any case" },
		{ "{\"alg\":\"RS256\",\"typ\":\"at+jwt\"}", JWT_FINE,
		  "RFC 9068" },
		{ "{\"alg\":\"RS256\",\"typ\":\"application/at+jwt\"}",
		  JWT_FINE, "RFC 7515, 4.1.9" },
		{ "{\"alg\":\"RS256\",\"x5t\":\"abc\",\"a\":[1]}", JWT_FINE,
		  "members nobody knows" },
		{ "{\"alg\":\"RS256\",\"jku\":\"https://evil.example/\"}",
		  JWT_FINE, "its own keys are not looked at" },
		{ "{\"alg\":\"RS256\",\"typ\":\"dpop+jwt\"}", JWT_WRONG_TYPE,
		  "another kind of token" },
		{ "{\"alg\":\"RS256\",\"typ\":5}", JWT_BAD_HEADER, "no text" },
		{ "{\"alg\":\"none\"}", JWT_WRONG_ALGORITHM, "none" },
		{ "{\"alg\":\"NONE\"}", JWT_WRONG_ALGORITHM, "none" },
		{ "{\"alg\":\"HS256\",\"kid\":\"r1\"}", JWT_WRONG_ALGORITHM,
		  "the public key as HMAC secret" },
		{ "{\"alg\":\"PS256\"}", JWT_WRONG_ALGORITHM, "RSA-PSS" },
		{ "{\"alg\":\"RS512\"}", JWT_WRONG_ALGORITHM, "SHA-512" },
		{ "{\"alg\":\"rs256\"}", JWT_WRONG_ALGORITHM, "case counts" },
		{ "{\"alg\":\"\"}", JWT_WRONG_ALGORITHM, "empty" },
		{ "{\"alg\":[\"RS256\"]}", JWT_BAD_HEADER, "no text" },
		{ "{\"kid\":\"r1\"}", JWT_BAD_HEADER, "no alg" },
		{ "{\"alg\":\"RS256\",\"alg\":\"RS256\"}", JWT_BAD_HEADER,
		  "a name twice" },
		{ "{\"alg\":\"RS256\",\"crit\":[\"exp\"]}", JWT_CRITICAL,
		  "RFC 7515, 4.1.11" },
		{ "{\"alg\":\"RS256\",\"crit\":null}", JWT_CRITICAL,
		  "of any kind" },
		{ "{\"alg\":\"RS256\",\"kid\":\"r2\"}", JWT_UNKNOWN_KEY,
		  "an unknown kid" },
		{ "{\"alg\":\"RS256\",\"kid\":\"\"}", JWT_UNKNOWN_KEY,
		  "an empty kid is a kid" },
		{ "{\"alg\":\"RS256\",\"kid\":1}", JWT_BAD_HEADER, "no text" },
		{ "{\"alg\":\"ES256\",\"kid\":\"r1\"}", JWT_UNKNOWN_KEY,
		  "an RSA key is none for ES256" },
		{ "{\"alg\":\"RS256\",\"kid\":\"e1\"}", JWT_UNKNOWN_KEY,
		  "nor the other way round" },
		{ "{\"alg\":\"ES256\"}", JWT_BAD_SIGNATURE,
		  "256 bytes are no r and s" },
		{ "[\"alg\",\"RS256\"]", JWT_BAD_HEADER, "an array" },
		{ "RS256", JWT_BAD_HEADER, "no JSON" },
		{ "", JWT_BAD_HEADER, "empty" },
		{ "{\"alg\":\"RS256\",\"a\":[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[["
		  "]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]}",
		  JWT_BAD_HEADER, "too deep" },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(row); i++)
		CHECK_EQ(row[i].fault,
			 check_signed(rsa, row[i].header, "{" GOOD "}", &plain),
			 row[i].why);
}

#define ISS    "\"iss\":\"https://id.example.net\""
#define AUD    "\"aud\":\"gateway\""
#define EXP    "\"exp\":1700000300"
#define NOBODY ISS "," AUD

static void claims(void **state)
{
	static const struct {
		const char *claims;
		enum jwt_fault fault;
		const char *why;
	} row[] = {
		{ "{" NOBODY "," EXP "}", JWT_FINE, "what must be there" },
		{ "{" ISS ",\"aud\":[\"a\",\"gateway\"]," EXP "}", JWT_FINE,
		  "one of several audiences" },
		{ "{" ISS ",\"aud\":[]," EXP "}", JWT_WRONG_AUDIENCE, "none" },
		{ "{" ISS ",\"aud\":[[\"gateway\"]]," EXP "}",
		  JWT_WRONG_AUDIENCE, "too deep" },
		{ "{" ISS ",\"aud\":\"gateway2\"," EXP "}", JWT_WRONG_AUDIENCE,
		  "only begins like it" },
		{ "{" ISS ",\"aud\":\"gate\"," EXP "}", JWT_WRONG_AUDIENCE,
		  "a part of it" },
		{ "{" ISS "," EXP "}", JWT_WRONG_AUDIENCE, "no aud" },
		{ "{" AUD "," EXP "}", JWT_WRONG_ISSUER, "no iss" },
		{ "{\"iss\":\"https://id.example.net/\"," AUD "," EXP "}",
		  JWT_WRONG_ISSUER, "a slash more" },
		{ "{\"iss\":[\"https://id.example.net\"]," AUD "," EXP "}",
		  JWT_WRONG_ISSUER, "iss is one text" },
		{ "{" NOBODY "}", JWT_NO_EXPIRY, "no exp" },
		{ "{" NOBODY ",\"exp\":null}", JWT_BAD_TIME, "exp null" },
		{ "{" NOBODY ",\"exp\":\"1700000300\"}", JWT_BAD_TIME, "text" },
		{ "{" NOBODY ",\"exp\":1e30}", JWT_FINE, "far away" },
		{ "{" NOBODY ",\"exp\":-1}", JWT_EXPIRED, "before 1970" },
		{ "{" NOBODY ",\"exp\":1699999941}", JWT_FINE, "59 s ago" },
		{ "{" NOBODY ",\"exp\":1699999940.5}", JWT_FINE, "59.5 s ago" },
		{ "{" NOBODY ",\"exp\":1699999940}", JWT_EXPIRED, "60 s ago" },
		{ "{" NOBODY "," EXP ",\"nbf\":1700000060}", JWT_FINE,
		  "in 60 s" },
		{ "{" NOBODY "," EXP ",\"nbf\":1700000061}", JWT_NOT_YET,
		  "in 61 s" },
		{ "{" NOBODY "," EXP ",\"nbf\":true}", JWT_BAD_TIME, "nbf" },
		{ "{" NOBODY "," EXP ",\"iat\":1700000060}", JWT_FINE,
		  "issued in 60 s" },
		{ "{" NOBODY "," EXP ",\"iat\":1700000061}", JWT_FROM_FUTURE,
		  "issued in 61 s" },
		{ "{" NOBODY "," EXP ",\"iat\":\"x\"}", JWT_BAD_TIME, "iat" },
		{ "{" NOBODY "," EXP ",\"aud\":\"gateway\"}", JWT_BAD_CLAIMS,
		  "a name twice" },
		{ "[" EXP "]", JWT_BAD_CLAIMS, "no JSON" },
		{ "", JWT_BAD_CLAIMS, "empty" },
		{ "{" NOBODY "," EXP ",\"sub\":\"a\\u0000b\"}", JWT_BAD_CLAIMS,
		  "a NUL" },
		{ "{" NOBODY "," EXP ",\"sub\":\"\xff\"}", JWT_BAD_CLAIMS,
		  "not UTF-8" },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(row); i++)
		CHECK_EQ(row[i].fault,
			 check_signed(ec, NULL, row[i].claims, &plain),
			 row[i].why);
}

static void empty_rules(void **state)
{
	struct jwt_rules r = plain;

	(void)state;
	r.issuer = "";
	CHECK_EQ(JWT_WRONG_ISSUER,
		 check_signed(ec, NULL, "{\"iss\":\"\"," AUD "," EXP "}", &r),
		 "no issuer: nobody");
	r = plain;
	r.audience = "";
	CHECK_EQ(JWT_FINE, check_signed(ec, NULL, "{" GOOD "}", &r),
		 "no audience: for others, too");
	CHECK_EQ(JWT_FINE, check_signed(ec, NULL, "{" ISS "," EXP "}", &r),
		 "or for none");
}

static void scopes(void **state)
{
	static const struct {
		const char *wanted, *claim;
		bool is_granted;
		const char *why;
	} row[] = {
		{ "", "", true, "none wanted" },
		{ "voice", ",\"scope\":\"voice\"", true, "the only one" },
		{ "voice", ",\"scope\":\"a voice b\"", true, "among others" },
		{ "voice", ",\"scope\":\"  a  voice\"", true, "more blanks" },
		{ "voice", ",\"scp\":\"a voice\"", true, "scp, words" },
		{ "voice", ",\"scp\":[\"a\",\"voice\"]", true, "scp, array" },
		{ "voice", ",\"scope\":\"a\",\"scp\":[\"voice\"]", true,
		  "either" },
		{ "a b", ",\"scope\":\"b c a\"", true, "both, in any order" },
		{ "a b", ",\"scope\":\"a\"", false, "one of two" },
		{ "voice", "", false, "no scope" },
		{ "voice", ",\"scope\":\"\"", false, "empty" },
		{ "voice", ",\"scope\":\"voices voic Voice\"", false, "alike" },
		{ "voice", ",\"scope\":[\"voice\"]", false,
		  "scope is no array (RFC 8693, 4.2)" },
		{ "voice", ",\"scp\":[[\"voice\"],7]", false, "not so deep" },
		{ "voice", ",\"scp\":{\"voice\":1}", false, "an object" },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(row); i++) {
		char text[256];
		struct jwt_rules r = plain;
		r.scope = row[i].wanted;
		snprintf(text, sizeof(text), "{" GOOD "%s}", row[i].claim);
		CHECK_EQ(row[i].is_granted ? JWT_FINE : JWT_NO_SCOPE,
			 check_signed(ec, NULL, text, &r), row[i].why);
	}
}

static void shapes(void **state)
{
	static const struct {
		const char *text;
		enum jwt_fault fault;
		const char *why;
	} row[] = {
		{ "", JWT_NOT_THREE_PARTS, "nothing" },
		{ "abc", JWT_NOT_THREE_PARTS, "one part" },
		{ "eyJhbGciOiJSUzI1NiJ9.e30", JWT_NOT_THREE_PARTS, "two" },
		{ "eyJhbGciOiJSUzI1NiJ9.e30.AA.AA", JWT_NOT_THREE_PARTS,
		  "four" },
		{ "a.b.c.d.e", JWT_NOT_THREE_PARTS, "encrypted (RFC 7516)" },
		{ "..", JWT_BAD_HEADER, "empty parts" },
		{ "eyJhbGciOiJSUzI1NiJ9=.e30.AA", JWT_BAD_BASE64, "padding" },
		{ "eyJhbGciOiJSUzI1NiJ9 .e30.AA", JWT_BAD_BASE64, "a blank" },
		{ "eyJhbGciOiJSUzI1NiJ9.e30.A+==", JWT_BAD_BASE64,
		  "the other alphabet" },
		{ "eyJhbGciOiJSUzI1NiJ9.e30.", JWT_BAD_SIGNATURE, "none" },
		{ "eyJhbGciOiJSUzI1NiJ9.e30.AA", JWT_BAD_SIGNATURE, "short" },
		{ "eyJhbGciOiJub25lIn0.e30.", JWT_WRONG_ALGORITHM,
		  "RFC 7515, A.5" },
	};
	static char longest[JWT_MAX + 1];

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(row); i++)
		CHECK_EQ(row[i].fault,
			 check(row[i].text, strlen(row[i].text), &plain),
			 row[i].why);
	memset(longest, 'A', sizeof(longest));
	CHECK_EQ(JWT_NOT_THREE_PARTS, check(longest, JWT_MAX, &plain), "8192");
	CHECK_EQ(JWT_TOO_LONG, check(longest, JWT_MAX + 1, &plain), "8193");
	longest[JWT_MAX - 1] = longest[JWT_MAX - 2] = '.';
	CHECK_EQ(JWT_BAD_HEADER, check(longest, JWT_MAX, &plain), "in room");
}

/* r and s, or the modulus, and not a byte more. */
static void longer_signatures(void **state)
{
	struct jwt_signer *const s[] = { rsa, ec };

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(s); i++) {
		char longer[2048];
		char *token = jwt_signer_sign(s[i], NULL, "{" GOOD "}");
		int len = snprintf(longer, sizeof(longer), "%sAA", token);
		CHECK_EQ(JWT_BAD_SIGNATURE, check(longer, (size_t)len, &plain),
			 "zeros behind it");
		free(token);
	}
}

static void every_bit_and_every_cut(void **state)
{
	char *token = jwt_signer_sign(ec, NULL, "{" GOOD "}");
	size_t len = strlen(token);

	(void)state;
	for (size_t i = 0; i < len; i++) {
		CHECK(check(token, i, &plain) != JWT_FINE, "cut");
		token[i] ^= 1 << i % 7;
		CHECK(check(token, len, &plain) != JWT_FINE, "one bit");
		token[i] ^= 1 << i % 7;
	}
	CHECK_EQ(JWT_FINE, check(token, len, &plain), "as it was");
	free(token);
}

static void who_signs(void **state)
{
	struct jwks *mine = keys;

	(void)state;
	CHECK_EQ(JWT_BAD_SIGNATURE,
		 check_signed(stranger, NULL, "{" GOOD "}", &plain),
		 "a stranger with our kid");
	keys = NULL;
	CHECK_EQ(JWT_NO_KEYS, check_signed(ec, NULL, "{" GOOD "}", &plain),
		 "no keys yet");
	CHECK_EQ(JWT_WRONG_ALGORITHM,
		 check_signed(ec, "{\"alg\":\"HS256\"}", "{" GOOD "}", &plain),
		 "what is wrong anyway is said without keys");
	keys = key_set((struct jwt_signer *[]){ ec, stranger }, 2);
	CHECK_EQ(JWT_AMBIGUOUS_KEY,
		 check_signed(ec, "{\"alg\":\"ES256\"}", "{" GOOD "}", &plain),
		 "which of two?");
	jwks_free(keys);
	keys = mine;
}

/* Who the bearer is: a token's claims -> the hash. */
static void identify(const char *text, uint8_t id[JWT_ID_BYTES])
{
	char *token = jwt_signer_sign(ec, NULL, text);
	struct jwt_rules r = plain;

	if (strstr(text, "other.example"))
		r.issuer = "https://other.example";
	CHECK_EQ(JWT_FINE, jwt_check(token, strlen(token), keys, &r, id), text);
	free(token);
}

static void who_it_is(void **state)
{
	static const struct {
		const char *claims;
		bool is_same;
		const char *why;
	} row[] = {
		{ "{" NOBODY ",\"sub\":\"vaic\",\"exp\":1700009999}", true,
		  "a newer token" },
		{ "{" NOBODY "," EXP ",\"sub\":\"vaic\",\"client_id\":\"x\"}",
		  true, "sub counts" },
		{ "{" NOBODY "," EXP ",\"sub\":\"vaic2\"}", false, "another" },
		{ "{" NOBODY "," EXP ",\"client_id\":\"vaic\"}", false,
		  "a client is no sub" },
		{ "{" NOBODY "," EXP "}", false, "nobody" },
		{ "{\"iss\":\"https://other.example\"," AUD "," EXP
		  ",\"sub\":\"vaic\"}",
		  false, "of another issuer" },
	};
	uint8_t id[JWT_ID_BYTES], other[JWT_ID_BYTES];

	(void)state;
	identify("{" GOOD "}", id);
	for (size_t i = 0; i < ARRAY_LEN(row); i++) {
		identify(row[i].claims, other);
		CHECK_EQ(row[i].is_same, !memcmp(id, other, sizeof(id)),
			 row[i].why);
	}
	identify("{" NOBODY "," EXP ",\"client_id\":\"a\"}", id);
	identify("{" NOBODY "," EXP ",\"client_id\":\"b\"}", other);
	CHECK(memcmp(id, other, sizeof(id)), "clients differ");
}

static void every_fault_has_words(void **state)
{
	(void)state;
	for (int i = 1; i < JWT_FAULTS; i++)
		for (int j = 0; j < i; j++)
			CHECK(strcmp(jwt_fault_text((enum jwt_fault)i),
				     jwt_fault_text((enum jwt_fault)j)),
			      "its own");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(good_tokens),
		cmocka_unit_test(examples_of_the_rfc),
		cmocka_unit_test(headers),
		cmocka_unit_test(claims),
		cmocka_unit_test(empty_rules),
		cmocka_unit_test(scopes),
		cmocka_unit_test(shapes),
		cmocka_unit_test(longer_signatures),
		cmocka_unit_test(every_bit_and_every_cut),
		cmocka_unit_test(who_signs),
		cmocka_unit_test(who_it_is),
		cmocka_unit_test(every_fault_has_words),
	};

	return cmocka_run_group_tests(tests, make_keys, free_keys);
}
