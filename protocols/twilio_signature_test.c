#include "tools/testing/check.h"

#include <errno.h>
#include <jansson.h>
#include <stdlib.h>
#include <string.h>

#include "protocols/form.h"
#include "protocols/twilio_signature.h"

#define VECTORS "test-vectors/twilio/signature.json"

static json_t *load(const char *member, size_t count)
{
	json_error_t why;
	json_t *file = json_load_file(VECTORS, JSON_REJECT_DUPLICATES, &why);
	json_t *rows = json_object_get(file, member);

	CHECK(file, why.text);
	CHECK_EQ(count, json_array_size(rows), member);
	json_incref(rows);
	json_decref(file);
	return rows;
}

static const char *text(const json_t *row, const char *key)
{
	return json_string_value(json_object_get(row, key));
}

static void add(struct form *f, const char *name, const json_t *value)
{
	f->field[f->count++] = (struct form_field){
		.name = name,
		.name_len = strlen(name),
		.value = json_string_value(value),
		.value_len = json_string_length(value),
	};
}

/* The decoded fields as the file lists them: a list is a repeated field. */
static void fill(struct form *f, const json_t *params)
{
	const char *name;
	json_t *value, *one;
	size_t i;

	f->count = 0;
	json_object_foreach((json_t *)(uintptr_t)params, name, value)
	{
		if (json_is_string(value))
			add(f, name, value);
		json_array_foreach(value, i, one) add(f, name, one);
	}
}

static void test_signs(void **state)
{
	json_t *vectors = load("vectors", 35), *v;
	struct form fields;
	char made[TWILIO_SIGNATURE_LEN];
	size_t i, signed_here = 0;

	(void)state;
	json_array_foreach(vectors, i, v)
	{
		if (!json_is_true(json_object_get(v, "valid")))
			continue;
		fill(&fields, json_object_get(v, "params"));
		twilio_signature(made, text(v, "auth_token"),
				 text(v, "signed_url"), &fields);
		CHECK_STR(text(v, "signature"), made, text(v, "id"));
		signed_here++;
	}
	CHECK_EQ(26, signed_here, "vectors with a right signature");
	json_decref(vectors);
}

static bool verdict(const json_t *v, const struct form *fields)
{
	const char *body = text(v, "json_body");

	return twilio_signature_check(text(v, "auth_token"),
				      text(v, "request_url"), fields, body,
				      body ? strlen(body) : 0,
				      text(v, "signature"));
}

static void test_verdicts(void **state)
{
	json_t *vectors = load("vectors", 35), *v;
	struct form fields;
	size_t i;

	(void)state;
	json_array_foreach(vectors, i, v)
	{
		fill(&fields, json_object_get(v, "params"));
		CHECK_EQ(json_is_true(json_object_get(v, "valid")),
			 verdict(v, &fields), text(v, "id"));
	}
	json_decref(vectors);
}

/* The same through our own form parser, from the body as it was sent. */
static void test_verdicts_from_bodies(void **state)
{
	json_t *vectors = load("vectors", 35), *v;
	struct form fields;
	size_t i, bodies = 0;

	(void)state;
	json_array_foreach(vectors, i, v)
	{
		char *body;

		if (!text(v, "form_body"))
			continue;
		body = strdup(text(v, "form_body"));
		CHECK_EQ(0, form_parse(&fields, body, strlen(body)),
			 text(v, "id"));
		CHECK_EQ(json_is_true(json_object_get(v, "valid")),
			 verdict(v, &fields), text(v, "id"));
		free(body);
		bodies++;
	}
	CHECK_EQ(20, bodies, "vectors with a form body");
	json_decref(vectors);
}

/* Whatever single bit of the 28 characters is wrong, it is refused. */
static void test_every_bit_counts(void **state)
{
	static const char url[] = "wss://gw.example.net/twilio/media";
	char sent[TWILIO_SIGNATURE_LEN];

	(void)state;
	twilio_signature(sent, "12345", url, NULL);
	CHECK(twilio_signature_check("12345", url, NULL, NULL, 0, sent),
	      "right");
	for (unsigned bit = 0; bit < 8 * (TWILIO_SIGNATURE_LEN - 1); bit++) {
		sent[bit / 8] = (char)(sent[bit / 8] ^ 1 << bit % 8);
		CHECK(!twilio_signature_check("12345", url, NULL, NULL, 0,
					      sent),
		      "one bit is wrong");
		sent[bit / 8] = (char)(sent[bit / 8] ^ 1 << bit % 8);
	}
}

/* Signed for one URL, seen at another: which are taken for the same? */
static void test_candidates(void **state)
{
	static const struct {
		const char *signed_url, *seen;
		bool is_right;
		const char *why;
	} row[] = {
		{ "https://h/p", "https://user:pass@h/p", true,
		  "user information is never signed" },
		{ "https://h/p?a=1", "https://h/p?a=1#rt=5000", true,
		  "nor is a fragment" },
		{ "https://h/p", "https://h:443/p", true,
		  "named default port" },
		{ "https://h:443/p", "https://h/p", true, "signed with 443" },
		{ "http://h:80/p", "http://h/p", true, "signed with 80" },
		{ "https://h:80/p", "https://h/p", false, "80 is not https's" },
		{ "wss://h:80/p", "wss://h/p", false, "nor that of wss" },
		{ "https://h:8443/p", "https://h:9443/p", false, "other port" },
		{ "https://[2001:db8::1]:8443/p", "https://[2001:db8::1]/p",
		  false, "another port on IPv6" },
		{ "https://[2001:db8::1]/p", "https://[2001:db8::1]:8443/p",
		  true, "port dropped on IPv6" },
		{ "https://[2001:db8::1]:443/p", "https://[2001:db8::1]/p",
		  true, "443 added on IPv6" },
		{ "wss://h:443/p/", "wss://h/p", true, "slash and port" },
		{ "wss://h/p", "wss://h/p/", true, "slash gone" },
		{ "wss://h/p/?a=b", "wss://h/p?a=b", true,
		  "the path's slash, not the query's" },
		{ "https://h/p/", "https://h/p", false,
		  "a slash counts on webhooks" },
		{ "https://h/p?a=1&b=2", "https://h/p?b=2&a=1", false,
		  "the order of a query counts" },
		{ "https://h/p?a=%2F", "https://h/p?a=%2f", false,
		  "so does the spelling of an escape" },
		{ "https://H/p", "https://h/p", false, "and case" },
		{ "https://h", "https://h/", false, "no path is not a path" },
	};
	char sent[TWILIO_SIGNATURE_LEN];

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(row); i++) {
		twilio_signature(sent, "12345", row[i].signed_url, NULL);
		CHECK_EQ(row[i].is_right,
			 twilio_signature_check("12345", row[i].seen, NULL,
						NULL, 0, sent),
			 row[i].why);
	}
}

static void test_refuses(void **state)
{
	static char long_url[TWILIO_URL_MAX + 1];
	char sent[TWILIO_SIGNATURE_LEN], longer[TWILIO_SIGNATURE_LEN + 1];

	(void)state;
	twilio_signature(sent, "", "https://h/p", NULL);
	CHECK(!twilio_signature_check("", "https://h/p", NULL, NULL, 0, sent),
	      "an empty token signs nothing");
	CHECK(!twilio_signature_check(NULL, "https://h/p", NULL, NULL, 0, sent),
	      "nor does none");
	twilio_signature(sent, "12345", "https://h/p", NULL);
	CHECK(!twilio_signature_check("12345", "https://h/p", NULL, NULL, 0,
				      NULL),
	      "no header");
	strcat(strcpy(longer, sent), "=");
	CHECK(!twilio_signature_check("12345", "https://h/p", NULL, NULL, 0,
				      longer),
	      "one character more");
	CHECK(!twilio_signature_check("12345", "https://h/p", NULL, "{}", 2,
				      sent),
	      "a JSON body whose hash the URL does not carry");
	twilio_signature(sent, "12345", "gw.example.net/p", NULL);
	CHECK(!twilio_signature_check("12345", "gw.example.net/p", NULL, NULL,
				      0, sent),
	      "no scheme");
	memset(long_url, 'a', sizeof(long_url) - 1);
	memcpy(long_url, "https://", 8);
	twilio_signature(sent, "12345", long_url, NULL);
	CHECK(!twilio_signature_check("12345", long_url, NULL, NULL, 0, sent),
	      "a URL beyond TWILIO_URL_MAX");
}

/* A hash in the wrong place, cut or in capitals is none. The hash is that of
 * "{}" by sha256sum. */
static void test_body_hash(void **state)
{
#define EMPTY_OBJECT \
	"44136fa355b3678a1146ad16f7e8649e94fb4fc21fe77e8310c060f61caaff8a"
	static const struct {
		const char *url;
		bool is_right;
		const char *why;
	} row[] = {
		{ "https://h/p?bodySHA256=" EMPTY_OBJECT, true, "alone" },
		{ "https://h/p?a=1&bodySHA256=" EMPTY_OBJECT "&b=2", true,
		  "between others" },
		{ "https://h/p?bodySHA256=" EMPTY_OBJECT "00", false, "long" },
		{ "https://h/p?bodySHA256=44136f", false, "cut" },
		{ "https://h/p?bodySHA256=", false, "empty" },
		{ "https://h/p?xbodySHA256=" EMPTY_OBJECT, false,
		  "the end of another name" },
		{ "https://h/p/bodySHA256=" EMPTY_OBJECT, false,
		  "in the path" },
		{ "https://h/p#bodySHA256=" EMPTY_OBJECT, false,
		  "in the fragment" },
		{ "https://h/p?a#bodySHA256=" EMPTY_OBJECT, false,
		  "in the fragment behind a query" },
		{ "https://h/p?bodySHA256=0&bodySHA256=" EMPTY_OBJECT, false,
		  "the first of two counts" },
	};
	char sent[TWILIO_SIGNATURE_LEN];

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(row); i++) {
		twilio_signature(sent, "12345", row[i].url, NULL);
		CHECK_EQ(row[i].is_right,
			 twilio_signature_check("12345", row[i].url, NULL, "{}",
						2, sent),
			 row[i].why);
	}
}

static void test_public_urls(void **state)
{
	json_t *cases = load("url_cases", 10), *c;
	char url[TWILIO_URL_MAX];
	size_t i;

	(void)state;
	json_array_foreach(cases, i, c)
	{
		const json_t *headers = json_object_get(c, "headers");
		struct twilio_request_url r = {
			.public_base = text(c, "public_base_url"),
			.is_tls = !strcmp(text(c, "listener_scheme"), "https"),
			.is_upgrade =
				json_is_true(json_object_get(c, "upgrade")),
			.trust_forwarded = json_is_true(
				json_object_get(c, "trust_forwarded")),
			.host = text(headers, "Host"),
			.forwarded_proto = text(headers, "X-Forwarded-Proto"),
			.forwarded_host = text(headers, "X-Forwarded-Host"),
			.target = text(c, "request_target"),
		};

		CHECK_EQ(0, twilio_public_url(url, sizeof(url), &r),
			 text(c, "id"));
		CHECK_STR(text(c, "expected_url"), url, text(c, "id"));
	}
	json_decref(cases);
}

static void test_public_url_corners(void **state)
{
	static const struct {
		struct twilio_request_url r;
		int err;
		const char *url;
		const char *why;
	} row[] = {
		{ { .target = "/v" }, -EINVAL, NULL, "no host at all" },
		{ { .host = "", .target = "/v" }, -EINVAL, NULL, "empty host" },
		{ { .host = "a b", .target = "/v" }, -EINVAL, NULL, "a space" },
		{ { .host = "a/b", .target = "/v" },
		  -EINVAL,
		  NULL,
		  "a host cannot hold a path" },
		{ { .host = "u@h", .target = "/v" },
		  -EINVAL,
		  NULL,
		  "nor user information" },
		{ { .host = "h, i", .target = "/v" },
		  -EINVAL,
		  NULL,
		  "nor be a list" },
		{ { .host = "h", .target = "" }, -EINVAL, NULL, "no target" },
		{ { .host = "h" }, -EINVAL, NULL, "target not given" },
		{ { .host = "h", .target = "*" },
		  -EINVAL,
		  NULL,
		  "a target that is no path" },
		{ { .host = "[2001:db8::1]:8443", .target = "/v" },
		  0,
		  "http://[2001:db8::1]:8443/v",
		  "IPv6" },
		{ { .host = "h", .is_upgrade = true, .target = "/v" },
		  0,
		  "ws://h/v",
		  "plain upgrade" },
		{ { .host = "h",
		    .trust_forwarded = true,
		    .forwarded_host = " ",
		    .forwarded_proto = "gopher",
		    .is_tls = true,
		    .target = "/v" },
		  0,
		  "https://h/v",
		  "a proxy that says nothing useful" },
		{ { .host = "h",
		    .trust_forwarded = true,
		    .forwarded_proto = "HTTPS",
		    .target = "/v" },
		  0,
		  "https://h/v",
		  "a scheme has no case" },
		{ { .public_base = "https://gw.example.net:8443/a/",
		    .target = "/v" },
		  0,
		  "https://gw.example.net:8443/a/v",
		  "one slash between base and target" },
		{ { .public_base = "wss://gw.example.net", .target = "/v" },
		  0,
		  "https://gw.example.net/v",
		  "the base's scheme follows the request" },
		{ { .public_base = "gw.example.net", .target = "/v" },
		  -EINVAL,
		  NULL,
		  "a base without a scheme" },
		{ { .public_base = "https://", .target = "/v" },
		  -EINVAL,
		  NULL,
		  "a base without a host" },
	};
	char url[TWILIO_URL_MAX];

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(row); i++) {
		CHECK_EQ(row[i].err,
			 twilio_public_url(url, sizeof(url), &row[i].r),
			 row[i].why);
		if (!row[i].err)
			CHECK_STR(row[i].url, url, row[i].why);
	}
}

/* "http://h/v" is 10 characters and its NUL. */
static void test_public_url_room(void **state)
{
	struct twilio_request_url r = { .host = "h", .target = "/v" };
	char url[11];

	(void)state;
	CHECK_EQ(0, twilio_public_url(url, 11, &r), "just enough");
	for (size_t cap = 0; cap < 11; cap++)
		CHECK_EQ(-E2BIG, twilio_public_url(url, cap, &r), "too little");
	r.public_base = "http://h";
	CHECK_EQ(0, twilio_public_url(url, 11, &r), "just enough");
	for (size_t cap = 0; cap < 11; cap++)
		CHECK_EQ(-E2BIG, twilio_public_url(url, cap, &r), "too little");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_signs),
		cmocka_unit_test(test_verdicts),
		cmocka_unit_test(test_verdicts_from_bodies),
		cmocka_unit_test(test_every_bit_counts),
		cmocka_unit_test(test_candidates),
		cmocka_unit_test(test_refuses),
		cmocka_unit_test(test_body_hash),
		cmocka_unit_test(test_public_urls),
		cmocka_unit_test(test_public_url_corners),
		cmocka_unit_test(test_public_url_room),
	};

	return cmocka_run_group_tests_name("twilio_signature", tests, NULL,
					   NULL);
}
