/* The call core, the line: when it may be spoken on, what answers it, when it
 * is away, and what is known of it. */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "gateway/call/call_parts.h"
#include "protocols/utf8.h"

static void push_local(void *owner, const uint8_t *bytes, size_t n)
{
	struct call *c = owner;

	playout_push_local(&c->playout, bytes, n);
}

/* A sound of our own, from mu-law to what the carrier takes. */
void call_play(struct call *c, const uint8_t *ulaw, size_t n)
{
	struct transcoder t;

	transcoder_init(&t, AUDIO_ULAW, c->settings.playout_format);
	playout_begin_local(&c->playout);
	transcoder_run(&t, ulaw, n, push_local, c);
	transcoder_flush(&t, push_local, c);
	playout_complete(&c->playout);
}

/* --- A greeting of our own --- */

void call_hello(struct call *c, uint64_t now_ns)
{
	const struct call_settings *s = &c->settings;

	if ((!s->hello && !s->hello_text) || s->opening)
		return;
	c->settings.greets = false;
	if (s->apology_text) { /* a carrier that speaks the words itself */
		if (s->hello_text && s->hello_text[0])
			call_say_text(c, s->hello_text, now_ns);
		c->has_hello = true;
		return;
	}
	if (!s->hello)
		return;
	call_play(c, s->hello, s->hello_len);
	c->hello_item = c->playout.ordinals;
	c->has_hello = true;
	call_pump(c, now_ns);
}

/* The words of the part that was heard: none that was begun and not ended. */
static void tell_part(struct call *c, uint64_t heard_ms, uint64_t whole_ms)
{
	char text[CALL_TEXT_MAX];
	size_t n = utf8_copy(text, sizeof(text), c->settings.hello_text);

	if (heard_ms < whole_ms) {
		n = utf8_cut(text, n, (size_t)(n * heard_ms / whole_ms));
		while (n && text[n] != ' ')
			n--;
		text[n] = '\0';
	}
	if (n)
		c->ports.model->add_said(c->ports.session, text);
}

void call_tell_hello(struct call *c, bool is_cut, uint64_t now_ns)
{
	uint64_t whole_ms =
		c->settings.hello_len / audio_format_bytes_per_ms(AUDIO_ULAW);
	uint64_t heard_ms = whole_ms;

	if (!c->has_hello || !call_is_live(c))
		return;
	if (is_cut && !c->settings.apology_text)
		heard_ms = playout_heard_ms(&c->playout, c->hello_item, now_ns);
	else if (playout_has_sound(&c->playout, now_ns))
		return;
	c->has_hello = false;
	if (c->settings.hello_text && c->settings.hello_text[0] &&
	    c->ports.model->add_said)
		tell_part(c, heard_ms, whole_ms);
}

static void answer_with_silence(struct call *c, uint64_t now_ns)
{
	enum audio_format f = c->settings.playout_format;
	uint8_t silence[AUDIO_BYTES_PER_MS_MAX];

	c->answer_ns = 0;
	memset(silence, audio_format_silence(f), sizeof(silence));
	playout_begin_local(&c->playout);
	for (unsigned ms = 0; ms < CALL_ANSWER_SILENCE_MS; ms++)
		playout_push_local(&c->playout, silence,
				   audio_format_bytes_per_ms(f));
	playout_complete(&c->playout);
	call_pump(c, now_ns);
}

void call_answer_tick(struct call *c, uint64_t now_ns)
{
	bool may = !c->is_detached && !playout_has_sound(&c->playout, now_ns);

	if (c->answer_ns && now_ns >= c->answer_ns && may)
		answer_with_silence(c, now_ns);
}

/* Each in the role it was said in: a caller's words are no orders. */
static void tell_before(struct call *c)
{
	const struct call_agent_port *agent = c->ports.agent;
	const struct call_model_port *model = c->ports.model;
	const char *text = NULL;
	bool by_caller = false;

	for (unsigned i = 0; agent->recall; i++) {
		text = agent->recall(c->ports.agent_owner, i, &by_caller);
		if (!text)
			return;
		if (by_caller && text[0])
			model->add_text(c->ports.session, text);
		else if (text[0] && model->add_said)
			model->add_said(c->ports.session, text);
	}
}

/* Both sides are there: what the model must know, then its first words. */
void call_begin_talking(struct call *c, uint64_t now_ns)
{
	char text[CALL_TEXT_MAX];

	if (!c->is_open || !call_is_live(c))
		return;
	if (c->ports.model->begin)
		c->ports.model->begin(c->ports.session);
	if (c->ports.agent->brief(c->ports.agent_owner, &c->variables, text,
				  sizeof(text)))
		c->ports.model->add_note(c->ports.session, text);
	tell_before(c);
	bool had_text = call_pass_text(c);
	if (c->settings.opening) {
		c->ports.model->add_note(c->ports.session, c->settings.opening);
		call_want(c, SPEAK_NOTE, now_ns);
	} else if (c->settings.greets) {
		call_want(c, SPEAK_GREETING, now_ns);
	} else if (had_text) {
		call_want(c, SPEAK_NOTE, now_ns);
	}
}

void call_carrier_ready(struct call *c, bool greets, uint64_t now_ns)
{
	if (c->is_open)
		return;
	c->is_open = true;
	c->may_greet = greets;
	c->settings.greets &= greets;
	if (c->settings.must_answer && !c->is_answered)
		c->answer_ns = now_ns + c->settings.answer_ms * CALL_NS_PER_MS;
	if (greets)
		call_hello(c, now_ns);
	call_begin_talking(c, now_ns);
	call_answer_tick(c, now_ns);
}

/* What a state was given in time does not run while the line is away; only the
 * carrier's own patience does. */
bool call_is_paused(const struct call *c)
{
	return c->is_detached && c->state != CALL_CONNECTING &&
	       c->state != CALL_UP;
}

void call_carrier_alive(struct call *c, uint64_t alive_ns)
{
	playout_alive(&c->playout, alive_ns);
}

void call_carrier_detached(struct call *c, uint64_t lost_ns, uint64_t now_ns)
{
	if (c->is_detached || c->state == CALL_OVER)
		return;
	c->is_detached = true;
	c->detached_ns = now_ns;
	c->is_speaking = false;
	playout_detach(&c->playout, lost_ns);
	call_note(c, CALL_NOTE_DETACHED, NULL, playout_waiting_ms(&c->playout));
}

void call_carrier_attached(struct call *c, uint64_t now_ns)
{
	uint64_t away_ns = now_ns - c->detached_ns;

	if (!c->is_detached || c->state == CALL_OVER)
		return;
	if (call_is_paused(c) && c->deadline_ns)
		c->deadline_ns += away_ns;
	c->is_detached = false;
	call_note(c, CALL_NOTE_ATTACHED, NULL, away_ns / CALL_NS_PER_MS);
	playout_attach(&c->playout);
	call_pump(c, now_ns);
}

int call_carrier_variable(struct call *c, const char *name, const char *value)
{
	return call_variables_set(&c->variables, name, value);
}

int call_carrier_participant(struct call *c, const struct call_participant *p)
{
	unsigned i = 0;

	while (i < c->participants &&
	       strcmp(c->participant[i].name, p->name) != 0)
		i++;
	if (i == CALL_PARTICIPANTS_MAX)
		return -ENOBUFS;
	if (!c->participant)
		c->participant =
			calloc(CALL_PARTICIPANTS_MAX, sizeof(*c->participant));
	if (!c->participant)
		return -ENOMEM;
	c->participant[i] = *p;
	c->participants += i == c->participants;
	return 0;
}
