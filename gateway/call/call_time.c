/* The call core, time: how long nobody has talked, how long the call may still
 * last, and the goodbye that both lead to. */
#include <stdio.h>

#include "gateway/call/call_parts.h"

/* --- The goodbye --- */

/* A long speech would leave no time for the goodbye. */
static void be_brief(struct call *c, uint64_t now_ns)
{
	if (playout_waiting_ms(&c->playout) > CALL_LAST_SPEECH_MS)
		call_interrupt(c, true, now_ns);
	c->ports.model->add_note(c->ports.session,
				 "[time] The time of this call is up. Tell the "
				 "caller so.");
}

void call_ask_goodbye(struct call *c, uint64_t now_ns)
{
	if (!c->has_model)
		return;
	if (c->state == CALL_LAST_WORDS)
		be_brief(c, now_ns);
	c->goodbye_asked = true;
	call_want(c, SPEAK_GOODBYE, now_ns);
}

void call_wrap_up(struct call *c, uint64_t now_ns)
{
	if (!call_is_live(c) || c->state != CALL_UP)
		return;
	if (++c->wrap_ups > CALL_WRAP_UPS_MAX) {
		call_step(c, CALL_DEADLINE, now_ns);
		return;
	}
	c->farewell_end = CALL_END_BUDGET;
	call_step(c, CALL_END_ASKED, now_ns);
	c->ports.model->add_note(c->ports.session,
				 "[end] This call has to come to its end now. "
				 "In a sentence or two, tell the caller what "
				 "was settled and what is left open, say that "
				 "you have to end the call, and say goodbye.");
	call_ask_goodbye(c, now_ns);
}

/* --- Silence --- */

/* Somebody talks, is about to, is owed an answer, or waits for a function. */
static bool is_anything_going_on(const struct call *c, uint64_t now_ns)
{
	return c->sequencer.caller_speaking || call_tools_run(c) ||
	       !sequencer_is_quiet(&c->sequencer) || now_ns < c->text_ns ||
	       playout_has_sound(&c->playout, now_ns);
}

static void be_silent(struct call *c, bool is_enough, uint64_t now_ns)
{
	call_note(c, CALL_NOTE_NO_INPUT, NULL, c->no_inputs);
	c->quiet_ns = 0;
	if (!is_enough) {
		c->ports.model->add_note(c->ports.session,
					 "[silence] The caller has said "
					 "nothing for a while.");
		call_want(c, SPEAK_NOTE, now_ns);
		return;
	}
	c->farewell_end = CALL_END_SILENCE;
	call_step(c, CALL_END_ASKED, now_ns);
	call_ask_goodbye(c, now_ns);
}

void call_caller_silent(struct call *c, uint64_t now_ns)
{
	unsigned most = c->settings.no_input_max;

	if (!call_is_live(c) || c->state != CALL_UP ||
	    is_anything_going_on(c, now_ns))
		return;
	c->no_inputs++;
	be_silent(c, most && c->no_inputs >= most, now_ns);
}

/* On a line that is away nobody can talk; a key or an answer on its way is no
 * silence. */
static bool is_quiet(const struct call *c, uint64_t now_ns)
{
	return c->state == CALL_UP && c->is_open && !c->is_detached &&
	       !c->digits.count && !call_collects(c) && !c->answer_due_ns &&
	       !c->retry_ns && !is_anything_going_on(c, now_ns);
}

static void watch_silence(struct call *c, uint64_t now_ns)
{
	uint64_t patience_ns = c->settings.silence_ms * CALL_NS_PER_MS;

	if (!patience_ns || !is_quiet(c, now_ns)) {
		c->quiet_ns = 0;
		return;
	}
	if (!c->quiet_ns)
		c->quiet_ns = now_ns;
	if (now_ns < c->quiet_ns + patience_ns)
		return;
	c->no_inputs++;
	be_silent(c, c->no_inputs > c->settings.silence_asks, now_ns);
}

/* --- The end --- */

/* The note is there when the model speaks next, whatever makes it speak. */
static void warn(struct call *c, uint64_t left_ns, uint64_t now_ns)
{
	char text[128];
	unsigned seconds = (unsigned)((left_ns + CALL_NS_PER_MS * 500) /
				      (CALL_NS_PER_MS * 1000));

	c->was_warned = true;
	call_note(c, CALL_NOTE_WARNING, NULL, left_ns / CALL_NS_PER_MS);
	snprintf(text, sizeof(text),
		 "[time] This call ends in %u seconds. Tell the caller so, "
		 "briefly, and go on.",
		 seconds);
	c->ports.model->add_note(c->ports.session, text);
	call_want(c, SPEAK_NOTE, now_ns);
}

static void watch_end(struct call *c, uint64_t now_ns)
{
	uint64_t warning_ns = c->settings.warning_ms * CALL_NS_PER_MS;

	if (c->state != CALL_UP || !c->is_open || c->was_warned ||
	    !warning_ns || !c->deadline_ns || now_ns >= c->deadline_ns)
		return;
	if (now_ns + warning_ns >= c->deadline_ns)
		warn(c, c->deadline_ns - now_ns, now_ns);
}

void call_time_tick(struct call *c, uint64_t now_ns)
{
	watch_silence(c, now_ns);
	watch_end(c, now_ns);
}
