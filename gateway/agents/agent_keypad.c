#include "gateway/agents/agent_keypad.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "gateway/agents/agent.h"
#include "gateway/agents/agent_book.h"
#include "gateway/agents/agent_call.h"
#include "gateway/agents/hand_off.h"
#include "gateway/agents/tool_run.h"
#include "gateway/ops/config.h"

/* --- The menu --- */

static void set_target(struct keypad_entry *e, const struct config *c,
		       const char *name)
{
	const struct config_target *t = c->transfer.targets;

	e->action = KEYPAD_TRANSFER; /* to nobody: none that was loaded */
	for (unsigned i = 0; i < c->transfer.target_count; i++, t++)
		if (strcmp(t->name, name) == 0) {
			e->action = t->warm ? KEYPAD_TRANSFER_WARM
					    : KEYPAD_TRANSFER;
			e->text = t->to;
			return;
		}
}

/* agent: whose functions they are. */
static struct keypad_entry entry_of(const struct config *c, const char *agent,
				    const struct config_key *key)
{
	struct keypad_entry e = {
		.action = KEYPAD_END,
		.text = "",
		.arguments = key->arguments,
		.agent = agent,
	};

	snprintf(e.keys, sizeof(e.keys), "%s", key->keys);
	if (key->hand_off[0]) {
		e.action = KEYPAD_HAND_OFF;
		e.text = key->hand_off;
	} else if (key->transfer[0]) {
		set_target(&e, c, key->transfer);
	} else if (key->say[0]) {
		e.action = KEYPAD_SAY;
		e.text = key->say;
	} else if (key->function[0]) {
		e.action = KEYPAD_FUNCTION;
		e.text = key->function;
	}
	return e;
}

static bool has(const struct keypad *k, const char *keys)
{
	for (unsigned i = 0; i < k->count; i++)
		if (strcmp(k->entry[i].keys, keys) == 0)
			return true;
	return false;
}

static void add(struct keypad *k, const struct config *c, const char *agent,
		const struct config_key *keys, unsigned count)
{
	for (unsigned i = 0; i < count; i++)
		if (!has(k, keys[i].keys))
			k->entry[k->count++] = entry_of(c, agent, &keys[i]);
}

_Static_assert(CONFIG_KEYS_MAX + CONFIG_ROUTE_KEYS_MAX <= KEYPAD_ENTRIES_MAX,
	       "all have room");

void agent_keypad_make(struct keypad *k, const struct agent *a,
		       const struct config_route *route)
{
	const struct config_agent_keypad *own = &a->wanted->keypad;

	*k = (struct keypad){
		.prompt = a->menu.ulaw,
		.prompt_len = a->menu.len,
		.prompt_text = own->prompt_text,
		.wait_ms = own->seconds * 1000,
	};
	if (route)
		add(k, a->config, route->agent, route->keypad.keys,
		    route->keypad.count);
	add(k, a->config, a->wanted->persona.name, own->keys, own->count);
}

/* --- Its functions --- */

/* One that a key can call, or NULL. */
static const struct tool *find(const struct agent *a, const char *name)
{
	const struct tool *t = tools_find(&a->tools, name);

	return t && t->kind && t->kind != &hand_off_kind ? t : NULL;
}

static int check_one(const struct agent *a, const struct config_key *key,
		     char *why, size_t cap)
{
	const struct tool *t = find(a, key->function);
	char error[TOOLS_ERROR_MAX];

	if (!t) {
		snprintf(why, cap,
			 "keypad: \"%s\" has function \"%s\", and agent %s has "
			 "none of that name that a key could call",
			 key->keys, key->function, a->wanted->persona.name);
		return -EINVAL;
	}
	json_t *arguments =
		tools_arguments(t, key->arguments, error, sizeof(error));
	if (!arguments)
		snprintf(why, cap,
			 "keypad: \"%s\" has arguments that %s does "
			 "not take: %.200s",
			 key->keys, key->function, error);
	json_decref(arguments);
	return arguments ? 0 : -EINVAL;
}

int agent_keypad_check(const struct agent *a, const struct config_key *keys,
		       unsigned count, char *why, size_t cap)
{
	int err = 0;

	for (unsigned i = 0; i < count && !err; i++)
		if (keys[i].function[0])
			err = check_one(a, &keys[i], why, cap);
	return err;
}

/* --- One that runs --- */

struct key_run {
	struct agent_call *of;
	char keys[KEYPAD_KEYS_MAX];
	const char *function;
	struct key_run *next;
};

static void drop(struct key_run *r)
{
	struct key_run **at = &r->of->key_runs;

	while (*at != r)
		at = &(*at)->next;
	*at = r->next;
	free(r);
}

static void on_done(void *owner, const char *json)
{
	struct key_run *r = owner;

	call_key_answered(r->of->call, r->keys, r->function, json, uv_hrtime());
	drop(r);
}

static struct key_run *begin(struct agent_call *a, const struct keypad_entry *e)
{
	struct key_run *r = calloc(1, sizeof(*r));

	if (!r)
		return NULL;
	r->of = a;
	memcpy(r->keys, e->keys, sizeof(r->keys));
	r->function = e->text;
	r->next = a->key_runs;
	a->key_runs = r;
	return r;
}

const char *agent_keypad_run(struct agent_call *a, const struct keypad_entry *e)
{
	const struct agent *of =
		a->book ? agent_book_find(a->book, e->agent) : a->agent;
	const struct tool *tool = of ? find(of, e->text) : NULL;
	char error[TOOLS_ERROR_MAX];

	if (!tool)
		return "function: the agent has none of that name";
	json_t *arguments =
		tools_arguments(tool, e->arguments, error, sizeof(error));
	struct key_run *r = arguments ? begin(a, e) : NULL;
	if (!r) {
		json_decref(arguments);
		return "function: out of memory";
	}
	if (tool_run_start(a, of, tool, arguments, 0, on_done, r))
		return NULL;
	drop(r);
	return "function: too many run already";
}

void agent_keypad_leave(struct agent_call *a)
{
	while (a->key_runs)
		drop(a->key_runs);
}
