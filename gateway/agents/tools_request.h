/* What a call of a function that has no kind asks of its call, by its
 * arguments; and what is wrong with arguments, in words the model can act on.
 * Behind tools.h; nobody else includes this. */
#ifndef GATEWAY_AGENTS_TOOLS_REQUEST_H
#define GATEWAY_AGENTS_TOOLS_REQUEST_H

#include "gateway/agents/tools.h"

#define TOOLS_QUOTE_MAX 64 /* bytes of the model's own words in an error */

/* Where an error goes: {"error":"…"}; cap at least TOOLS_ERROR_MIN. */
struct complaint {
	char *text;
	size_t cap;
};

/* tools_complain: a sentence of at most 319 bytes. Returns -EINVAL. */
int tools_complain(const struct complaint *to, const char *format, ...)
	__attribute__((format(printf, 2, 3)));

/* tools_request_read: arguments an object; of CALL_REQUEST_END anything. r is
 * zeroed but for its kind. Returns 0; or -EINVAL and has complained. */
int tools_request_read(const struct tools *t, const json_t *arguments,
		       struct call_request *r, const struct complaint *to);

#endif
