#include "gateway/check/route.h"

#include <errno.h>
#include <jansson.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "gateway/agents/routing.h"
#include "gateway/ops/config.h"

#define ERRORS_MAX 16384

struct route {
	const struct route_request *request;
	struct config config;
	struct routing *routing;
	struct routing_facts facts;
	json_t *steps; /* NULL: for a person */
	char errors[ERRORS_MAX];
};

/* --- The call --- */

static const char *parameter(void *owner, const char *name)
{
	const struct route_request *r = owner;
	size_t len = strlen(name);

	for (unsigned i = 0; i < r->parameters; i++)
		if (strncmp(r->parameter[i], name, len) == 0 &&
		    r->parameter[i][len] == '=')
			return r->parameter[i] + len + 1;
	return NULL;
}

static int complain(struct route *r, const char *what, const char *must)
{
	fprintf(r->request->errors, "tandem: %s must be %s\n", what, must);
	return -EINVAL;
}

static int read_time(struct route *r)
{
	static const char *const format[] = { "%Y-%m-%dT%H:%M",
					      "%Y-%m-%dT%H:%M:%S" };
	const char *at = r->request->at;

	r->facts.unix_s = time(NULL);
	for (size_t i = 0; at && i < sizeof(format) / sizeof(format[0]); i++) {
		struct tm tm = { 0 };
		const char *end = strptime(at, format[i], &tm);
		if (!end || (strcmp(end, "Z") != 0 && *end))
			continue;
		r->facts.unix_s = timegm(&tm);
		at = NULL;
	}
	return at ? complain(r, "--at", "a time in UTC, like 2026-06-15T10:00")
		  : 0;
}

static int read_carrier(struct route *r)
{
	const char *carrier = r->request->carrier;

	r->facts.carrier = r->request->bot ? CONFIG_CARRIER_AUDIOCODES
					   : CONFIG_CARRIER_TWILIO;
	if (!carrier)
		return 0;
	if (strcmp(carrier, "twilio") == 0)
		r->facts.carrier = CONFIG_CARRIER_TWILIO;
	else if (strcmp(carrier, "audiocodes") == 0)
		r->facts.carrier = CONFIG_CARRIER_AUDIOCODES;
	else
		return complain(r, "--carrier", "twilio or audiocodes");
	return 0;
}

static int read_facts(struct route *r)
{
	const struct route_request *q = r->request;

	r->facts = (struct routing_facts){
		.bot = q->bot ? q->bot : "",
		.number = q->number,
		.caller = q->caller ? q->caller : "",
		.parameter = parameter,
		.has_parameters = true,
		.owner = (void *)(uintptr_t)q,
	};
	for (unsigned i = 0; i < q->parameters; i++)
		if (!strchr(q->parameter[i], '='))
			return complain(r, "--parameter", "like name=value");
	int err = read_carrier(r);
	return err ? err : read_time(r);
}

/* --- What is told --- */

static void tell_step(void *owner, const struct routing_step *s)
{
	struct route *r = owner;
	bool fits = s->verdict == ROUTING_YES;
	const char *found = s->found[0] ? s->found : "none";

	if (r->steps)
		json_array_append_new(
			r->steps, json_pack("{s:i, s:s, s:s, s:s, s:b}",
					    "route", (int)s->route, "condition",
					    s->condition, "wanted", s->wanted,
					    "found", s->found, "fits", fits));
	else
		fprintf(r->request->out, "route %u (%s): %s %s: %s, %s\n",
			s->route, r->config.routes[s->route].agent,
			s->condition, s->wanted, found,
			fits ? "fits" : "does not fit");
}

/* What a key does: the configuration's word for it, and to whom or what. */
static const char *action_of(const struct config_key *k, const char **what)
{
	*what = k->hand_off[0]   ? k->hand_off
		: k->transfer[0] ? k->transfer
		: k->say[0]      ? k->say
				 : k->function;
	return k->hand_off[0]   ? "hand_off"
	       : k->transfer[0] ? "transfer"
	       : k->say[0]      ? "say"
	       : k->function[0] ? "function"
				: "end";
}

/* The keys of the call: the route's, then those of the agent that it leaves. */
static void each_key(const struct route *r, const struct routing_choice *c,
		     void (*tell)(const struct route *r, json_t *list,
				  const struct config_key *k, const char *from),
		     json_t *list)
{
	static const struct config_route_keypad none;
	const struct config_route_keypad *added =
		c->route < 0 ? &none : &r->config.routes[c->route].keypad;
	int at = config_agent_find(&r->config, c->agent);
	const struct config_agent_keypad *own =
		&config_agent_at(&r->config, at < 0 ? 0 : (unsigned)at)->keypad;

	for (unsigned i = 0; i < added->count; i++)
		tell(r, list, &added->keys[i], "route");
	for (unsigned i = 0; i < own->count; i++) {
		unsigned j = 0;
		while (j < added->count &&
		       strcmp(added->keys[j].keys, own->keys[i].keys) != 0)
			j++;
		if (j == added->count)
			tell(r, list, &own->keys[i], "agent");
	}
}

static void print_key(const struct route *r, json_t *list,
		      const struct config_key *k, const char *from)
{
	const char *what, *action = action_of(k, &what);

	(void)list;
	fprintf(r->request->out, "key %s: %s%s%s (of the %s)\n", k->keys,
		action, what[0] ? " " : "", what, from);
}

static void list_key(const struct route *r, json_t *list,
		     const struct config_key *k, const char *from)
{
	const char *what, *action = action_of(k, &what);

	(void)r;
	json_array_append_new(list, json_pack("{s:s, s:s, s:s, s:s}", "keys",
					      k->keys, "action", action, "what",
					      what, "of", from));
}

static void tell_choice(const struct route *r, const struct routing_choice *c)
{
	FILE *out = r->request->out;

	if (r->steps) {
		json_t *keys = json_array();
		each_key(r, c, list_key, keys);
		json_t *all = json_pack("{s:s, s:O, s:o}", "agent", c->agent,
					"steps", r->steps, "keypad", keys);
		json_object_set_new(all, "route",
				    c->route < 0 ? json_null()
						 : json_integer(c->route));
		json_dumpf(all, out, JSON_INDENT(2));
		fputc('\n', out);
		json_decref(all);
	} else if (c->route < 0) {
		fprintf(out, "%s answers: no route fits\n", c->agent);
	} else {
		fprintf(out, "%s answers: route %d fits\n", c->agent, c->route);
	}
	if (!r->steps)
		each_key(r, c, print_key, NULL);
}

static int decide(struct route *r)
{
	char why[256];
	int err = routing_open(&r->routing, &r->config, why, sizeof(why));

	if (err) {
		fprintf(r->request->errors, "tandem: %s\n", why);
		return err;
	}
	struct routing_choice c =
		routing_decide(r->routing, &r->facts, tell_step, r);
	tell_choice(r, &c);
	routing_free(r->routing);
	return 0;
}

int route_run(const struct route_request *request)
{
	struct route *r = calloc(1, sizeof(*r));

	if (!r)
		return -ENOMEM;
	const struct config_loading loading = {
		.environment = request->environment,
		.errors = r->errors,
		.errors_cap = sizeof(r->errors),
	};
	r->request = request;
	r->steps = request->is_json ? json_array() : NULL;
	int err = read_facts(r);
	if (!err) {
		err = config_load_all(&r->config, request->path, &loading);
		if (err)
			fprintf(request->errors, "%s\n", r->errors);
	}
	if (!err)
		err = decide(r);
	json_decref(r->steps);
	config_wipe(&r->config);
	free(r);
	return err;
}
