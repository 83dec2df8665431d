#include "tools/call/phone_rest.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "gateway/net/http_server.h"
#include "gateway/net/listen_socket.h"
#include "protocols/base64.h"
#include "protocols/form.h"
#include "protocols/http.h"
#include "tools/call/phone_call_parts.h"
#include "tools/call/phone_place.h"

#define PREFIX    "/2010-04-01/Accounts/"
#define TWIML_MAX 4000
#define BODY_MAX  65536

struct phone_rest {
	struct http_server *server;
	const char *account_sid;
	const char *auth_token;
	unsigned refuse;
	struct phone_call *first;
};

/* --- Answers --- */

static void respond(struct http_connection *c, unsigned status, unsigned code,
		    const char *message)
{
	char body[512];
	int n = snprintf(body, sizeof(body),
			 "{\"code\":%u,\"message\":\"%s\",\"more_info\":"
			 "\"https://www.twilio.com/docs/errors/%u\","
			 "\"status\":%u}",
			 code, message, code, status);

	http_respond(c, status, "application/json", NULL, body, (size_t)n);
}

static void respond_as(struct http_connection *c, unsigned code,
		       const struct phone_rest *r,
		       const struct phone_call *call, const char *status)
{
	char body[512];
	int n = snprintf(body, sizeof(body),
			 "{\"sid\":\"%s\",\"account_sid\":\"%s\",\"status\":"
			 "\"%s\",\"direction\":\"%s\",\"duration\":null}",
			 call->call.result.id, r->account_sid, status,
			 call->is_placed ? "outbound-api" : "inbound");

	http_respond(c, code, "application/json", NULL, body, (size_t)n);
}

static void respond_call(struct http_connection *c, const struct phone_rest *r,
			 const struct phone_call *call, const char *status)
{
	respond_as(c, 200, r, call, status);
}

/* --- Who asks, and for which call --- */

static bool is_authorized(const struct phone_rest *r,
			  const struct http_message *m)
{
	const char *given = http_header_value(m, "Authorization");
	char pair[320], wanted[512] = "Basic ";

	if (!r->auth_token)
		return true;
	int n = snprintf(pair, sizeof(pair), "%s:%s", r->account_sid,
			 r->auth_token);
	if (n < 0 || (size_t)n >= sizeof(pair))
		return false;
	size_t len =
		base64_encode(wanted + 6, (const uint8_t *)pair, (size_t)n);
	wanted[6 + len] = '\0';
	return given && strcmp(given, wanted) == 0;
}

/* ".../AC…/Calls/CA….json"; NULL: no such path, or no such call. */
static struct phone_call *find(struct phone_rest *r, const char *target)
{
	char path[160];

	for (struct phone_call *c = r->first; c; c = c->next_of_rest) {
		snprintf(path, sizeof(path), PREFIX "%s/Calls/%s.json",
			 r->account_sid, c->call.result.id);
		if (strcmp(path, target) == 0)
			return c;
	}
	return NULL;
}

/* --- What is asked --- */

/* Returns the one field that says what to do; NULL: none, or several. */
static const struct form_field *order_of(const struct form *f)
{
	static const char *const order[] = { "Status", "Twiml", "Url" };
	const struct form_field *found = NULL;

	for (size_t i = 0; i < f->count; i++)
		for (size_t j = 0; j < sizeof(order) / sizeof(order[0]); j++) {
			if (strcmp(f->field[i].name, order[j]) != 0)
				continue;
			if (found)
				return NULL;
			found = &f->field[i];
		}
	return found;
}

static void complain(struct http_connection *c, struct phone_call *call,
		     unsigned code, const char *what)
{
	phone_call_breach(call, code, "REST: %s", what);
	respond(c, 400, code, what);
}

static void redirect(struct phone_rest *r, struct http_connection *c,
		     struct phone_call *call, const char *twiml, size_t len)
{
	if (len > TWIML_MAX)
		complain(c, call, 32018, "Twiml is over 4000 characters");
	else if (phone_verbs_replace(call, twiml, len) != 0)
		complain(c, call, 12100, "Twiml cannot be read");
	else
		respond_call(c, r, call, "in-progress");
}

static void carry_out(struct phone_rest *r, struct http_connection *c,
		      struct phone_call *call, const struct form_field *order)
{
	if (strcmp(order->name, "Twiml") == 0) {
		redirect(r, c, call, order->value, order->value_len);
	} else if (strcmp(order->name, "Status") == 0 &&
		   strcmp(order->value, "completed") == 0) {
		respond_call(c, r, call, "completed");
		phone_call_over(call, CALLER_OUTCOME_HUNG_UP,
				"by the far end: Status=completed");
	} else {
		complain(c, call, 21220, "neither Twiml nor Status=completed");
	}
}

static bool read_form(struct form *f, struct http_message *m)
{
	static const char form_type[] = "application/x-www-form-urlencoded";
	const char *type = http_header_value(m, "Content-Type");

	return strcmp(m->method, "POST") == 0 && type &&
	       strncmp(type, form_type, sizeof(form_type) - 1) == 0 &&
	       form_parse(f, m->body, m->body_len) == 0;
}

static void update(struct phone_rest *r, struct http_connection *c,
		   struct phone_call *call, struct http_message *m)
{
	struct form f;

	if (!read_form(&f, m)) {
		complain(c, call, 20001, "not a form that is posted");
		return;
	}
	const struct form_field *order = order_of(&f);
	if (!order)
		complain(c, call, 21218, "not one of Status, Twiml and Url");
	else if (call->is_over || strcmp(call->status, "in-progress") != 0)
		respond(c, 400, 21220,
			"Call is not in-progress. Cannot redirect.");
	else
		carry_out(r, c, call, order);
}

/* ".../AC…/Calls.json". */
static bool is_create(const struct phone_rest *r, const char *target)
{
	char path[160];

	snprintf(path, sizeof(path), PREFIX "%s/Calls.json", r->account_sid);
	return strcmp(path, target) == 0;
}

/* Somebody whose phone has not rung yet; NULL: nobody. */
static struct phone_call *find_waiting(struct phone_rest *r)
{
	for (struct phone_call *c = r->first; c; c = c->next_of_rest)
		if (c->options->is_outbound && !c->is_placed && !c->is_over)
			return c;
	return NULL;
}

static void create(struct phone_rest *r, struct http_connection *c,
		   struct http_message *m)
{
	struct phone_call *call = find_waiting(r);
	unsigned code = 20001;
	struct form f;

	if (!call) {
		respond(c, 429, 20429, "nobody waits for a call");
		return;
	}
	const char *why = read_form(&f, m) ? phone_place(call, &f, &code)
					   : "not a form that is posted";
	if (why)
		complain(c, call, code, why);
	else
		respond_as(c, 201, r, call, "queued");
}

static void on_request(void *owner, struct http_connection *c,
		       struct http_message *m)
{
	struct phone_rest *r = owner;
	struct phone_call *call = find(r, m->target);

	if (r->refuse)
		respond(c, r->refuse, 20000 + r->refuse, "as was asked for");
	else if (!is_authorized(r, m))
		respond(c, 401, 20003, "Authenticate");
	else if (is_create(r, m->target))
		create(r, c, m);
	else if (!call)
		respond(c, 404, 20404, "The requested resource was not found");
	else
		update(r, c, call, m);
}

/* --- Life --- */

int phone_rest_open(struct phone_rest **out, uv_loop_t *loop,
		    const char *listen, const char *account_sid,
		    const char *auth_token, unsigned refuse)
{
	static const struct http_server_events events = {
		.on_request = on_request,
	};
	const struct http_server_limits limits = { .body_max = BODY_MAX };
	struct phone_rest *r = calloc(1, sizeof(*r));
	char host[256];
	unsigned port;

	if (!r)
		return -ENOMEM;
	r->account_sid = account_sid;
	r->auth_token = auth_token;
	r->refuse = refuse;
	int err = listen_socket_split(listen, host, sizeof(host), &port);
	if (!err)
		err = http_server_open(&r->server, loop, host, port, NULL,
				       &limits, &events, r);
	if (err)
		free(r);
	else
		*out = r;
	return err;
}

static void on_closed(void *owner)
{
	free(owner);
}

void phone_rest_close(struct phone_rest *r)
{
	if (r)
		http_server_close(r->server, on_closed);
}

void phone_rest_add(struct phone_rest *r, struct phone_call *c)
{
	if (!r)
		return;
	c->next_of_rest = r->first;
	r->first = c;
}

void phone_rest_remove(struct phone_rest *r, struct phone_call *c)
{
	if (!r)
		return;
	for (struct phone_call **link = &r->first; *link;
	     link = &(*link)->next_of_rest)
		if (*link == c) {
			*link = c->next_of_rest;
			return;
		}
}
