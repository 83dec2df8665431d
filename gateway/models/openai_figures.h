/* What a worker's sessions with the model's server come to: one for each
 * worker, counted on its thread, read by any; and, for all workers together,
 * whether the server can be reached at all. */
#ifndef GATEWAY_MODELS_OPENAI_FIGURES_H
#define GATEWAY_MODELS_OPENAI_FIGURES_H

#include <stdatomic.h>
#include <stdbool.h>
#include <stdint.h>

#include "gateway/models/openai_errors.h"
#include "gateway/ops/metrics.h"

struct realtime_usage;
struct ws_end;

/* How an attempt to open a session ended. */
enum openai_outcome {
	OPENAI_OUTCOME_OK,           /* configured, and confirmed */
	OPENAI_OUTCOME_UNAUTHORIZED, /* HTTP 401, 403 */
	OPENAI_OUTCOME_RATE_LIMITED, /* HTTP 429 */
	OPENAI_OUTCOME_UNAVAILABLE,  /* HTTP 5xx */
	OPENAI_OUTCOME_REFUSED,      /* any other answer than 101 */
	OPENAI_OUTCOME_CERTIFICATE,  /* not to be trusted */
	OPENAI_OUTCOME_TIMEOUT,      /* no answer in time */
	OPENAI_OUTCOME_NETWORK,      /* no connection, or lost again */
	OPENAI_OUTCOME_SESSION,      /* connected, and no session came of it */
	OPENAI_OUTCOMES
};

/* Tokens: of responses, as the server says. */
enum openai_tokens {
	OPENAI_INPUT_TEXT, /* without what was cached */
	OPENAI_INPUT_AUDIO,
	OPENAI_CACHED_TEXT,
	OPENAI_CACHED_AUDIO,
	OPENAI_OUTPUT_TEXT,
	OPENAI_OUTPUT_AUDIO,
	OPENAI_TOKENS
};

/* Of all workers; they share it, at every attempt to open a session. Zeroed:
 * nothing is known yet. */
struct openai_upstream {
	atomic_uint failures;    /* attempts that failed since one succeeded */
	atomic_ullong failed_ns; /* when the last did */
	atomic_bool was_reached; /* one has succeeded */
};

struct openai_figures {
	struct openai_upstream *upstream; /* or NULL */
	struct metric outcome[OPENAI_OUTCOMES];
	struct metric error[OPENAI_ERROR_CODES]; /* openai_error_of */
	struct metric tokens[OPENAI_TOKENS];
	struct metric answered; /* responses that were done */
};

/* All take f NULL, and then count nothing. */

/* openai_figures_opened: a session is good to use.
 * openai_figures_failed: an attempt came to nothing: how its connection ended,
 * or NULL when there was one and no session came of it. */
void openai_figures_opened(struct openai_figures *f);
void openai_figures_failed(struct openai_figures *f, const struct ws_end *end,
			   uint64_t now_ns);

/* openai_figures_error: the server reported one; code may be "". */
void openai_figures_error(struct openai_figures *f, const char *code);

/* openai_figures_response: one is done. */
void openai_figures_response(struct openai_figures *f,
			     const struct realtime_usage *usage);

const char *openai_outcome_name(enum openai_outcome outcome);

#endif
