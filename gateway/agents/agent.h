/* Who answers a call: the agent's side of the call core. One for all calls of a
 * worker; it keeps nothing of a call. */
#ifndef GATEWAY_AGENTS_AGENT_H
#define GATEWAY_AGENTS_AGENT_H

#include "gateway/call/call.h"

struct config;

struct agent {
	const struct config *config;
};

/* The port's owner is the struct agent. */
extern const struct call_agent_port agent_port;

#endif
