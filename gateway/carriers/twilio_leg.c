#include "gateway/carriers/twilio_leg.h"

#include <errno.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define NS_PER_MS 1000000ull

static bool lasted(uint64_t since_ns, uint64_t ms, uint64_t now_ns)
{
	return now_ns >= since_ns + ms * NS_PER_MS;
}

static void end(struct twilio_leg *leg, enum twilio_leg_end how)
{
	if (leg->has_ended)
		return;
	leg->has_ended = true;
	leg->events->on_ended(leg->owner, how);
}

/* Valid in every state, twice. */
static void close_leg(struct twilio_leg *leg, unsigned code, const char *why)
{
	if (leg->state == TWILIO_LEG_CLOSING || leg->state == TWILIO_LEG_GONE)
		return;
	leg->state = TWILIO_LEG_CLOSING;
	if (leg->ws)
		ws_close(leg->ws, code, why);
}

/* The stream can never work: say why, once, and close it. */
static void refuse(struct twilio_leg *leg, unsigned code, const char *why)
{
	log_event(&leg->log, LOG_ERROR, "stream_refused", "why", why, NULL);
	close_leg(leg, code, why);
}

/* --- From Twilio --- */

static const char *fault_of_start(const struct twilio_leg *leg,
				  const struct twilio_event *ev, unsigned *code)
{
	*code = 1008;
	if (!twilio_sid_ok(ev->stream_sid, "MZ") ||
	    !twilio_sid_ok(ev->call_sid, "CA"))
		return "start without a valid streamSid and callSid";
	if (leg->expected_call_sid &&
	    strcmp(leg->expected_call_sid, ev->call_sid) != 0)
		return "start of another call than the ticket's";
	if (!ev->tracks_inbound_only)
		return "the stream carries outbound audio: the TwiML must be "
		       "<Connect><Stream>, not <Start><Stream>";
	*code = 1003;
	if (strcmp(ev->encoding, "audio/x-mulaw") != 0 ||
	    ev->sample_rate != 8000 || ev->channels != 1)
		return "the media format is not audio/x-mulaw, 8000 Hz, mono";
	return NULL;
}

static void on_start(struct twilio_leg *leg, struct twilio_event *ev,
		     uint64_t now_ns)
{
	unsigned code;

	(void)now_ns;
	if (leg->state != TWILIO_LEG_OPEN) {
		leg->leg.total.ignored++;
		log_event(&leg->log, LOG_WARN, "ignored", "why",
			  "a second start", NULL);
		return;
	}
	const char *fault = fault_of_start(leg, ev, &code);
	if (fault) {
		refuse(leg, code, fault);
		return;
	}
	snprintf(leg->stream_sid, sizeof(leg->stream_sid), "%s",
		 ev->stream_sid);
	leg->state = TWILIO_LEG_LIVE;
	leg->events->on_start(leg->owner, ev);
}

static void on_media(struct twilio_leg *leg, struct twilio_event *ev,
		     uint64_t now_ns)
{
	leg->leg.total.media_in++;
	if (ev->is_inbound)
		call_caller_audio(leg->call, ev->timestamp_ms, ev->audio,
				  ev->audio_len, now_ns);
	else
		leg->leg.total.ignored++; /* else the model would hear itself */
}

static void on_dtmf(struct twilio_leg *leg, struct twilio_event *ev,
		    uint64_t now_ns)
{
	call_caller_digit(leg->call, ev->digit, now_ns);
}

/* "g<generation>.i<item>.<end ms>.n<number>", ours only. */
static bool read_mark(const char *name, unsigned long part[4])
{
	static const char *const lead[] = { "g", ".i", ".", ".n" };
	char *end;

	for (int i = 0; i < 4; i++) {
		size_t len = strlen(lead[i]);
		if (strncmp(name, lead[i], len) != 0 || name[len] < '0' ||
		    name[len] > '9')
			return false;
		part[i] = strtoul(name + len, &end, 10);
		if (part[i] > UINT_MAX)
			return false;
		name = end;
	}
	return *name == '\0';
}

static void on_mark(struct twilio_leg *leg, struct twilio_event *ev,
		    uint64_t now_ns)
{
	unsigned long part[4];

	if (!read_mark(ev->mark, part)) {
		leg->leg.total.ignored++;
		return;
	}
	leg->probe_answered = true;
	call_carrier_mark(leg->call, (unsigned)part[0], (unsigned)part[3],
			  now_ns);
}

static void on_stop(struct twilio_leg *leg, struct twilio_event *ev,
		    uint64_t now_ns)
{
	(void)ev;
	call_carrier_ended(leg->call,
			   leg->is_moving ? CALL_END_TRANSFERRED
					  : CALL_END_CALLER,
			   now_ns);
	end(leg, TWILIO_LEG_BY_STOP);
	close_leg(leg, 1000, "");
}

typedef void handler_fn(struct twilio_leg *leg, struct twilio_event *ev,
			uint64_t now_ns);

/* What a live stream does with each event. start comes earlier; connected and
 * unknown events tell us nothing. */
static handler_fn *const live_handler[TWILIO_UNKNOWN + 1] = {
	[TWILIO_START] = on_start, [TWILIO_MEDIA] = on_media,
	[TWILIO_DTMF] = on_dtmf,   [TWILIO_MARK] = on_mark,
	[TWILIO_STOP] = on_stop,
};

static handler_fn *handler_for(struct twilio_leg *leg,
			       const struct twilio_event *ev)
{
	if (leg->state == TWILIO_LEG_OPEN)
		return ev->type == TWILIO_START ? on_start : NULL;
	if (leg->state != TWILIO_LEG_LIVE)
		return NULL;
	if (ev->stream_sid[0] && strcmp(ev->stream_sid, leg->stream_sid) != 0 &&
	    ev->type != TWILIO_START)
		return NULL; /* of a stream that is not this one */
	return live_handler[ev->type];
}

static void watch_sequence(struct twilio_leg *leg, uint64_t sequence)
{
	if (!sequence)
		return;
	if (leg->last_sequence && sequence != leg->last_sequence + 1)
		leg->leg.total.reordered++;
	leg->last_sequence = sequence;
}

static void take(struct twilio_leg *leg, struct twilio_event *ev,
		 uint64_t now_ns)
{
	handler_fn *handle = handler_for(leg, ev);

	watch_sequence(leg, ev->sequence);
	if (handle) {
		handle(leg, ev, now_ns);
	} else if (ev->type != TWILIO_CONNECTED) {
		if (!leg->leg.total.ignored++)
			log_event(&leg->log, LOG_WARN, "ignored", "why",
				  ev->type == TWILIO_UNKNOWN
					  ? "an event of no known name"
					  : "an event out of place",
				  "event", ev->name, NULL);
	}
}

static void on_bad(struct twilio_leg *leg, const char *why)
{
	if (!leg->leg.total.bad++)
		log_event(&leg->log, LOG_WARN, "bad_message", "why", why, NULL);
	if (leg->state == TWILIO_LEG_OPEN)
		refuse(leg, 1008, "the stream did not begin as it must");
	else if (leg->leg.total.bad > TWILIO_BAD_MAX)
		refuse(leg, 1008, "too many bad messages");
}

static const char *bad_words(int err)
{
	switch (err) {
	case -EBADMSG:
		return "not a JSON object";
	case -E2BIG:
		return "more audio than a frame may hold";
	default:
		return "a known event of impossible shape";
	}
}

static void on_text(void *owner, char *text, size_t len)
{
	struct twilio_leg *leg = owner;
	uint64_t read_ns = ws_read_ns(leg->ws);
	struct twilio_event ev;

	leg->heard_ns = read_ns;
	if (leg->state == TWILIO_LEG_CLOSING)
		return; /* what was under way when we closed */
	int err = twilio_message_parse(&ev, text, len);
	if (err) {
		on_bad(leg, bad_words(err));
	} else {
		take(leg, &ev, read_ns);
		twilio_event_release(&ev);
	}
	leg->events->on_handled(leg->owner, read_ns);
}

static void on_binary(void *owner, const uint8_t *bytes, size_t len)
{
	(void)bytes;
	(void)len;
	on_bad(owner, "a binary message");
}

static void on_closed(void *owner, const struct ws_end *how)
{
	struct twilio_leg *leg = owner;
	bool was_live = leg->state == TWILIO_LEG_LIVE;
	bool by_us = leg->state == TWILIO_LEG_CLOSING;

	leg->ws = NULL;
	leg->state = TWILIO_LEG_GONE;
	if (was_live)
		log_event(&leg->log, LOG_WARN, "stream_lost", "why",
			  how->why[0] ? how->why : "closed without a stop",
			  NULL);
	if (leg->stream_sid[0])
		call_carrier_ended(leg->call, CALL_END_CALLER, uv_hrtime());
	end(leg, by_us ? TWILIO_LEG_BY_US : TWILIO_LEG_LOST);
	leg->events->on_handled(leg->owner, uv_hrtime());
}

const struct ws_events twilio_leg_socket = {
	.on_text = on_text,
	.on_binary = on_binary,
	.on_closed = on_closed,
};

/* --- The clock --- */

static void watch_probe(struct twilio_leg *leg, uint64_t now_ns)
{
	if (leg->probe_answered || leg->probe_complained ||
	    !lasted(leg->opened_ns, TWILIO_PROBE_MS, now_ns))
		return;
	leg->probe_complained = true;
	log_event(&leg->log, LOG_WARN, "marks_missing", "why",
		  "marks do not come back: is the TwiML <Start><Stream> "
		  "instead of <Connect><Stream>?",
		  NULL);
}

static void tick(struct leg *base, uint64_t now_ns)
{
	struct twilio_leg *leg = (struct twilio_leg *)base;

	if (leg->state == TWILIO_LEG_OPEN &&
	    lasted(leg->opened_ns, TWILIO_START_MS, now_ns))
		refuse(leg, 1008, "no start");
	if (leg->state != TWILIO_LEG_LIVE)
		return;
	watch_probe(leg, now_ns);
	if (leg->hung_up_ns &&
	    lasted(leg->hung_up_ns, TWILIO_STOP_MS, now_ns)) {
		twilio_leg_let_go(leg);
		return;
	}
	if (lasted(leg->heard_ns, TWILIO_SILENT_MS, now_ns)) {
		log_event(&leg->log, LOG_WARN, "stream_lost", "why",
			  "no message for 15 s", NULL);
		leg->state = TWILIO_LEG_CLOSING;
		call_carrier_ended(leg->call, CALL_END_CALLER, now_ns);
		end(leg, TWILIO_LEG_LOST);
		ws_abort(leg->ws);
	}
}

/* The code says why: a hang-up closes with 1000. */
static void stop(struct leg *base)
{
	close_leg((struct twilio_leg *)base, 1001, "shutting down");
}

static void cut(struct leg *base)
{
	struct twilio_leg *leg = (struct twilio_leg *)base;

	if (leg->ws)
		ws_abort(leg->ws);
}

static size_t waiting(const struct leg *base)
{
	const struct twilio_leg *leg = (const struct twilio_leg *)base;

	return leg->ws ? ws_waiting(leg->ws) : 0;
}

static bool is_gone(const struct leg *base)
{
	return ((const struct twilio_leg *)base)->state == TWILIO_LEG_GONE;
}

static struct ws *ws_of(const struct leg *base)
{
	return ((const struct twilio_leg *)base)->ws;
}

static const struct leg_kind kind = {
	.tick = tick,
	.stop = stop,
	.abort = cut,
	.waiting = waiting,
	.is_gone = is_gone,
	.ws = ws_of,
};

void twilio_leg_open(struct twilio_leg *leg, struct call *call,
		     const struct log *log,
		     const struct twilio_leg_owner *events, void *owner,
		     uint64_t now_ns)
{
	leg->leg.kind = &kind;
	leg->call = call;
	leg->events = events;
	leg->owner = owner;
	leg->opened_ns = now_ns;
	leg->heard_ns = now_ns;
	log_child_of(&leg->log, log, LOG_TWILIO, "leg", "twilio");
}

/* --- To Twilio --- */

static bool can_send(const struct twilio_leg *leg)
{
	return leg->ws && leg->state == TWILIO_LEG_LIVE;
}

static void send_audio(void *port, const uint8_t *bytes, size_t n)
{
	struct twilio_leg *leg = port;
	size_t room = TWILIO_MEDIA_ROOM(n);
	char *text;

	if (!can_send(leg))
		return;
	leg->leg.total.media_out++;
	if (ws_text_begin(leg->ws, room, &text))
		return;
	size_t len =
		twilio_message_media(text, room, leg->stream_sid, bytes, n);
	if (len)
		ws_text_end(leg->ws, len);
}

static bool is_congested(const void *port)
{
	const struct twilio_leg *leg = port;

	return leg->ws && ws_waiting(leg->ws) > LEG_WAITING_MAX;
}

static void send_mark(void *port, const struct playout_mark *mark)
{
	struct twilio_leg *leg = port;
	char text[TWILIO_CONTROL_ROOM], name[TWILIO_MARK_MAX];

	if (!can_send(leg))
		return;
	snprintf(name, sizeof(name), "g%u.i%u.%u.n%u", mark->generation,
		 mark->item, mark->end_ms, mark->number);
	size_t len =
		twilio_message_mark(text, sizeof(text), leg->stream_sid, name);
	if (len)
		ws_send_text(leg->ws, text, len);
}

static bool clear(void *port)
{
	struct twilio_leg *leg = port;
	char text[TWILIO_CONTROL_ROOM];

	if (!can_send(leg))
		return true;
	size_t len = twilio_message_clear(text, sizeof(text), leg->stream_sid);
	if (len)
		ws_send_text(leg->ws, text, len);
	leg->leg.total.clears++;
	return true;
}

void twilio_leg_stays(struct twilio_leg *leg)
{
	leg->is_moving = false;
}

void twilio_leg_let_go(struct twilio_leg *leg)
{
	/* Twilio then asks /twilio/after-stream what to do with the call. */
	end(leg, TWILIO_LEG_BY_US);
	close_leg(leg, 1000, "bye");
}

static void hang_up(void *port, const char *reason)
{
	struct twilio_leg *leg = port;

	(void)reason; /* Twilio keeps none */
	if (can_send(leg) && leg->events->on_hang_up &&
	    leg->events->on_hang_up(leg->owner))
		leg->hung_up_ns = uv_hrtime();
	else
		twilio_leg_let_go(leg);
}

static bool can(const void *port, enum call_request_kind what)
{
	const struct twilio_leg *leg = port;

	return leg->events->can && leg->events->can(leg->owner, what);
}

static int request(void *port, const struct call_request *r)
{
	struct twilio_leg *leg = port;

	if (!can(leg, r->kind) || !can_send(leg))
		return -ENOTSUP;
	int err = leg->events->on_request(leg->owner, r);
	leg->is_moving = !err && r->kind == CALL_REQUEST_TRANSFER;
	return err;
}

const struct call_carrier_port twilio_leg_port = {
	.send_audio = send_audio,
	.is_congested = is_congested,
	.send_mark = send_mark,
	.clear = clear,
	.request = request,
	.can = can,
	.hang_up = hang_up,
};
