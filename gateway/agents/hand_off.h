/* hand_off: another agent takes the call, in the same session with the model
 * and without a second greeting. HAND_OFFS_MAX in a call; one more is answered
 * with an error, so that two agents cannot hand a caller to and fro for ever.
 *
 *     {agent, reason}   agent: one of hand_offs */
#ifndef GATEWAY_AGENTS_HAND_OFF_H
#define GATEWAY_AGENTS_HAND_OFF_H

#include <stdbool.h>

#define HAND_OFFS_MAX 8

struct agent_call;
struct config_agent;
struct tool_kind;

extern const struct tool_kind hand_off_kind;

/* hand_off_by_key: the caller's own wish, as often as it is pressed. Returns
 * false when that agent has the call already, or is not there. */
bool hand_off_by_key(struct agent_call *a, const char *name);

/* What the model is offered, by an agent's hand_offs; both from malloc, or NULL
 * without memory. */
char *hand_off_description(const struct config_agent *a);
char *hand_off_parameters(const struct config_agent *a);

#endif
