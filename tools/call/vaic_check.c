#include "tools/call/vaic_check.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include <jansson.h>

#include "gateway/net/http_client.h"
#include "gateway/net/ws.h"
#include "protocols/http.h"

struct vaic_check {
	uv_loop_t *loop;
	const struct vaic_endpoint *endpoint;
	bool by_http;
	const struct vaic_check_events *events;
	void *owner;
	uv_timer_t timer; /* for an answer, and the next try */
	unsigned try;
	uint64_t asked_ns;
	struct http_fetch *fetch;
	struct vaic_link *link;
	bool is_validated; /* answered, rightly or not */
	bool is_over;
	struct vaic_check_end end;
};

static const struct {
	const char *name;
	const char *token; /* NULL: none */
} try[] = {
	{ "with the token", NULL },
	{ "without a token", NULL },
	{ "with a wrong token", "not-the-token" },
};

#define TRIES (sizeof(try) / sizeof(try[0]))

static __attribute__((format(printf, 3, 4))) void breach(struct vaic_check *c,
							 const char *code,
							 const char *format,
							 ...)
{
	char text[160];
	va_list args;

	va_start(args, format);
	vsnprintf(text, sizeof(text), format, args);
	va_end(args);
	c->events->on_breach(c->owner, code, text);
}

/* --- From try to try --- */

static void on_timer_closed(uv_handle_t *h)
{
	struct vaic_check *c = h->data;

	c->events->on_over(c->owner, &c->end);
	free(c);
}

static void finish(struct vaic_check *c)
{
	c->is_over = true;
	if (!c->fetch && !c->link && !uv_is_closing((uv_handle_t *)&c->timer))
		uv_close((uv_handle_t *)&c->timer, on_timer_closed);
}

static void begin_try(uv_timer_t *timer);

/* One try has its answer: status 0 means none. */
static void conclude(struct vaic_check *c, unsigned status, const char *why)
{
	char text[160];
	const char *how =
		c->endpoint->token ? try[c->try].name : "with no token to show";

	uv_timer_stop(&c->timer);
	snprintf(text, sizeof(text), "%s: %u %s, %.0f ms", how, status, why,
		 (double)(uv_hrtime() - c->asked_ns) / 1e6);
	c->events->on_note(c->owner, text);
	if (c->try == 0) {
		c->end.has_answer = status != 0;
		c->end.http_status = status;
		c->end.answer_ms = (double)(uv_hrtime() - c->asked_ns) / 1e6;
		snprintf(c->end.how, sizeof(c->end.how), "%s", text);
	} else if (status != 401) {
		breach(c, "1.2", "%s: %u instead of 401", how, status);
	}
	if (c->is_over || !status || !c->endpoint->token || ++c->try == TRIES)
		finish(c);
	else
		uv_timer_start(&c->timer, begin_try, 0, 0);
}

/* --- By HTTP (1.5) --- */

static bool is_json(const char *type)
{
	static const char json[] = "application/json";

	return type && strncmp(type, json, sizeof(json) - 1) == 0 &&
	       strchr(" ;", type[sizeof(json) - 1]);
}

static void judge_answer(struct vaic_check *c, const struct http_message *m)
{
	const char *type = http_header_value(m, "Content-Type");
	size_t len = strlen(VAIC_CHECK_BODY);

	c->end.is_refused = m->status == 401 || m->status == 403;
	if (m->status != 200)
		breach(c, "1.5", "the check: %u instead of 200", m->status);
	else if (m->body_len != len ||
		 memcmp(m->body, VAIC_CHECK_BODY, len) != 0)
		breach(c, "1.5", "the check's body is not %s", VAIC_CHECK_BODY);
	if (m->status == 200 && !is_json(type))
		breach(c, "1.5", "the check's Content-Type: %.60s",
		       type ? type : "none");
}

static bool asks_for_bearer(const struct http_message *m)
{
	const char *value = http_header_value(m, "WWW-Authenticate");

	return value && strncasecmp(value, "Bearer", 6) == 0;
}

static void on_fetched(void *owner, int status, const char *why,
		       struct http_message *answer)
{
	struct vaic_check *c = owner;
	unsigned code = answer ? answer->status : 0;

	(void)status;
	c->fetch = NULL;
	if (answer && c->try == 0)
		judge_answer(c, answer);
	if (code == 401 && !asks_for_bearer(answer))
		breach(c, "1.2", "401 without WWW-Authenticate: Bearer");
	conclude(c, code, answer ? http_reason(code) : why);
}

static bool fetch(struct vaic_check *c, const struct vaic_endpoint *e)
{
	char url[VAIC_LINK_URL_MAX], headers[VAIC_LINK_HEADERS_MAX];
	struct http_fetch_request request = {
		.method = "GET",
		.url = url,
		.extra = headers,
		.tls = e->tls,
		.timeout_ms = VAIC_CHECK_WAIT_MS,
		.body_max = VAIC_CHECK_BODY_MAX,
	};

	if (vaic_link_url(url, sizeof(url), e->url, true) < 0 ||
	    vaic_link_headers(headers, e) < 0)
		return false;
	c->fetch = http_fetch_start(c->loop, &request, on_fetched, c);
	return c->fetch != NULL;
}

/* --- By WebSocket (2.1) --- */

static void on_open(void *owner, struct vaic_link *l)
{
	static const char text[] = "{\"type\":\"connection.validate\"}";
	struct vaic_check *c = owner;

	if (c->try == 0) {
		vaic_link_send(l, text, sizeof(text) - 1);
		vaic_link_flush(l);
	} else {
		vaic_link_close(l, 1000);
	}
}

static void on_text(void *owner, struct vaic_link *l, char *text, size_t len)
{
	struct vaic_check *c = owner;
	json_t *m = json_loadb(text, len, JSON_REJECT_DUPLICATES, NULL);
	const char *type = json_string_value(json_object_get(m, "type"));

	if (!type || strcmp(type, "connection.validated") != 0)
		breach(c, "2.1", "%.60s instead of connection.validated",
		       type ? type : "no message");
	else if (!json_is_true(json_object_get(m, "success")))
		breach(c, "2.1", "connection.validated without success");
	json_decref(m);
	c->is_validated = true;
	vaic_link_close(l, 1000);
}

static void on_binary(void *owner, struct vaic_link *l, const uint8_t *bytes,
		      size_t len)
{
	(void)l;
	(void)bytes;
	breach(owner, "1.3", "a binary message of %zu bytes", len);
}

static void on_closed(void *owner, struct vaic_link *l,
		      const struct ws_end *end)
{
	struct vaic_check *c = owner;
	unsigned status = end->was_open ? 101 : end->http_status;

	(void)l;
	c->link = NULL;
	c->end.is_refused |= c->try == 0 && !end->was_open && status;
	if (c->try == 0 && !c->is_validated && end->was_open)
		breach(c, "2.1", "no connection.validated: %.100s", end->why);
	conclude(c, status, end->was_open ? "Switching Protocols" : end->why);
}

static const struct vaic_link_events link_events = {
	.on_open = on_open,
	.on_text = on_text,
	.on_binary = on_binary,
	.on_closed = on_closed,
};

static void on_late(uv_timer_t *timer)
{
	struct vaic_check *c = timer->data;

	if (c->link)
		vaic_link_close(c->link, 1000);
}

/* --- The beginning --- */

static void begin_try(uv_timer_t *timer)
{
	struct vaic_check *c = timer->data;
	struct vaic_endpoint e = *c->endpoint;

	if (c->try > 0)
		e.token = try[c->try].token;
	c->asked_ns = uv_hrtime();
	if (c->by_http) {
		if (!fetch(c, &e))
			finish(c);
		return;
	}
	c->link = vaic_link_open(c->loop, &e, 1, &link_events, c);
	if (c->link)
		uv_timer_start(&c->timer, on_late, VAIC_CHECK_WAIT_MS, 0);
	else
		finish(c);
}

struct vaic_check *vaic_check_begin(uv_loop_t *loop,
				    const struct vaic_endpoint *e, bool by_http,
				    const struct vaic_check_events *events,
				    void *owner)
{
	char url[VAIC_LINK_URL_MAX];
	struct vaic_check *c;

	if (vaic_link_url(url, sizeof(url), e->url, by_http) < 0)
		return NULL;
	c = calloc(1, sizeof(*c));
	if (!c)
		return NULL;
	c->loop = loop;
	c->endpoint = e;
	c->by_http = by_http;
	c->events = events;
	c->owner = owner;
	snprintf(c->end.how, sizeof(c->end.how), "nothing could be asked");
	uv_timer_init(loop, &c->timer);
	c->timer.data = c;
	uv_timer_start(&c->timer, begin_try, 0, 0);
	return c;
}

void vaic_check_cancel(struct vaic_check *c)
{
	c->is_over = true;
	if (c->fetch)
		http_fetch_cancel(c->fetch);
	c->fetch = NULL;
	if (c->link)
		vaic_link_close(c->link, 1000);
	finish(c);
}
