#include "gateway/ops/config_shared.h"

#include <stdlib.h>

struct config_shared *config_shared_new(const struct config *c,
					unsigned model_version)
{
	struct config_shared *s = malloc(sizeof(*s));

	if (!s)
		return NULL;
	atomic_init(&s->uses, 1);
	s->model_version = model_version;
	config_copy(&s->config, c);
	return s;
}

struct config_shared *config_shared_keep(struct config_shared *s)
{
	atomic_fetch_add(&s->uses, 1);
	return s;
}

void config_shared_drop(struct config_shared *s)
{
	if (atomic_fetch_sub(&s->uses, 1) > 1)
		return;
	config_wipe(&s->config);
	free(s);
}
