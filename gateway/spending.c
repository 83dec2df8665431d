#include "gateway/spending.h"

#include <stdint.h>
#include <stdio.h>
#include <time.h>

#include "gateway/ops/config.h"
#include "gateway/ops/log.h"
#include "gateway/ops/time_zone.h"
#include "gateway/records/ledger.h"
#include "gateway/records/spending_store.h"

#define WHY_MAX 160

static int restore(struct spending *s, struct ledger *l, const struct config *c,
		   char *why, size_t cap)
{
	struct time_zone *z;
	int err = time_zone_open(&z, c->budgets.timezone);

	if (!err)
		err = spending_store_restore(
			s->store, l, time_zone_day(z, (int64_t)time(NULL)));
	if (err)
		snprintf(why, cap, "what was spent today cannot be read");
	time_zone_free(z);
	return err;
}

int spending_open(struct spending *s, struct ledger *l, const struct config *c,
		  char *why, size_t cap)
{
	char reason[WHY_MAX];

	if (!c->store.path[0])
		return 0;
	int err = spending_store_open(&s->store, c->store.path, reason,
				      sizeof(reason));
	if (!err)
		err = restore(s, l, c, reason, sizeof(reason));
	if (err)
		snprintf(why, cap, "store.path: %s: %s", c->store.path, reason);
	return err;
}

void spending_write(struct spending *s, struct ledger *l, const struct log *log)
{
	char why[WHY_MAX];

	if (!s->store)
		return;
	bool has_failed =
		spending_store_write(s->store, l, why, sizeof(why)) != 0;
	if (has_failed && !s->has_failed)
		log_event(log, LOG_ERROR, "spending_unwritten", "why", why,
			  "what", "tried again every second", NULL);
	s->has_failed = has_failed;
}

void spending_close(struct spending *s, struct ledger *l, const struct log *log)
{
	spending_write(s, l, log);
	spending_store_close(s->store);
	s->store = NULL;
}
