/* A call from Twilio: its ticket, its leg, and what its end means for the
 * request that follows. */
#include <errno.h>
#include <stdio.h>

#include "gateway/bridge.h"
#include "gateway/exchange.h"
#include "gateway/net/http_server.h"
#include "gateway/worker.h"

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
	bridge_settings(b, b->twilio.number, &settings);
	settings.has_marks = true;
	bridge_begin(b, &settings, &twilio_leg_port);
	learn(b, start);
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
	twilio_tickets_settle(&b->worker->exchange->tickets, b->twilio.call_sid,
			      b->twilio.stream, fate, uv_hrtime());
	bridge_summarize(b, word[how]);
}

static const struct twilio_leg_owner leg_owner = {
	.on_start = on_start,
	.on_handled = on_handled,
	.on_ended = on_ended,
};

struct bridge *bridge_twilio_open(struct worker *w, struct http_connection *c,
				  const char *accept,
				  const struct twilio_ticket *ticket)
{
	struct bridge *b = bridge_new(w, ticket->call_sid);

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
	b->carrier = WORKER_TWILIO;
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
