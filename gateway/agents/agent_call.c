#include "gateway/agents/agent_call.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "gateway/agents/agent.h"
#include "gateway/agents/agent_book.h"
#include "gateway/agents/agent_keypad.h"
#include "gateway/agents/form.h"
#include "gateway/agents/hand_off.h"
#include "gateway/agents/plain_text.h"
#include "gateway/agents/tool_run.h"
#include "gateway/agents/transcript.h"
#include "gateway/ops/config.h"
#include "gateway/ops/tally.h"

static bool has_supervisor(const struct agent *a)
{
	return a->wanted->supervisor.url[0] != '\0';
}

/* The call may be handed to any of the book. */
static bool wants_transcript(const struct agent_call *a)
{
	bool wants = has_supervisor(a->agent);

	for (unsigned i = 0; a->book && !wants && i < a->book->count; i++)
		wants = has_supervisor(&a->book->agent[i]);
	return wants;
}

void agent_call_open(struct agent_call *a, struct agent_world *world,
		     const struct agent_book *book, const struct agent *agent,
		     struct call *call, const struct log *log)
{
	struct agent_call fresh = {
		.world = world,
		.book = book,
		.agent = agent,
		.call = call,
		.log = *log,
	};

	memcpy(fresh.id, a->id, sizeof(fresh.id));
	*a = fresh;
	if (wants_transcript(a))
		agent_call_remember(a);
}

void agent_call_close(struct agent_call *a)
{
	tool_run_leave_all(a);
	agent_keypad_leave(a);
	form_leave(a->forms);
	a->forms = NULL;
	free(a->text);
	a->text = NULL;
	transcript_free(a->transcript);
	a->transcript = NULL;
}

/* --- What is said --- */

void agent_call_remember(struct agent_call *a)
{
	if (!a->transcript)
		a->transcript = transcript_new();
}

size_t agent_call_transcript(const struct agent_call *a, char *out, size_t cap)
{
	out[0] = '\0';
	return a->transcript ? transcript_write(a->transcript, out, cap) : 0;
}

void agent_call_recall(struct agent_call *a, const char *transcript)
{
	agent_call_remember(a);
	if (!a->transcript)
		return;
	transcript_read(a->transcript, transcript);
	a->recalled = transcript_turns(a->transcript);
}

static const char *recall(void *owner, unsigned i, bool *by_caller)
{
	const struct agent_call *a = owner;

	return i < a->recalled ? transcript_turn(a->transcript, i, by_caller)
			       : NULL;
}

static void hear(void *owner, const struct call_words *w)
{
	struct agent_call *a = owner;

	if (a->transcript)
		transcript_take(a->transcript, w);
}

void agent_call_become(struct agent_call *a, const struct agent *agent)
{
	a->agent = agent;
	if (a->on_become)
		a->on_become(a->owner, agent);
}

/* --- Functions --- */

void agent_call_count(const struct agent_call *a, const char *outcome)
{
	if (a->world && a->world->outcomes)
		tally_add(a->world->outcomes, outcome);
}

static void answer(struct agent_call *a, struct call_tool *t, const char *text)
{
	t->fate = CALL_TOOL_ANSWERED;
	a->text = strdup(text);
	t->answer = a->text ? a->text : "{\"error\":\"out of memory\"}";
}

static void begin_run(struct agent_call *a, const struct tool *tool,
		      const char *call_id, const char *arguments,
		      struct call_tool *t)
{
	char error[TOOLS_ERROR_MAX];
	json_t *json = tools_arguments(tool, arguments, error, sizeof(error));

	t->filler = tool->filler;
	if (json) {
		tool_run_begin(a, tool, call_id, json, t);
	} else {
		agent_call_count(a, "failed");
		answer(a, t, error);
	}
}

static void read_request(struct agent_call *a, const char *name,
			 const char *arguments, struct call_tool *t)
{
	char error[TOOLS_ERROR_MAX];

	if (tools_read(&a->agent->tools, name, arguments, &t->request, error,
		       sizeof(error)) != 0) {
		agent_call_count(a, "failed");
		answer(a, t, error);
		return;
	}
	agent_call_count(a, "asked");
	t->fate = CALL_TOOL_ASKS;
	a->text = t->request.data;
}

static void begin_tool(void *owner, const char *call_id, const char *name,
		       const char *arguments, struct call_tool *t)
{
	struct agent_call *a = owner;
	const struct tool *tool = tools_find(&a->agent->tools, name);

	free(a->text);
	a->text = NULL;
	if (tool && tool->kind)
		begin_run(a, tool, call_id, arguments, t);
	else
		read_request(a, name, arguments, t);
}

static bool hand_off(void *owner, const char *name)
{
	return hand_off_by_key(owner, name);
}

static const char *run_key(void *owner, const struct keypad_entry *e)
{
	return agent_keypad_run(owner, e);
}

/* --- The call's facts --- */

/* Returns what was added to out. */
static size_t tell(char *out, size_t cap, const char *name, const char *value)
{
	char line[CALL_VARIABLE_NAME_MAX + CALL_VARIABLE_VALUE_MAX + 4];
	char plain[CALL_VARIABLE_VALUE_MAX];
	int n;

	plain_text_copy(plain, sizeof(plain), value);
	n = snprintf(line, sizeof(line), "\n%s: %s", name, plain);
	if ((size_t)n >= cap)
		return 0;
	memcpy(out, line, (size_t)n + 1);
	return (size_t)n;
}

static size_t brief(void *owner, const struct call_variables *v, char *out,
		    size_t cap)
{
	static const char head[] = "[call] Facts from the telephone network:";
	const struct agent_call *a = owner;
	const struct config_agent *wanted = a->agent->wanted;
	size_t begin = (size_t)snprintf(out, cap, "%s", head), at = begin;

	if (begin >= cap)
		return 0;
	for (unsigned i = 0; i < wanted->variable_count; i++) {
		const char *name = wanted->variables[i];
		const char *value = call_variables_get(v, name);
		if (value && value[0])
			at += tell(out + at, cap - at, name, value);
	}
	return at > begin ? at : 0;
}

const struct call_agent_port agent_call_port = {
	.hear = hear,
	.recall = recall,
	.begin_tool = begin_tool,
	.hand_off = hand_off,
	.run_key = run_key,
	.brief = brief,
};
