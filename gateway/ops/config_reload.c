#include <stdio.h>
#include <string.h>

#include "gateway/ops/config.h"

/* What a process takes up once, as it starts. */
#define TEXT(key, member)                               \
	{                                               \
		key, offsetof(struct config, member), 0 \
	}
#define OTHER(key, member)                                   \
	{                                                    \
		key, offsetof(struct config, member),        \
			sizeof(((struct config *)0)->member) \
	}
static const struct row {
	const char *key;
	size_t offset;
	size_t size; /* 0: text, which ends where it ends */
} rows[] = {
	TEXT("listen", listen),
	OTHER("workers", workers),
};

static bool differs(const struct row *row, const struct config *a,
		    const struct config *b)
{
	const char *x = (const char *)a + row->offset;
	const char *y = (const char *)b + row->offset;
	return row->size ? memcmp(x, y, row->size) != 0 : strcmp(x, y) != 0;
}

unsigned config_needs_restart(const struct config *a, const struct config *b,
			      char *names, size_t cap)
{
	unsigned count = 0;
	size_t len = 0;
	names[0] = '\0';
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		if (!differs(&rows[i], a, b))
			continue;
		int n = snprintf(names + len, cap - len, "%s%s",
				 count++ ? ", " : "", rows[i].key);
		if (n > 0 && (size_t)n < cap - len)
			len += (size_t)n;
		names[len] = '\0'; /* a key is there whole or not at all */
	}
	return count;
}
