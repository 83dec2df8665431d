/* What follows a stream, or a transfer: Twilio asks. */
#include <stdlib.h>
#include <string.h>

#include "gateway/carriers/twilio_answers.h"
#include "gateway/carriers/twilio_contexts.h"
#include "gateway/carriers/twilio_desk_parts.h"
#include "gateway/carriers/twilio_whispers.h"
#include "gateway/ops/config.h"
#include "gateway/ops/config_route.h"
#include "protocols/form.h"
#include "protocols/twiml.h"

static const struct config_route *route_of(const struct twilio_desk *d,
					   const struct twilio_ticket *k)
{
	return d->route ? d->route(d->owner, k->route) : NULL;
}

static const struct config_agent *agent_of(const struct twilio_desk *d,
					   const struct twilio_ticket *k)
{
	int i = k->agent[0] ? config_agent_find(d->config, k->agent) : 0;

	return i < 0 ? NULL : config_agent_at(d->config, (unsigned)i);
}

/* speaks: the caller has heard no apology. */
static void answer_failure(const struct twilio_desk *d,
			   const struct twilio_ticket *k, bool speaks,
			   struct buffer *out)
{
	const struct config_route_call call = { k->number, route_of(d, k),
						agent_of(d, k) };

	twilio_answer_failure(d->config, &call, speaks, out);
}

/* The stream broke while the caller was there, or was refused: join them again,
 * and after some tries do what the configuration says. Without a line now there
 * may be one when the socket opens. */
static unsigned rejoin(struct twilio_desk *d, const struct twilio_request *r,
		       const struct form *form,
		       const struct twilio_ticket *last, const char *returned,
		       struct buffer *out)
{
	const char *call_sid = form_value(form, "CallSid");
	struct twilio_party party = { .number = last->number,
				      .source = last->source,
				      .returned = returned };
	unsigned status;

	if (!twilio_tickets_is_invited(d->tickets, call_sid, r->now_ns))
		(void)twilio_desk_take_line(d, r->now_ns, &party);
	const struct twilio_invitation in = { form, &party,
					      &twilio_nothing_told };
	if (twilio_desk_invite(d, r, &in, twilio_tickets_reissue, &status,
			       out) != 0)
		answer_failure(d, last, true, out);
	return status;
}

/* The caller is gone, or with somebody else. */
static void part(struct twilio_desk *d, const char *sid, uint64_t now_ns)
{
	twilio_tickets_abandon(d->tickets, sid, now_ns);
	if (d->contexts)
		twilio_contexts_forget(d->contexts, sid);
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
	unsigned status = twilio_desk_accept(d, r, &form, out);

	if (status != 200)
		return status;
	const char *sid = form_value(&form, "CallSid");
	struct twilio_ticket ticket = { .fate = TWILIO_CUT };
	twilio_tickets_ask(d->tickets, sid, &ticket);
	enum twilio_fate fate = ticket.fate;
	if (caller_is_gone(form_value(&form, "CallStatus")) ||
	    fate == TWILIO_CALLER_GONE) {
		part(d, sid, r->now_ns);
		twiml_empty(out);
		return 200;
	}
	if (fate == TWILIO_ENDED)
		twiml_hangup(out);
	else if (fate == TWILIO_FAILED)
		answer_failure(d, &ticket, false, out);
	else
		status = rejoin(d, r, &form, &ticket, NULL, out);
	return status;
}

static bool was_bridged(const struct form *form, enum twilio_whisper_end heard)
{
	const char *bridged = form_value(form, "DialBridged");
	const char *status = form_value(form, "DialCallStatus");

	if (bridged)
		return strcmp(bridged, "true") == 0;
	if (heard != TWILIO_WHISPER_NONE)
		return heard == TWILIO_WHISPER_ACCEPTED;
	return status && (strcmp(status, "completed") == 0 ||
			  strcmp(status, "answered") == 0);
}

/* How it went, in a word for the next stream. */
static const char *word_of(const char *status, enum twilio_whisper_end heard)
{
	if (heard == TWILIO_WHISPER_HEARD || heard == TWILIO_WHISPER_DECLINED)
		return TWILIO_DECLINED;
	return status ? status : "failed";
}

unsigned twilio_desk_after_dial(struct twilio_desk *d,
				const struct twilio_request *r,
				struct buffer *out)
{
	struct form form;
	unsigned status = twilio_desk_accept(d, r, &form, out);

	if (status != 200)
		return status;
	const char *sid = form_value(&form, "CallSid");
	const char *how = form_value(&form, "DialCallStatus");
	enum twilio_whisper_end heard = TWILIO_WHISPER_NONE;
	struct twilio_ticket ticket = { .fate = TWILIO_CUT };
	twilio_tickets_ask(d->tickets, sid, &ticket);
	if (d->whispers)
		heard = twilio_whispers_end(d->whispers, sid);
	log_event(&d->log, LOG_INFO, "dialled", "call", sid, "status", how,
		  NULL);
	if (caller_is_gone(form_value(&form, "CallStatus"))) {
		part(d, sid, r->now_ns);
		twiml_empty(out);
	} else if (was_bridged(&form, heard)) {
		part(d, sid, r->now_ns);
		twiml_hangup(out);
	} else {
		status = rejoin(d, r, &form, &ticket, word_of(how, heard), out);
	}
	return status;
}
