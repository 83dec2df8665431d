#include "gateway/ops/config_restart.h"

#include <stdio.h>
#include <string.h>

#include "gateway/ops/config.h"

#define KEY(name, member)                                    \
	{                                                    \
		name, offsetof(struct config, member),       \
			sizeof(((struct config *)0)->member) \
	}

/* limits.calls: the tables of calls have as many places. */
static const struct {
	const char *name;
	size_t at;
	size_t size;
} key[] = {
	KEY("listen", listen),
	KEY("listen_shared", listen_shared),
	KEY("workers", workers),
	KEY("limits.calls", limits.calls),
};

#define KEYS (sizeof(key) / sizeof(key[0]))

static const char *at(const struct config *c, size_t i)
{
	return (const char *)c + key[i].at;
}

unsigned config_restart_names(const struct config *now,
			      const struct config *next, char *out, size_t cap)
{
	unsigned n = 0;
	size_t len = 0;

	out[0] = '\0';
	for (size_t i = 0; i < KEYS; i++) {
		if (memcmp(at(now, i), at(next, i), key[i].size) == 0)
			continue;
		if (len < cap)
			len += (size_t)snprintf(out + len, cap - len, "%s%s",
						n ? ", " : "", key[i].name);
		n++;
	}
	return n;
}

void config_restart_keep(struct config *next, const struct config *now)
{
	for (size_t i = 0; i < KEYS; i++)
		memcpy((char *)next + key[i].at, at(now, i), key[i].size);
}
