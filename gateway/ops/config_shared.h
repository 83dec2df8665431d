/* A configuration that several threads read: a copy, never changed, freed (and
 * its secrets wiped) when the last one lets go of it. A reload makes another;
 * calls that run keep the one they began with. */
#ifndef GATEWAY_OPS_CONFIG_SHARED_H
#define GATEWAY_OPS_CONFIG_SHARED_H

#include <stdatomic.h>

#include "gateway/ops/config.h"

struct config_shared {
	atomic_uint uses;
	/* Counts the changes of what a model session is made of: two
	 * configurations with the same number want the same sessions. */
	unsigned model_version;
	struct config config;
};

/* config_shared_new: a copy, used once: by the caller. NULL without memory. */
struct config_shared *config_shared_new(const struct config *c,
					unsigned model_version);

/* Any thread. config_shared_keep returns s. */
struct config_shared *config_shared_keep(struct config_shared *s);
void config_shared_drop(struct config_shared *s);

#endif
