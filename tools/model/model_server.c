#include "tools/model/model_server.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "gateway/net/http_server.h"
#include "protocols/http.h"
#include "protocols/websocket.h"
#include "tools/model/model_handshake.h"
#include "tools/model/model_link.h"

struct model_server {
	struct http_server *http;
	const char *key;
	struct model_links links;
	bool http_gone;
	void (*on_closed)(void *owner);
	void *owner;
};

static void check_gone(void *owner)
{
	struct model_server *s = owner;

	if (!s->links.is_closing || !s->http_gone || s->links.first)
		return;
	void (*on_closed)(void *owner) = s->on_closed;
	void *their = s->owner;
	free(s);
	if (on_closed)
		on_closed(their);
}

static void refuse(struct http_connection *c, unsigned status,
		   const char *extra, const char *body)
{
	char text[300];

	if (!body) {
		snprintf(text, sizeof(text),
			 "{\"error\":{\"message\":\"%s\",\"type\":"
			 "\"invalid_request_error\",\"code\":null,\"param\":"
			 "null}}",
			 http_reason(status));
		body = text;
	}
	http_respond(c, status, *body ? "application/json" : NULL, extra, body,
		     strlen(body));
}

static void refuse_by_fault(struct model_server *s, struct http_connection *c,
			    const struct model_fault *f)
{
	char extra[64] = "";

	if (f->retry_after_s)
		snprintf(extra, sizeof(extra), "Retry-After: %u\r\n",
			 f->retry_after_s);
	model_report_log(&s->links.world->report, "-", "fault: refused with %u",
			 f->status);
	refuse(c, f->status, extra, f->body);
}

static unsigned count_connection(struct model_world *w)
{
	w->connections++;
	if (w->scenario.expect.sessions &&
	    w->connections > w->scenario.expect.sessions)
		model_report_breach(&w->report, MODEL_BREACH_RETRY, "-",
				    "one connection too many");
	return w->connections;
}

static void on_upgrade(struct model_server *s, struct http_connection *c,
		       const struct http_message *request, const char *accept)
{
	struct model_handshake h;

	model_handshake_judge(&h, request, s->key);
	if (h.http_status) {
		refuse(c, h.http_status, NULL, NULL);
		return;
	}
	struct model_world *w = s->links.world;
	unsigned number = count_connection(w);
	const struct model_fault *f = model_scenario_fault(
		&w->scenario, MODEL_REFUSE_HTTP, number, 0);
	if (f)
		refuse_by_fault(s, c, f);
	else if (s->links.count >= MODEL_SESSIONS_MAX || s->links.is_closing ||
		 !model_link_open(&s->links, c, &h, accept, number))
		refuse(c, 503, NULL, NULL);
}

static void on_request(void *owner, struct http_connection *c,
		       struct http_message *request)
{
	char accept[WEBSOCKET_ACCEPT_LEN];

	if (!request->is_upgrade) {
		refuse(c,
		       strncmp(request->target, "/v1/realtime", 12) == 0 ? 400
									 : 404,
		       NULL, NULL);
		return;
	}
	int err = websocket_check_request(request, accept);
	if (err)
		refuse(c, (unsigned)-err, "Sec-WebSocket-Version: 13\r\n",
		       NULL);
	else
		on_upgrade(owner, c, request, accept);
}

static void on_refused(void *owner, const char *peer, unsigned status,
		       const char *why)
{
	struct model_server *s = owner;

	model_report_log(&s->links.world->report, "-", "refused %s with %u: %s",
			 peer, status, why);
}

static const struct http_server_events http_events = {
	.on_request = on_request,
	.on_refused = on_refused,
};

int model_server_open(struct model_server **out, uv_loop_t *loop,
		      const char *host, unsigned port, struct tls_context *tls,
		      const char *key, struct model_world *world)
{
	struct model_server *s = calloc(1, sizeof(*s));

	if (!s)
		return -ENOMEM;
	s->key = key;
	s->links = (struct model_links){
		.loop = loop,
		.world = world,
		.on_gone = check_gone,
		.owner = s,
	};
	model_random_seed(&s->links.random, model_random_next(&world->random));
	int err = http_server_open(&s->http, loop, host, port, tls, NULL,
				   &http_events, s);
	if (err) {
		free(s);
		return err;
	}
	*out = s;
	return 0;
}

unsigned model_server_port(const struct model_server *s)
{
	return http_server_port(s->http);
}

static void on_http_closed(void *owner)
{
	struct model_server *s = owner;

	s->http_gone = true;
	check_gone(s);
}

void model_server_close(struct model_server *s, void (*on_closed)(void *owner),
			void *owner)
{
	s->on_closed = on_closed;
	s->owner = owner;
	model_link_close_all(&s->links);
	http_server_close(s->http, on_http_closed);
}
