#include "gateway/net/ws.h"

#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/random.h>

#include "gateway/net/refusal.h"
#include "gateway/net/stream.h"
#include "protocols/buffer.h"
#include "protocols/http.h"
#include "protocols/tls.h"
#include "protocols/url.h"
#include "protocols/websocket.h"

#define EAGER_FLUSH_BYTES 65536u /* a burst does not wait for its callback */

enum ws_state {
	WS_CONNECTING, /* a client before the 101 */
	WS_OPEN,
	WS_CLOSING, /* our close frame is out; the peer's answer is awaited */
	WS_ENDING   /* the stream is ending; only on_closed is left */
};

struct ws {
	uv_loop_t *loop;
	uv_timer_t timer;
	struct stream *stream; /* NULL once it is gone */
	struct websocket *engine;
	struct http_reader *reader; /* until the 101 is taken */
	struct tls_context *tls;
	const struct ws_events *events;
	void *owner;
	size_t message_max;
	unsigned timeout_ms;
	enum ws_state state;
	bool is_settled; /* end is known; what follows does not change it */
	char key[WEBSOCKET_KEY_LEN];
	struct ws_end end;
};

/* --- The end --- */

/* The first cause is the one that is told. */
__attribute__((format(printf, 5, 6))) static void settle(struct ws *w,
							 bool by_peer,
							 unsigned code,
							 int status,
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

static void cut(struct ws *w)
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

static void on_timer(uv_timer_t *timer)
{
	struct ws *w = timer->data;

	if (w->state == WS_CONNECTING)
		settle(w, true, WEBSOCKET_ABNORMAL, UV_ETIMEDOUT,
		       "no answer to the upgrade within %u ms", w->timeout_ms);
	cut(w);
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
	settle(w, true, code, 0, "closed by peer (%u%s%s)", code,
	       text[0] ? " " : "", text);
}

static const struct websocket_events engine_events = {
	.on_text = on_text,
	.on_binary = on_binary,
	.on_ping = on_ping,
	.on_pong = on_pong,
	.on_close = on_close,
};

static void on_random(void *owner, uint8_t *out, size_t n)
{
	struct ws *w = owner;

	if (w->tls)
		tls_random(w->tls, out, n);
	else if (getrandom(out, n, 0) != (ssize_t)n)
		abort(); /* at most 256 bytes: cannot happen on Linux */
}

/* --- Bytes --- */

static void fail_slow(struct ws *w)
{
	settle(w, false, WEBSOCKET_ABNORMAL, -ENOBUFS,
	       "peer is too slow: %zu bytes wait for it", ws_waiting(w));
	cut(w);
}

static void breach(struct ws *w, int err)
{
	switch (err) {
	case -ENOBUFS:
		fail_slow(w);
		return;
	case -EILSEQ:
		settle(w, false, WEBSOCKET_BAD_DATA, 0,
		       "peer sent text that is not UTF-8 (1007)");
		break;
	case -E2BIG:
		settle(w, false, WEBSOCKET_TOO_BIG, 0,
		       "peer sent more than %zu bytes in a message (1009)",
		       w->message_max);
		break;
	default:
		settle(w, false, WEBSOCKET_PROTOCOL_ERROR, 0,
		       "peer broke the WebSocket protocol (1002)");
	}
	finish(w); /* the engine's close frame leaves with it */
}

static void take_frames(struct ws *w, const uint8_t *bytes, size_t n)
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

static bool make_engine(struct ws *w, enum websocket_role role)
{
	w->engine = websocket_new(role, w->message_max, &engine_events,
				  on_random, w, stream_out(w->stream));
	return w->engine != NULL;
}

static void take_open(struct ws *w)
{
	if (!make_engine(w, WEBSOCKET_CLIENT)) {
		settle(w, false, WEBSOCKET_ABNORMAL, -ENOMEM, "out of memory");
		cut(w);
		return;
	}
	uv_timer_stop(&w->timer);
	w->state = WS_OPEN;
	w->end.was_open = true;
	if (w->events->on_open)
		w->events->on_open(w->owner);
}

static void take_refusal(struct ws *w, const struct http_message *answer)
{
	char words[sizeof(w->end.why)];

	w->end.retry_after_s = refusal_retry_after_s(answer);
	settle(w, true, WEBSOCKET_ABNORMAL, 0, "%s",
	       refusal_describe(answer, words, sizeof(words)));
	cut(w);
}

static void take_answer(struct ws *w)
{
	struct http_message *answer = http_reader_message(w->reader);
	int err = websocket_check_response(answer, w->key);

	w->end.http_status = answer->status;
	if (err == 0) {
		w->end.http_status = 0;
		take_open(w);
	} else if (err == -ECONNREFUSED) {
		take_refusal(w, answer);
	} else {
		settle(w, true, WEBSOCKET_ABNORMAL, err,
		       "the answer to the upgrade breaks the rules of "
		       "WebSocket");
		cut(w);
	}
}

/* Returns how many bytes belonged to the answer's head. */
static size_t take_handshake(struct ws *w, const uint8_t *bytes, size_t n)
{
	size_t used = n;
	int progress = http_reader_feed(w->reader, bytes, n, &used);

	if (progress == HTTP_COMPLETE) {
		take_answer(w);
	} else if (progress < 0) {
		settle(w, true, WEBSOCKET_ABNORMAL, -EPROTO,
		       "the answer to the upgrade is not HTTP");
		cut(w);
	}
	return used;
}

void ws_receive(struct ws *w, const uint8_t *bytes, size_t n)
{
	if (w->state == WS_CONNECTING) {
		size_t used = take_handshake(w, bytes, n);

		if (w->state == WS_CONNECTING)
			return;
		http_reader_free(w->reader); /* the 101 is not for keeping */
		w->reader = NULL;
		bytes += used;
		n -= used;
	}
	take_frames(w, bytes, n);
	ws_flush(w);
}

static void on_stream_bytes(void *owner, const uint8_t *bytes, size_t n)
{
	ws_receive(owner, bytes, n);
}

static void on_stream_closed(void *owner, int status, const char *why)
{
	struct ws *w = owner;

	/* A refusal without a length ends where the connection does. */
	if (w->state == WS_CONNECTING && status == 0 && !w->is_settled &&
	    http_reader_finish(w->reader) == HTTP_COMPLETE)
		take_answer(w);
	if (w->state == WS_CONNECTING && status == 0)
		settle(w, true, WEBSOCKET_ABNORMAL, UV_ECONNRESET,
		       "peer closed before it answered the upgrade");
	settle(w, status != -ENOBUFS, WEBSOCKET_ABNORMAL, status, "%s", why);
	w->state = WS_ENDING;
	w->stream = NULL;
	websocket_free(w->engine);
	w->engine = NULL;
	uv_close((uv_handle_t *)&w->timer, on_timer_closed);
}

static const struct stream_events stream_events = {
	.on_bytes = on_stream_bytes,
	.on_closed = on_stream_closed,
};

/* --- The beginning --- */

static struct ws *create(uv_loop_t *loop, size_t message_max,
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

static void ask(struct ws *w, const struct url *url, const char *extra)
{
	char host[URL_HOST_MAX + 16];
	uint8_t entropy[16];

	on_random(w, entropy, sizeof(entropy));
	url_authority(url, host, sizeof(host));
	if (websocket_write_request(stream_out(w->stream), host, url->target,
				    entropy, extra, w->key)) {
		settle(w, false, WEBSOCKET_ABNORMAL, -ENOMEM, "out of memory");
		cut(w);
	}
}

static bool is_usable(const struct url *url, const struct tls_context *tls)
{
	if (url->is_secure && !tls)
		return false;
	return strcmp(url->scheme, "ws") == 0 ||
	       strcmp(url->scheme, "wss") == 0;
}

struct ws *ws_connect(uv_loop_t *loop, const struct ws_target *target,
		      const struct ws_events *events, void *owner)
{
	struct url url;
	struct ws *w;

	if (url_parse(&url, target->url) || !is_usable(&url, target->tls))
		return NULL;
	w = create(loop, target->message_max, events, owner);
	if (!w)
		return NULL;
	w->tls = target->tls;
	w->timeout_ms = target->timeout_ms;
	w->reader = http_reader_new(HTTP_READ_RESPONSES, REFUSAL_BODY_MAX);
	if (!w->reader)
		goto free_ws;
	w->stream = stream_connect(loop, url.host, url.port,
				   url.is_secure ? target->tls : NULL,
				   target->timeout_ms, &stream_events, w);
	if (!w->stream)
		goto free_reader;
	/* After the stream's own timer, whose words are more exact. */
	uv_timer_init(loop, &w->timer);
	uv_timer_start(&w->timer, on_timer, target->timeout_ms, 0);
	ask(w, &url, target->extra);
	return w;
free_reader:
	http_reader_free(w->reader);
free_ws:
	free(w);
	return NULL;
}

struct ws *ws_adopt(uv_loop_t *loop, struct stream *s, size_t message_max,
		    const struct ws_events *events, void *owner)
{
	struct ws *w = create(loop, message_max, events, owner);

	if (!w)
		return NULL;
	w->stream = s;
	w->state = WS_OPEN;
	w->end.was_open = true;
	if (!make_engine(w, WEBSOCKET_SERVER)) {
		free(w);
		return NULL;
	}
	uv_timer_init(loop, &w->timer);
	stream_rebind(s, &stream_events, w);
	return w;
}

/* --- Sending --- */

static int sent(struct ws *w, int err)
{
	if (!err && stream_out(w->stream)->used > EAGER_FLUSH_BYTES) {
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
		settle(w, false, WEBSOCKET_ABNORMAL, 0,
		       "closed by us before the upgrade was answered");
		cut(w);
	}
	if (w->state != WS_OPEN)
		return;
	settle(w, false, code ? code : WEBSOCKET_NO_STATUS, 0,
	       "closed by us (%u)", code ? code : WEBSOCKET_NO_STATUS);
	if (websocket_close(w->engine, code, reason)) {
		cut(w); /* no room even for that */
		return;
	}
	w->state = WS_CLOSING;
	uv_timer_start(&w->timer, on_timer, WS_CLOSE_WAIT_MS, 0);
	stream_flush(w->stream);
}

void ws_abort(struct ws *w)
{
	settle(w, false, WEBSOCKET_ABNORMAL, 0, "aborted by us");
	cut(w);
}

void ws_reset(struct ws *w)
{
	settle(w, false, WEBSOCKET_ABNORMAL, 0, "reset by us");
	w->state = WS_ENDING;
	if (w->stream)
		stream_reset(w->stream);
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

const char *ws_header(const struct ws *w, const char *name)
{
	if (!w->reader)
		return NULL;
	return http_header_value(http_reader_message(w->reader), name);
}
