/* The sending side of a stream. */
#include <errno.h>
#include <sys/socket.h>

#include "gateway/net/net_loop.h"
#include "gateway/net/stream_inner.h"
#include "protocols/tls.h"

#define KEEP_BYTES (256u << 10) /* the memory of a larger burst is returned */
#define EAGER_BYTES                                              \
	(64u << 10) /* so much does not wait for the loop's turn \
		     */
#define SEALED_MAX (EAGER_BYTES + 1024) /* as TLS records */

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
	buffer_rest(&s->sending);
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
	from->pool = rest.pool;
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
	ssize_t n = send(s->fd, buffer_head(b), b->used, MSG_NOSIGNAL);

	if (n < 0 && errno != EAGAIN && errno != EINTR) {
		stream_fail(s, -errno);
		return false;
	}
	buffer_consume(b, n > 0 ? (size_t)n : 0);
	return true;
}

void stream_pump(struct stream *s)
{
	struct buffer *b = s->tls ? &s->wire : &s->out;

	if (s->is_closing || s->is_writing || s->is_shut || s->is_shaking)
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
	err = tls_send(s->tls, buffer_head(&s->out), s->out.used, &s->wire);
	buffer_consume(&s->out, s->out.used);
	if (err == -ENOBUFS)
		fail_slow(s);
	else if (err)
		stream_fail_tls(s, err);
}

/* Sealed and handed to the kernel without being kept, as long as that takes it;
 * what it leaves waits. */
static void seal_and_write(struct stream *s)
{
	static _Thread_local uint8_t room[SEALED_MAX + 1];
	struct buffer sealed = {
		.bytes = room,
		.capacity = SEALED_MAX,
		.limit = SEALED_MAX,
	};
	int err = tls_send(s->tls, buffer_head(&s->out), s->out.used, &sealed);

	buffer_consume(&s->out, s->out.used);
	if (err) {
		stream_fail_tls(s, err);
		return;
	}
	if (!write_now(s, &sealed) || sealed.used == 0)
		return;
	if (buffer_append(&s->wire, buffer_head(&sealed), sealed.used))
		fail_slow(s);
	else
		stream_pump(s);
}

static bool is_clear(const struct stream *s)
{
	return s->tls && !s->is_writing && !s->is_shut && s->wire.used == 0 &&
	       s->out.used > 0 && s->out.used <= EAGER_BYTES;
}

void stream_use_blocks(struct stream *s)
{
	struct net_loop *n = net_loop_of(s->loop);

	s->out.pool = n ? &n->blocks : NULL;
}

void stream_flush_now(struct stream *s)
{
	if (!s->is_open || s->is_closing || s->is_finishing)
		return;
	if (is_clear(s)) {
		seal_and_write(s);
	} else {
		stream_encrypt(s);
		stream_pump(s);
	}
	if (stream_waiting(s) > STREAM_OUT_MAX)
		fail_slow(s);
	buffer_rest(&s->out); /* the memory is for others meanwhile */
}

void stream_forget_flush(struct stream *s)
{
	if (!s->unflushed_link)
		return;
	*s->unflushed_link = s->next_unflushed;
	if (s->next_unflushed)
		s->next_unflushed->unflushed_link = s->unflushed_link;
	s->unflushed_link = NULL;
}

static void flush_later(struct stream *s, struct net_loop *n)
{
	if (s->unflushed_link)
		return;
	s->next_unflushed = n->unflushed;
	s->unflushed_link = &n->unflushed;
	if (s->next_unflushed)
		s->next_unflushed->unflushed_link = &s->next_unflushed;
	n->unflushed = s;
}

void stream_flush(struct stream *s)
{
	struct net_loop *n = net_loop_of(s->loop);

	if (!s->is_open || s->is_closing || s->is_finishing)
		return;
	if (!n || s->out.used > EAGER_BYTES)
		stream_flush_now(s);
	else if (s->out.used > 0)
		flush_later(s, n);
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

	/* While it shakes hands the wire is another thread's. */
	return s->out.used + (s->is_shaking ? 0 : s->wire.used) + lent;
}
