#include "gateway/net/ws.h"

#include <assert.h>
#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/random.h>

#include "gateway/net/net_loop.h"
#include "gateway/net/prefetch.h"
#include "gateway/net/refusal.h"
#include "gateway/net/ws_inner.h"
#include "protocols/buffer.h"

#define EAGER_FLUSH_BYTES 65536u /* a burst does not wait for its callback */
#define ENGINE_HOT        256u   /* bytes of an engine between messages */
#define RANDOM_POOL_BYTES 256u   /* masks and keys; see ws_random */

/* --- The end --- */

void ws_settle(struct ws *w, bool by_peer, unsigned code, int status,
	       const char *why, ...)
{
	va_list args;

	if (w->is_settled)
		return;
	w->is_settled = true;
	w->end.by_peer = by_peer;
	w->end.code = code;
	w->end.status = status;
	va_start(args, why);
	vsnprintf(w->end.why, sizeof(w->end.why), why, args);
	va_end(args);
}

static void on_timer_closed(uv_handle_t *h)
{
	struct ws *w = h->data;

	if (w->events->on_closed)
		w->events->on_closed(w->owner, &w->end);
	http_reader_free(w->reader);
	free(w);
}

void ws_cut(struct ws *w)
{
	w->state = WS_ENDING;
	if (w->stream)
		stream_close(w->stream);
}

static void finish(struct ws *w)
{
	w->state = WS_ENDING;
	uv_timer_stop(&w->timer);
	stream_finish(w->stream, WS_CLOSE_WAIT_MS);
}

void ws_on_timer(uv_timer_t *timer)
{
	struct ws *w = timer->data;

	if (w->state == WS_CONNECTING)
		ws_client_lose(w, UV_ETIMEDOUT,
			       "no answer to the upgrade within %u ms",
			       w->timeout_ms);
	ws_cut(w);
}

/* --- Events of the engine: nothing is delivered after our own close --- */

static void on_text(void *owner, char *text, size_t len)
{
	struct ws *w = owner;

	if (w->state == WS_OPEN && w->events->on_text)
		w->events->on_text(w->owner, text, len);
}

static void on_binary(void *owner, const uint8_t *bytes, size_t len)
{
	struct ws *w = owner;

	if (w->state == WS_OPEN && w->events->on_binary)
		w->events->on_binary(w->owner, bytes, len);
}

static void on_ping(void *owner, const uint8_t *payload, size_t len)
{
	struct ws *w = owner;

	if (w->state == WS_OPEN && w->events->on_ping)
		w->events->on_ping(w->owner, payload, len);
}

static void on_pong(void *owner, const uint8_t *payload, size_t len)
{
	struct ws *w = owner;

	if (w->state == WS_OPEN && w->events->on_pong)
		w->events->on_pong(w->owner, payload, len);
}

static void on_close(void *owner, unsigned code, const char *reason, size_t len)
{
	struct ws *w = owner;
	char text[sizeof(w->end.reason)] = "";

	if (len > 0)
		refusal_copy_text(text, sizeof(text), reason, len);
	memcpy(w->end.reason, text, sizeof(text));
	ws_settle(w, true, code, 0, "closed by peer (%u%s%s)", code,
		  text[0] ? " " : "", text);
}

static const struct websocket_events engine_events = {
	.on_text = on_text,
	.on_binary = on_binary,
	.on_ping = on_ping,
	.on_pong = on_pong,
	.on_close = on_close,
};

/* The kernel's random bytes, fetched for many masks at once; none is used
 * twice. One pool per thread: a loop belongs to one. */
static _Thread_local struct {
	uint8_t bytes[RANDOM_POOL_BYTES];
	size_t left;
} pool;

static void fill_pool(void)
{
	_Static_assert(sizeof(pool.bytes) <= 256, "getrandom gives it whole");
	/* Never less, and never late, once the kernel has started. */
	if (getrandom(pool.bytes, sizeof(pool.bytes), 0) !=
	    (ssize_t)sizeof(pool.bytes))
		abort();
	pool.left = sizeof(pool.bytes);
}

void ws_random(void *owner, uint8_t *out, size_t n)
{
	(void)owner;
	assert(n <= sizeof(pool.bytes));
	if (pool.left < n)
		fill_pool();
	pool.left -= n;
	memcpy(out, pool.bytes + pool.left, n);
}

/* --- Bytes --- */

static void fail_slow(struct ws *w)
{
	ws_settle(w, false, WEBSOCKET_ABNORMAL, -ENOBUFS,
		  "peer is too slow: %zu bytes wait for it", ws_waiting(w));
	ws_cut(w);
}

/* The engine's close frame leaves with the end of the stream. */
static void breach(struct ws *w, int err)
{
	static const struct {
		int err;
		unsigned code;
		const char *why;
	} row[] = {
		{ -EILSEQ, WEBSOCKET_BAD_DATA,
		  "peer sent text that is not UTF-8" },
		{ -E2BIG, WEBSOCKET_TOO_BIG, "peer sent too large a message" },
		{ -ENOMEM, WEBSOCKET_INTERNAL, "out of memory" },
		{ -EPROTO, WEBSOCKET_PROTOCOL_ERROR,
		  "peer broke the WebSocket protocol" },
	};

	if (err == -ENOBUFS) {
		fail_slow(w);
		return;
	}
	for (size_t i = 0; i < sizeof(row) / sizeof(row[0]); i++)
		if (row[i].err == err)
			ws_settle(w, false, row[i].code, 0, "%s (%u)",
				  row[i].why, row[i].code);
	finish(w);
}

static void take_frames(struct ws *w, uint8_t *bytes, size_t n)
{
	int err;

	if (w->state == WS_ENDING)
		return;
	err = websocket_receive(w->engine, bytes, n);
	if (w->state == WS_ENDING)
		return; /* aborted by a callback */
	if (err)
		breach(w, err);
	else if (websocket_is_closed(w->engine))
		finish(w);
}

int ws_start(struct ws *w, enum websocket_role role)
{
	w->engine = websocket_new(role, w->message_max, &engine_events,
				  ws_random, w, stream_out(w->stream));
	if (!w->engine)
		return -ENOMEM;
	stream_use_blocks(w->stream);
	w->state = WS_OPEN;
	w->end.was_open = true;
	return 0;
}

/* --- From one loop to another --- */

static void on_timer_left(uv_handle_t *h)
{
	struct ws *w = h->data;
	void (*on_left)(void *owner) = w->on_left;

	w->on_left = NULL;
	on_left(w->owner);
}

static void on_stream_left(void *owner)
{
	struct ws *w = owner;

	uv_close((uv_handle_t *)&w->timer, on_timer_left);
}

int ws_leave(struct ws *w, void (*on_left)(void *owner))
{
	if (w->state != WS_OPEN)
		return -EBUSY;
	w->on_left = on_left;
	return 0;
}

/* What was read is delivered, and the engine is at rest. */
static void leave(struct ws *w)
{
	int err = 0;

	if (w->state == WS_OPEN)
		err = stream_leave(w->stream, on_stream_left);
	else
		w->on_left = NULL; /* it ends instead */
	if (!err)
		return;
	w->on_left = NULL;
	ws_settle(w, false, WEBSOCKET_ABNORMAL, err,
		  "cannot change its thread");
	ws_cut(w);
}

void ws_arrive(struct ws *w, uv_loop_t *loop)
{
	w->loop = loop;
	uv_timer_init(loop, &w->timer);
	stream_arrive(w->stream, loop);
}

void ws_receive(struct ws *w, uint8_t *bytes, size_t n)
{
	if (w->state == WS_CONNECTING) {
		size_t used = ws_client_receive(w, bytes, n);

		if (w->state == WS_CONNECTING)
			return;
		http_reader_free(w->reader); /* the 101 is not for keeping */
		w->reader = NULL;
		bytes += used;
		n -= used;
	}
	take_frames(w, bytes, n);
	ws_flush(w);
	if (w->on_left)
		leave(w);
}

static void on_stream_bytes(void *owner, uint8_t *bytes, size_t n)
{
	ws_receive(owner, bytes, n);
}

static void on_stream_closed(void *owner, int status, const char *why)
{
	struct ws *w = owner;

	if (w->state == WS_CONNECTING)
		ws_client_lose(w, status ? status : UV_ECONNRESET, "%s",
			       status ? why
				      : "peer closed before it answered the "
					"upgrade");
	ws_settle(w, status != -ENOBUFS, WEBSOCKET_ABNORMAL, status, "%s", why);
	w->state = WS_ENDING;
	w->stream = NULL;
	websocket_free(w->engine);
	w->engine = NULL;
	uv_close((uv_handle_t *)&w->timer, on_timer_closed);
}

const struct stream_events ws_stream_events = {
	.on_bytes = on_stream_bytes,
	.on_closed = on_stream_closed,
};

/* --- The beginning --- */

struct ws *ws_create(uv_loop_t *loop, size_t message_max,
		     const struct ws_events *events, void *owner)
{
	struct ws *w = calloc(1, sizeof(*w));

	if (!w)
		return NULL;
	w->loop = loop;
	w->message_max = message_max;
	w->events = events;
	w->owner = owner;
	w->timer.data = w;
	return w;
}

struct ws *ws_adopt(uv_loop_t *loop, struct stream *s, size_t message_max,
		    const struct ws_events *events, void *owner)
{
	struct ws *w = ws_create(loop, message_max, events, owner);

	if (!w)
		return NULL;
	w->stream = s;
	if (ws_start(w, WEBSOCKET_SERVER)) {
		free(w);
		return NULL;
	}
	uv_timer_init(loop, &w->timer);
	stream_rebind(s, &ws_stream_events, w);
	return w;
}

/* --- Sending --- */

/* Where writes are gathered the stream has to know of this one; elsewhere only
 * a burst leaves before it is flushed. */
static int sent(struct ws *w, int err)
{
	if (!err && (net_loop_of(w->loop) ||
		     stream_out(w->stream)->used > EAGER_FLUSH_BYTES)) {
		stream_flush(w->stream);
		if (stream_waiting(w->stream) > STREAM_OUT_MAX)
			err = -ENOBUFS;
	}
	if (err == -ENOBUFS)
		fail_slow(w);
	return err;
}

int ws_send_text(struct ws *w, const char *text, size_t len)
{
	if (w->state != WS_OPEN)
		return -EPIPE;
	return sent(w, websocket_send_text(w->engine, text, len));
}

int ws_text_begin(struct ws *w, size_t cap, char **text)
{
	*text = NULL;
	if (w->state != WS_OPEN)
		return -EPIPE;
	int err = websocket_begin_text(w->engine, cap, text);
	return err ? sent(w, err) : 0;
}

int ws_text_end(struct ws *w, size_t len)
{
	websocket_end_text(w->engine, len);
	return sent(w, 0);
}

int ws_send_frame(struct ws *w, unsigned opcode, bool is_final,
		  const void *payload, size_t len)
{
	if (w->state != WS_OPEN)
		return -EPIPE;
	return sent(w, websocket_send_frame(w->engine, opcode, is_final,
					    payload, len));
}

int ws_ping(struct ws *w, const void *payload, size_t len)
{
	if (w->state != WS_OPEN)
		return -EPIPE;
	return sent(w, websocket_ping(w->engine, payload, len));
}

void ws_flush(struct ws *w)
{
	if (w->stream)
		stream_flush(w->stream);
}

void ws_close(struct ws *w, unsigned code, const char *reason)
{
	if (w->state == WS_CONNECTING) {
		ws_settle(w, false, WEBSOCKET_ABNORMAL, 0,
			  "closed by us before the upgrade was answered");
		ws_cut(w);
	}
	if (w->state != WS_OPEN)
		return;
	ws_settle(w, false, code ? code : WEBSOCKET_NO_STATUS, 0,
		  "closed by us (%u)", code ? code : WEBSOCKET_NO_STATUS);
	if (websocket_close(w->engine, code, reason)) {
		ws_cut(w); /* no room even for that */
		return;
	}
	w->state = WS_CLOSING;
	uv_timer_start(&w->timer, ws_on_timer, WS_CLOSE_WAIT_MS, 0);
	stream_flush(w->stream);
}

void ws_abort(struct ws *w)
{
	ws_settle(w, false, WEBSOCKET_ABNORMAL, 0, "aborted by us");
	ws_cut(w);
}

void ws_reset(struct ws *w)
{
	ws_settle(w, false, WEBSOCKET_ABNORMAL, 0, "reset by us");
	w->state = WS_ENDING;
	if (w->stream)
		stream_reset(w->stream);
}

struct prefetch *ws_ahead(struct ws *w)
{
	return w->stream ? stream_ahead(w->stream) : NULL;
}

void ws_foresee(const struct ws *w, struct prefetch *p)
{
	if (!w->stream)
		return;
	stream_foresee(w->stream, p);
	prefetch_add(p, w, offsetof(struct ws, timer));
	prefetch_add(p, w->engine, ENGINE_HOT);
}

struct stream *ws_stream(struct ws *w)
{
	return w->stream;
}

size_t ws_waiting(const struct ws *w)
{
	return w->stream ? stream_waiting(w->stream) : 0;
}

uint64_t ws_read_ns(const struct ws *w)
{
	return w->stream ? stream_read_ns(w->stream) : 0;
}
