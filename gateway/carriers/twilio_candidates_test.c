#include "gateway/carriers/twilio_candidates.h"

#include <stdio.h>
#include <string.h>

#include "gateway/ops/config.h"
#include "protocols/form.h"
#include "protocols/http.h"
#include "protocols/twilio_signature.h"
#include "tools/testing/check.h"

#define OLD_TOKEN "2f1d3c5b7a9e0f4d6c8b1a3e5f7d9c0b"
#define NEW_TOKEN "0123456789abcdef0123456789abcdef"
#define TARGET    "/twilio/voice"
#define MEDIA     "/twilio/media/abababababababababababababababab"
#define BODY      "To=%2B1&CallSid=CA1&From=%2B2"

static struct config config;
static struct http_message message;
static struct twilio_request request;
static struct form form;
static char body[8192];
static char signature[TWILIO_SIGNATURE_LEN];
static struct twilio_advice advice;

static int setup(void **state)
{
	static const char *const token[] = { NEW_TOKEN, OLD_TOKEN };

	(void)state;
	config_default(&config);
	config.twilio.auth_token_count = 2;
	for (int i = 0; i < 2; i++)
		secret_set(&config.twilio.auth_tokens[i], token[i],
			   strlen(token[i]));
	return 0;
}

static void header(const char *name, const char *value)
{
	message.header[message.headers++] =
		(struct http_header){ .name = name, .value = value };
}

/* What came to this machine. */
static struct twilio_signed came(const char *host, const char *target,
				 const char *text)
{
	memset(&message, 0, sizeof(message));
	snprintf(body, sizeof(body), "%s", text);
	message.method = text[0] ? "POST" : "GET";
	message.target = target;
	message.body = body;
	message.body_len = strlen(body);
	if (host)
		header("Host", host);
	CHECK_EQ(0, form_parse(&form, body, strlen(body)), "a form");
	request = (struct twilio_request){ .message = &message };
	return (struct twilio_signed){ .config = &config,
				       .request = &request,
				       .fields = text[0] ? &form : NULL,
				       .is_upgrade = !text[0] };
}

/* As Twilio has it. */
static void sign(const char *token, const char *url, const struct form *fields)
{
	twilio_signature(signature, token, url, fields);
	header("X-Twilio-Signature", signature);
}

/* Twilio reference 3.2: every candidate, with every token. */
static void test_what_is_accepted(void **state)
{
	(void)state;
	static const struct {
		const char *base, *target, *signed_url;
		const char *why;
	} row[] = {
		{ "https://h.example", TARGET, "https://h.example" TARGET,
		  "to the letter" },
		{ "https://h.example:8443", TARGET, "https://h.example" TARGET,
		  "without its port" },
		{ "https://h.example:8443", TARGET,
		  "https://h.example:8443" TARGET, "with its port" },
		{ "https://h.example", TARGET, "https://h.example:443" TARGET,
		  "with the usual port" },
		{ "http://h.example", TARGET, "http://h.example:80" TARGET,
		  "the other usual port" },
		{ "https://h.example/p", TARGET "?b=2&a=1",
		  "https://h.example/p" TARGET "?b=2&a=1",
		  "a path, and a query in its order" },
		{ "https://h.example", MEDIA, "wss://h.example" MEDIA,
		  "a socket" },
		{ "https://h.example", MEDIA, "wss://h.example" MEDIA "/",
		  "with a slash" },
		{ "https://h.example", MEDIA, "wss://h.example:443" MEDIA,
		  "with a port" },
		{ "https://h.example", MEDIA, "wss://h.example:443" MEDIA "/",
		  "with both" },
		{ "", TARGET, "http://10.0.0.7:8080" TARGET,
		  "by the Host header" },
		{ "", MEDIA, "ws://10.0.0.7:8080" MEDIA,
		  "the same of a socket" },
	};

	for (size_t i = 0; i < ARRAY_LEN(row); i++) {
		bool is_post = strncmp(row[i].target, TARGET, 13) == 0;
		strcpy(config.public_url, row[i].base);
		for (unsigned t = 1; t <= 2; t++) {
			struct twilio_signed s =
				came("10.0.0.7:8080", row[i].target,
				     is_post ? BODY : "");
			sign(t == 1 ? NEW_TOKEN : OLD_TOKEN, row[i].signed_url,
			     is_post ? &form : NULL);
			CHECK_EQ(t, twilio_candidates_match(&s), row[i].why);
		}
	}
}

struct mistake {
	const char *base;       /* public_url */
	const char *name;       /* a header that came, too */
	const char *value;      /* its value */
	const char *target;     /* what came */
	const char *signed_url; /* what Twilio knows */
	const char *advice;     /* part of it */
};

static const struct mistake mistakes[] = {
	{ "", NULL, NULL, TARGET, "https://gw:8080" TARGET,
	  "only the scheme differs" },
	{ "http://gw", NULL, NULL, TARGET, "https://gw" TARGET,
	  "only the scheme differs" },
	{ "http://gw", NULL, NULL, MEDIA, "wss://gw" MEDIA,
	  "only the scheme differs" },
	{ "", "X-Forwarded-Proto", "https", TARGET, "https://gw:8080" TARGET,
	  "X-Forwarded-Proto is not believed from this peer: add it to proxies" },
	{ "", "X-Forwarded-Host", "voice.example, inner", TARGET,
	  "https://voice.example" TARGET,
	  "X-Forwarded-Host is not believed from this peer: add it to proxies" },
	{ "https://old.example", "X-Forwarded-Host", "voice.example", MEDIA,
	  "wss://voice.example" MEDIA, "public_url names another host" },
	{ "https://old.example", NULL, NULL, TARGET, "https://gw:8080" TARGET,
	  "public_url names another host" },
	{ "http://h.example", "X-Forwarded-Port", "9443", TARGET,
	  "http://h.example:9443" TARGET,
	  "its port is that of X-Forwarded-Port" },
	{ "https://h.example/p", NULL, NULL, TARGET, "https://h.example" TARGET,
	  "without the path of public_url" },
	{ "https://h.example", "X-Forwarded-Prefix", "/voip", TARGET,
	  "https://h.example/voip" TARGET, "X-Forwarded-Prefix" },
	{ "https://h.example", NULL, NULL, TARGET,
	  "https://h.example" TARGET "/", "a slash at the end of the path" },
};

/* The signed URL's scheme and host. */
static bool is_base_of(const char *base, const char *url)
{
	size_t n = strlen(base);

	return strncmp(base, url, n) == 0 && url[n] == '/' && n > 7;
}

static void test_what_is_explained(void **state)
{
	(void)state;

	for (size_t i = 0; i < ARRAY_LEN(mistakes); i++) {
		const struct mistake *m = &mistakes[i];
		bool is_post = strcmp(m->target, TARGET) == 0;
		strcpy(config.public_url, m->base);
		struct twilio_signed s =
			came("gw:8080", m->target, is_post ? BODY : "");
		if (m->name)
			header(m->name, m->value);
		sign(OLD_TOKEN, m->signed_url, is_post ? &form : NULL);
		CHECK_EQ(0, twilio_candidates_match(&s), "never accepted");
		CHECK(twilio_candidates_explain(&s, &advice), m->advice);
		if (!strstr(advice.text, m->advice))
			CHECK_STR(m->advice, advice.text, "says what to do");
		CHECK(is_base_of(advice.base, m->signed_url), advice.base);
		CHECK_EQ(2, advice.token, "and which token");
		CHECK(strlen(advice.text) < 120, "whole in a line of the log");
	}
}

/* What a proxy makes of the body. */
static void test_the_body(void **state)
{
	(void)state;
	struct twilio_signed s;
	struct form empty = { .count = 0 };

	strcpy(config.public_url, "https://gw");
	s = came("gw", TARGET, BODY);
	sign(NEW_TOKEN, "https://gw" TARGET, &empty);
	CHECK_EQ(0, twilio_candidates_match(&s), "refused");
	CHECK(twilio_candidates_explain(&s, &advice), "explained");
	CHECK(strstr(advice.text, "without the body's parameters"),
	      advice.text);

	/* A name and its value behind the URL: To+1CallSidCA1From+2. */
	s = came("gw", TARGET, BODY);
	sign(NEW_TOKEN, "https://gw" TARGET "To+1CallSidCA1From+2", NULL);
	CHECK_EQ(0, twilio_candidates_match(&s), "refused");
	CHECK(twilio_candidates_explain(&s, &advice), "explained");
	CHECK(strstr(advice.text, "sorted otherwise"), advice.text);
}

static void test_what_cannot_be_explained(void **state)
{
	(void)state;
	static char large[TWILIO_EXPLAIN_BODY_MAX + 8];
	struct twilio_signed s;

	strcpy(config.public_url, "https://gw");
	s = came("gw", TARGET, BODY);
	sign("another", "https://gw" TARGET, &form);
	CHECK(!twilio_candidates_explain(&s, &advice), "a stranger's token");
	s = came("gw", TARGET, BODY);
	header("X-Twilio-Signature", "short");
	CHECK(!twilio_candidates_explain(&s, &advice), "no signature at all");
	s = came("gw", TARGET, BODY);
	CHECK(!twilio_candidates_explain(&s, &advice), "none");
	s = came(NULL, TARGET, BODY);
	config.public_url[0] = '\0';
	sign(NEW_TOKEN, "https://gw" TARGET, &form);
	CHECK(!twilio_candidates_explain(&s, &advice), "nothing to go by");
	strcpy(config.public_url, "http://gw");
	memset(large, 'a', sizeof(large) - 1);
	s = came("gw", TARGET, large);
	sign(NEW_TOKEN, "https://gw" TARGET, &form);
	CHECK(!twilio_candidates_explain(&s, &advice), "too much to look at");
	s = came("gw", TARGET, BODY);
	sign(NEW_TOKEN, "http://gw" TARGET, &form);
	header("X-Twilio-Signature", signature);
	CHECK_EQ(0, twilio_candidates_match(&s), "two headers are none");
}

int main(void)
{
#define TEST(f) cmocka_unit_test_setup(f, setup)
	const struct CMUnitTest tests[] = {
		TEST(test_what_is_accepted),
		TEST(test_what_is_explained),
		TEST(test_the_body),
		TEST(test_what_cannot_be_explained),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
