#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "protocols/http.h"
#include "tools/call/phone_call_parts.h"
#include "tools/call/phone_stream.h"

/* --- Documents --- */

static void run_verbs(struct phone_call *c);
static void on_document(void *owner, int status, const char *why,
			struct http_message *answer);

void phone_verbs_fetch(struct phone_call *c, const char *reference,
		       const char *method, const struct phone_fields *f)
{
	char url[PHONE_URL_MAX];

	if (++c->documents > PHONE_CALL_DOCUMENTS_MAX) {
		phone_call_breach(c, 12100,
				  "more than %d documents in one call",
				  PHONE_CALL_DOCUMENTS_MAX);
		phone_call_over(c, CALLER_OUTCOME_FAILED,
				"TwiML goes round in circles");
		return;
	}
	if (phone_url_resolve(url, sizeof(url), c->url, reference, false) < 0)
		url[0] = 0;
	memcpy(c->url, url, sizeof(url));
	c->asked_ns = uv_hrtime();
	if (phone_request_send(c, c->url, method, f, on_document) < 0)
		phone_call_over(c, CALLER_OUTCOME_FAILED,
				"no usable URL: \"%.100s\"", reference);
}

void phone_verbs_begin(struct phone_call *c)
{
	struct phone_fields f = { .count = 0 };

	phone_request_add_call(c, &f);
	c->url[0] = 0;
	phone_verbs_fetch(
		c, c->is_placed ? c->placed_url : c->options->webhook_url,
		"POST", &f);
}

bool phone_verbs_is_xml(const struct http_message *answer)
{
	const char *type = http_header_value(answer, "Content-Type");

	return type && (strncasecmp(type, "text/xml", 8) == 0 ||
			strncasecmp(type, "application/xml", 15) == 0);
}

void phone_verbs_warn(struct phone_call *c, const struct phone_twiml *d)
{
	for (size_t i = 0; i < d->warnings && i < PHONE_TWIML_WARNINGS_MAX; i++)
		phone_call_breach(c, d->warning[i].code, "%s",
				  d->warning[i].text);
}

static void take_document(struct phone_call *c,
			  const struct http_message *answer)
{
	phone_twiml_free(&c->document);
	c->verb = c->stream_noun = NULL;
	if (!phone_verbs_is_xml(answer))
		phone_call_breach(c, 12300, "Content-Type is not text/xml");
	int err =
		phone_twiml_read(&c->document, answer->body, answer->body_len);
	phone_verbs_warn(c, &c->document);
	if (err) {
		phone_call_over(c, CALLER_OUTCOME_FAILED,
				"the answer is no TwiML");
		return;
	}
	c->verb = c->document.root->child;
	c->status = "in-progress";
	run_verbs(c);
}

static void on_document(void *owner, int status, const char *why,
			struct http_message *answer)
{
	struct phone_call *c = owner;
	double took_ms =
		(double)(uv_hrtime() - c->asked_ns) / PHONE_CALL_NS_PER_MS;

	(void)status;
	c->pending--;
	if (c->is_over) {
		phone_call_settle(c);
		return;
	}
	if (answer && c->documents == 1) {
		caller_call_set(&c->call, CALLER_FIGURE_webhook_ms, took_ms);
		caller_call_set(&c->call, CALLER_FIGURE_http_status,
				answer->status);
	}
	if (!answer) {
		c->call.result.could_not_connect = c->documents == 1;
		phone_call_over(c, CALLER_OUTCOME_FAILED, "%.120s: %s", c->url,
				why);
	} else if (answer->status != 200) {
		phone_call_over(c, CALLER_OUTCOME_REFUSED,
				"webhook answered %u %s", answer->status,
				http_reason(answer->status));
	} else if (caller_call_has_fault(&c->call,
					 CALLER_FAULT_DUPLICATE_WEBHOOK) &&
		   !c->is_duplicated) {
		c->is_duplicated = true;
		phone_verbs_begin(c);
	} else {
		take_document(c, answer);
	}
	phone_call_settle(c);
}

/* --- Verbs --- */

static void on_verb_waited(uv_timer_t *timer)
{
	struct phone_call *c = timer->data;

	c->verb = c->verb->next;
	run_verbs(c);
}

static enum phone_progress wait_ms(struct phone_call *c, uint64_t ms)
{
	uv_timer_start(&c->timer, on_verb_waited, ms, 0);
	return PHONE_VERB_WAITS;
}

static enum phone_progress run_say(struct phone_call *c)
{
	PHONE_CALL_NOTE(c, "<Say> %.80s", c->verb->text);
	return wait_ms(c, strlen(c->verb->text) * PHONE_SAY_MS);
}

static enum phone_progress run_pause(struct phone_call *c)
{
	long length =
		strtol(phone_twiml_attribute(c->verb, "length", "1"), NULL, 10);

	if (length < 0 || length > 3600)
		length = 1;
	PHONE_CALL_NOTE(c, "<Pause> %ld s", length);
	return wait_ms(c, (uint64_t)length * 1000);
}

static void on_played_file(void *owner, int status, const char *why,
			   struct http_message *answer)
{
	struct phone_call *c = owner;

	(void)status;
	if (!answer || answer->status != 200)
		phone_call_breach(c, 11200, "<Play>: %s%.0u",
				  answer ? "answered with status " : why,
				  answer ? answer->status : 0);
	c->pending--;
	if (!c->is_over)
		on_verb_waited(&c->timer);
	phone_call_settle(c);
}

static enum phone_progress run_play(struct phone_call *c)
{
	const char *digits = phone_twiml_attribute(c->verb, "digits", "");
	char url[PHONE_URL_MAX];
	struct phone_fields none = { .count = 0 };
	uint64_t ms = 0;

	for (const char *d = digits; *d; d++)
		ms += *d == 'W' ? 1000 : *d == 'w' ? 500 : 200;
	PHONE_CALL_NOTE(c, "<Play> %.80s", *digits ? digits : c->verb->text);
	if (*digits)
		return wait_ms(c, ms);
	if (phone_url_resolve(url, sizeof(url), c->url, c->verb->text, false) ==
		    0 &&
	    phone_request_send(c, url, "GET", &none, on_played_file) == 0)
		return PHONE_VERB_WAITS;
	phone_call_breach(c, 11200, "<Play>: no usable URL");
	return PHONE_VERB_DONE;
}

static enum phone_progress run_redirect(struct phone_call *c)
{
	struct phone_fields f = { .count = 0 };
	char method[8];

	snprintf(method, sizeof(method), "%s",
		 phone_twiml_attribute(c->verb, "method", "POST"));
	phone_request_add_call(c, &f);
	PHONE_CALL_NOTE(c, "<Redirect> %.80s", c->verb->text);
	phone_verbs_fetch(c, c->verb->text, method, &f);
	return PHONE_VERB_WAITS;
}

static enum phone_progress run_hangup(struct phone_call *c)
{
	phone_call_over(c, CALLER_OUTCOME_HUNG_UP, "by the far end: <Hangup/>");
	return PHONE_VERB_WAITS;
}

static enum phone_progress run_reject(struct phone_call *c)
{
	const char *reason =
		phone_twiml_attribute(c->verb, "reason", "rejected");
	bool is_busy = strcmp(reason, "busy") == 0;

	phone_call_over(c,
			is_busy ? CALLER_OUTCOME_BUSY : CALLER_OUTCOME_REJECTED,
			"by the far end: <Reject reason=\"%s\"/>",
			is_busy ? "busy" : "rejected");
	return PHONE_VERB_WAITS;
}

static enum phone_progress run_gather(struct phone_call *c)
{
	phone_call_breach(c, 12200,
			  "<Gather> is for who is dialled: nobody here would "
			  "press a key for it");
	return PHONE_VERB_DONE;
}

static enum phone_progress run_start(struct phone_call *c)
{
	phone_call_breach(c, 31924,
			  "<Start><Stream> only listens: a gateway needs "
			  "<Connect><Stream>");
	return PHONE_VERB_DONE;
}

static const struct {
	const char *name;
	enum phone_progress (*run)(struct phone_call *c);
} verb[] = {
	{ "Connect", phone_media_connect },
	{ "Say", run_say },
	{ "Play", run_play },
	{ "Pause", run_pause },
	{ "Redirect", run_redirect },
	{ "Hangup", run_hangup },
	{ "Reject", run_reject },
	{ "Dial", phone_dial_run },
	{ "Gather", run_gather },
	{ "Start", run_start },
};

static enum phone_progress run_verb(struct phone_call *c)
{
	for (size_t i = 0; i < sizeof(verb) / sizeof(*verb); i++)
		if (strcmp(verb[i].name, c->verb->name) == 0)
			return verb[i].run(c);
	return PHONE_VERB_DONE; /* warned of when the document was read */
}

/* The TwiML has come to its end: Twilio hangs up. */
static void end_of_document(struct phone_call *c)
{
	if (c->has_dialled)
		phone_call_over(c, CALLER_OUTCOME_DIALLED,
				"by the far end: dialled %s", c->dialled);
	else if (c->stream_failed)
		phone_call_over(c, c->stream_outcome, "%s", c->stream_how);
	else if (c->has_streamed)
		phone_call_over(c, CALLER_OUTCOME_HUNG_UP, "by the far end: %s",
				c->stream_how);
	else
		phone_call_over(c, CALLER_OUTCOME_HUNG_UP,
				"by the far end: end of TwiML");
}

static void run_verbs(struct phone_call *c)
{
	while (c->verb && !c->is_over) {
		if (run_verb(c) == PHONE_VERB_WAITS)
			return;
		c->verb = c->verb->next;
	}
	if (!c->is_over)
		end_of_document(c);
}

static void run_replacement(struct phone_call *c)
{
	phone_twiml_free(&c->document);
	c->document = c->replacement;
	c->is_replaced = false;
	c->stream_noun = NULL;
	c->verb = c->document.root->child;
	run_verbs(c);
}

int phone_verbs_replace(struct phone_call *c, const char *text, size_t len)
{
	if (c->is_replaced || !c->stream)
		return -EBADMSG;
	int err = phone_twiml_read(&c->replacement, text, len);
	phone_verbs_warn(c, &c->replacement);
	if (err)
		return err;
	c->is_replaced = true;
	PHONE_CALL_NOTE(c, "other TwiML by REST");
	phone_stream_stop(c->stream);
	return 0;
}

void phone_verbs_go_on(struct phone_call *c)
{
	const char *action = "";
	struct phone_fields f = { .count = 0 };
	char method[8];

	if (c->is_replaced) {
		run_replacement(c);
		return;
	}
	if (c->verb)
		action = phone_twiml_attribute(c->verb, "action", "");
	if (*action) {
		snprintf(method, sizeof(method), "%s",
			 phone_twiml_attribute(c->verb, "method", "POST"));
		phone_request_add_call(c, &f);
		phone_verbs_fetch(c, action, method, &f);
		return;
	}
	if (c->verb)
		c->verb = c->verb->next;
	run_verbs(c);
}
