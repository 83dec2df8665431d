#include "tools/model/model_link.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "gateway/net/http_server.h"
#include "gateway/net/stream.h"
#include "gateway/net/ws.h"
#include "protocols/websocket.h"
#include "tools/model/model_agenda.h"
#include "tools/model/model_handshake.h"
#include "tools/model/model_outbox.h"

#define MESSAGE_MAX     (32u << 20) /* an append of 15 MiB is 20 MiB of text */
#define FRAGMENT_ONE_IN 16          /* messages sent in pieces */
#define FRAGMENT_MIN    64          /* bytes; shorter ones stay whole */
#define PUMP_MS         2           /* between tries to send what waits */

/* It owns itself: freed when socket and timer are closed. */
struct model_link {
	struct model_links *all;
	struct ws *ws;
	struct model_session *session;
	struct model_outbox outbox;
	uv_timer_t timer;
	struct model_link *next, **at;
	bool timer_gone, ws_gone;
	bool we_ended; /* a close or reset of ours came first */
};

static uint64_t now_us(void)
{
	return uv_hrtime() / 1000;
}

/* --- a link's end --- */

static void link_release(struct model_link *l)
{
	struct model_links *all = l->all;

	if (!l->timer_gone || !l->ws_gone)
		return;
	*l->at = l->next;
	if (l->next)
		l->next->at = l->at;
	all->count--;
	model_session_free(l->session);
	model_outbox_free(&l->outbox);
	free(l);
	all->on_gone(all->owner);
}

static void on_timer_closed(uv_handle_t *handle)
{
	struct model_link *l = handle->data;

	l->timer_gone = true;
	link_release(l);
}

static void on_ws_closed(void *owner, const struct ws_end *end)
{
	struct model_link *l = owner;
	bool by_peer = end->by_peer && !l->we_ended && !l->all->is_closing;

	if (l->session)
		model_session_end(l->session, by_peer, end->code, now_us());
	l->ws = NULL;
	l->ws_gone = true;
	uv_close((uv_handle_t *)&l->timer, on_timer_closed);
}

/* --- what a session wants done --- */

static void send_pieces(struct model_link *l, const char *text, size_t len)
{
	size_t half = len / 2;

	ws_send_frame(l->ws, 1, false, text, half);
	ws_send_frame(l->ws, 0, true, text + half, len - half);
}

static void out_send(void *owner, const char *text, size_t len)
{
	struct model_link *l = owner;

	if (!l->ws)
		return;
	if (!l->outbox.first && len >= FRAGMENT_MIN &&
	    len <= MODEL_OUTBOX_PIECE &&
	    model_random_between(&l->all->random, 1, FRAGMENT_ONE_IN) == 1)
		send_pieces(l, text, len);
	else
		model_outbox_send(&l->outbox, l->ws, 1, text, len);
}

static void out_binary(void *owner, const void *bytes, size_t len)
{
	struct model_link *l = owner;

	if (l->ws)
		model_outbox_send(&l->outbox, l->ws, 2, bytes, len);
}

static void out_ping(void *owner, const uint8_t payload[4])
{
	struct model_link *l = owner;

	if (l->ws)
		ws_ping(l->ws, payload, 4);
}

static void out_close(void *owner, unsigned code, const char *reason)
{
	struct model_link *l = owner;

	l->we_ended = true;
	if (l->ws)
		ws_close(l->ws, code, reason);
}

static void out_reset(void *owner)
{
	struct model_link *l = owner;

	l->we_ended = true;
	if (l->ws)
		ws_reset(l->ws);
}

static void out_reading(void *owner, bool is_reading)
{
	struct model_link *l = owner;

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
static int64_t link_wait_ms(struct model_link *l, uint64_t now)
{
	bool has_more = model_outbox_pump(&l->outbox, l->ws);
	uint64_t due = model_session_due(l->session);

	ws_flush(l->ws);
	if (due == MODEL_NEVER)
		return has_more ? PUMP_MS : -1;
	uint64_t ms = due > now ? (due - now + 999) / 1000 : 0;
	return has_more && ms > PUMP_MS ? PUMP_MS : (int64_t)ms;
}

static void link_proceed(struct model_link *l)
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
	uv_update_time(l->all->loop);
	uv_timer_start(&l->timer, on_timer, (uint64_t)wait_ms, 0);
}

static void on_timer(uv_timer_t *timer)
{
	link_proceed(timer->data);
}

/* --- what arrives --- */

static void on_text(void *owner, char *text, size_t len)
{
	struct model_link *l = owner;

	if (!l->session)
		return;
	model_session_text(l->session, text, len, now_us());
	link_proceed(l);
}

static void on_binary(void *owner, const uint8_t *bytes, size_t len)
{
	struct model_link *l = owner;

	(void)bytes;
	(void)len;
	if (!l->session)
		return;
	model_session_binary(l->session, now_us());
	link_proceed(l);
}

static void on_pong(void *owner, const uint8_t *payload, size_t len)
{
	struct model_link *l = owner;

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

static struct model_link *link_new(struct model_links *all)
{
	struct model_link *l = calloc(1, sizeof(*l));

	if (!l)
		return NULL;
	l->all = all;
	uv_timer_init(all->loop, &l->timer);
	l->timer.data = l;
	l->next = all->first;
	l->at = &all->first;
	if (all->first)
		all->first->at = &l->next;
	all->first = l;
	all->count++;
	return l;
}

static void link_drop(struct model_link *l)
{
	l->ws_gone = true;
	uv_close((uv_handle_t *)&l->timer, on_timer_closed);
}

/* The 101 has gone out, and still it is no: error, then close. */
static void turn_away(struct model_link *l, const struct model_handshake *h)
{
	char reason[WEBSOCKET_REASON_MAX + 1];
	char event_id[MODEL_ID_LEN];

	model_random_id(&l->all->world->random, "event_", event_id);
	json_t *event = json_pack("{s:s, s:s, s:o}", "type", "error",
				  "event_id", event_id, "error",
				  model_error_object(&h->error, NULL));
	char *text = json_dumps(event, JSON_COMPACT);
	json_decref(event);
	if (text)
		ws_send_text(l->ws, text, strlen(text));
	free(text);
	snprintf(reason, sizeof(reason), "%s.%s", h->error.type, h->error.code);
	model_report_log(&l->all->world->report, "-",
			 "turned away: %s, close %u", reason, h->close_code);
	l->we_ended = true;
	ws_close(l->ws, h->close_code, reason);
}

static void admit(struct model_link *l, const struct model_handshake *h,
		  unsigned number)
{
	struct model_world *w = l->all->world;

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

bool model_link_open(struct model_links *all, struct http_connection *c,
		     const struct model_handshake *h, const char *accept,
		     unsigned number)
{
	char extra[160], id[MODEL_ID_LEN];
	struct model_link *l = link_new(all);

	if (!l)
		return false;
	model_random_id(&all->world->random, "req_", id);
	snprintf(extra, sizeof(extra), "x-request-id: %s\r\n%s", id,
		 h->takes_realtime ? "Sec-WebSocket-Protocol: realtime\r\n"
				   : "");
	l->ws = http_upgrade(c, accept, extra, MESSAGE_MAX, &ws_events, l);
	if (l->ws)
		admit(l, h, number);
	else
		link_drop(l);
	return true;
}

void model_link_close_all(struct model_links *all)
{
	all->is_closing = true;
	for (struct model_link *l = all->first; l; l = l->next)
		if (l->ws)
			ws_close(l->ws, WEBSOCKET_GOING_AWAY, "server stops");
}
