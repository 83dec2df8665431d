/* The exchange: the workers, their threads, and the little they share, none of
 * it on the media path:
 *
 *   lines     room for calls: of all, of a
 *             number, of a caller ............... a lock, one look-up
 *   tickets   Twilio's: webhook, socket and what
 *             follows arrive anywhere ........... a lock, one pass
 *   contexts  what a Twilio call takes along
 *             to its next stream ................ a lock, one pass
 *   whispers  what those are told who answer a
 *             transfer .......................... a lock, one pass
 *   outbound  calls that were placed with
 *             Twilio ............................ a lock, one pass
 *   events    what happens in calls, for
 *             whoever watches ................... a lock, one copy
 *   tallies   of calls and hand-offs by agent,
 *             of functions by outcome ........... a lock, one look-up
 *   siblings  tickets and placed calls of other
 *             instances ......................... a datagram socket, an atomic
 *             for who is there
 *   registry  who holds which conversation with
 *             AudioCodes ........................ a lock, one pass
 *   waiting   AudioCodes sockets by address ..... a lock, one pass
 *   gate      connections without a call, in all
 *             and by address .................... a lock, one look
 *   ledger    what calls have cost, by agent and
 *             model, today and by number ........ a lock, one look an answer
 *   upstream  whether the model's server can be
 *             reached ........................... atomics
 *   figures   what each worker counts ........... a writer each (ops/metrics.h)
 *   levels    of the log ........................ atomics
 *   asked, answered: signs of life .............. atomics
 *   inboxes   connections and sockets that move
 *             to another worker ................. a lock, one item
 *   orders    how far a worker is to go down .... atomics
 *   settings  what a reload hands to a worker ... an atomic pointer, taken once
 *   config    what they were made of ............ read only, an atomic count
 *             of who uses it
 *   book      the agents, and what their files
 *             hold ............................. read only, an atomic count
 *   knowledge what agents know out of files,
 *             and who looks whether they change . a lock, one look at a list;
 *                                                 an index is read only, an
 *                                                 atomic count of who uses it
 *   stage     whether the gateway goes down ..... an atomic
 *   forms     where they remain (SQLite) ........ a lock, off the loops
 *   fetcher   requests of our own, made by a
 *             thread for all (net/fetch.h) ...... a lock, one item
 *
 * Everything else belongs to one worker. The control thread owns the exchange:
 * it opens all workers before any thread runs, stops and joins them. */
#ifndef GATEWAY_EXCHANGE_H
#define GATEWAY_EXCHANGE_H

#include <stdatomic.h>
#include <stdbool.h>
#include <stddef.h>
#include <uv.h>

#include "gateway/carriers/audiocodes_registry.h"
#include "gateway/carriers/audiocodes_waiting.h"
#include "gateway/carriers/twilio_contexts.h"
#include "gateway/carriers/twilio_outbound.h"
#include "gateway/carriers/twilio_tickets.h"
#include "gateway/carriers/twilio_whispers.h"
#include "gateway/drain.h"
#include "gateway/live_events.h"
#include "gateway/models/openai_figures.h"
#include "gateway/ops/config.h"
#include "gateway/ops/lines.h"
#include "gateway/ops/log.h"
#include "gateway/records/ledger.h"
#include "gateway/ops/tally.h"
#include "gateway/siblings.h"
#include "gateway/spending.h"
#include "protocols/ip_address.h"

struct agent_book;
struct config_shared;
struct fetcher;
struct form_store;
struct gate;
struct knowledge_library;
struct worker;
struct worker_figures;

/* Sockets that listen already, from whoever started the program; count 0: none,
 * the configuration says where to listen. Not kept. */
struct exchange_sockets {
	const int *fd;
	unsigned count;
};

struct exchange {
	uv_loop_t *control;
	struct config_shared *config; /* of the calls that begin now */
	struct agent_book *book;      /* likewise */
	struct knowledge_library *knowledge;
	struct log log;
	bool hands_over;   /* somebody else has the port, too */
	bool is_inherited; /* as the same socket */
	atomic_uint stage; /* enum drain_stage */
	struct lines lines;
	struct twilio_tickets tickets;
	struct twilio_contexts contexts;
	struct twilio_whispers whispers;
	struct twilio_outbound outbound;
	struct siblings siblings;  /* who else has the port */
	struct live_events events; /* what happens in calls */
	struct tally answered;     /* calls, by their first agent */
	struct tally hand_offs;    /* by the agent that took over */
	struct tally functions;    /* that were called, by outcome */
	struct audiocodes_registry registry;
	struct audiocodes_waiting waiting;
	struct ledger ledger;
	struct spending spending; /* of the control thread alone */
	struct gate *gate;
	struct fetcher *fetcher;
	struct form_store *forms; /* NULL: store.path is "" */
	unsigned proxy_count;
	struct ip_block proxies[CONFIG_PROXIES_MAX];
	struct openai_upstream upstream;
	atomic_llong certificate_s; /* Unix time when the first of ours ends; 0:
				       there is none */

	struct worker *worker[CONFIG_WORKERS_MAX];
	unsigned count;
	unsigned threads; /* of them running */
	unsigned port;
	atomic_uint alive; /* workers that have not ended */
	uv_async_t ended;  /* one has */
	void (*on_stopped)(void *owner);
	void *owner;
};

/* exchange_workers: how many the configuration, or this machine, wants. */
unsigned exchange_workers(const struct config *c);

/* exchange_open: listen and be ready for calls; nothing runs yet.
 *
 * config   copied
 * sockets  NULL: none
 * why      on failure: what was wrong, in words
 * Returns 0; or a negative errno, with nothing left behind. */
int exchange_open(struct exchange *e, uv_loop_t *control,
		  const struct config *config,
		  const struct exchange_sockets *sockets, const struct log *log,
		  char *why, size_t cap);

/* exchange_start: the workers' threads. on_stopped comes once, on the control
 * loop, when the last has ended and is joined.
 * Returns 0; or a negative errno: then those that run are told to stop, and
 * on_stopped comes, perhaps
 * from inside. */
int exchange_start(struct exchange *e, void (*on_stopped)(void *owner),
		   void *owner);

/* exchange_order: go down as far as stage (drain.h). Never back. */
void exchange_order(struct exchange *e, enum drain_stage stage);

/* exchange_nudge: workers that go down look whether anything is left; now and
 * then, as what they wait for may be another's. */
void exchange_nudge(struct exchange *e);

/* exchange_reload: calls that begin from now on have this configuration; those
 * that run keep theirs. What needs a restart (config_restart.h) stays as it is.
 * Reads every file that it names.
 *
 * why  on failure: what was wrong, in words
 * Returns 0; or a negative errno, and nothing has changed. */
int exchange_reload(struct exchange *e, const struct config *config, char *why,
		    size_t cap);

/* exchange_calls: how many run. */
unsigned exchange_calls(const struct exchange *e);

/* exchange_is_draining: from any thread: it goes down, no new calls. */
bool exchange_is_draining(const struct exchange *e);

/* exchange_ask: have every worker take a census and give a sign of life, and
 * write down what was spent; from the control thread, about once a second.
 * exchange_answers: each has given one within EXCHANGE_ALIVE_MS, or has ended.
 */
#define EXCHANGE_ALIVE_MS 5000
void exchange_ask(struct exchange *e);
bool exchange_answers(const struct exchange *e, uint64_t now_ns);

/* exchange_free: after on_stopped, or instead of exchange_start. */
void exchange_free(struct exchange *e);

/* exchange_report: a line for the log: what the process holds. */
void exchange_report(const struct exchange *e);

/* exchange_figures: those of all workers together, from any thread; out is the
 * caller's alone. What is one moment's (census) is not in it. */
void exchange_figures(const struct exchange *e, struct worker_figures *out);

/* --- For the workers --- */

/* exchange_is_needed: calls run on some worker, or Twilio is about to ask what
 * follows one and nobody else would know. */
bool exchange_is_needed(struct exchange *e);

/* exchange_least: who has least to do. */
struct worker *exchange_least(const struct exchange *e);

#endif
