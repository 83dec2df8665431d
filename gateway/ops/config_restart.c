#include "gateway/ops/config_restart.h"

#include <stdio.h>
#include <string.h>

#include "gateway/ops/config.h"

#define PLACE(member) \
	offsetof(struct config, member), sizeof(((struct config *)0)->member)
#define KEY(name, member)                  \
	{                                  \
		name, PLACE(member), false \
	}
#define TEXT(name, member)                \
	{                                 \
		name, PLACE(member), true \
	}

/* Tables have as many places as the limits say. */
static const struct {
	const char *name;
	size_t at;
	size_t size;
	bool is_text; /* which ends where it ends */
} key[] = {
	TEXT("listen", listen),
	KEY("listen_shared", listen_shared),
	KEY("workers", workers),
	KEY("proxies", proxies),
	TEXT("admin.listen", admin.listen),
	TEXT("store.path", store.path),
	KEY("limits.calls", limits.calls),
	KEY("limits.calls_per_worker", limits.calls_per_worker),
	KEY("limits.calls_per_number", limits.calls_per_number),
	KEY("limits.calls_per_source", limits.calls_per_source),
	KEY("limits.calls_anonymous", limits.calls_anonymous),
	KEY("limits.connections", limits.connections),
	KEY("limits.connections_per_address", limits.connections_per_address),
	KEY("limits.handshakes", limits.handshakes),
	KEY("limits.head_ms", limits.head_ms),
};

#define KEYS (sizeof(key) / sizeof(key[0]))

static const char *at(const struct config *c, size_t i)
{
	return (const char *)c + key[i].at;
}

static bool differs(const struct config *a, const struct config *b, size_t i)
{
	return key[i].is_text ? strcmp(at(a, i), at(b, i)) != 0
			      : memcmp(at(a, i), at(b, i), key[i].size) != 0;
}

unsigned config_restart_names(const struct config *now,
			      const struct config *next, char *out, size_t cap)
{
	unsigned n = 0;
	size_t len = 0;

	out[0] = '\0';
	for (size_t i = 0; i < KEYS; i++) {
		if (!differs(now, next, i))
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
