/* The receiving side of a stream. */
#include <errno.h>
#include <sys/socket.h>

#include "gateway/net/net_loop.h"
#include "gateway/net/stream_inner.h"

#define TLS_HOT 80 /* bytes of an engine at work: its head */

/* What was read last. One per thread, because a read is consumed before its
 * callback returns and a loop belongs to one thread. */
static _Thread_local uint8_t read_bytes[STREAM_READ_BYTES];
static _Thread_local ssize_t read_result; /* how many, or a negative errno */

/* uv would read as one does from a file, which costs a socket more
 * (tools/BENCH.md): so it is done here, and uv is given no room, which it tells
 * as UV_ENOBUFS. */
static void on_alloc(uv_handle_t *h, size_t suggested, uv_buf_t *none)
{
	const struct stream *s = h->data;

	(void)suggested;
	prefetch_run(&s->ahead);
	ssize_t n = recv(s->fd, read_bytes, sizeof(read_bytes), 0);
	read_result = n < 0 ? -errno : n > 0 ? n : UV_EOF;
	*none = uv_buf_init(NULL, 0);
}

struct prefetch *stream_ahead(struct stream *s)
{
	return &s->ahead;
}

void stream_foresee(const struct stream *s, struct prefetch *p)
{
	prefetch_add(p, s, offsetof(struct stream, ahead));
	prefetch_add(p, s->tcp, sizeof(*s->tcp));
	prefetch_add(p, s->tls, TLS_HOT);
}

void stream_deliver(struct stream *s, uint8_t *bytes, size_t n)
{
	if (n > 0 && !s->is_closing && !s->is_finishing && s->events->on_bytes)
		s->events->on_bytes(s->owner, bytes, n);
}

/* The peer ends in order: what we still have for it may leave. */
void stream_peer_ended(struct stream *s, int status, const char *why)
{
	s->is_peer_ended = true;
	if (s->is_shut) {
		stream_end(s);
		return;
	}
	if (s->is_finishing)
		return; /* ends when the rest is written */
	stream_note(s, status, "%s", why);
	stream_linger(s, STREAM_LINGER_MS);
}

void stream_take_end(struct stream *s)
{
	if (s->is_shaking) {
		uv_read_stop((uv_stream_t *)s->tcp);
		s->ended_early = true;
		return; /* behind what it sent, once that is read */
	}
	if (s->is_peer_ended) {
		uv_read_stop((uv_stream_t *)s->tcp);
		return; /* close_notify said so already */
	}
	if (!s->is_open) {
		stream_note(s, UV_ECONNRESET,
			    "peer closed during the TLS handshake");
		stream_end(s);
		return;
	}
	uv_read_stop((uv_stream_t *)s->tcp);
	if (s->tls)
		stream_peer_ended(s, UV_ECONNRESET,
				  "peer closed without a TLS end");
	else
		stream_peer_ended(s, 0, "peer closed the connection");
}

static bool is_for_later(ssize_t n)
{
	return n == -EAGAIN || n == -EINTR;
}

static void on_read(uv_stream_t *tcp, ssize_t status, const uv_buf_t *none)
{
	struct stream *s = tcp->data;
	ssize_t n = status == UV_ENOBUFS ? read_result : status;

	(void)none;
	if (n == UV_EOF)
		stream_take_end(s);
	else if (n < 0 && !is_for_later(n))
		stream_fail(s, (int)n);
	if (n <= 0)
		return;
	s->read_ns = uv_hrtime();
	net_loop_has_read(s->loop);
	if (s->offered && !stream_meet(s, read_bytes[0]))
		return;
	if (s->tls && !s->is_finishing)
		stream_take_tls(s, read_bytes, (size_t)n);
	else
		stream_deliver(s, read_bytes, (size_t)n);
}

void stream_read_start(struct stream *s)
{
	uv_read_start((uv_stream_t *)s->tcp, on_alloc, on_read);
}

void stream_pause(struct stream *s)
{
	s->is_paused = true;
	if (s->is_open && !s->is_closing)
		uv_read_stop((uv_stream_t *)s->tcp);
}

void stream_resume(struct stream *s)
{
	s->is_paused = false;
	if (s->is_open && !s->is_closing && !s->is_peer_ended)
		stream_read_start(s);
}
