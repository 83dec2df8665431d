/* Budgets: whether what was spent is too much, and what then. Judges; what is
 * spent the ledger knows, and what is done the call. */
#ifndef GATEWAY_RECORDS_BUDGET_H
#define GATEWAY_RECORDS_BUDGET_H

#include <stdbool.h>
#include <stdint.h>

#include "gateway/ops/config.h"

/* Each with an amount and an action of its own, in struct config_budgets. */
enum budget {
	BUDGET_CALL,
	BUDGET_NUMBER_DAY, /* of the number dialled, or the bot */
	BUDGET_DAY,
	BUDGETS
};

/* budget_of: its part of the configuration. budget_name: its key, "per_day". */
const struct config_budget *budget_of(const struct config_budgets *c,
				      enum budget which);
const char *budget_name(enum budget which);
const char *budget_action_name(enum config_budget_action action);

/* budget_is_spent: amount (money.h) is as much as the budget, or more. */
bool budget_is_spent(const struct config_budgets *c, enum budget which,
		     uint64_t amount);

/* budget_was_reached: by the last cost of those that make up amount, and not
 * before: told once, however many calls spend. */
bool budget_was_reached(const struct config_budgets *c, enum budget which,
			uint64_t amount, uint64_t cost);

/* budget_ends_calls: a call that spends of it is to come to its end. */
bool budget_ends_calls(const struct config_budgets *c, enum budget which);

/* budget_refuses: no new call, by what was spent that day.
 * Returns whether, and *which budget says so. */
bool budget_refuses(const struct config_budgets *c, uint64_t number_day,
		    uint64_t day, enum budget *which);

/* budget_any: there is one at all. */
bool budget_any(const struct config_budgets *c);

#endif
