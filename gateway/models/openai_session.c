#include "gateway/models/openai_session.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "gateway/models/openai_parts.h"
#include "gateway/net/ws.h"
#include "protocols/realtime_event.h"

#define NS_PER_MS 1000000ull

static void enter(struct openai_session *s, enum openai_state state,
		  uint64_t now_ns)
{
	s->state = state;
	s->since_ns = now_ns;
}

static bool lasted(const struct openai_session *s, uint64_t ms, uint64_t now_ns)
{
	return now_ns >= s->since_ns + ms * NS_PER_MS;
}

/* --- Losing it --- */

void openai_session_fail(struct openai_session *s, const char *why,
			 uint64_t now_ns)
{
	if (s->is_closing)
		return;
	call_model_lost(s->call, why, now_ns);
	openai_session_close(s);
}

static bool is_passing_status(unsigned http_status)
{
	static const unsigned list[] = { 408, 429, 500, 502, 503, 504 };

	for (size_t i = 0; i < sizeof(list) / sizeof(list[0]); i++)
		if (http_status == list[i])
			return true;
	return false;
}

static bool is_passing_code(unsigned code)
{
	static const unsigned list[] = { 1001, 1005, 1006, 1011,
					 1012, 1013, 1014 };

	for (size_t i = 0; i < sizeof(list) / sizeof(list[0]); i++)
		if (code == list[i])
			return true;
	return false;
}

/* Worth another attempt: the reference's retryable sets. */
static bool is_passing(const struct ws_end *end)
{
	if (end->http_status)
		return is_passing_status(end->http_status);
	if (!end->was_open)
		return end->status != -EACCES; /* a certificate will not heal */
	return is_passing_code(end->code);
}

static void on_closed(void *owner, const struct ws_end *end)
{
	struct openai_session *s = owner;
	uint64_t now_ns = uv_hrtime();

	s->ws = NULL;
	if (!s->is_closing && s->state != OPENAI_LIVE && is_passing(end) &&
	    s->attempts < OPENAI_ATTEMPTS) {
		log_event(&s->log, LOG_WARN, "model_retry", "why", end->why,
			  NULL);
		enter(s, OPENAI_WAITING, now_ns);
		return;
	}
	openai_session_fail(s, end->why[0] ? end->why : end->reason, now_ns);
	enter(s, OPENAI_CLOSED, now_ns);
	buffer_free(&s->out);
	s->on_handled(s->owner, now_ns);
}

/* --- Opening --- */

static void on_open(void *owner)
{
	struct openai_session *s = owner;

	enter(s, OPENAI_OPEN, uv_hrtime());
}

static void on_text(void *owner, char *text, size_t len)
{
	struct openai_session *s = owner;
	uint64_t read_ns = ws_read_ns(s->ws);

	if (!s->is_closing)
		openai_events_take(s, text, len, uv_hrtime());
	s->on_handled(s->owner, read_ns);
}

static void on_binary(void *owner, const uint8_t *bytes, size_t len)
{
	struct openai_session *s = owner;

	(void)bytes;
	(void)len;
	if (!s->unreadable++)
		log_event(&s->log, LOG_WARN, "model_unreadable", "why",
			  "binary message", NULL);
}

static void on_pong(void *owner, const uint8_t *payload, size_t len)
{
	struct openai_session *s = owner;

	(void)payload;
	(void)len;
	s->pong_missing = false;
}

static const struct ws_events socket_events = {
	.on_open = on_open,
	.on_text = on_text,
	.on_binary = on_binary,
	.on_pong = on_pong,
	.on_closed = on_closed,
};

static void dial(struct openai_session *s, uint64_t now_ns)
{
	const struct ws_target target = {
		.url = s->profile->url,
		.extra = s->profile->headers,
		.tls = s->profile->tls,
		.timeout_ms = s->profile->connect_timeout_ms,
		.message_max = REALTIME_MESSAGE_MAX,
	};

	s->attempts++;
	s->ws = ws_connect(s->loop, &target, &socket_events, s);
	enter(s, s->ws ? OPENAI_CONNECTING : OPENAI_WAITING, now_ns);
}

void openai_session_open(struct openai_session *s,
			 const struct openai_profile *profile, uv_loop_t *loop,
			 struct call *call, const struct log *log,
			 uint64_t now_ns)
{
	s->profile = profile;
	s->loop = loop;
	s->call = call;
	log_child(&s->log, log, "leg", "model");
	buffer_init(&s->out, OPENAI_COMMAND_MAX);
	dial(s, now_ns);
}

void openai_session_configure(struct openai_session *s, uint64_t now_ns)
{
	if (s->state != OPENAI_OPEN)
		return;
	enter(s, OPENAI_CONFIGURING, now_ns);
	openai_commands_configure(s);
}

void openai_session_confirmed(struct openai_session *s, uint64_t now_ns)
{
	enter(s, OPENAI_LIVE, now_ns);
	s->ping_ns = now_ns;
	call_model_ready(s->call, now_ns);
}

/* --- The clock --- */

static void keep_alive(struct openai_session *s, uint64_t now_ns)
{
	uint64_t silent_ms = (now_ns - s->ping_ns) / NS_PER_MS;

	if (s->pong_missing && silent_ms >= OPENAI_PONG_MS) {
		ws_abort(s->ws); /* no close frame would come either */
		openai_session_fail(s, "no answer to a ping", now_ns);
	} else if (silent_ms >= OPENAI_PING_MS) {
		s->ping_ns = now_ns;
		s->pong_missing = true;
		ws_ping(s->ws, "tandem", 6);
	}
}

static void try_again(struct openai_session *s, uint64_t now_ns)
{
	if (s->attempts >= OPENAI_ATTEMPTS)
		openai_session_fail(s, "cannot connect", now_ns);
	else if (lasted(s, OPENAI_RETRY_MS << (s->attempts - 1), now_ns))
		dial(s, now_ns);
}

void openai_session_tick(struct openai_session *s, uint64_t now_ns)
{
	unsigned patience_ms = s->profile->configure_timeout_ms;

	if (s->is_closing) {
		/* Without a socket nothing is left to wait for. */
		if (!s->ws && s->state != OPENAI_CLOSED) {
			buffer_free(&s->out);
			enter(s, OPENAI_CLOSED, now_ns);
		}
		return;
	}
	if (s->state == OPENAI_WAITING)
		try_again(s, now_ns);
	else if (s->state == OPENAI_LIVE)
		keep_alive(s, now_ns);
	else if (s->state == OPENAI_OPEN && lasted(s, patience_ms, now_ns))
		openai_session_fail(s, "no session.created", now_ns);
	else if (s->state == OPENAI_CONFIGURING &&
		 lasted(s, patience_ms, now_ns))
		openai_session_fail(s, "no session.updated", now_ns);
}

void openai_session_flush(struct openai_session *s)
{
	if (s->ws)
		ws_flush(s->ws);
}

void openai_session_close(struct openai_session *s)
{
	if (s->is_closing)
		return;
	s->is_closing = true;
	if (s->ws)
		ws_close(s->ws, 1000, "");
}
