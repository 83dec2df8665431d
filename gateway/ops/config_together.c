#include "gateway/ops/config_together.h"

#include <stdio.h>
#include <string.h>

#include "gateway/ops/config.h"
#include "gateway/ops/config_check.h"
#include "gateway/ops/config_find.h"
#include "gateway/ops/config_report.h"

struct together {
	const struct config *c;
	const struct config_check *check;
	yaml_document_t *document;
	struct config_report *report;
};

/* In an agent file the keys of agent stand at the top. */
static size_t line_of(const struct together *t, const char *path)
{
	const char *within = t->report->within;
	size_t len = within ? strlen(within) : 0;
	if (len && strncmp(path, within, len) == 0 && path[len] == '.')
		path += len + 1;
	return config_find_line(t->document, path);
}

static void report(struct together *t, const char *path, const char *what)
{
	if (!config_check_is_about_bad(t->check, path) &&
	    !config_check_is_about_bad(t->check, what))
		config_report_add(t->report, line_of(t, path), "%s %s", path,
				  what);
}

static void check_failure(struct together *t)
{
	const struct config_failure *f = &t->c->failure;
	if (f->then == CONFIG_THEN_DIAL && !*f->dial)
		report(t, "failure.then",
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
		report(t, "overload.then", what[o->then]);
}

static void check_limits(struct together *t)
{
	const struct config_limits *l = &t->c->limits;

	if (l->warning_seconds >= l->call_minutes * 60)
		report(t, "limits.warning_seconds",
		       "is no less than limits.call_minutes: every call would "
		       "begin with the warning");
}

/* Half of it would look like a lock and be none. */
static void check_oauth(struct together *t)
{
	const struct config_oauth *o = &t->c->audiocodes.oauth;
	if (*o->jwks && !*o->issuer)
		report(t, "audiocodes.oauth.jwks",
		       "is set, but audiocodes.oauth.issuer is not: whose "
		       "tokens are taken must be said");
	if (*o->jwks)
		return;
	static const char without[] =
		"is set, but audiocodes.oauth.jwks is not: there are no keys "
		"to check a token with";
	if (*o->issuer)
		report(t, "audiocodes.oauth.issuer", without);
	if (*o->audience)
		report(t, "audiocodes.oauth.audience", without);
	if (*o->scope)
		report(t, "audiocodes.oauth.scope", without);
}

static void check_budgets(struct together *t)
{
	const struct config_budget *b = &t->c->budgets.per_call;

	if (b->amount > 0 && b->action == CONFIG_BUDGET_REFUSE)
		report(t, "budgets.per_call.action",
		       "is refuse, but a call that has cost something is there "
		       "already; wrap_up ends it");
}

static void check_rest(struct together *t)
{
	const struct config_twilio_rest *r = &t->c->twilio.rest;
	bool has_secret = secret_is_set(&r->key_secret);

	if (*r->key_sid && !has_secret)
		report(t, "twilio.rest.key_sid",
		       "is set, but twilio.rest.key_secret is not");
	if (!*r->key_sid && has_secret)
		report(t, "twilio.rest.key_secret",
		       "is set, but twilio.rest.key_sid is not");
}

/* What a call needs beyond them. */
static void check_placing(struct together *t)
{
	if (!*t->c->public_url)
		report(t, "outbound.from",
		       "is set, but public_url is not: Twilio must be told "
		       "where to ask");
	if (!*config_twilio_rest_url(t->c, t->c->outbound.account))
		report(t, "outbound.from",
		       "is set, but twilio.rest.url is empty");
}

static void check_outbound(struct together *t)
{
	const struct config_outbound *o = &t->c->outbound;

	if (*o->account && !*o->from)
		report(t, "outbound.account",
		       "is set, but outbound.from is not");
	if (*o->from && !*o->account)
		report(t, "outbound.from",
		       "is set, but outbound.account is not");
	if (o->machine == CONFIG_MACHINE_MESSAGE && !*o->message)
		report(t, "outbound.machine",
		       "is message, but outbound.message is empty");
	if (*o->account && *o->from)
		check_placing(t);
}

static void check_tools(struct together *t)
{
	if (t->c->agent.tools & CONFIG_TOOL_TRANSFER_CALL &&
	    t->c->transfer.target_count == 0)
		report(t, "agent.tools",
		       "has transfer_call, but transfer.targets is empty: "
		       "there is nobody to transfer to");
	if (t->c->agent.tools & CONFIG_TOOL_SEARCH_KNOWLEDGE &&
	    t->c->agent.knowledge.file_count == 0)
		report(t, "agent.tools",
		       "has search_knowledge, but agent.knowledge.files is "
		       "empty: there is nothing to search");
	if (t->c->agent.tools & CONFIG_TOOL_HAND_OFF &&
	    t->c->agent.persona.hand_off_count == 0)
		report(t, "agent.tools",
		       "has hand_off, but agent.hand_offs is empty: there is "
		       "nobody to hand off to");
	if (t->c->agent.tools & CONFIG_TOOL_ASK_SUPERVISOR &&
	    !*t->c->agent.supervisor.url)
		report(t, "agent.tools",
		       "has ask_supervisor, but agent.supervisor.url is empty: "
		       "there is nobody to ask");
}

/* names: count texts, stride bytes apart. */
static void check_unique(struct together *t, const char *list,
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
			config_report_add(t->report, line_of(t, entry),
					  "%s has \"%s\" twice", list, name);
	}
}

static bool is_set(const struct together *t, const char *path)
{
	return line_of(t, path) != 0;
}

/* Those that stand there: a default gives way. */
static void check_texts(struct together *t)
{
	const struct config_agent *a = &t->c->agent;
	const struct config_agent_persona *p = &a->persona;
	bool greets = is_set(t, "agent.greeting") && *a->greeting;
	if (*p->instructions_file && is_set(t, "agent.instructions"))
		report(t, "agent.instructions_file",
		       "is set, and so is agent.instructions: which counts "
		       "cannot be known, remove one");
	if (greets + !!*p->greeting_says + !!*p->greeting_file > 1)
		report(t,
		       *p->greeting_file ? "agent.greeting_file"
					 : "agent.greeting_says",
		       "is not the only greeting: of agent.greeting, "
		       "agent.greeting_says and agent.greeting_file one can "
		       "be");
	if (*p->greeting_file_text && !*p->greeting_file)
		report(t, "agent.greeting_file_text",
		       "is set, but agent.greeting_file is not");
}

static void check_functions(struct together *t)
{
	const struct config_agent_functions *f = &t->c->agent.functions;
	char entry[64];

	for (unsigned i = 0; i < f->count; i++) {
		const struct config_function *one = &f->function[i];
		snprintf(entry, sizeof(entry), "agent.functions.%u", i);
		if (*one->parameters && *one->parameters_file)
			config_report_add(
				t->report, line_of(t, entry),
				"agent.functions: %s has parameters and "
				"parameters_file: which counts cannot be "
				"known, remove one",
				one->name);
	}
	check_unique(t, "agent.functions", f->function[0].name, f->count,
		     sizeof(f->function[0]));
	check_unique(t, "agent.mcp", f->mcp[0].label, f->mcp_count,
		     sizeof(f->mcp[0]));
}

static void check_field(struct together *t, unsigned i)
{
	const struct config_form_field *f = &t->c->agent.form.fields[i];
	bool is_choice = f->type == CONFIG_FIELD_CHOICE;
	char path[64];

	snprintf(path, sizeof(path), "agent.form.fields.%u", i);
	if (is_choice != (f->choice_count > 0))
		config_report_add(t->report,
				  config_find_line(t->document, path),
				  is_choice ? "agent.form.fields: %s is a "
					      "choice, but has no choices"
					    : "agent.form.fields: %s has "
					      "choices, but is no choice",
				  f->name);
}

static void check_form(struct together *t)
{
	const struct config_agent *a = &t->c->agent;
	const struct config_agent_form *f = &a->form;
	bool is_wanted = a->tools & CONFIG_TOOL_SAVE_FORM;

	if (is_wanted && (!*f->name || !f->field_count))
		report(t, "agent.tools",
		       "has save_form, but agent.form has no name or no "
		       "fields: there is nothing to save");
	else if (is_wanted && !*t->c->store.path && !*f->webhook.url)
		report(t, "agent.tools",
		       "has save_form, but store.path and "
		       "agent.form.webhook.url are empty: there is nowhere to "
		       "save to");
	if (*f->webhook.url && !secret_is_set(&f->webhook.secret))
		report(t, "agent.form.webhook.url",
		       "is set, but agent.form.webhook.secret is not: nobody "
		       "could tell whose requests they are");
	for (unsigned i = 0; i < f->field_count; i++)
		check_field(t, i);
	check_unique(t, "agent.form.fields", f->fields[0].name, f->field_count,
		     sizeof(f->fields[0]));
}

static bool has_target(const struct config *c, const char *name)
{
	for (unsigned i = 0; i < c->transfer.target_count; i++)
		if (strcmp(c->transfer.targets[i].name, name) == 0)
			return true;
	return false;
}

static void check_key(struct together *t, const char *list,
		      const struct config_key *k, unsigned i)
{
	int actions = !!*k->hand_off + !!*k->transfer + !!*k->say +
		      !!*k->function + k->end;
	char path[48];

	snprintf(path, sizeof(path), "%s.%u", list, i);
	if (actions != 1)
		config_report_add(t->report, line_of(t, path),
				  "%s: \"%s\" has %s of hand_off, transfer, "
				  "say, function and end: it must have one",
				  list, k->keys,
				  actions ? "more than one" : "none");
	if (*k->arguments && !*k->function)
		config_report_add(t->report, line_of(t, path),
				  "%s: \"%s\" has arguments, but no function",
				  list, k->keys);
	if (*k->transfer && !has_target(t->c, k->transfer))
		config_report_add(t->report, line_of(t, path),
				  "%s has \"%s\", and transfer.targets has "
				  "nobody of that name",
				  list, k->transfer);
}

static void check_keys(struct together *t, const char *list,
		       const struct config_key *keys, unsigned count)
{
	for (unsigned i = 0; i < count; i++)
		check_key(t, list, &keys[i], i);
	check_unique(t, list, keys[0].keys, count, sizeof(keys[0]));
}

static bool routes_add_keys(const struct config *c)
{
	for (unsigned i = 0; i < c->route_count; i++)
		if (c->routes[i].keypad.count)
			return true;
	return false;
}

static void check_keypad(struct together *t)
{
	const struct config_agent_keypad *k = &t->c->agent.keypad;

	if (config_check_is_about_bad(t->check, "agent.keypad"))
		return;
	check_keys(t, "agent.keypad", k->keys, k->count);
	if (*k->prompt && !k->count && !routes_add_keys(t->c))
		report(t, "agent.keypad_prompt",
		       "is set, but agent.keypad is empty: there is no key to "
		       "press");
	if (*k->prompt_text && !*k->prompt)
		report(t, "agent.keypad_prompt_text",
		       "is set, but agent.keypad_prompt is not");
}

/* What every agent must be, in whichever file it stands. */
static void check_agent(struct together *t)
{
	const struct config_agent_persona *p = &t->c->agent.persona;
	check_tools(t);
	check_texts(t);
	check_unique(t, "agent.variable_defaults", p->defaults[0].name,
		     p->default_count, sizeof(p->defaults[0]));
	check_unique(t, "agent.hand_offs", p->hand_offs[0].agent,
		     p->hand_off_count, sizeof(p->hand_offs[0]));
	check_functions(t);
	check_form(t);
	check_keypad(t);
}

static void check_default(struct together *t)
{
	const struct config_agent_persona *p = &t->c->agent.persona;
	if (strcmp(p->name, "default") != 0)
		report(t, "agent.name",
		       "is for agent files: this section is the agent "
		       "\"default\"");
	if (p->standby)
		report(t, "agent.standby",
		       "is for agent files: of this agent model.standby says "
		       "how many");
}

/* Of each, once all files are read. */
static void check_fallbacks(struct together *t)
{
	const struct config *c = t->c;

	for (unsigned i = 0; i < config_agent_count(c); i++) {
		const struct config_agent *a = config_agent_at(c, i);
		if (a->fallback.then == CONFIG_THEN_DIAL &&
		    !*a->fallback.dial && !*c->failure.dial)
			config_report_add(
				t->report,
				config_find_line(t->document,
						 i ? "agents"
						   : "agent.fallback"),
				"agent %s: fallback.then is dial, but neither "
				"it nor failure.dial names a number",
				a->persona.name);
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
	check_keys(t, path, r->keypad.keys, r->keypad.count);
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
		check_agent(&t);
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
	check_agent(&t);
	check_default(&t);
	check_fallbacks(&t);
	check_call_routes(&t);
	check_accounts(&t);
	check_bot_tokens(&t);
	check_unique(&t, "twilio.accounts", c->twilio.accounts[0].sid,
		     c->twilio.account_count, sizeof(c->twilio.accounts[0]));
	check_unique(&t, "audiocodes.tokens", c->audiocodes.tokens[0].bot,
		     c->audiocodes.token_list_count,
		     sizeof(c->audiocodes.tokens[0]));
	check_unique(&t, "audiocodes.bots", c->audiocodes.bots[0],
		     c->audiocodes.bot_count, sizeof(c->audiocodes.bots[0]));
	check_unique(&t, "failure.by_number", c->failure.by_number[0].number,
		     c->failure.by_number_count,
		     sizeof(c->failure.by_number[0]));
	check_unique(&t, "prices", c->prices[0].model, c->price_count,
		     sizeof(c->prices[0]));
	check_unique(&t, "transfer.targets", c->transfer.targets[0].name,
		     c->transfer.target_count, sizeof(c->transfer.targets[0]));
}
