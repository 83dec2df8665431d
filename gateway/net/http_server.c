#include "gateway/net/http_server.h"

#include <errno.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <unistd.h>

#include "gateway/net/gate.h"
#include "gateway/net/http_inner.h"
#include "gateway/net/listen_socket.h"
#include "protocols/tls.h"

#define ACCEPTS_MAX 16 /* in one wake-up: running calls have their turn */
/* Without descriptors or memory a connection cannot be taken, and stays where
 * it wakes us up. */
#define PAUSE_MS 100

static const struct http_server_limits default_limits = {
	.connections = 4096,
	.handshakes = 512,
	.head_timeout_ms = 10000,
	.idle_timeout_ms = 30000,
	.grace_ms = 100,
	.body_max = 65536,
};

/* --- New connections --- */

void http_server_take(struct http_server *s, int fd)
{
	if (s->is_closing)
		close(fd);
	else
		http_connection_take(s, fd);
}

static void on_waiting(uv_poll_t *poll, int status, int events);

static void on_pause_over(uv_timer_t *timer)
{
	struct http_server *s = timer->data;

	if (!uv_is_closing((uv_handle_t *)&s->listening))
		uv_poll_start(&s->listening, UV_READABLE, on_waiting);
}

static void pause_accepting(struct http_server *s)
{
	uv_poll_stop(&s->listening);
	uv_timer_start(&s->end, on_pause_over, PAUSE_MS, 0);
}

/* Returns whether there may be another one. */
static bool accept_one(struct http_server *s)
{
	int fd = accept4(s->fd, NULL, NULL, SOCK_CLOEXEC | SOCK_NONBLOCK);

	if (fd < 0 && (errno == EMFILE || errno == ENFILE || errno == ENOMEM ||
		       errno == ENOBUFS))
		pause_accepting(s);
	if (fd < 0) /* or it was lost before it was taken */
		return errno == ECONNABORTED || errno == EINTR;
	if (!s->events->on_accepted || !s->events->on_accepted(s->owner, fd))
		http_server_take(s, fd);
	return true;
}

static void on_waiting(uv_poll_t *poll, int status, int events)
{
	struct http_server *s = poll->data;

	(void)events;
	if (status < 0)
		return;
	for (unsigned i = 0; i < ACCEPTS_MAX; i++)
		if (uv_is_closing((uv_handle_t *)poll) || !accept_one(s))
			return;
}

/* --- Life --- */

static struct http_server_limits with_defaults(
	const struct http_server_limits *given)
{
	const struct http_server_limits *d = &default_limits;
	struct http_server_limits l = given ? *given : *d;

	l.connections = l.connections ? l.connections : d->connections;
	l.handshakes = l.handshakes ? l.handshakes : d->handshakes;
	l.head_timeout_ms =
		l.head_timeout_ms ? l.head_timeout_ms : d->head_timeout_ms;
	l.idle_timeout_ms =
		l.idle_timeout_ms ? l.idle_timeout_ms : d->idle_timeout_ms;
	l.grace_ms = l.grace_ms ? l.grace_ms : d->grace_ms;
	l.body_max = l.body_max ? l.body_max : d->body_max;
	return l;
}

/* The descriptor is the server's on 0. */
static int listen_on(struct http_server *s, int fd)
{
	s->listening.data = s;
	s->end.data = s;
	s->fd = fd;
	s->port = listen_socket_port(fd);
	int err = uv_poll_init(s->loop, &s->listening, fd);
	if (err)
		return err;
	uv_timer_init(s->loop, &s->end);
	s->pending = 2; /* the listener and the end */
	uv_poll_start(&s->listening, UV_READABLE, on_waiting); /* cannot fail */
	return 0;
}

static int open_gate(struct http_server *s)
{
	const struct gate_limits alone = { s->limits.connections, 0 };
	int err = s->limits.gate ? 0 : gate_open(&s->own_gate, &alone);

	s->gate = s->limits.gate ? s->limits.gate : s->own_gate;
	return err;
}

int http_server_open_fd(struct http_server **out, uv_loop_t *loop, int fd,
			struct tls_context *tls,
			const struct http_server_limits *limits,
			const struct http_server_events *events, void *owner)
{
	struct http_server *s = calloc(1, sizeof(*s));
	int err = -ENOMEM;

	if (!s)
		goto close_fd;
	s->loop = loop;
	s->limits = with_defaults(limits);
	s->events = events;
	s->owner = owner;
	TAILQ_INIT(&s->fresh);
	TAILQ_INIT(&s->shaking);
	err = open_gate(s);
	if (err)
		goto free_server;
	err = listen_on(s, fd);
	if (err)
		goto free_gate;
	http_server_set_tls(s, tls);
	*out = s;
	return 0;
free_gate:
	gate_free(s->own_gate);
free_server:
	free(s);
close_fd:
	close(fd);
	return err;
}

int http_server_open(struct http_server **out, uv_loop_t *loop,
		     const char *host, unsigned port, struct tls_context *tls,
		     const struct http_server_limits *limits,
		     const struct http_server_events *events, void *owner)
{
	int fd = listen_socket_open(loop, host, port, HTTP_LISTEN_BACKLOG);

	return fd < 0 ? fd
		      : http_server_open_fd(out, loop, fd, tls, limits, events,
					    owner);
}

void http_server_set_tls(struct http_server *s, struct tls_context *tls)
{
	if (tls)
		tls_context_hold(tls);
	tls_context_free(s->tls);
	s->tls = tls;
}

unsigned http_server_busy(const struct http_server *s)
{
	return s->busy;
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
	tls_context_free(s->tls);
	gate_free(s->own_gate);
	free(s);
}

static void on_handle_closed(uv_handle_t *h)
{
	http_server_put(h->data);
}

static void on_listening_closed(uv_handle_t *h)
{
	http_server_put(h->data);
}

void http_server_stop_listening(struct http_server *s, bool takes_waiting)
{
	if (uv_is_closing((uv_handle_t *)&s->listening))
		return;
	if (takes_waiting)
		listen_socket_deafen(s->fd);
	for (unsigned i = 0; takes_waiting && i <= HTTP_LISTEN_BACKLOG; i++)
		if (!accept_one(s))
			break;
	uv_close((uv_handle_t *)&s->listening, on_listening_closed);
	close(s->fd); /* polled no more */
}

void http_server_wind_down(struct http_server *s)
{
	s->is_winding_down = true;
}

void http_server_close(struct http_server *s, void (*on_closed)(void *owner))
{
	if (s->is_closing)
		return;
	s->is_closing = true;
	s->on_closed = on_closed;
	http_server_stop_listening(s, false);
	for (struct http_connection *c = s->first; c; c = c->next)
		if (c->stream && !c->upgraded && !c->is_ending)
			stream_close(c->stream);
	uv_close((uv_handle_t *)&s->end, on_handle_closed);
}
