#include "gateway/admin.h"

#include <errno.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#include "gateway/admin_api.h"
#include "gateway/admin_metrics.h"
#include "gateway/exchange.h"
#include "gateway/net/http_server.h"
#include "gateway/net/listen_socket.h"
#include "gateway/ops/config_shared.h"
#include "gateway/ops/resources.h"
#include "gateway/standby.h"

#define NS_PER_MS 1000000ull

/* --- Health --- */

static void health(struct admin *a, struct http_connection *c,
		   struct http_message *m)
{
	(void)m;
	if (exchange_answers(a->exchange, uv_hrtime()))
		http_respond_text(c, 200, "ok\n");
	else
		http_respond_text(c, 503, "a worker does not answer\n");
}

static bool is_failing(const struct admin *a, uint64_t now_ns)
{
	const struct openai_upstream *u = &a->exchange->upstream;

	if (atomic_load(&u->failures) < ADMIN_FAILURES)
		return false;
	return standby_wanted(&a->exchange->config->config) > 0 ||
	       now_ns <
		       atomic_load(&u->failed_ns) + ADMIN_FAILED_MS * NS_PER_MS;
}

static bool is_starting(const struct admin *a, uint64_t now_ns)
{
	return standby_wanted(&a->exchange->config->config) > 0 &&
	       !atomic_load(&a->exchange->upstream.was_reached) &&
	       now_ns < a->opened_ns + ADMIN_START_MS * NS_PER_MS;
}

unsigned admin_unready(const struct admin *a, uint64_t now_ns, FILE *out)
{
	bool is_draining = exchange_is_draining(a->exchange);
	bool fails = is_failing(a, now_ns);
	bool starts = !fails && is_starting(a, now_ns);

	if (is_draining)
		fputs("draining\n", out);
	if (fails)
		fprintf(out,
			"the model's server: the last %u sessions could not be "
			"opened\n",
			atomic_load(&a->exchange->upstream.failures));
	if (starts)
		fputs("starting: no session with the model's server yet\n",
		      out);
	return is_draining + fails + starts;
}

static void ready(struct admin *a, struct http_connection *c,
		  struct http_message *m)
{
	char text[256];
	FILE *out = fmemopen(text, sizeof(text), "w");

	(void)m;
	if (!out) {
		http_respond_text(c, 500, "no memory\n");
		return;
	}
	unsigned reasons = admin_unready(a, uv_hrtime(), out);
	fclose(out);
	http_respond_text(c, reasons ? 503 : 200, reasons ? text : "ready\n");
}

/* --- Figures --- */

static void metrics(struct admin *a, struct http_connection *c,
		    struct http_message *m)
{
	char *text = NULL;
	size_t len = 0;
	FILE *out = open_memstream(&text, &len);
	int err = out ? admin_metrics_write(a, uv_hrtime(), out) : -ENOMEM;

	(void)m;
	if (out && fclose(out) != 0)
		err = -ENOMEM;
	if (err || len > ADMIN_METRICS_MAX)
		http_respond_text(c, 500, "no memory for the figures\n");
	else
		http_respond(c, 200, METRICS_TYPE, NULL, text, len);
	free(text);
}

/* --- The log's levels --- */

static void tell_levels(struct admin *a, struct http_connection *c,
			struct http_message *m)
{
	char text[LOG_LEVELS_TEXT_MAX];

	(void)m;
	log_levels_write(a->levels, text);
	http_respond_text(c, 200, text);
}

static void log_change(const struct admin *a, const struct http_connection *c,
		       const struct http_message *m)
{
	struct log_line l;

	log_begin(&l, &a->log, LOG_WARN, "log_levels");
	log_text(&l, "peer", http_peer(c));
	log_bytes(&l, "to", m->body, m->body_len);
	log_end(&l);
}

static void change_levels(struct admin *a, struct http_connection *c,
			  struct http_message *m)
{
	char why[256];

	if (http_header_count(m, "Origin") > 0) {
		http_respond_text(c, 403, "not from a web page\n");
		return;
	}
	if (log_levels_change(a->levels, m->body, m->body_len, why,
			      sizeof(why) - 1) == 0) {
		log_change(a, c, m);
		tell_levels(a, c, m);
		return;
	}
	http_respond_text(c, 400, strcat(why, "\n"));
}

/* --- Calls --- */

static void place_call(struct admin *a, struct http_connection *c,
		       struct http_message *m)
{
	admin_calls_take(&a->calls, c, m);
}

static void watch_events(struct admin *a, struct http_connection *c,
			 struct http_message *m)
{
	(void)m;
	admin_events_take(&a->events, c);
}

/* --- Requests --- */

static void front_page(struct admin *a, struct http_connection *c,
		       struct http_message *m)
{
	(void)a;
	(void)m;
	http_respond_text(c, 200,
			  "Tandem, admin: /healthz /readyz /metrics "
			  "/log/levels (GET, PUT) /api/calls (POST) "
			  "/api/events\n");
}

static const struct route {
	const char *path;
	const char *method;
	void (*take)(struct admin *a, struct http_connection *c,
		     struct http_message *m);
} route[] = {
	{ "/", "GET", front_page },
	{ "/healthz", "GET", health },
	{ "/readyz", "GET", ready },
	{ "/metrics", "GET", metrics },
	{ "/log/levels", "GET", tell_levels },
	{ "/log/levels", "PUT", change_levels },
	{ "/log/levels", "POST", change_levels },
	{ ADMIN_API "/calls", "POST", place_call },
	{ ADMIN_API "/events", "GET", watch_events },
};

static bool leads_to(const struct route *r, const char *target)
{
	size_t len = strlen(r->path);

	return strncmp(target, r->path, len) == 0 &&
	       (target[len] == '\0' || target[len] == '?');
}

static void on_request(void *owner, struct http_connection *c,
		       struct http_message *m)
{
	const struct admin *a = owner;
	bool is_known = false;

	if (strncmp(m->target, ADMIN_API, sizeof(ADMIN_API) - 1) == 0 &&
	    !admin_api_admit(&a->exchange->config->config.admin, c, m))
		return;

	for (size_t i = 0; i < sizeof(route) / sizeof(route[0]); i++) {
		if (!leads_to(&route[i], m->target))
			continue;
		is_known = true;
		if (strcmp(m->method, route[i].method) == 0) {
			route[i].take(owner, c, m);
			return;
		}
	}
	http_respond_text(c, is_known ? 405 : 404,
			  is_known ? "method not allowed\n" : "not found\n");
}

static void on_refused(void *owner, const char *peer, unsigned status,
		       const char *why)
{
	const struct admin *a = owner;
	struct log_line l;

	log_begin(&l, &a->log, LOG_WARN, "http_refused");
	log_text(&l, "peer", peer);
	log_number(&l, "status", status);
	log_text(&l, "why", why);
	log_end(&l);
}

static const struct http_server_events events = {
	.on_request = on_request,
	.on_refused = on_refused,
};

/* --- Life --- */

static void on_clock(uv_timer_t *clock)
{
	struct admin *a = clock->data;

	exchange_ask(a->exchange);
}

static int listen_on(struct admin *a, const char *where)
{
	static const struct http_server_limits limits = {
		.connections = ADMIN_CONNECTIONS,
		.head_timeout_ms = ADMIN_HEAD_MS,
		.body_max = ADMIN_BODY_MAX,
	};
	char host[64];
	unsigned port;
	int err = listen_socket_split(where, host, sizeof(host), &port);

	return err ? err
		   : http_server_open(&a->server, a->exchange->control, host,
				      port, NULL, &limits, &events, a);
}

int admin_open(struct admin *a, struct exchange *e, struct log_levels *levels,
	       char *why, size_t cap)
{
	const char *where = e->config->config.admin.listen;
	struct resources_process p;

	resources_process(&p);
	*a = (struct admin){
		.exchange = e,
		.levels = levels,
		.log = e->log,
		.opened_ns = uv_hrtime(),
		.start_s = p.start_s,
	};
	a->log.module = LOG_ADMIN;
	if (!*where)
		return 0;
	int err = admin_calls_open(&a->calls, e, &a->log);
	if (err) {
		snprintf(why, cap, "%s", uv_strerror(err));
		return err;
	}
	err = admin_events_open(&a->events, e->control, &e->events, &a->log);
	if (err) {
		admin_calls_close(&a->calls);
		snprintf(why, cap, "%s", uv_strerror(err));
		return err;
	}
	err = listen_on(a, where);
	if (err) {
		admin_events_close(&a->events);
		admin_calls_close(&a->calls);
		snprintf(why, cap, "cannot listen on %s: %s", where,
			 err == -EADDRINUSE
				 ? "another program has that port; stop it or "
				   "change admin.listen (\"\" turns it off)"
				 : uv_strerror(err));
		return err;
	}
	uv_timer_init(e->control, &a->clock); /* cannot fail */
	a->clock.data = a;
	uv_timer_start(&a->clock, on_clock, ADMIN_ASK_MS, ADMIN_ASK_MS);
	return 0;
}

void admin_token_changed(struct admin *a)
{
	if (a->server)
		admin_events_dismiss(&a->events);
}

unsigned admin_port(const struct admin *a)
{
	return a->server ? http_server_port(a->server) : 0;
}

void admin_close(struct admin *a)
{
	if (!a->server)
		return;
	http_server_close(a->server, NULL);
	admin_calls_close(&a->calls);
	admin_events_close(&a->events);
	uv_close((uv_handle_t *)&a->clock, NULL);
	a->server = NULL;
}
