/* Who answers a call: the agent's side of the call core. One for all calls of a
 * worker; it keeps nothing of a call. */
#ifndef GATEWAY_AGENTS_AGENT_H
#define GATEWAY_AGENTS_AGENT_H

#include "gateway/agents/tools.h"
#include "gateway/call/call_port.h"

struct config;

struct agent {
	const struct config *config;
	struct tools tools;
};

/* agent_init: by the configuration, which must outlive it.
 * Returns 0 or -ENOMEM; agent_free is valid after either. */
int agent_init(struct agent *a, const struct config *c);
void agent_free(struct agent *a);

/* The port's owner is the struct agent.
 *
 * read_tool is tools_read. brief tells the variables that agent.variables
 * names, in that order, a line each; those the call does not have, or that do
 * not fit any more, are left out:
 *
 *     [call] Facts from the telephone network:
 *     caller: +33170000001 */
extern const struct call_agent_port agent_port;

#endif
