/* A function that a model has called, from its arguments to its answer.
 *
 * A kind that works (a webhook, a search, a form) implements struct tool_kind.
 * tool_run_answer, tool_run_fail or tool_run_ask is called exactly once for
 * each run, from inside begin or at any later time on the call's loop; the run
 * is gone afterwards. The model is asked to go on once all functions of its
 * response have answered; the caller may speak meanwhile.
 *
 * Bounded: TOOL_RUNS_MAX under way in a call; one more is answered with an
 * error. */
#ifndef GATEWAY_AGENTS_TOOL_RUN_H
#define GATEWAY_AGENTS_TOOL_RUN_H

#include <jansson.h>
#include <stdbool.h>
#include <stdint.h>

#include "gateway/agents/agent_call.h"
#include "gateway/call/call_request.h"

#define TOOL_RUNS_MAX   16
#define TOOL_ANSWER_MAX 32768 /* bytes; more is an error that says how many */
#define TOOL_ID_MAX     128   /* the model's call_id, with NUL */

struct tool_kind;
struct tool; /* tools.h */

/* json lives for this call. */
typedef void tool_run_done_fn(void *owner, const char *json);

struct tool_run {
	struct agent_call *agent_call; /* NULL: nobody waits any more */
	const struct agent *agent;     /* whose function it is */
	const struct tool *tool;
	const struct tool_kind *kind;
	char call_id[TOOL_ID_MAX];
	json_t *arguments; /* an object that fits the tool's schema */
	uint64_t begun_ns;
	uint64_t due_ns; /* whoever waits does so no longer; 0: it is up to the
			    kind */
	void *work;      /* the kind's own */
	struct tool_run *next;
	tool_run_done_fn *on_done; /* who is answered; NULL: the model */
	void *owner;
};

struct tool_kind {
	/* Begin; it may end from inside. */
	void (*begin)(struct tool_run *r);
	/* The call is over. Give up: free work, call nothing; the run goes
	 * afterwards. NULL: it goes on (what has to be saved), with
	 * agent_call, agent and tool NULL; whatever it answers is dropped. */
	void (*cancel)(struct tool_run *r);
};

/* tool_run_answer: json is what the model is told, text of one JSON value.
 * tool_run_fail: {"error": "…"}, in words that the model can act on.
 * tool_run_ask: the call does it itself, and answers; see call_request.h. q and
 * its data are copied. */
void tool_run_answer(struct tool_run *r, const char *json);
void tool_run_fail(struct tool_run *r, const char *format, ...)
	__attribute__((format(printf, 2, 3)));
void tool_run_ask(struct tool_run *r, const struct call_request *q);

/* tool_run_start: run a function of an agent's that has a kind, for somebody
 * else than the model of the call. on_done comes once, perhaps from inside, and
 * not after the call's end; what only the call itself can do (tool_run_ask) is
 * an error to it. arguments are the run's from here on. due_ns: as above.
 * Returns false, and has told nobody, when too many run or without memory. */
bool tool_run_start(struct agent_call *a, const struct agent *agent,
		    const struct tool *tool, json_t *arguments, uint64_t due_ns,
		    tool_run_done_fn *on_done, void *owner);

/* --- For agent_call.c --- */

/* tool_run_begin: arguments are the run's from here on. Says in *t what became
 * of it. tool_run_leave_all: the call is over. */
void tool_run_begin(struct agent_call *a, const struct tool *tool,
		    const char *call_id, json_t *arguments,
		    struct call_tool *t);
void tool_run_leave_all(struct agent_call *a);

#endif
