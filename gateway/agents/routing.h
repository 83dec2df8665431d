/* Which agent answers a call: the routes of a configuration, of which the first
 * that fits decides; without one, the agent "default".
 *
 * Not everything is known when a call is announced (AudioCodes tells the number
 * and the parameters later). A decision that could still come out otherwise is
 * ROUTING_OPEN. */
#ifndef GATEWAY_AGENTS_ROUTING_H
#define GATEWAY_AGENTS_ROUTING_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "gateway/ops/config.h"

struct call_variables;
struct routing;

struct routing_facts {
	enum config_carrier carrier;
	const char *bot;    /* "": none */
	const char *number; /* dialled; NULL: not known yet; "": never */
	const char *caller; /* likewise */
	/* Parameters by their names; NULL: not known yet. */
	const char *(*parameter)(void *owner, const char *name);
	bool has_parameters; /* they are known */
	void *owner;
	int64_t unix_s; /* now */
};

enum routing_verdict { ROUTING_NO, ROUTING_YES, ROUTING_UNKNOWN };

/* One condition of one route, as it was looked at. */
struct routing_step {
	unsigned route;        /* from 0 */
	const char *condition; /* "number" */
	const char *wanted;    /* "+1555*" */
	const char *found;     /* "+41791234567"; "": none */
	enum routing_verdict verdict;
};

typedef void routing_tell(void *owner, const struct routing_step *step);

enum routing_end { ROUTING_DECIDED, ROUTING_OPEN };

struct routing_choice {
	enum routing_end end;
	int route;         /* of the configuration; -1: none fits */
	const char *agent; /* the configuration's text; of ROUTING_OPEN the
			      default's */
};

/* routing_open: of c, which must outlive it.
 * why  on failure: what was wrong, in words
 * Returns 0 or a negative errno. routing_free: NULL is fine. */
int routing_open(struct routing **out, const struct config *c, char *why,
		 size_t cap);
void routing_free(struct routing *r);

/* routing_decide: read only; from any thread.
 * tell  NULL, or told of each condition that was looked at, in order; of a
 *       route nothing is looked at behind the first that does not fit */
struct routing_choice routing_decide(const struct routing *r,
				     const struct routing_facts *facts,
				     routing_tell *tell, void *owner);

/* routing_key: a number for a route by what it says, so that it is found again
 * in another configuration; 0: none. routing_by_key: the route; NULL. */
uint64_t routing_key(const struct config *c, int route);
const struct config_route *routing_by_key(const struct config *c, uint64_t key);

#endif
