#include "gateway/worker.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <sys/random.h>
#include <unistd.h>

#include "gateway/agents/routing.h"
#include "gateway/bridge.h"
#include "gateway/carriers/audiocodes_keys.h"
#include "gateway/exchange.h"
#include "gateway/agents/webhook.h"
#include "gateway/net/fetch.h"
#include "gateway/net/http_server.h"
#include "gateway/ops/config.h"
#include "gateway/ops/config_shared.h"
#include "gateway/ops/time_zone.h"
#include "gateway/records/budget.h"
#include "gateway/routes.h"
#include "gateway/settings.h"
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

bool worker_admits(const struct worker *w)
{
	return w->stage < DRAIN_LEAVING;
}

/* Who had come before the port was let go is served as ever. */
bool worker_takes_new(const struct worker *w)
{
	return w->stage == DRAIN_RUNNING ||
	       (w->stage == DRAIN_DRAINING && w->exchange->hands_over);
}

static bool is_spent(struct worker *w, const char *number)
{
	const struct config_budgets *c = &w->config->budgets;
	struct ledger_day day;
	enum budget which;

	if (!budget_any(c))
		return false;
	ledger_look(&w->exchange->ledger, number ? number : "",
		    time_zone_day(w->settings->zone, (int64_t)time(NULL)),
		    &day);
	bool is_refused = budget_refuses(c, day.number, day.all, &which);
	if (is_refused)
		metric_add(&w->figures.budget_refused[which], 1);
	return is_refused;
}

enum lines_refusal worker_take_line(struct worker *w, const char *number,
				    const char *source, struct lines_seat *seat)
{
	memset(seat, 0, sizeof(*seat));
	if (is_spent(w, number))
		return LINES_BUDGET;
	return worker_admits(w)
		       ? lines_take(&w->exchange->lines, number, source, seat)
		       : LINES_STOPPING;
}

static bool has_place(const struct worker *w)
{
	unsigned most = w->config->limits.calls_per_worker;

	return !most || w->places < most;
}

enum lines_refusal worker_take_place(struct worker *w)
{
	if (!worker_admits(w))
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

static void decide(void *owner, const struct form *form, struct twilio_party *p)
{
	bridge_twilio_decide(owner, form, p);
}

static const struct config_route *find_route(void *owner, uint64_t key)
{
	const struct worker *w = owner;

	return routing_by_key(w->config, key);
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
	enum lines_refusal refusal = LINES_STOPPING;

	memset(seat, 0, sizeof(*seat));
	if (worker_takes_new(w))
		refusal = worker_admit(w, bot, caller, seat);
	if (refusal != LINES_FREE && worker_admits(w) &&
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

/* The last request may be what a worker that goes down waits for: looked at
 * when the loop comes to it. */
static void on_load(void *owner)
{
	struct worker *w = owner;

	worker_tell_load(w);
	if (w->stage > DRAIN_RUNNING)
		inbox_wake(&w->inbox);
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
static void take_settings(struct worker *w);

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
	if (w->stage == DRAIN_CUTTING)
		audiocodes_socket_abort_all(&w->audiocodes_host);
	take_settings(w);
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

/* --- AudioCodes --- */

/* For a key set's URL: read when the settings were made, off this thread. */
static void take_keys_tls(struct worker *w, struct settings *s)
{
	if (w->keys_tls)
		return;
	w->keys_tls = s->keys_tls;
	s->keys_tls = NULL;
}

static int open_keys(struct worker *w, struct settings *s,
		     struct audiocodes_keys **out, char *why, size_t cap)
{
	const char *jwks = s->config->audiocodes.oauth.jwks;
	char reason[256];

	*out = NULL;
	if (!jwks[0])
		return 0;
	take_keys_tls(w, s);
	int err = audiocodes_keys_open(out, w->loop, jwks, w->keys_tls, &w->log,
				       NULL, reason, sizeof(reason));
	if (err)
		snprintf(why, cap, "audiocodes.oauth.jwks: %s", reason);
	return err;
}

static void open_audiocodes(struct worker *w)
{
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
	w->desk.contexts = &w->exchange->contexts;
	w->desk.whispers = &w->exchange->whispers;
	w->desk.outbound = &w->exchange->outbound;
	w->desk.random = random_bytes;
	w->desk.decide = decide;
	w->desk.route = find_route;
	w->desk.take_line = take_line;
	w->desk.take_place = take_place;
	w->desk.give_line = give_line;
	w->desk.owner = w;
}

static void release(struct worker *w)
{
	while (w->settings) {
		struct settings *s = w->settings;
		w->settings = s->older;
		settings_free(s);
	}
	settings_free(atomic_exchange(&w->incoming, NULL));
	tls_context_free(w->keys_tls);
	w->keys_tls = NULL;
	webhooks_free(w->world.webhooks);
	w->world.webhooks = NULL;
	audio_pool_free(&w->pool);
}

static void on_standby_gone(void *owner)
{
	go_on_stopping(owner);
}

static void on_webhooks_done(void *owner)
{
	go_on_stopping(owner);
}

static void on_event(void *owner, const char *event, const char *json)
{
	live_events_tell(owner, event, json);
}

static int open_server(struct worker *w, int listening)
{
	const struct config_limits *l = &w->config->limits;
	const struct http_server_limits limits = {
		.handshakes = l->handshakes,
		.head_timeout_ms = l->head_ms,
		.gate = w->exchange->gate,
		.proxies = w->exchange->proxies,
		.proxy_count = w->exchange->proxy_count,
	};

	return http_server_open_fd(&w->server, w->loop, listening,
				   w->settings->serving_tls, &limits,
				   &http_events, w);
}

static int open_handles(struct worker *w, int listening, char *why, size_t cap)
{
	int err = net_loop_open(&w->net, w->loop);

	if (err) {
		close(listening);
		goto say_why;
	}
	metronome_init(&w->metronome, w->loop);
	err = open_server(w, listening);
	if (err)
		goto close_clock;
	err = inbox_open(&w->inbox, w->loop, on_wake, w);
	if (err)
		goto close_server;
	err = fetch_port_open(&w->world.fetch, w->exchange->fetcher, w->loop);
	if (err)
		goto close_inbox;
	w->world.forms = w->exchange->forms;
	w->world.outcomes = &w->exchange->functions;
	w->world.on_event = on_event;
	w->world.event_owner = &w->exchange->events;
	w->world.webhooks =
		webhooks_open(w->loop, w->world.fetch, on_webhooks_done, w);
	if (w->world.webhooks)
		return 0;
	err = -ENOMEM;
	fetch_port_close(w->world.fetch, NULL, NULL);
close_inbox:
	inbox_close(&w->inbox, NULL);
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

static void init(struct worker *w, struct exchange *e, unsigned index,
		 struct settings *s)
{
	char number[12];

	memset(w, 0, sizeof(*w));
	w->exchange = e;
	w->index = index;
	w->settings = w->standby_of = s;
	w->config = s->config;
	w->loop = &w->own_loop;
	snprintf(number, sizeof(number), "%u", index);
	log_child_of(&w->log, &e->log, LOG_WORKER, "worker", number);
	w->world.loop = w->loop;
	w->world.log = w->log;
	audio_pool_init(&w->pool, (size_t)w->config->limits.calls *
					  POOL_SECONDS * POOL_BYTES);
}

static void on_session_freed(void *owner);

static void open_standby(struct worker *w)
{
	standby_open(&w->standby, w->loop, w->settings, &w->log,
		     on_standby_gone, on_session_freed, w);
}

int worker_open(struct worker *w, struct exchange *exchange, unsigned index,
		struct settings *settings, int listening, char *why, size_t cap)
{
	init(w, exchange, index, settings);
	int err = uv_loop_init(w->loop);
	if (err) {
		snprintf(why, cap, "cannot begin: %s", uv_strerror(err));
		close(listening);
		release(w);
		return err;
	}
	err = open_keys(w, settings, &w->audiocodes_keys, why, cap);
	if (err)
		close(listening);
	else
		err = open_handles(w, listening, why, cap);
	if (err) {
		close_loop(w);
		release(w);
		return err;
	}
	w->figures.model.upstream = &exchange->upstream;
	settings_count(settings, &w->figures.model);
	w->metronome.lag = &w->figures.lag;
	open_audiocodes(w);
	open_twilio(w);
	w->net.on_flushed = on_flushed;
	w->net.owner = w;
	open_standby(w);
	return 0;
}

void worker_run(struct worker *w)
{
	atomic_store(&w->answered_ns, uv_hrtime());
	uv_run(w->loop, UV_RUN_DEFAULT);
	atomic_store(&w->answered_ns, 0);
}

/* --- Other settings --- */

bool worker_standby_suits(const struct worker *w, const struct settings *s)
{
	return w->standby_of->shared->model_version == s->shared->model_version;
}

static bool is_used(const struct worker *w, const struct settings *s)
{
	return s->uses > 0 || s == w->standby_of ||
	       standby_uses(&w->standby, s);
}

/* Those that no call and no session has any more, the newest aside. */
static void sweep_settings(struct worker *w)
{
	struct settings **link = &w->settings->older;

	while (*link) {
		struct settings *s = *link;
		if (is_used(w, s)) {
			link = &s->older;
			continue;
		}
		*link = s->older;
		settings_free(s);
	}
}

static void on_session_freed(void *owner)
{
	sweep_settings(owner);
}

/* What was good when the control thread looked may not be so now: then the old
 * keys go on. */
static void renew_keys(struct worker *w, struct settings *s)
{
	struct audiocodes_keys *keys;
	char why[320];

	if (strcmp(w->config->audiocodes.oauth.jwks,
		   s->config->audiocodes.oauth.jwks) == 0)
		return;
	if (open_keys(w, s, &keys, why, sizeof(why)) != 0) {
		log_event(&w->log, LOG_ERROR, "keys_kept", "why", why, NULL);
		return;
	}
	audiocodes_keys_close(w->audiocodes_keys);
	w->audiocodes_keys = w->audiocodes_desk.keys = keys;
}

/* From here on calls begin with these. Those that run keep theirs. */
static void apply(struct worker *w, struct settings *s)
{
	renew_keys(w, s);
	if (s->serving_tls)
		http_server_set_tls(w->server, s->serving_tls);
	settings_count(s, &w->figures.model);
	s->older = w->settings;
	w->settings = s;
	w->config = w->desk.config = w->audiocodes_desk.config = s->config;
	if (!worker_standby_suits(w, s)) {
		w->standby_of = s;
		standby_renew(&w->standby, s);
	}
	sweep_settings(w);
}

static void take_settings(struct worker *w)
{
	struct settings *s = atomic_exchange(&w->incoming, NULL);

	if (s && w->stage < DRAIN_STOPPING)
		apply(w, s);
	else
		settings_free(s);
}

void worker_renew(struct worker *w, struct settings *settings)
{
	settings_free(atomic_exchange(&w->incoming, settings));
	inbox_wake(&w->inbox);
}

/* --- Going down --- */

static void on_clock_closed(uv_handle_t *handle)
{
	struct worker *w = handle->data;

	net_loop_close(&w->net);
	inbox_close(&w->inbox, NULL);
	webhooks_close(w->world.webhooks);
	fetch_port_close(w->world.fetch, NULL, NULL);
}

static void on_server_closed(void *owner)
{
	struct worker *w = owner;

	w->server = NULL;
	w->metronome.timer.data = w;
	metronome_close(&w->metronome, on_clock_closed);
}

/* While callers may still be there the workers stay together: what a call needs
 * next may reach any of them. */
static bool is_needed(const struct worker *w)
{
	return w->stage < DRAIN_STOPPING &&
	       (http_server_busy(w->server) > 0 ||
		webhooks_under_way(w->world.webhooks) ||
		exchange_is_needed(w->exchange));
}

/* When nobody is left, nor on the way, the server goes. */
static void go_on_stopping(struct worker *w)
{
	if (w->stage == DRAIN_RUNNING || w->is_closing || w->running ||
	    w->audiocodes_host.count || !standby_is_gone(&w->standby) ||
	    is_needed(w) || !inbox_shut(&w->inbox))
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
	sweep_settings(w);
	go_on_stopping(w);
}

void worker_socket_gone(struct worker *w)
{
	worker_tell_load(w);
	go_on_stopping(w);
}

static void each_bridge(struct worker *w, void (*act)(struct bridge *b))
{
	for (struct bridge *b = w->bridges; b; b = b->next)
		act(b);
}

/* A socket of VoiceAI Connect without a conversation would begin one, which
 * only who let go of the port still takes. */
static void drain(struct worker *w)
{
	http_server_wind_down(w->server);
	standby_stop(&w->standby);
	if (w->exchange->hands_over) {
		http_server_stop_listening(w->server,
					   !w->exchange->is_inherited);
		each_bridge(w, bridge_seclude);
	} else {
		audiocodes_socket_close_all(&w->audiocodes_host);
	}
}

static void end_politely(struct worker *w)
{
	each_bridge(w, bridge_dismiss);
	audiocodes_socket_close_all(&w->audiocodes_host);
}

static void stop(struct worker *w)
{
	http_server_stop_listening(w->server, false);
	each_bridge(w, bridge_stop);
	audiocodes_socket_close_all(&w->audiocodes_host);
}

static void cut(struct worker *w)
{
	each_bridge(w, bridge_abort);
	audiocodes_socket_abort_all(&w->audiocodes_host);
	standby_stop(&w->standby);
}

/* Orders, and the end they lead to. */
static void obey(struct worker *w)
{
	static void (*const enter[DRAIN_STAGES])(struct worker * w) = {
		[DRAIN_DRAINING] = drain,
		[DRAIN_LEAVING] = end_politely,
		[DRAIN_STOPPING] = stop,
		[DRAIN_CUTTING] = cut,
	};

	enum drain_stage wanted = (enum drain_stage)atomic_load(&w->order);

	while (w->stage < wanted) {
		w->stage++;
		bool is_passed = w->stage == DRAIN_LEAVING && wanted > w->stage;
		if (!w->is_closing && !is_passed)
			enter[w->stage](w);
	}
	go_on_stopping(w);
}

void worker_order(struct worker *w, enum drain_stage stage)
{
	atomic_store(&w->order, (unsigned)stage);
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
	release(w);
	inbox_free(&w->inbox);
}
