/* What is said to a text model and what it says, in either shape. Pure.
 *
 * Sent is only what both the service and compatible servers document; taken is
 * whatever carries an answer or calls of functions.
 *
 * Source: OpenAI API reference, "Responses" (create, items) and "Chat
 * Completions" (create). */
#ifndef GATEWAY_AGENTS_SUPERVISOR_TALK_H
#define GATEWAY_AGENTS_SUPERVISOR_TALK_H

#include <jansson.h>
#include <stdbool.h>
#include <stddef.h>

#include "gateway/records/price.h"

struct config_agent_supervisor;
struct tool;

/* Limits. */
#define SUPERVISOR_CALLS_MAX 8    /* functions at once; more is an error */
#define SUPERVISOR_TEXT_MAX  4096 /* bytes of an answer; the rest is cut */
#define SUPERVISOR_WHY_MAX   256  /* with NUL */
#define SUPERVISOR_ID_MAX    128  /* of a call, with NUL */
#define SUPERVISOR_NAME_MAX  128  /* likewise */

/* --- To it --- */

/* supervisor_talk_begin: the first request; an object, the caller's, or NULL
 * without memory.
 *
 * tools  count that it may call */
json_t *supervisor_talk_begin(const struct config_agent_supervisor *c,
			      const char *question,
			      const struct tool *const *tools, size_t count);

/* supervisor_talk_output: what a function of call_id, which was in the calls
 * added last, answered. supervisor_talk_end: no more functions: it must answer
 * now. Return 0 or -ENOMEM. */
int supervisor_talk_output(json_t *request, const char *call_id,
			   const char *output);
int supervisor_talk_end(json_t *request);

/* --- From it --- */

enum supervisor_said {
	SUPERVISOR_ANSWERS, /* text */
	SUPERVISOR_CALLS,   /* call[0..count) */
	SUPERVISOR_FAILS    /* why, in words */
};

struct supervisor_call {
	char id[SUPERVISOR_ID_MAX];
	char name[SUPERVISOR_NAME_MAX];
	const char *arguments; /* JSON text, of document */
};

struct supervisor_answer {
	enum supervisor_said said;
	char text[SUPERVISOR_TEXT_MAX + 1];
	unsigned count;
	struct supervisor_call call[SUPERVISOR_CALLS_MAX];
	char why[SUPERVISOR_WHY_MAX];
	struct price_usage usage; /* supervisor_usage.h; whatever it said */
	json_t *document;         /* what was read, or NULL */
};

/* supervisor_talk_read: the body of an answer with status 2xx to request, whose
 * shape it has; len bytes, anything. When it calls functions, its calls become
 * part of request. supervisor_answer_free: once nothing of it is needed. */
void supervisor_talk_read(struct supervisor_answer *a, json_t *request,
			  const char *body, size_t len);
void supervisor_answer_free(struct supervisor_answer *a);

/* supervisor_talk_code: the code or type of an error in a body, for the log: a
 * word of the server's, none of the conversation; "" when there is none. */
void supervisor_talk_code(const char *body, size_t len, char *out, size_t cap);

#endif
