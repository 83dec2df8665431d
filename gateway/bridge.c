#include "gateway/bridge.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "gateway/net/http_server.h"
#include "gateway/net/ws.h"
#include "gateway/ops/config.h"
#include "gateway/worker.h"

#define NS_PER_MS 1000000ull

static void flush(struct bridge *b)
{
	twilio_leg_flush(&b->leg);
	if (b->has_call)
		openai_session_flush(&b->session);
}

/* --- What the call says for the log --- */

static void on_note(void *owner, enum call_note note, const char *text,
		    uint64_t number)
{
	static const struct {
		const char *event;
		const char *text;
		const char *number;
		enum log_level level;
	} line[] = {
		[CALL_NOTE_STATE] = { "state", "state", "at_ms", LOG_INFO },
		[CALL_NOTE_BARGE_IN] = { "barge_in", "item", "heard_ms",
					 LOG_INFO },
		[CALL_NOTE_DIGITS] = { "digits", NULL, "keys", LOG_INFO },
		[CALL_NOTE_FAILED_ANSWER] = { "answer_failed", "why", "count",
					      LOG_WARN },
		[CALL_NOTE_MODEL_LOST] = { "model_lost", "why", NULL,
					   LOG_ERROR },
		[CALL_NOTE_RING_OVERFLOW] = { "ring_overflow", NULL, "bytes",
					      LOG_WARN },
		[CALL_NOTE_PLAYOUT_OVERFLOW] = { "playout_overflow", "item",
						 "bytes", LOG_WARN },
		[CALL_NOTE_GAP_FILLED] = { "gap_filled", NULL, "ms",
					   LOG_DEBUG },
	};
	struct bridge *b = owner;
	struct log_line l;

	log_begin(&l, &b->log, line[note].level, line[note].event);
	if (line[note].text)
		log_text(&l, line[note].text, text);
	if (line[note].number)
		log_number(&l, line[note].number, (int64_t)number);
	log_end(&l);
}

static void log_summary(struct bridge *b, enum twilio_leg_end how)
{
	static const char *const end[] = {
		[TWILIO_LEG_BY_US] = "us",
		[TWILIO_LEG_BY_STOP] = "stop",
		[TWILIO_LEG_LOST] = "lost",
	};
	const struct call *c = &b->call;
	struct log_line l;

	log_begin(&l, &b->log, LOG_INFO, "ended");
	log_text(&l, "end", b->has_call ? call_end_name(c->end) : "no_start");
	log_text(&l, "stream", end[how]);
	log_number(&l, "ms",
		   (int64_t)((uv_hrtime() - b->opened_ns) / NS_PER_MS));
	if (b->has_call) {
		log_number(&l, "responses", c->responses);
		log_number(&l, "barge_ins", c->barge_ins);
		log_number(&l, "caller_ms", (int64_t)(c->caller_bytes / 8));
		log_number(&l, "gap_ms", (int64_t)c->gap_ms);
		log_number(&l, "ring_dropped", (int64_t)c->ring_dropped);
		log_number(&l, "underruns", (int64_t)c->playout.late);
		log_number(&l, "model_errors", (int64_t)b->session.errors);
		log_number(&l, "model_unreadable",
			   (int64_t)b->session.unreadable);
	}
	log_number(&l, "ignored", (int64_t)b->leg.ignored);
	log_number(&l, "bad", (int64_t)b->leg.bad);
	log_number(&l, "reordered", (int64_t)b->leg.reordered);
	log_end(&l);
}

/* --- The phone leg --- */

static void set_call(struct bridge *b, struct call_settings *s)
{
	const struct config *c = b->worker->config;

	*s = (struct call_settings){
		.carrier_format = AUDIO_ULAW,
		.model_format = c->agent.format == CONFIG_FORMAT_PCMU
					? AUDIO_ULAW
					: AUDIO_PCM24,
		.lead_ms = c->audio.lead_ms,
		.append_ms = c->audio.append_ms,
		.ring_ms = c->limits.ring_seconds * 1000,
		.connect_ms = c->model.connect_timeout_ms +
			      c->model.configure_timeout_ms,
		.longest_ms = c->limits.call_minutes * 60000,
		.digits_max = c->digits.max,
		.digits_gap_ms = c->digits.gap_ms,
		.digits_terminator = c->digits.terminator[0],
		.greets = b->worker->profile.greeting != NULL,
		.apology = b->worker->apology.ulaw,
		.apology_len = b->worker->apology.len,
	};
}

static int on_start(void *owner, const struct twilio_event *start)
{
	struct bridge *b = owner;
	uint64_t now_ns = uv_hrtime();
	struct call_settings settings;

	log_event(&b->log, LOG_INFO, "started", "stream", start->stream_sid,
		  NULL);
	set_call(b, &settings);
	int err = call_init(&b->call, &settings, &b->worker->pool,
			    &twilio_leg_port, &b->leg, &openai_session_port,
			    &b->session, now_ns);
	if (err)
		return err;
	b->call.on_note = on_note;
	b->call.owner = b;
	b->has_call = true;
	b->worker->figures.calls++;
	openai_session_open(&b->session, &b->worker->profile, b->worker->loop,
			    &b->call, &b->log, now_ns);
	return 0;
}

static void on_leg_handled(void *owner, uint64_t read_ns)
{
	struct bridge *b = owner;

	flush(b);
	if (b->session.appends != b->appends)
		histogram_record(&b->worker->figures.caller_to_model,
				 uv_hrtime() - read_ns);
	b->appends = b->session.appends;
}

static enum twilio_fate fate_of(const struct bridge *b, enum twilio_leg_end how)
{
	if (how == TWILIO_LEG_BY_STOP)
		return TWILIO_CALLER_GONE;
	if (how == TWILIO_LEG_LOST)
		return TWILIO_CUT;
	return !b->has_call || b->call.end == CALL_END_MODEL_LOST
		       ? TWILIO_FAILED
		       : TWILIO_ENDED;
}

static void on_leg_ended(void *owner, enum twilio_leg_end how)
{
	struct bridge *b = owner;
	enum twilio_fate fate = fate_of(b, how);

	b->worker->figures.failed += fate == TWILIO_FAILED;
	twilio_tickets_settle(&b->worker->desk.tickets, b->call_sid, b->stream,
			      fate, uv_hrtime());
	log_summary(b, how);
}

static const struct twilio_leg_owner leg_owner = {
	.on_start = on_start,
	.on_handled = on_leg_handled,
	.on_ended = on_leg_ended,
};

/* --- The model session --- */

static void on_session_handled(void *owner, uint64_t read_ns)
{
	struct bridge *b = owner;
	struct worker_figures *f = &b->worker->figures;

	flush(b);
	if (b->leg.clears != b->clears)
		histogram_record(&f->interruption, uv_hrtime() - read_ns);
	else if (b->leg.media_out != b->media)
		histogram_record(&f->model_to_caller, uv_hrtime() - read_ns);
	b->clears = b->leg.clears;
	b->media = b->leg.media_out;
	b->appends = b->session.appends;
}

/* --- Life --- */

static void unlink_and_free(struct bridge *b)
{
	struct worker *w = b->worker;

	metronome_remove(&w->metronome, &b->clock);
	*b->link = b->next;
	if (b->next)
		b->next->link = b->link;
	if (b->has_call)
		call_free(&b->call);
	free(b);
	worker_bridge_gone(w);
}

static bool is_over(const struct bridge *b)
{
	return b->leg.state == TWILIO_LEG_GONE &&
	       (!b->has_call || b->session.state == OPENAI_CLOSED);
}

static void on_tick(struct metronome_member *m, uint64_t now_ns)
{
	struct bridge *b =
		(struct bridge *)((char *)m - offsetof(struct bridge, clock));

	twilio_leg_tick(&b->leg, now_ns);
	if (b->has_call) {
		call_tick(&b->call, now_ns);
		openai_session_tick(&b->session, now_ns);
	}
	flush(b);
	b->media = b->leg.media_out;
	b->clears = b->leg.clears;
	b->appends = b->session.appends;
	if (is_over(b))
		unlink_and_free(b);
}

static void enlist(struct worker *w, struct bridge *b)
{
	b->next = w->bridges;
	b->link = &w->bridges;
	if (b->next)
		b->next->link = &b->next;
	w->bridges = b;
	w->running++;
	metronome_add(&w->metronome, &b->clock);
}

struct bridge *bridge_open(struct worker *w, struct http_connection *c,
			   const char *accept,
			   const struct twilio_ticket *ticket)
{
	struct bridge *b = calloc(1, sizeof(*b));

	if (!b) {
		http_respond_text(c, 503, "no memory");
		return NULL;
	}
	b->worker = w;
	b->opened_ns = uv_hrtime();
	b->clock.on_tick = on_tick;
	b->session.owner = b;
	b->session.on_handled = on_session_handled;
	snprintf(b->call_sid, sizeof(b->call_sid), "%s", ticket->call_sid);
	b->stream = ticket->streams;
	log_child(&b->log, &w->log, "call", b->call_sid);
	twilio_leg_open(&b->leg, &b->call, &b->log, &leg_owner, b,
			b->opened_ns);
	b->leg.expected_call_sid = b->call_sid;
	b->leg.ws = http_upgrade(c, accept, NULL, TWILIO_MESSAGE_MAX,
				 &twilio_leg_socket, &b->leg);
	if (!b->leg.ws) {
		free(b);
		return NULL;
	}
	enlist(w, b);
	return b;
}

void bridge_stop(struct bridge *b)
{
	if (b->is_stopping)
		return;
	b->is_stopping = true;
	/* First, so that the code says why: a hang-up closes with 1000. */
	twilio_leg_close(&b->leg, 1001, "shutting down");
	if (b->has_call)
		call_stop(&b->call, uv_hrtime());
	flush(b);
}

void bridge_abort(struct bridge *b)
{
	bridge_stop(b);
	if (b->leg.ws)
		ws_abort(b->leg.ws);
	if (b->has_call && b->session.ws)
		ws_abort(b->session.ws);
}
