/* The sending side of a stream. */
#include <errno.h>

#include "gateway/net/stream_inner.h"
#include "protocols/tls.h"

#define KEEP_BYTES (256u << 10) /* the memory of a larger burst is returned */

static void on_shutdown(uv_shutdown_t *req, int status)
{
	(void)req; /* the peer's end, the timer or a failed write close it */
	(void)status;
}

static void say_goodbye(struct stream *s)
{
	s->is_shut = true;
	/* After the peer's end nothing is unread: the kernel still delivers. */
	if (s->is_peer_ended ||
	    uv_shutdown(&s->shutdown, (uv_stream_t *)s->tcp, on_shutdown))
		stream_end(s);
}

static void on_written(uv_write_t *req, int status)
{
	struct stream *s = req->data;

	s->is_writing = false;
	buffer_consume(&s->sending, s->sending.used);
	if (s->sending.capacity > KEEP_BYTES)
		buffer_free(&s->sending);
	if (s->is_closing)
		return;
	if (status < 0)
		stream_fail(s, status);
	else
		stream_pump(s);
}

/* The rest is moved out of the way of the next append, and lent to libuv. */
static void queue_rest(struct stream *s, struct buffer *from)
{
	struct buffer rest = *from;
	uv_buf_t bytes;
	int err;

	*from = s->sending;
	s->sending = rest;
	bytes = uv_buf_init((char *)buffer_head(&s->sending),
			    (unsigned)s->sending.used);
	s->is_writing = true;
	err = uv_write(&s->write, (uv_stream_t *)s->tcp, &bytes, 1, on_written);
	if (err)
		stream_fail(s, err);
}

/* Returns false when the kernel has ended the connection. */
static bool write_now(struct stream *s, struct buffer *b)
{
	uv_buf_t bytes = uv_buf_init((char *)buffer_head(b), (unsigned)b->used);
	int n = uv_try_write((uv_stream_t *)s->tcp, &bytes, 1);

	if (n < 0 && n != UV_EAGAIN) {
		stream_fail(s, n);
		return false;
	}
	buffer_consume(b, n > 0 ? (size_t)n : 0);
	return true;
}

void stream_pump(struct stream *s)
{
	struct buffer *b = s->tls ? &s->wire : &s->out;

	if (s->is_closing || s->is_writing || s->is_shut)
		return;
	if (b->used > 0 && !write_now(s, b))
		return;
	if (b->used > 0)
		queue_rest(s, b);
	else if (s->is_finishing)
		say_goodbye(s);
}

static void fail_slow(struct stream *s)
{
	if (s->is_closing)
		return;
	stream_note(s, -ENOBUFS, "peer is too slow: %zu bytes wait for it",
		    stream_waiting(s));
	stream_end(s);
}

void stream_encrypt(struct stream *s)
{
	int err;

	if (!s->tls || s->out.used == 0)
		return;
	err = tls_send(s->tls, buffer_head(&s->out), s->out.used);
	buffer_consume(&s->out, s->out.used);
	if (err == -ENOBUFS)
		fail_slow(s);
	else if (err)
		stream_fail_tls(s, err);
}

void stream_flush(struct stream *s)
{
	if (!s->is_open || s->is_closing || s->is_finishing)
		return;
	stream_encrypt(s);
	stream_pump(s);
	if (stream_waiting(s) > STREAM_OUT_MAX)
		fail_slow(s);
}

struct buffer *stream_out(struct stream *s)
{
	return &s->out;
}

size_t stream_waiting(const struct stream *s)
{
	size_t lent = s->is_writing && s->tcp
			      ? uv_stream_get_write_queue_size(
					(const uv_stream_t *)s->tcp)
			      : 0;

	return s->out.used + s->wire.used + lent;
}
