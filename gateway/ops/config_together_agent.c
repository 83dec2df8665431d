/* What the keys of one agent must be together. */
#include <stdio.h>
#include <string.h>

#include "gateway/ops/config.h"
#include "gateway/ops/config_check.h"
#include "gateway/ops/config_report.h"
#include "gateway/ops/config_together_parts.h"

static void check_tools(struct together *t)
{
	if (t->c->agent.tools & CONFIG_TOOL_TRANSFER_CALL &&
	    t->c->transfer.target_count == 0)
		config_together_report(
			t, "agent.tools",
			"has transfer_call, but transfer.targets is empty: "
			"there is nobody to transfer to");
	if (t->c->agent.tools & CONFIG_TOOL_SEARCH_KNOWLEDGE &&
	    t->c->agent.knowledge.file_count == 0)
		config_together_report(
			t, "agent.tools",
			"has search_knowledge, but agent.knowledge.files is "
			"empty: there is nothing to search");
	if (t->c->agent.tools & CONFIG_TOOL_HAND_OFF &&
	    t->c->agent.persona.hand_off_count == 0)
		config_together_report(
			t, "agent.tools",
			"has hand_off, but agent.hand_offs is empty: there is "
			"nobody to hand off to");
	if (t->c->agent.tools & CONFIG_TOOL_ASK_SUPERVISOR &&
	    !*t->c->agent.supervisor.url)
		config_together_report(
			t, "agent.tools",
			"has ask_supervisor, but agent.supervisor.url is empty: "
			"there is nobody to ask");
}

static bool is_set(const struct together *t, const char *path)
{
	return config_together_line(t, path) != 0;
}

/* Those that stand there: a default gives way. */
static void check_texts(struct together *t)
{
	const struct config_agent *a = &t->c->agent;
	const struct config_agent_persona *p = &a->persona;
	bool greets = is_set(t, "agent.greeting") && *a->greeting;
	if (*p->instructions_file && is_set(t, "agent.instructions"))
		config_together_report(
			t, "agent.instructions_file",
			"is set, and so is agent.instructions: which counts "
			"cannot be known, remove one");
	if (greets + !!*p->greeting_says + !!*p->greeting_file > 1)
		config_together_report(
			t,
			*p->greeting_file ? "agent.greeting_file"
					  : "agent.greeting_says",
			"is not the only greeting: of agent.greeting, "
			"agent.greeting_says and agent.greeting_file one can "
			"be");
	if (*p->greeting_file_text && !*p->greeting_file)
		config_together_report(
			t, "agent.greeting_file_text",
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
				t->report, config_together_line(t, entry),
				"agent.functions: %s has parameters and "
				"parameters_file: which counts cannot be "
				"known, remove one",
				one->name);
	}
	config_together_unique(t, "agent.functions", f->function[0].name,
			       f->count, sizeof(f->function[0]));
	config_together_unique(t, "agent.mcp", f->mcp[0].label, f->mcp_count,
			       sizeof(f->mcp[0]));
}

static void check_field(struct together *t, unsigned i)
{
	const struct config_form_field *f = &t->c->agent.form.fields[i];
	bool is_choice = f->type == CONFIG_FIELD_CHOICE;
	char path[64];

	snprintf(path, sizeof(path), "agent.form.fields.%u", i);
	if (is_choice != (f->choice_count > 0))
		config_report_add(t->report, config_together_line(t, path),
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
		config_together_report(
			t, "agent.tools",
			"has save_form, but agent.form has no name or no "
			"fields: there is nothing to save");
	else if (is_wanted && !*t->c->store.path && !*f->webhook.url)
		config_together_report(
			t, "agent.tools",
			"has save_form, but store.path and "
			"agent.form.webhook.url are empty: there is nowhere to "
			"save to");
	if (*f->webhook.url && !secret_is_set(&f->webhook.secret))
		config_together_report(
			t, "agent.form.webhook.url",
			"is set, but agent.form.webhook.secret is not: nobody "
			"could tell whose requests they are");
	for (unsigned i = 0; i < f->field_count; i++)
		check_field(t, i);
	config_together_unique(t, "agent.form.fields", f->fields[0].name,
			       f->field_count, sizeof(f->fields[0]));
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
	size_t line = config_together_line(t, path);
	if (actions != 1)
		config_report_add(t->report, line,
				  "%s: \"%s\" has %s of hand_off, transfer, "
				  "say, function and end: it must have one",
				  list, k->keys,
				  actions ? "more than one" : "none");
	if (*k->arguments && !*k->function)
		config_report_add(t->report, line,
				  "%s: \"%s\" has arguments, but no function",
				  list, k->keys);
	if (*k->transfer && !has_target(t->c, k->transfer))
		config_report_add(t->report, line,
				  "%s has \"%s\", and transfer.targets has "
				  "nobody of that name",
				  list, k->transfer);
}

void config_together_keys(struct together *t, const char *list,
			  const struct config_key *keys, unsigned count)
{
	for (unsigned i = 0; i < count; i++)
		check_key(t, list, &keys[i], i);
	config_together_unique(t, list, keys[0].keys, count, sizeof(keys[0]));
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
	config_together_keys(t, "agent.keypad", k->keys, k->count);
	if (*k->prompt && !k->count && !routes_add_keys(t->c))
		config_together_report(
			t, "agent.keypad_prompt",
			"is set, but agent.keypad is empty: there is no key to "
			"press");
	if (*k->prompt_text && !*k->prompt)
		config_together_report(
			t, "agent.keypad_prompt_text",
			"is set, but agent.keypad_prompt is not");
}

void config_together_agent(struct together *t)
{
	const struct config_agent_persona *p = &t->c->agent.persona;
	check_tools(t);
	check_texts(t);
	config_together_unique(t, "agent.variable_defaults",
			       p->defaults[0].name, p->default_count,
			       sizeof(p->defaults[0]));
	config_together_unique(t, "agent.hand_offs", p->hand_offs[0].agent,
			       p->hand_off_count, sizeof(p->hand_offs[0]));
	check_functions(t);
	check_form(t);
	check_keypad(t);
}
