#include "gateway/call/call.h"

#include <stdlib.h>
#include <string.h>

#include "gateway/call/call_parts.h"

static void set_deadline(struct call *c, uint64_t now_ns, uint64_t ms)
{
	c->deadline_ns = ms ? now_ns + ms * CALL_NS_PER_MS : 0;
}

static void begin_playout(struct call *c, struct audio_pool *pool)
{
	enum audio_format f = c->settings.playout_format;
	const struct playout_settings settings = {
		.bytes_per_ms = audio_format_bytes_per_ms(f),
		.bytes_per_sample = audio_format_bytes_per_sample(f),
		.silence = audio_format_silence(f),
		.lead_ms = c->settings.lead_ms,
		.has_marks = c->settings.has_marks,
		.keeps_sent = c->settings.can_detach,
	};

	playout_init(&c->playout, pool, &settings);
}

void call_init(struct call *c, const struct call_settings *settings,
	       struct audio_pool *pool, const struct call_ports *ports,
	       uint64_t now_ns)
{
	memset(c, 0, sizeof(*c));
	c->settings = *settings;
	c->ports = *ports;
	c->started_ns = now_ns;
	c->sequencer.create_ms = settings->model_silence_ms;
	c->has_model = true;
	c->is_open = !settings->awaits_ready;
	transcoder_init(&c->up, settings->caller_format,
			settings->model_format);
	transcoder_init(&c->down, settings->model_format,
			settings->playout_format);
	audio_queue_init(
		&c->ring, pool,
		(size_t)settings->ring_ms *
			audio_format_bytes_per_ms(settings->caller_format));
	begin_playout(c, pool);
	digits_init(&c->digits, settings->digits_max, settings->digits_gap_ms,
		    settings->digits_terminator);
	set_deadline(c, now_ns, settings->connect_ms);

	if (settings->has_marks) {
		struct playout_mark probe = playout_probe(&c->playout, now_ns);
		ports->carrier->send_mark(ports->leg, &probe);
	}
	if (c->is_open)
		call_hello(c, now_ns);
}

void call_expect_model(struct call *c, const struct call_settings *s,
		       uint64_t now_ns)
{
	struct call_settings *own = &c->settings;

	own->model_format = s->model_format;
	own->connect_ms = s->connect_ms;
	own->greets = s->greets && (!c->is_open || c->may_greet);
	own->hello = s->hello;
	own->hello_len = s->hello_len;
	own->hello_text = s->hello_text;
	own->fallback = s->fallback;
	own->apology_text = s->apology_text;
	own->keypad = s->keypad;
	transcoder_init(&c->up, own->caller_format, own->model_format);
	transcoder_init(&c->down, own->model_format, own->playout_format);
	if (c->state == CALL_CONNECTING)
		set_deadline(c, now_ns, own->connect_ms);
	if (c->is_open && c->may_greet)
		call_hello(c, now_ns);
}

void call_free(struct call *c)
{
	audio_queue_clear(&c->ring);
	playout_free(&c->playout);
	call_drop_errands(c);
	call_drop_transfer(c);
	call_tools_drop(c);
	call_variables_clear(&c->variables);
	call_collect_free(c);
	explicit_bzero(&c->digits, sizeof(c->digits));
	free(c->participant);
	c->participant = NULL;
	c->participants = 0;
	free(c->text);
	c->text = NULL;
}

void call_note(struct call *c, enum call_note note, const char *text,
	       uint64_t number)
{
	if (c->on_note)
		c->on_note(c->owner, note, text ? text : "", number);
}

bool call_is_live(const struct call *c)
{
	return c->has_model && (c->state == CALL_UP || call_is_leaving(c) ||
				c->state == CALL_TRANSFERRING);
}

bool call_is_leaving(const struct call *c)
{
	return c->state == CALL_FAREWELL || c->state == CALL_LAST_WORDS ||
	       c->state == CALL_HANDOVER;
}

/* --- What the state table asks for --- */

static void close_model(struct call *c, uint64_t now_ns)
{
	(void)now_ns;
	if (!c->has_model)
		return;
	c->has_model = false;
	c->ports.model->close(c->ports.session);
	memset(&c->sequencer, 0, sizeof(c->sequencer));
	call_tools_drop(c);
	c->answer_due_ns = 0;
	c->audio_due_ns = 0;
	c->cancel_due_ns = 0;
	c->retry_ns = 0;
	c->goodbye_said = true; /* as much of it as there will be */
	playout_complete(&c->playout);
}

static void apologise(struct call *c, uint64_t now_ns)
{
	const struct call_settings *s = &c->settings;
	bool is_menu = call_has_menu(c);

	playout_drop_unsent(&c->playout);
	if (s->apology_text)
		call_say_text(
			c, is_menu ? s->keypad->prompt_text : s->apology_text,
			now_ns);
	else if (is_menu)
		call_play(c, s->keypad->prompt, s->keypad->prompt_len);
	else
		call_play(c, s->apology, s->apology_len);
	call_pump(c, now_ns);
}

/* --- Carrying out --- */

static void flush_ring(struct call *c, uint64_t now_ns)
{
	(void)now_ns;
	call_uplink(c);
}

static void await_goodbye(struct call *c, uint64_t now_ns)
{
	(void)now_ns;
	c->goodbye_asked = false;
	c->goodbye_said = false;
	c->tail_ns = 0;
}

static void hang_up(struct call *c, uint64_t now_ns)
{
	static const char *const word[] = {
		[CALL_END_CALLER] = "caller hung up",
		[CALL_END_MODEL] = "goodbye",
		[CALL_END_MODEL_LOST] = "service unavailable",
		[CALL_END_TOO_LONG] = "call too long",
		[CALL_END_SHUTDOWN] = "service restart",
		[CALL_END_SILENCE] = "no input",
		[CALL_END_TRANSFERRED] = "transferred",
		[CALL_END_CARRIER] = "carrier",
		[CALL_END_CARRIER_LOST] = "line lost",
		[CALL_END_REPLACED] = "replaced",
		[CALL_END_BUDGET] = "budget spent",
		[CALL_END_KEYPAD] = "caller pressed the key for it",
	};
	const char *reason = c->end_reason[0] ? c->end_reason : word[c->end];

	(void)now_ns;
	c->ports.carrier->hang_up(c->ports.leg, reason);
}

/* What is known of it may be wanted for the call's next stream. */
static void finish(struct call *c, uint64_t now_ns)
{
	struct call_variables known = c->variables;

	(void)now_ns;
	c->variables = (struct call_variables){ 0 };
	call_free(c);
	c->variables = known;
}

/* In the order of enum call_todo. */
static void carry_out(struct call *c, unsigned todo, uint64_t now_ns)
{
	static void (*const act[])(struct call * c, uint64_t now_ns) = {
		close_model,   flush_ring,       call_begin_talking,
		await_goodbye, call_ask_goodbye, apologise,
		call_transfer, call_tell_kept,   call_tell_failed,
		hang_up,       finish,
	};

	for (size_t i = 0; i < sizeof(act) / sizeof(act[0]); i++)
		if (todo & 1u << i)
			act[i](c, now_ns);
}

static uint64_t sorry_ms(const struct call *c)
{
	const struct call_settings *s = &c->settings;
	bool is_menu = call_has_menu(c);
	uint64_t wait_ms = call_menu_ms(c) + (is_menu ? s->digits_gap_ms : 0);
	const char *text = is_menu ? s->keypad->prompt_text : s->apology_text;
	size_t len = is_menu ? s->keypad->prompt_len : s->apology_len;

	if (s->apology_text)
		return wait_ms + strlen(text) * CALL_TEXT_CHAR_MS;
	return wait_ms + len / audio_format_bytes_per_ms(AUDIO_ULAW);
}

/* How long the call may stay in the state it has come to. */
static uint64_t patience_ms(const struct call *c)
{
	switch (c->state) {
	case CALL_CONNECTING:
		return c->settings.connect_ms;
	case CALL_UP:
		return c->settings.longest_ms;
	case CALL_FAREWELL:
	case CALL_LAST_WORDS:
	case CALL_HANDOVER:
		return CALL_FAREWELL_MS;
	case CALL_TRANSFERRING:
		return CALL_TRANSFER_MS;
	case CALL_SORRY:
		return sorry_ms(c) + 2 * PLAYOUT_GRACE_MS;
	case CALL_ENDING:
		return c->settings.ending_ms;
	default:
		return 0;
	}
}

static enum call_end reason_for(const struct call *c, enum call_event event)
{
	if (event == CALL_CARRIER_ENDED)
		return c->carrier_end;
	if (event == CALL_STOPPED || event == CALL_DISMISSED)
		return CALL_END_SHUTDOWN;
	if (event == CALL_KEY_END)
		return CALL_END_KEYPAD;
	if (c->state == CALL_LAST_WORDS ||
	    (event == CALL_DEADLINE && c->state == CALL_UP))
		return c->wrap_ups > CALL_WRAP_UPS_MAX ? CALL_END_BUDGET
						       : CALL_END_TOO_LONG;
	return c->state == CALL_FAREWELL ? c->farewell_end
					 : CALL_END_MODEL_LOST;
}

/* The reason belongs to the event that led away from talking; who is done with
 * the apology has not been failed. */
static void note_reason(struct call *c, enum call_event event)
{
	if ((c->state != CALL_SORRY || event == CALL_KEY_END) &&
	    c->state != CALL_ENDING && c->state != CALL_OVER)
		c->end = reason_for(c, event);
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

static uint64_t us_between(uint64_t from_ns, int64_t to_ns)
{
	return to_ns > (int64_t)from_ns ? ((uint64_t)to_ns - from_ns) / 1000
					: 0;
}

/* The model's next item has begun to be sent: when it is heard is known. */
static void note_begun(struct call *c)
{
	int64_t begun_ns = c->playout.begun_ns;
	bool is_first = !c->begun_ns;

	if (begun_ns == c->begun_ns)
		return;
	c->begun_ns = begun_ns;
	if (is_first)
		call_note(c, CALL_NOTE_FIRST_SOUND, NULL,
			  us_between(c->started_ns, begun_ns));
	if (c->turn_ns)
		call_note(c, CALL_NOTE_TURN, NULL,
			  us_between(c->turn_ns, begun_ns));
	c->turn_ns = 0;
}

static void send(struct call *c, const struct playout_chunk *chunk)
{
	const struct call_carrier_port *carrier = c->ports.carrier;

	if (chunk->len) {
		carrier->send_audio(c->ports.leg, chunk->bytes, chunk->len);
		c->is_speaking = true;
		c->is_answered = true;
		c->answer_ns = 0;
		note_begun(c);
	}
	if (chunk->has_mark)
		carrier->send_mark(c->ports.leg, &chunk->mark);
}

static bool is_congested(const struct call *c)
{
	const struct call_carrier_port *carrier = c->ports.carrier;

	return carrier->is_congested && carrier->is_congested(c->ports.leg);
}

void call_pump(struct call *c, uint64_t now_ns)
{
	struct playout_chunk chunk;

	if (c->state == CALL_ENDING || c->state == CALL_OVER || is_congested(c))
		return;
	while (playout_pump(&c->playout, now_ns, &chunk))
		send(c, &chunk);
	if (!c->is_speaking || !playout_is_sent(&c->playout))
		return;
	c->is_speaking = false;
	playout_seal(&c->playout, now_ns);
	if (c->ports.carrier->end_speech)
		c->ports.carrier->end_speech(c->ports.leg);
}

/* Everything the call still wanted to say has been said and heard. */
static bool has_said_all(const struct call *c, uint64_t now_ns)
{
	if (c->state != CALL_SORRY && !call_is_leaving(c))
		return false;
	if (call_is_leaving(c) &&
	    (!c->goodbye_said || !sequencer_is_quiet(&c->sequencer)))
		return false;
	return now_ns >= c->text_ns &&
	       playout_is_confirmed(&c->playout, now_ns);
}

static void watch_for_the_end(struct call *c, uint64_t now_ns)
{
	uint64_t tail_ms = CALL_TAIL_MS + call_menu_ms(c);

	if (!has_said_all(c, now_ns)) {
		c->tail_ns = 0;
		return;
	}
	if (call_keypad_is_begun(c))
		return;
	if (!c->tail_ns)
		c->tail_ns = now_ns + tail_ms * CALL_NS_PER_MS;
	if (now_ns < c->tail_ns)
		return;
	call_step(c, call_rescue(c) ? CALL_RESCUED : CALL_HEARD, now_ns);
}

void call_tick(struct call *c, uint64_t now_ns)
{
	if (c->state == CALL_OVER)
		return;
	call_answer_tick(c, now_ns);
	call_pump(c, now_ns);
	call_keypad_tick(c, now_ns);
	if (call_is_live(c)) {
		call_caller_tick(c, now_ns);
		call_time_tick(c, now_ns);
		call_filler_tick(c, now_ns);
		call_tell_hello(c, false, now_ns);
		call_model_tick(c, now_ns);
	}
	call_run_errands(c, now_ns);
	watch_for_the_end(c, now_ns);
	if (c->deadline_ns && now_ns >= c->deadline_ns && !call_is_paused(c))
		call_step(c, CALL_DEADLINE, now_ns);
}

void call_dismiss(struct call *c, uint64_t now_ns)
{
	struct call_settings *s = &c->settings;

	if (c->state == CALL_CONNECTING || c->state == CALL_UP) {
		s->apology = s->farewell;
		s->apology_len = s->farewell_len;
		if (s->apology_text)
			s->apology_text = s->farewell_text;
	}
	call_step(c, CALL_DISMISSED, now_ns);
}

void call_stop(struct call *c, uint64_t now_ns)
{
	call_step(c, CALL_STOPPED, now_ns);
}

void call_carrier_ended(struct call *c, enum call_end why, uint64_t now_ns)
{
	c->carrier_end = why;
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
		[CALL_END_SILENCE] = "no_input",
		[CALL_END_TRANSFERRED] = "transferred",
		[CALL_END_CARRIER] = "carrier",
		[CALL_END_CARRIER_LOST] = "carrier_lost",
		[CALL_END_REPLACED] = "replaced",
		[CALL_END_BUDGET] = "budget",
		[CALL_END_KEYPAD] = "keypad",
	};
	return name[end];
}
