#include "gateway/carriers/twilio_desk.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "gateway/ops/config.h"
#include "protocols/buffer.h"
#include "protocols/form.h"
#include "protocols/http.h"
#include "protocols/twilio_message.h"
#include "protocols/twilio_signature.h"
#include "protocols/twiml.h"

void twilio_desk_init(struct twilio_desk *d, const struct config *config,
		      struct twilio_tickets *tickets, const struct log *log)
{
	memset(d, 0, sizeof(*d));
	d->config = config;
	d->tickets = tickets;
	log_child(&d->log, log, "leg", "twilio");
}

/* --- Who may speak --- */

static int public_url(const struct twilio_desk *d,
		      const struct twilio_request *r, const char *target,
		      bool is_upgrade, char *out, size_t cap)
{
	const struct twilio_request_url where = {
		.public_base =
			d->config->public_url[0] ? d->config->public_url : NULL,
		.is_tls = r->is_tls,
		.is_upgrade = is_upgrade,
		.host = http_header_value(r->message, "Host"),
		.target = target,
	};
	return twilio_public_url(out, cap, &where);
}

static bool is_signed(const struct twilio_desk *d,
		      const struct twilio_request *r, const struct form *fields,
		      bool is_upgrade)
{
	const struct config_twilio *t = &d->config->twilio;
	char url[TWILIO_URL_MAX];
	bool match = false;

	if (http_header_count(r->message, "X-Twilio-Signature") != 1 ||
	    public_url(d, r, r->message->target, is_upgrade, url, sizeof(url)))
		return false;
	for (unsigned i = 0; i < t->auth_token_count; i++)
		match |= twilio_signature_check(
			secret_reveal(&t->auth_tokens[i]), url, fields, NULL, 0,
			http_header_value(r->message, "X-Twilio-Signature"));
	return match;
}

/* Why a request is refused, or NULL. */
static const char *fault_of(const struct twilio_desk *d,
			    const struct twilio_request *r,
			    const struct form *fields, bool is_upgrade)
{
	if (!d->config->twilio.auth_token_count)
		return r->is_loopback ? NULL
				      : "no auth token is configured, so only "
					"this machine is served: set "
					"TWILIO_AUTH_TOKEN";
	if (is_signed(d, r, fields, is_upgrade))
		return NULL;
	return http_header_count(r->message, "X-Twilio-Signature")
		       ? "the signature does not match: check the auth token "
			 "and public_url"
		       : "the request is not signed";
}

static bool is_our_account(const struct config *c, const char *account_sid)
{
	if (!c->twilio.account_sid_count)
		return true;
	for (unsigned i = 0; account_sid && i < c->twilio.account_sid_count;
	     i++)
		if (strcmp(c->twilio.account_sids[i], account_sid) == 0)
			return true;
	return false;
}

static unsigned refuse(struct twilio_desk *d, const struct twilio_request *r,
		       struct buffer *out, unsigned status, const char *why)
{
	log_event(&d->log, LOG_WARN, "refused", "target", r->message->target,
		  "why", why, NULL);
	if (out)
		buffer_printf(out, "%s\n", http_reason(status));
	return status;
}

/* Read and check a webhook; on 200 its form is good to use. */
static unsigned accept_webhook(struct twilio_desk *d,
			       const struct twilio_request *r,
			       struct form *form, struct buffer *out)
{
	if (form_parse(form, r->message->body, r->message->body_len) != 0)
		return refuse(d, r, out, 413, "too many fields");
	const char *fault = fault_of(d, r, form, false);
	if (fault)
		return refuse(d, r, out, 403, fault);
	const char *sid = form_value(form, "CallSid");
	if (!sid || !twilio_sid_ok(sid, "CA"))
		return refuse(d, r, out, 400, "no valid CallSid");
	if (!is_our_account(d->config, form_value(form, "AccountSid")))
		return refuse(d, r, out, 403, "an account not in account_sids");
	return 200;
}

/* --- Answers --- */

static int connect_stream(struct twilio_desk *d, const struct twilio_request *r,
			  const struct twilio_ticket *ticket,
			  struct buffer *out)
{
	char target[64], stream[TWILIO_URL_MAX];
	char action[TWILIO_URL_MAX], status[TWILIO_URL_MAX];

	snprintf(target, sizeof(target), TWILIO_PATH_MEDIA "%s",
		 ticket->secret);
	int err = public_url(d, r, target, true, stream, sizeof(stream));
	if (!err)
		err = public_url(d, r, TWILIO_PATH_AFTER, false, action,
				 sizeof(action));
	if (!err)
		err = public_url(d, r, TWILIO_PATH_STATUS, false, status,
				 sizeof(status));
	if (err)
		return err;
	const struct twiml_stream s = {
		.stream_url = stream,
		.action_url = action,
		.status_url = status,
	};
	return twiml_connect_stream(out, &s);
}

typedef int issue_fn(struct twilio_tickets *t, const char *call_sid,
		     const uint8_t entropy[16], uint64_t now_ns,
		     struct twilio_ticket *out);

/* Returns what issue said; nothing is written when that is -EDQUOT. */
static int invite(struct twilio_desk *d, const struct twilio_request *r,
		  const char *call_sid, issue_fn *issue, unsigned *status,
		  struct buffer *out)
{
	struct twilio_ticket ticket;
	uint8_t entropy[16];

	*status = 200;
	d->random(d->owner, entropy, sizeof(entropy));
	int err = issue(d->tickets, call_sid, entropy, r->now_ns, &ticket);
	if (err == -ENOBUFS)
		twiml_reject(out, "busy");
	else if (!err && connect_stream(d, r, &ticket, out) != 0)
		*status = refuse(d, r, out, 400,
				 "no Host header and no public_url");
	return err;
}

unsigned twilio_desk_voice(struct twilio_desk *d,
			   const struct twilio_request *r, struct buffer *out)
{
	struct form form;
	struct log_line l;
	unsigned status = accept_webhook(d, r, &form, out);

	if (status != 200)
		return status;
	const char *sid = form_value(&form, "CallSid");
	bool is_full = d->is_full(d->owner);
	log_begin(&l, &d->log, LOG_INFO, is_full ? "rejected" : "invited");
	log_text(&l, "call", sid);
	log_phone(&l, "from", form_value(&form, "From"));
	log_phone(&l, "to", form_value(&form, "To"));
	if (is_full)
		log_text(&l, "why", "limits.calls is reached");
	log_end(&l);
	if (is_full) {
		twiml_reject(out, "busy");
		return 200;
	}
	invite(d, r, sid, twilio_tickets_issue, &status, out);
	return status;
}

/* What the configuration wants when the model failed the caller. */
static void fallback(const struct config *c, struct buffer *out)
{
	const struct config_failure *f = &c->failure;

	if (f->then == CONFIG_THEN_DIAL)
		twiml_say_dial(out, NULL, f->dial);
	else
		twiml_hangup(out);
}

/* The stream broke while the caller was there: join them again, and after some
 * tries do what the configuration says. */
static unsigned rejoin(struct twilio_desk *d, const struct twilio_request *r,
		       const char *call_sid, struct buffer *out)
{
	const struct config_failure *f = &d->config->failure;
	unsigned status;

	if (invite(d, r, call_sid, twilio_tickets_reissue, &status, out) !=
	    -EDQUOT)
		return status;
	twiml_say_dial(out, f->say[0] ? f->say : NULL,
		       f->then == CONFIG_THEN_DIAL ? f->dial : NULL);
	return 200;
}

static bool caller_is_gone(const char *call_status)
{
	static const char *const over[] = { "completed", "busy", "failed",
					    "no-answer", "canceled" };

	for (size_t i = 0; call_status && i < sizeof(over) / sizeof(over[0]);
	     i++)
		if (strcmp(call_status, over[i]) == 0)
			return true;
	return false;
}

unsigned twilio_desk_after_stream(struct twilio_desk *d,
				  const struct twilio_request *r,
				  struct buffer *out)
{
	struct form form;
	unsigned status = accept_webhook(d, r, &form, out);

	if (status != 200)
		return status;
	const char *sid = form_value(&form, "CallSid");
	struct twilio_ticket ticket = { .fate = TWILIO_CUT };
	twilio_tickets_ask(d->tickets, sid, &ticket);
	enum twilio_fate fate = ticket.fate;
	if (caller_is_gone(form_value(&form, "CallStatus")) ||
	    fate == TWILIO_CALLER_GONE) {
		twiml_empty(out);
		return 200;
	}
	if (fate == TWILIO_ENDED)
		twiml_hangup(out);
	else if (fate == TWILIO_FAILED)
		fallback(d->config, out);
	else
		status = rejoin(d, r, sid, out);
	return status;
}

unsigned twilio_desk_stream_status(struct twilio_desk *d,
				   const struct twilio_request *r,
				   struct buffer *out)
{
	struct form form;
	unsigned status = accept_webhook(d, r, &form, out);

	if (status != 200)
		return status;
	const char *event = form_value(&form, "StreamEvent");
	const char *error = form_value(&form, "StreamError");
	log_event(&d->log, error && error[0] ? LOG_WARN : LOG_DEBUG,
		  "stream_status", "call", form_value(&form, "CallSid"),
		  "event", event, "error", error, NULL);
	twiml_empty(out);
	return 200;
}

unsigned twilio_desk_admit(struct twilio_desk *d,
			   const struct twilio_request *r,
			   struct twilio_ticket *ticket)
{
	const char *secret = r->message->target + strlen(TWILIO_PATH_MEDIA);
	const char *fault = fault_of(d, r, NULL, true);

	if (fault)
		return refuse(d, r, NULL, 403, fault);
	if (!d->take_room(d->owner))
		return refuse(d, r, NULL, 503, "limits.calls is reached");
	if (twilio_tickets_redeem(d->tickets, secret, strlen(secret), r->now_ns,
				  ticket) == 0)
		return 0;
	d->give_room(d->owner);
	return refuse(d, r, NULL, 403,
		      "the stream's ticket is unknown, used or expired");
}

void twilio_desk_voice_url(const struct config *c, char *out, size_t cap)
{
	snprintf(out, cap, "%s" TWILIO_PATH_VOICE,
		 c->public_url[0] ? c->public_url : "https://<your host>");
}
