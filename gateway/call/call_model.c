/* The call core, the model's side: its turns, its speech, its tools, and what
 * the caller's interruption does to them. */
#include <string.h>

#include "gateway/call/call_parts.h"

static uint64_t in_ms(uint64_t now_ns, unsigned ms)
{
	return now_ns + ms * CALL_NS_PER_MS;
}

static void speak(struct call *c, enum speak what)
{
	if (what == SPEAK_FILLER)
		c->ports.model->say(c->ports.session, call_filler_words(c));
	else if (what == SPEAK_WORDS)
		c->ports.model->say(c->ports.session, c->keypad_words);
	else if (what != SPEAK_NOTHING)
		c->ports.model->speak(c->ports.session, what);
}

void call_want(struct call *c, enum speak what, uint64_t now_ns)
{
	if (call_is_live(c))
		speak(c, sequencer_want(&c->sequencer, what, now_ns));
}

void call_model_ready(struct call *c, uint64_t now_ns)
{
	call_step(c, CALL_MODEL_READY, now_ns);
}

void call_model_lost(struct call *c, const char *why, uint64_t now_ns)
{
	if (!c->has_model)
		return;
	call_note(c, CALL_NOTE_MODEL_LOST, why, 0);
	call_step(c, CALL_MODEL_LOST, now_ns);
}

/* It ends, or the session is dead: a mute server still answers pings. */
static void cancel(struct call *c, const char *response_id,
		   unsigned patience_ms, uint64_t now_ns)
{
	c->ports.model->cancel(c->ports.session, response_id);
	c->cancel_due_ns = in_ms(now_ns, patience_ms);
}

/* --- Interruption --- */

void call_tell_words(struct call *c, const struct call_words *w)
{
	if (c->ports.agent->hear)
		c->ports.agent->hear(c->ports.agent_owner, w);
}

static void tell_cut(struct call *c, const struct playout_cut *cut)
{
	const struct call_words w = { .kind = CALL_WORDS_CUT,
				      .item_id = cut->id,
				      .text = "",
				      .heard_ms = cut->heard_ms,
				      .all_ms = cut->source_ms };

	call_tell_words(c, &w);
}

/* What was not heard must not be remembered as said. */
static void cut_items(struct call *c, const struct playout_cut *cut,
		      size_t cuts)
{
	uint64_t unheard_ms = 0;

	for (size_t i = 0; i < cuts; i++) {
		unheard_ms += cut[i].source_ms - cut[i].heard_ms;
		c->cut_sent_ms += cut[i].sent_ms - cut[i].heard_ms;
		call_note(c, CALL_NOTE_BARGE_IN, cut[i].id, cut[i].heard_ms);
		tell_cut(c, &cut[i]);
		if (!c->has_model)
			continue; /* nobody remembers */
		if (cut[i].heard_ms)
			c->ports.model->truncate(c->ports.session, cut[i].id,
						 cut[i].content_index,
						 cut[i].heard_ms);
		else
			c->ports.model->forget_item(c->ports.session,
						    cut[i].id);
	}
	call_note(c, CALL_NOTE_INTERRUPTED, NULL, unheard_ms);
}

void call_interrupt(struct call *c, bool by_key, uint64_t now_ns)
{
	struct playout_cut cut[PLAYOUT_ITEMS];
	bool has_sound = playout_has_sound(&c->playout, now_ns);
	const char *active = sequencer_interrupt(&c->sequencer);

	call_filler_hush(c);
	c->audio_due_ns = 0;
	c->retry_ns = 0;
	if (!has_sound && !active)
		return;
	call_tell_hello(c, true, now_ns);
	/* First: the caller is waiting. */
	bool flushes = c->ports.carrier->clear(c->ports.leg);
	size_t cuts = playout_interrupt(&c->playout, now_ns, flushes, cut);
	transcoder_reset(&c->down);
	c->source_item[0] = '\0';
	c->is_speaking = false;
	c->text_ns = 0;
	c->barge_ins++;
	if (by_key && active)
		cancel(c, active, CALL_CANCEL_MS, now_ns);
	cut_items(c, cut, cuts);
	call_step(c, CALL_BARGED_IN, now_ns);
}

/* --- The caller's voice, as the model hears it --- */

static void tell(struct call *c, enum call_speech what, const char *text)
{
	if (c->ports.carrier->hear)
		c->ports.carrier->hear(c->ports.leg, what, text);
}

void call_model_speech(struct call *c, bool is_speaking, uint64_t now_ns)
{
	if (!call_is_live(c))
		return;
	c->sequencer.caller_speaking = is_speaking;
	tell(c, is_speaking ? CALL_SPEECH_STARTED : CALL_SPEECH_STOPPED, "");
	if (is_speaking) {
		c->answer_due_ns = 0;
		c->tool_late = false;
		c->turn_ns = 0;
		c->no_inputs = 0;
		call_interrupt(c, false, now_ns);
	} else {
		c->answer_due_ns = in_ms(now_ns, c->settings.model_silence_ms);
		c->turn_ns = now_ns;
	}
}

void call_model_committed(struct call *c)
{
	const struct call_words turn = { .kind = CALL_WORDS_TURN,
					 .item_id = "",
					 .text = "" };

	if (!call_is_live(c))
		return;
	tell(c, CALL_SPEECH_COMMITTED, "");
	call_tell_words(c, &turn);
}

static void tell_text(struct call *c, enum call_words_kind kind,
		      const char *item_id, const char *text)
{
	const struct call_words w = { .kind = kind,
				      .item_id = item_id,
				      .text = text };

	call_tell_words(c, &w);
}

void call_model_words(struct call *c, const char *item_id, const char *text)
{
	if (call_is_live(c) && text[0])
		tell_text(c, CALL_WORDS_AGENT, item_id, text);
}

/* Words so far that come late belong to a turn that is over: to a carrier they
 * would be somebody who interrupts the answer. */
static bool is_late(const struct call *c, uint64_t now_ns)
{
	return !c->sequencer.caller_speaking &&
	       playout_has_sound(&c->playout, now_ns);
}

void call_model_transcript(struct call *c, const char *text, bool is_final,
			   uint64_t now_ns)
{
	if (!call_is_live(c))
		return;
	if (is_final) {
		tell(c, CALL_SPEECH_RECOGNITION, text);
		tell_text(c, CALL_WORDS_CALLER, "", text);
	} else if (!is_late(c, now_ns))
		tell(c, CALL_SPEECH_HYPOTHESIS, text);
}

/* --- Responses --- */

/* What counts is what the caller hears: silence begins where the speech that is
 * already here ends. */
static void expect_sound(struct call *c, uint64_t now_ns)
{
	unsigned patience_ms = c->settings.model_silence_ms + CALL_SOUND_MS;

	c->audio_due_ns =
		in_ms(now_ns, patience_ms + c->settings.lead_ms +
				      playout_waiting_ms(&c->playout));
}

void call_model_response(struct call *c, const char *response_id, bool by_us,
			 uint64_t now_ns)
{
	if (!call_is_live(c))
		return;
	c->responses++;
	c->answer_due_ns = 0;
	c->response_has_audio = false;
	c->retry_what = by_us ? c->sequencer.requested : SPEAK_AGAIN;
	if (sequencer_created(&c->sequencer, response_id, by_us))
		cancel(c, response_id, CALL_CANCEL_MS, now_ns);
	else
		expect_sound(c, now_ns);
	if (c->tool_late)
		call_want(c, SPEAK_TOOL, now_ns);
	c->tool_late = false;
}

/* Ask again later, or give the model up. */
static void fail_answer(struct call *c, const char *why, uint64_t now_ns)
{
	call_note(c, CALL_NOTE_FAILED_ANSWER, why, c->failures + 1);
	if (++c->failures >= CALL_FAILURES_MAX)
		call_model_lost(c, "answers fail", now_ns);
	else
		c->retry_ns = in_ms(now_ns, CALL_RETRY_MS);
}

/* In a farewell, the first answer with sound is the goodbye; if the model asked
 * to end without a word, it is asked for one. */
static void look_for_goodbye(struct call *c, uint64_t now_ns)
{
	if (c->response_has_audio || c->goodbye_asked) {
		c->goodbye_said = true;
		return;
	}
	c->goodbye_asked = true;
	call_want(c, SPEAK_GOODBYE, now_ns);
}

/* What the end of a response sets free: the goodbye, an answer to tools, a wish
 * that waited. */
static void go_on(struct call *c, bool was_cut, uint64_t now_ns)
{
	if (call_is_leaving(c) && !was_cut)
		look_for_goodbye(c, now_ns);
	else if (c->tool_answered && !was_cut &&
		 !call_tools_run_of(c, c->tool_round))
		call_want(c, SPEAK_TOOL, now_ns);
	c->tool_answered = false;
	c->tool_round++;
	speak(c, sequencer_due(&c->sequencer, now_ns));
}

static void end_speech(struct call *c, uint64_t now_ns);

void call_model_response_done(struct call *c, const char *response_id,
			      bool by_us, enum call_outcome outcome,
			      const char *why, uint64_t now_ns)
{
	if (!call_is_live(c))
		return;
	bool was_dead = sequencer_is_dead(&c->sequencer, response_id);
	sequencer_done(&c->sequencer, response_id, by_us);
	c->audio_due_ns = 0;
	c->cancel_due_ns = 0;
	if (!was_dead)
		end_speech(c, now_ns);

	if (outcome == CALL_RESPONSE_HOPELESS)
		call_model_lost(c, why, now_ns);
	else if (outcome == CALL_RESPONSE_FAILED && !c->response_has_audio &&
		 c->state == CALL_UP)
		fail_answer(c, why, now_ns);
	if (call_is_live(c))
		go_on(c, outcome == CALL_RESPONSE_CUT, now_ns);
}

void call_model_refused(struct call *c, bool is_busy, uint64_t now_ns)
{
	if (!call_is_live(c))
		return;
	sequencer_refused(&c->sequencer, is_busy);
	if (!is_busy)
		fail_answer(c, "request refused", now_ns);
}

/* --- Speech --- */

static void to_playout(void *owner, const uint8_t *bytes, size_t n)
{
	struct call *c = owner;
	unsigned per_ms = audio_format_bytes_per_ms(c->settings.model_format);

	playout_push(&c->playout, c->source_item, c->source_content, bytes, n,
		     (uint32_t)(c->source_bytes / per_ms));
}

static void begin_source(struct call *c, const char *item_id,
			 unsigned content_index)
{
	if (strncmp(c->source_item, item_id, sizeof(c->source_item) - 1) == 0 &&
	    c->source_content == content_index)
		return;
	strncpy(c->source_item, item_id, sizeof(c->source_item) - 1);
	c->source_content = content_index;
	c->source_bytes = 0;
}

/* More speech than the queue holds: the rest of this answer is not played, and
 * the model is told so. */
static void cut_off(struct call *c, const char *response_id, uint64_t now_ns)
{
	unsigned per_ms = audio_format_bytes_per_ms(c->settings.model_format);

	call_note(c, CALL_NOTE_PLAYOUT_OVERFLOW, c->source_item,
		  c->playout.overflow);
	if (sequencer_interrupt(&c->sequencer))
		cancel(c, response_id, CALL_CANCEL_MS, now_ns);
	c->ports.model->truncate(c->ports.session, c->source_item,
				 c->source_content,
				 (unsigned)(c->source_bytes / per_ms));
	playout_complete(&c->playout);
}

void call_model_audio(struct call *c, const char *response_id,
		      const char *item_id, unsigned content_index,
		      const uint8_t *bytes, size_t n, uint64_t now_ns)
{
	if (!call_is_live(c) || !n)
		return;
	if (sequencer_is_dead(&c->sequencer, response_id) ||
	    c->state == CALL_TRANSFERRING) {
		c->dead_bytes += n;
		return;
	}
	c->response_has_audio = true;
	c->failures = 0;
	call_filler_hush(c);
	begin_source(c, item_id, content_index);

	uint64_t overflow = c->playout.overflow;
	uint64_t before = c->source_bytes;
	c->source_bytes += n;
	transcoder_run(&c->down, bytes, n, to_playout, c);
	call_pump(c, now_ns);
	if (c->playout.overflow == overflow) {
		expect_sound(c, now_ns);
		return;
	}
	c->source_bytes = before;
	cut_off(c, response_id, now_ns);
	call_pump(c, now_ns);
}

/* The response is over: give out the filter's tail, let the last frame go. */
static void end_speech(struct call *c, uint64_t now_ns)
{
	if (c->source_item[0])
		transcoder_flush(&c->down, to_playout, c);
	c->source_item[0] = '\0';
	playout_complete(&c->playout);
	call_pump(c, now_ns);
}

/* --- Words for a carrier that speaks them --- */

void call_say_text(struct call *c, const char *text, uint64_t now_ns)
{
	uint64_t from_ns = c->text_ns > now_ns ? c->text_ns : now_ns;

	if (!c->ports.carrier->say)
		return;
	c->ports.carrier->say(c->ports.leg, text);
	c->text_ns =
		from_ns + strlen(text) * CALL_TEXT_CHAR_MS * CALL_NS_PER_MS;
}

void call_model_text(struct call *c, const char *response_id, const char *text,
		     uint64_t now_ns)
{
	if (!call_is_live(c) || !text[0] || c->state == CALL_TRANSFERRING ||
	    sequencer_is_dead(&c->sequencer, response_id))
		return;
	c->response_has_audio = true;
	c->failures = 0;
	tell_text(c, CALL_WORDS_AGENT, "", text);
	call_say_text(c, text, now_ns);
	expect_sound(c, now_ns);
}

/* --- Watchdogs --- */

static bool is_due(uint64_t *due_ns, uint64_t now_ns)
{
	if (!*due_ns || now_ns < *due_ns)
		return false;
	*due_ns = 0;
	return true;
}

static void watch_silence(struct call *c, uint64_t now_ns)
{
	if (!is_due(&c->audio_due_ns, now_ns))
		return;
	const char *silent = sequencer_interrupt(&c->sequencer);
	if (silent)
		cancel(c, silent, CALL_MUTE_MS, now_ns);
	fail_answer(c, "no audio", now_ns);
}

/* The caller has spoken and no response began: ask for one, the only time. */
static void watch_answer(struct call *c, uint64_t now_ns)
{
	if (!is_due(&c->answer_due_ns, now_ns))
		return;
	call_note(c, CALL_NOTE_NO_ANSWER, NULL, c->settings.model_silence_ms);
	c->tool_late = false;
	sequencer_missed(&c->sequencer);
	call_want(c, SPEAK_AGAIN, now_ns);
}

void call_model_tick(struct call *c, uint64_t now_ns)
{
	if (is_due(&c->cancel_due_ns, now_ns)) {
		call_model_lost(c, "a response does not end", now_ns);
		return;
	}
	watch_answer(c, now_ns);
	watch_silence(c, now_ns);
	if (is_due(&c->retry_ns, now_ns))
		call_want(c, c->retry_what, now_ns);
	if (!call_is_live(c))
		return;
	enum speak due = sequencer_due(&c->sequencer, now_ns);
	if (c->sequencer.unanswered >= CALL_FAILURES_MAX)
		call_model_lost(c, "requests are not answered", now_ns);
	else
		speak(c, due);
}
