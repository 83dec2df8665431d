#include "tools/testing/check.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "protocols/buffer.h"
#include "protocols/tls.h"
#include "tools/testing/test_cert.h"

#define WIRE_MAX (1u << 20)

struct end {
	struct tls *tls;
	struct buffer wire, plain;
	int result;
};

/* Certificates for one host each, and a client that trusts all of them. */
enum { FIRST, SECOND, WILD, FIRST_RSA, CERTS };
static struct test_cert cert[CERTS];
static char authorities[] = "/tmp/tandem-authorities-XXXXXX";

static struct tls_identity identity_of(unsigned i)
{
	return (struct tls_identity){ .chain = cert[i].cert,
				      .key = cert[i].key,
				      .chain_name = "c.pem",
				      .key_name = "k.pem" };
}

static int make_certs(void **state)
{
	static const struct test_cert_request request[CERTS] = {
		[FIRST] = { .host = { "first.example.com", "192.0.2.7" },
			    .hosts = 2 },
		[SECOND] = { .host = { "second.example.com" },
			     .hosts = 1,
			     .not_after = "20301231235959" },
		[WILD] = { .host = { "*.wild.example.com" }, .hosts = 1 },
		[FIRST_RSA] = { .host = { "first.example.com" },
				.hosts = 1,
				.is_rsa = true },
	};
	int fd = mkstemp(authorities);

	(void)state;
	if (fd < 0)
		return -1;
	for (unsigned i = 0; i < CERTS; i++) {
		CHECK_EQ(0, test_cert_make(&cert[i], &request[i]), "made");
		CHECK(write(fd, cert[i].ca, strlen(cert[i].ca)) > 0, "kept");
	}
	return close(fd);
}

static int remove_certs(void **state)
{
	(void)state;
	return unlink(authorities);
}

static struct tls_context *serve(unsigned from, unsigned count)
{
	struct tls_identity list[CERTS];
	const char *error = "";

	for (unsigned i = 0; i < count; i++)
		list[i] = identity_of(from + i);
	struct tls_context *c = tls_server_context(list, count, &error);
	CHECK(c != NULL, error);
	return c;
}

static struct tls_context *trust(void)
{
	const char *error = "";
	struct tls_context *c = tls_client_context(authorities, &error);

	CHECK(c != NULL, error);
	return c;
}

static void begin(struct end *e, struct tls_context *context, const char *host)
{
	memset(e, 0, sizeof(*e));
	buffer_init(&e->wire, WIRE_MAX);
	buffer_init(&e->plain, WIRE_MAX);
	e->tls = tls_new(context, host, &e->wire);
	CHECK(e->tls != NULL, "made");
}

static void finish(struct end *e)
{
	tls_free(e->tls);
	buffer_free(&e->wire);
	buffer_free(&e->plain);
}

static void carry(struct end *from, struct end *to)
{
	if (from->wire.used == 0)
		return;
	to->result = tls_receive(to->tls, buffer_head(&from->wire),
				 from->wire.used, &to->plain);
	buffer_consume(&from->wire, from->wire.used);
}

static void shake(struct end *client, struct end *server)
{
	client->result = tls_receive(client->tls, NULL, 0, &client->plain);
	for (int i = 0; i < 8; i++) {
		carry(client, server);
		carry(server, client);
	}
}

/* Returns what the client makes of the certificate it is shown. */
static int meet(struct tls_context *c, struct tls_context *s, const char *host,
		size_t *sent)
{
	struct end client, server;

	begin(&client, c, host);
	begin(&server, s, NULL);
	client.result = tls_receive(client.tls, NULL, 0, &client.plain);
	carry(&client, &server);
	*sent = server.wire.used;
	for (int i = 0; i < 8; i++) {
		carry(&server, &client);
		carry(&client, &server);
	}
	int result = client.result;
	CHECK_EQ(result == 0, tls_is_open(server.tls), "both agree");
	finish(&client);
	finish(&server);
	return result;
}

static void the_host_chooses(void **state)
{
	static const struct {
		const char *host;
		int result;
		const char *why;
	} row[] = {
		{ "first.example.com", 0, "the first by name" },
		{ "second.example.com", 0, "the second by name" },
		{ "SECOND.example.com", 0, "without case" },
		{ "a.wild.example.com", 0, "a wildcard" },
		{ "192.0.2.7", 0, "no name is sent: the first" },
		{ "unknown.example.com", -EACCES,
		  "the first is shown, and is not for it" },
	};
	struct tls_context *s = serve(FIRST, 3);
	size_t sent;

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(row); i++) {
		struct tls_context *c = trust();
		CHECK_EQ(row[i].result, meet(c, s, row[i].host, &sent),
			 row[i].why);
		tls_context_free(c);
	}
	tls_context_free(s);
}

/* The client can do both, and our first suite is for EC. */
static void of_two_kinds_of_key(void **state)
{
	struct tls_identity list[2] = { identity_of(FIRST_RSA),
					identity_of(FIRST) };
	const char *error = "";
	struct tls_context *s = tls_server_context(list, 2, &error);
	struct tls_context *c = trust();
	struct tls_context *rsa = serve(FIRST_RSA, 1);
	size_t either, only_rsa;

	(void)state;
	CHECK(s != NULL, error);
	CHECK_EQ(0, meet(c, s, "first.example.com", &either), "EC");
	tls_context_free(c);
	c = trust();
	CHECK_EQ(0, meet(c, rsa, "first.example.com", &only_rsa), "RSA alone");
	CHECK(only_rsa > either + 200, "an RSA certificate is a longer one");
	tls_context_free(c);
	tls_context_free(rsa);
	tls_context_free(s);
}

static void resumption(void **state)
{
	struct tls_context *c = trust(), *s = serve(FIRST, 1);
	struct tls_context *reloaded = serve(FIRST, 1);
	size_t whole, again, elsewhere;

	(void)state;
	CHECK_EQ(0, meet(c, s, "first.example.com", &whole), "the first time");
	CHECK_EQ(0, meet(c, s, "first.example.com", &again), "the second");
	CHECK(again < whole / 2, "without a certificate");
	CHECK_EQ(0, meet(c, reloaded, "first.example.com", &elsewhere),
		 "a ticket of another context");
	CHECK(elsewhere > whole / 2, "costs a whole handshake");
	tls_context_free(c);
	tls_context_free(s);
	tls_context_free(reloaded);
}

/* A reload takes the context away while connections are in every state. */
static void the_context_goes(void **state)
{
	struct tls_context *c = trust(), *s = serve(FIRST, 1);
	struct end open[2], half[2];

	(void)state;
	begin(&open[0], c, "first.example.com");
	begin(&open[1], s, NULL);
	shake(&open[0], &open[1]);
	CHECK(tls_is_open(open[1].tls), "open");
	begin(&half[0], c, "192.0.2.7");
	begin(&half[1], s, NULL);
	half[0].result = tls_receive(half[0].tls, NULL, 0, &half[0].plain);
	carry(&half[0], &half[1]);
	tls_context_free(s);
	CHECK_EQ(0, tls_send(open[1].tls, "hello", 5, &open[1].wire), "sends");
	carry(&open[1], &open[0]);
	CHECK_EQ(5, open[0].plain.used, "the open one goes on");
	shake(&half[0], &half[1]);
	CHECK(tls_is_open(half[0].tls) && tls_is_open(half[1].tls),
	      "the other comes to its end");
	for (int i = 0; i < 2; i++) {
		finish(&open[i]);
		finish(&half[i]);
	}
	tls_context_free(c);
}

static void what_cannot_be_served(void **state)
{
	struct tls_identity list[2] = { identity_of(FIRST),
					identity_of(SECOND) };
	const char *error = "";

	(void)state;
	list[1].key = cert[FIRST].key;
	CHECK(!tls_server_context(list, 2, &error), "another's key");
	CHECK(strstr(error, "does not belong to certificate c.pem"), error);
	list[1].key = "";
	CHECK(!tls_server_context(list, 2, &error), "no key");
	CHECK(strstr(error, "cannot read private key k.pem"), error);
	list[1].chain = "-----BEGIN CERTIFICATE-----\n";
	CHECK(!tls_server_context(list, 2, &error), "half a certificate");
	CHECK(strstr(error, "cannot read certificate c.pem"), error);
}

static void the_first_end_counts(void **state)
{
	struct tls_identity list[2] = { identity_of(FIRST),
					identity_of(SECOND) };
	const char *error = "";

	(void)state;
	struct tls_context *one = tls_server_context(list, 1, &error);
	struct tls_context *both = tls_server_context(list, 2, &error);
	CHECK(one && both, error);
	CHECK_EQ(2524607999, tls_server_expires(one), "2049-12-31T23:59:59Z");
	CHECK_EQ(1924991999, tls_server_expires(both), "2030-12-31T23:59:59Z");
	tls_context_free(one);
	tls_context_free(both);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(the_host_chooses),
		cmocka_unit_test(of_two_kinds_of_key),
		cmocka_unit_test(resumption),
		cmocka_unit_test(the_context_goes),
		cmocka_unit_test(what_cannot_be_served),
		cmocka_unit_test(the_first_end_counts),
	};

	return cmocka_run_group_tests(tests, make_certs, remove_certs);
}
