/* What was spent today, kept over a restart where there is store.path: read
 * when the exchange opens, written about once a second by the control thread,
 * and when it ends. */
#ifndef GATEWAY_SPENDING_H
#define GATEWAY_SPENDING_H

#include <stdbool.h>
#include <stddef.h>

struct config;
struct ledger;
struct log;
struct spending_store;

/* All zero: nothing is kept. */
struct spending {
	struct spending_store *store;
	bool has_failed; /* and that was said */
};

/* spending_open: without store.path nothing happens. Before there are calls.
 * Returns 0; or a negative errno and why, in words. */
int spending_open(struct spending *s, struct ledger *l, const struct config *c,
		  char *why, size_t cap);

/* spending_write: what is new. A failure is said once, until it is over;
 * nothing is lost by it but in a crash. spending_close: for the last time. */
void spending_write(struct spending *s, struct ledger *l,
		    const struct log *log);
void spending_close(struct spending *s, struct ledger *l,
		    const struct log *log);

#endif
