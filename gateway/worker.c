#include "gateway/worker.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/random.h>
#include <unistd.h>

#include "gateway/bridge.h"
#include "gateway/carriers/audiocodes_keys.h"
#include "gateway/exchange.h"
#include "gateway/net/http_server.h"
#include "gateway/ops/config.h"
#include "gateway/routes.h"
#include "protocols/tls.h"

#define POOL_SECONDS 60    /* of audio a call may hold on average … */
#define POOL_BYTES   48000 /* … a second, as PCM16 at 24 kHz */
/* Who has so much more to do than another hands a new connection over. */
#define WORKER_UNEVEN 2

/* --- What the desk asks --- */

static void random_bytes(void *owner, uint8_t *out, size_t n)
{
	(void)owner;
	if (getrandom(out, n, 0) != (ssize_t)n)
		abort(); /* a guessable ticket would be worse */
}

enum lines_refusal worker_take_line(struct worker *w, const char *number,
				    const char *source, struct lines_seat *seat)
{
	memset(seat, 0, sizeof(*seat));
	return w->is_stopping
		       ? LINES_STOPPING
		       : lines_take(&w->exchange->lines, number, source, seat);
}

static bool has_place(const struct worker *w)
{
	unsigned most = w->config->limits.calls_per_worker;

	return !most || w->places < most;
}

enum lines_refusal worker_take_place(struct worker *w)
{
	if (w->is_stopping)
		return LINES_STOPPING;
	if (!has_place(w))
		return LINES_PER_WORKER;
	w->places++;
	return LINES_FREE;
}

enum lines_refusal worker_admit(struct worker *w, const char *number,
				const char *source, struct lines_seat *seat)
{
	enum lines_refusal refusal = worker_take_line(w, number, source, seat);

	if (refusal != LINES_FREE)
		return refusal;
	refusal = worker_take_place(w);
	if (refusal != LINES_FREE)
		worker_give_line(w, seat);
	return refusal;
}

void worker_give_line(struct worker *w, struct lines_seat *seat)
{
	lines_give(&w->exchange->lines, seat);
}

void worker_leave(struct worker *w, struct lines_seat *seat)
{
	w->places -= seat->is_taken;
	worker_give_line(w, seat);
}

static enum lines_refusal take_line(void *owner, const char *number,
				    const char *source, struct lines_seat *seat)
{
	return worker_take_line(owner, number, source, seat);
}

static enum lines_refusal take_place(void *owner)
{
	return worker_take_place(owner);
}

static void give_line(void *owner, struct lines_seat *seat)
{
	worker_give_line(owner, seat);
}

/* A socket that comes back for its call is no new one. */
static enum lines_refusal admit_socket(void *owner, const char *bot,
				       const char *caller,
				       struct lines_seat *seat)
{
	struct worker *w = owner;
	enum lines_refusal refusal = worker_admit(w, bot, caller, seat);

	if (refusal != LINES_STOPPING &&
	    audiocodes_registry_awaits(&w->exchange->registry, uv_hrtime()))
		return LINES_FREE;
	return refusal;
}

static void leave(void *owner, struct lines_seat *seat)
{
	worker_leave(owner, seat);
}

/* --- Load, and what comes from other workers --- */

void worker_tell_load(struct worker *w)
{
	unsigned requests = w->server ? http_server_busy(w->server) : 0;

	atomic_store(&w->load, requests + w->running + w->unseated);
}

unsigned worker_load(struct worker *w)
{
	return atomic_load(&w->load) + inbox_pending(&w->inbox);
}

static void on_load(void *owner)
{
	worker_tell_load(owner);
}

/* The kernel spreads connections by chance: one that is unlucky goes to who has
 * least to do. */
static bool on_accepted(void *owner, int fd)
{
	struct worker *w = owner;
	struct worker *least = exchange_least(w->exchange);
	const struct inbox_item item = { .fd = fd };

	bool is_uneven = worker_load(w) >= worker_load(least) + WORKER_UNEVEN;

	return least != w && (is_uneven || !has_place(w)) &&
	       inbox_put(&least->inbox, &item) == 0;
}

static void obey(struct worker *w);

static void take_tls(struct worker *w)
{
	struct tls_context *tls = atomic_exchange(&w->renewed, NULL);

	if (tls && w->server)
		http_server_set_tls(w->server, tls);
	tls_context_free(tls);
}

static void answer(struct worker *w)
{
	if (!atomic_exchange(&w->asked, false))
		return;
	bridge_census(w);
	atomic_store(&w->answered_ns, uv_hrtime());
}

static void on_wake(void *owner)
{
	struct worker *w = owner;
	struct inbox_item item;

	take_tls(w);
	answer(w);
	/* Without the lock when there is nothing, as for a sign of life. */
	while (inbox_pending(&w->inbox) && inbox_take(&w->inbox, &item)) {
		if (item.socket)
			bridge_audiocodes_arrive(w, item.socket, NULL);
		else
			http_server_take(w->server, item.fd);
		worker_tell_load(w);
		inbox_done(&w->inbox);
	}
	if (w->obeyed > 1)
		audiocodes_socket_abort_all(&w->audiocodes_host);
	obey(w);
}

static void on_refused(void *owner, const char *peer, unsigned status,
		       const char *why)
{
	struct worker *w = owner;
	struct log_line l;

	metric_add(&w->figures.http_refused[worker_http_status(status)], 1);
	log_begin_in(&l, &w->log, status ? LOG_HTTP : LOG_TLS, LOG_WARN,
		     "http_refused");
	log_text(&l, "peer", peer);
	log_number(&l, "status", status);
	log_text(&l, "why", why);
	log_end(&l);
}

static const struct http_server_events http_events = {
	.on_request = routes_take,
	.on_accepted = on_accepted,
	.on_load = on_load,
	.on_refused = on_refused,
};

static void go_on_stopping(struct worker *w);

/* --- Start --- */

static int load_model_tls(struct worker *w, char *why, size_t cap)
{
	const struct config_model *m = &w->config->model;
	const char *error = NULL;

	if (strncmp(m->url, "wss://", 6) != 0)
		return 0;
	w->model_tls =
		tls_client_context(m->ca_file[0] ? m->ca_file : NULL, &error);
	if (w->model_tls)
		return 0;
	snprintf(why, cap, "model.ca_file: %s", error);
	return -EINVAL;
}

static int load_prompt(struct prompt *p, const char *path, const char *key,
		       char *why, size_t cap)
{
	int err = prompt_load(p, path);

	if (err)
		snprintf(why, cap, "%s: %s: %s", key, path, strerror(-err));
	return err;
}

static int load_prompts(struct worker *w, char *why, size_t cap)
{
	const struct config_failure *f = &w->config->failure;
	int err =
		load_prompt(&w->apology, f->prompt, "failure.prompt", why, cap);

	if (err || !f->by_number_count)
		return err;
	w->route_apology = calloc(f->by_number_count, sizeof(struct prompt));
	if (!w->route_apology) {
		snprintf(why, cap, "out of memory");
		return -ENOMEM;
	}
	for (unsigned i = 0; i < f->by_number_count && !err; i++)
		if (f->by_number[i].prompt[0])
			err = load_prompt(&w->route_apology[i],
					  f->by_number[i].prompt,
					  "failure.by_number.prompt", why, cap);
	return err;
}

static void free_prompts(struct worker *w)
{
	prompt_free(&w->apology);
	for (unsigned i = 0;
	     w->route_apology && i < w->config->failure.by_number_count; i++)
		prompt_free(&w->route_apology[i]);
	free(w->route_apology);
	w->route_apology = NULL;
}

/* --- AudioCodes --- */

static int load_keys(struct worker *w, char *why, size_t cap)
{
	const char *jwks = w->config->audiocodes.oauth.jwks;
	const char *error = NULL;
	char reason[256];

	if (!jwks[0])
		return 0;
	if (strncmp(jwks, "https://", 8) == 0 &&
	    !(w->keys_tls = tls_client_context(NULL, &error))) {
		snprintf(why, cap, "audiocodes.oauth.jwks: %s", error);
		return -EINVAL;
	}
	int err = audiocodes_keys_open(&w->audiocodes_keys, w->loop, jwks,
				       w->keys_tls, &w->log, NULL, reason,
				       sizeof(reason));
	if (err)
		snprintf(why, cap, "audiocodes.oauth.jwks: %s", reason);
	return err;
}

static void open_audiocodes(struct worker *w)
{
	bridge_audiocodes_settings(w->config, &w->audiocodes);
	bridge_audiocodes_host(w, &w->audiocodes_host);
	audiocodes_desk_init(&w->audiocodes_desk, w->config, w->audiocodes_keys,
			     &w->log);
	w->audiocodes_desk.waiting = &w->exchange->waiting;
	w->audiocodes_desk.admit = admit_socket;
	w->audiocodes_desk.leave = leave;
	w->audiocodes_desk.owner = w;
}

static void on_flushed(void *worker)
{
	bridge_all_sent(worker);
}

static void open_twilio(struct worker *w)
{
	twilio_desk_init(&w->desk, w->config, &w->exchange->tickets, &w->log);
	w->desk.random = random_bytes;
	w->desk.take_line = take_line;
	w->desk.take_place = take_place;
	w->desk.give_line = give_line;
	w->desk.owner = w;
}

static void release(struct worker *w)
{
	free_prompts(w);
	agent_free(&w->agent);
	openai_profile_wipe(&w->profile);
	tls_context_free(w->model_tls);
	tls_context_free(w->keys_tls);
	w->model_tls = w->keys_tls = NULL;
	audio_pool_free(&w->pool);
}

static void offer_tools(struct worker *w)
{
	for (size_t i = 0; i < w->agent.tools.count; i++) {
		const struct tool *t = &w->agent.tools.offered[i];
		openai_profile_offer(&w->profile, t->name, t->description,
				     t->parameters);
	}
}

static void on_standby_gone(void *owner)
{
	go_on_stopping(owner);
}

/* What may be missing or wrong. */
static int load(struct worker *w, char *why, size_t cap)
{
	int err = load_model_tls(w, why, cap);

	if (!err)
		err = load_prompts(w, why, cap);
	if (!err && (err = agent_init(&w->agent, w->config)))
		snprintf(why, cap, "out of memory");
	if (!err)
		err = load_keys(w, why, cap);
	return err;
}

static int open_server(struct worker *w, int listening, struct tls_context *tls)
{
	const struct config_limits *l = &w->config->limits;
	const struct http_server_limits limits = {
		.handshakes = l->handshakes,
		.head_timeout_ms = l->head_ms,
		.gate = w->exchange->gate,
		.proxies = w->exchange->proxies,
		.proxy_count = w->exchange->proxy_count,
	};

	return http_server_open_fd(&w->server, w->loop, listening, tls, &limits,
				   &http_events, w);
}

static int open_handles(struct worker *w, int listening,
			struct tls_context *tls, char *why, size_t cap)
{
	int err = net_loop_open(&w->net, w->loop);

	if (err) {
		close(listening);
		goto say_why;
	}
	metronome_init(&w->metronome, w->loop);
	err = open_server(w, listening, tls);
	if (err)
		goto close_clock;
	err = inbox_open(&w->inbox, w->loop, on_wake, w);
	if (err)
		goto close_server;
	return 0;
close_server:
	http_server_close(w->server, NULL);
close_clock:
	metronome_close(&w->metronome, NULL);
	net_loop_close(&w->net);
say_why:
	snprintf(why, cap, "cannot begin: %s", uv_strerror(err));
	return err;
}

/* Let what was begun call back for the last time. */
static void close_loop(struct worker *w)
{
	audiocodes_keys_close(w->audiocodes_keys);
	w->audiocodes_keys = NULL;
	uv_run(w->loop, UV_RUN_DEFAULT);
	if (uv_loop_close(w->loop))
		log_event(&w->log, LOG_ERROR, "loop_busy", NULL);
}

static void init(struct worker *w, struct exchange *e, unsigned index)
{
	char number[12];

	memset(w, 0, sizeof(*w));
	w->exchange = e;
	w->index = index;
	w->config = e->config;
	w->loop = &w->own_loop;
	snprintf(number, sizeof(number), "%u", index);
	log_child_of(&w->log, &e->log, LOG_WORKER, "worker", number);
	audio_pool_init(&w->pool, (size_t)w->config->limits.calls *
					  POOL_SECONDS * POOL_BYTES);
}

int worker_open(struct worker *w, struct exchange *exchange, unsigned index,
		int listening, struct tls_context *tls, char *why, size_t cap)
{
	init(w, exchange, index);
	int err = uv_loop_init(w->loop);
	if (err) {
		snprintf(why, cap, "cannot begin: %s", uv_strerror(err));
		close(listening);
		return err;
	}
	err = load(w, why, cap);
	if (err)
		close(listening);
	else
		err = open_handles(w, listening, tls, why, cap);
	if (err) {
		close_loop(w);
		release(w);
		return err;
	}
	openai_profile_init(&w->profile, w->config, w->model_tls);
	w->figures.model.upstream = &exchange->upstream;
	w->profile.figures = &w->figures.model;
	w->metronome.lag = &w->figures.lag;
	offer_tools(w);
	open_audiocodes(w);
	open_twilio(w);
	w->net.on_flushed = on_flushed;
	w->net.owner = w;
	openai_pool_open(&w->standby, w->loop, &w->profile,
			 w->config->model.standby, &w->log, on_standby_gone, w);
	return 0;
}

void worker_run(struct worker *w)
{
	atomic_store(&w->answered_ns, uv_hrtime());
	uv_run(w->loop, UV_RUN_DEFAULT);
	atomic_store(&w->answered_ns, 0);
}

/* --- Stop --- */

static void on_clock_closed(uv_handle_t *handle)
{
	struct worker *w = handle->data;

	net_loop_close(&w->net);
	inbox_close(&w->inbox, NULL);
}

static void on_server_closed(void *owner)
{
	struct worker *w = owner;

	w->server = NULL;
	w->metronome.timer.data = w;
	metronome_close(&w->metronome, on_clock_closed);
}

/* Once stopping: when nobody is left, nor on the way, the server goes. */
static void go_on_stopping(struct worker *w)
{
	if (!w->is_stopping || w->is_closing || w->running ||
	    w->audiocodes_host.count || !w->standby.is_gone ||
	    !inbox_shut(&w->inbox))
		return;
	w->is_closing = true;
	audiocodes_keys_close(w->audiocodes_keys);
	w->audiocodes_keys = NULL;
	http_server_close(w->server, on_server_closed);
}

void worker_bridge_gone(struct worker *w, struct lines_seat *seat)
{
	w->replaced -= !seat->is_taken; /* its successor has it */
	worker_leave(w, seat);
	if (atomic_fetch_sub(&w->running, 1) == 1) {
		audio_pool_trim(&w->pool);
		net_loop_trim(&w->net);
	}
	worker_tell_load(w);
	go_on_stopping(w);
}

void worker_socket_gone(struct worker *w)
{
	worker_tell_load(w);
	go_on_stopping(w);
}

static void stop(struct worker *w)
{
	bool is_second = w->is_stopping;

	w->is_stopping = true;
	if (!is_second)
		http_server_stop_listening(w->server);
	for (struct bridge *b = w->bridges; b; b = b->next)
		(is_second ? bridge_abort : bridge_stop)(b);
	(is_second ? audiocodes_socket_abort_all
		   : audiocodes_socket_close_all)(&w->audiocodes_host);
	openai_pool_stop(&w->standby);
}

/* Orders, and the end they lead to. */
static void obey(struct worker *w)
{
	while (w->obeyed < atomic_load(&w->orders)) {
		w->obeyed++;
		if (!w->is_closing)
			stop(w);
	}
	go_on_stopping(w);
}

void worker_order_stop(struct worker *w)
{
	atomic_fetch_add(&w->orders, 1);
	inbox_wake(&w->inbox);
}

void worker_order_tls(struct worker *w, struct tls_context *tls)
{
	tls_context_free(atomic_exchange(&w->renewed, tls));
	inbox_wake(&w->inbox);
}

void worker_ask(struct worker *w)
{
	atomic_store(&w->asked, true);
	inbox_wake(&w->inbox);
}

uint64_t worker_answered_ns(const struct worker *w)
{
	return atomic_load(&w->answered_ns);
}

void worker_free(struct worker *w)
{
	close_loop(w);
	tls_context_free(atomic_exchange(&w->renewed, NULL));
	release(w);
	inbox_free(&w->inbox);
}
