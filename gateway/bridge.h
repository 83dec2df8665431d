/* One call on one worker: its phone leg, its model session and the call core
 * between them. Owns all three; lives from the carrier's connection until
 * nothing of either side is left. */
#ifndef GATEWAY_BRIDGE_H
#define GATEWAY_BRIDGE_H

#include <stdbool.h>
#include <stdint.h>

#include "gateway/agents/agent_call.h"
#include "gateway/call/call.h"
#include "gateway/carriers/audiocodes_leg.h"
#include "gateway/carriers/audiocodes_socket.h"
#include "gateway/carriers/leg.h"
#include "gateway/carriers/twilio_leg.h"
#include "gateway/models/openai_session.h"
#include "gateway/net/metronome.h"
#include "gateway/net/prefetch.h"
#include "gateway/worker_figures.h"

struct agent;
struct call_webhook;
struct config;
struct config_agent;
struct config_route;
struct form;
struct http_connection;
struct fetch;
struct price_usage;
struct realtime_usage;
struct settings;
struct twilio_context;
struct twilio_event;
struct twilio_party;
struct twilio_request;
struct twilio_ticket;
struct worker;

/* A Twilio call: which stream of which call this is. */
struct bridge_twilio {
	struct twilio_leg leg;
	char account_sid[TWILIO_SID_LEN];
	char *base;         /* our URL, up to the path; or NULL: not known */
	char *opening;      /* of one who is back; or NULL */
	struct fetch *rest; /* under way */
	char call_sid[TWILIO_SID_LEN];
	char number[LINES_NAME_MAX]; /* dialled */
	char source[LINES_NAME_MAX]; /* the caller's */
	unsigned stream;
};

/* An AudioCodes call: who may resume it. */
struct bridge_audiocodes {
	struct audiocodes_leg leg;
	char bot[AUDIOCODES_BOT_MAX];
	char fallback[CALL_TARGET_MAX]; /* who takes it if it fails; "": none */
	struct audiocodes_principal principal;
	bool is_undecided; /* who answers; the model is not connected yet */
	struct call_webhook *webhook; /* that is asked who; or NULL */
	int entry;                    /* in the registry */
};

/* What every message touches comes first. */
struct bridge {
	struct worker *worker;
	struct settings *settings;        /* that it began with */
	struct settings *model;           /* whose profile its session has */
	const struct agent *agent;        /* who answers; of the settings */
	const struct config_route *route; /* that led there; NULL: none */
	struct keypad *keypad;            /* owned; NULL: the agent's */
	struct leg *leg;                  /* one of those below */
	struct openai_session *session;   /* owned */
	enum worker_carrier carrier;
	bool has_call; /* call and session are valid */
	bool is_stopping;
	bool is_unsent;

	/* What had been written when the last message was handled. */
	uint64_t appends;
	uint64_t media;
	uint64_t clears;

	/* What has not left yet, by figure: when it came; 0: nothing. */
	uint64_t unsent_ns[WORKER_DELAYS];
	struct bridge *next_unsent; /* of the worker's list */

	struct lines_seat seat;
	/* What has been counted of it; bridge_figures.c. */
	enum call_state counted_state; /* CALL_OVER: in none */
	uint64_t counted_late;
	uint64_t counted_dropped;
	uint64_t counted_cut_ms;

	/* What it has cost; bridge_cost.c. */
	const struct config_agent *session_of; /* who opened its session */
	uint64_t cost;                         /* gateway/records/money.h */
	bool is_cost_hidden;                   /* not all of it is known */

	struct metronome_member clock;
	struct prefetch ahead; /* of a tick */
	struct bridge *next;   /* the worker's list */
	struct bridge **link;
	uint64_t opened_ns;

	struct call call;
	struct agent_call agent_call; /* who answers it, and with what */
	union {
		struct bridge_twilio twilio;
		struct bridge_audiocodes audiocodes;
	};
	struct log log;
};

/* --- For the files that know a carrier --- */

/* bridge_new: an idle bridge, with a log that names the call. NULL without
 * memory. bridge_free: of one that is not enlisted. */
struct bridge *bridge_new(struct worker *w, const char *call);
void bridge_free(struct bridge *b);

/* bridge_enlist: b->leg is open: from now on the bridge runs, and ends by
 * itself. */
void bridge_enlist(struct bridge *b);

/* bridge_settings: what the configuration says of every call, and of those to
 * this number or bot. The keypad's menu is set when the call's model is known.
 */
void bridge_settings(const struct bridge *b, const char *number,
		     struct call_settings *s);

/* bridge_route: who answers was decided: the agent's name, or NULL or one that
 * is not there: the default one. Before bridge_settings, or before bridge_join.
 */
void bridge_route(struct bridge *b, const char *agent,
		  const struct config_route *route);

/* bridge_begin: the carrier's stream has begun: the call, and its model.
 * bridge_begin_alone: the call; its model waits for bridge_join, with what is
 * then known to be the call's settings. */
void bridge_begin(struct bridge *b, const struct call_settings *s,
		  const struct call_carrier_port *carrier);
void bridge_begin_alone(struct bridge *b, const struct call_settings *s,
			const struct call_carrier_port *carrier);
void bridge_join(struct bridge *b, const struct call_settings *s);

/* bridge_twilio_keep: its stream is over and another may follow: it takes along
 * what is in a twilio_context.
 * bridge_twilio_take: a stream starts: what an earlier one of its call has left
 * (or NULL), whose agent answers again. Before bridge_settings.
 * bridge_twilio_recall: behind bridge_begin: the rest of it, which is dropped;
 * and from now on what is said is kept for the next one. */
void bridge_twilio_keep(struct bridge *b);
struct twilio_context *bridge_twilio_take(struct bridge *b,
					  const struct twilio_event *start);
void bridge_twilio_recall(struct bridge *b, struct twilio_context *before);

/* bridge_twilio_decide: the agent and the route of a call that is announced.
 * bridge_audiocodes_decide: bridge_route by what is known: before the start, or
 * (has_begun) with it. Returns false when that does not decide it yet. */
void bridge_twilio_decide(struct worker *w, const struct form *form,
			  struct twilio_party *p);
bool bridge_audiocodes_decide(struct bridge *b, bool has_begun);

/* bridge_await: something was written because of what came at read_ns; once it
 * has left, the delay is noted. bridge_all_sent: it has, that of all bridges.
 * bridge_forget_delays: the bridge goes. */
void bridge_await(struct bridge *b, enum worker_delay delay, uint64_t read_ns);
void bridge_all_sent(struct worker *w);
void bridge_forget_delays(struct bridge *b);

/* bridge_foresee: what it will touch, for the prefetching of both connections
 * and of the clock: both sides are there. */
void bridge_foresee(struct bridge *b);
/* The worker's figures: the state a call is in (CALL_OVER: none), what it
 * notes, how it ended; and a look at all calls. */
void bridge_count_state(struct bridge *b, enum call_state state);
void bridge_count_note(struct bridge *b, enum call_note note, uint64_t number);
void bridge_count_end(struct bridge *b);
void bridge_census(struct worker *w);

/* bridge_charge: an answer, or (is_heard) a transcript is billed: counted, and
 * held against the budgets, which may end the call. bridge_charge_text: the
 * same for what the supervisor of an agent was answered.
 * bridge_log_cost: cost="0.012346" currency=USD, or cost=unknown. */
void bridge_charge(struct bridge *b, const struct realtime_usage *u,
		   bool is_heard, uint64_t now_ns);
void bridge_charge_text(struct bridge *b, const struct agent *of,
			const char *model, const struct price_usage *usage,
			uint64_t now_ns);
void bridge_log_cost(struct log_line *l, const struct bridge *b);
/* bridge_dress: what is known of the call has changed: its model is told what
 * its agent's texts make of it. */
void bridge_dress(struct bridge *b);

/* bridge_leg_handled: the leg has taken a message, which came at read_ns. */
void bridge_leg_handled(struct bridge *b, uint64_t read_ns);

/* bridge_summarize: one line for the log. stream: how it ended, in a word. */
void bridge_summarize(struct bridge *b, const char *stream);

/* --- For the worker and its routes --- */

/* bridge_twilio_open: grant the upgrade and begin; the ticket's seat is the
 * bridge's. Returns NULL (and answers 503) when there is no memory: then the
 * seat is still the caller's. */
struct bridge *bridge_twilio_open(struct worker *w, struct http_connection *c,
				  const char *accept,
				  const struct twilio_request *r,
				  const struct twilio_ticket *ticket);

/* bridge_twilio_release: what only a Twilio call holds. */
void bridge_twilio_release(struct bridge *b);

/* bridge_audiocodes_host: what the worker's sockets from AudioCodes are told.
 */
void bridge_audiocodes_host(struct worker *w, struct audiocodes_host *host);

/* bridge_audiocodes_settings: what the configuration, which must outlive it,
 * says of them. */
void bridge_audiocodes_settings(const struct config *c,
				struct audiocodes_settings *s);

/* bridge_audiocodes_arrive: a socket has come from another worker.
 * refusal: as audiocodes_socket_arrive takes it. */
void bridge_audiocodes_arrive(struct worker *w, struct audiocodes_socket *s,
			      const char *refusal);

/* The gateway goes down.
 *
 * bridge_seclude: nobody can come back to a call any more that loses its line.
 * bridge_dismiss: the caller hears the farewell, then the call ends as failure.
 *                 then says; one that has not begun ends.
 * bridge_stop: end the call now. */
void bridge_seclude(struct bridge *b);
void bridge_dismiss(struct bridge *b);
void bridge_stop(struct bridge *b);

/* bridge_abort: cut both sockets, for a second signal. */
void bridge_abort(struct bridge *b);

#endif
