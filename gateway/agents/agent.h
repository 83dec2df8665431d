/* An agent: what a configuration says of who answers. One for all calls of a
 * worker; it keeps nothing of a call (agent_call.h does). */
#ifndef GATEWAY_AGENTS_AGENT_H
#define GATEWAY_AGENTS_AGENT_H

#include "gateway/agents/tools.h"

struct config;
struct config_agent;
struct knowledge;
struct knowledge_library;

struct agent {
	unsigned index; /* in the book of agents */
	const struct config *config;
	const struct config_agent *wanted; /* what it says of this one */
	char *instructions;                /* agent_text.h */
	struct tools tools;
	/* What only its supervisor may call: search_knowledge, if at all. */
	struct tools supervisor_tools;
	struct knowledge *knowledge; /* knowledge.h; NULL: of no files */
};

/* agent_init: the index-th agent of the configuration, which must outlive it;
 * reads the files that it names.
 *
 * why  on failure: what was wrong, in words
 * Returns 0 or a negative errno, as agent_text_make; agent_free is valid after
 * either. */
int agent_init(struct agent *a, const struct config *c, unsigned index,
	       char *why, size_t cap);
void agent_free(struct agent *a);

/* agent_learn: what its knowledge.files hold, out of the library, which must
 * outlive it. Returns 0; or a negative errno and why, as knowledge_open. */
int agent_learn(struct agent *a, struct knowledge_library *l, char *why,
		size_t cap);

#endif
