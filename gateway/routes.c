#include "gateway/routes.h"

#include <stdarg.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>
#include <time.h>

#include "gateway/bridge.h"
#include "gateway/call_webhook.h"
#include "gateway/carriers/twilio_whisper.h"
#include "gateway/exchange.h"
#include "gateway/net/http_server.h"
#include "gateway/ops/config.h"
#include "gateway/ops/version.h"
#include "gateway/voice_asking.h"
#include "gateway/worker.h"
#include "protocols/buffer.h"
#include "protocols/forwarded.h"
#include "protocols/websocket.h"

#define FRONT_PAGE_MAX 65536
#define RETRY_AFTER    "Retry-After: 10\r\n" /* s: calls take minutes */

/* On this machine, and not a proxy or a tunnel there that speaks for others,
 * trusted or not. */
static bool is_near(const struct http_connection *c,
		    const struct http_message *m)
{
	return http_peer_is_loopback(c) && !forwarded_is_claimed(m);
}

static struct twilio_request twilio_request_of(struct http_connection *c,
					       struct http_message *m)
{
	return (struct twilio_request){
		.message = m,
		.is_tls = http_is_tls(c),
		.host = http_host(c),
		.peer = http_peer(c),
		.is_loopback = is_near(c, m),
		.now_ns = uv_hrtime(),
	};
}

__attribute__((format(printf, 2, 3))) static void print(struct buffer *out,
							const char *format, ...)
{
	char line[1024];
	va_list args;

	va_start(args, format);
	int len = vsnprintf(line, sizeof(line), format, args);
	va_end(args);
	(void)buffer_append(out, line,
			    (size_t)len < sizeof(line) ? (size_t)len
						       : sizeof(line) - 1);
}

static void front_page(struct worker *w, struct http_connection *c,
		       struct http_message *m)
{
	char url[CONFIG_TEXT_MAX + 96];
	struct buffer text;

	(void)m;
	buffer_init(&text, FRONT_PAGE_MAX);
	twilio_desk_voice_url(w->config, url, sizeof(url));
	print(&text,
	      "Tandem %s, a telephony media gateway.\n\n"
	      "Calls running: %u of %u\n"
	      "Twilio voice webhook (POST): %s\n",
	      version_text(), atomic_load(&w->exchange->lines.busy),
	      w->exchange->lines.limit.calls, url);
	for (unsigned i = 0; i < w->config->audiocodes.bot_count; i++) {
		audiocodes_desk_url(w->config, i, url, sizeof(url));
		print(&text, "AudioCodes bot: %s\n", url);
	}
	http_respond(c, 200, "text/plain; charset=utf-8", NULL,
		     buffer_head(&text), text.used);
	buffer_free(&text);
}

static void health(struct worker *w, struct http_connection *c,
		   struct http_message *m)
{
	(void)w;
	(void)m;
	http_respond_text(c, 200, "ok\n");
}

static void count(struct worker *w, enum worker_carrier carrier,
		  enum worker_request request, enum worker_refusal refusal)
{
	metric_add(&w->figures.refused[carrier][request][refusal], 1);
}

void routes_tell_webhook(struct worker *w, unsigned status, bool is_full)
{
	if (status != 200)
		count(w, WORKER_TWILIO, WORKER_WEBHOOK,
		      worker_refusal_of(status));
	else if (is_full)
		count(w, WORKER_TWILIO, WORKER_WEBHOOK, WORKER_FULL);
}

typedef unsigned webhook_fn(struct twilio_desk *d,
			    const struct twilio_request *r, struct buffer *out);

static void webhook(struct worker *w, struct http_connection *c,
		    struct http_message *m, webhook_fn *answer)
{
	struct twilio_request r = twilio_request_of(c, m);
	uint64_t before = w->desk.rejected;
	struct buffer body;

	siblings_hear(&w->exchange->siblings); /* they may know the call */

	buffer_init(&body, ROUTES_TWIML_MAX);
	unsigned status = answer(&w->desk, &r, &body);
	routes_tell_webhook(w, status, w->desk.rejected != before);
	http_respond(c, status, status == 200 ? "text/xml" : "text/plain", NULL,
		     buffer_head(&body), body.used);
	buffer_free(&body);
}

/* A call nobody knows of yet: Twilio has another URL to try, or a proxy another
 * gateway. */
static void turn_away(struct http_connection *c)
{
	static const char why[] = "the service is about to restart\n";

	http_respond(c, 503, "text/plain", "Retry-After: 1\r\n", why,
		     sizeof(why) - 1);
}

static void voice(struct worker *w, struct http_connection *c,
		  struct http_message *m)
{
	if (!worker_takes_new(w)) {
		turn_away(c);
		return;
	}
	if (call_webhook_is_wanted(w)) {
		const struct twilio_request r = twilio_request_of(c, m);
		voice_asking_take(w, c, &r);
		return;
	}
	webhook(w, c, m, twilio_desk_voice);
}

static void after_stream(struct worker *w, struct http_connection *c,
			 struct http_message *m)
{
	webhook(w, c, m, twilio_desk_after_stream);
}

static void after_dial(struct worker *w, struct http_connection *c,
		       struct http_message *m)
{
	webhook(w, c, m, twilio_desk_after_dial);
}

static void whisper(struct worker *w, struct http_connection *c,
		    struct http_message *m)
{
	webhook(w, c, m, twilio_whisper_say);
}

static void whisper_key(struct worker *w, struct http_connection *c,
			struct http_message *m)
{
	webhook(w, c, m, twilio_whisper_key);
}

static void call_status(struct worker *w, struct http_connection *c,
			struct http_message *m)
{
	webhook(w, c, m, twilio_desk_call_status);
}

static void stream_status(struct worker *w, struct http_connection *c,
			  struct http_message *m)
{
	webhook(w, c, m, twilio_desk_stream_status);
}

/* The stream was admitted, and could not be opened. */
static void forgo(struct worker *w, struct twilio_ticket *ticket,
		  uint64_t now_ns)
{
	worker_leave(w, &ticket->seat);
	twilio_tickets_settle(w->desk.tickets, ticket->call_sid,
			      ticket->streams, TWILIO_CUT, now_ns);
}

static void media(struct worker *w, struct http_connection *c,
		  struct http_message *m)
{
	struct twilio_request r = twilio_request_of(c, m);
	struct twilio_ticket ticket;
	char accept[WEBSOCKET_ACCEPT_LEN];

	int err = websocket_check_request(m, accept);
	if (err) {
		http_respond_text(c, (unsigned)-err,
				  "this path takes WebSocket upgrades only\n");
		return;
	}
	siblings_hear(&w->exchange->siblings);
	unsigned status = twilio_desk_admit(&w->desk, &r, &ticket);
	if (status)
		count(w, WORKER_TWILIO, WORKER_UPGRADE,
		      worker_refusal_of(status));
	if (status)
		http_respond(c, status, "text/plain",
			     status == 503 ? RETRY_AFTER : NULL, "refused\n",
			     8);
	else if (!bridge_twilio_open(w, c, accept, &r, &ticket))
		forgo(w, &ticket, r.now_ns);
}

static void open_socket(struct worker *w, struct http_connection *c,
			struct audiocodes_verdict *v)
{
	const struct audiocodes_peer peer = {
		.bot = w->config->audiocodes.bots[v->bot],
		.address = http_peer(c),
		.principal = v->principal,
		.is_enabled = true,
	};
	struct audiocodes_socket *s = audiocodes_socket_open(
		&w->audiocodes_host, c, v->accept, &peer);

	if (!s) {
		audiocodes_waiting_leave(w->audiocodes_desk.waiting, v->place);
		worker_leave(w, &v->seat);
		return;
	}
	s->place = v->place;
	s->seat = v->seat;
	w->unseated++; /* the connection it was still counts for now */
}

static void bot(struct worker *w, struct http_connection *c,
		struct http_message *m)
{
	const struct audiocodes_request r = {
		.message = m,
		.peer = http_peer(c),
		.is_loopback = is_near(c, m),
		.now_s = time(NULL),
	};
	struct audiocodes_verdict v;

	audiocodes_desk_judge(&w->audiocodes_desk, &r, &v);
	if (v.status >= 400)
		count(w, WORKER_AUDIOCODES, WORKER_UPGRADE,
		      worker_refusal_of(v.status));
	if (v.status == 101)
		open_socket(w, c, &v);
	else
		http_respond(c, v.status, v.type, v.headers, v.body,
			     strlen(v.body));
}

struct route {
	const char *path;
	bool is_prefix;
	const char *method; /* NULL: any */
	void (*take)(struct worker *w, struct http_connection *c,
		     struct http_message *m);
};

static const struct route route[] = {
	{ "/", false, "GET", front_page },
	{ "/healthz", false, "GET", health },
	{ TWILIO_PATH_VOICE, false, "POST", voice },
	{ TWILIO_PATH_AFTER, false, "POST", after_stream },
	{ TWILIO_PATH_DIALLED, false, "POST", after_dial },
	{ TWILIO_PATH_WHISPER, false, "POST", whisper },
	{ TWILIO_PATH_KEY, false, "POST", whisper_key },
	{ TWILIO_PATH_STATUS, false, "POST", stream_status },
	{ TWILIO_PATH_CALL, false, "POST", call_status },
	{ TWILIO_PATH_MEDIA, true, "GET", media },
	{ AUDIOCODES_PATH, true, NULL, bot },
};

static bool leads_to(const struct route *r, const char *target)
{
	size_t len = strlen(r->path);

	if (strncmp(target, r->path, len) != 0)
		return false;
	return r->is_prefix || target[len] == '\0' || target[len] == '?';
}

void routes_take(void *worker, struct http_connection *c,
		 struct http_message *m)
{
	char allow[32];

	for (size_t i = 0; i < sizeof(route) / sizeof(route[0]); i++) {
		if (!leads_to(&route[i], m->target))
			continue;
		if (!route[i].method ||
		    strcmp(m->method, route[i].method) == 0) {
			route[i].take(worker, c, m);
			return;
		}
		snprintf(allow, sizeof(allow), "Allow: %s\r\n",
			 route[i].method);
		http_respond(c, 405, "text/plain", allow,
			     "method not allowed\n", 19);
		return;
	}
	http_respond_text(c, 404, "not found\n");
}
