#include "tools/testing/check.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "protocols/buffer.h"
#include "protocols/tls.h"
#include "protocols/tls_record.h"
#include "tools/testing/allocations.h"
#include "tools/testing/test_cert.h"

#define HOST     "gw.example.com"
#define WIRE_MAX (4u << 20)

/* A directory of PEM files, made anew by every run. */
static char dir[] = "/tmp/tandem-tls-XXXXXX";

struct end {
	struct tls *tls;
	struct buffer wire, plain;
};

/* A client and a server with a wire between them. */
struct pair {
	struct tls_context *client_context, *server_context;
	struct end client, server;
	int client_result, server_result;
};

static const char *path(const char *name)
{
	static char text[4][200];
	static unsigned turn;
	char *out = text[turn++ % 4];

	snprintf(out, sizeof text[0], "%s/%s", dir, name);
	return out;
}

static void make_cert(const char *name, const struct test_cert_request *request)
{
	struct test_cert cert;
	char sub[200];

	snprintf(sub, sizeof sub, "%s/%s", dir, name);
	CHECK_EQ(0, test_cert_make(&cert, request), "made");
	CHECK_EQ(0, mkdir(sub, 0700), "directory");
	CHECK_EQ(0, test_cert_write(&cert, sub), "written");
}

static int make_certs(void **state)
{
	const struct test_cert_request good = {
		.host = { HOST, "*.wild.example.com", "192.0.2.7",
			  "2001:db8::7" },
		.hosts = 4
	};
	const struct test_cert_request expired = {
		.host = { HOST }, .hosts = 1, .not_after = "20200202000000"
	};
	const struct test_cert_request future = {
		.host = { HOST }, .hosts = 1, .not_before = "20490101000000"
	};

	(void)state;
	if (!mkdtemp(dir))
		return -1;
	make_cert("good", &good);
	make_cert("other", &good);
	make_cert("expired", &expired);
	make_cert("future", &future);
	return 0;
}

static int remove_certs(void **state)
{
	static const char *const sets[] = { "good", "other", "expired",
					    "future" };
	static const char *const files[] = { "/ca.pem", "/cert.pem", "/key.pem",
					     "" };
	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(sets) * ARRAY_LEN(files); i++) {
		char name[40];
		snprintf(name, sizeof name, "%s%s", sets[i / ARRAY_LEN(files)],
			 files[i % ARRAY_LEN(files)]);
		if (remove(path(name)))
			return -1;
	}
	return remove(dir);
}

static void begin_end(struct end *e, struct tls_context *context,
		      const char *host)
{
	buffer_init(&e->wire, WIRE_MAX);
	buffer_init(&e->plain, WIRE_MAX);
	e->tls = tls_new(context, host, &e->wire);
	CHECK(e->tls != NULL, "made");
}

static void end_end(struct end *e)
{
	tls_free(e->tls);
	buffer_free(&e->wire);
	buffer_free(&e->plain);
}

/* server: whose certificate is served; ca: whom the client trusts. */
static void begin(struct pair *p, const char *server, const char *ca,
		  const char *host)
{
	char cert[100], key[100], trusted[100];
	const char *error;

	memset(p, 0, sizeof *p);
	snprintf(cert, sizeof cert, "%s/cert.pem", server);
	snprintf(key, sizeof key, "%s/key.pem", server);
	snprintf(trusted, sizeof trusted, "%s/ca.pem", ca);
	p->client_context = tls_client_context(path(trusted), &error);
	CHECK(p->client_context != NULL, error);
	p->server_context =
		tls_server_context_files(path(cert), path(key), &error);
	CHECK(p->server_context != NULL, error);
	begin_end(&p->client, p->client_context, host);
	begin_end(&p->server, p->server_context, NULL);
}

static void finish(struct pair *p)
{
	end_end(&p->client);
	end_end(&p->server);
	tls_context_free(p->client_context);
	tls_context_free(p->server_context);
}

static int carry(struct buffer *wire, struct end *to, size_t step)
{
	int result = 0;

	while (wire->used > 0 && !result) {
		size_t n = wire->used < step ? wire->used : step;
		uint8_t *block = malloc(n);
		memcpy(block, buffer_head(wire), n);
		buffer_consume(wire, n);
		result = tls_receive(to->tls, block, n, &to->plain);
		free(block);
	}
	buffer_consume(wire, wire->used);
	return result;
}

/* Carry both wires until they are silent. */
static void exchange(struct pair *p, size_t step)
{
	if (!tls_is_open(p->client.tls))
		p->client_result =
			tls_receive(p->client.tls, NULL, 0, &p->client.plain);
	while (p->client.wire.used + p->server.wire.used > 0) {
		int result = carry(&p->client.wire, &p->server, step);
		if (result)
			p->server_result = result;
		result = carry(&p->server.wire, &p->client, step);
		if (result)
			p->client_result = result;
	}
}

static void test_talk(void **state)
{
	static const size_t steps[] = { 1 << 20, 1, 7, 1460 };

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(steps); i++) {
		struct pair p;
		begin(&p, "good", "good", HOST);
		CHECK_EQ(-ENOTCONN,
			 tls_send(p.client.tls, "x", 1, &p.client.wire),
			 "too soon");
		exchange(&p, steps[i]);
		CHECK_EQ(0, p.client_result, tls_error(p.client.tls));
		CHECK_EQ(0, p.server_result, tls_error(p.server.tls));
		CHECK(tls_is_open(p.client.tls) && tls_is_open(p.server.tls),
		      "open");
		CHECK_EQ(0, tls_send(p.client.tls, "hello", 5, &p.client.wire),
			 "sent");
		CHECK_EQ(0, tls_send(p.server.tls, "world!", 6, &p.server.wire),
			 "sent");
		CHECK(!memmem(buffer_head(&p.client.wire), p.client.wire.used,
			      "hello", 5),
		      "the wire does not show it");
		exchange(&p, steps[i]);
		CHECK_EQ(5, p.server.plain.used, "arrived");
		CHECK(!memcmp(buffer_head(&p.server.plain), "hello", 5),
		      "same");
		CHECK_EQ(6, p.client.plain.used, "arrived");
		CHECK(!memcmp(buffer_head(&p.client.plain), "world!", 6),
		      "same");
		tls_close(p.client.tls);
		tls_close(p.client.tls);
		CHECK_EQ(-ENOTCONN,
			 tls_send(p.client.tls, "x", 1, &p.client.wire),
			 "too late");
		exchange(&p, steps[i]);
		CHECK_EQ(-ECONNRESET, p.server_result, "close_notify");
		CHECK_STR("", tls_error(p.server.tls), "which is no failure");
		CHECK_EQ(0, tls_send(p.server.tls, "bye", 3, &p.server.wire),
			 "a last word");
		finish(&p);
	}
}

static void test_whose_certificate(void **state)
{
	static const struct {
		const char *server, *ca, *host;
		int result;
		const char *error, *why;
	} row[] = {
		{ "good", "good", HOST, 0, "", "the right host" },
		{ "good", "good", "GW.Example.COM", 0, "", "in any case" },
		{ "good", "good", "a.wild.example.com", 0, "", "wildcard" },
		{ "good", "good", "192.0.2.7", 0, "", "IPv4 address" },
		{ "good", "good", "2001:db8:0::7", 0, "", "IPv6 address" },
		{ "good", "good", "wild.example.com", -EACCES,
		  "certificate is not valid for host wild.example.com",
		  "a wildcard is not its parent" },
		{ "good", "good", "a.b.wild.example.com", -EACCES,
		  "certificate is not valid for host a.b.wild.example.com",
		  "a wildcard is one label" },
		{ "good", "good", "evil.example.com", -EACCES,
		  "certificate is not valid for host evil.example.com",
		  "another host" },
		{ "good", "good", "192.0.2.8", -EACCES,
		  "certificate is not valid for host 192.0.2.8",
		  "another address" },
		{ "expired", "expired", HOST, -EACCES,
		  "certificate has expired", "expired" },
		{ "expired", "expired", "192.0.2.7", -EACCES,
		  "certificate has expired", "expired, and another address" },
		{ "future", "future", HOST, -EACCES,
		  "certificate is not valid yet (is this machine's clock right?)",
		  "not yet valid" },
		{ "good", "other", HOST, -EACCES,
		  "certificate is not signed by a trusted authority",
		  "unknown authority of the same name" },
		{ "expired", "good", HOST, -EACCES, "certificate has expired",
		  "expired and unknown" },
	};
	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(row); i++) {
		struct pair p;
		begin(&p, row[i].server, row[i].ca, row[i].host);
		exchange(&p, 1 << 20);
		CHECK_EQ(row[i].result, p.client_result, row[i].why);
		CHECK_STR(row[i].error, tls_error(p.client.tls), row[i].why);
		CHECK_EQ(row[i].result == 0, tls_is_open(p.client.tls),
			 row[i].why);
		if (row[i].result) {
			CHECK_EQ(-EPROTO, p.server_result,
				 "the server is told by an alert");
			CHECK(!tls_is_open(p.server.tls), "never opens");
			CHECK_EQ(row[i].result,
				 tls_receive(p.client.tls, NULL, 0,
					     &p.client.plain),
				 "stays refused");
		}
		finish(&p);
	}
}

/* Bytes of a whole handshake between the two contexts, both ways. */
static size_t shake_again(struct pair *p)
{
	size_t client = 0, server = 0;

	end_end(&p->client);
	end_end(&p->server);
	begin_end(&p->client, p->client_context, HOST);
	begin_end(&p->server, p->server_context, NULL);
	tls_receive(p->client.tls, NULL, 0, &p->client.plain);
	while (p->client.wire.used + p->server.wire.used > 0) {
		client += p->client.wire.used;
		CHECK_EQ(0, carry(&p->client.wire, &p->server, 1 << 20),
			 tls_error(p->server.tls));
		server += p->server.wire.used;
		CHECK_EQ(0, carry(&p->server.wire, &p->client, 1 << 20),
			 tls_error(p->client.tls));
	}
	CHECK(tls_is_open(p->client.tls) && tls_is_open(p->server.tls), "open");
	return client + server;
}

static void test_sessions_are_resumed(void **state)
{
	struct pair p, other;

	(void)state;
	begin(&p, "good", "good", HOST);
	size_t full = shake_again(&p);
	size_t resumed = shake_again(&p);
	CHECK(resumed < full - 500, "no certificate, no exchange of keys");
	tls_send(p.client.tls, "hello", 5, &p.client.wire);
	tls_send(p.server.tls, "world", 5, &p.server.wire);
	exchange(&p, 1);
	CHECK(p.server.plain.used == 5 && p.client.plain.used == 5,
	      "and it carries");
	/* A server that does not know the ticket any more. */
	begin(&other, "good", "good", HOST);
	struct tls_context *first = p.server_context;
	p.server_context = other.server_context;
	CHECK(shake_again(&p) > resumed + 500, "from the beginning");
	p.server_context = first;
	finish(&p);
	finish(&other);
}

/* Both in the middle of it at once, on the same contexts. */
static void test_two_handshakes_at_once(void **state)
{
	struct pair one, two;

	(void)state;
	begin(&one, "good", "good", HOST);
	two = one;
	begin_end(&two.client, one.client_context, HOST);
	begin_end(&two.server, one.server_context, NULL);
	tls_receive(one.client.tls, NULL, 0, &one.client.plain);
	tls_receive(two.client.tls, NULL, 0, &two.client.plain);
	while (one.client.wire.used + two.client.wire.used +
	       one.server.wire.used + two.server.wire.used) {
		carry(&one.client.wire, &one.server, 1 << 20);
		carry(&two.client.wire, &two.server, 1 << 20);
		carry(&one.server.wire, &one.client, 1 << 20);
		carry(&two.server.wire, &two.client, 1 << 20);
	}
	tls_send(one.client.tls, "one", 3, &one.client.wire);
	tls_send(two.client.tls, "two", 3, &two.client.wire);
	CHECK_EQ(0, carry(&one.client.wire, &one.server, 1 << 20),
		 "its own keys");
	CHECK_EQ(0, carry(&two.client.wire, &two.server, 1 << 20),
		 "its own keys");
	CHECK_EQ(3, one.server.plain.used, "heard");
	CHECK_EQ(3, two.server.plain.used, "heard");
	end_end(&two.client);
	end_end(&two.server);
	finish(&one);
}

/* What a server may still say of the handshake, and what nobody may. */
static void test_no_second_handshake(void **state)
{
	uint8_t again[TLS_RECORD_MAX];
	struct pair p;

	(void)state;
	begin(&p, "good", "good", HOST);
	exchange(&p, 1 << 20);
	const uint8_t change[] = { 20, 3, 3, 0, 1, 1 };
	CHECK_EQ(-EPROTO,
		 tls_receive(p.server.tls, change, sizeof change,
			     &p.server.plain),
		 "a change of ciphers");
	CHECK_STR("peer broke the TLS record protocol", tls_error(p.server.tls),
		  "in words");
	memset(again, 'x', sizeof again);
	memcpy(again, "\x17\x03\x03\x40\x19", 5);
	CHECK_EQ(-EPROTO,
		 tls_receive(p.client.tls, again, sizeof again,
			     &p.client.plain),
		 "too long");
	CHECK_STR("peer sent too long a TLS record", tls_error(p.client.tls),
		  "in words");
	CHECK(p.client.wire.used > 0, "and is told so by an alert");
	finish(&p);
}

static void test_anybody_is_trusted(void **state)
{
	static const char *const server[] = { "good", "expired" };

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(server); i++) {
		struct pair p;

		begin(&p, server[i], "other", "evil.example.com");
		tls_context_trust_anybody(p.client_context);
		exchange(&p, 1 << 20);
		CHECK_EQ(0, p.client_result, tls_error(p.client.tls));
		CHECK(tls_is_open(p.client.tls), "whoever it is");
		finish(&p);
	}
}

static void test_alert_in_words(void **state)
{
	struct pair p;

	(void)state;
	begin(&p, "good", "other", HOST);
	exchange(&p, 1 << 20);
	CHECK_STR("peer ended TLS by alert 48: it does not trust our "
		  "certificate's authority",
		  tls_error(p.server.tls), "alert");
	finish(&p);
}

static void test_truncated(void **state)
{
	struct pair p;

	(void)state;
	begin(&p, "good", "good", HOST);
	exchange(&p, 1 << 20);
	tls_send(p.client.tls, "hello", 5, &p.client.wire);
	p.client.wire.used--;
	exchange(&p, 1 << 20);
	CHECK_EQ(0, p.server_result, "waits for the rest");
	CHECK_EQ(0, p.server.plain.used, "and shows nothing of it");
	finish(&p);

	begin(&p, "good", "good", HOST);
	tls_receive(p.client.tls, NULL, 0, &p.client.plain);
	p.client.wire.used /= 2;
	exchange(&p, 1 << 20);
	CHECK_EQ(0, p.server_result, "a cut greeting: waits");
	CHECK(!tls_is_open(p.server.tls), "not open");
	finish(&p);
}

static void test_changed_on_the_way(void **state)
{
	struct pair p;

	(void)state;
	begin(&p, "good", "good", HOST);
	exchange(&p, 1 << 20);
	tls_send(p.client.tls, "hello", 5, &p.client.wire);
	buffer_head(&p.client.wire)[p.client.wire.used - 1] ^= 1;
	exchange(&p, 1 << 20);
	CHECK_EQ(-EPROTO, p.server_result, "one bit changed");
	CHECK_STR("a TLS record was changed on its way",
		  tls_error(p.server.tls), "in words");
	CHECK_EQ(0, p.server.plain.used, "shows nothing");
	CHECK_EQ(-EPROTO, tls_send(p.server.tls, "x", 1, &p.server.wire),
		 "and is over");
	finish(&p);
}

static void test_not_tls(void **state)
{
	static const char http[] = "HTTP/1.1 400 Bad Request\r\n\r\n";
	struct pair p;

	(void)state;
	begin(&p, "good", "good", HOST);
	tls_receive(p.client.tls, NULL, 0, &p.client.plain);
	CHECK_EQ(-EPROTO,
		 tls_receive(p.client.tls, (const uint8_t *)http, sizeof http,
			     &p.client.plain),
		 "an answer in plain text");
	CHECK_STR("peer does not speak TLS here", tls_error(p.client.tls),
		  "in words");
	CHECK_EQ(-EPROTO,
		 tls_receive(p.server.tls, (const uint8_t *)"GET / HTTP/1.1",
			     14, &p.server.plain),
		 "a request in plain text");
	CHECK_STR("peer does not speak TLS here", tls_error(p.server.tls),
		  "in words");
	finish(&p);
}

static void test_a_megabyte_each_way(void **state)
{
	enum { LEN = 1 << 20 };
	uint8_t *bytes = malloc(LEN);
	struct pair p;

	(void)state;
	for (size_t i = 0; i < LEN; i++)
		bytes[i] = (uint8_t)(i * 31 + (i >> 8));
	begin(&p, "good", "good", HOST);
	exchange(&p, 1 << 20);
	CHECK_EQ(0, tls_send(p.client.tls, bytes, LEN, &p.client.wire), "sent");
	CHECK_EQ(0, tls_send(p.server.tls, bytes, LEN, &p.server.wire), "sent");
	exchange(&p, 1460);
	CHECK_EQ(LEN, p.server.plain.used, "all of it");
	CHECK(!memcmp(bytes, buffer_head(&p.server.plain), LEN), "unchanged");
	CHECK_EQ(LEN, p.client.plain.used, "all of it");
	CHECK(!memcmp(bytes, buffer_head(&p.client.plain), LEN), "unchanged");
	free(bytes);
	finish(&p);
}

/* Records of a call's size, after the handshake: no allocation. */
static void test_steady_stream_allocates_nothing(void **state)
{
	uint8_t bytes[1400] = { 0 };
	struct pair p;
	size_t before = 0;

	(void)state;
	allocations_watch();
	begin(&p, "good", "good", HOST);
	exchange(&p, 1 << 20);
	for (int i = 0; i < 1000; i++) {
		if (i == 10)
			before = allocations_count();
		tls_send(p.client.tls, bytes, sizeof bytes, &p.client.wire);
		tls_receive(p.server.tls, buffer_head(&p.client.wire),
			    p.client.wire.used, &p.server.plain);
		CHECK_EQ(1400, p.server.plain.used, "arrived");
		buffer_consume(&p.client.wire, p.client.wire.used);
		buffer_consume(&p.server.plain, p.server.plain.used);
	}
	CHECK_EQ(before, allocations_count(), "steady state");
	finish(&p);
}

static void test_full_buffers(void **state)
{
	uint8_t bytes[1000] = { 0 };
	struct pair p;
	int result = 0;

	(void)state;
	begin(&p, "good", "good", HOST);
	exchange(&p, 1 << 20);
	p.client.wire.limit = 5000;
	for (int i = 0; i < 10 && !result; i++)
		result = tls_send(p.client.tls, bytes, sizeof bytes,
				  &p.client.wire);
	CHECK_EQ(-ENOBUFS, result, "the wire is full");
	size_t used = p.client.wire.used;
	CHECK_EQ(-ENOBUFS,
		 tls_send(p.client.tls, bytes, sizeof bytes, &p.client.wire),
		 "still");
	CHECK_EQ(used, p.client.wire.used, "and unchanged");
	exchange(&p, 1 << 20);
	CHECK_EQ(4000, p.server.plain.used, "four records fitted");
	p.server.plain.limit = 5000;
	CHECK_EQ(0, tls_send(p.client.tls, bytes, 1000, &p.client.wire),
		 "room again");
	exchange(&p, 1 << 20);
	CHECK_EQ(0, p.server_result, "exactly full is no failure");
	CHECK_EQ(0, tls_send(p.client.tls, bytes, 1, &p.client.wire),
		 "one more byte");
	exchange(&p, 1 << 20);
	CHECK_EQ(-ENOBUFS, p.server_result, "does not fit");
	finish(&p);
}

static void test_contexts_that_fail(void **state)
{
	const char *error = NULL;

	(void)state;
	CHECK(!tls_client_context("/nonexistent.pem", &error), "no file");
	CHECK(strstr(error, "/nonexistent.pem") != NULL, error);
	CHECK(!tls_client_context(path("good/key.pem"), &error), "a key");
	CHECK(strstr(error, "good/key.pem") != NULL, error);
	CHECK(!tls_server_context_files(path("good/ca.pem"), path("nokey"),
					&error),
	      "no key");
	CHECK(strstr(error, "cannot read private key") != NULL, error);
	CHECK(!tls_server_context_files(path("good/cert.pem"),
					path("other/key.pem"), &error),
	      "another's key");
	CHECK(strstr(error, "does not belong") != NULL, error);
}

static void test_system_store(void **state)
{
	const char *error = "";

	(void)state;
	if (access(TLS_SYSTEM_CA_FILE, R_OK)) {
		print_message("SKIPPED: no " TLS_SYSTEM_CA_FILE "\n");
		skip();
	}
	struct tls_context *c = tls_client_context(NULL, &error);
	CHECK(c != NULL, error);
	tls_context_free(c);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_talk),
		cmocka_unit_test(test_whose_certificate),
		cmocka_unit_test(test_sessions_are_resumed),
		cmocka_unit_test(test_two_handshakes_at_once),
		cmocka_unit_test(test_no_second_handshake),
		cmocka_unit_test(test_anybody_is_trusted),
		cmocka_unit_test(test_alert_in_words),
		cmocka_unit_test(test_truncated),
		cmocka_unit_test(test_changed_on_the_way),
		cmocka_unit_test(test_not_tls),
		cmocka_unit_test(test_a_megabyte_each_way),
		cmocka_unit_test(test_steady_stream_allocates_nothing),
		cmocka_unit_test(test_full_buffers),
		cmocka_unit_test(test_contexts_that_fail),
		cmocka_unit_test(test_system_store),
	};
	return cmocka_run_group_tests_name("tls", tests, make_certs,
					   remove_certs);
}
