/* The environment, as the configuration reads it: what holds a secret is moved
 * out of it, so that neither children nor /proc keep it, and stays here for the
 * next load. One thread's. */
#ifndef GATEWAY_OPS_CONFIG_ENVIRONMENT_H
#define GATEWAY_OPS_CONFIG_ENVIRONMENT_H

#include <stddef.h>

/* Variables moved; a further one is read, but stays where it is. */
#define CONFIG_ENVIRONMENT_MAX 32

/* All zero is a good beginning. */
struct config_environment {
	unsigned count;
	struct {
		char *name; /* both from malloc */
		char *text;
	} kept[CONFIG_ENVIRONMENT_MAX];
};

/* config_environment_get: a variable as it stands in the process, or as it was
 * moved from there; NULL when there is none. Belongs to e or the process. e may
 * be NULL.
 *
 * config_environment_take: the same, and from now on it is only here. Without e
 * it stays where it is. A variable that is set again later counts anew. */
const char *config_environment_get(const struct config_environment *e,
				   const char *name);
const char *config_environment_take(struct config_environment *e,
				    const char *name);

/* config_environment_close: forget all of it. */
void config_environment_close(struct config_environment *e);

#endif
