#include "tools/testing/check.h"

#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "gateway/net/gate.h"
#include "gateway/net/http_server.h"
#include "protocols/ip_address.h"
#include "tools/testing/raw_socket.h"
#include "tools/testing/tls_contexts.h"

#define HELLO_BYTE "\x16" /* begins a TLS handshake */

struct stage {
	uv_loop_t loop;
	struct http_server *server;
	struct http_server_limits limits;
	struct gate *gate;
	struct ip_block proxy;
	unsigned port, requests, refused, status;
	char why[200];
	char all[4096];
};

static struct tls_contexts contexts;

static void on_request(void *owner, struct http_connection *c,
		       struct http_message *request)
{
	struct stage *s = owner;
	const char *host = http_host(c);
	char text[200];

	(void)request;
	s->requests++;
	snprintf(text, sizeof(text), "peer %s near %d tls %d host %s.",
		 http_peer(c), http_peer_is_loopback(c), http_is_tls(c),
		 host ? host : "none");
	http_respond_text(c, 200, text);
}

static void on_refused(void *owner, const char *peer, unsigned status,
		       const char *why)
{
	struct stage *s = owner;

	CHECK(peer[0], "who");
	s->refused++;
	s->status = status;
	snprintf(s->why, sizeof(s->why), "%s", why);
}

static const struct http_server_events events = {
	.on_request = on_request,
	.on_refused = on_refused,
};

static int make(void **state)
{
	(void)state;
	tls_contexts_make(&contexts, "localhost");
	return 0;
}

static int unmake(void **state)
{
	(void)state;
	tls_contexts_free(&contexts);
	return 0;
}

static struct stage *begin(const struct http_server_limits *limits,
			   struct tls_context *tls)
{
	static struct stage s;

	memset(&s, 0, sizeof(s));
	s.limits = *limits;
	CHECK_EQ(0, uv_loop_init(&s.loop), "loop");
	CHECK_EQ(0,
		 http_server_open(&s.server, &s.loop, "127.0.0.1", 0, tls,
				  &s.limits, &events, &s),
		 "a server");
	s.port = http_server_port(s.server);
	return &s;
}

static void end(struct stage *s)
{
	http_server_close(s->server, NULL);
	raw_socket_close_loop(&s->loop);
	gate_free(s->gate);
}

static void ask(struct stage *s, int fd, const char *headers)
{
	char request[400];

	snprintf(request, sizeof(request), "GET / HTTP/1.1\r\n%s\r\n", headers);
	raw_socket_say(fd, request);
	raw_socket_read_until(&s->loop, fd, ".", s->all, sizeof(s->all));
}

#define NEVER 60000 /* ms that no test takes */

static void the_newcomer_goes(void **state)
{
	const struct http_server_limits limits = { .connections = 2,
						   .head_timeout_ms = NEVER,
						   .grace_ms = NEVER };
	struct stage *s = begin(&limits, NULL);
	int silent = raw_socket_connect(s->port, 0);
	int served = raw_socket_connect(s->port, 0);

	(void)state;
	ask(s, served, "Host: a\r\n");
	int late = raw_socket_connect(s->port, 0);
	raw_socket_read_end(&s->loop, late);
	CHECK_EQ(1, s->refused, "all have their time yet");
	CHECK_EQ(0, s->status, "without an answer");
	CHECK(strstr(s->why, "limits.connections"), s->why);
	ask(s, silent, "Host: a\r\n");
	CHECK(strstr(s->all, "200 OK"), "who was there is served");
	close(late);
	close(silent);
	close(served);
	end(s);
}

static void the_oldest_that_is_idle_goes(void **state)
{
	const struct http_server_limits limits = { .connections = 2,
						   .head_timeout_ms = NEVER,
						   .grace_ms = 1 };
	struct stage *s = begin(&limits, NULL);
	int served, silent, late;

	(void)state;
	served = raw_socket_connect(s->port, 0);
	ask(s, served, "Host: a\r\n");
	silent = raw_socket_connect(s->port, 0);
	raw_socket_turn_for(&s->loop, 20);
	late = raw_socket_connect(s->port, 0);
	raw_socket_read_end(&s->loop, silent);
	CHECK_EQ(1, s->refused, "the silent one");
	ask(s, late, "Host: a\r\n");
	CHECK(strstr(s->all, "200 OK"), "the newcomer has its place");
	ask(s, served, "Host: a\r\n");
	CHECK(strstr(s->all, "200 OK"), "who has made a request keeps its own");
	close(silent);
	close(served);
	close(late);
	end(s);
}

/* As many peers as limits has handshakes have begun one, and one has not. */
static struct stage *begin_shaking(const struct http_server_limits *limits,
				   int fd[5])
{
	struct stage *s = begin(limits, contexts.server);

	for (int i = 0; i < 5; i++) {
		fd[i] = raw_socket_connect(s->port, 0);
		raw_socket_turn_for(&s->loop, 5);
	}
	for (int i = 0; i < 2; i++) {
		raw_socket_send(fd[i], HELLO_BYTE, 1);
		raw_socket_turn_for(&s->loop, 10);
	}
	CHECK_EQ(0, s->refused, "so many may be");
	return s;
}

static void end_shaking(struct stage *s, const int fd[5])
{
	CHECK_EQ(0, s->requests, "nobody was served");
	for (int i = 0; i < 5; i++)
		close(fd[i]);
	end(s);
}

static void handshakes_are_capped(void **state)
{
	const struct http_server_limits limits = { .handshakes = 2,
						   .head_timeout_ms = NEVER,
						   .grace_ms = NEVER };
	int fd[5];
	struct stage *s = begin_shaking(&limits, fd);

	(void)state;
	raw_socket_send(fd[2], HELLO_BYTE, 1);
	raw_socket_read_end(&s->loop, fd[2]);
	CHECK_EQ(1, s->refused, "the third");
	CHECK(strstr(s->why, "limits.handshakes"), s->why);
	end_shaking(s, fd);
}

static void the_oldest_handshake_goes(void **state)
{
	const struct http_server_limits limits = { .handshakes = 2,
						   .head_timeout_ms = NEVER,
						   .grace_ms = 1 };
	int fd[5];
	struct stage *s = begin_shaking(&limits, fd);

	(void)state;
	raw_socket_send(fd[2], HELLO_BYTE, 1);
	raw_socket_read_end(&s->loop, fd[0]);
	raw_socket_send(fd[3], HELLO_BYTE, 1);
	raw_socket_read_end(&s->loop, fd[1]);
	end_shaking(s, fd);
}

static void a_handshake_has_its_time(void **state)
{
	const struct http_server_limits limits = { .head_timeout_ms = 1000 };
	struct stage *s = begin(&limits, contexts.server);
	int silent = raw_socket_connect(s->port, 0);
	int half = raw_socket_connect(s->port, 0);

	(void)state;
	raw_socket_send(half, HELLO_BYTE, 1);
	raw_socket_read_end(&s->loop, half);
	raw_socket_read_end(&s->loop, silent);
	CHECK_EQ(1, s->refused, "one began");
	CHECK_STR("the TLS handshake took too long", s->why, "in words");
	close(silent);
	close(half);
	end(s);
}

static void plain_http_is_told(void **state)
{
	const struct http_server_limits limits = { .connections = 8 };
	struct stage *s = begin(&limits, contexts.server);
	int fd = raw_socket_connect(s->port, 0);

	(void)state;
	raw_socket_say(fd, "GET / HTTP/1.1\r\nHost: x\r\n\r\n");
	raw_socket_read_until(&s->loop, fd, NULL, s->all, sizeof(s->all));
	CHECK(strncmp(s->all, "HTTP/1.1 400 ", 13) == 0, s->all);
	CHECK(strstr(s->all, "this port speaks TLS"), "in words");
	CHECK(s->requests == 0 && s->status == 400, "and nobody is served");
	close(fd);
	fd = raw_socket_connect(s->port, 0);
	raw_socket_say(fd, "\x80garbage");
	raw_socket_read_end(&s->loop, fd);
	CHECK_EQ(0, s->status, "what is neither has no answer");
	close(fd);
	end(s);
}

/* The other end of a pair: a peer of no address, which is one of all such. */
static int come(struct stage *s)
{
	int fd[2];

	CHECK_EQ(0, socketpair(AF_UNIX, SOCK_STREAM, 0, fd), "a pair");
	http_server_take(s->server, fd[0]);
	return fd[1];
}

static void one_address_has_its_share(void **state)
{
	const struct gate_limits few = { .connections = 10, .per_address = 2 };
	struct http_server_limits limits = { .head_timeout_ms = 60000 };
	struct gate *gate;
	int fd[3], local[4];

	(void)state;
	CHECK_EQ(0, gate_open(&gate, &few), "a gate");
	limits.gate = gate;
	struct stage *s = begin(&limits, NULL);
	s->gate = gate;
	for (int i = 0; i < 3; i++)
		fd[i] = come(s);
	raw_socket_read_end(&s->loop, fd[2]);
	CHECK(strstr(s->why, "limits.connections_per_address"), s->why);
	ask(s, fd[1], "Host: a\r\n");
	close(fd[0]);
	raw_socket_turn_for(&s->loop, 20);
	close(fd[2]);
	fd[2] = come(s);
	ask(s, fd[2], "Host: a\r\n");
	for (int i = 0; i < 4; i++) {
		local[i] = raw_socket_connect(s->port, 0);
		ask(s, local[i], "Host: a\r\n");
		CHECK(strstr(s->all, "200 OK"), "this machine has no limit");
	}
	for (int i = 0; i < 4; i++)
		close(local[i]);
	close(fd[1]);
	close(fd[2]);
	end(s);
}

static void what_a_proxy_says(void **state)
{
	static const struct {
		const char *headers, *answer, *why;
	} row[] = {
		{ "Host: a\r\n", " near 0 tls 0 host a.",
		  "a proxy itself is not this machine" },
		{ "Host: a\r\nX-Forwarded-For: 192.0.2.1\r\n",
		  "peer 192.0.2.1:0 near 0 tls 0 host a.", "who" },
		{ "Host: a\r\nX-Forwarded-Proto: https\r\n"
		  "X-Forwarded-Host: b:8443\r\n",
		  " near 0 tls 1 host b:8443.", "what was asked for" },
	};
	const struct http_server_limits limits = { .connections = 8 };
	struct stage *s = begin(&limits, NULL);
	int fd = raw_socket_connect(s->port, 0);

	(void)state;
	ask(s, fd,
	    "Host: a\r\nX-Forwarded-Proto: https\r\nX-Forwarded-Host: b\r\n");
	CHECK(strstr(s->all, " near 1 tls 0 host a."),
	      "a stranger is not heard");
	close(fd);
	end(s);

	struct ip_block proxy;
	CHECK_EQ(0, ip_block_parse(&proxy, "127.0.0.0/8", 11), "a proxy");
	const struct http_server_limits trusting = { .proxies = &proxy,
						     .proxy_count = 1 };
	s = begin(&trusting, NULL);
	for (size_t i = 0; i < ARRAY_LEN(row); i++) {
		fd = raw_socket_connect(s->port, 0);
		ask(s, fd, row[i].headers);
		CHECK(strstr(s->all, row[i].answer), row[i].why);
		close(fd);
	}
	end(s);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(the_newcomer_goes),
		cmocka_unit_test(the_oldest_that_is_idle_goes),
		cmocka_unit_test(handshakes_are_capped),
		cmocka_unit_test(the_oldest_handshake_goes),
		cmocka_unit_test(a_handshake_has_its_time),
		cmocka_unit_test(plain_http_is_told),
		cmocka_unit_test(one_address_has_its_share),
		cmocka_unit_test(what_a_proxy_says),
	};

	return cmocka_run_group_tests(tests, make, unmake);
}
