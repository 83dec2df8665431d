/* All agents of a configuration, and what their files hold: read once by the
 * control thread, never changed, shared by the workers, and freed when the last
 * one lets go of it. A reload makes another; calls keep the one they began
 * with. */
#ifndef GATEWAY_AGENTS_AGENT_BOOK_H
#define GATEWAY_AGENTS_AGENT_BOOK_H

#include <stdatomic.h>
#include <stdbool.h>
#include <stddef.h>

#include "gateway/agents/agent.h"

struct config_shared;
struct routing;

struct agent_book {
	atomic_uint uses;
	struct config_shared *shared; /* the agents' configuration */
	struct routing *routing;
	unsigned count;
	struct agent agent[]; /* 0: the default one, then in the order of their
				 files */
};

/* agent_book_open: of c, which is kept.
 *
 * why  on failure: what was wrong, in words, with the agent's file
 * Returns 0 and *out, used once: by the caller; or a negative errno. */
int agent_book_open(struct agent_book **out, struct config_shared *c, char *why,
		    size_t cap);

/* Any thread. agent_book_keep returns b. NULL is fine to drop. */
struct agent_book *agent_book_keep(struct agent_book *b);
void agent_book_drop(struct agent_book *b);

/* agent_book_find: by its name; or NULL. */
const struct agent *agent_book_find(const struct agent_book *b,
				    const char *name);

/* agent_book_equals: sessions made for the agents of one are as those made for
 * the other's. */
bool agent_book_equals(const struct agent_book *a, const struct agent_book *b);

#endif
