/* The model sessions that stand ready on a worker: a pool for each agent, with
 * as many as its configuration says, 64 of all agents together at most. */
#ifndef GATEWAY_STANDBY_H
#define GATEWAY_STANDBY_H

#include <stdbool.h>

#include "gateway/models/openai_pool.h"
#include "gateway/ops/config.h"

struct settings;

struct standby {
	struct openai_pool pool[CONFIG_AGENTS_MAX + 1]; /* by agent */
	void (*on_gone)(void *owner);
	void (*on_freed)(void *owner);
	void *owner;
};

/* standby_open: dialling begins at the loop's next turn; s outlives what stands
 * and every session taken. on_gone comes once, behind standby_stop, when
 * nothing is left on the loop. on_freed: standby_uses may say otherwise now. */
void standby_open(struct standby *b, uv_loop_t *loop, const struct settings *s,
		  const struct log *log, void (*on_gone)(void *owner),
		  void (*on_freed)(void *owner), void *owner);

/* standby_renew: sessions are to be as s says from now on. */
void standby_renew(struct standby *b, const struct settings *s);

/* standby_uses: one of the sessions is as s says. */
bool standby_uses(const struct standby *b, const struct settings *s);

/* standby_stood: how many stood lately; from any thread. */
unsigned standby_stood(const struct standby *b);

bool standby_is_gone(const struct standby *b);
/* standby_stop: close them all; a second time: cut them. */
void standby_stop(struct standby *b);

/* standby_wanted: how many a configuration wants, of all its agents. */
unsigned standby_wanted(const struct config *c);

#endif
