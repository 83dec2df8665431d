#include "tools/bench/bench_ws.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "protocols/http.h"
#include "tools/bench/bench_frame.h"

#define NORMAL_CLOSE "\x03\xe8"
#define SEND_MAX     (64u << 10) /* a message that is framed in place */

static void release(struct bench_ws *w)
{
	http_reader_free(w->reader);
	w->reader = NULL;
	buffer_free(&w->in);
}

void bench_ws_close(struct bench_ws *w)
{
	if (w->socket)
		bench_socket_close(w->socket);
	w->socket = NULL;
	w->is_open = false;
	w->is_over = true;
	release(w);
}

/* What is sent on the way may have found the connection lost: once is enough.
 */
static void end(struct bench_ws *w, const char *why)
{
	if (w->is_over)
		return;
	bench_ws_close(w);
	w->events->on_closed(w->owner, why);
}

/* --- Frames --- */

static int send_frame(struct bench_ws *w, unsigned opcode, const void *payload,
		      size_t len)
{
	static uint8_t frame[BENCH_FRAME_HEAD_MAX + SEND_MAX];

	if (!w->socket || len > SEND_MAX)
		return -ENOTCONN;
	size_t head = bench_frame_head(frame, opcode, len,
				       w->is_client ? w->mask : NULL);
	memcpy(frame + head, payload, len);
	if (w->is_client)
		bench_frame_mask(frame + head, len, w->mask);
	return bench_socket_send(w->socket, frame, head + len);
}

int bench_ws_send(struct bench_ws *w, const char *text, size_t len)
{
	return send_frame(w, BENCH_TEXT, text, len);
}

int bench_ws_send_frame(struct bench_ws *w, const uint8_t *frame, size_t n)
{
	return w->socket ? bench_socket_send(w->socket, frame, n) : -ENOTCONN;
}

uint64_t bench_ws_read_ns(const struct bench_ws *w)
{
	return w->socket ? w->socket->read_ns : bench_now_ns();
}

void bench_ws_finish(struct bench_ws *w)
{
	if (w->is_closing)
		return;
	w->is_closing = true;
	send_frame(w, BENCH_CLOSE, NORMAL_CLOSE, 2);
}

/* The server of a connection ends TCP (RFC 6455, 7.1.1). */
static void take_close(struct bench_ws *w)
{
	bool was_ours = w->is_closing;

	bench_ws_finish(w);
	end(w, was_ours ? "closed" : "closed by the peer");
}

static void take_frame(struct bench_ws *w, const struct bench_frame *f)
{
	if (f->opcode == BENCH_TEXT)
		w->events->on_text(w->owner, (char *)f->payload, f->len);
	else if (f->opcode == BENCH_PING)
		send_frame(w, BENCH_PONG, f->payload, f->len);
	else if (f->opcode == BENCH_CLOSE)
		take_close(w);
}

/* Returns the bytes that were whole frames. */
static size_t take_frames(struct bench_ws *w, uint8_t *bytes, size_t n)
{
	struct bench_frame f;
	size_t at = 0;

	while (w->socket && at < n) {
		ssize_t took = bench_frame_take(&f, bytes + at, n - at);
		if (took < 0) {
			end(w, "a frame that is broken or a fragment");
			break;
		}
		if (took == 0)
			break;
		at += (size_t)took;
		take_frame(w, &f);
	}
	return at;
}

static void take_stream(struct bench_ws *w, uint8_t *bytes, size_t n)
{
	size_t at;

	if (!w->in.used) {
		at = take_frames(w, bytes, n);
		if (w->socket && at < n)
			buffer_append(&w->in, bytes + at, n - at);
		return;
	}
	buffer_append(&w->in, bytes, n);
	at = take_frames(w, buffer_head(&w->in), w->in.used);
	if (w->socket)
		buffer_consume(&w->in, at);
}

/* --- Handshake --- */

static int answer(struct bench_ws *w)
{
	char accept[WEBSOCKET_ACCEPT_LEN];
	struct buffer out;
	int err =
		websocket_check_request(http_reader_message(w->reader), accept);

	buffer_init(&out, 4096);
	if (!err)
		err = websocket_write_accept(&out, accept, NULL);
	if (!err)
		err = bench_socket_send(w->socket, buffer_head(&out), out.used);
	buffer_free(&out);
	return err;
}

static void shake_hands(struct bench_ws *w, uint8_t *bytes, size_t n)
{
	size_t used = 0;
	int got = http_reader_feed(w->reader, bytes, n, &used);
	char why[64];

	if (got == HTTP_NEEDS_MORE)
		return;
	if (got == HTTP_COMPLETE)
		got = w->is_client
			      ? websocket_check_response(
					http_reader_message(w->reader), w->key)
			      : answer(w);
	if (got < 0) {
		snprintf(why, sizeof(why), "the upgrade failed: status %u",
			 w->is_client ? http_reader_message(w->reader)->status
				      : 0);
		end(w, why);
		return;
	}
	http_reader_free(w->reader);
	w->reader = NULL;
	w->is_open = true;
	w->events->on_open(w->owner);
	if (w->socket && used < n)
		take_stream(w, bytes + used, n - used);
}

static void on_bytes(void *owner, uint8_t *bytes, size_t n)
{
	struct bench_ws *w = owner;

	if (w->reader)
		shake_hands(w, bytes, n);
	else
		take_stream(w, bytes, n);
}

static void on_open(void *owner)
{
	struct bench_ws *w = owner;
	uint64_t entropy[2] = { bench_now_ns(), (uintptr_t)w };
	struct buffer out;

	if (!w->is_client)
		return;
	buffer_init(&out, 4096);
	websocket_write_request(&out, w->host, w->target,
				(const uint8_t *)entropy, NULL, NULL, w->key);
	bench_socket_send(w->socket, buffer_head(&out), out.used);
	buffer_free(&out);
}

static void on_closed(void *owner, const char *why)
{
	struct bench_ws *w = owner;

	w->socket = NULL; /* it frees itself */
	end(w, w->is_closing ? "closed" : why);
}

static const struct bench_socket_events socket_events = {
	.on_open = on_open,
	.on_bytes = on_bytes,
	.on_closed = on_closed,
};

static void init(struct bench_ws *w, bool is_client,
		 const struct bench_ws_events *events, void *owner)
{
	uint64_t random = bench_now_ns() * UINT64_C(0x9e3779b97f4a7c15);

	memset(w, 0, sizeof(*w));
	w->is_client = is_client;
	w->events = events;
	w->owner = owner;
	memcpy(w->mask, (const uint8_t *)&random + 4, sizeof(w->mask));
	buffer_init(&w->in, BENCH_FRAME_MAX);
	w->reader = http_reader_new(
		is_client ? HTTP_READ_RESPONSES : HTTP_READ_REQUESTS, 4096);
}

static int settle(struct bench_ws *w)
{
	if (w->socket && w->reader)
		return 0;
	bench_ws_close(w);
	return -ENOMEM;
}

int bench_ws_dial(struct bench_ws *w, struct bench_loop *l,
		  const struct bench_address *to, struct tls_context *tls,
		  const char *host, const char *target,
		  const struct bench_ws_events *events, void *owner)
{
	init(w, true, events, owner);
	snprintf(w->host, sizeof(w->host), "%s", host);
	snprintf(w->target, sizeof(w->target), "%s", target);
	char name[sizeof(w->host)]; /* TLS wants it without the port */
	snprintf(name, sizeof(name), "%s", host);
	name[strcspn(name, ":")] = '\0';
	w->socket = bench_socket_dial(l, to, tls, name, &socket_events, w);
	return settle(w);
}

int bench_ws_accept(struct bench_ws *w, struct bench_loop *l,
		    struct bench_socket *s, uint8_t *early, size_t n,
		    const struct bench_ws_events *events, void *owner)
{
	init(w, false, events, owner);
	bench_socket_attach(s, l, &socket_events, w);
	w->socket = s;
	int err = settle(w);
	if (!err && n)
		on_bytes(w, early, n);
	return err;
}
