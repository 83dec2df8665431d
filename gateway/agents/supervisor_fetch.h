/* One request to the text model: where it goes, whose key goes with it, and
 * what it means when there is no answer. Behind supervisor.h. */
#ifndef GATEWAY_AGENTS_SUPERVISOR_FETCH_H
#define GATEWAY_AGENTS_SUPERVISOR_FETCH_H

#include <stdbool.h>

#include "gateway/agents/supervisor_talk.h"
#include "gateway/net/fetch.h"

struct tool_run;

/* supervisor_fetch: body to the supervisor of the run's agent, with its own
 * key, or model.key where that is at home. As fetch_start; at most
 * SUPERVISOR_BODY_MAX come back. */
struct fetch *supervisor_fetch(const struct tool_run *r, const char *body,
			       unsigned left_ms, fetch_done_fn *on_done,
			       void *owner);

/* supervisor_fetch_why: in words, of no answer, or one with a status that is
 * not 2xx. supervisor_fetch_may_have_begun: whether, in spite of the error, an
 * answer may have been made. */
void supervisor_fetch_why(char why[SUPERVISOR_WHY_MAX],
			  const struct fetch_answer *a);
bool supervisor_fetch_may_have_begun(int error);

#endif
