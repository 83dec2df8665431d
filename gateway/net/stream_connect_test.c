/* Connections that do not come about: nobody there, no name, no trust. */
#include <signal.h>

#include "tools/testing/stream_rig.h"

static void nobody_listens(void **state)
{
	struct stage *s = *state;
	unsigned port;

	close(raw_socket_listen(&port));
	dial(s, "localhost", port, NULL);
	WAIT_FOR(&s->loop, s->client.closed, "refused");
	CHECK_EQ(UV_ECONNREFUSED, s->client.status, "by the kernel");
	CHECK(strstr(s->client.why, "connection refused (") == s->client.why,
	      "in words, with the address");
}

static void names_that_are_not_found(void **state)
{
	static const char *const row[] = {
		"no-such-host.invalid", /* RFC 6761 */
		"bad..name",
		"",
	};
	struct stage *s = *state;

	for (size_t i = 0; i < ARRAY_LEN(row); i++) {
		dial(s, row[i], 80, NULL);
		WAIT_FOR(&s->loop, s->client.closed, row[i]);
		CHECK(s->client.status < 0, row[i]);
		/* Without a network: "no name server answers". */
		CHECK(strstr(s->client.why, "name") ||
			      s->client.status == UV_ETIMEDOUT,
		      s->client.why);
	}
}

static void certificates_are_checked(void **state)
{
	struct stage *s = *state;

	s->accept_tls = contexts.server;
	dial(s, "127.0.0.1", s->port, contexts.client);
	wait_both_closed(s);
	CHECK_EQ(-EACCES, s->client.status, "another host");
	CHECK(strstr(s->client.why, "127.0.0.1"), "the words name it");
	CHECK_EQ(0, s->client.opened, "never open");
	dial(s, "localhost", s->port, contexts.stranger);
	WAIT_FOR(&s->loop, s->client.closed, "another authority");
	CHECK_EQ(-EACCES, s->client.status, "not trusted");
	CHECK(strstr(s->client.why, "certificate"), "in words");
}

static void tls_meets_plain(void **state)
{
	struct stage *s = *state;

	s->accept_tls = contexts.server;
	dial(s, "localhost", s->port, NULL);
	say(&s->client, "GET / HTTP/1.1\r\n\r\n", 18);
	wait_both_closed(s);
	CHECK_EQ(-EPROTO, s->server.status, "a plain client");
	CHECK(s->server.why[0], "in words");
	CHECK_EQ(0, s->server.opened, "never open");
	s->accept_tls = NULL;
	s->server.at_bytes = DO_ECHO; /* its own ClientHello */
	dial(s, "localhost", s->port, contexts.client);
	WAIT_FOR(&s->loop, s->client.closed, "a plain server");
	CHECK_EQ(-EPROTO, s->client.status, "is not TLS");
	wait_both_closed(s);
	s->server.at_bytes = DO_CLOSE;
	dial(s, "localhost", s->port, contexts.client);
	WAIT_FOR(&s->loop, s->client.closed, "a server that closes");
	CHECK(s->client.status < 0, "is an error");
}

static void a_silent_tls_server_times_out(void **state)
{
	struct stage *s = *state;
	uint64_t from = uv_hrtime();

	s->accept_tls = NULL; /* takes the ClientHello and says nothing */
	dial(s, "localhost", s->port, contexts.client);
	WAIT_FOR(&s->loop, s->client.closed, "its time");
	CHECK_EQ(UV_ETIMEDOUT, s->client.status, "in the handshake");
	CHECK_STR("no answer within 2000 ms (TLS handshake)", s->client.why,
		  "in words");
	CHECK_NEAR(DIAL_MS, (double)(uv_hrtime() - from) / 1e6, 300, "in time");
}

/* A listener whose queue is full answers no SYN. */
static void a_deaf_address_times_out(void **state)
{
	struct stage *s = *state;
	int fd[8], listening;
	unsigned port;

	listening = raw_socket_listen(&port);
	listen(listening, 0);
	for (size_t i = 0; i < ARRAY_LEN(fd); i++) {
		struct sockaddr_storage a = { 0 };
		socklen_t len = sizeof(a);

		fd[i] = socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK, 0);
		getsockname(listening, (struct sockaddr *)&a, &len);
		(void)connect(fd[i], (struct sockaddr *)&a, len);
	}
	dial(s, "127.0.0.1", port, NULL);
	WAIT_FOR(&s->loop, s->client.closed, "its time");
	CHECK_EQ(UV_ETIMEDOUT, s->client.status, "no SYN-ACK");
	for (size_t i = 0; i < ARRAY_LEN(fd); i++)
		close(fd[i]);
	close(listening);
}

int main(void)
{
/* Each once on a bare loop, once where writes leave together and handshakes are
 * made elsewhere. */
#define TEST(f)                                              \
	cmocka_unit_test_setup_teardown(f, setup, teardown), \
		cmocka_unit_test_setup_teardown(f, setup_together, teardown)
	const struct CMUnitTest tests[] = {
		TEST(nobody_listens),
		TEST(names_that_are_not_found),
		TEST(certificates_are_checked),
		TEST(tls_meets_plain),
		TEST(a_silent_tls_server_times_out),
		TEST(a_deaf_address_times_out),
	};

	signal(SIGPIPE, SIG_IGN); /* as the programs do */
	return cmocka_run_group_tests(tests, make_contexts, free_contexts);
}
