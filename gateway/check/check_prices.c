#include <string.h>
#include <time.h>

#include "gateway/check/check_list.h"
#include "gateway/check/check_parts.h"
#include "gateway/ops/config.h"
#include "gateway/ops/time_zone.h"
#include "gateway/records/budget.h"
#include "gateway/records/price.h"

static void add_gap(void *owner, const char *model)
{
	check_list_add(owner, CHECK_IS_WARNING, "prices",
		       "no entry for %s: what it costs is not known, and no "
		       "budget counts it",
		       model);
}

static void check_gaps(struct check_list *l, const struct config *c)
{
	unsigned warnings = l->warnings;

	price_each_gap(c, add_gap, l);
	if (l->warnings == warnings)
		check_list_add(l, CHECK_IS_GOOD, "prices",
			       "in %s, for every model that calls use",
			       c->currency);
}

static void check_budgets(struct check_list *l, const struct config *c)
{
	struct time_zone *z;
	int err = time_zone_open(&z, c->budgets.timezone);

	if (err)
		check_list_add(l, CHECK_IS_BAD, "budgets.timezone",
			       "%s: %s; is tzdata installed, and the name "
			       "right?",
			       c->budgets.timezone, strerror(-err));
	else
		check_list_add(l, CHECK_IS_GOOD, "budgets",
			       "a day begins at midnight in %s; what was spent "
			       "is %s",
			       c->budgets.timezone,
			       c->store.path[0] ? "kept in store.path"
						: "forgotten at a restart, "
						  "for store.path is empty");
	time_zone_free(z);
}

void check_prices(struct check_list *l, const struct config *c)
{
	if (!c->price_count && !budget_any(&c->budgets))
		check_list_add(l, CHECK_IS_GOOD, "prices",
			       "none are stated: what calls cost is not known");
	else
		check_gaps(l, c);
	if (budget_any(&c->budgets))
		check_budgets(l, c);
}
