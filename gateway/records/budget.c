#include "gateway/records/budget.h"

#include "gateway/records/money.h"

const struct config_budget *budget_of(const struct config_budgets *c,
				      enum budget which)
{
	switch (which) {
	case BUDGET_CALL:
		return &c->per_call;
	case BUDGET_NUMBER_DAY:
		return &c->per_number_day;
	default:
		return &c->per_day;
	}
}

const char *budget_name(enum budget which)
{
	static const char *const name[BUDGETS] = {
		[BUDGET_CALL] = "per_call",
		[BUDGET_NUMBER_DAY] = "per_number_day",
		[BUDGET_DAY] = "per_day",
	};
	return name[which];
}

const char *budget_action_name(enum config_budget_action action)
{
	static const char *const name[] = {
		[CONFIG_BUDGET_WARN] = "warn",
		[CONFIG_BUDGET_WRAP_UP] = "wrap_up",
		[CONFIG_BUDGET_REFUSE] = "refuse",
	};
	return name[action];
}

bool budget_is_spent(const struct config_budgets *c, enum budget which,
		     uint64_t amount)
{
	const struct config_budget *b = budget_of(c, which);

	return b->amount > 0 && amount >= money_from(b->amount);
}

bool budget_was_reached(const struct config_budgets *c, enum budget which,
			uint64_t amount, uint64_t cost)
{
	return cost && budget_is_spent(c, which, amount) &&
	       !budget_is_spent(c, which, amount - cost);
}

bool budget_ends_calls(const struct config_budgets *c, enum budget which)
{
	enum config_budget_action a = budget_of(c, which)->action;

	return a == CONFIG_BUDGET_WRAP_UP ||
	       (a == CONFIG_BUDGET_REFUSE &&
		c->running == CONFIG_RUNNING_WRAP_UP);
}

static bool refuses(const struct config_budgets *c, enum budget which,
		    uint64_t amount)
{
	return budget_of(c, which)->action == CONFIG_BUDGET_REFUSE &&
	       budget_is_spent(c, which, amount);
}

bool budget_refuses(const struct config_budgets *c, uint64_t number_day,
		    uint64_t day, enum budget *which)
{
	*which = BUDGET_DAY;
	if (refuses(c, BUDGET_DAY, day))
		return true;
	*which = BUDGET_NUMBER_DAY;
	return refuses(c, BUDGET_NUMBER_DAY, number_day);
}

bool budget_any(const struct config_budgets *c)
{
	for (unsigned i = 0; i < BUDGETS; i++)
		if (budget_of(c, (enum budget)i)->amount > 0)
			return true;
	return false;
}
