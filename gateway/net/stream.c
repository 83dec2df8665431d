#include "gateway/net/stream.h"

#include <errno.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "gateway/net/dial.h"
#include "gateway/net/stream_inner.h"
#include "protocols/tls.h"

#define KEEPALIVE_S     (STREAM_SILENCE_MS / 1000)
#define TLS_OVERHEAD(n) ((n) / 64 + 16384) /* records, alerts, handshake */

static const struct stream_events nobody = { 0 };

/* --- The end --- */

void stream_put(struct stream *s)
{
	if (--s->open_handles > 0)
		return;
	if (s->events->on_closed)
		s->events->on_closed(s->owner, s->status, s->why);
	stream_forget_flush(s);
	stream_shake_free(s->shake);
	tls_free(s->tls);
	tls_context_free(s->offered);
	buffer_free(&s->out);
	buffer_free(&s->wire);
	buffer_free(&s->sending);
	free(s->tcp);
	free(s);
}

static void on_handle_closed(uv_handle_t *h)
{
	stream_put(h->data);
}

void stream_end(struct stream *s)
{
	if (s->is_closing)
		return;
	s->is_closing = true;
	stream_forget_flush(s);
	stream_shake_cancel(s);
	if (s->dial)
		dial_cancel(s->dial);
	s->dial = NULL;
	if (s->tcp)
		uv_close((uv_handle_t *)s->tcp, on_handle_closed);
	uv_close((uv_handle_t *)&s->timer, on_handle_closed);
}

__attribute__((format(printf, 3, 4))) void stream_note(struct stream *s,
						       int status,
						       const char *why, ...)
{
	va_list args;

	s->status = status;
	va_start(args, why);
	vsnprintf(s->why, sizeof(s->why), why, args);
	va_end(args);
}

void stream_fail(struct stream *s, int status)
{
	char words[128];

	if (s->is_closing)
		return;
	stream_note(s, status, "%s", dial_error(status, words, sizeof(words)));
	stream_end(s);
}

void stream_close(struct stream *s)
{
	if (!s->is_closing && !s->why[0])
		stream_note(s, 0, "closed");
	stream_end(s);
}

void stream_reset(struct stream *s)
{
	struct linger hard = { .l_onoff = 1, .l_linger = 0 };
	uv_os_fd_t fd;

	/* Not uv_tcp_close_reset, which refuses once a FIN is asked for. */
	if (!s->is_closing && s->tcp &&
	    uv_fileno((uv_handle_t *)s->tcp, &fd) == 0)
		setsockopt(fd, SOL_SOCKET, SO_LINGER, &hard, sizeof(hard));
	stream_close(s);
}

void stream_fail_tls(struct stream *s, int status)
{
	const char *words = tls_error(s->tls);

	if (s->is_closing)
		return;
	stream_note(s, status, "%s", words[0] ? words : "TLS failed");
	stream_end(s);
}

static void on_timer(uv_timer_t *timer)
{
	struct stream *s = timer->data;

	if (s->is_open) {
		stream_end(s); /* it was finishing */
		return;
	}
	stream_note(s, UV_ETIMEDOUT, "no answer within %u ms (%s)",
		    s->timeout_ms, s->tcp ? "TLS handshake" : "connecting");
	stream_end(s);
}

void stream_linger(struct stream *s, unsigned timeout_ms)
{
	stream_encrypt(s);
	s->is_finishing = true;
	if (s->is_closing)
		return;
	if (s->tls)
		tls_close(s->tls);
	uv_timer_start(&s->timer, on_timer, timeout_ms, 0);
	stream_resume(s); /* its end must be seen */
	stream_pump(s);
}

void stream_finish(struct stream *s, unsigned timeout_ms)
{
	if (s->is_closing || s->is_finishing)
		return;
	if (!s->is_open) {
		stream_close(s);
		return;
	}
	stream_note(s, 0, "closed");
	stream_linger(s, timeout_ms);
}

void stream_opened(struct stream *s)
{
	s->is_open = true;
	uv_timer_stop(&s->timer);
	if (s->is_paused)
		uv_read_stop((uv_stream_t *)s->tcp);
	if (s->events->on_open)
		s->events->on_open(s->owner);
	stream_flush(s);
}

/* --- The beginning --- */

static void learn_peer(struct stream *s)
{
	struct sockaddr_storage a = { 0 };
	int len = sizeof(a);

	if (uv_tcp_getpeername(s->tcp, (struct sockaddr *)&a, &len))
		return;
	address_text((const struct sockaddr *)&a, s->peer);
	s->peer_is_loopback = address_is_loopback((const struct sockaddr *)&a);
}

static void tune(struct stream *s)
{
	unsigned silence_ms = STREAM_SILENCE_MS;

	uv_tcp_nodelay(s->tcp, 1);
	uv_tcp_keepalive(s->tcp, 1, KEEPALIVE_S);
	setsockopt(s->fd, IPPROTO_TCP, TCP_USER_TIMEOUT, &silence_ms,
		   sizeof(silence_ms));
}

/* A connected handle begins to carry bytes. */
static void begin(struct stream *s)
{
	s->tcp->data = s;
	(void)uv_fileno((uv_handle_t *)s->tcp, &s->fd); /* connected: it has */
	tune(s);
	learn_peer(s);
	s->is_open = !stream_is_tls(s);
	if (!s->is_paused || !s->is_open)
		stream_read_start(s);
}

static void on_dialled(void *owner, uv_tcp_t *tcp, int status, const char *why)
{
	struct stream *s = owner;

	s->dial = NULL;
	if (!tcp) {
		stream_note(s, status, "%s", why);
		stream_end(s);
		return;
	}
	s->tcp = tcp;
	s->open_handles++;
	begin(s);
	if (s->tls)
		stream_take_tls(s, NULL, 0);
	else
		stream_opened(s);
}

/* TLS that begins with us is set up at once. */
static struct stream *create(uv_loop_t *loop, const char *host,
			     struct tls_context *tls,
			     const struct stream_events *events, void *owner)
{
	struct stream *s = calloc(1, sizeof(*s));
	size_t out_max = 2 * STREAM_OUT_MAX;
	size_t wire_max = tls ? out_max + TLS_OVERHEAD(out_max) : out_max;

	if (!s)
		return NULL;
	buffer_init(&s->out, out_max);
	buffer_init(&s->wire, wire_max);
	buffer_init(&s->sending, wire_max);
	s->tls = tls && host ? tls_new(tls, host, &s->wire) : NULL;
	if (tls && host && !s->tls) {
		free(s);
		return NULL;
	}
	s->is_dialled = host != NULL;
	s->loop = loop;
	s->fd = -1;
	s->events = events;
	s->owner = owner;
	s->timer.data = s->write.data = s;
	snprintf(s->peer, sizeof(s->peer), "unknown");
	uv_timer_init(loop, &s->timer); /* cannot fail */
	s->open_handles = 1;
	return s;
}

/* Returns false when out of memory. */
static bool add_tcp(struct stream *s)
{
	s->tcp = malloc(sizeof(*s->tcp));
	if (s->tcp && uv_tcp_init(s->loop, s->tcp) != 0) {
		free(s->tcp);
		s->tcp = NULL;
	}
	if (!s->tcp)
		return false;
	s->open_handles++;
	s->tcp->data = s;
	return true;
}

/* The descriptor is the handle's, or closed. Returns 0 or a negative errno. */
static int open_tcp(struct stream *s, int fd)
{
	int err = add_tcp(s) ? uv_tcp_open(s->tcp, fd) : -ENOMEM;

	if (err)
		close(fd);
	return err;
}

struct stream *stream_take(uv_loop_t *loop, int fd, struct tls_context *tls,
			   const struct stream_events *events, void *owner)
{
	struct stream *s = create(loop, NULL, tls, events, owner);

	if (!s) {
		close(fd);
		return NULL;
	}
	if (open_tcp(s, fd) == 0) {
		if (tls)
			tls_context_hold(tls);
		s->offered = tls;
		begin(s);
		return s;
	}
	s->events = &nobody;
	stream_end(s);
	return NULL;
}

/* --- From one loop to another --- */

static void on_left_loop(uv_handle_t *h)
{
	struct stream *s = h->data;

	if (--s->open_handles > 0)
		return;
	free(s->tcp);
	s->tcp = NULL;
	s->on_left(s->owner);
}

int stream_leave(struct stream *s, void (*on_left)(void *owner))
{
	uv_os_fd_t fd;

	if (!s->is_open || s->is_closing || s->is_finishing || s->is_writing ||
	    s->shake)
		return -EBUSY;
	int err = uv_fileno((uv_handle_t *)s->tcp, &fd);
	if (err)
		return err;
	s->fd = fcntl(fd, F_DUPFD_CLOEXEC, 0);
	if (s->fd < 0)
		return -errno;
	s->on_left = on_left;
	s->is_closing = true; /* until it arrives */
	stream_forget_flush(s);
	uv_close((uv_handle_t *)s->tcp, on_left_loop);
	uv_close((uv_handle_t *)&s->timer, on_left_loop);
	return 0;
}

void stream_arrive(struct stream *s, uv_loop_t *loop)
{
	s->loop = loop;
	if (s->out.pool)
		stream_use_blocks(s);
	s->is_closing = false;
	uv_timer_init(loop, &s->timer); /* cannot fail */
	s->open_handles = 1;
	int err = open_tcp(s, s->fd);
	if (err) {
		stream_fail(s, err);
		return;
	}
	if (!s->is_paused)
		stream_read_start(s);
	stream_encrypt(s);
	stream_pump(s);
}

struct stream *stream_connect(uv_loop_t *loop, const char *host, unsigned port,
			      struct tls_context *tls, unsigned timeout_ms,
			      const struct stream_events *events, void *owner)
{
	struct stream *s = create(loop, host, tls, events, owner);
	int err;

	if (!s)
		return NULL;
	s->timeout_ms = timeout_ms;
	uv_update_time(loop); /* a long callback must not eat the time-out */
	uv_timer_start(&s->timer, on_timer, timeout_ms, 0);
	err = dial_start(&s->dial, loop, host, port, timeout_ms, on_dialled, s);
	if (err) {
		stream_note(s, err, "not a usable host name: \"%.200s\"", host);
		stream_end(s);
	}
	return s;
}

void stream_rebind(struct stream *s, const struct stream_events *events,
		   void *owner)
{
	s->events = events;
	s->owner = owner;
}

const char *stream_peer(const struct stream *s)
{
	return s->peer;
}

bool stream_peer_is_loopback(const struct stream *s)
{
	return s->peer_is_loopback;
}

bool stream_is_tls(const struct stream *s)
{
	return s->tls || s->offered;
}

uint64_t stream_read_ns(const struct stream *s)
{
	return s->read_ns;
}
