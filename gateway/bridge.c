#include "gateway/bridge.h"

#include <stdlib.h>
#include <string.h>

#include "gateway/agents/agent_keypad.h"
#include "gateway/exchange.h"
#include "gateway/net/ws.h"
#include "gateway/ops/config.h"
#include "gateway/ops/config_route.h"
#include "gateway/settings.h"
#include "gateway/worker.h"
#include "protocols/utf8.h"

#define NS_PER_MS 1000000ull
#define ENDING_MS 5000 /* for a carrier to end a call when told to */

/* --- What the call says for the log --- */

static const struct {
	const char *event;
	const char *text;
	const char *number;
	enum log_level level;
} note_line[] = {
	[CALL_NOTE_STATE] = { "state", "state", "at_ms", LOG_INFO },
	[CALL_NOTE_BARGE_IN] = { "barge_in", "item", "heard_ms", LOG_INFO },
	[CALL_NOTE_DIGITS] = { "digits", NULL, "keys", LOG_INFO },
	[CALL_NOTE_KEYPAD] = { "keypad", "action", "keys", LOG_INFO },
	[CALL_NOTE_KEYPAD_UNDONE] = { "keypad_undone", "why", "keys",
				      LOG_WARN },
	[CALL_NOTE_FAILED_ANSWER] = { "answer_failed", "why", "count",
				      LOG_WARN },
	[CALL_NOTE_MODEL_LOST] = { "model_lost", "why", NULL, LOG_ERROR },
	[CALL_NOTE_RING_OVERFLOW] = { "ring_overflow", NULL, "bytes",
				      LOG_WARN },
	[CALL_NOTE_PLAYOUT_OVERFLOW] = { "playout_overflow", "item", "bytes",
					 LOG_WARN },
	[CALL_NOTE_GAP_FILLED] = { "gap_filled", NULL, "ms", LOG_DEBUG },
	[CALL_NOTE_DETACHED] = { "detached", NULL, "unheard_ms", LOG_WARN },
	[CALL_NOTE_ATTACHED] = { "attached", NULL, "away_ms", LOG_INFO },
	[CALL_NOTE_REQUEST] = { "request", "name", NULL, LOG_INFO },
	[CALL_NOTE_TRANSFER_FAILED] = { "transfer_failed", "why", NULL,
					LOG_WARN },
	[CALL_NOTE_NO_INPUT] = { "no_input", NULL, "times", LOG_INFO },
	[CALL_NOTE_WARNING] = { "time_warning", NULL, "left_ms", LOG_INFO },
	[CALL_NOTE_NO_ANSWER] = { "no_answer", NULL, "owed_ms", LOG_WARN },
	[CALL_NOTE_FIRST_SOUND] = { "first_sound", NULL, "after_us",
				    LOG_DEBUG },
	[CALL_NOTE_TURN] = { "turn", NULL, "after_us", LOG_DEBUG },
	[CALL_NOTE_INTERRUPTED] = { "interrupted", NULL, "unheard_ms",
				    LOG_DEBUG },
};

static void on_note(void *owner, enum call_note note, const char *text,
		    uint64_t number)
{

	struct bridge *b = owner;
	struct log_line l;

	if (note == CALL_NOTE_STATE || note == CALL_NOTE_ATTACHED)
		bridge_foresee(b);
	bridge_count_note(b, note, number);
	log_begin(&l, &b->log, note_line[note].level, note_line[note].event);
	if (note_line[note].text)
		log_text(&l, note_line[note].text, text);
	if (note_line[note].number)
		log_number(&l, note_line[note].number, (int64_t)number);
	log_end(&l);
}

static void log_call(struct log_line *l, const struct bridge *b)
{
	const struct call *c = &b->call;
	unsigned per_ms = audio_format_bytes_per_ms(c->settings.caller_format);

	log_number(l, "responses", c->responses);
	log_number(l, "barge_ins", c->barge_ins);
	log_number(l, "caller_ms", (int64_t)(c->caller_bytes / per_ms));
	log_number(l, "gap_ms", (int64_t)c->gap_ms);
	log_number(l, "ring_dropped", (int64_t)c->ring_dropped);
	log_number(l, "underruns", (int64_t)c->playout.late);
	log_number(l, "model_errors", (int64_t)b->session->errors);
	log_number(l, "model_unreadable", (int64_t)b->session->unreadable);
}

void bridge_summarize(struct bridge *b, const char *stream)
{
	const struct leg_totals *t = &b->leg->total;
	struct log_line l;

	bridge_count_end(b);
	log_begin(&l, &b->log, LOG_INFO, "ended");
	log_text(&l, "end",
		 b->has_call ? call_end_name(b->call.end) : "no_start");
	log_text(&l, "stream", stream);
	log_number(&l, "ms",
		   (int64_t)((uv_hrtime() - b->opened_ns) / NS_PER_MS));
	if (b->has_call)
		log_call(&l, b);
	if (b->has_call)
		bridge_log_cost(&l, b);
	log_number(&l, "ignored", (int64_t)t->ignored);
	log_number(&l, "bad", (int64_t)t->bad);
	log_number(&l, "reordered", (int64_t)t->reordered);
	log_number(&l, "repeated", (int64_t)t->repeated);
	log_number(&l, "dropped", (int64_t)t->dropped);
	log_number(&l, "resumes", (int64_t)t->resumes);
	log_end(&l);
}

/* --- The model session --- */

static void on_session_handled(void *owner, uint64_t read_ns)
{
	struct bridge *b = owner;
	const struct leg_totals *t = &b->leg->total;

	if (t->clears != b->clears)
		bridge_await(b, WORKER_INTERRUPTION, read_ns);
	else if (t->media_out != b->media)
		bridge_await(b, WORKER_MODEL_TO_CALLER, read_ns);
	b->clears = t->clears;
	b->media = t->media_out;
	b->appends = b->session->appends;
}

static void on_usage(void *owner, const struct realtime_usage *usage,
		     bool is_heard, uint64_t now_ns)
{
	bridge_charge(owner, usage, is_heard, now_ns);
}

/* Of the agent, and of the call's route. */
static const struct keypad *keypad_of(struct bridge *b)
{
	if (!b->route || !b->route->keypad.count)
		return &b->agent->keypad;
	if (!b->keypad)
		b->keypad = malloc(sizeof(*b->keypad));
	if (b->keypad)
		agent_keypad_make(b->keypad, b->agent, b->route);
	else
		log_event(&b->log, LOG_ERROR, "no_memory", "what",
			  "the keys of its route do nothing in this call",
			  NULL);
	return b->keypad ? b->keypad : &b->agent->keypad;
}

static void on_become(void *owner, const struct agent *agent)
{
	struct bridge *b = owner;

	if (!b->model || agent == b->agent)
		return;
	b->agent = agent;
	b->call.settings.keypad = keypad_of(b);
	tally_add(&b->worker->exchange->hand_offs, agent->wanted->persona.name);
	bridge_dress(b);
}

static void on_billed(void *owner, const struct agent *of, const char *model,
		      const struct price_usage *usage)
{
	bridge_charge_text(owner, of, model, usage, uv_hrtime());
}

void bridge_dress(struct bridge *b)
{
	const struct openai_profile *p = &b->model->profile[b->agent->index];
	struct agent_words w = { 0 };

	if (b->agent->has_places &&
	    agent_words(&w, b->agent, &b->call.variables) != 0)
		log_event(&b->log, LOG_ERROR, "no_memory", "what",
			  "the agent's texts have no variables in this call",
			  NULL);
	const struct openai_words words = { w.instructions, w.greeting };
	openai_session_become(b->session, p, &words);
}

static void on_session_begin(void *owner)
{
	bridge_dress(owner);
}

static void set_session(struct bridge *b, struct openai_session *s)
{
	s->owner = b;
	s->on_handled = on_session_handled;
	s->on_usage = on_usage;
	s->on_begin = on_session_begin;
	b->session = s;
}

/* --- Beginning --- */

static const struct prompt *apology_for(const struct settings *of,
					const char *number)
{
	const struct config_failure *f = &of->config->failure;
	unsigned i = config_route_find(of->config, number);

	return i < f->by_number_count && f->by_number[i].prompt[0]
		       ? &of->route_apology[i]
		       : &of->apology;
}

void bridge_settings(const struct bridge *b, const char *number,
		     struct call_settings *s)
{
	const struct settings *of = b->settings;
	const struct config *c = of->config;
	const struct config_agent *agent = b->agent->wanted;
	const struct prompt *apology = apology_for(of, number);

	*s = (struct call_settings){
		.caller_format = AUDIO_ULAW,
		.playout_format = AUDIO_ULAW,
		.model_format = agent->format == CONFIG_FORMAT_PCMU
					? AUDIO_ULAW
					: AUDIO_PCM24,
		.lead_ms = c->audio.lead_ms,
		.append_ms = c->audio.append_ms,
		.ring_ms = c->limits.ring_seconds * 1000,
		.connect_ms = c->model.connect_timeout_ms +
			      c->model.configure_timeout_ms,
		.ending_ms = ENDING_MS,
		.longest_ms = config_agent_minutes(c, agent) * 60000,
		.warning_ms = c->limits.warning_seconds * 1000,
		.silence_ms = config_agent_silence(c, agent) * 1000,
		.silence_asks = c->limits.silence_asks,
		.model_silence_ms = c->limits.model_silence_seconds * 1000,
		.digits_max = c->digits.max,
		.digits_gap_ms = c->digits.gap_ms,
		.digits_terminator = c->digits.terminator[0],
		.greets = agent_greets(b->agent),
		.hello = b->agent->sound.ulaw,
		.hello_len = b->agent->sound.len,
		.hello_text =
			b->agent->sound.ulaw
				? b->agent->wanted->persona.greeting_file_text
				: NULL,
		.apology = apology->ulaw,
		.apology_len = apology->len,
		.farewell = of->farewell.ulaw,
		.farewell_len = of->farewell.len,
	};
}

/* One that stands ready takes the place of the one that would be opened. Those
 * in the pool speak, and a reload may have come between the caller and them. */
static bool take_session(struct bridge *b, bool is_text)
{
	struct worker *w = b->worker;
	struct openai_session *s = NULL;

	if (!is_text && worker_standby_suits(w, b->settings))
		s = openai_pool_take(&w->standby.pool[b->agent->index]);
	b->session->is_text = is_text;
	b->model = s ? w->standby_of : b->settings;
	b->model->uses++;
	if (!s)
		return false;
	openai_session_free(b->session);
	set_session(b, s);
	return true;
}

static void begin_call(struct bridge *b, const struct call_settings *s,
		       const struct call_carrier_port *carrier)
{
	struct worker *w = b->worker;
	const struct call_ports ports = {
		.carrier = carrier,
		.leg = b->leg,
		.model = &openai_session_port,
		.session = b->session,
		.agent = &agent_call_port,
		.agent_owner = &b->agent_call,
	};

	agent_call_open(&b->agent_call, &w->world, b->settings->book, b->agent,
			&b->call, &b->log);
	b->agent_call.on_become = on_become;
	b->agent_call.on_billed = on_billed;
	b->agent_call.owner = b;
	b->agent_call.route = b->route;
	call_init(&b->call, s, &w->pool, &ports, uv_hrtime());
	b->call.on_note = on_note;
	b->call.owner = b;
	b->has_call = true;
	metric_add(&w->figures.calls, 1);
	bridge_count_state(b, b->call.state);
}

/* is_warm: the session is one that stood ready. */
static void connect_model(struct bridge *b, bool is_warm)
{
	struct worker *w = b->worker;
	unsigned agent = b->agent->index;

	b->session_of = b->agent->wanted;
	tally_add(&w->exchange->answered, b->agent->wanted->persona.name);
	if (is_warm)
		openai_pool_give(&w->standby.pool[agent], b->session, &b->call,
				 &b->log);
	else
		openai_session_open(b->session, &b->model->profile[agent],
				    w->loop, &b->call, &b->log, uv_hrtime());
}

void bridge_begin(struct bridge *b, const struct call_settings *s,
		  const struct call_carrier_port *carrier)
{
	bool is_warm = take_session(b, s->apology_text != NULL);

	begin_call(b, s, carrier);
	b->call.settings.keypad = keypad_of(b);
	connect_model(b, is_warm);
}

void bridge_begin_alone(struct bridge *b, const struct call_settings *s,
			const struct call_carrier_port *carrier)
{
	struct call_settings alone = *s;

	alone.connect_ms = 0; /* nothing is under way */
	alone.hello = NULL;   /* nor is it known who greets */
	alone.hello_text = NULL;
	begin_call(b, &alone, carrier);
}

void bridge_join(struct bridge *b, const struct call_settings *s)
{
	if (b->call.state != CALL_CONNECTING || b->session->is_closing)
		return;
	b->agent_call.route = b->route;
	agent_call_become(&b->agent_call, b->agent);
	bool is_warm = take_session(b, s->apology_text != NULL);
	b->call.ports.session = b->session;
	call_expect_model(&b->call, s, uv_hrtime());
	b->call.settings.keypad = keypad_of(b);
	connect_model(b, is_warm);
}

void bridge_leg_handled(struct bridge *b, uint64_t read_ns)
{
	if (b->session->appends != b->appends)
		bridge_await(b, WORKER_CALLER_TO_MODEL, read_ns);
	b->appends = b->session->appends;
}

/* --- Life --- */

static void unlink_and_free(struct bridge *b)
{
	struct worker *w = b->worker;

	metronome_remove(&w->metronome, &b->clock);
	bridge_forget_delays(b);
	bridge_count_state(b, CALL_OVER);
	*b->link = b->next;
	if (b->next)
		b->next->link = b->link;
	if (b->has_call) {
		agent_call_close(&b->agent_call);
		call_free(&b->call);
	}
	struct lines_seat seat = b->seat;
	bridge_free(b);
	worker_bridge_gone(w, &seat);
}

static bool is_over(const struct bridge *b)
{
	return b->leg->kind->is_gone(b->leg) &&
	       (!b->has_call || b->session->state == OPENAI_CLOSED);
}

static void on_tick(struct metronome_member *m, uint64_t now_ns)
{
	struct bridge *b =
		(struct bridge *)((char *)m - offsetof(struct bridge, clock));

	b->leg->kind->tick(b->leg, now_ns);
	if (b->has_call) {
		call_tick(&b->call, now_ns);
		openai_session_tick(b->session, now_ns);
		if (b->call.state == CALL_OVER)
			agent_call_close(&b->agent_call);
	}
	b->media = b->leg->total.media_out;
	b->clears = b->leg->total.clears;
	b->appends = b->session->appends;
	if (is_over(b))
		unlink_and_free(b);
}

struct bridge *bridge_new(struct worker *w, const char *call)
{
	struct bridge *b = calloc(1, sizeof(*b));
	struct openai_session *s = openai_session_new();

	if (!b || !s) {
		free(b);
		free(s);
		return NULL;
	}
	b->worker = w;
	b->settings = w->settings;
	b->settings->uses++;
	b->agent = &b->settings->book->agent[0];
	b->opened_ns = uv_hrtime();
	b->clock.on_tick = on_tick;
	b->counted_state = CALL_OVER;
	set_session(b, s);
	log_child_of(&b->log, &w->log, LOG_CALL, "call", call);
	utf8_copy(b->agent_call.id, sizeof(b->agent_call.id), call);
	return b;
}

void bridge_free(struct bridge *b)
{
	b->settings->uses--;
	if (b->model)
		b->model->uses--;
	openai_session_free(b->session);
	free(b->keypad);
	if (b->carrier == WORKER_TWILIO)
		bridge_twilio_release(b);
	free(b);
}

void bridge_enlist(struct bridge *b)
{
	struct worker *w = b->worker;

	b->next = w->bridges;
	b->link = &w->bridges;
	if (b->next)
		b->next->link = &b->next;
	w->bridges = b;
	w->running++;
	metronome_add(&w->metronome, &b->clock);
}

void bridge_seclude(struct bridge *b)
{
	if (b->leg->kind->seclude)
		b->leg->kind->seclude(b->leg);
}

void bridge_dismiss(struct bridge *b)
{
	if (b->has_call)
		call_dismiss(&b->call, uv_hrtime());
	else
		bridge_stop(b);
}

void bridge_stop(struct bridge *b)
{
	if (b->is_stopping)
		return;
	b->is_stopping = true;
	if (b->leg->kind->stop)
		b->leg->kind->stop(b->leg);
	if (b->has_call)
		call_stop(&b->call, uv_hrtime());
}

void bridge_abort(struct bridge *b)
{
	bridge_stop(b);
	b->leg->kind->abort(b->leg);
	if (b->has_call && b->session->ws)
		ws_abort(b->session->ws);
}
