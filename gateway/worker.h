/* A worker: one loop, one listener, and the calls that were born on it. Several
 * can run side by side; they share nothing but the configuration. */
#ifndef GATEWAY_WORKER_H
#define GATEWAY_WORKER_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <uv.h>

#include "gateway/agents/agent.h"
#include "gateway/agents/prompt.h"
#include "gateway/call/audio_queue.h"
#include "gateway/carriers/audiocodes_desk.h"
#include "gateway/carriers/audiocodes_settings.h"
#include "gateway/carriers/audiocodes_socket.h"
#include "gateway/carriers/twilio_desk.h"
#include "gateway/models/openai_pool.h"
#include "gateway/models/openai_session.h"
#include "gateway/net/metronome.h"
#include "gateway/ops/histogram.h"
#include "gateway/ops/log.h"

struct bridge;
struct config;
struct http_server;
struct tls_context;

/* What the worker measures, always. */
struct worker_figures {
	uint64_t calls;                   /* streams that began */
	uint64_t failed;                  /* of them, without a model */
	struct histogram caller_to_model; /* frame read -> append written */
	struct histogram model_to_caller; /* delta read -> media written */
	struct histogram
		interruption; /* speech_started read -> clear written */
};

struct worker {
	uv_loop_t *loop;
	const struct config *config;
	struct log log;
	struct http_server *server;
	struct tls_context *model_tls; /* NULL for ws:// */
	struct metronome metronome;
	struct audio_pool pool;
	struct prompt apology;
	struct agent agent;
	struct openai_profile profile;
	struct openai_pool standby; /* sessions for the next calls */
	struct twilio_desk desk;
	struct audiocodes_desk audiocodes_desk;
	struct audiocodes_keys *audiocodes_keys; /* NULL without OAuth */
	struct audiocodes_settings audiocodes;
	struct audiocodes_host audiocodes_host;
	char fallback[CALL_TARGET_MAX]; /* who takes failed calls; "": none */
	struct tls_context *keys_tls;   /* for a key set's URL */
	struct bridge *bridges;
	unsigned running; /* bridges alive */
	bool is_stopping;
	bool is_closing; /* the server, too */
	void (*on_stopped)(void *owner);
	void *owner;
	struct worker_figures figures;
};

/* worker_open: listen and be ready for calls.
 *
 * why  on failure: what was wrong, in words
 * Returns 0 or a negative errno; then worker_close need not be called. */
int worker_open(struct worker *w, uv_loop_t *loop, const struct config *config,
		const struct log *log, char *why, size_t cap);

unsigned worker_port(const struct worker *w);

/* worker_stop: accept no more, end the calls that run; on_stopped when the last
 * is gone. A second call cuts them. */
void worker_stop(struct worker *w, void (*on_stopped)(void *owner),
		 void *owner);

/* worker_free: after on_stopped. */
void worker_free(struct worker *w);

/* worker_is_full: no room for another call. */
bool worker_is_full(const struct worker *w);

/* One of its bridges, or sockets without one, is gone. */
void worker_bridge_gone(struct worker *w);
void worker_socket_gone(struct worker *w);

#endif
