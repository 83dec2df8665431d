/* What an answer of the text model is billed, by its "usage", of the request's
 * shape:
 *
 *   Responses         input_tokens, output_tokens,
 *                     input_tokens_details.cached_tokens
 *   Chat Completions  prompt_tokens, completion_tokens,
 *                     prompt_tokens_details.cached_tokens
 *
 * Input counts what was cached, output what was thought and not said.
 *
 * Source: OpenAI API reference, "Responses" and "Chat Completions", the object
 * "usage". */
#ifndef GATEWAY_AGENTS_SUPERVISOR_USAGE_H
#define GATEWAY_AGENTS_SUPERVISOR_USAGE_H

#include <jansson.h>
#include <stdbool.h>

struct price_usage;

#define SUPERVISOR_TOKENS_MAX 100000000 /* of one answer; more is a lie */

/* supervisor_usage_read: from a whole answer, or what else came; NULL: nothing.
 *
 * A count that is missing, no whole number, negative or more than
 * SUPERVISOR_TOKENS_MAX, and more that was cached than there was, is not
 * believed: u->unsplit is 1, so that the cost is unknown, and never too little;
 * the other counts stay. Without cached_tokens none were. */
void supervisor_usage_read(struct price_usage *u, const json_t *answer,
			   bool is_chat);

#endif
