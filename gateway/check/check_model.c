#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <uv.h>

#include "gateway/check/check_list.h"
#include "gateway/check/check_parts.h"
#include "gateway/models/openai_session.h"
#include "gateway/net/ws.h"
#include "gateway/ops/config.h"
#include "protocols/realtime_event.h"
#include "protocols/tls.h"
#include "protocols/url.h"

#define KEY "model.url"

/* One try at a session. */
struct visit {
	struct check_list *list;
	const struct config *config;
	uv_loop_t loop;
	uv_timer_t timer; /* for the session, once the upgrade is granted */
	struct openai_profile profile;
	struct ws *ws; /* NULL: gone */
	uint64_t begun_ms;
	bool is_told;
};

static bool has_key(const struct visit *v)
{
	return secret_is_set(&v->config->model.key);
}

/* A server may repeat what it was shown. */
static void hide_key(const struct visit *v, char *text)
{
	const char *key = secret_reveal(&v->config->model.key);
	size_t len = strlen(key);
	for (char *at = text; len && (at = strstr(at, key)); at += len)
		memset(at, '*', len);
}

__attribute__((format(printf, 3, 4))) static void tell(
	struct visit *v, enum check_verdict verdict, const char *format, ...)
{
	char text[900];
	va_list args;
	if (v->is_told)
		return;
	va_start(args, format);
	vsnprintf(text, sizeof(text), format, args);
	va_end(args);
	hide_key(v, text);
	v->is_told = true;
	check_list_add(v->list, verdict, KEY, "%s: %s", v->config->model.url,
		       text);
}

/* -- what the server answers --------------------------------------------- */

static void on_late(uv_timer_t *timer)
{
	struct visit *v = timer->data;
	tell(v, CHECK_IS_BAD,
	     "the server opens, and no session comes within %u ms "
	     "(model.configure_timeout_ms)",
	     v->profile.configure_timeout_ms);
	if (v->ws)
		ws_abort(v->ws);
}

static void on_open(void *owner)
{
	struct visit *v = owner;
	uv_timer_start(&v->timer, on_late, v->profile.configure_timeout_ms, 0);
}

static const char *words_for_key(const struct visit *v)
{
	return has_key(v) ? "the key is wrong"
			  : "it wants a key, and none is set (OPENAI_API_KEY "
			    "or model.key)";
}

/* OpenAI reference, 1: a wrong key may be found out behind the upgrade. What it
 * says of one has a part of the key in it. */
static void tell_error(struct visit *v, const struct realtime_event *ev)
{
	if (strcmp(ev->error_code, "invalid_api_key") == 0)
		tell(v, CHECK_IS_BAD, "%s (%s)", words_for_key(v),
		     ev->error_code);
	else
		tell(v, CHECK_IS_BAD,
		     "the server opens, and then objects: %s%s%s",
		     ev->error_code, *ev->error_code ? ": " : "",
		     ev->error_message);
}

static void on_text(void *owner, char *text, size_t len)
{
	struct visit *v = owner;
	struct realtime_event ev;
	if (realtime_event_parse(&ev, text, len))
		return;
	if (ev.type == REALTIME_SESSION_CREATED)
		tell(v, CHECK_IS_GOOD, "a session opens in %llu ms",
		     (unsigned long long)(uv_now(&v->loop) - v->begun_ms));
	else if (ev.type == REALTIME_ERROR)
		tell_error(v, &ev);
	realtime_event_release(&ev);
	if (v->is_told)
		ws_close(v->ws, 1000, "");
}

static void on_nothing(void *owner, const uint8_t *bytes, size_t len)
{
	(void)owner;
	(void)bytes;
	(void)len;
}

/* What an answer other than 101 means for whoever reads this. */
static void tell_status(struct visit *v, const struct ws_end *end)
{
	static const struct {
		unsigned status;
		const char *words;
	} known[] = {
		{ 403, "the key is not allowed to do this, or not from here" },
		{ 404, "the server does not know this path, or model.name" },
		{ 429, "too many requests, or nothing left to pay with" },
	};
	const char *words = "the server does not open a session";
	if (end->http_status == 401)
		words = words_for_key(v);
	for (size_t i = 0; i < sizeof(known) / sizeof(known[0]); i++)
		if (known[i].status == end->http_status)
			words = known[i].words;
	tell(v, CHECK_IS_BAD, "%s (%s)", words, end->why);
}

static void on_closed(void *owner, const struct ws_end *end)
{
	struct visit *v = owner;
	v->ws = NULL;
	if (end->was_open)
		tell(v, CHECK_IS_BAD,
		     "the server opens, and closes before there is a session "
		     "(%u%s%s)",
		     end->code, *end->reason ? " " : "", end->reason);
	else if (end->http_status)
		tell_status(v, end);
	else if (end->status == -EACCES)
		tell(v, CHECK_IS_BAD, "%s%s", end->why,
		     *v->config->model.ca_file
			     ? " (trusted are those of model.ca_file)"
			     : "; for an authority of your own set "
			       "model.ca_file");
	else
		tell(v, CHECK_IS_BAD,
		     "cannot be reached: %s; is there a firewall between?",
		     end->why);
	uv_close((uv_handle_t *)&v->timer, NULL);
}

/* -- going there --------------------------------------------------------- */

static void connect_there(struct visit *v)
{
	static const struct ws_events events = {
		.on_open = on_open,
		.on_text = on_text,
		.on_binary = on_nothing,
		.on_ping = on_nothing,
		.on_pong = on_nothing,
		.on_closed = on_closed,
	};
	const struct ws_target target = {
		.url = v->profile.url,
		.extra = v->profile.headers,
		.tls = v->profile.tls,
		.timeout_ms = v->profile.connect_timeout_ms,
		.message_max = REALTIME_MESSAGE_MAX,
	};
	uv_timer_init(&v->loop, &v->timer);
	v->timer.data = v;
	v->begun_ms = uv_now(&v->loop);
	v->ws = ws_connect(&v->loop, &target, &events, v);
	if (!v->ws) {
		tell(v, CHECK_IS_BAD, "cannot be used as a URL");
		uv_close((uv_handle_t *)&v->timer, NULL);
	}
	uv_run(&v->loop, UV_RUN_DEFAULT);
}

static struct tls_context *open_tls(const struct config_model *m)
{
	const char *error;
	return strncmp(m->url, "wss://", 6) == 0
		       ? tls_client_context(*m->ca_file ? m->ca_file : NULL,
					    &error)
		       : NULL;
}

static void visit(struct visit *v)
{
	struct tls_context *tls = open_tls(&v->config->model);
	if (!tls && strncmp(v->config->model.url, "wss://", 6) == 0) {
		check_list_add(v->list, CHECK_IS_SKIPPED, KEY,
			       "not tried, without authorities to trust");
		return;
	}
	openai_profile_init(&v->profile, v->config, &v->config->agent, "", NULL,
			    tls);
	check_list_wait(v->list, KEY);
	if (uv_loop_init(&v->loop) == 0) {
		connect_there(v);
		uv_loop_close(&v->loop);
	}
	openai_profile_wipe(&v->profile);
	tls_context_free(tls);
}

static void check_clear(struct check_list *l, const struct config *c,
			const struct url *u)
{
	if (!u->is_secure && secret_is_set(&c->model.key) &&
	    strcmp(u->host, "localhost") != 0 && strcmp(u->host, "::1") != 0 &&
	    strncmp(u->host, "127.", 4) != 0)
		check_list_add(l, CHECK_IS_WARNING, KEY,
			       "is ws://, so the key goes over the network in "
			       "the clear");
}

void check_model(struct check_list *l, const struct config *c)
{
	struct url u;
	struct visit *v = calloc(1, sizeof(*v));
	if (!v || url_parse(&u, c->model.url)) {
		check_list_add(l, CHECK_IS_BAD, KEY, "%s is no URL",
			       c->model.url);
		free(v);
		return;
	}
	check_clear(l, c, &u);
	v->list = l;
	v->config = c;
	if (l->is_offline)
		check_list_add(l, CHECK_IS_SKIPPED, KEY,
			       "%s: not tried (--offline)", c->model.url);
	else if (check_name(l, KEY, u.host))
		visit(v);
	free(v);
}
