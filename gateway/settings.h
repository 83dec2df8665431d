/* What follows from a configuration, for one worker: TLS contexts, prompts, the
 * agent, the profile of its model sessions. Made by the control thread, handed
 * to the worker, and from then on only that one's. Never changed: a reload
 * makes new ones for new calls, and a bridge keeps those it began with.
 *
 * What a file named in the configuration holds is read here, once. */
#ifndef GATEWAY_SETTINGS_H
#define GATEWAY_SETTINGS_H

#include <stddef.h>

#include "gateway/agents/agent_book.h"
#include "gateway/agents/prompt.h"
#include "gateway/carriers/audiocodes_settings.h"
#include "gateway/models/openai_session.h"

struct certificates;
struct config;
struct config_shared;
struct time_zone;
struct tls_context;

struct settings {
	struct settings *older; /* of the worker's list */
	unsigned uses;          /* bridges; the worker's thread alone counts */
	struct config_shared *shared;
	const struct config *config;     /* in shared */
	struct tls_context *model_tls;   /* NULL for ws:// */
	struct tls_context *keys_tls;    /* for a key set's URL; the worker may
					    take it */
	struct tls_context *serving_tls; /* NULL: plain HTTP */
	struct prompt apology;
	struct prompt
		*route_apology; /* of failure.by_number; empty: as above */
	struct prompt farewell; /* when the gateway goes down */
	struct agent_book *book;
	struct openai_profile *profile; /* of the book's agents */
	struct audiocodes_settings audiocodes;
	struct time_zone *zone; /* of budgets.timezone */
};

/* settings_open: of a book of agents and its configuration, which is kept.
 *
 * certificates  to serve with, or NULL; not kept
 * why  on failure: what was wrong, in words
 * Returns 0 and *out; or a negative errno with nothing left behind. */
int settings_open(struct settings **out, struct agent_book *book,
		  const struct certificates *certificates, char *why,
		  size_t cap);

/* settings_count: where their sessions are counted. */
void settings_count(struct settings *s, struct openai_figures *figures);

/* settings_free: nobody uses them any more. NULL is fine. */
void settings_free(struct settings *s);

#endif
