/* Two streams to test with, an end of a connection each, on one loop: who joins
 * them, what each does when it is told something, and what it was told. Include
 * it in one file of a program, whose tests have setup or setup_together, and
 * teardown, and whose group has make_contexts and free_contexts. */
#ifndef TOOLS_TESTING_STREAM_RIG_H
#define TOOLS_TESTING_STREAM_RIG_H

#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "gateway/net/listen_socket.h"
#include "gateway/net/net_loop.h"
#include "gateway/net/stream.h"
#include "protocols/buffer.h"
#include "protocols/tls.h"
#include "tools/testing/check.h"
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

static inline void act(struct end *e, enum deed deed, const uint8_t *bytes,
		       size_t n)
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

static inline void on_open(void *owner)
{
	struct end *e = owner;

	CHECK_EQ(0, e->bytes, "open comes before bytes");
	e->opened++;
	act(e, e->at_open, (const uint8_t *)"open", 4);
}

static inline unsigned checksum(unsigned sum, const uint8_t *bytes, size_t n)
{
	for (size_t i = 0; i < n; i++)
		sum = (sum ^ bytes[i]) * CHECKSUM_PRIME;
	return sum;
}

static inline void on_bytes(void *owner, uint8_t *bytes, size_t n)
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

static inline void on_closed(void *owner, int status, const char *why)
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

static inline enum stream_first on_first(void *owner, uint8_t first)
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

static inline void on_connection(uv_poll_t *listening, int status, int what)
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

static inline int make_contexts(void **state)
{
	(void)state;
	tls_contexts_make(&contexts, "localhost");
	for (size_t i = 0; i < sizeof(block); i++)
		block[i] = (uint8_t)(i * 2654435761u >> 13);
	return 0;
}

static inline int free_contexts(void **state)
{
	(void)state;
	tls_contexts_free(&contexts);
	return 0;
}

static inline int setup_on(void **state, bool with_net_loop)
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

static inline int setup(void **state)
{
	return setup_on(state, false);
}

static inline int setup_together(void **state)
{
	return setup_on(state, true);
}

static inline bool all_gone(const struct stage *s)
{
	return (!s->client.stream || s->client.closed) &&
	       (!s->server.stream || s->server.closed);
}

static inline int teardown(void **state)
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

static inline void dial(struct stage *s, const char *host, unsigned port,
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
static inline bool is_joined(const struct stage *s, bool with_tls)
{
	return s->client.closed || (s->client.opened && s->server.stream &&
				    (!with_tls || s->server.opened));
}

static inline void join(struct stage *s, bool with_tls)
{
	s->server.stream = NULL;
	s->accept_tls = with_tls ? contexts.server : NULL;
	dial(s, "localhost", s->port, with_tls ? contexts.client : NULL);
	WAIT_FOR(&s->loop, is_joined(s, with_tls) && s->server.stream,
		 "joined");
}

/* The server's end is by hand. */
static inline int join_by_hand(struct stage *s, int listening, unsigned port)
{
	dial(s, "127.0.0.1", port, NULL);
	int fd = raw_socket_accept(&s->loop, listening);

	WAIT_FOR(&s->loop, s->client.opened, "open");
	return fd;
}

static inline void wait_both_closed(struct stage *s)
{
	WAIT_FOR(&s->loop, s->client.closed && s->server.closed, "both end");
}

static inline void say(struct end *e, const void *bytes, size_t n)
{
	CHECK_EQ(0, buffer_append(stream_out(e->stream), bytes, n), "room");
	stream_flush(e->stream);
}

#endif
