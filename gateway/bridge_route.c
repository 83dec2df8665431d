/* Who answers a call: what is known of it, held against the routes. */
#include <string.h>
#include <time.h>

#include "gateway/agents/routing.h"
#include "gateway/bridge.h"
#include "gateway/settings.h"
#include "gateway/worker.h"
#include "protocols/form.h"

void bridge_route(struct bridge *b, const char *agent,
		  const struct config_route *route)
{
	const struct agent_book *book = b->settings->book;
	const struct agent *found = agent ? agent_book_find(book, agent) : NULL;
	struct log_line l;

	if (agent && !found)
		log_event(&b->log, LOG_WARN, "agent_gone", "agent", agent,
			  "what", "the default one answers", NULL);
	b->agent = found ? found : &book->agent[0];
	b->route = route;
	if (book->count == 1 && !route)
		return; /* there is nobody else */
	log_begin(&l, &b->log, LOG_INFO, "routed");
	log_text(&l, "agent", b->agent->wanted->persona.name);
	if (route)
		log_number(&l, "route", route - b->settings->config->routes);
	log_end(&l);
}

/* --- Twilio: all is known with the webhook --- */

static const char *field_of(void *owner, const char *name)
{
	return form_value(owner, name);
}

void bridge_twilio_decide(struct worker *w, const struct form *form,
			  struct twilio_party *p)
{
	const struct routing_facts facts = {
		.carrier = CONFIG_CARRIER_TWILIO,
		.bot = "",
		.number = p->number ? p->number : "",
		.caller = p->source ? p->source : "",
		.parameter = field_of,
		.has_parameters = true,
		.owner = (void *)(uintptr_t)form,
		.unix_s = time(NULL),
	};
	const struct routing_choice c =
		routing_decide(w->settings->book->routing, &facts, NULL, NULL);

	p->agent = c.agent;
	p->route = routing_key(w->config, c.route);
}

/* --- AudioCodes: the number comes later --- */

static const char *variable_of(void *owner, const char *name)
{
	return call_variables_get(owner, name);
}

static void take(struct bridge *b, const struct routing_choice *c)
{
	bridge_route(b, c->agent,
		     c->route < 0 ? NULL
				  : &b->settings->config->routes[c->route]);
}

bool bridge_audiocodes_decide(struct bridge *b, bool has_begun)
{
	const struct bridge_audiocodes *a = &b->audiocodes;
	struct call_variables *v = &b->call.variables;
	const char *number = has_begun ? call_variables_get(v, "callee") : NULL;
	const char *caller = a->leg.caller;
	struct routing_facts facts = {
		.carrier = CONFIG_CARRIER_AUDIOCODES,
		.bot = a->bot,
		.number = has_begun && !number ? "" : number,
		.caller = caller[0] || has_begun ? caller : NULL,
		.parameter = variable_of,
		.has_parameters = has_begun,
		.owner = v,
		.unix_s = time(NULL),
	};

	if (has_begun && !caller[0] && call_variables_get(v, "caller"))
		facts.caller = call_variables_get(v, "caller");
	const struct routing_choice c =
		routing_decide(b->settings->book->routing, &facts, NULL, NULL);
	if (c.end == ROUTING_OPEN)
		return false;
	take(b, &c);
	return true;
}
