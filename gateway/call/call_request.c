/* The call core, what the model asks for: to end the call, to hand it over, to
 * send keys or data, to record. */
#include "gateway/call/call_request.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "gateway/call/call_parts.h"
#include "protocols/utf8.h"

static void answer(struct call *c, const char *call_id, const char *output)
{
	c->ports.model->tool_output(c->ports.session, call_id, output);
}

static bool carrier_can(const struct call *c, enum call_request_kind what)
{
	const struct call_carrier_port *p = c->ports.carrier;

	return p->request && (!p->can || p->can(c->ports.leg, what));
}

bool call_can(const struct call *c, enum call_request_kind what)
{
	return carrier_can(c, what) ||
	       (what == CALL_REQUEST_KEYS && c->settings.tone_ms > 0);
}

/* --- Errands: what waits until speech has ended --- */

static int add_errand(struct call *c, const struct call_request *r,
		      uint64_t now_ns)
{
	char *data = NULL;

	if (!call_can(c, r->kind))
		return -ENOTSUP;
	if (c->errands == CALL_ERRANDS_MAX)
		return -ENOBUFS;
	if (!c->errand)
		c->errand = calloc(CALL_ERRANDS_MAX, sizeof(*c->errand));
	if (!c->errand || (r->data && !(data = strdup(r->data))))
		return -ENOMEM;
	if (!c->errands)
		c->errand_ns = now_ns + CALL_ERRAND_MS * CALL_NS_PER_MS;
	c->errand[c->errands] = *r;
	c->errand[c->errands++].data = data;
	return 0;
}

void call_drop_errands(struct call *c)
{
	for (unsigned i = 0; i < c->errands; i++)
		free(c->errand[i].data);
	free(c->errand);
	c->errand = NULL;
	c->errands = 0;
}

static void run_errand(struct call *c, const struct call_request *r)
{
	if (carrier_can(c, r->kind))
		c->ports.carrier->request(c->ports.leg, r);
	else
		call_play_keys(c, r->digits);
}

void call_run_errands(struct call *c, uint64_t now_ns)
{
	bool may =
		playout_is_idle(&c->playout, now_ns) || now_ns >= c->errand_ns;

	if (!c->errands || c->is_detached || !may)
		return;
	for (unsigned i = 0; i < c->errands; i++)
		run_errand(c, &c->errand[i]);
	call_drop_errands(c);
	call_pump(c, now_ns);
}

/* --- Requests --- */

/* What the model does next is its own affair: it is owed a response. */
static bool answer_and_go_on(struct call *c, const char *call_id, int err,
			     const char *done)
{
	const char *output = done;

	if (err == -ENOTSUP)
		output = "{\"error\":\"this telephone line cannot do that\"}";
	else if (err)
		output = "{\"error\":\"too much at once, try again later\"}";
	answer(c, call_id, output);
	return true;
}

/* r's data stays whose it is. What does not fit in memory is not told. */
void call_set_transfer(struct call *c, const struct call_request *r)
{
	call_drop_transfer(c);
	c->transfer = *r;
	c->transfer.data = r->data ? strdup(r->data) : NULL;
}

void call_drop_transfer(struct call *c)
{
	free(c->transfer.data);
	c->transfer.data = NULL;
}

/* Each returns whether the model is owed a response. */

static bool end_call(struct call *c, const char *call_id,
		     const struct call_request *r, uint64_t now_ns)
{
	if (c->state != CALL_UP) {
		answer(c, call_id, "{\"status\":\"already ending\"}");
		return false;
	}
	answer(c, call_id, "{\"status\":\"the call ends after your goodbye\"}");
	utf8_copy(c->end_reason, sizeof(c->end_reason), r->reason);
	c->farewell_end = CALL_END_MODEL;
	call_step(c, CALL_END_ASKED, now_ns);
	return false;
}

static bool transfer(struct call *c, const char *call_id,
		     const struct call_request *r, uint64_t now_ns)
{
	if (!call_can(c, r->kind))
		return answer_and_go_on(c, call_id, -ENOTSUP, NULL);
	if (c->state != CALL_UP) {
		answer(c, call_id, "{\"status\":\"already ending\"}");
		return false;
	}
	answer(c, call_id,
	       "{\"status\":\"the caller is put through after your words\"}");
	call_set_transfer(c, r);
	call_step(c, CALL_TRANSFER_ASKED, now_ns);
	return false;
}

static bool send_later(struct call *c, const char *call_id,
		       const struct call_request *r, uint64_t now_ns)
{
	return answer_and_go_on(
		c, call_id, add_errand(c, r, now_ns),
		"{\"status\":\"sent as soon as your words were heard\"}");
}

/* At once: whoever is about to say a card's number waits for the pause. */
static bool record(struct call *c, const char *call_id,
		   const struct call_request *r, uint64_t now_ns)
{
	int err = -ENOTSUP;

	(void)now_ns;
	if (call_can(c, r->kind))
		err = c->ports.carrier->request(c->ports.leg, r);
	return answer_and_go_on(c, call_id, err, "{\"status\":\"done\"}");
}

static bool collect(struct call *c, const char *call_id,
		    const struct call_request *r, uint64_t now_ns)
{
	int err = call_collect_begin(c, call_id, r, now_ns);

	if (err == -EALREADY) {
		answer(c, call_id,
		       "{\"error\":\"keys are being collected already; wait "
		       "for them\"}");
		return true;
	}
	return err ? answer_and_go_on(c, call_id, err, NULL) : false;
}

bool call_carry_out(struct call *c, const char *call_id,
		    const struct call_request *r, uint64_t now_ns)
{
	static bool (*const take[])(struct call * c, const char *call_id,
				    const struct call_request *r,
				    uint64_t now_ns) = {
		[CALL_REQUEST_END] = end_call,
		[CALL_REQUEST_TRANSFER] = transfer,
		[CALL_REQUEST_KEYS] = send_later,
		[CALL_REQUEST_METADATA] = send_later,
		[CALL_REQUEST_RECORDING] = record,
		[CALL_REQUEST_COLLECT] = collect,
	};

	return take[r->kind](c, call_id, r, now_ns);
}

/* --- Transfer --- */

bool call_rescue(struct call *c)
{
	if (c->state != CALL_SORRY || c->was_rescued || !c->settings.fallback ||
	    !c->ports.carrier->request)
		return false;
	c->was_rescued = true;
	struct call_request r = {
		.kind = CALL_REQUEST_TRANSFER,
		.reason = "the assistant is unavailable",
	};
	utf8_copy(r.target, sizeof(r.target), c->settings.fallback);
	call_set_transfer(c, &r);
	return true;
}

void call_transfer(struct call *c, uint64_t now_ns)
{
	if (c->ports.carrier->request(c->ports.leg, &c->transfer) != 0)
		call_carrier_transfer_failed(c, "the line cannot transfer",
					     now_ns);
}

void call_carrier_transfer_failed(struct call *c, const char *why,
				  uint64_t now_ns)
{
	if (c->state != CALL_TRANSFERRING)
		return;
	utf8_copy(c->transfer_why, sizeof(c->transfer_why), why);
	call_step(c, CALL_TRANSFER_FAILED, now_ns);
}

void call_tell_kept(struct call *c, uint64_t now_ns)
{
	(void)now_ns;
	if (c->has_model)
		c->ports.model->add_note(c->ports.session,
					 "[transfer] Not begun: the caller "
					 "spoke. Ask for it again if it is "
					 "still wanted.");
}

void call_tell_failed(struct call *c, uint64_t now_ns)
{
	char text[CALL_REASON_MAX + 128];
	const char *why = c->transfer_why[0] ? c->transfer_why : "no answer";

	call_note(c, CALL_NOTE_TRANSFER_FAILED, why, 0);
	if (!c->has_model) {
		call_step(c, CALL_MODEL_LOST, now_ns);
		return;
	}
	snprintf(text, sizeof(text),
		 "[transfer] It failed: %s. The caller is with you again: tell "
		 "them and offer other help.",
		 why);
	c->transfer_why[0] = '\0';
	c->ports.model->add_note(c->ports.session, text);
	call_want(c, SPEAK_NOTE, now_ns);
}
