#include "tools/testing/check.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "gateway/net/http_server.h"
#include "gateway/net/listen_socket.h"
#include "protocols/websocket.h"
#include "tools/testing/raw_socket.h"

struct stage {
	uv_loop_t loop;
	struct http_server *server;
	unsigned port;
	unsigned fds;
	unsigned requests;
	unsigned refused;
	unsigned refused_status;
	bool is_closed;
	bool peer_was_loopback;
	struct http_connection *deferred; /* waits for its answer */
	unsigned gone;                    /* that were waited for in vain */
	struct ws *ws;
	char heard[64];
	bool is_ws_closed;
	struct ws_end ws_end;
	char all[65536];
};

/* --- An owner that echoes --- */

static void on_text(void *owner, char *text, size_t len)
{
	struct stage *s = owner;

	snprintf(s->heard, sizeof(s->heard), "%s", text);
	ws_send_text(s->ws, text, len);
}

static void on_ws_closed(void *owner, const struct ws_end *end)
{
	struct stage *s = owner;

	s->ws_end = *end;
	s->is_ws_closed = true;
	s->ws = NULL;
}

static const struct ws_events ws_events = {
	.on_text = on_text,
	.on_closed = on_ws_closed,
};

static void upgrade(struct stage *s, struct http_connection *c,
		    struct http_message *request)
{
	char accept[WEBSOCKET_ACCEPT_LEN];
	int err = websocket_check_request(request, accept);

	if (err)
		http_respond_text(c, (unsigned)-err, "not an upgrade");
	else
		s->ws = http_upgrade(c, accept, NULL, 65536, &ws_events, s);
}

static void on_gone(void *owner)
{
	struct stage *s = owner;

	s->deferred = NULL;
	s->gone++;
}

static void on_request(void *owner, struct http_connection *c,
		       struct http_message *request)
{
	struct stage *s = owner;
	char text[256];

	s->requests++;
	s->peer_was_loopback = http_peer_is_loopback(c);
	if (strcmp(request->target, "/ws") == 0) {
		upgrade(s, c, request);
	} else if (strcmp(request->target, "/later") == 0) {
		s->deferred = c;
		http_defer(c, on_gone, s);
	} else if (strcmp(request->target, "/silent") == 0) {
		return;
	} else if (strcmp(request->target, "/stop") == 0) {
		http_server_close(s->server, NULL);
		http_respond_text(c, 200, "too late");
	} else {
		snprintf(text, sizeof(text), "%s %s [%s]", request->method,
			 request->target, request->body);
		http_respond_text(c, 200, text);
	}
}

static void on_refused(void *owner, const char *peer, unsigned status,
		       const char *why)
{
	struct stage *s = owner;

	CHECK(strncmp(peer, "127.0.0.1:", 10) == 0, "the peer is named");
	CHECK(why[0], "and the reason");
	s->refused++;
	s->refused_status = status;
}

static const struct http_server_events events = {
	.on_request = on_request,
	.on_refused = on_refused,
};

static void on_server_closed(void *owner)
{
	((struct stage *)owner)->is_closed = true;
}

static int setup(void **state)
{
	static const struct http_server_limits limits = {
		.connections = 4,
		.head_timeout_ms = 200,
		.idle_timeout_ms = 300,
		.body_max = 1000,
	};
	static struct stage s;

	memset(&s, 0, sizeof(s));
	CHECK_EQ(0, uv_loop_init(&s.loop), "loop");
	CHECK_EQ(0,
		 http_server_open(&s.server, &s.loop, "127.0.0.1", 0, NULL,
				  &limits, &events, &s),
		 "a free port");
	s.port = http_server_port(s.server);
	CHECK(s.port > 0, "it is known");
	/* A loop opens a descriptor of its own with its first connection. */
	static uv_tcp_t first;
	uv_tcp_init(&s.loop, &first);
	uv_close((uv_handle_t *)&first, NULL);
	s.fds = raw_socket_count();
	*state = &s;
	return 0;
}

static int teardown(void **state)
{
	struct stage *s = *state;

	http_server_close(s->server, on_server_closed);
	WAIT_FOR(&s->loop, s->is_closed, "the server says when it is gone");
	raw_socket_close_loop(&s->loop);
	return 0;
}

/* --- Answers --- */

static size_t talk(struct stage *s, const char *request)
{
	int fd = raw_socket_connect(s->port, 0);
	size_t n;

	raw_socket_say(fd, request);
	n = raw_socket_read_until(&s->loop, fd, NULL, s->all, sizeof(s->all));
	close(fd);
	return n;
}

static void one_request_whole_and_byte_by_byte(void **state)
{
	static const char request[] = "POST /a?b=c HTTP/1.1\r\nHost: x\r\n"
				      "Content-Length: 5\r\n"
				      "Connection: close\r\n\r\nhello";
	struct stage *s = *state;
	int fd;

	talk(s, request);
	CHECK(strstr(s->all, "HTTP/1.1 200 OK\r\n") == s->all, "status line");
	CHECK(strstr(s->all, "\r\n\r\nPOST /a?b=c [hello]"), "the body");
	CHECK(s->peer_was_loopback, "127.0.0.1 is loopback");
	fd = raw_socket_connect(s->port, 0);
	for (size_t i = 0; i < sizeof(request) - 1; i++) {
		raw_socket_send(fd, &request[i], 1);
		raw_socket_turn(&s->loop);
	}
	raw_socket_read_until(&s->loop, fd, NULL, s->all, sizeof(s->all));
	CHECK(strstr(s->all, "POST /a?b=c [hello]"), "the same in pieces");
	close(fd);
}

static void pipelined_requests_keep_their_order(void **state)
{
	struct stage *s = *state;
	const char *first, *second, *third;

	talk(s, "GET /1 HTTP/1.1\r\nHost: x\r\n\r\n"
		"POST /2 HTTP/1.1\r\nHost: x\r\nContent-Length: 2\r\n\r\nab"
		"GET /3 HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n"
		"GET /4 HTTP/1.1\r\nHost: x\r\n\r\n");
	first = strstr(s->all, "GET /1 []");
	second = strstr(s->all, "POST /2 [ab]");
	third = strstr(s->all, "GET /3 []");
	CHECK(first && second && third, "all three");
	CHECK(first < second && second < third, "in order");
	CHECK_EQ(3, s->requests, "nothing is taken after Connection: close");
}

static void keep_alive_until_idle(void **state)
{
	struct stage *s = *state;
	int fd = raw_socket_connect(s->port, 0);
	uint64_t from;

	for (int i = 0; i < 2; i++) {
		raw_socket_say(fd, "GET / HTTP/1.1\r\nHost: x\r\n\r\n");
		raw_socket_read_until(&s->loop, fd, "GET / []", s->all,
				      sizeof(s->all));
	}
	from = uv_hrtime();
	CHECK_EQ(0,
		 raw_socket_read_until(&s->loop, fd, NULL, s->all,
				       sizeof(s->all)),
		 "an idle connection closes without a word");
	CHECK((uv_hrtime() - from) / 1000000 >= 250, "after its 300 ms");
	CHECK_EQ(0, s->refused, "which is no refusal");
	close(fd);
}

static void head_is_answered_without_body(void **state)
{
	struct stage *s = *state;

	talk(s, "HEAD /x HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n");
	CHECK(strstr(s->all, "Content-Length: 10\r\n"), "as GET would say");
	CHECK_STR("\r\n\r\n", s->all + strlen(s->all) - 4, "but no body");
}

static void http_1_0_closes(void **state)
{
	struct stage *s = *state;

	talk(s, "GET /old HTTP/1.0\r\n\r\n");
	CHECK(strstr(s->all, "GET /old []"), "answered, then closed");
}

static void half_closed_client_gets_its_answer(void **state)
{
	struct stage *s = *state;
	int fd = raw_socket_connect(s->port, 0);

	raw_socket_say(fd, "GET /half HTTP/1.1\r\nHost: x\r\n\r\n");
	shutdown(fd, SHUT_WR);
	raw_socket_read_until(&s->loop, fd, NULL, s->all, sizeof(s->all));
	CHECK(strstr(s->all, "GET /half []"), "printf … | nc works");
	close(fd);
}

static void unanswered_is_500(void **state)
{
	struct stage *s = *state;

	talk(s, "GET /silent HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n");
	CHECK(strstr(s->all, "HTTP/1.1 500 ") == s->all, "never a hang");
}

/* --- Refusals --- */

static void bad_requests_are_refused_in_words(void **state)
{
	struct stage *s = *state;
	static char target[9000], header[18000];
	char request[20000];
	const struct {
		const char *text;
		unsigned status;
		const char *why;
	} row[] = {
		{ "\x16\x03\x01\x02\r\n\r\n", 400, "TLS on a plain port" },
		{ "GET\r\n\r\n", 400, "no target" },
		{ "POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 1001\r\n\r\n",
		  413, "one byte over body_max, said before it is sent" },
		{ target, 414, "a target of 8.9 KiB" },
		{ header, 431, "headers of 17 KiB" },
	};

	snprintf(target, sizeof(target), "GET /%0*d HTTP/1.1\r\n\r\n", 8900, 0);
	snprintf(header, sizeof(header),
		 "GET / HTTP/1.1\r\nHost: x\r\nA: %0*d\r\n\r\n", 17000, 0);
	for (size_t i = 0; i < ARRAY_LEN(row); i++) {
		snprintf(request, sizeof(request), "%s", row[i].text);
		talk(s, request);
		CHECK(strncmp(s->all, "HTTP/1.1 ", 9) == 0, row[i].why);
		CHECK_EQ(row[i].status, atoi(s->all + 9), row[i].why);
		CHECK(strstr(s->all, "Connection: close\r\n"), row[i].why);
		CHECK_EQ(i + 1, s->refused, row[i].why);
		CHECK_EQ(row[i].status, s->refused_status, row[i].why);
	}
	CHECK_EQ(0, s->requests, "none reached the owner");
}

static void refusal_arrives_though_the_body_is_still_coming(void **state)
{
	static char body[200000];
	struct stage *s = *state;
	int fd = raw_socket_connect(s->port, 0);

	raw_socket_say(fd, "POST / HTTP/1.1\r\nHost: x\r\n"
			   "Content-Length: 200000\r\n\r\n");
	raw_socket_send(fd, body, sizeof(body));
	raw_socket_read_until(&s->loop, fd, NULL, s->all, sizeof(s->all));
	CHECK(strstr(s->all, "HTTP/1.1 413 ") == s->all,
	      "not lost to a RST for unread bytes");
	close(fd);
}

static void slow_requests_time_out(void **state)
{
	static const char slow_body[] = "POST / HTTP/1.1\r\nHost: x\r\n"
					"Content-Length: 5\r\n\r\nhel";
	static const char *const row[] = { "", "GET / HT", slow_body };
	struct stage *s = *state;

	for (size_t i = 0; i < ARRAY_LEN(row); i++) {
		talk(s, row[i]);
		CHECK(strstr(s->all, "HTTP/1.1 408 ") == s->all, row[i]);
		CHECK_EQ(408, s->refused_status, "and is told");
	}
}

static void connections_are_capped(void **state)
{
	struct stage *s = *state;
	int fd[5];

	for (int i = 0; i < 5; i++)
		fd[i] = raw_socket_connect(s->port, 0);
	raw_socket_read_end(&s->loop, fd[4]); /* FIN or RST, at once */
	raw_socket_say(fd[3], "GET /4th HTTP/1.1\r\nHost: x\r\n\r\n");
	raw_socket_read_until(&s->loop, fd[3], "GET /4th []", s->all,
			      sizeof(s->all));
	for (int i = 0; i < 5; i++)
		close(fd[i]);
	WAIT_FOR(&s->loop, raw_socket_count() == s->fds, "all are gone");
	talk(s, "GET /again HTTP/1.0\r\n\r\n");
	CHECK(strstr(s->all, "GET /again []"), "and there is room again");
}

/* --- Upgrades --- */

#define UPGRADE                                                 \
	"GET /ws HTTP/1.1\r\nHost: x\r\nUpgrade: websocket\r\n" \
	"Connection: Upgrade\r\nSec-WebSocket-Version: 13\r\n"  \
	"Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n"

/* RFC 6455, 5.7: a masked "Hello". */
static const char hello[] = "\x81\x85\x37\xfa\x21\x3d\x7f\x9f\x4d\x51\x58";

static void upgrade_with_bytes_behind_the_head(void **state)
{
	struct stage *s = *state;
	char bytes[512];
	size_t head = strlen(UPGRADE);
	int fd = raw_socket_connect(s->port, 0);

	memcpy(bytes, UPGRADE, head);
	memcpy(bytes + head, hello, sizeof(hello) - 1);
	raw_socket_send(fd, bytes, head + sizeof(hello) - 1);
	raw_socket_read_until(&s->loop, fd, "\x81\x05Hello", s->all,
			      sizeof(s->all));
	CHECK(strstr(s->all, "HTTP/1.1 101 ") == s->all, "granted");
	CHECK(strstr(s->all, "s3pPLMBiTxaQ9kYGzzhZRbK+xOo=\r\n"),
	      "RFC 6455, 1.3: the accept value of its sample key");
	CHECK_STR("Hello", s->heard, "the message in the same segment");
	raw_socket_send(fd, hello, sizeof(hello) - 1);
	raw_socket_read_until(&s->loop, fd, "\x81\x05Hello", s->all,
			      sizeof(s->all));
	close(fd);
	WAIT_FOR(&s->loop, s->is_ws_closed, "the peer went");
	CHECK_EQ(WEBSOCKET_ABNORMAL, s->ws_end.code, "without a close frame");
	CHECK(s->ws_end.by_peer && s->ws_end.was_open, "it was the peer");
}

static void upgraded_connections_outlive_the_server(void **state)
{
	struct stage *s = *state;
	int fd = raw_socket_connect(s->port, 0);
	int idle = raw_socket_connect(s->port, 0);

	raw_socket_say(fd, UPGRADE);
	raw_socket_read_until(&s->loop, fd, "\r\n\r\n", s->all, sizeof(s->all));
	http_server_close(s->server, on_server_closed);
	WAIT_FOR(&s->loop, s->is_closed, "the server does not wait for it");
	raw_socket_read_end(&s->loop, idle);
	raw_socket_send(fd, hello, sizeof(hello) - 1);
	raw_socket_read_until(&s->loop, fd, "\x81\x05Hello", s->all,
			      sizeof(s->all));
	ws_close(s->ws, 1001, "bye");
	raw_socket_read_until(&s->loop, fd,
			      "\x88\x05\x03\xe9"
			      "bye",
			      s->all, sizeof(s->all));
	close(fd);
	close(idle);
	WAIT_FOR(&s->loop, s->is_ws_closed, "closed");
	raw_socket_close_loop(&s->loop);
}

static void stop_listening_keeps_connections(void **state)
{
	struct stage *s = *state;
	int fd = raw_socket_connect(s->port, 0);

	raw_socket_say(fd, "GET /1 HTTP/1.1\r\nHost: x\r\n\r\n");
	raw_socket_read_until(&s->loop, fd, "/1 []", s->all, sizeof(s->all));
	http_server_stop_listening(s->server, false);
	http_server_stop_listening(s->server, false);
	raw_socket_turn(&s->loop);
	raw_socket_say(fd, "GET /2 HTTP/1.1\r\nHost: x\r\n\r\n");
	raw_socket_read_until(&s->loop, fd, "/2 []", s->all, sizeof(s->all));
	close(fd);
}

static void closing_what_has_already_stopped(void **state)
{
	struct stage *s = *state;

	http_server_stop_listening(s->server, false);
	raw_socket_turn(&s->loop);
	http_server_close(s->server, on_server_closed);
	CHECK(!s->is_closed, "not from inside");
	WAIT_FOR(&s->loop, s->is_closed, "with nothing left to close, too");
	raw_socket_close_loop(&s->loop);
}

static void closing_inside_a_request(void **state)
{
	struct stage *s = *state;
	int fd = raw_socket_connect(s->port, 0);

	raw_socket_say(fd, "GET /stop HTTP/1.1\r\nHost: x\r\n\r\n"
			   "GET /next HTTP/1.1\r\nHost: x\r\n\r\n");
	raw_socket_read_end(&s->loop, fd);
	CHECK_EQ(1, s->requests, "nothing after the close");
	close(fd);
	raw_socket_close_loop(&s->loop);
}

/* --- Many --- */

static void many_connections_leave_nothing(void **state)
{
	struct stage *s = *state;

	for (int i = 0; i < 200; i++) {
		int fd = raw_socket_connect(s->port, 0);

		if (i % 3 == 0)
			raw_socket_say(fd, "GET / HTTP/1.0\r\n\r\n");
		if (i % 3 == 1)
			raw_socket_say(fd, UPGRADE);
		raw_socket_turn(&s->loop);
		if (i % 2)
			raw_socket_reset(fd);
		else
			close(fd);
		raw_socket_turn(&s->loop);
	}
	WAIT_FOR(&s->loop, raw_socket_count() == s->fds, "no descriptor stays");
	CHECK_EQ(67, s->requests >= 67 ? 67 : s->requests, "they were served");
}

/* --- The listener --- */

static void addresses_to_listen_on(void **state)
{
	static const struct {
		const char *host;
		int status;
		const char *why;
	} row[] = {
		{ "[::1]", 0, "a bracketed literal" },
		{ "::1", 0, "a bare one" },
		{ "localhost", 0, "a name" },
		{ "0.0.0.0", 0, "everywhere" },
		{ "192.0.2.1", -EADDRNOTAVAIL, "TEST-NET is never ours" },
	};
	struct http_server *server;
	uv_loop_t loop = { .data = NULL };

	(void)state;
	CHECK_EQ(0, uv_loop_init(&loop), "loop");
	for (size_t i = 0; i < ARRAY_LEN(row); i++) {
		int err = http_server_open(&server, &loop, row[i].host, 0, NULL,
					   NULL, &events, NULL);

		CHECK_EQ(row[i].status, err, row[i].why);
		if (!err)
			http_server_close(server, NULL);
	}
	raw_socket_close_loop(&loop);
}

static void a_taken_port_is_an_error(void **state)
{
	struct stage *s = *state;
	struct http_server *second;

	CHECK_EQ(-EADDRINUSE,
		 http_server_open(&second, &s->loop, "127.0.0.1", s->port, NULL,
				  NULL, &events, s),
		 "the port is taken");
}

/* --- Many listeners on one port --- */

static void many_listeners_on_one_port(void **state)
{
	struct stage *s = *state;
	int fds[4], more[2];

	CHECK_EQ(0,
		 listen_socket_open_many(&s->loop, "127.0.0.1", 0, 16, false,
					 fds, 4),
		 "four");
	unsigned port = listen_socket_port(fds[0]);
	for (int i = 0; i < 4; i++)
		CHECK_EQ(port, listen_socket_port(fds[i]), "on one port");
	CHECK_EQ(-EADDRINUSE,
		 listen_socket_open_many(&s->loop, "127.0.0.1", port, 16, false,
					 more, 2),
		 "another start of the same program is an error");
	CHECK_EQ(-EADDRINUSE,
		 listen_socket_open(&s->loop, "127.0.0.1", port, 16),
		 "so is another program");
	for (int i = 0; i < 4; i++)
		close(fds[i]);
	CHECK_EQ(s->fds, raw_socket_count(), "a failure leaves nothing");
}

static void several_programs_on_one_port(void **state)
{
	struct stage *s = *state;
	int fds[2], more[2];

	CHECK_EQ(0,
		 listen_socket_open_many(&s->loop, "127.0.0.1", 0, 16, true,
					 fds, 2),
		 "the first");
	unsigned port = listen_socket_port(fds[0]);
	CHECK_EQ(-EADDRINUSE,
		 listen_socket_open(&s->loop, "127.0.0.1", port, 16),
		 "who does not share finds it taken");
	CHECK_EQ(0,
		 listen_socket_open_many(&s->loop, "127.0.0.1", port, 16, true,
					 more, 2),
		 "who does has it, too");
	for (int i = 0; i < 2; i++) {
		close(fds[i]);
		close(more[i]);
	}
}

static void sockets_that_were_handed_over(void **state)
{
	struct stage *s = *state;
	int given[2], fds[3], pair[2];

	CHECK_EQ(0,
		 listen_socket_open_many(&s->loop, "127.0.0.1", 0, 16, false,
					 given, 2),
		 "two listen");
	unsigned port = listen_socket_port(given[0]);
	CHECK_EQ(0, listen_socket_share(given, 2, fds, 3), "three share them");
	for (int i = 0; i < 3; i++) {
		CHECK_EQ(port, listen_socket_port(fds[i]), "all on their port");
		CHECK(fcntl(fds[i], F_GETFL) & O_NONBLOCK, "none blocks");
		close(fds[i]);
	}
	CHECK_EQ(0, socketpair(AF_UNIX, SOCK_STREAM, 0, pair), "a pair");
	CHECK_EQ(-EINVAL, listen_socket_share(given, 2, fds, 1),
		 "one of them would be nobody's");
	CHECK_EQ(-EINVAL, listen_socket_share(given, 0, fds, 1), "none");
	CHECK_EQ(-EINVAL, listen_socket_share(pair, 1, fds, 1),
		 "it does not listen");
	given[1] = dup2(pair[0], given[1]);
	CHECK_EQ(-EINVAL, listen_socket_share(given, 2, fds, 2),
		 "the second one does not");
	close(given[0]);
	close(given[1]);
	close(pair[0]);
	close(pair[1]);
	CHECK_EQ(s->fds, raw_socket_count(), "a failure leaves nothing");
}

/* The kernel has accepted it, the loop has not seen it: it is served all the
 * same. */
static void who_waits_is_taken_before_the_port_is_let_go(void **state)
{
	struct stage *s = *state;
	int fd = raw_socket_connect(s->port, 0);

	http_server_stop_listening(s->server, true);
	raw_socket_turn(&s->loop);
	raw_socket_say(fd, "GET /1 HTTP/1.1\r\nHost: x\r\n\r\n");
	raw_socket_read_until(&s->loop, fd, "/1 []", s->all, sizeof(s->all));
	close(fd);
}

static void winding_down_every_answer_is_the_last(void **state)
{
	struct stage *s = *state;
	int fd = raw_socket_connect(s->port, 0);

	raw_socket_say(fd, "GET /1 HTTP/1.1\r\nHost: x\r\n\r\n");
	raw_socket_read_until(&s->loop, fd, "/1 []", s->all, sizeof(s->all));
	CHECK(!strcasestr(s->all, "Connection: close"), "there may be more");
	http_server_wind_down(s->server);
	raw_socket_say(fd, "GET /2 HTTP/1.1\r\nHost: x\r\n\r\n");
	raw_socket_read_until(&s->loop, fd, "/2 []", s->all, sizeof(s->all));
	CHECK(strcasestr(s->all, "Connection: close"), "this was the last");
	close(fd);
}

static void an_answer_may_come_later(void **state)
{
	struct stage *s = *state;
	int fd = raw_socket_connect(s->port, 0);

	raw_socket_say(fd, "GET /later HTTP/1.1\r\nHost: x\r\n\r\n");
	WAIT_FOR(&s->loop, s->deferred, "it waits");
	raw_socket_turn_for(&s->loop, 400); /* longer than a request may take */
	CHECK_EQ(1, http_server_busy(s->server), "a request is under way");
	http_respond_text(s->deferred, 200, "at last");
	raw_socket_read_until(&s->loop, fd, "at last", s->all, sizeof(s->all));
	raw_socket_say(fd, "GET /next HTTP/1.1\r\nHost: x\r\n\r\n");
	raw_socket_read_until(&s->loop, fd, "/next []", s->all, sizeof(s->all));
	CHECK_EQ(0, s->gone, "nobody was lost");
	close(fd);
}

static void who_asks_on_meanwhile_is_let_go(void **state)
{
	struct stage *s = *state;
	int fd = raw_socket_connect(s->port, 0);

	raw_socket_say(fd, "GET /later HTTP/1.1\r\nHost: x\r\n\r\n"
			   "GET /next HTTP/1.1\r\nHost: x\r\n\r\n");
	WAIT_FOR(&s->loop, s->deferred, "it waits");
	raw_socket_say(fd, "GET /next HTTP/1.1\r\nHost: x\r\n\r\n");
	raw_socket_turn_for(&s->loop, 50);
	http_respond_text(s->deferred, 200, "at last");
	raw_socket_read_until(&s->loop, fd, NULL, s->all, sizeof(s->all));
	CHECK(strstr(s->all, "at last"), "answered");
	CHECK(!strstr(s->all, "/next"), "once");
	close(fd);
}

static void who_does_not_wait_is_told_of(void **state)
{
	struct stage *s = *state;
	int fd = raw_socket_connect(s->port, 0);

	raw_socket_say(fd, "GET /later HTTP/1.1\r\nHost: x\r\n\r\n");
	WAIT_FOR(&s->loop, s->deferred, "it waits");
	close(fd);
	WAIT_FOR(&s->loop, s->gone == 1, "it is gone");
	fd = raw_socket_connect(s->port, 0);
	raw_socket_say(fd, "GET /later HTTP/1.1\r\nHost: x\r\n\r\n");
	WAIT_FOR(&s->loop, s->deferred, "another waits, until the server goes");
	close(fd);
}

/* Two servers on one loop: what comes to one is served by the other. */
static struct http_server *other_server;
static unsigned loads;

static bool on_accepted(void *owner, int fd)
{
	(void)owner;
	http_server_take(other_server, fd);
	return true;
}

static void on_load(void *owner)
{
	(void)owner;
	loads++;
}

static void connections_may_be_passed_on(void **state)
{
	static const struct http_server_events passing = {
		.on_request = on_request,
		.on_accepted = on_accepted,
		.on_load = on_load,
	};
	struct stage *s = *state;
	struct http_server *first;
	char text[256];

	other_server = s->server;
	loads = 0;
	CHECK_EQ(0,
		 http_server_open(&first, &s->loop, "127.0.0.1", 0, NULL, NULL,
				  &passing, s),
		 "the one it comes to");
	int fd = raw_socket_connect(http_server_port(first), 0);
	WAIT_FOR(&s->loop, http_server_busy(s->server) == 1, "it is here");
	CHECK_EQ(0, http_server_busy(first), "not there");
	raw_socket_say(fd, "GET /a HTTP/1.1\r\nHost: x\r\n\r\n");
	raw_socket_read_until(&s->loop, fd, "[]", text, sizeof(text));
	CHECK(strstr(text, "200 OK"), "it is answered");
	CHECK_EQ(0, loads, "which says nothing of its load");
	http_server_close(first, NULL);
	close(fd);
}

static void load_is_told(void **state)
{
	static const struct http_server_events telling = {
		.on_request = on_request,
		.on_load = on_load,
	};
	struct stage *s = *state;
	struct http_server *server;

	loads = 0;
	CHECK_EQ(0,
		 http_server_open(&server, &s->loop, "127.0.0.1", 0, NULL, NULL,
				  &telling, s),
		 "a server");
	int fd = raw_socket_connect(http_server_port(server), 0);
	WAIT_FOR(&s->loop, http_server_busy(server) == 1, "one came");
	CHECK_EQ(1, loads, "told");
	raw_socket_say(fd, "GET /a HTTP/1.1\r\nHost: x\r\n\r\n");
	WAIT_FOR(&s->loop, http_server_busy(server) == 0, "now it is idle");
	CHECK_EQ(2, loads, "told");
	raw_socket_say(fd, "GET /b HTTP/1.1\r\n");
	WAIT_FOR(&s->loop, http_server_busy(server) == 1, "it asks again");
	close(fd);
	WAIT_FOR(&s->loop, http_server_busy(server) == 0, "and went");
	CHECK_EQ(4, loads, "told each time");
	http_server_close(server, NULL);
}

int main(void)
{
#define TEST(f) cmocka_unit_test_setup_teardown(f, setup, teardown)
#define LAST(f) cmocka_unit_test_setup(f, setup)
	const struct CMUnitTest tests[] = {
		TEST(one_request_whole_and_byte_by_byte),
		TEST(pipelined_requests_keep_their_order),
		TEST(keep_alive_until_idle),
		TEST(head_is_answered_without_body),
		TEST(http_1_0_closes),
		TEST(half_closed_client_gets_its_answer),
		TEST(unanswered_is_500),
		TEST(bad_requests_are_refused_in_words),
		TEST(refusal_arrives_though_the_body_is_still_coming),
		TEST(slow_requests_time_out),
		TEST(connections_are_capped),
		TEST(upgrade_with_bytes_behind_the_head),
		LAST(upgraded_connections_outlive_the_server),
		TEST(stop_listening_keeps_connections),
		LAST(closing_what_has_already_stopped),
		LAST(closing_inside_a_request),
		TEST(many_connections_leave_nothing),
		cmocka_unit_test(addresses_to_listen_on),
		TEST(a_taken_port_is_an_error),
		TEST(many_listeners_on_one_port),
		TEST(several_programs_on_one_port),
		TEST(sockets_that_were_handed_over),
		TEST(who_waits_is_taken_before_the_port_is_let_go),
		TEST(winding_down_every_answer_is_the_last),
		TEST(an_answer_may_come_later),
		TEST(who_asks_on_meanwhile_is_let_go),
		TEST(who_does_not_wait_is_told_of),
		TEST(connections_may_be_passed_on),
		TEST(load_is_told),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
