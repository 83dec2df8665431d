#include "gateway/carriers/twilio_desk.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "gateway/carriers/twilio_answers.h"
#include "gateway/carriers/twilio_candidates.h"
#include "gateway/carriers/twilio_desk_parts.h"
#include "gateway/carriers/twilio_outbound.h"
#include "gateway/ops/config.h"
#include "protocols/buffer.h"
#include "protocols/form.h"
#include "protocols/http.h"
#include "protocols/twilio_message.h"
#include "protocols/twilio_signature.h"
#include "protocols/twiml.h"

#define NS_PER_MS 1000000ull

void twilio_desk_init(struct twilio_desk *d, const struct config *config,
		      struct twilio_tickets *tickets, const struct log *log)
{
	memset(d, 0, sizeof(*d));
	d->config = config;
	d->tickets = tickets;
	log_child_of(&d->log, log, LOG_TWILIO, "leg", "twilio");
}

/* --- Who may speak --- */

static int public_url(const struct twilio_desk *d,
		      const struct twilio_request *r, const char *target,
		      bool is_socket, char *out, size_t cap)
{
	const struct twilio_signed s = { .config = d->config, .request = r };

	return twilio_candidates_url(&s, target, is_socket, out, cap);
}

/* For the operator, and not at everybody's will: it takes time. */
static void explain(struct twilio_desk *d, const struct twilio_signed *s)
{
	uint64_t now_ns = s->request->now_ns;
	struct twilio_advice advice;
	struct log_line l;

	if (d->explained_ns &&
	    now_ns < d->explained_ns + TWILIO_EXPLAIN_MS * NS_PER_MS)
		return;
	d->explained_ns = now_ns;
	log_begin(&l, &d->log, LOG_WARN, "signature_explained");
	if (twilio_candidates_explain(s, &advice)) {
		log_text(&l, "matches", advice.base);
		log_number(&l, "token", advice.token);
	}
	log_text(&l, "advice", advice.text);
	log_end(&l);
}

/* While tokens are rotated: which are in use, each told once. */
static void see_token(struct twilio_desk *d, const struct twilio_signed *s,
		      unsigned token)
{
	struct log_line l;

	if (token > 32 || d->tokens_seen & 1u << (token - 1))
		return;
	d->tokens_seen |= 1u << (token - 1);
	log_begin(&l, &d->log, LOG_INFO, "token_in_use");
	log_text(&l, "account", s->account_sid ? s->account_sid : "any");
	log_number(&l, "number", token);
	log_end(&l);
}

/* Why a request is refused, or NULL. */
static const char *fault_of(struct twilio_desk *d,
			    const struct twilio_signed *s)
{
	const struct http_message *m = s->request->message;

	if (!config_twilio_has_tokens(d->config))
		return s->request->is_loopback
			       ? NULL
			       : "no auth token is configured, so only this "
				 "machine is served: set TWILIO_AUTH_TOKEN";
	unsigned token = twilio_candidates_match(s);
	if (token) {
		see_token(d, s, token);
		return NULL;
	}
	if (!http_header_count(m, "X-Twilio-Signature"))
		return "the request is not signed";
	explain(d, s);
	return "the signature does not match: check the auth token and "
	       "public_url";
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

unsigned twilio_desk_refuse(struct twilio_desk *d,
			    const struct twilio_request *r, struct buffer *out,
			    unsigned status, const char *why)
{
	log_event(&d->log, LOG_WARN, "refused", "target", r->message->target,
		  "why", why, NULL);
	if (out)
		buffer_printf(out, "%s\n", http_reason(status));
	return status;
}

/* Read and check a webhook; on 200 its form is good to use. */
unsigned twilio_desk_accept(struct twilio_desk *d,
			    const struct twilio_request *r, struct form *form,
			    struct buffer *out)
{
	if (form_parse(form, r->message->body, r->message->body_len) != 0)
		return twilio_desk_refuse(d, r, out, 413, "too many fields");
	const struct twilio_signed s = {
		.config = d->config,
		.request = r,
		.fields = form,
		.account_sid = form_value(form, "AccountSid"),
	};
	const char *fault = fault_of(d, &s);
	if (fault)
		return twilio_desk_refuse(d, r, out, 403, fault);
	const char *sid = form_value(form, "CallSid");
	if (!sid || !twilio_sid_ok(sid, "CA"))
		return twilio_desk_refuse(d, r, out, 400, "no valid CallSid");
	if (!is_our_account(d->config, form_value(form, "AccountSid")))
		return twilio_desk_refuse(d, r, out, 403,
					  "an account not in account_sids");
	return 200;
}

/* --- Answers --- */

const struct twilio_told twilio_nothing_told;

/* Twilio reference, 1.4: name and value together, in characters, of which none
 * is shorter than a byte. */
#define PARAMETER_MAX 499

/* What the webhook tells of the call comes back with the stream, wherever that
 * opens. What is too long, or repeated, does not; nor does what is of no use.
 */
static bool is_told(const struct form *form, size_t i)
{
	static const char *const useless[] = { "ApiVersion", "CallStatus" };
	const struct form_field *f = &form->field[i];

	if (!f->name_len || !f->value_len ||
	    f->name_len + f->value_len > PARAMETER_MAX ||
	    form_value(form, f->name) != f->value)
		return false;
	for (size_t j = 0; j < sizeof(useless) / sizeof(useless[0]); j++)
		if (strcmp(useless[j], f->name) == 0)
			return false;
	return true;
}

static size_t tell_facts(const struct twilio_invitation *in,
			 struct twiml_parameter out[TWILIO_FACTS_MAX])
{
	const struct form *form = in->form;
	const struct twilio_told *told = in->told;
	size_t n = 0;

	if (in->party->returned)
		out[n++] = (struct twiml_parameter){ TWILIO_RETURNED,
						     in->party->returned };
	for (size_t i = 0; i < told->parameters && n < TWILIO_FACTS_MAX; i++)
		if (!form_value(form, told->parameter[i].name) &&
		    strlen(told->parameter[i].name) +
				    strlen(told->parameter[i].value) <=
			    PARAMETER_MAX)
			out[n++] = told->parameter[i];
	for (size_t i = 0; i < form->count && n < TWILIO_FACTS_MAX; i++)
		if (is_told(form, i))
			out[n++] = (struct twiml_parameter){
				form->field[i].name, form->field[i].value
			};
	return n;
}

static int connect_stream(struct twilio_desk *d, const struct twilio_request *r,
			  const struct twilio_ticket *ticket,
			  const struct twilio_invitation *in,
			  struct buffer *out)
{
	struct twiml_parameter fact[TWILIO_FACTS_MAX];
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
		.parameter = fact,
		.parameters = tell_facts(in, fact),
	};
	return twiml_connect_stream(out, &s);
}

/* Returns what issue said; nothing is written when that is an error. */
int twilio_desk_invite(struct twilio_desk *d, const struct twilio_request *r,
		       const struct twilio_invitation *in,
		       twilio_issue_fn *issue, unsigned *status,
		       struct buffer *out)
{
	struct twilio_ticket ticket;
	uint8_t entropy[16];

	*status = 200;
	d->random(d->owner, entropy, sizeof(entropy));
	int err = issue(d->tickets, form_value(in->form, "CallSid"), in->party,
			entropy, r->now_ns, &ticket);
	if (!err && connect_stream(d, r, &ticket, in, out) != 0)
		*status = twilio_desk_refuse(
			d, r, out, 400, "no Host header and no public_url");
	return err;
}

/* Lines that were kept for sockets which never came are free again. */
enum lines_refusal twilio_desk_take_line(struct twilio_desk *d, uint64_t now_ns,
					 struct twilio_party *p)
{
	enum lines_refusal refusal =
		d->take_line(d->owner, p->number, p->source, &p->seat);

	if (refusal == LINES_FREE || refusal == LINES_STOPPING ||
	    !twilio_tickets_lapse(d->tickets, now_ns))
		return refusal;
	return d->take_line(d->owner, p->number, p->source, &p->seat);
}

static void log_voice(const struct twilio_desk *d, const struct form *form,
		      const char *why)
{
	struct log_line l;

	log_begin(&l, &d->log, LOG_INFO, why ? "rejected" : "invited");
	log_text(&l, "call", form_value(form, "CallSid"));
	log_phone(&l, "from", form_value(form, "From"));
	log_phone(&l, "to", form_value(form, "To"));
	if (why)
		log_text(&l, "why", why);
	log_end(&l);
}

unsigned twilio_desk_voice_asked(struct twilio_desk *d,
				 const struct twilio_request *r,
				 struct form *form, struct buffer *out)
{
	return twilio_desk_accept(d, r, form, out);
}

static void decide(struct twilio_desk *d, const struct twilio_invitation *in)
{
	if (in->told->agent)
		in->party->agent = in->told->agent;
	else if (d->decide)
		d->decide(d->owner, in->form, in->party);
}

/* --- Calls that we have placed --- */

#define TWILIO_ANSWERED_BY "answered_by"

struct placed {
	struct twilio_outbound_call call;
	struct twiml_parameter parameter[TWILIO_OUTBOUND_VARIABLES + 1];
	struct twilio_told told; /* the parameters, and the agent */
};

static bool find_placed(const struct twilio_desk *d,
			const struct twilio_request *r, const struct form *form,
			struct placed *p)
{
	return d->outbound &&
	       twilio_outbound_find(d->outbound, r->message->target,
				    form_value(form, "CallSid"), r->now_ns,
				    &p->call) == 0;
}

bool twilio_desk_is_placed(struct twilio_desk *d,
			   const struct twilio_request *r,
			   const struct form *form)
{
	struct placed p;

	return find_placed(d, r, form, &p);
}

static void tell_placed(struct placed *p, const char *by)
{
	size_t n = 0;

	if (by && by[0])
		p->parameter[n++] =
			(struct twiml_parameter){ TWILIO_ANSWERED_BY, by };
	for (const char *name = twilio_outbound_next(&p->call, NULL);
	     name && n < sizeof(p->parameter) / sizeof(p->parameter[0]);
	     name = twilio_outbound_next(&p->call, name))
		p->parameter[n++] =
			(struct twiml_parameter){ name,
						  name + strlen(name) + 1 };
	p->told = (struct twilio_told){
		.agent = p->call.agent[0] ? p->call.agent : NULL,
		.parameter = p->parameter,
		.parameters = n,
	};
}

/* --- The voice webhook --- */

static unsigned invite_or_refuse(struct twilio_desk *d,
				 const struct twilio_request *r,
				 const struct twilio_invitation *in,
				 bool is_placed, struct buffer *out)
{
	unsigned status = 200;
	enum lines_refusal refusal = LINES_FREE;
	const char *sid = form_value(in->form, "CallSid");

	if (!twilio_tickets_is_invited(d->tickets, sid, r->now_ns))
		refusal = twilio_desk_take_line(d, r->now_ns, in->party);
	if (refusal == LINES_FREE)
		decide(d, in);
	if (refusal == LINES_FREE &&
	    twilio_desk_invite(d, r, in, twilio_tickets_issue, &status, out) !=
		    0)
		refusal = LINES_CALLS;
	log_voice(d, in->form, refusal ? lines_refusal_text(refusal) : NULL);
	if (!refusal)
		return status;
	d->rejected++;
	if (is_placed)
		twiml_hangup(out);
	else
		twilio_answer_overload(d->config, out);
	return status;
}

/* Who is on the phone is the caller, also where we have called. */
static unsigned answer_placed(struct twilio_desk *d,
			      const struct twilio_request *r,
			      const struct form *form, struct placed *p,
			      struct buffer *out)
{
	const char *to = form_value(form, "To");
	const char *by = form_value(form, "AnsweredBy");
	struct twilio_party party = { .number = form_value(form, "From"),
				      .source = to ? to : "" };
	const struct twilio_invitation in = { form, &party, &p->told };

	twilio_outbound_answered(d->outbound, by);
	if (by && twilio_answer_machine(d->config, by, out)) {
		log_event(&d->log, LOG_INFO, "machine", "call",
			  form_value(form, "CallSid"), "by", by, NULL);
		return 200;
	}
	tell_placed(p, by);
	return invite_or_refuse(d, r, &in, true, out);
}

unsigned twilio_desk_voice_answer(struct twilio_desk *d,
				  const struct twilio_request *r,
				  const struct form *form,
				  const struct twilio_told *told,
				  struct buffer *out)
{
	const char *from = form_value(form, "From");
	struct twilio_party party = { .number = form_value(form, "To"),
				      .source = from ? from : "" };
	const struct twilio_invitation in = { form, &party, told };
	struct placed placed;

	if (find_placed(d, r, form, &placed))
		return answer_placed(d, r, form, &placed, out);
	return invite_or_refuse(d, r, &in, false, out);
}

unsigned twilio_desk_voice(struct twilio_desk *d,
			   const struct twilio_request *r, struct buffer *out)
{
	struct form form;
	unsigned status = twilio_desk_accept(d, r, &form, out);

	return status == 200
		       ? twilio_desk_voice_answer(d, r, &form,
						  &twilio_nothing_told, out)
		       : status;
}

unsigned twilio_desk_call_status(struct twilio_desk *d,
				 const struct twilio_request *r,
				 struct buffer *out)
{
	struct form form;
	unsigned status = twilio_desk_accept(d, r, &form, out);

	if (status != 200)
		return status;
	const char *sid = form_value(&form, "CallSid");
	const char *how = form_value(&form, "CallStatus");
	bool is_over =
		d->outbound && twilio_outbound_ended(d->outbound, sid, how);
	log_event(&d->log, is_over ? LOG_INFO : LOG_DEBUG, "call_status",
		  "call", sid, "status", how, NULL);
	twiml_empty(out);
	return 200;
}

int twilio_desk_url(struct twilio_desk *d, const struct twilio_request *r,
		    const char *path, char *out, size_t cap)
{
	return public_url(d, r, path, false, out, cap);
}

unsigned twilio_desk_stream_status(struct twilio_desk *d,
				   const struct twilio_request *r,
				   struct buffer *out)
{
	struct form form;
	unsigned status = twilio_desk_accept(d, r, &form, out);

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

/* A line, if the call has none yet, and a place on this worker. */
static enum lines_refusal seat(struct twilio_desk *d,
			       const struct twilio_request *r,
			       struct twilio_ticket *k)
{
	struct twilio_party party = { .number = k->number,
				      .source = k->source };
	enum lines_refusal refusal = LINES_FREE;

	if (!k->seat.is_taken) {
		refusal = twilio_desk_take_line(d, r->now_ns, &party);
		k->seat = party.seat;
	}
	if (refusal == LINES_FREE)
		refusal = d->take_place(d->owner);
	if (refusal != LINES_FREE)
		d->give_line(d->owner, &k->seat);
	return refusal;
}

unsigned twilio_desk_admit(struct twilio_desk *d,
			   const struct twilio_request *r,
			   struct twilio_ticket *ticket)
{
	const char *secret = r->message->target + strlen(TWILIO_PATH_MEDIA);
	const struct twilio_signed s = { .config = d->config,
					 .request = r,
					 .is_upgrade = true };
	const char *fault = fault_of(d, &s);

	if (fault)
		return twilio_desk_refuse(d, r, NULL, 403, fault);
	if (twilio_tickets_redeem(d->tickets, secret, strlen(secret), r->now_ns,
				  ticket) != 0)
		return twilio_desk_refuse(
			d, r, NULL, 403,
			"the stream's ticket is unknown, used or "
			"expired");
	enum lines_refusal refusal = seat(d, r, ticket);
	if (refusal == LINES_FREE)
		return 0;
	twilio_tickets_settle(d->tickets, ticket->call_sid, ticket->streams,
			      TWILIO_CUT, r->now_ns);
	return twilio_desk_refuse(d, r, NULL, 503, lines_refusal_text(refusal));
}

void twilio_desk_voice_url(const struct config *c, char *out, size_t cap)
{
	snprintf(out, cap, "%s" TWILIO_PATH_VOICE,
		 c->public_url[0] ? c->public_url : "https://<your host>");
}
