#include "gateway/ops/tally.h"

#include <stdio.h>
#include <string.h>

int tally_init(struct tally *t)
{
	memset(t, 0, sizeof(*t));
	return uv_mutex_init(&t->lock);
}

void tally_free(struct tally *t)
{
	uv_mutex_destroy(&t->lock);
}

/* With the lock held. */
static unsigned find(struct tally *t, const char *name)
{
	unsigned i = 0;

	while (i < t->count &&
	       strncmp(t->row[i].name, name, TALLY_NAME_MAX - 1) != 0)
		i++;
	if (i < t->count)
		return i;
	if (i > TALLY_NAMES_MAX)
		return TALLY_NAMES_MAX;
	snprintf(t->row[i].name, TALLY_NAME_MAX, "%s",
		 i < TALLY_NAMES_MAX ? name : "other");
	return t->count++;
}

void tally_add(struct tally *t, const char *name)
{
	uv_mutex_lock(&t->lock);
	t->row[find(t, name)].n++;
	uv_mutex_unlock(&t->lock);
}

void tally_copy(struct tally *t, struct tally *out)
{
	uv_mutex_lock(&t->lock);
	out->count = t->count;
	memcpy(out->row, t->row, sizeof(out->row));
	uv_mutex_unlock(&t->lock);
}
