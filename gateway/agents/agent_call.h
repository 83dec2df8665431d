/* Who answers one call: the agent it has now, and the functions its model has
 * called and that are not done. One for each call, on its worker's thread. */
#ifndef GATEWAY_AGENTS_AGENT_CALL_H
#define GATEWAY_AGENTS_AGENT_CALL_H

#include <stddef.h>
#include <stdint.h>
#include <uv.h>

#include "gateway/call/call.h"
#include "gateway/ops/log.h"

struct agent;
struct agent_book;
struct config_route;
struct fetch_port;
struct form_state;
struct form_store;
struct key_run;
struct price_usage;
struct tool_run;
struct webhooks;
struct transcript;
struct tally;

#define AGENT_CALL_ID_MAX 128 /* bytes with NUL; more is cut */

/* What agents of one worker work with. Its members outlive every call. */
struct agent_world {
	uv_loop_t *loop;
	struct fetch_port *fetch;
	unsigned functions;        /* HTTP functions under way */
	struct tally *outcomes;    /* of functions, of the process; or NULL */
	struct webhooks *webhooks; /* webhook.h */
	struct form_store *forms;  /* of the process; NULL: none is kept */
	/* What happens in calls, for whoever watches: "form.saved", static, and
	 * its JSON, a line that is valid for the call it is told in. NULL:
	 * nobody does. */
	void (*on_event)(void *owner, const char *event, const char *json);
	void *event_owner;
	struct log log;
};

struct agent_call {
	char id[AGENT_CALL_ID_MAX]; /* the carrier's; "": not told */
	struct agent_world *world;
	const struct agent_book *book; /* of the call's configuration */
	const struct agent *agent;     /* who answers now */
	struct call *call;
	const struct config_route *route; /* of the call; set behind
					     agent_call_open; NULL: none */
	struct log log;                   /* names the call */
	struct tool_run *runs;            /* under way, oldest first */
	unsigned running;
	struct key_run *key_runs; /* of them, a key's; agent_keypad.h */
	struct form_state *forms; /* form.h */
	unsigned hand_offs;       /* so far */
	unsigned asking; /* requests to text models: each will cost something */
	/* Another agent has taken the call; its session is to be told. Set
	 * behind agent_call_open, or NULL. */
	void (*on_become)(void *owner, const struct agent *agent);
	/* A text model has answered, or may have, what an agent's supervisor
	 * asked: what that is billed. Likewise; also from agent_call_close. */
	void (*on_billed)(void *owner, const struct agent *of,
			  const char *model, const struct price_usage *usage);
	void *owner;

	/* Of the function that was called last: while its kind begins, and the
	 * text it ended with. */
	struct tool_run *beginning;
	struct call_tool *outcome;
	char *text; /* owned */

	struct transcript *transcript; /* NULL: nobody wants one */
	unsigned recalled;             /* its turns that were said before */
};

/* agent_call_open: before call_init; the port's owner is the agent_call. Its id
 * may be set before.
 * agent_call_close: the call is over: what still runs is told to stop, or goes
 * on without anybody who waits for it (tool_kind.cancel). Twice is fine. */
void agent_call_open(struct agent_call *a, struct agent_world *world,
		     const struct agent_book *book, const struct agent *agent,
		     struct call *call, const struct log *log);
void agent_call_close(struct agent_call *a);

/* agent_call_remember: what is said from now on is kept (transcript.h); so it
 * is from the beginning when one of the book's agents has a supervisor.
 * agent_call_transcript: what was said lately, as transcript_write has it; ""
 * when nothing is kept. Returns the length.
 * agent_call_recall: before the call begins to talk: this, as the other has it,
 * was said on an earlier line of the same call: its model is told. */
void agent_call_remember(struct agent_call *a);
size_t agent_call_transcript(const struct agent_call *a, char *out, size_t cap);
void agent_call_recall(struct agent_call *a, const char *transcript);

/* agent_call_become: another agent answers from now on. What the one before has
 * begun goes on, and answers. */
void agent_call_become(struct agent_call *a, const struct agent *agent);

/* agent_call_count: what became of a function that was called: answered; failed
 * (the model was told why); asked: the call does it itself; cancelled or left,
 * when the call ended first. */
void agent_call_count(const struct agent_call *a, const char *outcome);

/* What the model is told at the call's start: the variables that
 * agent.variables names, in that order, a line each; those the call does not
 * have, or that do not fit any more, are left out:
 *
 *     [call] Facts from the telephone network:
 *     caller: +33170000001 */
extern const struct call_agent_port agent_call_port;

#endif
