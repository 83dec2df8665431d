#include "gateway/lines.h"

#include <assert.h>

void lines_init(struct lines *l, unsigned count)
{
	atomic_init(&l->busy, 0);
	l->count = count;
}

bool lines_take(struct lines *l)
{
	unsigned busy = atomic_load(&l->busy);

	while (busy < l->count)
		if (atomic_compare_exchange_weak(&l->busy, &busy, busy + 1))
			return true;
	return false;
}

void lines_give(struct lines *l)
{
	unsigned before = atomic_fetch_sub(&l->busy, 1);

	assert(before > 0);
	(void)before;
}

bool lines_are_busy(const struct lines *l)
{
	return atomic_load(&l->busy) >= l->count;
}
