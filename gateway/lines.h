/* How many calls may run at once, over all workers: limits.calls as lines that
 * are taken and given back. Any thread, no lock; exactly count are taken,
 * however many ask at the same moment. */
#ifndef GATEWAY_LINES_H
#define GATEWAY_LINES_H

#include <stdatomic.h>
#include <stdbool.h>

struct lines {
	atomic_uint busy;
	unsigned count;
};

void lines_init(struct lines *l, unsigned count);

/* lines_take: true when one was free, and now is not.
 * lines_give: one that was taken. */
bool lines_take(struct lines *l);
void lines_give(struct lines *l);

/* lines_are_busy: none is free, at this moment. */
bool lines_are_busy(const struct lines *l);

#endif
