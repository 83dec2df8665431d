/* The call core, keys that the agent's menu has: they do what it says, and the
 * model is told of those alone that concern it. Without a model they work as
 * far as they can. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "gateway/call/call_parts.h"
#include "gateway/call/keypad.h"
#include "protocols/utf8.h"

/* --- Whether --- */

static bool is_alone(const struct call *c)
{
	return !c->has_model && (c->state == CALL_SORRY || call_is_leaving(c));
}

/* Keys for a function do not come here. */
static bool is_on(const struct call *c)
{
	if (!c->settings.keypad || !c->settings.keypad->count)
		return false;
	if (call_is_live(c))
		return c->state != CALL_TRANSFERRING;
	return c->state == CALL_CONNECTING || is_alone(c);
}

bool call_keypad_is_alone(const struct call *c)
{
	return is_alone(c) && is_on(c);
}

/* --- What was pressed --- */

/* What waits for the model while it is being connected are entries in a row. */
void call_keypad_split(struct call *c, uint64_t now_ns)
{
	if (!c->digits.count)
		c->keys_from = 0;
	else if (digits_due(&c->digits, now_ns))
		c->keys_from = c->digits.count;
}

/* The last entry. */
static const char *pressed(const struct call *c)
{
	unsigned from = c->keys_from < c->digits.count ? c->keys_from : 0;

	return c->digits.entry + from;
}

/* --- What is done --- */

/* What is being said gives way, also what the carrier says itself. */
static void hush(struct call *c, uint64_t now_ns)
{
	call_interrupt(c, true, now_ns);
	if (now_ns >= c->text_ns)
		return;
	c->ports.carrier->clear(c->ports.leg);
	c->text_ns = 0;
}

/* Each returns NULL, or why it came to nothing. */

static const char *hand_off(struct call *c, const struct keypad_entry *e,
			    uint64_t now_ns)
{
	const struct call_agent_port *agent = c->ports.agent;
	char text[256];

	if (!call_is_live(c))
		return "hand_off needs the model";
	if (!agent->hand_off || !agent->hand_off(c->ports.agent_owner, e->text))
		return "hand_off: that agent has the call already";
	call_step(c, CALL_BARGED_IN, now_ns); /* the caller stays */
	snprintf(text, sizeof(text),
		 "[keypad] The caller pressed %s: you are %s now. Go on with "
		 "the caller, without a greeting.",
		 e->keys, e->text);
	c->ports.model->add_note(c->ports.session, text);
	call_want(c, SPEAK_NOTE, now_ns);
	return NULL;
}

/* what: behind the keys. */
static void tell_no(struct call *c, const struct keypad_entry *e,
		    const char *what, uint64_t now_ns)
{
	char text[128];

	if (!call_is_live(c))
		return;
	snprintf(text, sizeof(text),
		 "[keypad] The caller pressed %s%s. Say so.", e->keys, what);
	c->ports.model->add_note(c->ports.session, text);
	call_want(c, SPEAK_NOTE, now_ns);
}

static const char *transfer(struct call *c, const struct keypad_entry *e,
			    uint64_t now_ns)
{
	if (!call_can(c, CALL_REQUEST_TRANSFER)) {
		tell_no(c, e, " to be put through, which this line cannot do",
			now_ns);
		return "transfer: the line cannot transfer";
	}
	hush(c, now_ns);
	struct call_request r = {
		.kind = CALL_REQUEST_TRANSFER,
		.reason = "the caller pressed a key",
		.is_warm = e->action == KEYPAD_TRANSFER_WARM,
	};
	utf8_copy(r.target, sizeof(r.target), e->text);
	call_set_transfer(c, &r);
	call_step(c, CALL_KEY_TRANSFER, now_ns);
	return NULL;
}

/* The words by the carrier's own voice; the state lasts as much longer. */
static void say_alone(struct call *c, const char *words, uint64_t now_ns)
{
	uint64_t ms = strlen(words) * CALL_TEXT_CHAR_MS + call_menu_ms(c);

	hush(c, now_ns);
	call_say_text(c, words, now_ns);
	if (c->state != CALL_CONNECTING)
		c->deadline_ns += ms * CALL_NS_PER_MS;
}

static const char *say(struct call *c, const struct keypad_entry *e,
		       uint64_t now_ns)
{
	if (call_is_live(c)) {
		call_step(c, CALL_BARGED_IN, now_ns);
		c->keypad_words = e->text;
		call_want(c, SPEAK_WORDS, now_ns);
		return NULL;
	}
	if (!c->settings.apology_text || !c->ports.carrier->say || !c->is_open)
		return "say needs the model";
	say_alone(c, e->text, now_ns);
	return NULL;
}

/* What it answers comes later, if at all. */
static const char *run(struct call *c, const struct keypad_entry *e,
		       uint64_t now_ns)
{
	const struct call_agent_port *agent = c->ports.agent;

	if (call_is_live(c))
		call_step(c, CALL_BARGED_IN, now_ns);
	const char *why = agent->run_key
				  ? agent->run_key(c->ports.agent_owner, e)
				  : "function: there are none";
	if (why)
		tell_no(c, e, ", which does not work at the moment", now_ns);
	return why;
}

static const char *end(struct call *c, const struct keypad_entry *e,
		       uint64_t now_ns)
{
	(void)e;
	c->end_reason[0] = '\0'; /* the model's */
	hush(c, now_ns);
	call_step(c, CALL_KEY_END, now_ns);
	return NULL;
}

/* A carrier that fails each transfer at once is not asked for ever. */
static const char *attempt(struct call *c, const struct keypad_entry *e,
			   uint64_t now_ns)
{
	static const char *(*const how[])(struct call * c,
					  const struct keypad_entry *e,
					  uint64_t now_ns) = {
		[KEYPAD_HAND_OFF] = hand_off, [KEYPAD_TRANSFER] = transfer,
		[KEYPAD_SAY] = say,           [KEYPAD_FUNCTION] = run,
		[KEYPAD_END] = end,           [KEYPAD_TRANSFER_WARM] = transfer,
	};
	bool has_model = call_is_live(c);

	if (!has_model && c->keypad_alone == CALL_KEYPAD_ALONE_MAX &&
	    e->action != KEYPAD_END)
		return "too often without the model";
	const char *why = how[e->action](c, e, now_ns);
	c->keypad_alone += !has_model && !why;
	return why;
}

static void act(struct call *c, const struct keypad_entry *e, uint64_t now_ns)
{
	size_t keys = strlen(pressed(c));

	digits_take_back(&c->digits, (unsigned)keys);
	c->keys_from = c->digits.count;
	call_note(c, CALL_NOTE_KEYPAD, keypad_action_name(e->action), keys);
	const char *why = attempt(c, e, now_ns);
	if (why)
		call_note(c, CALL_NOTE_KEYPAD_UNDONE, why, keys);
}

void call_key_answered(struct call *c, const char *keys, const char *function,
		       const char *json, uint64_t now_ns)
{
	static const char format[] =
		"[keypad] The caller pressed %s, which called %s. It answered: "
		"%s\nTell the caller what came of it, in a few words.";
	char *text;
	size_t cap;

	if (!call_is_live(c))
		return;
	cap = sizeof(format) + strlen(keys) + strlen(function) + strlen(json);
	text = malloc(cap);
	if (!text)
		return;
	snprintf(text, cap, format, keys, function, json);
	c->ports.model->add_note(c->ports.session, text);
	free(text);
	if (c->state == CALL_UP)
		call_want(c, SPEAK_NOTE, now_ns);
}

/* An entry that is over. Returns whether the menu has it. */
static bool settle(struct call *c, uint64_t now_ns)
{
	const struct keypad_entry *e = keypad_find(
		c->settings.keypad, pressed(c), c->settings.digits_terminator);

	if (e)
		act(c, e, now_ns);
	return e != NULL;
}

bool call_keypad_key(struct call *c, bool is_whole, uint64_t now_ns)
{
	if (!is_on(c) || !pressed(c)[0])
		return false;
	enum keypad_match match = keypad_match(c->settings.keypad, pressed(c));
	bool is_done = (is_whole || match == KEYPAD_SURE) && settle(c, now_ns);
	if (!is_done && is_alone(c) && (is_whole || match == KEYPAD_NONE))
		digits_clear(&c->digits); /* for nobody */
	return is_done;
}

void call_keypad_tick(struct call *c, uint64_t now_ns)
{
	if (!digits_due(&c->digits, now_ns) || c->is_detached || !is_on(c) ||
	    !pressed(c)[0])
		return;
	if (!settle(c, now_ns) && is_alone(c))
		digits_clear(&c->digits);
}

/* --- The menu of a caller for whom there is no model --- */

bool call_has_menu(const struct call *c)
{
	const struct keypad *k = c->settings.keypad;

	if (!k || !k->count || c->end == CALL_END_SHUTDOWN)
		return false;
	return c->settings.apology_text ? k->prompt_text && k->prompt_text[0]
					: k->prompt != NULL;
}

uint64_t call_menu_ms(const struct call *c)
{
	return c->state == CALL_SORRY && call_has_menu(c)
		       ? c->settings.keypad->wait_ms
		       : 0;
}

bool call_keypad_is_begun(const struct call *c)
{
	return c->state == CALL_SORRY && is_on(c) && c->digits.count > 0;
}
