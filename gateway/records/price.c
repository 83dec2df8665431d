#include "gateway/records/price.h"

#include <stddef.h>
#include <string.h>

#include "gateway/ops/config.h"
#include "gateway/records/money.h"

#define MINUTE_MS 60000

static const struct config_price *find(const struct config *c,
				       const char *model)
{
	for (unsigned i = 0; i < c->price_count; i++)
		if (strcmp(c->prices[i].model, model) == 0)
			return &c->prices[i];
	return NULL;
}

#define MODELS_EACH 3

/* The n-th model that calls use: of each agent the one that answers, the one
 * that transcribes and its supervisor's. "": none. */
static const char *used(const struct config *c, unsigned n)
{
	const struct config_agent *a = config_agent_at(c, n / MODELS_EACH);

	switch (n % MODELS_EACH) {
	case 0:
		return config_agent_model(c, a);
	case 1:
		return a->transcription.model;
	default:
		return a->supervisor.url[0] ? a->supervisor.model : "";
	}
}

static bool was_before(const struct config *c, unsigned n)
{
	for (unsigned i = 0; i < n; i++)
		if (strcmp(used(c, i), used(c, n)) == 0)
			return true;
	return false;
}

void price_each_gap(const struct config *c, price_gap *tell, void *owner)
{
	unsigned n = MODELS_EACH * config_agent_count(c);

	for (unsigned i = 0; i < n; i++)
		if (*used(c, i) && !find(c, used(c, i)) && !was_before(c, i))
			tell(owner, used(c, i));
}

/* Of a million tokens each; 0: none. */
static void read_prices(const struct config_price *p, double out[PRICE_KINDS])
{
	out[PRICE_TEXT_IN] = p->text_in;
	out[PRICE_TEXT_IN_CACHED] =
		p->text_in_cached > 0 ? p->text_in_cached : p->text_in;
	out[PRICE_TEXT_OUT] = p->text_out;
	out[PRICE_AUDIO_IN] = p->audio_in;
	out[PRICE_AUDIO_IN_CACHED] =
		p->audio_in_cached > 0 ? p->audio_in_cached : p->audio_in;
	out[PRICE_AUDIO_OUT] = p->audio_out;
}

static bool is_free(const double price[PRICE_KINDS], double minute)
{
	for (unsigned k = 0; k < PRICE_KINDS; k++)
		if (price[k] > 0)
			return false;
	return !(minute > 0);
}

/* A price of a million in millionths is that of one token in 10^-12. */
static uint64_t of_tokens(double price, uint64_t n)
{
	return money_times(money_from(price) / MONEY_MICRO, n);
}

/* To the nearest 10^-12, and in an order in which nothing overflows. */
static uint64_t of_time(double price, uint64_t ms)
{
	uint64_t minute = money_from(price);
	uint64_t rest = ms % MINUTE_MS;
	uint64_t of_rest =
		minute / MINUTE_MS * rest +
		(minute % MINUTE_MS * rest + MINUTE_MS / 2) / MINUTE_MS;

	return money_add(money_times(minute, ms / MINUTE_MS), of_rest);
}

static bool is_nothing(const struct price_usage *u)
{
	for (unsigned k = 0; k < PRICE_KINDS; k++)
		if (u->tokens[k])
			return false;
	return !u->unsplit && !u->audio_ms;
}

bool price_of(const struct config *c, const char *model,
	      const struct price_usage *usage, uint64_t *cost)
{
	const struct config_price *entry = find(c, model);
	double price[PRICE_KINDS];

	*cost = 0;
	if (!entry)
		return is_nothing(usage);
	read_prices(entry, price);
	if (is_free(price, entry->audio_minute))
		return true;
	bool is_known = !usage->unsplit;
	for (unsigned k = 0; k < PRICE_KINDS; k++) {
		*cost = money_add(*cost, of_tokens(price[k], usage->tokens[k]));
		is_known &= price[k] > 0 || !usage->tokens[k];
	}
	*cost = money_add(*cost, of_time(entry->audio_minute, usage->audio_ms));
	return is_known && (entry->audio_minute > 0 || !usage->audio_ms);
}
