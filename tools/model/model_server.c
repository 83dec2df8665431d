#include "tools/model/model_server.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "gateway/net/http_server.h"
#include "gateway/net/stream.h"
#include "gateway/net/ws.h"
#include "protocols/http.h"
#include "protocols/websocket.h"
#include "tools/model/model_agenda.h"
#include "tools/model/model_handshake.h"
#include "tools/model/model_outbox.h"

#define MESSAGE_MAX     (32u << 20) /* an append of 15 MiB is 20 MiB of text */
#define FRAGMENT_ONE_IN 16          /* messages sent in pieces */
#define PUMP_MS         2           /* between tries to send what waits */
#define FRAGMENT_MIN    64

/* One connection. It owns itself: freed when socket and timer are closed. */
struct link {
	struct model_server *server;
	struct ws *ws;
	struct model_session *session;
	struct model_outbox outbox;
	uv_timer_t timer;
	struct link *next, **at;
	bool timer_gone, ws_gone;
	bool we_ended; /* a close or reset of ours came first */
};

struct model_server {
	uv_loop_t *loop;
	struct http_server *http;
	const char *key;
	struct model_world *world;
	struct model_random random; /* of the transport alone */
	struct link *first;
	unsigned links;
	bool is_closing, http_gone;
	void (*on_closed)(void *owner);
	void *owner;
};

static uint64_t now_us(void)
{
	return uv_hrtime() / 1000;
}

/* --- a link's end --- */

static void check_gone(struct model_server *s)
{
	if (!s->is_closing || !s->http_gone || s->first)
		return;
	void (*on_closed)(void *owner) = s->on_closed;
	void *owner = s->owner;
	free(s);
	if (on_closed)
		on_closed(owner);
}

static void link_release(struct link *l)
{
	struct model_server *s = l->server;

	if (!l->timer_gone || !l->ws_gone)
		return;
	*l->at = l->next;
	if (l->next)
		l->next->at = l->at;
	s->links--;
	model_session_free(l->session);
	model_outbox_free(&l->outbox);
	free(l);
	check_gone(s);
}

static void on_timer_closed(uv_handle_t *handle)
{
	struct link *l = handle->data;

	l->timer_gone = true;
	link_release(l);
}

static void on_ws_closed(void *owner, const struct ws_end *end)
{
	struct link *l = owner;
	bool by_peer = end->by_peer && !l->we_ended && !l->server->is_closing;

	if (l->session)
		model_session_end(l->session, by_peer, end->code, now_us());
	l->ws = NULL;
	l->ws_gone = true;
	uv_close((uv_handle_t *)&l->timer, on_timer_closed);
}

/* --- what a session wants done --- */

static void send_pieces(struct link *l, const char *text, size_t len)
{
	size_t half = len / 2;

	ws_send_frame(l->ws, 1, false, text, half);
	ws_send_frame(l->ws, 0, true, text + half, len - half);
}

static void out_send(void *owner, const char *text, size_t len)
{
	struct link *l = owner;

	if (!l->ws)
		return;
	if (!l->outbox.first && len >= FRAGMENT_MIN &&
	    len <= MODEL_OUTBOX_PIECE &&
	    model_random_between(&l->server->random, 1, FRAGMENT_ONE_IN) == 1)
		send_pieces(l, text, len);
	else
		model_outbox_send(&l->outbox, l->ws, 1, text, len);
}

static void out_binary(void *owner, const void *bytes, size_t len)
{
	struct link *l = owner;

	if (l->ws)
		model_outbox_send(&l->outbox, l->ws, 2, bytes, len);
}

static void out_ping(void *owner, const uint8_t payload[4])
{
	struct link *l = owner;

	if (l->ws)
		ws_ping(l->ws, payload, 4);
}

static void out_close(void *owner, unsigned code, const char *reason)
{
	struct link *l = owner;

	l->we_ended = true;
	if (l->ws)
		ws_close(l->ws, code, reason);
}

static void out_reset(void *owner)
{
	struct link *l = owner;

	l->we_ended = true;
	if (l->ws)
		ws_reset(l->ws);
}

static void out_reading(void *owner, bool is_reading)
{
	struct link *l = owner;

	if (!l->ws)
		return;
	if (is_reading)
		stream_resume(ws_stream(l->ws));
	else
		stream_pause(ws_stream(l->ws));
}

static const struct model_session_out session_out = {
	.send = out_send,
	.send_binary = out_binary,
	.ping = out_ping,
	.close = out_close,
	.reset = out_reset,
	.set_reading = out_reading,
};

/* --- time --- */

static void on_timer(uv_timer_t *timer);

/* When to look at this link again: in ms, or -1 for not by itself. */
static int64_t link_wait_ms(struct link *l, uint64_t now)
{
	bool has_more = model_outbox_pump(&l->outbox, l->ws);
	uint64_t due = model_session_due(l->session);

	ws_flush(l->ws);
	if (due == MODEL_NEVER)
		return has_more ? PUMP_MS : -1;
	uint64_t ms = due > now ? (due - now + 999) / 1000 : 0;
	return has_more && ms > PUMP_MS ? PUMP_MS : (int64_t)ms;
}

static void link_proceed(struct link *l)
{
	uint64_t now = now_us();

	if (!l->ws || !l->session)
		return;
	model_session_run(l->session, now);
	int64_t wait_ms = l->ws ? link_wait_ms(l, now) : -1;
	if (wait_ms < 0) {
		uv_timer_stop(&l->timer);
		return;
	}
	uv_update_time(l->server->loop);
	uv_timer_start(&l->timer, on_timer, (uint64_t)wait_ms, 0);
}

static void on_timer(uv_timer_t *timer)
{
	link_proceed(timer->data);
}

/* --- what arrives --- */

static void on_text(void *owner, char *text, size_t len)
{
	struct link *l = owner;

	if (!l->session)
		return;
	model_session_text(l->session, text, len, now_us());
	link_proceed(l);
}

static void on_binary(void *owner, const uint8_t *bytes, size_t len)
{
	struct link *l = owner;

	(void)bytes;
	(void)len;
	if (!l->session)
		return;
	model_session_binary(l->session, now_us());
	link_proceed(l);
}

static void on_pong(void *owner, const uint8_t *payload, size_t len)
{
	struct link *l = owner;

	(void)payload;
	(void)len;
	if (!l->session)
		return;
	model_session_pong(l->session, now_us());
	link_proceed(l);
}

static const struct ws_events ws_events = {
	.on_text = on_text,
	.on_binary = on_binary,
	.on_pong = on_pong,
	.on_closed = on_ws_closed,
};

/* --- a new connection --- */

static struct link *link_new(struct model_server *s)
{
	struct link *l = calloc(1, sizeof(*l));

	if (!l)
		return NULL;
	l->server = s;
	uv_timer_init(s->loop, &l->timer);
	l->timer.data = l;
	l->next = s->first;
	l->at = &s->first;
	if (s->first)
		s->first->at = &l->next;
	s->first = l;
	s->links++;
	return l;
}

static void link_drop(struct link *l)
{
	l->ws_gone = true;
	uv_close((uv_handle_t *)&l->timer, on_timer_closed);
}

static void refuse(struct http_connection *c, unsigned status,
		   const char *extra, const char *body)
{
	char text[300];

	if (!body) {
		snprintf(text, sizeof(text),
			 "{\"error\":{\"message\":\"%s\",\"type\":"
			 "\"invalid_request_error\",\"code\":null,\"param\":"
			 "null}}",
			 http_reason(status));
		body = text;
	}
	http_respond(c, status, *body ? "application/json" : NULL, extra, body,
		     strlen(body));
}

static void refuse_by_fault(struct model_server *s, struct http_connection *c,
			    const struct model_fault *f)
{
	char extra[64] = "";

	if (f->retry_after_s)
		snprintf(extra, sizeof(extra), "Retry-After: %u\r\n",
			 f->retry_after_s);
	model_report_log(&s->world->report, "-", "fault: refused with %u",
			 f->status);
	refuse(c, f->status, extra, f->body);
}

/* The 101 has gone out, and still it is no: error, then close. */
static void turn_away(struct link *l, const struct model_handshake *h)
{
	char reason[WEBSOCKET_REASON_MAX + 1];
	char event_id[MODEL_ID_LEN];

	model_random_id(&l->server->world->random, "event_", event_id);
	json_t *event = json_pack("{s:s, s:s, s:o}", "type", "error",
				  "event_id", event_id, "error",
				  model_error_object(&h->error, NULL));
	char *text = json_dumps(event, JSON_COMPACT);
	json_decref(event);
	if (text)
		ws_send_text(l->ws, text, strlen(text));
	free(text);
	snprintf(reason, sizeof(reason), "%s.%s", h->error.type, h->error.code);
	model_report_log(&l->server->world->report, "-",
			 "turned away: %s, close %u", reason, h->close_code);
	l->we_ended = true;
	ws_close(l->ws, h->close_code, reason);
}

static void admit(struct link *l, const struct model_handshake *h,
		  unsigned number)
{
	struct model_world *w = l->server->world;

	if (h->is_beta)
		model_report_breach(&w->report, MODEL_BREACH_BETA, "-",
				    "connected with the beta header");
	if (h->close_code) {
		turn_away(l, h);
		return;
	}
	l->session = model_session_new(w, number, h->model, &session_out, l,
				       now_us());
	if (!l->session) {
		l->we_ended = true;
		ws_close(l->ws, WEBSOCKET_INTERNAL, "out of memory");
		return;
	}
	link_proceed(l);
}

static unsigned count_connection(struct model_world *w)
{
	w->connections++;
	if (w->scenario.expect.sessions &&
	    w->connections > w->scenario.expect.sessions)
		model_report_breach(&w->report, MODEL_BREACH_RETRY, "-",
				    "one connection too many");
	return w->connections;
}

static void upgrade(struct model_server *s, struct http_connection *c,
		    const struct model_handshake *h, const char *accept,
		    unsigned number)
{
	char extra[160], id[MODEL_ID_LEN];
	struct link *l = link_new(s);

	if (!l) {
		refuse(c, 503, NULL, NULL);
		return;
	}
	model_random_id(&s->world->random, "req_", id);
	snprintf(extra, sizeof(extra), "x-request-id: %s\r\n%s", id,
		 h->takes_realtime ? "Sec-WebSocket-Protocol: realtime\r\n"
				   : "");
	l->ws = http_upgrade(c, accept, extra, MESSAGE_MAX, &ws_events, l);
	if (l->ws)
		admit(l, h, number);
	else
		link_drop(l);
}

static void on_upgrade(struct model_server *s, struct http_connection *c,
		       const struct http_message *request, const char *accept)
{
	struct model_handshake h;

	model_handshake_judge(&h, request, s->key);
	if (h.http_status) {
		refuse(c, h.http_status, NULL, NULL);
		return;
	}
	unsigned number = count_connection(s->world);
	const struct model_fault *f = model_scenario_fault(
		&s->world->scenario, MODEL_REFUSE_HTTP, number, 0);
	if (f)
		refuse_by_fault(s, c, f);
	else if (s->links >= MODEL_SESSIONS_MAX || s->is_closing)
		refuse(c, 503, NULL, NULL);
	else
		upgrade(s, c, &h, accept, number);
}

static void on_request(void *owner, struct http_connection *c,
		       struct http_message *request)
{
	char accept[WEBSOCKET_ACCEPT_LEN];

	if (!request->is_upgrade) {
		refuse(c,
		       strncmp(request->target, "/v1/realtime", 12) == 0 ? 400
									 : 404,
		       NULL, NULL);
		return;
	}
	int err = websocket_check_request(request, accept);
	if (err)
		refuse(c, (unsigned)-err, "Sec-WebSocket-Version: 13\r\n",
		       NULL);
	else
		on_upgrade(owner, c, request, accept);
}

static void on_refused(void *owner, const char *peer, unsigned status,
		       const char *why)
{
	struct model_server *s = owner;

	model_report_log(&s->world->report, "-", "refused %s with %u: %s", peer,
			 status, why);
}

static const struct http_server_events http_events = {
	.on_request = on_request,
	.on_refused = on_refused,
};

int model_server_open(struct model_server **out, uv_loop_t *loop,
		      const char *host, unsigned port, struct tls_context *tls,
		      const char *key, struct model_world *world)
{
	struct model_server *s = calloc(1, sizeof(*s));

	if (!s)
		return -ENOMEM;
	s->loop = loop;
	s->key = key;
	s->world = world;
	model_random_seed(&s->random, model_random_next(&world->random));
	int err = http_server_open(&s->http, loop, host, port, tls, NULL,
				   &http_events, s);
	if (err) {
		free(s);
		return err;
	}
	*out = s;
	return 0;
}

unsigned model_server_port(const struct model_server *s)
{
	return http_server_port(s->http);
}

static void on_http_closed(void *owner)
{
	struct model_server *s = owner;

	s->http_gone = true;
	check_gone(s);
}

void model_server_close(struct model_server *s, void (*on_closed)(void *owner),
			void *owner)
{
	s->is_closing = true;
	s->on_closed = on_closed;
	s->owner = owner;
	for (struct link *l = s->first; l; l = l->next)
		if (l->ws)
			ws_close(l->ws, WEBSOCKET_GOING_AWAY, "server stops");
	http_server_close(s->http, on_http_closed);
}
