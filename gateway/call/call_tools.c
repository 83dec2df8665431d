/* The call core, functions that the model calls: who answers them, and when the
 * model is asked to go on. */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "gateway/call/call_parts.h"
#include "gateway/call/call_tools_parts.h"

static void answer(struct call *c, const char *call_id, const char *output)
{
	c->ports.model->tool_output(c->ports.session, call_id, output);
}

/* --- Those that run --- */

static struct call_pending *find(const struct call *c, const char *call_id)
{
	for (unsigned i = 0; c->tools && i < c->tools->count; i++)
		if (strcmp(c->tools->pending[i].call_id, call_id) == 0)
			return &c->tools->pending[i];
	return NULL;
}

static int add(struct call *c, const char *call_id,
	       const struct call_filler *filler, uint64_t now_ns)
{
	size_t size = strlen(call_id) + 1;

	if (size > CALL_TOOL_ID_MAX)
		return -ENAMETOOLONG;
	if (!c->tools)
		c->tools = calloc(1, sizeof(*c->tools));
	if (!c->tools)
		return -ENOMEM;
	if (c->tools->count == CALL_TOOLS_MAX)
		return -ENOBUFS;
	struct call_pending *p = &c->tools->pending[c->tools->count++];
	memcpy(p->call_id, call_id, size);
	p->round = c->tool_round;
	p->filler = *filler;
	p->filler_ns = filler->say || filler->sound
			       ? now_ns + filler->after_ms * CALL_NS_PER_MS
			       : 0;
	return 0;
}

int call_tools_hold(struct call *c, const char *call_id)
{
	static const struct call_filler none;

	return add(c, call_id, &none, 0);
}

/* Returns its round. */
static unsigned take_out(struct call *c, struct call_pending *p)
{
	unsigned round = p->round;

	*p = c->tools->pending[--c->tools->count];
	return round;
}

bool call_tools_run(const struct call *c)
{
	return c->tools && c->tools->count;
}

bool call_tools_run_of(const struct call *c, unsigned round)
{
	for (unsigned i = 0; c->tools && i < c->tools->count; i++)
		if (c->tools->pending[i].round == round)
			return true;
	return false;
}

void call_tools_drop(struct call *c)
{
	free(c->tools);
	c->tools = NULL;
	c->tool_late = false;
}

/* --- Going on --- */

/* Something that was called in a round has its answer. While that response
 * lasts its end will see to it. A caller who speaks is answered with the output
 * in mind; one who has just spoken perhaps not: that answer has its turn, then
 * the model is asked. */
static void go_on(struct call *c, unsigned round, uint64_t now_ns)
{
	if (round == c->tool_round)
		c->tool_answered = true;
	else if (c->state != CALL_UP || call_tools_run_of(c, round) ||
		 c->sequencer.caller_speaking)
		return;
	else if (c->answer_due_ns)
		c->tool_late = true;
	else
		call_want(c, SPEAK_TOOL, now_ns);
}

/* --- The model calls, the agent answers --- */

static void begin(struct call *c, const char *call_id, const char *name,
		  struct call_tool *t, uint64_t now_ns)
{
	switch (t->fate) {
	case CALL_TOOL_ANSWERED:
		answer(c, call_id, t->answer);
		c->tool_answered = true;
		break;
	case CALL_TOOL_ASKS:
		call_note(c, CALL_NOTE_REQUEST, name, 0);
		if (call_carry_out(c, call_id, &t->request, now_ns))
			c->tool_answered = true;
		break;
	case CALL_TOOL_RUNS:
		if (add(c, call_id, &t->filler, now_ns) == 0)
			break;
		answer(c, call_id,
		       "{\"error\":\"too much at once, try again later\"}");
		c->tool_answered = true;
		break;
	}
}

void call_model_tool(struct call *c, const char *call_id, const char *name,
		     const char *arguments, uint64_t now_ns)
{
	struct call_tool t = { 0 };

	if (!call_is_live(c) || find(c, call_id))
		return;
	c->audio_due_ns = 0;
	c->ports.agent->begin_tool(c->ports.agent_owner, call_id, name,
				   arguments, &t);
	begin(c, call_id, name, &t, now_ns);
}

void call_tool_answered(struct call *c, const char *call_id, const char *output,
			uint64_t now_ns)
{
	struct call_pending *p = find(c, call_id);

	if (!p)
		return;
	unsigned round = take_out(c, p);
	answer(c, call_id, output);
	go_on(c, round, now_ns);
}

void call_tool_asks(struct call *c, const char *call_id,
		    const struct call_request *r, uint64_t now_ns)
{
	struct call_pending *p = find(c, call_id);
	bool was_up = c->state == CALL_UP;

	if (!p)
		return;
	unsigned round = take_out(c, p);
	if (call_carry_out(c, call_id, r, now_ns))
		go_on(c, round, now_ns);
	else if (was_up && call_is_leaving(c) && round != c->tool_round)
		call_ask_goodbye(c, now_ns); /* nobody else will */
}
