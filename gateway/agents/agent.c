#include "gateway/agents/agent.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "gateway/agents/agent_keypad.h"
#include "gateway/agents/agent_text.h"
#include "gateway/agents/knowledge.h"
#include "gateway/agents/supervisor.h"
#include "gateway/agents/template.h"
#include "gateway/call/variables.h"
#include "gateway/ops/config.h"

/* --- The words of one call --- */

bool agent_greets(const struct agent *a)
{
	const struct config_agent_persona *p = &a->wanted->persona;

	return !p->greeting_file[0] &&
	       (p->greeting_says[0] || a->wanted->greeting[0]);
}

static int fill(char **out, const struct agent *a, const char *text,
		const struct call_variables *v, bool is_spoken)
{
	const struct config_agent_persona *p = &a->wanted->persona;
	const struct template_values values = { v, p->defaults,
						p->default_count, is_spoken };

	return template_fill(out, text, &values);
}

/* In quotation marks of our own, so none may stand in it. */
static int quote(char **out, char *words)
{
	static const char format[] =
		"Say exactly these words to the caller, and nothing else: "
		"\"%s\"";
	size_t cap = strlen(words) + sizeof(format);

	for (char *at = words; *at; at++)
		if (*at == '"')
			*at = '\'';
	*out = malloc(cap);
	if (*out)
		snprintf(*out, cap, format, words);
	free(words);
	return *out ? 0 : -ENOMEM;
}

static int greeting_of(char **out, const struct agent *a,
		       const struct call_variables *v)
{
	const char *says = a->wanted->persona.greeting_says;
	char *words;

	if (!agent_greets(a))
		return 0;
	if (!says[0])
		return fill(out, a, a->wanted->greeting, v, false);
	int err = fill(&words, a, says, v, true);
	return err ? err : quote(out, words);
}

int agent_words(struct agent_words *w, const struct agent *a,
		const struct call_variables *v)
{
	*w = (struct agent_words){ 0 };
	int err = fill(&w->instructions, a, a->instructions, v, false);
	if (!err)
		err = greeting_of(&w->greeting, a, v);
	if (err)
		agent_words_free(w);
	return err;
}

void agent_words_free(struct agent_words *w)
{
	free(w->instructions);
	free(w->greeting);
	*w = (struct agent_words){ 0 };
}

/* --- The agent --- */

static int prepare_words(struct agent *a, char *why, size_t cap)
{
	static const struct call_variables nothing;
	int err = agent_words(&a->words, a, &nothing);

	if (err)
		snprintf(why, cap, "out of memory");
	a->has_places = template_has_places(a->instructions) ||
			template_has_places(a->wanted->greeting) ||
			template_has_places(a->wanted->persona.greeting_says);
	return err;
}

static int load_sound(struct prompt *p, const char *key, const char *path,
		      char *why, size_t cap)
{
	int err = path[0] ? prompt_load(p, path) : 0;

	if (err)
		snprintf(why, cap, "%s: %s: %s", key, path,
			 err == -EINVAL ? "is no audio file that can be read"
					: strerror(-err));
	return err;
}

static int load_sounds(struct agent *a, char *why, size_t cap)
{
	const struct config_agent *w = a->wanted;
	int err = load_sound(&a->sound, "greeting_file",
			     w->persona.greeting_file, why, cap);

	return err ? err
		   : load_sound(&a->menu, "keypad_prompt", w->keypad.prompt,
				why, cap);
}

/* What it may call must be there. */
static int brief_supervisor(struct agent *a, char *why, size_t cap)
{
	const struct config_agent_supervisor *s = &a->wanted->supervisor;
	const struct tool *tools[CONFIG_ERRANDS_MAX];
	const char *missing;
	int err = 0;

	if (a->wanted->knowledge.file_count)
		err = tools_init_only(&a->supervisor_tools, a->config,
				      CONFIG_TOOL_SEARCH_KNOWLEDGE);
	if (err)
		snprintf(why, cap, "out of memory");
	else if (s->url[0] && (supervisor_tools(a, tools, &missing), missing)) {
		snprintf(why, cap,
			 "supervisor.tools: there is no function \"%s\" that "
			 "it could call",
			 missing);
		err = -EINVAL;
	}
	return err;
}

int agent_init(struct agent *a, const struct config *c, unsigned index,
	       char *why, size_t cap)
{
	*a = (struct agent){ .index = index, .config = c };
	a->wanted = config_agent_at(c, index);
	int err = tools_init(&a->tools, c, a->wanted, why, cap);

	if (!err)
		err = brief_supervisor(a, why, cap);
	if (!err)
		err = agent_text_make(&a->instructions, a->wanted, why, cap);
	if (!err)
		err = load_sounds(a, why, cap);
	if (!err)
		err = prepare_words(a, why, cap);
	if (!err)
		err = agent_keypad_check(a, &a->wanted->keypad.keys[0],
					 a->wanted->keypad.count, why, cap);
	agent_keypad_make(&a->keypad, a, NULL);
	return err;
}

void agent_free(struct agent *a)
{
	free(a->instructions);
	a->instructions = NULL;
	agent_words_free(&a->words);
	prompt_free(&a->sound);
	prompt_free(&a->menu);
	tools_free(&a->tools);
	tools_free(&a->supervisor_tools);
	knowledge_drop(a->knowledge);
	a->knowledge = NULL;
}

int agent_learn(struct agent *a, struct knowledge_library *l, char *why,
		size_t cap)
{
	char reason[CONFIG_TEXT_MAX + 128];
	int err = knowledge_open(&a->knowledge, l, a->wanted, reason,
				 sizeof(reason));

	if (err)
		snprintf(why, cap, "knowledge.files: %s", reason);
	return err;
}
