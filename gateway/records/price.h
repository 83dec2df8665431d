/* What a model's tokens cost, exactly (money.h): prices as the configuration
 * states them, usage as the model's server tells it.
 *
 * A kind of token without a price makes a cost unknown, never free; cached ones
 * without one cost what others do. A model whose entry names no price at all is
 * free, one without an entry has no price for anything. */
#ifndef GATEWAY_RECORDS_PRICE_H
#define GATEWAY_RECORDS_PRICE_H

#include <stdbool.h>
#include <stdint.h>

struct config;

enum price_kind {
	PRICE_TEXT_IN,
	PRICE_TEXT_IN_CACHED,
	PRICE_TEXT_OUT,
	PRICE_AUDIO_IN,
	PRICE_AUDIO_IN_CACHED,
	PRICE_AUDIO_OUT,
	PRICE_KINDS
};

/* One answer, or one transcript, as it is billed. */
struct price_usage {
	uint64_t tokens[PRICE_KINDS]; /* IN: without what was cached */
	uint64_t unsplit;             /* tokens of which no kind is told */
	uint64_t audio_ms;            /* billed by time */
};

/* price_of: what this usage of a model costs; as far as that is known.
 *
 * Returns false: not all of it has a price, *cost is what has. */
bool price_of(const struct config *c, const char *model,
	      const struct price_usage *usage, uint64_t *cost);

/* price_each_gap: the models that calls use and that have no entry, each once.
 */
typedef void price_gap(void *owner, const char *model);
void price_each_gap(const struct config *c, price_gap *tell, void *owner);

#endif
