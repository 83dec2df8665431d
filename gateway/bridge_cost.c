/* What a call costs, and what its budgets say to that. */
#include <time.h>

#include "gateway/agents/agent.h"
#include "gateway/bridge.h"
#include "gateway/exchange.h"
#include "gateway/ops/config.h"
#include "gateway/ops/time_zone.h"
#include "gateway/records/budget.h"
#include "gateway/records/ledger.h"
#include "gateway/records/money.h"
#include "gateway/records/price.h"
#include "gateway/settings.h"
#include "gateway/worker.h"
#include "protocols/realtime_event.h"

/* --- What it costs --- */

static uint64_t beyond(uint64_t all, uint64_t cached)
{
	return all > cached ? all - cached : 0;
}

static void read_usage(const struct realtime_usage *u, struct price_usage *p)
{
	*p = (struct price_usage){ .unsplit = u->unsplit,
				   .audio_ms = u->audio_ms };
	p->tokens[PRICE_TEXT_IN] = beyond(u->input_text, u->cached_text);
	p->tokens[PRICE_TEXT_IN_CACHED] = u->cached_text;
	p->tokens[PRICE_TEXT_OUT] = u->output_text;
	p->tokens[PRICE_AUDIO_IN] = beyond(u->input_audio, u->cached_audio);
	p->tokens[PRICE_AUDIO_IN_CACHED] = u->cached_audio;
	p->tokens[PRICE_AUDIO_OUT] = u->output_audio;
}

void bridge_log_cost(struct log_line *l, const struct bridge *b)
{
	char text[MONEY_TEXT];

	bool is_hidden = b->is_cost_hidden || b->agent_call.asking;

	log_text(l, "cost", is_hidden ? "unknown" : money_write(text, b->cost));
	if (is_hidden && b->cost)
		log_text(l, "cost_at_least", money_write(text, b->cost));
	log_text(l, "currency", b->settings->config->currency);
}

/* --- What the budgets say --- */

static const char *number_of(const struct bridge *b)
{
	return b->carrier == WORKER_TWILIO ? b->twilio.number
					   : b->audiocodes.bot;
}

static void tell_reached(struct bridge *b, enum budget which, uint64_t spent)
{
	const struct config_budget *of =
		budget_of(&b->settings->config->budgets, which);
	struct log_line l;
	char text[MONEY_TEXT];

	metric_add(&b->worker->figures.budget_reached[which], 1);
	log_begin(&l, &b->log, LOG_WARN, "budget_reached");
	log_text(&l, "budget", budget_name(which));
	log_text(&l, "action", budget_action_name(of->action));
	log_text(&l, "spent", money_write(text, spent));
	log_text(&l, "currency", b->settings->config->currency);
	log_end(&l);
}

/* Each answer beyond it asks anew: a caller may have talked on. */
static void hold_against(struct bridge *b, const uint64_t spent[BUDGETS],
			 uint64_t cost, uint64_t now_ns)
{
	const struct config_budgets *c = &b->settings->config->budgets;
	bool ends = false;

	for (unsigned i = 0; i < BUDGETS; i++) {
		enum budget which = (enum budget)i;
		if (budget_was_reached(c, which, spent[i], cost))
			tell_reached(b, which, spent[i]);
		ends |= budget_is_spent(c, which, spent[i]) &&
			budget_ends_calls(c, which);
	}
	if (ends)
		call_wrap_up(&b->call, now_ns);
}

static void charge(struct bridge *b, const struct agent *of, const char *model,
		   const struct price_usage *usage, uint64_t now_ns)
{
	const struct config *c = b->settings->config;
	struct ledger_day day;
	struct ledger_entry e = {
		.agent = of->wanted->persona.name,
		.model = model,
		.number = number_of(b),
		.day = time_zone_day(b->settings->zone, (int64_t)time(NULL)),
	};

	e.is_known = price_of(c, model, usage, &e.cost);
	b->cost = money_add(b->cost, e.cost);
	b->is_cost_hidden |= !e.is_known;
	ledger_charge(&b->worker->exchange->ledger, &e, &day);
	const uint64_t spent[BUDGETS] = {
		[BUDGET_CALL] = b->cost,
		[BUDGET_NUMBER_DAY] = day.number,
		[BUDGET_DAY] = day.all,
	};
	hold_against(b, spent, e.cost, now_ns);
}

void bridge_charge(struct bridge *b, const struct realtime_usage *u,
		   bool is_heard, uint64_t now_ns)
{
	const struct config_agent *opened = b->session_of;
	struct price_usage usage;

	read_usage(u, &usage);
	charge(b, b->agent_call.agent,
	       is_heard ? opened->transcription.model
			: config_agent_model(b->settings->config, opened),
	       &usage, now_ns);
}

void bridge_charge_text(struct bridge *b, const struct agent *of,
			const char *model, const struct price_usage *usage,
			uint64_t now_ns)
{
	static const enum price_kind kind[] = {
		[WORKER_TEXT_IN] = PRICE_TEXT_IN,
		[WORKER_TEXT_CACHED] = PRICE_TEXT_IN_CACHED,
		[WORKER_TEXT_OUT] = PRICE_TEXT_OUT,
	};

	for (unsigned i = 0; i < WORKER_TEXT_TOKENS; i++)
		metric_add(&b->worker->figures.text_tokens[i],
			   usage->tokens[kind[i]]);
	charge(b, of, model, usage, now_ns);
}
