/* ask_supervisor: the model that speaks asks a text model.
 *
 *   {question}  ->  {"answer":"…"}, or an error that says what to do without
 *
 * It is sent the agent's facts about the call, what was said lately, and the
 * question (supervisor_talk.h), over net/fetch.h. Functions that it calls are
 * run as those of the model that speaks are (tool_run.h), SUPERVISOR_ROUNDS_MAX
 * times at most; then it has to answer. All of it ends with the call, or after
 * supervisor.timeout_ms.
 *
 * Each of its answers is billed (agent_call.h) as it says itself; one that did
 * not come in time, or whole, or before the call's end, at an unknown price.
 * One that could not be asked, or refused, costs nothing. */
#ifndef GATEWAY_AGENTS_SUPERVISOR_H
#define GATEWAY_AGENTS_SUPERVISOR_H

#include "gateway/agents/tool_run.h"
#include "gateway/agents/tools.h"

struct agent;

#define SUPERVISOR_ROUNDS_MAX 4      /* of functions */
#define SUPERVISOR_BODY_MAX   262144 /* bytes of one of its answers */

extern const struct tool_kind supervisor_tool;

/* supervisor_tools: those of an agent that its supervisor may call, into out;
 * how many. missing: the name of one that there is not, or NULL. */
size_t supervisor_tools(const struct agent *a, const struct tool **out,
			const char **missing);

#endif
