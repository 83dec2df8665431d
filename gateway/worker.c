#include "gateway/worker.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/random.h>

#include "gateway/bridge.h"
#include "gateway/carriers/audiocodes_keys.h"
#include "gateway/net/http_server.h"
#include "gateway/ops/config.h"
#include "gateway/routes.h"
#include "protocols/tls.h"

#define POOL_SECONDS 60    /* of audio a call may hold on average … */
#define POOL_BYTES   48000 /* … a second, as PCM16 at 24 kHz */

/* --- What the desk asks --- */

static void random_bytes(void *owner, uint8_t *out, size_t n)
{
	(void)owner;
	if (getrandom(out, n, 0) != (ssize_t)n)
		abort(); /* a guessable ticket would be worse */
}

bool worker_is_full(const struct worker *w)
{
	return w->is_stopping || w->running >= w->config->limits.calls;
}

static bool is_full(void *owner)
{
	return worker_is_full(owner);
}

/* A socket that comes back for its call is no new one. */
static bool is_closed_to_sockets(void *owner)
{
	const struct worker *w = owner;

	return w->is_stopping ||
	       (worker_is_full(w) && !bridge_audiocodes_awaits(w, uv_hrtime()));
}

static void on_refused(void *owner, const char *peer, unsigned status,
		       const char *why)
{
	struct worker *w = owner;
	struct log_line l;

	log_begin(&l, &w->log, LOG_WARN, "http_refused");
	log_text(&l, "peer", peer);
	log_number(&l, "status", status);
	log_text(&l, "why", why);
	log_end(&l);
}

static const struct http_server_events http_events = {
	.on_request = routes_take,
	.on_refused = on_refused,
};

static void go_on_stopping(struct worker *w);

/* --- Start --- */

/* "host:port", "[v6]:port". */
static int split_listen(const char *listen, char *host, size_t cap,
			unsigned *port)
{
	const char *colon = strrchr(listen, ':');
	char *end;

	if (!colon || (size_t)(colon - listen) >= cap)
		return -EINVAL;
	unsigned long number = strtoul(colon + 1, &end, 10);
	if (end == colon + 1 || *end || number > 65535)
		return -EINVAL;
	if (listen[0] == '[' && colon > listen + 1 && colon[-1] == ']')
		snprintf(host, cap, "%.*s", (int)(colon - listen - 2),
			 listen + 1);
	else
		snprintf(host, cap, "%.*s", (int)(colon - listen), listen);
	*port = (unsigned)number;
	return 0;
}

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

static int load_prompt(struct worker *w, char *why, size_t cap)
{
	const char *path = w->config->failure.prompt;
	int err = prompt_load(&w->apology, path);

	if (err)
		snprintf(why, cap, "failure.prompt: %s: %s", path,
			 strerror(-err));
	return err;
}

static int listen_for_calls(struct worker *w, char *why, size_t cap)
{
	char host[64];
	unsigned port;
	int err = split_listen(w->config->listen, host, sizeof(host), &port);

	if (!err)
		err = http_server_open(&w->server, w->loop, host, port, NULL,
				       NULL, &http_events, w);
	if (err)
		snprintf(why, cap, "cannot listen on %s: %s", w->config->listen,
			 err == -EADDRINUSE
				 ? "another program has that port; stop it or "
				   "change listen"
				 : uv_strerror(err));
	return err;
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
	bridge_audiocodes_fallback(&w->config->failure, w->fallback);
	audiocodes_desk_init(&w->audiocodes_desk, w->config, w->audiocodes_keys,
			     &w->log);
	w->audiocodes_desk.is_full = is_closed_to_sockets;
	w->audiocodes_desk.owner = w;
}

static void release(struct worker *w)
{
	audiocodes_keys_close(w->audiocodes_keys);
	w->audiocodes_keys = NULL;
	twilio_desk_free(&w->desk);
	prompt_free(&w->apology);
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

int worker_open(struct worker *w, uv_loop_t *loop, const struct config *config,
		const struct log *log, char *why, size_t cap)
{
	memset(w, 0, sizeof(*w));
	w->loop = loop;
	w->config = config;
	w->log = *log;
	audio_pool_init(&w->pool, (size_t)config->limits.calls * POOL_SECONDS *
					  POOL_BYTES);
	int err = load_model_tls(w, why, cap);
	if (!err)
		err = load_prompt(w, why, cap);
	if (!err && ((err = twilio_desk_init(&w->desk, config, log)) ||
		     (err = agent_init(&w->agent, config))))
		snprintf(why, cap, "out of memory");
	if (!err)
		err = load_keys(w, why, cap);
	if (!err)
		err = listen_for_calls(w, why, cap);
	if (err) {
		release(w);
		return err;
	}
	openai_profile_init(&w->profile, config, w->model_tls);
	offer_tools(w);
	open_audiocodes(w);
	w->desk.random = random_bytes;
	w->desk.is_full = is_full;
	w->desk.owner = w;
	err = metronome_init(&w->metronome, loop);
	if (!err)
		openai_pool_open(&w->standby, loop, &w->profile,
				 config->model.standby, log, on_standby_gone,
				 w);
	return err;
}

unsigned worker_port(const struct worker *w)
{
	return http_server_port(w->server);
}

/* --- Stop --- */

static void on_clock_closed(uv_handle_t *handle)
{
	struct worker *w = handle->data;

	w->on_stopped(w->owner);
}

static void on_server_closed(void *owner)
{
	struct worker *w = owner;

	w->server = NULL;
	w->metronome.timer.data = w;
	metronome_close(&w->metronome, on_clock_closed);
}

/* Once stopping: when nobody is left, the server goes. */
static void go_on_stopping(struct worker *w)
{
	if (!w->is_stopping || w->is_closing || w->running ||
	    w->audiocodes_host.count || !w->standby.is_gone)
		return;
	w->is_closing = true;
	audiocodes_keys_close(w->audiocodes_keys);
	w->audiocodes_keys = NULL;
	http_server_close(w->server, on_server_closed);
}

void worker_bridge_gone(struct worker *w)
{
	if (--w->running == 0)
		audio_pool_trim(&w->pool);
	go_on_stopping(w);
}

void worker_socket_gone(struct worker *w)
{
	go_on_stopping(w);
}

void worker_stop(struct worker *w, void (*on_stopped)(void *owner), void *owner)
{
	bool is_second = w->is_stopping;

	w->is_stopping = true;
	w->on_stopped = on_stopped;
	w->owner = owner;
	if (!is_second)
		http_server_stop_listening(w->server);
	for (struct bridge *b = w->bridges; b; b = b->next)
		(is_second ? bridge_abort : bridge_stop)(b);
	(is_second ? audiocodes_socket_abort_all
		   : audiocodes_socket_close_all)(&w->audiocodes_host);
	openai_pool_stop(&w->standby);
	go_on_stopping(w);
}

void worker_free(struct worker *w)
{
	release(w);
}
