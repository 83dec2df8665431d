/* An agent: what a configuration says of who answers. One for all calls of a
 * worker; it keeps nothing of a call (agent_call.h does). */
#ifndef GATEWAY_AGENTS_AGENT_H
#define GATEWAY_AGENTS_AGENT_H

#include "gateway/agents/tools.h"

struct config;

struct agent {
	const struct config *config;
	struct tools tools;
};

/* agent_init: by the configuration, which must outlive it.
 * Returns 0 or -ENOMEM; agent_free is valid after either. */
int agent_init(struct agent *a, const struct config *c);
void agent_free(struct agent *a);

#endif
