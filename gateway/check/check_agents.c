#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "gateway/agents/agent_book.h"
#include "gateway/agents/agent_text.h"
#include "gateway/check/check_list.h"
#include "gateway/check/check_parts.h"
#include "gateway/ops/config.h"
#include "gateway/ops/config_shared.h"

#define LINE_MAX_LEN 900
#define MANY_TOKENS  16000 /* OpenAI reference, 2: some models take no more */

static const char *base_of(const char *path)
{
	const char *slash = strrchr(path, '/');
	return slash ? slash + 1 : path;
}

/* One line more of a text, as far as there is room. */
__attribute__((format(printf, 3, 4))) static void add(char *out, size_t *at,
						      const char *format, ...)
{
	va_list args;
	va_start(args, format);
	int n = vsnprintf(out + *at, LINE_MAX_LEN - *at, format, args);
	va_end(args);
	*at += (size_t)n;
	if (*at >= LINE_MAX_LEN)
		*at = LINE_MAX_LEN - 1;
}

static void add_keys(char *text, size_t *at, const struct config_key *keys,
		     unsigned count)
{
	for (unsigned i = 0; i < count; i++)
		add(text, at, "%s%s", i ? ", " : "; keys: ", keys[i].keys);
}

static void check_agent(struct check_list *l, const struct agent *a)
{
	const struct config_agent_persona *p = &a->wanted->persona;
	size_t bytes = strlen(a->instructions), at = 0;
	unsigned tokens = agent_text_tokens(bytes);
	char text[LINE_MAX_LEN];
	add(text, &at,
	    "%s: about %u tokens of instructions (%zu bytes, estimated at 4 a "
	    "token)",
	    p->name, tokens, bytes);
	if (p->instructions_file[0])
		add(text, &at, ", %s", base_of(p->instructions_file));
	for (unsigned i = 0; i < p->context_count; i++)
		add(text, &at, "%s%s",
		    i ? ", " : "; context: ", base_of(p->context[i]));
	for (unsigned i = 0; i < p->hand_off_count; i++)
		add(text, &at, "%s%s",
		    i ? ", " : "; hands off to: ", p->hand_offs[i].agent);
	add_keys(text, &at, a->wanted->keypad.keys, a->wanted->keypad.count);
	if (tokens > MANY_TOKENS)
		check_list_add(l, CHECK_IS_WARNING, "agents",
			       "%s; some models take %d, with the functions",
			       text, MANY_TOKENS);
	else
		check_list_add(l, CHECK_IS_GOOD, "agents", "%s", text);
}

static void check_route(struct check_list *l, const struct config *c,
			unsigned i)
{
	static const char *const carrier[] = { "", "twilio", "audiocodes" };
	const struct config_route *r = &c->routes[i];
	const struct {
		const char *name, *value;
	} condition[] = {
		{ "carrier", carrier[r->carrier] },
		{ "bot", r->bot },
		{ "number", r->number },
		{ "caller", r->caller },
		{ "parameter", r->parameter.name },
		{ "", r->parameter.value },
		{ "hours", r->hours },
		{ "", r->timezone },
	};
	char text[LINE_MAX_LEN];
	size_t at = 0;
	add(text, &at, "%u:", i);
	for (size_t k = 0; k < sizeof(condition) / sizeof(condition[0]); k++)
		if (condition[k].value[0])
			add(text, &at, "%s%s %s",
			    condition[k].name[0] && at > 3 ? ", " : " ",
			    condition[k].name, condition[k].value);
	if (text[at - 1] == ':')
		add(text, &at, " any call");
	add(text, &at, ": %s", r->agent);
	add_keys(text, &at, r->keypad.keys, r->keypad.count);
	check_list_add(l, CHECK_IS_GOOD, "routes", "%s", text);
}

void check_agents(struct check_list *l, const struct config *c)
{
	struct config_shared *shared = config_shared_new(c, 0);
	struct agent_book *book = NULL;
	char why[800] = "out of memory";
	if (!shared || agent_book_open(&book, shared, why, sizeof(why)))
		check_list_add(l, CHECK_IS_BAD, "agents", "%s", why);
	for (unsigned i = 0; book && i < book->count; i++)
		check_agent(l, &book->agent[i]);
	for (unsigned i = 0; i < c->route_count; i++)
		check_route(l, c, i);
	if (c->route_count)
		check_list_add(l, CHECK_IS_GOOD, "routes", "otherwise: %s",
			       c->agent.persona.name);
	agent_book_drop(book);
	if (shared)
		config_shared_drop(shared);
}
