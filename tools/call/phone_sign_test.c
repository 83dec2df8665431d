#include "tools/testing/check.h"

#include <jansson.h>

#include "tools/call/phone_sign.h"

#define VECTORS "test-vectors/twilio/signature.json"

static json_t *vectors;

static int load(void **state)
{
	(void)state;
	vectors = json_load_file(VECTORS, 0, NULL);
	return vectors ? 0 : -1;
}

static int unload(void **state)
{
	(void)state;
	json_decref(vectors);
	return 0;
}

static const char *text_of(json_t *vector, const char *name)
{
	return json_string_value(json_object_get(vector, name));
}

static size_t fields_of(json_t *vector, struct phone_field *out)
{
	size_t n = 0, i;
	const char *name;
	json_t *value, *item;

	json_object_foreach(json_object_get(vector, "params"), name, value)
	{
		if (json_is_string(value))
			out[n++] = (struct phone_field){
				name, json_string_value(value)
			};
		json_array_foreach(value, i, item) out[n++] =
			(struct phone_field){ name, json_string_value(item) };
	}
	return n;
}

/* Every valid vector that was signed over its signed_url and params. */
static void test_vectors(void **state)
{
	size_t i, checked = 0;
	json_t *vector;

	(void)state;
	json_array_foreach(json_object_get(vectors, "vectors"), i, vector)
	{
		struct phone_field field[PHONE_SIGN_FIELDS_MAX];
		char signature[PHONE_SIGN_LEN];

		if (!json_is_true(json_object_get(vector, "valid")))
			continue;
		phone_sign_request(signature, text_of(vector, "auth_token"),
				   text_of(vector, "signed_url"), field,
				   fields_of(vector, field));
		CHECK_STR(text_of(vector, "signature"), signature,
			  text_of(vector, "id"));
		checked++;
	}
	CHECK(checked >= 20, "the file has at least 20 valid vectors");
}

/* The example printed in Twilio's documentation, fields out of order. */
static void test_documented(void **state)
{
	static const struct phone_field field[] = {
		{ "To", "+18005551212" },           { "Digits", "1234" },
		{ "CallSid", "CA1234567890ABCDE" }, { "From", "+14158675310" },
		{ "Caller", "+14158675310" },
	};
	char signature[PHONE_SIGN_LEN];

	(void)state;
	phone_sign_request(signature, "12345",
			   "https://example.com/myapp.php?foo=1&bar=2", field,
			   ARRAY_LEN(field));
	CHECK_STR("L/OH5YylLD5NRKLltdqwSvS0BnU=", signature,
		  "section 3.7, whatever the order of the fields");
}

static void test_signed_url(void **state)
{
	static const struct {
		const char *url, *expected, *why;
	} row[] = {
		{ "https://gw.example.net:8443/twilio/voice?a=1",
		  "https://gw.example.net/twilio/voice?a=1",
		  "https voice callbacks lose their port" },
		{ "https://gw.example.net/twilio/voice",
		  "https://gw.example.net/twilio/voice", "nothing to lose" },
		{ "http://127.0.0.1:8080/v", "http://127.0.0.1:8080/v",
		  "http keeps its port" },
		{ "wss://gw.example.net:8443/m", "wss://gw.example.net:8443/m",
		  "a stream URL is signed as it stands in TwiML" },
		{ "https://user:p:w@gw.example.net:1/x",
		  "https://gw.example.net/x", "credentials are dropped" },
		{ "https://gw.example.net/x#rc=2&rt=5000",
		  "https://gw.example.net/x",
		  "fragments are never part of it" },
		{ "https://[2001:db8::1]:444/x", "https://[2001:db8::1]/x",
		  "the colons of an address are no port" },
		{ "https://[2001:db8::1]/x", "https://[2001:db8::1]/x",
		  "an address without a port" },
		{ "https://gw.example.net:443?x@y:z",
		  "https://gw.example.net?x@y:z",
		  "no path, an at in the query" },
	};
	char out[256];

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(row); i++)
		CHECK_STR(row[i].expected,
			  phone_sign_url(out, sizeof(out), row[i].url),
			  row[i].why);
	CHECK(!phone_sign_url(out, sizeof(out), "gw.example.net/x"),
	      "no scheme, no URL");
	CHECK(!phone_sign_url(out, 10, "http://example.net/"), "no room");
	CHECK(phone_sign_url(out, 20, "http://example.net/"),
	      "19 characters and the NUL");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_vectors),
		cmocka_unit_test(test_documented),
		cmocka_unit_test(test_signed_url),
	};

	return cmocka_run_group_tests_name("phone_sign", tests, load, unload);
}
