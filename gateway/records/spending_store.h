/* What was spent today, over a restart: a table in the SQLite file of
 * store.path.
 *
 *   spending   day (from 1970-01-01, where budgets.timezone says), number ("":
 *              all calls), cost in 10^-12 of the currency
 *
 * Several processes may spend on one file: what each has spent is added up
 * there, and read when one begins. Rows of days that are over are dropped. Of
 * the control thread alone, which may wait for the disk, at most
 * SPENDING_STORE_BUSY_MS for another program. */
#ifndef GATEWAY_RECORDS_SPENDING_STORE_H
#define GATEWAY_RECORDS_SPENDING_STORE_H

#include <stddef.h>
#include <stdint.h>

#define SPENDING_STORE_BUSY_MS 100

struct ledger;
struct spending_store;

/* spending_store_open: the file is made when it is not there, readable by its
 * user alone.
 *
 * why  on failure: what is wrong with the file, in words
 * Returns 0 or a negative errno. spending_store_close: NULL is fine. */
int spending_store_open(struct spending_store **out, const char *path,
			char *why, size_t cap);
void spending_store_close(struct spending_store *s);

/* spending_store_restore: a ledger in which nothing was counted yet begins with
 * what was spent that day. Returns 0 or -EIO. */
int spending_store_restore(struct spending_store *s, struct ledger *l,
			   int32_t day);

/* spending_store_write: what has changed in the ledger since the last time.
 * Returns 0; or -EIO, with why in words, and all of it is tried again the next
 * time. */
int spending_store_write(struct spending_store *s, struct ledger *l, char *why,
			 size_t cap);

#endif
