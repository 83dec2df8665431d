#include "gateway/net/http_server.h"

#include <errno.h>
#include <stdlib.h>
#include <unistd.h>

#include "gateway/net/http_inner.h"
#include "gateway/net/listen_socket.h"

#define LISTEN_BACKLOG 512

static const struct http_server_limits default_limits = {
	.connections = 4096,
	.head_timeout_ms = 10000,
	.idle_timeout_ms = 30000,
	.body_max = 65536,
};

static const struct stream_events turned_away = { 0 };

static void turn_away(struct http_server *s)
{
	struct stream *extra;

	extra = stream_accept(s->loop, (uv_stream_t *)&s->listening, NULL,
			      &turned_away, NULL);
	if (extra)
		stream_close(extra);
}

static void on_connection(uv_stream_t *listening, int status)
{
	struct http_server *s = listening->data;

	if (status < 0)
		return; /* lost before it was taken; libuv goes on listening */
	/* Something must take it, or libuv stops listening. */
	if (s->connections >= s->limits.connections ||
	    !http_connection_accept(s))
		turn_away(s);
}

static struct http_server_limits with_defaults(
	const struct http_server_limits *given)
{
	struct http_server_limits l = default_limits;

	if (given && given->connections)
		l.connections = given->connections;
	if (given && given->head_timeout_ms)
		l.head_timeout_ms = given->head_timeout_ms;
	if (given && given->idle_timeout_ms)
		l.idle_timeout_ms = given->idle_timeout_ms;
	if (given && given->body_max)
		l.body_max = given->body_max;
	return l;
}

static void on_failed_closed(uv_handle_t *h)
{
	free(h->data);
}

/* The descriptor is the handle's from here on. */
static int listen_on(struct http_server *s, int fd)
{
	int err;

	s->listening.data = s;
	s->port = listen_socket_port(fd);
	uv_tcp_init(s->loop, &s->listening);
	err = uv_tcp_open(&s->listening, fd);
	if (err)
		close(fd);
	else
		err = uv_listen((uv_stream_t *)&s->listening, LISTEN_BACKLOG,
				on_connection);
	if (err)
		uv_close((uv_handle_t *)&s->listening, on_failed_closed);
	return err;
}

int http_server_open(struct http_server **out, uv_loop_t *loop,
		     const char *host, unsigned port, struct tls_context *tls,
		     const struct http_server_limits *limits,
		     const struct http_server_events *events, void *owner)
{
	struct http_server *s;
	int fd = listen_socket_open(loop, host, port, LISTEN_BACKLOG);
	int err;

	if (fd < 0)
		return fd;
	s = calloc(1, sizeof(*s));
	if (!s) {
		close(fd);
		return -ENOMEM;
	}
	s->loop = loop;
	s->tls = tls;
	s->limits = with_defaults(limits);
	s->events = events;
	s->owner = owner;
	err = listen_on(s, fd);
	if (err)
		return err;
	s->end.data = s;
	uv_timer_init(loop, &s->end);
	s->pending = 2; /* the listener and the end */
	*out = s;
	return 0;
}

unsigned http_server_port(const struct http_server *s)
{
	return s->port;
}

void http_server_put(struct http_server *s)
{
	if (--s->pending > 0)
		return;
	if (s->on_closed)
		s->on_closed(s->owner);
	free(s);
}

static void on_handle_closed(uv_handle_t *h)
{
	http_server_put(h->data);
}

void http_server_stop_listening(struct http_server *s)
{
	if (!uv_is_closing((uv_handle_t *)&s->listening))
		uv_close((uv_handle_t *)&s->listening, on_handle_closed);
}

void http_server_close(struct http_server *s, void (*on_closed)(void *owner))
{
	if (s->is_closing)
		return;
	s->is_closing = true;
	s->on_closed = on_closed;
	http_server_stop_listening(s);
	for (struct http_connection *c = s->first; c; c = c->next)
		if (c->stream && !c->upgraded && !c->is_ending)
			stream_close(c->stream);
	uv_close((uv_handle_t *)&s->end, on_handle_closed);
}
