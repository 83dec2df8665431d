#include "gateway/carriers/audiocodes_leg.h"

#include <errno.h>
#include <string.h>

#include "gateway/carriers/audiocodes_requests.h"
#include "gateway/carriers/audiocodes_socket.h"
#include "gateway/net/ws.h"
#include "protocols/audiocodes_write.h"
#include "protocols/utf8.h"

#define NS_PER_MS 1000000ull
#define SAID_MAX  16 /* lines about what is ignored, and about what is bad */

static bool lasted(uint64_t since_ns, uint64_t ms, uint64_t now_ns)
{
	return now_ns >= since_ns + ms * NS_PER_MS;
}

void audiocodes_leg_ignore(struct audiocodes_leg *leg, const char *why,
			   const char *name)
{
	leg->leg.total.ignored++;
	if (!audiocodes_seen_before(&leg->said, name[0] ? name : why) &&
	    leg->said.count <= SAID_MAX)
		log_event(&leg->log, LOG_WARN, "ignored", "why", why, "name",
			  name, NULL);
}

void audiocodes_leg_bad(struct audiocodes_leg *leg, const char *why)
{
	if (leg->leg.total.bad++ < SAID_MAX)
		log_event(&leg->log, LOG_WARN, "bad_message", "why", why, NULL);
}

/* --- What the state table asks for --- */

/* A hangup is the last word; a transfer may fail. */
static bool may_talk(const struct audiocodes_leg *leg)
{
	return leg->state == AUDIOCODES_ACTIVE ||
	       (leg->state == AUDIOCODES_ENDING &&
		leg->pending == AUDIOCODES_TRANSFERS);
}

struct audiocodes_wire *audiocodes_leg_talks(struct audiocodes_leg *leg)
{
	return may_talk(leg) ? audiocodes_leg_wire(leg) : NULL;
}

struct audiocodes_wire *audiocodes_leg_wire(struct audiocodes_leg *leg)
{
	bool is_open = leg->state == AUDIOCODES_ACTIVE ||
		       leg->state == AUDIOCODES_ENDING;

	return is_open && leg->socket ? &leg->socket->wire : NULL;
}

static void accept_session(struct audiocodes_leg *leg)
{
	struct audiocodes_wire *w = &leg->socket->wire;
	struct log_line l;

	audiocodes_wire_send(w, audiocodes_write_accepted(&w->out,
							  leg->caller_format));
	if (leg->accepted_ns)
		return;
	leg->accepted_ns = leg->now_ns;
	log_begin(&l, &leg->log, LOG_INFO, "accepted");
	log_phone(&l, "from", leg->caller);
	log_text(&l, "caller_format",
		 audiocodes_format[leg->caller_format].name);
	log_text(&l, "play_format", audiocodes_format[leg->play_format].name);
	log_end(&l);
	if (leg->caller[0])
		call_carrier_variable(leg->call, "caller", leg->caller);
}

static void attach_call(struct audiocodes_leg *leg)
{
	leg->leg.total.resumes++;
	log_event(&leg->log, LOG_INFO, "resumed", NULL);
	call_carrier_attached(leg->call, leg->now_ns);
}

static void leave(struct audiocodes_leg *leg)
{
	leg->pending_ns = leg->now_ns;
	int err = audiocodes_requests_leave(leg);
	if (err)
		log_event(&leg->log, LOG_ERROR, "leave_failed", "why",
			  strerror(-err), NULL);
}

static void detach_call(struct audiocodes_leg *leg)
{
	audiocodes_player_lost(&leg->player);
	audiocodes_user_lost(&leg->user);
	call_carrier_detached(leg->call, leg->lost_ns, leg->now_ns);
}

static void let_go(struct audiocodes_leg *leg, unsigned todo)
{
	struct audiocodes_socket *s = leg->socket;

	leg->socket = NULL;
	if (!s)
		return;
	if (todo & AUDIOCODES_DO_REFUSE)
		audiocodes_socket_refuse(s, leg->reason, leg->now_ns);
	else
		audiocodes_socket_release(s, 1000, "");
}

static void step(struct audiocodes_leg *leg, enum audiocodes_state_event event)
{
	unsigned todo = audiocodes_state_step(&leg->state, event);

	if (todo & AUDIOCODES_DO_ACCEPT)
		accept_session(leg);
	if (todo & AUDIOCODES_DO_ATTACH)
		attach_call(leg);
	if (todo & AUDIOCODES_DO_LEAVE)
		leave(leg);
	if (todo & AUDIOCODES_DO_DETACH)
		detach_call(leg);
	if (todo & (AUDIOCODES_DO_REFUSE | AUDIOCODES_DO_CLOSE))
		let_go(leg, todo);
	if (todo & AUDIOCODES_DO_FINISH) {
		call_carrier_ended(leg->call, leg->call_end, leg->now_ns);
		leg->events->on_ended(leg->owner, leg->end);
	}
}

/* The reasons are those of the event that ends it. */
static void end(struct audiocodes_leg *leg, enum audiocodes_state_event event,
		enum audiocodes_leg_end how, enum call_end call_end)
{
	if (leg->state == AUDIOCODES_OVER)
		return;
	leg->end = how;
	leg->call_end = call_end;
	step(leg, event);
}

/* --- Life --- */

void audiocodes_leg_attach(struct audiocodes_leg *leg,
			   struct audiocodes_socket *s, uint64_t now_ns)
{
	struct audiocodes_socket *older = leg->socket;

	leg->now_ns = now_ns;
	if (older) {
		leg->socket = NULL;
		leg->lost_ns = audiocodes_socket_lost_ns(older, now_ns);
		leg->detached_ns = now_ns;
		log_event(&leg->log, LOG_WARN, "socket_lost", "why",
			  "another one has come", NULL);
		audiocodes_socket_release(older, 1000, "another one has come");
		step(leg, AUDIOCODES_EV_LOST);
	}
	leg->socket = s;
	step(leg, leg->state == AUDIOCODES_SETUP ? AUDIOCODES_EV_ACCEPT
						 : AUDIOCODES_EV_RESUME);
}

void audiocodes_leg_lost(struct audiocodes_leg *leg, uint64_t lost_ns,
			 uint64_t now_ns, const char *why)
{
	struct log_line l;

	leg->socket = NULL;
	leg->now_ns = now_ns;
	leg->lost_ns = lost_ns;
	leg->detached_ns = now_ns;
	leg->end = AUDIOCODES_LEG_LOST;
	leg->call_end = CALL_END_CARRIER_LOST;
	log_begin(&l, &leg->log, LOG_WARN, "socket_lost");
	log_words(&l, "why", why);
	log_end(&l);
	step(leg, AUDIOCODES_EV_LOST);
	if (leg->settings->resume_ms == 0 || leg->is_stopping)
		step(leg, AUDIOCODES_EV_DEADLINE);
}

void audiocodes_leg_end(struct audiocodes_leg *leg, enum call_end why)
{
	end(leg, AUDIOCODES_EV_END,
	    leg->pending == AUDIOCODES_STAYS ? AUDIOCODES_LEG_BY_CARRIER
					     : AUDIOCODES_LEG_BY_US,
	    why);
}

void audiocodes_leg_replace(struct audiocodes_leg *leg, uint64_t now_ns)
{
	leg->now_ns = now_ns;
	end(leg, AUDIOCODES_EV_END, AUDIOCODES_LEG_REPLACED, CALL_END_REPLACED);
}

void audiocodes_leg_fail(struct audiocodes_leg *leg, const char *why,
			 uint64_t now_ns)
{
	leg->now_ns = now_ns;
	utf8_copy(leg->reason, sizeof(leg->reason), why);
	end(leg, AUDIOCODES_EV_FAIL, AUDIOCODES_LEG_REFUSED, CALL_END_CARRIER);
}

void audiocodes_leg_leave(struct audiocodes_leg *leg,
			  enum audiocodes_pending how, const char *target,
			  const char *reason)
{
	if (leg->pending == AUDIOCODES_HANGS_UP)
		return; /* the last word */
	leg->pending = how;
	utf8_copy(leg->target, sizeof(leg->target), target);
	utf8_copy(leg->reason, sizeof(leg->reason), reason);
	step(leg, AUDIOCODES_EV_LEAVE);
}

void audiocodes_leg_begin(struct audiocodes_leg *leg)
{
	bool greets = !leg->is_outbound || leg->settings->greets_outbound;

	leg->has_begun = true;
	audiocodes_requests_begin(leg);
	if (leg->events->on_begin)
		leg->events->on_begin(leg->owner);
	call_carrier_ready(leg->call, greets, leg->now_ns);
}

/* --- What the socket and the other files tell --- */

void audiocodes_leg_rtt(struct audiocodes_leg *leg, uint64_t rtt_ns)
{
	call_carrier_rtt(leg->call, rtt_ns);
}

void audiocodes_leg_handled(struct audiocodes_leg *leg, uint64_t read_ns)
{
	leg->events->on_handled(leg->owner, read_ns);
}

static void stay(struct audiocodes_leg *leg)
{
	leg->pending = AUDIOCODES_STAYS;
	step(leg, AUDIOCODES_EV_STAY);
}

void audiocodes_leg_transfer_failed(struct audiocodes_leg *leg, const char *why)
{
	if (leg->pending != AUDIOCODES_TRANSFERS) {
		audiocodes_leg_ignore(leg, "a transfer nobody waits for", why);
		return;
	}
	stay(leg);
	call_carrier_transfer_failed(leg->call, why, leg->now_ns);
}

/* --- The clock --- */

static bool is_due(const struct audiocodes_leg *leg)
{
	switch (leg->state) {
	case AUDIOCODES_ENDING: /* a transfer takes the call's time */
		return leg->pending == AUDIOCODES_HANGS_UP &&
		       lasted(leg->pending_ns, AUDIOCODES_END_MS, leg->now_ns);
	case AUDIOCODES_DETACHED:
	case AUDIOCODES_LEAVING:
		return lasted(leg->detached_ns, leg->settings->resume_ms,
			      leg->now_ns);
	default:
		return false;
	}
}

/* Of a call that is being dialled out it comes when somebody answers. */
static void watch_start(struct audiocodes_leg *leg)
{
	if (leg->state != AUDIOCODES_ACTIVE || leg->has_begun ||
	    leg->is_outbound ||
	    !lasted(leg->accepted_ns, AUDIOCODES_START_MS, leg->now_ns))
		return;
	log_event(&leg->log, LOG_WARN, "start_missing", NULL);
	audiocodes_leg_begin(leg);
}

/* The call waits no longer for it: it must not be asked for again. */
static void watch_transfer(struct audiocodes_leg *leg)
{
	if (leg->state == AUDIOCODES_ENDING &&
	    leg->pending == AUDIOCODES_TRANSFERS &&
	    lasted(leg->pending_ns, CALL_TRANSFER_MS, leg->now_ns))
		stay(leg);
}

static void tick(struct leg *base, uint64_t now_ns)
{
	struct audiocodes_leg *leg = (struct audiocodes_leg *)base;

	leg->now_ns = now_ns;
	if (leg->socket)
		call_carrier_alive(leg->call, leg->socket->heard_ns);
	struct audiocodes_wire *w = audiocodes_leg_talks(leg);
	if (w)
		audiocodes_player_tick(&leg->player, w, now_ns);
	watch_start(leg);
	watch_transfer(leg);
	if (!is_due(leg))
		return;
	if (leg->state == AUDIOCODES_ENDING) {
		log_event(&leg->log, LOG_WARN, "session_end_missing", NULL);
		end(leg, AUDIOCODES_EV_DEADLINE, AUDIOCODES_LEG_BY_US,
		    CALL_END_CARRIER);
	} else {
		end(leg, AUDIOCODES_EV_DEADLINE, AUDIOCODES_LEG_LOST,
		    CALL_END_CARRIER_LOST);
	}
}

/* Who has no socket finds nobody any more when it comes back. */
static void stop(struct leg *base)
{
	struct audiocodes_leg *leg = (struct audiocodes_leg *)base;

	leg->is_stopping = true;
	if (!leg->socket)
		end(leg, AUDIOCODES_EV_DEADLINE, AUDIOCODES_LEG_LOST,
		    CALL_END_SHUTDOWN);
}

/* The socket's own end follows, as for any lost one; none may come back. */
static void cut(struct leg *base)
{
	struct audiocodes_leg *leg = (struct audiocodes_leg *)base;

	end(leg, AUDIOCODES_EV_END, AUDIOCODES_LEG_BY_US, CALL_END_SHUTDOWN);
}

static size_t waiting(const struct leg *base)
{
	const struct audiocodes_socket *s =
		((const struct audiocodes_leg *)base)->socket;

	return s && s->wire.ws ? ws_waiting(s->wire.ws) : 0;
}

static bool is_gone(const struct leg *base)
{
	return ((const struct audiocodes_leg *)base)->state == AUDIOCODES_OVER;
}

static struct ws *ws_of(const struct leg *base)
{
	const struct audiocodes_leg *leg = (const struct audiocodes_leg *)base;

	return leg->socket ? leg->socket->wire.ws : NULL;
}

static const struct leg_kind kind = {
	.tick = tick,
	.stop = stop,
	.seclude = stop,
	.abort = cut,
	.waiting = waiting,
	.is_gone = is_gone,
	.ws = ws_of,
};

int audiocodes_leg_open(struct audiocodes_leg *leg,
			const struct audiocodes_settings *settings,
			struct call *call, const struct log *log,
			const struct audiocodes_leg_owner *events, void *owner,
			const struct audiocodes_event *initiate,
			const char **why)
{
	memset(leg, 0, sizeof(*leg));
	leg->leg.kind = &kind;
	leg->settings = settings;
	leg->call = call;
	leg->events = events;
	leg->owner = owner;
	leg->expects_audio = initiate->expects_audio;
	memcpy(leg->conversation, initiate->conversation,
	       sizeof(leg->conversation));
	utf8_copy(leg->caller, sizeof(leg->caller), initiate->caller);
	log_child_of(&leg->log, log, LOG_AUDIOCODES, "leg", "audiocodes");
	if (!audiocodes_settings_agree(settings, initiate, &leg->caller_format,
				       &leg->play_format)) {
		*why = "no media format in common";
		return -ENOTSUP;
	}
	audiocodes_user_init(&leg->user, call, leg->caller_format);
	audiocodes_player_init(&leg->player, leg->play_format);
	return 0;
}
