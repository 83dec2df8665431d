#include "gateway/models/openai_session.h"

#include <assert.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "gateway/models/openai_figures.h"
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

struct openai_session *openai_session_new(void)
{
	return calloc(1, sizeof(struct openai_session));
}

void openai_session_unlink(struct openai_session *s)
{
	if (!s->link)
		return;
	*s->link = s->next;
	if (s->next)
		s->next->link = s->link;
	s->next = NULL;
	s->link = NULL;
}

void openai_session_free(struct openai_session *s)
{
	openai_session_unlink(s);
	free(s->words.instructions);
	free(s->words.greeting);
	free(s);
}

/* --- Losing it --- */

/* Lost on its way to the call, which has lost nothing by it: the next one is
 * opened as if there had been none. */
static void start_over(struct openai_session *s, const char *why,
		       uint64_t now_ns)
{
	log_event(&s->log, LOG_WARN, "model_retry", "why", why, NULL);
	s->attempts = 0;
	enter(s, OPENAI_WAITING, now_ns);
	if (s->ws)
		ws_close(s->ws, 1000, "");
}

void openai_session_fail(struct openai_session *s, const char *why,
			 uint64_t now_ns)
{
	if (s->is_closing)
		return;
	if (s->ws && s->state < OPENAI_STANDING)
		openai_figures_failed(s->profile->figures, NULL, now_ns);
	if (s->state == OPENAI_GIVEN) {
		start_over(s, why, now_ns);
		return;
	}
	if (s->call)
		call_model_lost(s->call, why, now_ns);
	else
		s->standby->on_lost(s, why, now_ns);
	openai_session_close(s);
}

/* Whether the socket that is gone is to be followed by another. */
static bool tries_again(struct openai_session *s, const struct ws_end *end,
			uint64_t now_ns)
{
	if (s->is_closing || !s->call || s->state == OPENAI_LIVE)
		return false;
	if (s->state == OPENAI_WAITING)
		return true; /* that was known before it was gone */
	if (s->state == OPENAI_GIVEN) {
		start_over(s, end->why, now_ns);
		return true;
	}
	if (!openai_passing(end) || s->attempts >= OPENAI_ATTEMPTS)
		return false;
	log_event(&s->log, LOG_WARN, "model_retry", "why", end->why, NULL);
	enter(s, OPENAI_WAITING, now_ns);
	return true;
}

/* The attempt that is under way has come to nothing yet. */
static bool is_opening(const struct openai_session *s)
{
	return !s->is_closing && s->state < OPENAI_STANDING;
}

static void on_closed(void *owner, const struct ws_end *end)
{
	struct openai_session *s = owner;
	uint64_t now_ns = uv_hrtime();

	s->ws = NULL;
	if (is_opening(s))
		openai_figures_failed(s->profile->figures, end, now_ns);
	if (tries_again(s, end, now_ns))
		return;
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
	s->is_updating = s->wants_another = false;
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
	log_child_of(&s->log, log, LOG_MODEL, "leg", "model");
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

static void go_live(struct openai_session *s, uint64_t stood_ns,
		    uint64_t now_ns)
{
	struct log_line l;

	log_begin(&l, &s->log, LOG_INFO, "model_ready");
	log_text(&l, "session", s->session_id);
	log_number(&l, "stood_ms", (int64_t)(stood_ns / NS_PER_MS));
	log_end(&l);
	enter(s, OPENAI_LIVE, now_ns);
	call_model_ready(s->call, now_ns);
}

void openai_session_confirmed(struct openai_session *s, uint64_t now_ns)
{
	s->ping_ns = now_ns;
	openai_figures_opened(s->profile->figures);
	if (s->wants_another)
		openai_session_update(s);
	if (s->call) {
		go_live(s, 0, now_ns);
	} else {
		enter(s, OPENAI_STANDING, now_ns);
		s->standby->on_standing(s, now_ns);
	}
}

/* --- Another agent, or other words --- */

static bool is_configured(const struct openai_session *s)
{
	return s->state == OPENAI_STANDING || s->state == OPENAI_GIVEN ||
	       s->state == OPENAI_LIVE;
}

void openai_session_become(struct openai_session *s,
			   const struct openai_profile *profile,
			   const struct openai_words *words)
{
	const char *before = openai_commands_instructions(s);
	const char *after = words->instructions ? words->instructions
						: profile->instructions;
	bool is_same = profile == s->profile && strcmp(before, after) == 0;
	struct openai_words old = s->words;

	s->profile = profile;
	s->words = *words;
	if (!is_same && is_configured(s) && !s->is_closing)
		openai_session_update(s);
	else if (!is_same && s->state == OPENAI_CONFIGURING)
		s->wants_another = true;
	free(old.instructions);
	free(old.greeting);
}

void openai_session_update(struct openai_session *s)
{
	s->wants_another = s->is_updating;
	if (s->is_updating)
		return;
	s->is_updating = true;
	openai_commands_configure(s);
}

void openai_session_updated(struct openai_session *s)
{
	s->is_updating = false;
	if (s->wants_another)
		openai_session_update(s);
}

/* --- From standing by to a call --- */

void openai_session_give(struct openai_session *s, struct call *call,
			 const struct log *log)
{
	/* Two calls in one session would hear each other. */
	assert(!s->call && s->state == OPENAI_STANDING && !s->is_closing);
	s->call = call;
	s->standby = NULL;
	s->state = OPENAI_GIVEN; /* since_ns tells how long it has stood */
	log_child_of(&s->log, log, LOG_MODEL, "leg", "model");
}

void openai_session_begin(struct openai_session *s, uint64_t now_ns)
{
	if (s->state == OPENAI_GIVEN && !s->is_closing)
		go_live(s, now_ns - s->since_ns, now_ns);
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
	unsigned pause_ms =
		s->attempts ? OPENAI_RETRY_MS << (s->attempts - 1) : 0;

	if (s->ws)
		return; /* of no use, and still closing */
	if (!s->call || s->attempts >= OPENAI_ATTEMPTS)
		openai_session_fail(s, "cannot connect", now_ns);
	else if (lasted(s, pause_ms, now_ns))
		dial(s, now_ns);
}

/* Without a socket nothing is left to wait for. */
static void tick_closing(struct openai_session *s, uint64_t now_ns)
{
	if (s->ws || s->state == OPENAI_CLOSED)
		return;
	buffer_free(&s->out);
	enter(s, OPENAI_CLOSED, now_ns);
}

static void await(struct openai_session *s, const char *what, uint64_t now_ns)
{
	if (lasted(s, s->profile->configure_timeout_ms, now_ns))
		openai_session_fail(s, what, now_ns);
}

void openai_session_tick(struct openai_session *s, uint64_t now_ns)
{
	if (s->is_closing)
		tick_closing(s, now_ns);
	else if (s->state == OPENAI_WAITING)
		try_again(s, now_ns);
	else if (s->state == OPENAI_GIVEN)
		openai_session_begin(s, now_ns);
	else if (s->state == OPENAI_LIVE || s->state == OPENAI_STANDING)
		keep_alive(s, now_ns);
	else if (s->state == OPENAI_OPEN)
		await(s, "no session.created", now_ns);
	else if (s->state == OPENAI_CONFIGURING)
		await(s, "no session.updated", now_ns);
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
