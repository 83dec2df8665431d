/* What a model is told of an HTTP answer; the table is in http_function.h. */
#ifndef GATEWAY_AGENTS_HTTP_ANSWER_H
#define GATEWAY_AGENTS_HTTP_ANSWER_H

#include <stddef.h>

struct fetch_answer;
struct tool_run;

struct http_answer_limits {
	unsigned timeout_ms;
	size_t answer_max;
};

/* http_answer_tell: ends the run. */
void http_answer_tell(struct tool_run *r, const struct fetch_answer *a,
		      const struct http_answer_limits *limits);

#endif
