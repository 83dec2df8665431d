/* A call from Twilio: its ticket, its leg, and what its end means for the
 * request that follows. */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "gateway/agents/routing.h"
#include "gateway/bridge.h"
#include "gateway/carriers/twilio_rest.h"
#include "gateway/exchange.h"
#include "gateway/net/http_server.h"
#include "gateway/ops/config.h"
#include "gateway/settings.h"
#include "gateway/worker.h"
#include "protocols/buffer.h"
#include "protocols/twilio_signature.h"
#include "protocols/twiml.h"

/* The webhook's fields and the <Parameter>s by their names; who calls whom by
 * those that every carrier has. */
static void learn(struct bridge *b, const struct twilio_event *start)
{
	struct call_variables *v = &b->call.variables;
	const char *name;
	json_t *value;
	unsigned lost = 0;

	(void)call_variables_set(v, "caller", b->twilio.source);
	(void)call_variables_set(v, "callee", b->twilio.number);
	json_object_foreach(start->parameters, name, value)
	{
		int err = json_is_string(value)
				  ? call_variables_set(v, name,
						       json_string_value(value))
				  : -EINVAL;
		lost += err && err != -EEXIST;
	}
	if (lost)
		log_event(&b->log, LOG_WARN, "ignored", "why",
			  "a parameter too long or too many", NULL);
}

static void on_start(void *owner, const struct twilio_event *start)
{
	struct bridge *b = owner;
	struct call_settings settings;

	log_event(&b->log, LOG_INFO, "started", "stream", start->stream_sid,
		  NULL);
	struct twilio_context *before = bridge_twilio_take(b, start);
	snprintf(b->twilio.account_sid, sizeof(b->twilio.account_sid), "%s",
		 twilio_sid_ok(start->account_sid, "AC") ? start->account_sid
							 : "");
	bridge_settings(b, b->twilio.number, &settings);
	settings.has_marks = true;
	settings.opening = b->twilio.opening;
	if (settings.opening) {
		settings.hello = NULL;
		settings.hello_text = NULL;
	}
	settings.tone_ms = b->settings->config->digits.tone_ms;
	settings.tone_pause_ms = b->settings->config->digits.pause_ms;
	bridge_begin(b, &settings, &twilio_leg_port);
	learn(b, start);
	bridge_twilio_recall(b, before);
	bridge_dress(b);
}

static void on_handled(void *owner, uint64_t read_ns)
{
	bridge_leg_handled(owner, read_ns);
}

static enum twilio_fate fate_of(const struct bridge *b, enum twilio_leg_end how)
{
	if (how == TWILIO_LEG_BY_STOP)
		return TWILIO_CALLER_GONE;
	if (how == TWILIO_LEG_LOST)
		return TWILIO_CUT;
	if (!b->has_call || b->call.end == CALL_END_MODEL_LOST ||
	    b->call.end == CALL_END_SHUTDOWN || b->is_stopping)
		return TWILIO_FAILED;
	return TWILIO_ENDED;
}

/* Before Twilio can be told that there is one. */
static bool may_be_followed(const struct bridge *b, enum twilio_fate fate)
{
	return b->has_call &&
	       (fate == TWILIO_CUT || b->call.end == CALL_END_TRANSFERRED);
}

static void on_ended(void *owner, enum twilio_leg_end how)
{
	static const char *const word[] = {
		[TWILIO_LEG_BY_US] = "us",
		[TWILIO_LEG_BY_STOP] = "stop",
		[TWILIO_LEG_LOST] = "lost",
	};
	struct bridge *b = owner;
	enum twilio_fate fate = fate_of(b, how);

	metric_add(&b->worker->figures.failed,
		   fate == TWILIO_FAILED && !b->is_stopping &&
			   (!b->has_call ||
			    b->call.end == CALL_END_MODEL_LOST));
	if (may_be_followed(b, fate))
		bridge_twilio_keep(b);
	twilio_tickets_settle(&b->worker->exchange->tickets, b->twilio.call_sid,
			      b->twilio.stream, fate, uv_hrtime());
	bridge_summarize(b, word[how]);
}

/* --- What Twilio is asked for by REST --- */

static struct twilio_rest_call rest_call(struct bridge *b)
{
	return (struct twilio_rest_call){
		.config = b->settings->config,
		.port = b->worker->world.fetch,
		.account_sid = b->twilio.account_sid,
		.call_sid = b->twilio.call_sid,
	};
}

static void log_rest(const struct bridge *b, const char *what,
		     const struct fetch_answer *a,
		     const struct twilio_rest_verdict *v)
{
	struct log_line l;

	log_begin(&l, &b->log, v->error ? LOG_WARN : LOG_INFO, "rest");
	log_text(&l, "what", what);
	log_number(&l, "status", a->status);
	if (v->code)
		log_number(&l, "code", v->code);
	if (v->error)
		log_text(&l, "why", a->error ? a->why : v->why);
	log_number(&l, "took_ms", a->took_ms);
	log_end(&l);
}

static void on_moved(void *owner, const struct fetch_answer *a)
{
	struct bridge *b = owner;
	struct twilio_rest_verdict v;

	b->twilio.rest = NULL;
	twilio_rest_judge(a, &v);
	log_rest(b, "transfer", a, &v);
	if (!v.error)
		return; /* the stop comes, or has come */
	/* Where nobody knows, it may have been done all the same. */
	if (!a->error)
		twilio_whispers_end(&b->worker->exchange->whispers,
				    b->twilio.call_sid);
	twilio_leg_stays(&b->twilio.leg);
	call_carrier_transfer_failed(&b->call, v.why, uv_hrtime());
}

static void on_completed(void *owner, const struct fetch_answer *a)
{
	struct bridge *b = owner;
	struct twilio_rest_verdict v;

	b->twilio.rest = NULL;
	twilio_rest_judge(a, &v);
	log_rest(b, "hang_up", a, &v);
	if (v.error)
		twilio_leg_let_go(&b->twilio.leg);
}

static bool can(const void *owner, enum call_request_kind what)
{
	const struct bridge *b = owner;

	return what == CALL_REQUEST_TRANSFER && b->twilio.base &&
	       twilio_rest_is_ready(b->settings->config, b->twilio.account_sid);
}

/* Where Twilio asks what whoever answers is to hear. Returns 0 or a negative
 * errno. */
static int whisper_url(struct bridge *b, const struct call_request *r,
		       char out[TWILIO_URL_MAX])
{
	struct worker *w = b->worker;
	char token[TWILIO_WHISPER_TOKEN];
	uint8_t entropy[16];

	w->desk.random(w->desk.owner, entropy, sizeof(entropy));
	int err = twilio_whispers_place(&w->exchange->whispers,
					b->twilio.call_sid,
					r->data ? r->data : "", entropy,
					uv_hrtime(), token);
	if (err)
		return err;
	int n = snprintf(out, TWILIO_URL_MAX,
			 "%s" TWILIO_PATH_WHISPER "?" TWILIO_WHISPER_QUERY "%s",
			 b->twilio.base, token);
	return n < TWILIO_URL_MAX ? 0 : -ENAMETOOLONG;
}

static struct fetch *dial(struct bridge *b, const struct call_request *r,
			  const char *whisper)
{
	const struct twilio_rest_call call = rest_call(b);
	char action[TWILIO_URL_MAX];
	const struct twiml_dial dial = {
		.target = r->target,
		.ring_s = b->settings->config->transfer.ring_seconds,
		.action_url = action,
		.url = whisper,
	};
	struct buffer twiml;
	struct fetch *f = NULL;

	snprintf(action, sizeof(action), "%s" TWILIO_PATH_DIALLED,
		 b->twilio.base);
	buffer_init(&twiml, TWILIO_REST_TWIML_MAX);
	if (twiml_dial(&twiml, &dial) == 0)
		f = twilio_rest_redirect(&call,
					 (const char *)buffer_head(&twiml),
					 twiml.used, on_moved, b);
	buffer_free(&twiml);
	return f;
}

static int on_request(void *owner, const struct call_request *r)
{
	struct bridge *b = owner;
	char whisper[TWILIO_URL_MAX];

	if (b->twilio.rest)
		return -EBUSY;
	int err = r->is_warm ? whisper_url(b, r, whisper) : 0;
	if (!err)
		b->twilio.rest = dial(b, r, r->is_warm ? whisper : NULL);
	if (!b->twilio.rest)
		twilio_whispers_end(&b->worker->exchange->whispers,
				    b->twilio.call_sid);
	return b->twilio.rest ? 0 : -EIO;
}

/* Not where somebody else is to take the call behind an apology: for that
 * Twilio must ask. */
static bool on_hang_up(void *owner)
{
	struct bridge *b = owner;
	const struct twilio_rest_call call = rest_call(b);

	if (!call.config->twilio.rest.hang_up || b->twilio.rest ||
	    fate_of(b, TWILIO_LEG_BY_US) != TWILIO_ENDED)
		return false;
	b->twilio.rest = twilio_rest_complete(&call, on_completed, b);
	return b->twilio.rest != NULL;
}

void bridge_twilio_release(struct bridge *b)
{
	if (b->twilio.rest)
		fetch_cancel(b->twilio.rest);
	free(b->twilio.base);
	free(b->twilio.opening);
}

static const struct twilio_leg_owner leg_owner = {
	.can = can,
	.on_request = on_request,
	.on_hang_up = on_hang_up,
	.on_start = on_start,
	.on_handled = on_handled,
	.on_ended = on_ended,
};

struct bridge *bridge_twilio_open(struct worker *w, struct http_connection *c,
				  const char *accept,
				  const struct twilio_request *r,
				  const struct twilio_ticket *ticket)
{
	struct bridge *b = bridge_new(w, ticket->call_sid);
	char url[TWILIO_URL_MAX];

	if (!b) {
		http_respond_text(c, 503, "no memory");
		return NULL;
	}
	snprintf(b->twilio.call_sid, sizeof(b->twilio.call_sid), "%s",
		 ticket->call_sid);
	snprintf(b->twilio.number, sizeof(b->twilio.number), "%s",
		 ticket->number);
	snprintf(b->twilio.source, sizeof(b->twilio.source), "%s",
		 ticket->source);
	b->twilio.stream = ticket->streams;
	if (twilio_desk_url(&w->desk, r, "/", url, sizeof(url)) == 0)
		b->twilio.base = strndup(url, strlen(url) - 1);
	b->carrier = WORKER_TWILIO;
	bridge_route(b, ticket->agent[0] ? ticket->agent : NULL,
		     routing_by_key(b->settings->config, ticket->route));
	b->leg = &b->twilio.leg.leg;
	twilio_leg_open(&b->twilio.leg, &b->call, &b->log, &leg_owner, b,
			b->opened_ns);
	b->twilio.leg.expected_call_sid = b->twilio.call_sid;
	b->twilio.leg.ws = http_upgrade(c, accept, NULL, TWILIO_MESSAGE_MAX,
					&twilio_leg_socket, &b->twilio.leg);
	if (!b->twilio.leg.ws) {
		bridge_free(b);
		return NULL;
	}
	b->seat = ticket->seat;
	bridge_enlist(b);
	return b;
}
