#include "gateway/ops/config_together.h"

#include <stdio.h>
#include <string.h>

#include "gateway/ops/config.h"
#include "gateway/ops/config_check.h"
#include "gateway/ops/config_find.h"
#include "gateway/ops/config_report.h"
#include "gateway/ops/config_together_parts.h"

/* In an agent file the keys of agent stand at the top. */
size_t config_together_line(const struct together *t, const char *path)
{
	const char *within = t->report->within;
	size_t len = within ? strlen(within) : 0;
	if (len && strncmp(path, within, len) == 0 && path[len] == '.')
		path += len + 1;
	return config_find_line(t->document, path);
}

void config_together_report(struct together *t, const char *path,
			    const char *what)
{
	if (!config_check_is_about_bad(t->check, path) &&
	    !config_check_is_about_bad(t->check, what))
		config_report_add(t->report, config_together_line(t, path),
				  "%s %s", path, what);
}

void config_together_unique(struct together *t, const char *list,
			    const char *names, unsigned count, size_t stride)
{
	char entry[64];
	for (unsigned i = 1; i < count; i++) {
		const char *name = names + i * stride;
		unsigned j = 0;
		while (strcmp(names + j * stride, name) != 0)
			j++;
		snprintf(entry, sizeof(entry), "%s.%u", list, i);
		if (j < i)
			config_report_add(t->report,
					  config_together_line(t, entry),
					  "%s has \"%s\" twice", list, name);
	}
}

static void check_failure(struct together *t)
{
	const struct config_failure *f = &t->c->failure;
	if (f->then == CONFIG_THEN_DIAL && !*f->dial)
		config_together_report(
			t, "failure.then",
			"is dial, but failure.dial names no number");
}

/* A route says only what differs. */
static void check_routes(struct together *t)
{
	const struct config_failure *f = &t->c->failure;
	char path[64];

	for (unsigned i = 0; i < f->by_number_count; i++) {
		const struct config_failure_route *r = &f->by_number[i];
		snprintf(path, sizeof(path), "failure.by_number.%u.then", i);
		if (r->then == CONFIG_THEN_DIAL && !*r->dial && !*f->dial)
			config_report_add(
				t->report, config_find_line(t->document, path),
				"failure.by_number: then is dial, but "
				"neither it nor failure.dial names a "
				"number");
	}
}

static void check_overload(struct together *t)
{
	const struct config_overload *o = &t->c->overload;
	static const char *const what[] = {
		[CONFIG_OVERLOAD_REJECT] = "",
		[CONFIG_OVERLOAD_SAY] = "is say, but overload.say is empty",
		[CONFIG_OVERLOAD_DIAL] =
			"is dial, but overload.dial names no number",
		[CONFIG_OVERLOAD_REDIRECT] =
			"is redirect, but overload.url is empty",
	};
	const char *const needed[] = {
		[CONFIG_OVERLOAD_REJECT] = "-",
		[CONFIG_OVERLOAD_SAY] = o->say,
		[CONFIG_OVERLOAD_DIAL] = o->dial,
		[CONFIG_OVERLOAD_REDIRECT] = o->url,
	};

	if (!*needed[o->then])
		config_together_report(t, "overload.then", what[o->then]);
}

static void check_limits(struct together *t)
{
	const struct config_limits *l = &t->c->limits;

	if (l->warning_seconds >= l->call_minutes * 60)
		config_together_report(
			t, "limits.warning_seconds",
			"is no less than limits.call_minutes: every call would "
			"begin with the warning");
}

/* A mistake of an agent that only the whole configuration shows: i is whose. */
static void report_agent(struct together *t, unsigned i, const char *key,
			 const char *what)
{
	config_report_add(t->report,
			  config_find_line(t->document, i ? "agents" : key),
			  "agent %s: %s",
			  config_agent_at(t->c, i)->persona.name, what);
}

/* Half of it would look like a lock and be none. */
static void check_oauth(struct together *t)
{
	const struct config_oauth *o = &t->c->audiocodes.oauth;
	if (*o->jwks && !*o->issuer)
		config_together_report(
			t, "audiocodes.oauth.jwks",
			"is set, but audiocodes.oauth.issuer is not: whose "
			"tokens are taken must be said");
	if (*o->jwks)
		return;
	static const char without[] =
		"is set, but audiocodes.oauth.jwks is not: there are no keys "
		"to check a token with";
	if (*o->issuer)
		config_together_report(t, "audiocodes.oauth.issuer", without);
	if (*o->audience)
		config_together_report(t, "audiocodes.oauth.audience", without);
	if (*o->scope)
		config_together_report(t, "audiocodes.oauth.scope", without);
}

static void check_budgets(struct together *t)
{
	const struct config_budget *b = &t->c->budgets.per_call;

	if (b->amount > 0 && b->action == CONFIG_BUDGET_REFUSE)
		config_together_report(
			t, "budgets.per_call.action",
			"is refuse, but a call that has cost something is there "
			"already; wrap_up ends it");
}

static void check_rest(struct together *t)
{
	const struct config_twilio_rest *r = &t->c->twilio.rest;
	bool has_secret = secret_is_set(&r->key_secret);

	if (*r->key_sid && !has_secret)
		config_together_report(
			t, "twilio.rest.key_sid",
			"is set, but twilio.rest.key_secret is not");
	if (!*r->key_sid && has_secret)
		config_together_report(
			t, "twilio.rest.key_secret",
			"is set, but twilio.rest.key_sid is not");
}

/* What a call needs beyond them. */
static void check_placing(struct together *t)
{
	if (!*t->c->public_url)
		config_together_report(
			t, "outbound.from",
			"is set, but public_url is not: Twilio must be told "
			"where to ask");
	if (!*config_twilio_rest_url(t->c, t->c->outbound.account))
		config_together_report(t, "outbound.from",
				       "is set, but twilio.rest.url is empty");
}

static void check_outbound(struct together *t)
{
	const struct config_outbound *o = &t->c->outbound;

	if (*o->account && !*o->from)
		config_together_report(t, "outbound.account",
				       "is set, but outbound.from is not");
	if (*o->from && !*o->account)
		config_together_report(t, "outbound.from",
				       "is set, but outbound.account is not");
	if (o->machine == CONFIG_MACHINE_MESSAGE && !*o->message)
		config_together_report(
			t, "outbound.machine",
			"is message, but outbound.message is empty");
	if (*o->account && *o->from)
		check_placing(t);
}

static void check_default(struct together *t)
{
	const struct config_agent_persona *p = &t->c->agent.persona;
	if (strcmp(p->name, "default") != 0)
		config_together_report(
			t, "agent.name",
			"is for agent files: this section is the agent "
			"\"default\"");
	if (p->standby)
		config_together_report(
			t, "agent.standby",
			"is for agent files: of this agent model.standby says "
			"how many");
}

/* Of each, once all files are read. */
static void check_each(struct together *t)
{
	const struct config *c = t->c;

	for (unsigned i = 0; i < config_agent_count(c); i++) {
		const struct config_agent *a = config_agent_at(c, i);
		if (a->fallback.then == CONFIG_THEN_DIAL &&
		    !*a->fallback.dial && !*c->failure.dial)
			report_agent(t, i, "agent.fallback",
				     "fallback.then is dial, but neither it "
				     "nor failure.dial names a number");
		if (a->limits.call_minutes &&
		    c->limits.warning_seconds >= a->limits.call_minutes * 60)
			report_agent(t, i, "agent.limits.call_minutes",
				     "limits.warning_seconds is no less than "
				     "its limits.call_minutes: every call "
				     "would begin with the warning");
	}
}

static bool routes_everything(const struct config_route *r)
{
	return !*r->number && r->carrier == CONFIG_CARRIER_ANY && !*r->bot &&
	       !*r->caller && !*r->parameter.name && !*r->hours;
}

/* c: without the agents' files when it was not read from one. */
static void check_route(struct together *t, unsigned i, bool knows_agents)
{
	const struct config *c = t->c;
	const struct config_route *r = &c->routes[i];
	char path[32];

	snprintf(path, sizeof(path), "routes.%u", i);
	size_t line = config_find_line(t->document, path);
	if (knows_agents && config_agent_find(c, r->agent) < 0)
		config_report_add(t->report, line,
				  "routes has \"%s\", and there is no agent "
				  "of that name",
				  r->agent);
	if (*r->timezone && !*r->hours)
		config_report_add(t->report, line,
				  "routes: timezone is set, but hours is not");
	if (r->fallback.then == CONFIG_THEN_DIAL && !*r->fallback.dial &&
	    !*c->failure.dial)
		config_report_add(t->report, line,
				  "routes: fallback.then is dial, but neither "
				  "it nor failure.dial names a number");
	snprintf(path, sizeof(path), "routes.%u.keypad", i);
	config_together_keys(t, path, r->keypad.keys, r->keypad.count);
	if (i + 1 < c->route_count && routes_everything(r))
		config_report_add(t->report, line,
				  "routes: this one fits every call, so that "
				  "those behind it are never looked at");
}

static void check_call_routes(struct together *t)
{
	const struct config *c = t->c;
	bool knows_agents = config_agent_count(c) == 1 + c->agent_file_count;
	if (config_check_is_about_bad(t->check, "routes"))
		return;
	for (unsigned i = 0; i < c->route_count; i++)
		check_route(t, i, knows_agents);
}

/* Tokens of an account that is refused, or of a bot that is not there, are a
 * name misspelt. */
static void check_holder(struct together *t, const char *list, unsigned i,
			 const char *name, const char *of, const char *why)
{
	char entry[64];
	if (config_check_is_about_bad(t->check, list) ||
	    config_check_is_about_bad(t->check, of))
		return;
	snprintf(entry, sizeof(entry), "%s.%u", list, i);
	config_report_add(t->report, config_find_line(t->document, entry),
			  "%s has \"%s\", which %s %s", list, name, of, why);
}

static void check_accounts(struct together *t)
{
	const struct config_twilio *w = &t->c->twilio;
	for (unsigned i = 0; w->account_sid_count && i < w->account_count;
	     i++) {
		unsigned j = 0;
		while (j < w->account_sid_count &&
		       strcmp(w->account_sids[j], w->accounts[i].sid) != 0)
			j++;
		if (j == w->account_sid_count)
			check_holder(t, "twilio.accounts", i,
				     w->accounts[i].sid, "twilio.account_sids",
				     "does not serve");
	}
}

static void check_bot_tokens(struct together *t)
{
	const struct config_audiocodes *a = &t->c->audiocodes;
	for (unsigned i = 0; i < a->token_list_count; i++) {
		unsigned j = 0;
		while (j < a->bot_count &&
		       strcmp(a->bots[j], a->tokens[i].bot) != 0)
			j++;
		if (j == a->bot_count)
			check_holder(t, "audiocodes.tokens", i,
				     a->tokens[i].bot, "audiocodes.bots",
				     "does not have");
	}
}

void config_together_check(const struct config *c,
			   const struct config_check *check,
			   yaml_document_t *document, struct config_report *r)
{
	struct together t = { c, check, document, r };
	if (r->within) { /* an agent file */
		config_together_agent(&t);
		return;
	}
	check_failure(&t);
	check_routes(&t);
	check_overload(&t);
	check_limits(&t);
	check_oauth(&t);
	check_budgets(&t);
	check_rest(&t);
	check_outbound(&t);
	config_together_agent(&t);
	check_default(&t);
	check_each(&t);
	check_call_routes(&t);
	check_accounts(&t);
	check_bot_tokens(&t);
	config_together_unique(&t, "twilio.accounts", c->twilio.accounts[0].sid,
			       c->twilio.account_count,
			       sizeof(c->twilio.accounts[0]));
	config_together_unique(&t, "audiocodes.tokens",
			       c->audiocodes.tokens[0].bot,
			       c->audiocodes.token_list_count,
			       sizeof(c->audiocodes.tokens[0]));
	config_together_unique(&t, "audiocodes.bots", c->audiocodes.bots[0],
			       c->audiocodes.bot_count,
			       sizeof(c->audiocodes.bots[0]));
	config_together_unique(&t, "failure.by_number",
			       c->failure.by_number[0].number,
			       c->failure.by_number_count,
			       sizeof(c->failure.by_number[0]));
	config_together_unique(&t, "prices", c->prices[0].model, c->price_count,
			       sizeof(c->prices[0]));
	config_together_unique(&t, "transfer.targets",
			       c->transfer.targets[0].name,
			       c->transfer.target_count,
			       sizeof(c->transfer.targets[0]));
}
