#include "gateway/carriers/audiocodes_socket.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "gateway/carriers/audiocodes_leg.h"
#include "gateway/carriers/audiocodes_reception.h"
#include "gateway/net/http_server.h"
#include "gateway/net/ws.h"
#include "protocols/audiocodes_message.h"
#include "protocols/audiocodes_write.h"

#define NS_PER_MS 1000000ull

/* --- How it ends --- */

/* Nothing more is to be said on it; one that leaves is spoken to where it
 * arrives. */
static bool is_ending(const struct audiocodes_socket *s)
{
	return s->state == AUDIOCODES_SOCKET_CLOSING ||
	       s->state == AUDIOCODES_SOCKET_LEAVING;
}

static void close_socket(struct audiocodes_socket *s, unsigned code,
			 const char *why)
{
	if (is_ending(s))
		return;
	s->state = AUDIOCODES_SOCKET_CLOSING;
	if (s->wire.ws)
		ws_close(s->wire.ws, code, why);
}

/* What speaks through it has to find another one. */
static void leave_leg(struct audiocodes_socket *s, uint64_t lost_ns,
		      uint64_t now_ns, const char *why)
{
	struct audiocodes_leg *leg = s->leg;

	s->leg = NULL;
	if (leg)
		audiocodes_leg_lost(leg, lost_ns, now_ns, why);
}

uint64_t audiocodes_socket_lost_ns(const struct audiocodes_socket *s,
				   uint64_t now_ns)
{
	bool is_heard = s->leg && s->leg->user.is_streaming;
	uint64_t pause_ms = is_heard
				    ? AUDIOCODES_PAUSE_MS
				    : AUDIOCODES_ROUND_MS + AUDIOCODES_PAUSE_MS;

	return now_ns >= s->heard_ns + pause_ms * NS_PER_MS ? s->heard_ns
							    : now_ns;
}

void audiocodes_socket_release(struct audiocodes_socket *s, unsigned code,
			       const char *why)
{
	s->leg = NULL;
	close_socket(s, code, why);
}

void audiocodes_socket_refuse(struct audiocodes_socket *s, const char *why,
			      uint64_t now_ns)
{
	s->leg = NULL;
	log_event(&s->log, LOG_WARN, "session_refused", "why", why, NULL);
	if (is_ending(s))
		return;
	audiocodes_wire_send(&s->wire,
			     audiocodes_write_error(&s->wire.out, why));
	s->state = AUDIOCODES_SOCKET_REFUSED;
	s->deadline_ns = now_ns + AUDIOCODES_LINGER_MS * NS_PER_MS;
}

static void delist(struct audiocodes_socket *s)
{
	metronome_remove(s->host->metronome, &s->clock);
	*s->link = s->next;
	if (s->next)
		s->next->link = s->link;
	s->host->count--;
}

static void on_closed(void *owner, const struct ws_end *how)
{
	struct audiocodes_socket *s = owner;
	struct audiocodes_leg *leg = s->leg;
	uint64_t now_ns = uv_hrtime();

	s->wire.ws = NULL;
	s->state = AUDIOCODES_SOCKET_CLOSING;
	leave_leg(s, how->status == UV_ETIMEDOUT ? s->heard_ns : now_ns, now_ns,
		  how->why[0] ? how->why : "closed without session.end");
	if (leg)
		audiocodes_leg_handled(leg, now_ns);
	delist(s);
	s->host->on_gone(s->host->owner, s);
	audiocodes_wire_close(&s->wire);
	buffer_free(&s->carried);
	free(s);
}

/* --- Messages --- */

void audiocodes_socket_ignore(struct audiocodes_socket *s, const char *why)
{
	if (s->leg)
		audiocodes_leg_ignore(s->leg, why, "");
	else if (!s->ignored++)
		log_event(&s->log, LOG_WARN, "ignored", "why", why, NULL);
}

void audiocodes_socket_name(struct audiocodes_socket *s, const char *call)
{
	struct log log = s->log;

	log_child(&s->log, &log, "call", call);
}

void audiocodes_socket_ping(struct audiocodes_socket *s, uint64_t now_ns)
{
	s->round_ns = now_ns;
	if (s->wire.ws)
		ws_ping(s->wire.ws, &s->round_ns, sizeof(s->round_ns));
}

static bool is_garbage(int err)
{
	return err == -EBADMSG || err == -E2BIG;
}

static void on_bad(struct audiocodes_socket *s, int err,
		   enum audiocodes_type type, uint64_t now_ns)
{
	const char *why = err == -EBADMSG ? "not a JSON object with a type"
			  : err == -E2BIG
				  ? "more of something than there may be"
				  : "a known type of impossible shape";

	if (!s->leg &&
	    (type == AUDIOCODES_INITIATE || type == AUDIOCODES_RESUME)) {
		audiocodes_socket_refuse(s,
					 "conversationId is missing, too long "
					 "or no text, or supportedMediaFormats "
					 "is no array",
					 now_ns);
		return;
	}
	s->bad = is_garbage(err) ? s->bad + 1 : 0;
	if (s->leg)
		audiocodes_leg_bad(s->leg, why);
	else
		audiocodes_socket_ignore(s, why);
	if (s->bad >= AUDIOCODES_BAD_MAX) {
		leave_leg(s, now_ns, now_ns, "too many bad messages");
		close_socket(s, 1007, "too many bad messages");
	}
}

static void hear(struct audiocodes_socket *s, uint64_t now_ns)
{
	s->heard_ns = now_ns;
	s->unanswered = 0;
}

static bool is_done(const struct audiocodes_socket *s)
{
	return s->state == AUDIOCODES_SOCKET_REFUSED || is_ending(s);
}

/* Its length, the text, and a NUL. */
static void carry(struct audiocodes_socket *s, const char *text, size_t len)
{
	if (s->carried.used + sizeof(len) + len + 1 > AUDIOCODES_CARRIED_MAX ||
	    buffer_append(&s->carried, &len, sizeof(len)) ||
	    buffer_append(&s->carried, text, len) ||
	    buffer_append(&s->carried, "", 1))
		s->is_overladen = true;
}

/* The first message of a session may have to be read again elsewhere, and
 * reading changes it. */
static void keep_a_copy(struct audiocodes_socket *s, const char *text,
			size_t len)
{
	if (s->state == AUDIOCODES_SOCKET_NEW && s->host->pass_on)
		carry(s, text, len);
}

static void drop_the_copy(struct audiocodes_socket *s)
{
	if (s->carried.used && s->state != AUDIOCODES_SOCKET_LEAVING)
		buffer_free(&s->carried);
}

static void on_text(void *owner, char *text, size_t len)
{
	struct audiocodes_socket *s = owner;
	uint64_t read_ns = ws_read_ns(s->wire.ws);
	struct audiocodes_event ev;

	hear(s, read_ns);
	if (s->state == AUDIOCODES_SOCKET_LEAVING)
		carry(s, text, len);
	if (is_done(s))
		return; /* what was under way when we ended it */
	keep_a_copy(s, text, len);
	int err = audiocodes_message_parse(&ev, text, len);
	if (err) {
		on_bad(s, err, ev.type, read_ns);
	} else {
		s->bad = 0;
		audiocodes_reception_take(s, &ev, read_ns);
		audiocodes_event_release(&ev);
	}
	drop_the_copy(s);
	if (s->leg)
		audiocodes_leg_handled(s->leg, read_ns);
}

/* Never seen; the carrier's own example server takes them (1.3). */
static void on_binary(void *owner, const uint8_t *bytes, size_t len)
{
	char *text = len > 0 && bytes[0] == '{' ? malloc(len + 1) : NULL;

	if (!text) {
		hear(owner,
		     ws_read_ns(((struct audiocodes_socket *)owner)->wire.ws));
		audiocodes_socket_ignore(owner, "a binary message");
		return;
	}
	memcpy(text, bytes, len);
	text[len] = '\0';
	on_text(owner, text, len);
	free(text);
}

static void on_ping(void *owner, const uint8_t *payload, size_t len)
{
	struct audiocodes_socket *s = owner;

	(void)payload;
	(void)len;
	hear(s, ws_read_ns(s->wire.ws));
}

static void on_pong(void *owner, const uint8_t *payload, size_t len)
{
	struct audiocodes_socket *s = owner;
	uint64_t now_ns = ws_read_ns(s->wire.ws);

	hear(s, now_ns);
	if (len != sizeof(s->round_ns) ||
	    memcmp(payload, &s->round_ns, len) != 0)
		return;
	if (s->leg && now_ns > s->round_ns)
		audiocodes_leg_rtt(s->leg, now_ns - s->round_ns);
}

static const struct ws_events events = {
	.on_text = on_text,
	.on_binary = on_binary,
	.on_ping = on_ping,
	.on_pong = on_pong,
	.on_closed = on_closed,
};

/* --- The clock --- */

static void watch_deadline(struct audiocodes_socket *s)
{
	bool is_new = s->state == AUDIOCODES_SOCKET_NEW;

	s->deadline_ns = 0;
	if (is_new && !s->was_validated)
		close_socket(s, 1008, "no session");
	else
		close_socket(s, 1000, "");
}

static void give_up(struct audiocodes_socket *s, uint64_t now_ns)
{
	leave_leg(s, s->heard_ns, now_ns, "pings are not answered");
	s->state = AUDIOCODES_SOCKET_CLOSING;
	ws_abort(s->wire.ws);
}

static void keep_alive(struct audiocodes_socket *s, uint64_t now_ns)
{
	uint64_t since_ns = s->unanswered && s->asked_ns > s->heard_ns
				    ? s->asked_ns
				    : s->heard_ns;

	if (now_ns >= since_ns + AUDIOCODES_SILENT_MS * NS_PER_MS) {
		if (s->unanswered >= AUDIOCODES_UNANSWERED) {
			give_up(s, now_ns);
			return;
		}
		s->unanswered++;
		s->asked_ns = now_ns;
		audiocodes_socket_ping(s, now_ns);
	} else if (s->leg &&
		   now_ns >= s->round_ns + AUDIOCODES_ROUND_MS * NS_PER_MS) {
		audiocodes_socket_ping(s, now_ns);
	}
}

static void on_tick(struct metronome_member *m, uint64_t now_ns)
{
	struct audiocodes_socket *s =
		(struct audiocodes_socket *)((char *)m -
					     offsetof(struct audiocodes_socket,
						      clock));

	if (!s->wire.ws || is_ending(s))
		return;
	if (s->deadline_ns && now_ns >= s->deadline_ns)
		watch_deadline(s);
	else
		keep_alive(s, now_ns);
	if (s->wire.ws)
		ws_flush(s->wire.ws);
}

/* --- Life --- */

static void enlist(struct audiocodes_host *host, struct audiocodes_socket *s)
{
	s->next = host->sockets;
	s->link = &host->sockets;
	if (s->next)
		s->next->link = &s->next;
	host->sockets = s;
	host->count++;
	metronome_add(host->metronome, &s->clock);
}

/* Before it has a call. */
static void name_log(struct audiocodes_socket *s)
{
	struct log log;

	log_child_of(&log, s->host->log, LOG_AUDIOCODES, "bot", s->bot);
	log_child(&s->log, &log, "peer", s->address);
}

static void init(struct audiocodes_socket *s, struct audiocodes_host *host,
		 const struct audiocodes_peer *peer)
{
	uint64_t now_ns = uv_hrtime();

	s->host = host;
	s->clock.on_tick = on_tick;
	s->heard_ns = now_ns;
	s->deadline_ns = now_ns + AUDIOCODES_FIRST_MS * NS_PER_MS;
	s->is_enabled = peer->is_enabled;
	snprintf(s->bot, sizeof(s->bot), "%s", peer->bot);
	s->principal = peer->principal;
	s->place = -1;
	buffer_init(&s->carried, AUDIOCODES_CARRIED_MAX);
	snprintf(s->address, sizeof(s->address), "%s", peer->address);
	name_log(s);
}

struct audiocodes_socket *audiocodes_socket_open(
	struct audiocodes_host *host, struct http_connection *c,
	const char *accept, const struct audiocodes_peer *peer)
{
	struct audiocodes_socket *s = calloc(1, sizeof(*s));

	if (!s || audiocodes_wire_open(&s->wire)) {
		free(s);
		http_respond_text(c, 503, "no memory");
		return NULL;
	}
	init(s, host, peer);
	s->wire.ws = http_upgrade(c, accept, NULL, AUDIOCODES_MESSAGE_MAX,
				  &events, s);
	if (!s->wire.ws) {
		audiocodes_wire_close(&s->wire);
		free(s);
		return NULL;
	}
	enlist(host, s);
	return s;
}

void audiocodes_socket_close_all(struct audiocodes_host *host)
{
	for (struct audiocodes_socket *s = host->sockets; s; s = s->next)
		if (!s->leg)
			close_socket(s, 1001, "shutting down");
}

void audiocodes_socket_abort_all(struct audiocodes_host *host)
{
	for (struct audiocodes_socket *s = host->sockets; s; s = s->next)
		if (s->wire.ws && s->state != AUDIOCODES_SOCKET_LEAVING)
			ws_abort(s->wire.ws);
}

/* --- From host to host --- */

static void on_left(void *owner)
{
	struct audiocodes_socket *s = owner;

	delist(s);
	s->host->on_left(s->host->owner, s);
}

int audiocodes_socket_leave(struct audiocodes_socket *s)
{
	if (s->moves >= AUDIOCODES_MOVES_MAX)
		return -ELOOP;
	int err = ws_leave(s->wire.ws, on_left);
	if (err)
		return err;
	s->moves++;
	s->state = AUDIOCODES_SOCKET_LEAVING;
	return 0;
}

/* Whatever it leads to: the end of the session, or another move, which takes
 * the rest along. */
static void read_again(struct audiocodes_socket *s)
{
	struct buffer brought = s->carried;
	char *at = (char *)buffer_head(&brought);
	char *end = at + brought.used;

	buffer_init(&s->carried, AUDIOCODES_CARRIED_MAX);
	while (at < end) {
		size_t len;
		memcpy(&len, at, sizeof(len));
		on_text(s, at + sizeof(len), len);
		at += sizeof(len) + len + 1;
	}
	buffer_free(&brought);
}

void audiocodes_socket_arrive(struct audiocodes_socket *s,
			      struct audiocodes_host *host, uv_loop_t *loop,
			      const char *refusal)
{
	s->host = host;
	s->state = AUDIOCODES_SOCKET_NEW;
	name_log(s);
	enlist(host, s);
	ws_arrive(s->wire.ws, loop);
	if (s->is_overladen)
		refusal = "too much before the session was accepted";
	if (refusal) {
		buffer_free(&s->carried);
		audiocodes_socket_refuse(s, refusal, uv_hrtime());
	} else {
		read_again(s);
	}
	ws_receive(s->wire.ws, NULL, 0); /* it flushes, or leaves again */
}
