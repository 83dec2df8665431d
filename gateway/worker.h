/* A worker: one thread, one loop, one listener, and the calls that were born on
 * it. Several run side by side (exchange.h); on the media path they share
 * nothing, and nothing changes but by the thread it belongs to. */
#ifndef GATEWAY_WORKER_H
#define GATEWAY_WORKER_H

#include <stdatomic.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <uv.h>

#include "gateway/agents/agent_call.h"
#include "gateway/call/audio_queue.h"
#include "gateway/carriers/audiocodes_desk.h"
#include "gateway/carriers/audiocodes_socket.h"
#include "gateway/carriers/twilio_desk.h"
#include "gateway/drain.h"
#include "gateway/inbox.h"
#include "gateway/models/openai_session.h"
#include "gateway/net/metronome.h"
#include "gateway/net/net_loop.h"
#include "gateway/ops/lines.h"
#include "gateway/ops/log.h"
#include "gateway/standby.h"
#include "gateway/worker_figures.h"

struct bridge;
struct config;
struct exchange;
struct http_server;
struct settings;
struct tls_context;

struct worker {
	struct exchange *exchange; /* what all share */
	unsigned index;            /* among them */
	uv_loop_t own_loop;
	uv_loop_t *loop;
	uv_thread_t thread;
	struct inbox inbox;
	atomic_uint load;       /* requests, calls, sockets that wait for one */
	atomic_uint order;      /* enum drain_stage: how far it is to go down */
	enum drain_stage stage; /* how far it has */
	atomic_bool asked;      /* for a sign of life and a census */
	atomic_ullong answered_ns; /* the last sign; 0: it runs no more */
	/* What a reload has handed over, and was not taken yet. */
	_Atomic(struct settings *) incoming;
	struct settings *settings;   /* of new calls; older ones behind it */
	struct settings *standby_of; /* of the sessions that stand ready */
	const struct config *config; /* of settings */
	struct log log;
	struct http_server *server;
	struct net_loop net;
	struct metronome metronome;
	struct audio_pool pool;
	struct standby standby;   /* sessions for the next calls */
	struct agent_world world; /* of the agents of its calls */
	struct twilio_desk desk;
	struct audiocodes_desk audiocodes_desk;
	struct audiocodes_keys *audiocodes_keys; /* NULL without OAuth */
	struct audiocodes_host audiocodes_host;
	struct tls_context *keys_tls; /* for a key set's URL */
	struct bridge *bridges;
	struct bridge *unsent; /* those with something that has not left yet */
	atomic_uint running;   /* bridges alive; other threads may look */
	unsigned unseated;     /* AudioCodes sockets without a call */
	unsigned places;       /* taken, of limits.calls_per_worker */
	/* Bridges that run without a seat of their own: replaced, they end. */
	unsigned replaced;
	bool is_closing; /* the server, too: nothing is left */
	struct worker_figures figures;
};

/* worker_open: be ready for calls, before its thread runs.
 *
 * settings   the worker's from here on, also on failure
 * listening  a descriptor that listens; the worker's from here on, also on
 *            failure
 * why        on failure: what was wrong, in words
 * Returns 0 or a negative errno; then worker_free need not be called. */
int worker_open(struct worker *w, struct exchange *exchange, unsigned index,
		struct settings *settings, int listening, char *why,
		size_t cap);

/* worker_run: on its thread, until it has stopped. */
void worker_run(struct worker *w);

/* --- From any thread --- */

/* worker_order: go down as far as stage (drain.h), through all those before it;
 * never back. When nothing is left worker_run returns. */
void worker_order(struct worker *w, enum drain_stage stage);

/* worker_renew: new calls begin with these, the worker's from here on. */
void worker_renew(struct worker *w, struct settings *settings);

/* worker_ask: from any thread: take a census (worker_figures.h), and tell that
 * the loop turns. worker_answered_ns: when it last did; 0: its thread has
 * ended.
 */
void worker_ask(struct worker *w);
uint64_t worker_answered_ns(const struct worker *w);

/* worker_free: after worker_run. */
void worker_free(struct worker *w);

/* worker_load: from any thread: how much it has to do, in calls and what may
 * become one. */
unsigned worker_load(struct worker *w);

/* --- On its thread --- */

/* worker_take_line: a line for one more call; see lines_take.
 * worker_take_place: one of limits.calls_per_worker. worker_admit: both.
 * worker_give_line, worker_leave: back: a line alone, or both. A bridge has
 * both, or neither, until worker_bridge_gone. */
enum lines_refusal worker_take_line(struct worker *w, const char *number,
				    const char *source,
				    struct lines_seat *seat);
enum lines_refusal worker_take_place(struct worker *w);
enum lines_refusal worker_admit(struct worker *w, const char *number,
				const char *source, struct lines_seat *seat);
void worker_give_line(struct worker *w, struct lines_seat *seat);
void worker_leave(struct worker *w, struct lines_seat *seat);

/* worker_tell_load: connections, calls or sockets are more or fewer now. */
void worker_tell_load(struct worker *w);

/* worker_admits: calls may begin or go on on a new line, as far as there is
 * room.
 * worker_takes_new: and calls nobody knows of yet. */
bool worker_admits(const struct worker *w);
bool worker_takes_new(const struct worker *w);

/* worker_standby_suits: the sessions that stand ready are such as calls with
 * these settings want. */
bool worker_standby_suits(const struct worker *w, const struct settings *s);

/* One of its bridges, with its seat, or a socket without one is gone. */
void worker_bridge_gone(struct worker *w, struct lines_seat *seat);
void worker_socket_gone(struct worker *w);

#endif
