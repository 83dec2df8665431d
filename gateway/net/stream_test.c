#include "tools/testing/check.h"

#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "gateway/net/listen_socket.h"
#include "gateway/net/net_loop.h"
#include "gateway/net/stream.h"
#include "protocols/buffer.h"
#include "protocols/tls.h"
#include "tools/testing/allocations.h"
#include "tools/testing/raw_socket.h"
#include "tools/testing/tls_contexts.h"

#define CHECKSUM_PRIME 16777619u
#define DIAL_MS        2000 /* a handshake on a busy machine */

enum deed { DO_NOTHING, DO_ECHO, DO_CLOSE, DO_RESET, DO_FINISH };

/* An owner of a stream. */
struct end {
	struct stream *stream;
	enum deed at_open, at_bytes;
	enum stream_first at_first;
	uint8_t first;
	unsigned met, opened, closed;
	bool left;
	int status;
	char why[320];
	char last[128];
	size_t bytes;
	unsigned sum; /* of all bytes, in order */
};

struct stage {
	uv_loop_t loop;
	struct net_loop net; /* in half of the tests */
	uv_poll_t listening;
	int listening_fd;
	unsigned port;
	struct tls_context *accept_tls;
	struct end client, server;
	unsigned fds;
};

static struct tls_contexts contexts;
static uint8_t block[1u << 20];

static void act(struct end *e, enum deed deed, const uint8_t *bytes, size_t n)
{
	switch (deed) {
	case DO_ECHO:
		buffer_append(stream_out(e->stream), bytes, n);
		stream_flush(e->stream);
		break;
	case DO_CLOSE:
		stream_close(e->stream);
		stream_close(e->stream);
		break;
	case DO_RESET:
		stream_reset(e->stream);
		break;
	case DO_FINISH:
		buffer_append(stream_out(e->stream), "bye", 3);
		stream_finish(e->stream, 500);
		stream_finish(e->stream, 1);
		break;
	case DO_NOTHING:
		break;
	}
}

static void on_open(void *owner)
{
	struct end *e = owner;

	CHECK_EQ(0, e->bytes, "open comes before bytes");
	e->opened++;
	act(e, e->at_open, (const uint8_t *)"open", 4);
}

static unsigned checksum(unsigned sum, const uint8_t *bytes, size_t n)
{
	for (size_t i = 0; i < n; i++)
		sum = (sum ^ bytes[i]) * CHECKSUM_PRIME;
	return sum;
}

static void on_bytes(void *owner, uint8_t *bytes, size_t n)
{
	struct end *e = owner;
	size_t kept = n < sizeof(e->last) - 1 ? n : sizeof(e->last) - 1;

	CHECK_EQ(0, e->closed, "no bytes after the end");
	CHECK(uv_hrtime() - stream_read_ns(e->stream) < 5000000000ull,
	      "read a moment ago");
	e->bytes += n;
	e->sum = checksum(e->sum, bytes, n);
	memcpy(e->last, bytes, kept);
	e->last[kept] = '\0';
	act(e, e->at_bytes, bytes, n);
}

static void on_closed(void *owner, int status, const char *why)
{
	struct end *e = owner;

	e->closed++;
	e->status = status;
	snprintf(e->why, sizeof(e->why), "%s", why);
	/* Everything may still be called, for the last time. */
	stream_flush(e->stream);
	stream_finish(e->stream, 1);
	stream_close(e->stream);
	stream_reset(e->stream);
	stream_resume(e->stream);
}

static enum stream_first on_first(void *owner, uint8_t first)
{
	struct end *e = owner;

	CHECK_EQ(0, e->opened, "before it is open");
	e->first = first;
	e->met++;
	return e->at_first;
}

static const struct stream_events events = {
	.on_first = on_first,
	.on_open = on_open,
	.on_bytes = on_bytes,
	.on_closed = on_closed,
};

static void on_connection(uv_poll_t *listening, int status, int what)
{
	struct stage *s = listening->data;
	int fd = accept4(s->listening_fd, NULL, NULL, SOCK_CLOEXEC);

	(void)what;
	CHECK_EQ(0, status, "a connection");
	s->server = (struct end){ .at_open = s->server.at_open,
				  .at_bytes = s->server.at_bytes,
				  .at_first = s->server.at_first };
	s->server.stream =
		stream_take(&s->loop, fd, s->accept_tls, &events, &s->server);
	CHECK(s->server.stream, "taken");
}

static int make_contexts(void **state)
{
	(void)state;
	tls_contexts_make(&contexts, "localhost");
	for (size_t i = 0; i < sizeof(block); i++)
		block[i] = (uint8_t)(i * 2654435761u >> 13);
	return 0;
}

static int free_contexts(void **state)
{
	(void)state;
	tls_contexts_free(&contexts);
	return 0;
}

static int setup_on(void **state, bool with_net_loop)
{
	static struct stage s;
	int fd;

	memset(&s, 0, sizeof(s));
	CHECK_EQ(0, uv_loop_init(&s.loop), "loop");
	if (with_net_loop)
		CHECK_EQ(0, net_loop_open(&s.net, &s.loop), "net loop");
	fd = listen_socket_open(&s.loop, "127.0.0.1", 0, 16);
	CHECK(fd >= 0, "a listener");
	s.port = listen_socket_port(fd);
	s.listening.data = &s;
	s.listening_fd = fd;
	uv_poll_init(&s.loop, &s.listening, fd);
	CHECK_EQ(0, uv_poll_start(&s.listening, UV_READABLE, on_connection),
		 "listens");
	/* A loop opens a descriptor of its own with its first connection. */
	static uv_tcp_t first;
	uv_tcp_init(&s.loop, &first);
	uv_close((uv_handle_t *)&first, NULL);
	s.fds = raw_socket_count();
	*state = &s;
	return 0;
}

static int setup(void **state)
{
	return setup_on(state, false);
}

static int setup_together(void **state)
{
	return setup_on(state, true);
}

static bool all_gone(const struct stage *s)
{
	return (!s->client.stream || s->client.closed) &&
	       (!s->server.stream || s->server.closed);
}

static int teardown(void **state)
{
	struct stage *s = *state;

	if (s->client.stream && !s->client.closed)
		stream_close(s->client.stream);
	if (s->server.stream && !s->server.closed)
		stream_close(s->server.stream);
	uv_close((uv_handle_t *)&s->listening, NULL);
	WAIT_FOR(&s->loop, all_gone(s), "both gone");
	net_loop_close(&s->net);
	raw_socket_close_loop(&s->loop);
	close(s->listening_fd);
	CHECK(s->client.closed <= 1 && s->server.closed <= 1, "one end each");
	return 0;
}

/* --- Small steps --- */

static void dial(struct stage *s, const char *host, unsigned port,
		 struct tls_context *tls)
{
	s->client = (struct end){ .at_open = s->client.at_open,
				  .at_bytes = s->client.at_bytes };
	s->client.stream = stream_connect(&s->loop, host, port, tls, DIAL_MS,
					  &events, &s->client);
	CHECK(s->client.stream, "memory");
	CHECK_EQ(0, s->client.opened + s->client.closed,
		 "nothing is called from inside");
}

/* A session that is resumed is open at the client's side first. */
static bool is_joined(const struct stage *s, bool with_tls)
{
	return s->client.closed || (s->client.opened && s->server.stream &&
				    (!with_tls || s->server.opened));
}

static void join(struct stage *s, bool with_tls)
{
	s->server.stream = NULL;
	s->accept_tls = with_tls ? contexts.server : NULL;
	dial(s, "localhost", s->port, with_tls ? contexts.client : NULL);
	WAIT_FOR(&s->loop, is_joined(s, with_tls) && s->server.stream,
		 "joined");
}

/* The server's end is by hand. */
static int join_by_hand(struct stage *s, int listening, unsigned port)
{
	dial(s, "127.0.0.1", port, NULL);
	int fd = raw_socket_accept(&s->loop, listening);

	WAIT_FOR(&s->loop, s->client.opened, "open");
	return fd;
}

static void wait_both_closed(struct stage *s)
{
	WAIT_FOR(&s->loop, s->client.closed && s->server.closed, "both end");
}

static void say(struct end *e, const void *bytes, size_t n)
{
	CHECK_EQ(0, buffer_append(stream_out(e->stream), bytes, n), "room");
	stream_flush(e->stream);
}

/* --- Bytes --- */

static void what_is_sent_arrives(void **state)
{
	struct stage *s = *state;

	for (int tls = 0; tls <= 1; tls++) {
		unsigned sum = 0;
		size_t at = 0;

		s->server.at_bytes = DO_ECHO;
		join(s, tls);
		CHECK_EQ(tls, stream_is_tls(s->client.stream), "as asked");
		CHECK_EQ(tls, s->server.opened, "on_open for accepted TLS");
		/* Chunks of 1, 2, 4 … bytes, then what is left. */
		for (size_t n = 1; at < sizeof(block); n *= 2) {
			if (n > sizeof(block) - at)
				n = sizeof(block) - at;
			say(&s->client, block + at, n);
			at += n;
		}
		sum = checksum(0, block, sizeof(block));
		WAIT_FOR(&s->loop, s->client.bytes == sizeof(block), "all");
		CHECK_EQ(sum, s->server.sum, "there");
		CHECK_EQ(sum, s->client.sum, "and back");
		CHECK_EQ(0, stream_waiting(s->client.stream), "nothing waits");
		stream_finish(s->client.stream, 500);
		wait_both_closed(s);
		CHECK_EQ(0, s->client.status, "in order");
		CHECK_EQ(0, s->server.status, "for both");
		CHECK_STR("closed", s->client.why, "we did");
		CHECK_STR("peer closed the connection", s->server.why,
			  "the peer did");
	}
}

static void bytes_wait_until_open(void **state)
{
	struct stage *s = *state;

	s->accept_tls = contexts.server;
	dial(s, "localhost", s->port, contexts.client);
	say(&s->client, "early", 5);
	CHECK_EQ(5, stream_waiting(s->client.stream), "before the handshake");
	WAIT_FOR(&s->loop, s->server.bytes, "they leave by themselves");
	CHECK_STR("early", s->server.last, "as they were");
}

static void peers_have_names(void **state)
{
	struct stage *s = *state;
	char server[64];

	dial(s, "127.0.0.1", s->port, NULL);
	CHECK_STR("unknown", stream_peer(s->client.stream), "not yet");
	WAIT_FOR(&s->loop, s->client.opened && s->server.stream, "joined");
	snprintf(server, sizeof(server), "127.0.0.1:%u", s->port);
	CHECK_STR(server, stream_peer(s->client.stream), "the listener");
	CHECK(strncmp(stream_peer(s->server.stream), "127.0.0.1:", 10) == 0,
	      "the client");
	CHECK(stream_peer_is_loopback(s->server.stream), "from here");
}

static void pause_and_resume(void **state)
{
	struct stage *s = *state;

	for (int tls = 0; tls <= 1; tls++) {
		join(s, tls);
		stream_pause(s->server.stream);
		say(&s->client, "x", 1);
		raw_socket_turn_for(&s->loop, 30);
		CHECK_EQ(0, s->server.bytes, "paused");
		stream_resume(s->server.stream);
		WAIT_FOR(&s->loop, s->server.bytes, "resumed");
		stream_close(s->client.stream);
		wait_both_closed(s);
	}
}

static void a_new_owner(void **state)
{
	struct stage *s = *state;
	struct end heir = { 0 };

	join(s, false);
	heir.stream = s->server.stream;
	stream_rebind(s->server.stream, &events, &heir);
	say(&s->client, "x", 1);
	WAIT_FOR(&s->loop, heir.bytes, "bytes go to the heir");
	stream_close(s->client.stream);
	WAIT_FOR(&s->loop, heir.closed, "and the end");
	CHECK_EQ(0, s->server.bytes + s->server.closed, "not to the first");
	s->server.stream = NULL;
}

static void on_left(void *owner)
{
	((struct end *)owner)->left = true;
}

/* Another loop goes on: what is written and read meanwhile is not lost. */
static void go_to_another_loop(struct stage *s, bool with_tls)
{
	uv_loop_t other = { .data = NULL };

	join(s, with_tls);
	CHECK_EQ(0, uv_loop_init(&other), "loop");
	unsigned fds = raw_socket_count();
	CHECK_EQ(0, buffer_append(stream_out(s->server.stream), "before", 6),
		 "not flushed");
	CHECK_EQ(0, stream_leave(s->server.stream, on_left), "it may");
	say(&s->client, "on its way", 10);
	WAIT_FOR(&s->loop, s->server.left, "nothing holds it here");
	raw_socket_turn_for(&s->loop, 20);
	CHECK_EQ(0, s->server.bytes, "nothing is read here");
	CHECK_EQ(fds, raw_socket_count(), "it has one descriptor, as before");
	stream_arrive(s->server.stream, &other);
	WAIT_FOR(&other, s->server.bytes == 10, "what came arrives there");
	WAIT_FOR(&s->loop, s->client.bytes == 6, "what waited has left");
	CHECK(strncmp(stream_peer(s->server.stream), "127.0.0.1:", 10) == 0,
	      "it is the same peer");
	stream_close(s->client.stream);
	WAIT_FOR(&s->loop, s->client.closed, "the end here");
	WAIT_FOR(&other, s->server.closed, "and there");
	raw_socket_close_loop(&other);
}

static void from_loop_to_loop(void **state)
{
	go_to_another_loop(*state, false);
}

static void from_loop_to_loop_with_tls(void **state)
{
	go_to_another_loop(*state, true);
}

/* A connection whose owner offers TLS, and whose peer is us. */
static int call_on(struct stage *s)
{
	s->accept_tls = contexts.server;
	int fd = raw_socket_connect(s->port, 0);
	WAIT_FOR(&s->loop, s->server.stream, "accepted");
	return fd;
}

static void hang_up(struct stage *s, int fd)
{
	close(fd);
	WAIT_FOR(&s->loop, s->server.closed, "the end");
}

static void silence_costs_no_tls(void **state)
{
	struct stage *s = *state;
	int fd = call_on(s);

	allocations_watch();
	size_t before = allocations_count();

	CHECK(stream_is_tls(s->server.stream), "it is offered");
	CHECK_EQ(-EBUSY, stream_leave(s->server.stream, on_left), "not open");
	raw_socket_turn_for(&s->loop, 20);
	CHECK_EQ(before, allocations_count(), "nothing is set up for nothing");
	CHECK_EQ(0, s->server.met, "the owner is not asked");
	hang_up(s, fd);
	CHECK_EQ(UV_ECONNRESET, s->server.status, "it went without a word");

	s->server.stream = NULL;
	fd = call_on(s);
	raw_socket_send(fd, "\x16", 1);
	WAIT_FOR(&s->loop, s->server.met, "a byte");
	raw_socket_turn_for(&s->loop, 20);
	CHECK(allocations_count() > before, "now it is");
	CHECK_EQ(1, s->server.met, "asked once");
	CHECK_EQ(0x16, s->server.first, "with what it was");
	hang_up(s, fd);
}

static void the_owner_decides_at_the_first_byte(void **state)
{
	struct stage *s = *state;

	s->server.at_first = STREAM_GO_AWAY;
	int fd = call_on(s);
	raw_socket_send(fd, "\x16", 1);
	WAIT_FOR(&s->loop, s->server.closed, "sent away");
	CHECK_EQ(0, s->server.opened, "before anything");
	close(fd);

	s->server.stream = NULL;
	s->server.at_first = STREAM_USE_PLAIN;
	s->server.at_open = DO_ECHO; /* says "open" */
	fd = call_on(s);
	raw_socket_send(fd, "\x16plain", 6);
	WAIT_FOR(&s->loop, s->server.bytes == 6, "every byte of it");
	CHECK_EQ(1, s->server.opened, "open");
	CHECK(!stream_is_tls(s->server.stream), "and plain");
	CHECK_STR("\x16plain", s->server.last, "as it was sent");
	char got[16];
	CHECK_EQ(4, raw_socket_read_until(&s->loop, fd, "open", got, 16),
		 "so is what it says");
	hang_up(s, fd);
}

static void who_may_not_leave(void **state)
{
	struct stage *s = *state;

	join(s, false);
	stream_pause(s->client.stream);
	for (int i = 0; i < 16 && !stream_waiting(s->server.stream); i++)
		say(&s->server, block, sizeof(block));
	CHECK(stream_waiting(s->server.stream), "more than the kernel takes");
	CHECK_EQ(-EBUSY, stream_leave(s->server.stream, on_left), "it writes");
	stream_close(s->server.stream);
	CHECK_EQ(-EBUSY, stream_leave(s->server.stream, on_left), "it ends");
	stream_close(s->client.stream);
	wait_both_closed(s);
	CHECK(!s->server.left, "nobody left");
}

static void exchange(struct stage *s, unsigned messages)
{
	for (unsigned i = 0; i < messages; i++) {
		say(&s->client, block, 800);
		for (int turn = 0; turn < 3; turn++)
			uv_run(&s->loop, UV_RUN_NOWAIT);
	}
}

static void a_steady_stream_takes_no_memory(void **state)
{
	struct stage *s = *state;
	size_t before;

	for (int tls = 0; tls <= 1; tls++) {
		join(s, tls);
		s->server.at_bytes = DO_ECHO;
		exchange(s, 100); /* what it needs, it has now */
		allocations_watch();
		before = allocations_count();
		exchange(s, 200);
		CHECK_EQ(before, allocations_count(), "200 messages there");
		WAIT_FOR(&s->loop, s->client.bytes == 300 * 800, "and back");
		stream_close(s->client.stream);
		wait_both_closed(s);
	}
}

/* --- Ends --- */

static void finish_delivers_what_waits(void **state)
{
	struct stage *s = *state;

	for (int tls = 0; tls <= 1; tls++) {
		join(s, tls);
		stream_pause(s->server.stream);
		for (int i = 0; i < 3; i++) /* more than the kernel takes */
			say(&s->client, block, sizeof(block));
		stream_finish(s->client.stream, 3000);
		raw_socket_turn_for(&s->loop, 20);
		stream_resume(s->server.stream);
		wait_both_closed(s);
		CHECK_EQ(3 * sizeof(block), s->server.bytes, "every byte");
		CHECK_EQ(0, s->server.status, "then an orderly end");
	}
}

static void finish_does_not_wait_for_ever(void **state)
{
	struct stage *s = *state;
	uint64_t from = uv_hrtime();
	unsigned port;
	int listening = raw_socket_listen(&port);
	int fd = join_by_hand(s, listening, port);

	stream_finish(s->client.stream, 150);
	WAIT_FOR(&s->loop, s->client.closed, "the peer never closes");
	CHECK_NEAR(150, (double)(uv_hrtime() - from) / 1e6, 100, "in time");
	close(fd);
	close(listening);
}

static void a_half_closed_peer_gets_the_rest(void **state)
{
	struct stage *s = *state;
	static char got[2 * sizeof(block)];
	unsigned port;
	int listening = raw_socket_listen(&port);
	int fd = join_by_hand(s, listening, port);
	size_t n;

	say(&s->client, block, sizeof(block));
	shutdown(fd, SHUT_WR);
	raw_socket_turn_for(&s->loop, 20);
	n = raw_socket_read_until(&s->loop, fd, NULL, got, sizeof(got));
	CHECK_EQ(sizeof(block), n, "what was on its way arrives");
	CHECK(memcmp(got, block, n) == 0, "unchanged");
	WAIT_FOR(&s->loop, s->client.closed, "then it ends");
	CHECK_EQ(0, s->client.status, "in order");
	close(fd);
	close(listening);
}

static void a_reset_is_an_error(void **state)
{
	struct stage *s = *state;

	for (int tls = 0; tls <= 1; tls++) {
		join(s, tls);
		stream_reset(s->server.stream);
		wait_both_closed(s);
		CHECK_EQ(0, s->server.status, "our own end");
		CHECK_EQ(UV_ECONNRESET, s->client.status, "the peer's RST");
		CHECK_STR("connection reset by peer", s->client.why, "words");
	}
}

static void tls_without_goodbye_is_an_error(void **state)
{
	struct stage *s = *state;

	join(s, true);
	stream_close(s->server.stream); /* FIN, no close_notify */
	wait_both_closed(s);
	CHECK_EQ(UV_ECONNRESET, s->client.status, "it may be cut short");
	CHECK_STR("peer closed without a TLS end", s->client.why, "in words");
}

static void ends_inside_callbacks(void **state)
{
	static const struct {
		enum deed at_open, at_bytes;
		const char *why;
	} row[] = {
		{ DO_CLOSE, DO_NOTHING, "close in on_open" },
		{ DO_RESET, DO_NOTHING, "reset in on_open" },
		{ DO_FINISH, DO_NOTHING, "finish in on_open" },
		{ DO_NOTHING, DO_CLOSE, "close in on_bytes" },
		{ DO_NOTHING, DO_RESET, "reset in on_bytes" },
		{ DO_NOTHING, DO_FINISH, "finish in on_bytes" },
	};
	struct stage *s = *state;

	for (size_t i = 0; i < 2 * ARRAY_LEN(row); i++) {
		size_t at = i / 2;

		s->client.at_open = row[at].at_open;
		s->client.at_bytes = row[at].at_bytes;
		join(s, i % 2);
		if (row[at].at_bytes) {
			say(&s->server, "x", 1);
			WAIT_FOR(&s->loop, s->client.bytes, row[at].why);
		}
		wait_both_closed(s);
		CHECK_EQ(1, s->client.closed, row[at].why);
		CHECK_EQ(0, s->client.status, row[at].why);
		if (row[at].at_open == DO_FINISH ||
		    row[at].at_bytes == DO_FINISH)
			CHECK_STR("bye", s->server.last, row[at].why);
	}
}

static void close_while_connecting(void **state)
{
	struct stage *s = *state;

	for (int turns = 0; turns < 6; turns++) {
		dial(s, "localhost", s->port, NULL);
		for (int i = 0; i < turns; i++)
			raw_socket_turn(&s->loop);
		stream_close(s->client.stream);
		WAIT_FOR(&s->loop, s->client.closed, "at any moment");
		CHECK_EQ(0, s->client.status, "our own end");
		CHECK_EQ(1, s->client.closed, "once");
		WAIT_FOR(&s->loop, !s->server.stream || s->server.closed,
			 "the other side, too");
	}
}

static void a_slow_reader_is_bounded(void **state)
{
	struct stage *s = *state;

	for (int tls = 0; tls <= 1; tls++) {
		size_t most = 0;

		join(s, tls);
		stream_pause(s->server.stream);
		for (int i = 0; i < 400 && !s->client.closed; i++) {
			size_t waiting;

			buffer_append(stream_out(s->client.stream), block,
				      100000);
			stream_flush(s->client.stream);
			waiting = stream_waiting(s->client.stream);
			most = waiting > most ? waiting : most;
			raw_socket_turn(&s->loop);
		}
		CHECK(s->client.closed, "40 MB are refused");
		CHECK_EQ(-ENOBUFS, s->client.status, "as too slow");
		CHECK(strstr(s->client.why, "peer is too slow") ==
			      s->client.why,
		      "in words");
		CHECK(most > STREAM_OUT_MAX / 2, "not before the bound");
		CHECK(most < STREAM_OUT_MAX + 2 * 100000, "nor much behind it");
		stream_resume(s->server.stream);
		wait_both_closed(s);
	}
}

/* --- Failures to connect --- */

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

/* --- Many --- */

static void many_connections_leave_nothing(void **state)
{
	struct stage *s = *state;

	for (int i = 0; i < 200; i++) {
		s->client.at_open = (enum deed)(i % 5);
		join(s, i % 20 == 0);
		if (!s->client.closed && i % 3)
			say(&s->client, "x", 1);
		if (!s->client.closed && i % 2)
			stream_close(s->client.stream);
		if (!s->server.closed)
			stream_close(s->server.stream);
		wait_both_closed(s);
	}
	CHECK_EQ(s->fds, raw_socket_count(), "no descriptor stays");
	CHECK_EQ(1, s->client.closed, "each told once");
}

int main(void)
{
/* Each once on a bare loop, once where writes leave together and handshakes are
 * made elsewhere. */
#define TEST(f)                                              \
	cmocka_unit_test_setup_teardown(f, setup, teardown), \
		cmocka_unit_test_setup_teardown(f, setup_together, teardown)
	const struct CMUnitTest tests[] = {
		TEST(what_is_sent_arrives),
		TEST(bytes_wait_until_open),
		TEST(peers_have_names),
		TEST(pause_and_resume),
		TEST(a_new_owner),
		TEST(from_loop_to_loop),
		TEST(from_loop_to_loop_with_tls),
		TEST(silence_costs_no_tls),
		TEST(the_owner_decides_at_the_first_byte),
		TEST(who_may_not_leave),
		TEST(a_steady_stream_takes_no_memory),
		TEST(finish_delivers_what_waits),
		TEST(finish_does_not_wait_for_ever),
		TEST(a_half_closed_peer_gets_the_rest),
		TEST(a_reset_is_an_error),
		TEST(tls_without_goodbye_is_an_error),
		TEST(ends_inside_callbacks),
		TEST(close_while_connecting),
		TEST(a_slow_reader_is_bounded),
		TEST(nobody_listens),
		TEST(names_that_are_not_found),
		TEST(certificates_are_checked),
		TEST(tls_meets_plain),
		TEST(a_silent_tls_server_times_out),
		TEST(a_deaf_address_times_out),
		TEST(many_connections_leave_nothing),
	};

	signal(SIGPIPE, SIG_IGN); /* as the programs do */
	return cmocka_run_group_tests(tests, make_contexts, free_contexts);
}
