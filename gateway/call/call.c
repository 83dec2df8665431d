#include "gateway/call/call.h"

#include <string.h>

#include "gateway/call/call_parts.h"

static void set_deadline(struct call *c, uint64_t now_ns, uint64_t ms)
{
	c->deadline_ns = ms ? now_ns + ms * CALL_NS_PER_MS : 0;
}

int call_init(struct call *c, const struct call_settings *settings,
	      struct audio_pool *pool, const struct call_carrier_port *carrier,
	      void *leg, const struct call_model_port *model, void *session,
	      uint64_t now_ns)
{
	enum audio_format phone = settings->carrier_format;
	unsigned bytes_per_ms = audio_format_bytes_per_ms(phone);

	memset(c, 0, sizeof(*c));
	c->settings = *settings;
	c->carrier = carrier;
	c->leg = leg;
	c->model = model;
	c->session = session;
	c->started_ns = now_ns;
	c->has_model = true;
	transcoder_init(&c->up, phone, settings->model_format);
	transcoder_init(&c->down, settings->model_format, phone);
	audio_queue_init(&c->ring, pool,
			 (size_t)settings->ring_ms * bytes_per_ms);
	playout_init(&c->playout, pool,
		     &(struct playout_settings){
			     .bytes_per_ms = bytes_per_ms,
			     .bytes_per_sample =
				     audio_format_bytes_per_sample(phone),
			     .silence = audio_format_silence(phone),
			     .lead_ms = settings->lead_ms,
			     .has_marks = true,
		     });
	digits_init(&c->digits, settings->digits_max, settings->digits_gap_ms,
		    settings->digits_terminator);
	set_deadline(c, now_ns, settings->connect_ms);

	struct playout_mark probe = playout_probe(&c->playout, now_ns);
	c->carrier->send_mark(c->leg, &probe);
	return 0;
}

void call_free(struct call *c)
{
	audio_queue_clear(&c->ring);
	playout_free(&c->playout);
}

void call_note(struct call *c, enum call_note note, const char *text,
	       uint64_t number)
{
	if (c->on_note)
		c->on_note(c->owner, note, text ? text : "", number);
}

bool call_is_live(const struct call *c)
{
	return c->has_model &&
	       (c->state == CALL_UP || c->state == CALL_FAREWELL);
}

/* --- What the state table asks for --- */

static void close_model(struct call *c)
{
	if (!c->has_model)
		return;
	c->has_model = false;
	c->model->close(c->session);
	memset(&c->sequencer, 0, sizeof(c->sequencer));
	c->answer_due_ns = 0;
	c->audio_due_ns = 0;
	c->cancel_due_ns = 0;
	c->retry_ns = 0;
	c->goodbye_said = true; /* as much of it as there will be */
	playout_complete(&c->playout);
}

static void apologise(struct call *c, uint64_t now_ns)
{
	playout_drop_unsent(&c->playout);
	playout_begin_local(&c->playout);
	playout_push_local(&c->playout, c->settings.apology,
			   c->settings.apology_len);
	playout_complete(&c->playout);
	call_pump(c, now_ns);
}

static void carry_out(struct call *c, unsigned todo, uint64_t now_ns)
{
	if (todo & CALL_DO_CLOSE_MODEL)
		close_model(c);
	if (todo & CALL_DO_FLUSH_RING)
		call_uplink(c);
	if ((todo & CALL_DO_GREET) && c->settings.greets)
		call_want(c, SPEAK_GREETING, now_ns);
	if (todo & CALL_DO_AWAIT_GOODBYE) {
		c->goodbye_asked = false;
		c->goodbye_said = false;
		c->tail_ns = 0;
	}
	if (todo & CALL_DO_APOLOGISE)
		apologise(c, now_ns);
	if (todo & CALL_DO_HANG_UP)
		c->carrier->hang_up(c->leg);
	if (todo & CALL_DO_FINISH)
		call_free(c);
}

/* How long the call may stay in the state it has come to. */
static uint64_t patience_ms(const struct call *c)
{
	unsigned bytes_per_ms =
		audio_format_bytes_per_ms(c->settings.carrier_format);

	switch (c->state) {
	case CALL_CONNECTING:
		return c->settings.connect_ms;
	case CALL_UP:
		return c->settings.longest_ms;
	case CALL_FAREWELL:
		return CALL_FAREWELL_MS;
	case CALL_SORRY:
		return c->settings.apology_len / bytes_per_ms +
		       2 * PLAYOUT_GRACE_MS;
	case CALL_ENDING:
		return CALL_ENDING_MS;
	default:
		return 0;
	}
}

/* The reason belongs to the event that led away from talking. */
static void note_reason(struct call *c, enum call_event event)
{
	if (c->state == CALL_SORRY || c->state == CALL_ENDING ||
	    c->state == CALL_OVER)
		return;
	if (event == CALL_CARRIER_ENDED)
		c->end = CALL_END_CALLER;
	else if (event == CALL_STOPPED)
		c->end = CALL_END_SHUTDOWN;
	else if (event == CALL_DEADLINE && c->state == CALL_UP)
		c->end = CALL_END_TOO_LONG;
	else if (c->state == CALL_FAREWELL)
		c->end = CALL_END_MODEL;
	else
		c->end = CALL_END_MODEL_LOST;
}

void call_step(struct call *c, enum call_event event, uint64_t now_ns)
{
	enum call_state before = c->state;

	note_reason(c, event);
	unsigned todo = call_state_step(&c->state, event);
	if (c->state != before) {
		uint64_t ms = patience_ms(c);
		if (c->state == CALL_UP)
			c->deadline_ns =
				ms ? c->started_ns + ms * CALL_NS_PER_MS : 0;
		else
			set_deadline(c, now_ns, ms);
		call_note(c, CALL_NOTE_STATE, call_state_name(c->state),
			  (now_ns - c->started_ns) / CALL_NS_PER_MS);
	}
	carry_out(c, todo, now_ns);
}

/* --- The clock --- */

void call_pump(struct call *c, uint64_t now_ns)
{
	struct playout_chunk chunk;

	if (c->state == CALL_ENDING || c->state == CALL_OVER)
		return;
	while (playout_pump(&c->playout, now_ns, &chunk)) {
		if (chunk.len)
			c->carrier->send_audio(c->leg, chunk.bytes, chunk.len);
		if (chunk.has_mark)
			c->carrier->send_mark(c->leg, &chunk.mark);
	}
}

/* Everything the call still wanted to say has been said and heard. */
static bool has_said_all(const struct call *c, uint64_t now_ns)
{
	if (c->state != CALL_SORRY && c->state != CALL_FAREWELL)
		return false;
	if (c->state == CALL_FAREWELL &&
	    (!c->goodbye_said || !sequencer_is_quiet(&c->sequencer)))
		return false;
	return playout_is_idle(&c->playout, now_ns);
}

static void watch_for_the_end(struct call *c, uint64_t now_ns)
{
	if (!has_said_all(c, now_ns)) {
		c->tail_ns = 0;
		return;
	}
	if (!c->tail_ns)
		c->tail_ns = now_ns + CALL_TAIL_MS * CALL_NS_PER_MS;
	if (now_ns >= c->tail_ns)
		call_step(c, CALL_HEARD, now_ns);
}

void call_tick(struct call *c, uint64_t now_ns)
{
	if (c->state == CALL_OVER)
		return;
	call_pump(c, now_ns);
	if (call_is_live(c)) {
		call_caller_tick(c, now_ns);
		call_model_tick(c, now_ns);
	}
	watch_for_the_end(c, now_ns);
	if (c->deadline_ns && now_ns >= c->deadline_ns)
		call_step(c, CALL_DEADLINE, now_ns);
}

void call_stop(struct call *c, uint64_t now_ns)
{
	call_step(c, CALL_STOPPED, now_ns);
}

void call_carrier_ended(struct call *c, uint64_t now_ns)
{
	call_step(c, CALL_CARRIER_ENDED, now_ns);
}

const char *call_end_name(enum call_end end)
{
	static const char *const name[] = {
		[CALL_END_CALLER] = "caller",
		[CALL_END_MODEL] = "goodbye",
		[CALL_END_MODEL_LOST] = "model_lost",
		[CALL_END_TOO_LONG] = "too_long",
		[CALL_END_SHUTDOWN] = "shutdown",
	};
	return name[end];
}
