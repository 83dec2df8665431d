#include "tools/testing/check.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>
#include <uv.h>

#include "gateway/check/check_list.h"
#include "gateway/check/check_parts.h"
#include "gateway/net/listen_socket.h"
#include "gateway/ops/config.h"
#include "tools/testing/test_cert.h"

static char dir[64];
static struct config_certificate files;

static int begin(void **state)
{
	(void)state;
	strcpy(dir, "/tmp/tandem-check-XXXXXX");
	if (!mkdtemp(dir))
		return -1;
	snprintf(files.certificate, sizeof(files.certificate), "%s/cert.pem",
		 dir);
	snprintf(files.key, sizeof(files.key), "%s/key.pem", dir);
	return 0;
}

static int finish(void **state)
{
	char path[128];
	(void)state;
	snprintf(path, sizeof(path), "%s/ca.pem", dir);
	unlink(path);
	unlink(files.certificate);
	unlink(files.key);
	return rmdir(dir);
}

static void make(const char *host, const char *until)
{
	static struct test_cert cert;
	const struct test_cert_request request = {
		.host = { host },
		.hosts = 1,
		.not_before = "20300101000000",
		.not_after = until,
	};
	CHECK_EQ(0, test_cert_make(&cert, &request), "a certificate");
	CHECK_EQ(0, test_cert_write(&cert, dir), "its files");
}

/* What check_certificate says; the test frees it. */
static char *said(struct check_list *l, const char *host, const char *now)
{
	struct tm tm = { 0 };
	char *text = NULL;
	size_t len;
	*l = (struct check_list){ .out = open_memstream(&text, &len) };
	assert_non_null(strptime(now, "%Y%m%d%H%M%S", &tm));
	check_certificate(l, "c", &files, host, timegm(&tm));
	fclose(l->out);
	return text;
}

/* Valid from 2030-01-01 to 2031-01-01, both to the second. */
static void looks_at_dates(void **state)
{
	(void)state;
	static const struct {
		const char *now, *words;
		unsigned bad;
		const char *why;
	} row[] = {
		{ "20291231235959", "is not valid before 2030-01-01", 1,
		  "a second early" },
		{ "20300101000000", NULL, 0, "the first second" },
		{ "20301218000000", NULL, 0, "14 days left" },
		{ "20301218000001", "expires in 13 days, on 2031-01-01", 0,
		  "a second less" },
		{ "20310101000000", "expires in 0 days", 0, "the last second" },
		{ "20310101000001", "expired on 2031-01-01; renew it", 1,
		  "a second late" },
	};
	make("a.example", "20310101000000");
	for (size_t i = 0; i < ARRAY_LEN(row); i++) {
		struct check_list l;
		char *text = said(&l, "", row[i].now);
		CHECK_EQ(row[i].bad, l.bad, row[i].why);
		/* its authority is not known to the system: always a warning */
		CHECK_EQ(1 + (row[i].words && !row[i].bad), l.warnings,
			 row[i].why);
		if (row[i].words && !strstr(text, row[i].words))
			fail_msg("%s: %s", row[i].why, text);
		free(text);
	}
}

static void looks_at_names(void **state)
{
	(void)state;
	static const struct {
		const char *name, *host;
		bool is_for;
		const char *why;
	} row[] = {
		{ "a.example", "a.example", true, "itself" },
		{ "a.example", "A.Example", true, "whatever its case" },
		{ "a.example", "b.example", false, "another" },
		{ "a.example", "a.example.org", false, "one that begins so" },
		{ "*.a.example", "b.a.example", true, "a label for the star" },
		{ "*.a.example", "a.example", false, "none" },
		{ "*.a.example", "c.b.a.example", false, "two" },
		{ "127.0.0.1", "127.0.0.1", true, "an address" },
		{ "127.0.0.1", "127.0.0.2", false, "another" },
		{ "::1", "::1", true, "of six" },
	};
	for (size_t i = 0; i < ARRAY_LEN(row); i++) {
		struct check_list l;
		make(row[i].name, "20310101000000");
		char *text = said(&l, row[i].host, "20300601000000");
		CHECK_EQ(row[i].is_for, !strstr(text, "the host of public_url"),
			 row[i].why);
		CHECK_EQ(0, l.bad, "no reason not to start");
		free(text);
	}
}

/* A port of our own, then nobody's. */
static void finds_who_has_a_port(void **state)
{
	(void)state;
	uv_loop_t loop;
	char holder[128], expected[64];
	CHECK_EQ(0, uv_loop_init(&loop), "a loop");
	int fd = listen_socket_open(&loop, "127.0.0.1", 0, 1);
	assert_true(fd >= 0);
	unsigned port = listen_socket_port(fd);
	CHECK_EQ(0, check_port_holder(port, holder, sizeof(holder)), "found");
	snprintf(expected, sizeof(expected), "check_test (process %d)",
		 (int)getpid());
	CHECK_STR(expected, holder, "we have it");
	close(fd);
	CHECK_EQ(-ENOENT, check_port_holder(port, holder, sizeof(holder)),
		 "nobody");
	uv_loop_close(&loop);
}

/* Whatever is said, a line is a line, and counted by its verdict. */
static void makes_lines(void **state)
{
	(void)state;
	char *text = NULL;
	size_t len;
	struct check_list l = { .out = open_memstream(&text, &len) };
	check_list_wait(&l, "a.key");
	check_list_add(&l, CHECK_IS_BAD, "a.key", "a\nb\x1b[31m%s", "é");
	check_list_add(&l, CHECK_IS_WARNING, "b", "c");
	fclose(l.out);
	CHECK_STR("✗ a.key                   a?b?[31mé\n"
		  "! b                       c\n",
		  text, "aligned, and nothing a terminal obeys");
	CHECK_EQ(1, l.bad, "bad");
	CHECK_EQ(1, l.warnings, "a warning");
	free(text);
}

#define OURS  "AC0123456789abcdef0123456789abcdef"
#define OTHER "ACffffffffffffffffffffffffffffffff"

/* What check_outbound says; the test frees it. */
static char *said_of(struct check_list *l, const char *yaml)
{
	struct config *c = malloc(sizeof(*c));
	char errors[512], *text = NULL;
	size_t len;

	assert_non_null(c);
	CHECK_EQ(0,
		 config_parse(c, yaml, strlen(yaml), "t.yaml", errors,
			      sizeof(errors)),
		 errors);
	*l = (struct check_list){ .out = open_memstream(&text, &len) };
	check_outbound(l, c);
	fclose(l->out);
	config_wipe(c);
	free(c);
	return text;
}

#define PLACES                            \
	"public_url: https://a.example\n" \
	"outbound: {account: " OURS ", from: '+41445556677'}\n"

static void looks_at_outbound(void **state)
{
	static const struct {
		const char *yaml;
		unsigned bad, warnings;
		const char *words, *more;
	} row[] = {
		{ "{}\n", 0, 0, "off: no calls are placed", "" },
		{ "admin: {token: '${env:CHECK_TEST_A}'}\n", 0, 1,
		  "admin.token is set, but outbound.account and outbound.from "
		  "are empty",
		  "answers 409; set both" },
		{ PLACES, 2, 0,
		  "nothing to sign in with: set twilio.rest.key_sid",
		  "set it in twilio.accounts, or TWILIO_AUTH_TOKEN" },
		{ PLACES "twilio: {auth_tokens: ['${env:CHECK_TEST_A}']}\n", 0,
		  0, OURS ", signed in with its auth token",
		  "POST /api/calls on 127.0.0.1:8081, for whoever is on this "
		  "machine" },
		{ PLACES "twilio: {account_sids: [" OTHER "], auth_tokens: "
			 "['${env:CHECK_TEST_A}']}\n",
		  1, 0, OURS " is not in twilio.account_sids", "add it there" },
		{ PLACES "twilio: {accounts: [{sid: " OTHER ", auth_tokens: "
			 "['${env:CHECK_TEST_A}']}], rest: {key_sid: SK1, "
			 "key_secret: '${env:CHECK_TEST_A}'}}\n",
		  1, 0, "signed in with the API key of twilio.rest",
		  OURS " has no auth token here" },
		{ PLACES "twilio: {auth_tokens: ['${env:CHECK_TEST_A}']}\n"
			 "admin: {listen: ''}\n",
		  0, 1, "admin.listen is empty: nobody can ask", "signed in" },
		{ PLACES "twilio: {auth_tokens: ['${env:CHECK_TEST_A}']}\n"
			 "admin: {listen: '0.0.0.0:9090'}\n",
		  0, 1, "answers 403; set the token, or listen on 127.0.0.1",
		  "signed in" },
		{ PLACES "twilio: {auth_tokens: ['${env:CHECK_TEST_A}']}\n"
			 "admin: {listen: '0.0.0.0:9090', token: "
			 "'${env:CHECK_TEST_A}'}\n",
		  0, 0, "POST /api/calls on 0.0.0.0:9090, with admin.token",
		  "signed in" },
	};

	(void)state;
	setenv("CHECK_TEST_A", "hush", 1);
	for (size_t i = 0; i < ARRAY_LEN(row); i++) {
		struct check_list l;
		char *text = said_of(&l, row[i].yaml);
		CHECK_EQ(row[i].bad, l.bad, text);
		CHECK_EQ(row[i].warnings, l.warnings, text);
		if (!strstr(text, row[i].words) || !strstr(text, row[i].more))
			fail_msg("row %zu: %s", i, text);
		CHECK(!strstr(text, "hush"), "no secret");
		free(text);
	}
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, begin, finish)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(looks_at_dates),       TEST(looks_at_names),
		TEST(finds_who_has_a_port), TEST(makes_lines),
		TEST(looks_at_outbound),
	};
	return cmocka_run_group_tests_name("check", tests, NULL, NULL);
}
