/* One connection of the HTTP server: requests in, answers out, in order. */
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "gateway/net/http_inner.h"
#include "protocols/buffer.h"
#include "protocols/forwarded.h"
#include "protocols/websocket.h"

#define GOODBYE_TIMEOUT_MS 2000 /* for the peer to take the last answer */

/* --- The end --- */

static void on_connection_closed(uv_handle_t *h)
{
	struct http_connection *c = h->data;
	struct http_server *s = c->server;

	http_leave(c);
	*c->link = c->next;
	if (c->next)
		c->next->link = c->link;
	http_reader_free(c->reader);
	free(c);
	http_server_put(s);
}

/* An idle connection is no load. */
static void set_in_request(struct http_connection *c, bool is_in_request)
{
	struct http_server *s = c->server;

	if (c->is_in_request == is_in_request)
		return;
	c->is_in_request = is_in_request;
	s->busy += is_in_request ? 1 : -1u;
	if (s->events->on_load)
		s->events->on_load(s->owner);
}

static void drop(struct http_connection *c)
{
	if (uv_is_closing((uv_handle_t *)&c->timer))
		return;
	c->is_ending = true;
	if (c->is_deferred) {
		c->is_deferred = false;
		c->on_gone(c->owner);
	}
	http_leave(c);
	set_in_request(c, false);
	uv_close((uv_handle_t *)&c->timer, on_connection_closed);
}

static void on_stream_closed(void *owner, int status, const char *why)
{
	struct http_connection *c = owner;
	struct http_server *s = c->server;

	if ((status == -EPROTO || status == -EACCES) && s->events->on_refused)
		s->events->on_refused(s->owner, stream_peer(c->stream), 0, why);
	c->stream = NULL;
	drop(c);
}

/* --- Answers --- */

static void await_request(struct http_connection *c);
static void end_after_answer(struct http_connection *c);

/* The server has begun to go since the request came. */
static bool s_is_over(const struct http_connection *c)
{
	return c->server->is_closing || c->server->is_winding_down;
}

/* As behind an answer that came at once. */
static void end_deferral(struct http_connection *c)
{
	c->is_deferred = false;
	http_reader_next(c->reader);
	if (c->is_keep_alive)
		await_request(c);
	else
		end_after_answer(c);
	stream_flush(c->stream);
}

static bool may_answer(const struct http_connection *c)
{
	return c->stream && !c->is_answered && !c->is_ending;
}

void http_respond(struct http_connection *c, unsigned status, const char *type,
		  const char *extra, const void *body, size_t body_len)
{
	struct buffer *out;

	if (!may_answer(c))
		return;
	c->is_answered = true;
	if (c->is_deferred && s_is_over(c))
		c->is_keep_alive = false;
	out = stream_out(c->stream);
	if (http_write_response(out, status, c->is_keep_alive, type, extra,
				body, body_len)) {
		c->is_deferred = false;
		c->is_ending = true;
		stream_close(c->stream);
		return;
	}
	if (c->is_head)
		out->used -= body_len; /* the head alone, with its length */
	if (c->is_deferred)
		end_deferral(c);
}

void http_defer(struct http_connection *c, void (*on_gone)(void *owner),
		void *owner)
{
	c->is_deferred = true;
	c->on_gone = on_gone;
	c->owner = owner;
}

void http_respond_text(struct http_connection *c, unsigned status,
		       const char *text)
{
	http_respond(c, status, "text/plain; charset=utf-8", NULL, text,
		     strlen(text));
}

struct ws *http_upgrade(struct http_connection *c, const char *accept,
			const char *extra, size_t message_max,
			const struct ws_events *events, void *owner)
{
	struct ws *w = NULL;

	if (!may_answer(c))
		return NULL;
	c->is_answered = true;
	if (websocket_write_accept(stream_out(c->stream), accept, extra) == 0)
		w = ws_adopt(c->server->loop, c->stream, message_max, events,
			     owner);
	if (!w) {
		c->is_ending = true;
		stream_close(c->stream);
		return NULL;
	}
	c->upgraded = w;
	return w;
}

struct stream *http_hand_over(struct http_connection *c, unsigned status,
			      const char *type, const char *extra,
			      const struct stream_events *events, void *owner)
{
	struct stream *stream = c->stream;

	if (!may_answer(c))
		return NULL;
	c->is_answered = true;
	if (http_write_endless(stream_out(stream), status, type, extra)) {
		c->is_ending = true;
		stream_close(stream);
		return NULL;
	}
	c->stream = NULL;
	stream_rebind(stream, events, owner);
	return stream;
}

static void end_after_answer(struct http_connection *c)
{
	c->is_ending = true;
	set_in_request(c, false);
	uv_timer_stop(&c->timer);
	stream_finish(c->stream, GOODBYE_TIMEOUT_MS);
}

static void refuse(struct http_connection *c, unsigned status, const char *why)
{
	struct http_server *s = c->server;

	if (s->events->on_refused)
		s->events->on_refused(s->owner, stream_peer(c->stream), status,
				      why);
	c->is_answered = false;
	c->is_keep_alive = false;
	c->is_head = false;
	http_respond_text(c, status, why);
	end_after_answer(c);
}

/* --- Time --- */

/* Nothing can be answered yet. */
static void give_up(struct http_connection *c)
{
	struct http_server *s = c->server;

	if (c->is_shaking && s->events->on_refused)
		s->events->on_refused(s->owner, stream_peer(c->stream), 0,
				      "the TLS handshake took too long");
	stream_close(c->stream);
}

static void on_timer(uv_timer_t *timer)
{
	struct http_connection *c = timer->data;

	if (!c->is_opened)
		give_up(c);
	else if (c->is_in_request)
		refuse(c, 408, "the request took too long");
	else
		stream_close(c->stream); /* idle between requests */
}

static void await_request(struct http_connection *c)
{
	set_in_request(c, false);
	uv_timer_start(&c->timer, on_timer, c->server->limits.idle_timeout_ms,
		       0);
}

static void begin_request(struct http_connection *c)
{
	set_in_request(c, true);
	uv_timer_start(&c->timer, on_timer, c->server->limits.head_timeout_ms,
		       0);
}

/* --- Requests --- */

static const char *refusal_words(unsigned status)
{
	static const struct {
		unsigned status;
		const char *words;
	} row[] = {
		{ 400, "the request is not well-formed HTTP/1.1" },
		{ 413, "the body of the request is too large" },
		{ 414, "the target of the request is too long" },
		{ 431, "the headers of the request are too large" },
		{ 501, "the transfer coding is not supported" },
		{ 505, "only HTTP/1.1 and HTTP/1.0 are supported" },
	};

	for (size_t i = 0; i < sizeof(row) / sizeof(row[0]); i++)
		if (row[i].status == status)
			return row[i].words;
	return "the request cannot be taken";
}

static void answer(struct http_connection *c)
{
	struct http_server *s = c->server;
	struct http_message *request = http_reader_message(c->reader);

	struct forwarded forwarded;

	http_no_longer_fresh(c);
	forwarded_read(&forwarded, request, stream_peer(c->stream),
		       s->limits.proxies, s->limits.proxy_count);
	c->forwarded = &forwarded;
	c->is_answered = false;
	c->is_keep_alive =
		request->keep_alive && !s->is_closing && !s->is_winding_down;
	c->is_head = strcmp(request->method, "HEAD") == 0;
	uv_timer_stop(&c->timer);
	s->events->on_request(s->owner, c, request);
	if (c->is_deferred) {
		c->forwarded = NULL;
		return;
	}
	if (!c->is_answered)
		http_respond_text(c, 500, "the request was not answered");
	c->forwarded = NULL;
	http_reader_next(c->reader);
}

/* After one whole request: true while the next one may follow at once. */
static bool goes_on(struct http_connection *c)
{
	if (c->is_ending || !c->stream || c->upgraded || c->server->is_closing)
		return false;
	if (c->is_deferred)
		return false;
	if (c->is_keep_alive) {
		await_request(c);
		return true;
	}
	end_after_answer(c);
	return false;
}

/* The connection was handed over: what came behind the request is the
 * WebSocket's. */
static void pass_on(struct http_connection *c, uint8_t *bytes, size_t n)
{
	c->stream = NULL;
	ws_receive(c->upgraded, bytes, n);
	drop(c);
}

/* What was answered leaves; n bytes are behind the last request. */
static void settle(struct http_connection *c, uint8_t *bytes, size_t n)
{
	if (c->is_deferred && n > 0)
		c->is_keep_alive = false; /* who cannot wait is let go */
	if (c->upgraded)
		pass_on(c, bytes, n);
	else if (c->stream)
		stream_flush(c->stream);
	else
		drop(c); /* handed over */
}

static void take(struct http_connection *c, uint8_t *bytes, size_t n)
{
	while (n > 0 && !c->is_ending && !c->is_deferred) {
		size_t used = 0;
		int progress;

		if (!c->is_in_request)
			begin_request(c);
		progress = http_reader_feed(c->reader, bytes, n, &used);
		bytes += used;
		n -= used;
		if (progress < 0) {
			refuse(c, (unsigned)-progress,
			       refusal_words((unsigned)-progress));
			return;
		}
		if (progress != HTTP_COMPLETE)
			break;
		answer(c);
		if (!goes_on(c))
			break;
	}
	settle(c, bytes, n);
}

static void on_bytes(void *owner, uint8_t *bytes, size_t n)
{
	struct http_connection *c = owner;

	if (!c->is_misled)
		take(c, bytes, n);
	else if (!c->is_ending)
		refuse(c, 400,
		       "this port speaks TLS: use https:// or wss://\n");
}

/* A method of HTTP begins with a capital, which begins nothing of TLS. */
static enum stream_first on_first(void *owner, uint8_t first)
{
	struct http_connection *c = owner;

	c->is_misled = first >= 'A' && first <= 'Z';
	if (c->is_misled)
		return STREAM_USE_PLAIN;
	return http_admit_handshake(c) ? STREAM_USE_TLS : STREAM_GO_AWAY;
}

static void on_open(void *owner)
{
	struct http_connection *c = owner;

	c->is_opened = true;
	http_handshake_done(c);
}

static const struct stream_events stream_events = {
	.on_first = on_first,
	.on_open = on_open,
	.on_bytes = on_bytes,
	.on_closed = on_stream_closed,
};

/* --- The beginning --- */

static void add(struct http_server *s, struct http_connection *c)
{
	c->timer.data = c;
	c->next = s->first;
	c->link = &s->first;
	if (c->next)
		c->next->link = &c->next;
	s->first = c;
	s->pending++;
	uv_timer_init(s->loop, &c->timer);
	begin_request(c); /* the first may not be waited for as an idle one */
}

void http_connection_take(struct http_server *s, int fd)
{
	struct http_connection *c = calloc(1, sizeof(*c));

	if (c)
		c->reader =
			http_reader_new(HTTP_READ_REQUESTS, s->limits.body_max);
	if (!c || !c->reader) {
		free(c);
		close(fd);
		return;
	}
	c->server = s;
	if (http_admit(c, fd))
		c->stream = stream_take(s->loop, fd, s->tls, &stream_events, c);
	else
		close(fd);
	if (c->stream) {
		c->is_opened = !s->tls;
		add(s, c);
		return;
	}
	http_leave(c);
	http_reader_free(c->reader);
	free(c);
}

const char *http_peer(const struct http_connection *c)
{
	if (c->forwarded && c->forwarded->peer[0])
		return c->forwarded->peer;
	return c->stream ? stream_peer(c->stream) : "unknown";
}

bool http_peer_is_loopback(const struct http_connection *c)
{
	return c->stream && stream_peer_is_loopback(c->stream) &&
	       !(c->forwarded && c->forwarded->is_believed);
}

bool http_is_tls(const struct http_connection *c)
{
	if (c->forwarded && c->forwarded->scheme != FORWARDED_UNSAID)
		return c->forwarded->scheme == FORWARDED_TLS;
	return c->stream && stream_is_tls(c->stream);
}

const char *http_host(const struct http_connection *c)
{
	if (c->forwarded && c->forwarded->host[0])
		return c->forwarded->host;
	return http_header_value(http_reader_message(c->reader), "Host");
}
