/* What all workers share: opened part by part, and freed in the other order. */
#include <errno.h>
#include <string.h>

#include "gateway/exchange.h"
#include "gateway/exchange_parts.h"
#include "gateway/net/fetch.h"
#include "gateway/net/gate.h"
#include "gateway/ops/config_shared.h"

/* A call that is replaced and the one it replaces, and one that ended while
 * another worker began it. */
#define ENTRIES_SPARE (2 * CONFIG_WORKERS_MAX)
#define TICKETS_SPARE 16

/* --- Room for calls --- */

/* What no worker could take need not be promised. */
static struct lines_limits limits_of(const struct config *c)
{
	const struct config_limits *l = &c->limits;
	uint64_t all = (uint64_t)l->calls_per_worker * exchange_workers(c);

	return (struct lines_limits){
		.calls = all && all < l->calls ? (unsigned)all : l->calls,
		.per_number = l->calls_per_number,
		.per_source = l->calls_per_source,
		.anonymous = l->calls_anonymous,
	};
}

static int open_lines(struct exchange *e)
{
	const struct lines_limits limits = limits_of(&e->config->config);

	return lines_init(&e->lines, &limits);
}

static void free_lines(struct exchange *e)
{
	lines_free(&e->lines);
}

/* --- Carriers --- */

static void free_twilio(struct exchange *e)
{
	twilio_outbound_free(&e->outbound);
	twilio_whispers_free(&e->whispers);
	twilio_contexts_free(&e->contexts);
	twilio_tickets_free(&e->tickets);
}

/* Tickets for every running call, and as many that have just ended. */
static int open_twilio(struct exchange *e)
{
	unsigned calls = limits_of(&e->config->config).calls;
	int err = twilio_tickets_init(&e->tickets, 2 * calls + TICKETS_SPARE,
				      &e->lines);

	if (!err)
		err = twilio_contexts_init(&e->contexts);
	if (!err)
		err = twilio_whispers_init(&e->whispers);
	if (!err)
		err = twilio_outbound_init(&e->outbound);
	if (err)
		free_twilio(e);
	return err;
}

static int open_audiocodes(struct exchange *e)
{
	unsigned calls = limits_of(&e->config->config).calls;
	int err = audiocodes_waiting_init(&e->waiting);

	if (err)
		return err;
	err = audiocodes_registry_init(&e->registry, calls + ENTRIES_SPARE);
	if (err)
		audiocodes_waiting_free(&e->waiting);
	return err;
}

static void free_audiocodes(struct exchange *e)
{
	audiocodes_registry_free(&e->registry);
	audiocodes_waiting_free(&e->waiting);
}

/* --- What is counted and told --- */

static int open_tallies(struct exchange *e)
{
	int err = tally_init(&e->answered);

	if (err)
		return err;
	err = tally_init(&e->hand_offs);
	if (err)
		goto free_answered;
	err = tally_init(&e->functions);
	if (!err)
		return 0;
	tally_free(&e->hand_offs);
free_answered:
	tally_free(&e->answered);
	return err;
}

static void free_tallies(struct exchange *e)
{
	tally_free(&e->answered);
	tally_free(&e->hand_offs);
	tally_free(&e->functions);
}

static int open_ledger(struct exchange *e)
{
	return ledger_init(&e->ledger);
}

static void free_ledger(struct exchange *e)
{
	ledger_free(&e->ledger);
}

static int open_events(struct exchange *e)
{
	return live_events_init(&e->events);
}

static void free_events(struct exchange *e)
{
	live_events_free(&e->events);
}

/* --- Connections --- */

/* The configuration is checked: its proxies are what they should be. */
static int open_gate(struct exchange *e)
{
	const struct config *c = &e->config->config;
	const struct gate_limits limits = {
		.connections = c->limits.connections,
		.per_address = c->limits.connections_per_address,
	};

	for (unsigned i = 0; i < c->proxy_count; i++)
		if (ip_block_parse(&e->proxies[e->proxy_count], c->proxies[i],
				   strlen(c->proxies[i])) == 0)
			e->proxy_count++;
	return gate_open(&e->gate, &limits);
}

static void free_gate(struct exchange *e)
{
	gate_free(e->gate);
}

static int open_fetcher(struct exchange *e)
{
	return fetcher_open(&e->fetcher);
}

static void close_fetcher(struct exchange *e)
{
	fetcher_close(e->fetcher);
}

/* --- All of it --- */

static const struct part {
	int (*open)(struct exchange *e);
	void (*free)(struct exchange *e);
} part[] = {
	{ open_lines, free_lines },
	{ open_twilio, free_twilio },
	{ open_audiocodes, free_audiocodes },
	{ open_tallies, free_tallies },
	{ open_ledger, free_ledger },
	{ open_events, free_events },
	{ open_gate, free_gate },
	{ open_fetcher, close_fetcher },
};

#define PARTS (sizeof(part) / sizeof(part[0]))

static void free_parts(struct exchange *e, size_t n)
{
	while (n > 0)
		part[--n].free(e);
}

int exchange_open_shared(struct exchange *e)
{
	for (size_t i = 0; i < PARTS; i++) {
		int err = part[i].open(e);
		if (!err)
			continue;
		free_parts(e, i);
		return err;
	}
	return 0;
}

void exchange_free_shared(struct exchange *e)
{
	free_parts(e, PARTS);
}
