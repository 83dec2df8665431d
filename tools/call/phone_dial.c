/* <Dial>: how it went, by the scenario. Whoever answers one that wants them to
 * be asked first (<Number url>) hears the TwiML of that URL, on a leg of their
 * own, and presses a key or none; they are connected when it comes to its end.
 *
 * Source: Twilio reference 1.2, 1.9. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "protocols/http.h"
#include "tools/call/phone_call_parts.h"

#define GATHER_S_MAX 60

static const char *method_of(const struct phone_twiml_element *e)
{
	return phone_twiml_attribute(e, "method", "POST");
}

/* --- It is over --- */

/* Returns whether another document comes. */
static bool tell_action(struct phone_call *c, const char *status,
			bool is_bridged)
{
	const char *action = phone_twiml_attribute(c->verb, "action", "");
	struct phone_fields f = { .count = 0 };
	char method[8];

	if (!*action)
		return false;
	snprintf(method, sizeof(method), "%s", method_of(c->verb));
	phone_request_add_call(c, &f);
	phone_request_add(&f, "DialCallStatus", status);
	phone_request_add(&f, "DialCallSid", c->leg.sid);
	phone_request_add(&f, "DialBridged", is_bridged ? "true" : "false");
	if (is_bridged)
		phone_request_add(&f, "DialCallDuration", "1");
	phone_verbs_fetch(c, action, method, &f);
	return true;
}

/* The leg of who was dialled has ended, connected or not. Without an action the
 * verb behind the <Dial> would be next, which no gateway of ours has. */
static void end_leg(struct phone_call *c, bool is_bridged)
{
	PHONE_CALL_NOTE(c, "whoever answered %s",
			is_bridged ? "is connected" : "is not connected");
	phone_twiml_free(&c->leg.document);
	c->leg.verb = NULL;
	if (!tell_action(c, "completed", is_bridged))
		phone_call_over(c, CALLER_OUTCOME_DIALLED,
				"by the far end: dialled %s", c->dialled);
}

/* --- The leg's TwiML --- */

static void run_leg(struct phone_call *c);

static void on_document(void *owner, int status, const char *why,
			struct http_message *answer)
{
	struct phone_call *c = owner;
	struct phone_leg *leg = &c->leg;

	(void)status;
	c->pending--;
	if (c->is_over) {
		phone_call_settle(c);
		return;
	}
	phone_twiml_free(&leg->document);
	leg->verb = NULL;
	if (!answer || answer->status != 200) {
		phone_call_breach(c, 11200, "<Dial>'s url: %s%.0u",
				  answer ? "answered with status " : why,
				  answer ? answer->status : 0);
		end_leg(c, false);
	} else if (!phone_verbs_is_xml(answer) ||
		   phone_twiml_read(&leg->document, answer->body,
				    answer->body_len) != 0) {
		phone_call_breach(c, 12100, "<Dial>'s url: no TwiML");
		end_leg(c, false);
	} else {
		phone_verbs_warn(c, &leg->document);
		leg->verb = leg->document.root->child;
		run_leg(c);
	}
	phone_call_settle(c);
}

/* The call is that of who was dialled. */
static void fetch(struct phone_call *c, const char *reference,
		  const char *method, const char *digits)
{
	const struct phone_call_options *o = c->options;
	const char *from = c->is_placed ? c->from : o->from;
	struct phone_leg *leg = &c->leg;
	struct phone_fields f = { .count = 0 };
	char url[PHONE_URL_MAX], asked[8];

	snprintf(asked, sizeof(asked), "%s", method);
	if (phone_url_resolve(url, sizeof(url), leg->url, reference, false) < 0)
		url[0] = 0;
	memcpy(leg->url, url, sizeof(url));
	phone_request_add(&f, "AccountSid", o->account_sid);
	phone_request_add(&f, "ApiVersion", "2010-04-01");
	phone_request_add(&f, "CallSid", leg->sid);
	phone_request_add(&f, "ParentCallSid", c->call.result.id);
	phone_request_add(&f, "CallStatus", "in-progress");
	phone_request_add(&f, "Called", leg->to);
	phone_request_add(&f, "Caller", from);
	phone_request_add(&f, "Direction", "outbound-dial");
	phone_request_add(&f, "From", from);
	phone_request_add(&f, "To", leg->to);
	if (digits)
		phone_request_add(&f, "Digits", digits);
	if (phone_request_send(c, leg->url, asked, &f, on_document) == 0)
		return;
	phone_call_breach(c, 11100, "<Dial>: no usable URL: \"%.100s\"",
			  reference);
	end_leg(c, false);
}

static void on_verb_over(uv_timer_t *timer)
{
	struct phone_call *c = timer->data;

	c->leg.verb = c->leg.verb->next;
	run_leg(c);
}

/* Without a key for as long as it waits. */
static void on_gather_over(uv_timer_t *timer)
{
	struct phone_call *c = timer->data;

	PHONE_CALL_NOTE(c, "no key was pressed");
	on_verb_over(timer);
}

static void on_words_over(uv_timer_t *timer)
{
	struct phone_call *c = timer->data;
	const struct phone_twiml_element *gather = c->leg.verb;
	const char *action = phone_twiml_attribute(gather, "action", "");
	const char *key = c->options->dial_key;
	long wait_s =
		strtol(phone_twiml_attribute(gather, "timeout", "5"), NULL, 10);

	c->leg.gathers++;
	if (!*key) {
		uv_timer_start(timer, on_gather_over, (uint64_t)wait_s * 1000,
			       0);
		return;
	}
	PHONE_CALL_NOTE(c, "whoever answered presses %s", key);
	/* Without an action it is the document's own URL. */
	fetch(c, *action ? action : c->leg.url, method_of(gather), key);
}

/* A whole number of digits, from min to GATHER_S_MAX. */
static bool is_number(const char *text, long min)
{
	char *end;
	long n = strtol(text, &end, 10);

	return *text >= '0' && *text <= '9' && !*end && n >= min &&
	       n <= GATHER_S_MAX;
}

static bool is_sound(struct phone_call *c,
		     const struct phone_twiml_element *gather)
{
	bool is = is_number(phone_twiml_attribute(gather, "timeout", "5"), 0) &&
		  is_number(phone_twiml_attribute(gather, "numDigits", "1"), 1);

	if (!is)
		phone_call_breach(c, 12200,
				  "<Gather>: timeout or numDigits is no "
				  "number, or too large");
	return is;
}

static uint64_t say(struct phone_call *c, const struct phone_twiml_element *e)
{
	PHONE_CALL_NOTE(c, "whoever answered hears: %s", e->text);
	return strlen(e->text) * PHONE_SAY_MS;
}

static void run_gather(struct phone_call *c)
{
	uint64_t ms = 0;

	if (!is_sound(c, c->leg.verb)) {
		end_leg(c, false);
		return;
	}
	for (const struct phone_twiml_element *e = c->leg.verb->child; e;
	     e = e->next)
		if (strcmp(e->name, "Say") == 0)
			ms += say(c, e);
	uv_timer_start(&c->timer, on_words_over, ms, 0);
}

static void run_leg(struct phone_call *c)
{
	const struct phone_twiml_element *verb = c->leg.verb;

	if (!verb) {
		end_leg(c, true);
	} else if (strcmp(verb->name, "Gather") == 0) {
		run_gather(c);
	} else if (strcmp(verb->name, "Say") == 0) {
		uv_timer_start(&c->timer, on_verb_over, say(c, verb), 0);
	} else if (strcmp(verb->name, "Hangup") == 0) {
		end_leg(c, false);
	} else {
		phone_call_breach(c, 12200,
				  "<%.40s> is not for who answers a <Dial>",
				  verb->name);
		end_leg(c, false);
	}
}

/* --- It begins --- */

/* Where to, as it is told to nobody. */
static const struct phone_twiml_element *noun_of(
	const struct phone_twiml_element *dial)
{
	return dial->child ? dial->child : dial;
}

static void begin_leg(struct phone_call *c,
		      const struct phone_twiml_element *noun, const char *url)
{
	char reference[PHONE_URL_MAX];

	snprintf(reference, sizeof(reference), "%s", url);
	snprintf(c->leg.to, sizeof(c->leg.to), "%s%s",
		 strcmp(noun->name, "Client") == 0 ? "client:" : "",
		 noun->text);
	snprintf(c->leg.url, sizeof(c->leg.url), "%s", c->url);
	c->leg.gathers = 0;
	fetch(c, reference, method_of(noun), NULL);
}

enum phone_progress phone_dial_run(struct phone_call *c)
{
	const struct phone_twiml_element *noun = noun_of(c->verb);
	const char *url = phone_twiml_attribute(noun, "url", "");
	const char *status = c->options->dial_status;
	bool is_answered = strcmp(status, "completed") == 0;
	char party[PHONE_MASKED_MAX];

	phone_mask(party, noun->text);
	PHONE_CALL_NOTE(c, "dialled %s: %s", party, status);
	c->has_dialled = true;
	snprintf(c->dialled, sizeof(c->dialled), "%s", party);
	phone_call_make_sid(c, c->leg.sid, "CA");
	if (is_answered && noun != c->verb && *url) {
		begin_leg(c, noun, url);
		return PHONE_VERB_WAITS;
	}
	return tell_action(c, status, is_answered) ? PHONE_VERB_WAITS
						   : PHONE_VERB_DONE;
}
