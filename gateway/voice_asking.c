#include "gateway/voice_asking.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "gateway/call_webhook.h"
#include "gateway/exchange.h"
#include "gateway/net/http_server.h"
#include "gateway/routes.h"
#include "gateway/worker.h"
#include "protocols/form.h"
#include "protocols/http.h"
#include "protocols/twiml.h"

#define HOST_MAX 256
#define PEER_MAX 80

struct voice_asking {
	struct worker *worker;
	struct http_connection *connection;
	struct twilio_request request;
	char host[HOST_MAX]; /* what a proxy says of it does not stay */
	char peer[PEER_MAX];
	struct form form;
	struct log log;
	struct call_webhook *webhook;
};

/* Only texts are kept of what it tells. */
static size_t take_variables(const json_t *variables,
			     struct twiml_parameter out[TWILIO_FACTS_MAX],
			     char text[TWILIO_FACTS_MAX][32])
{
	const char *name;
	json_t *value;
	size_t n = 0;

	json_object_foreach((json_t *)(uintptr_t)variables, name, value)
	{
		const char *said = n < TWILIO_FACTS_MAX
					   ? call_webhook_text(value, text[n])
					   : NULL;
		if (said && name[0])
			out[n++] = (struct twiml_parameter){ name, said };
	}
	return n;
}

static void answer(struct voice_asking *v, const struct twilio_told *told)
{
	struct worker *w = v->worker;
	uint64_t before = w->desk.rejected;
	struct buffer body;

	siblings_hear(&w->exchange->siblings); /* they may know the call */

	buffer_init(&body, ROUTES_TWIML_MAX);
	v->request.now_ns = uv_hrtime();
	unsigned status = twilio_desk_voice_answer(&w->desk, &v->request,
						   &v->form, told, &body);
	routes_tell_webhook(w, status, w->desk.rejected != before);
	http_respond(v->connection, status,
		     status == 200 ? "text/xml" : "text/plain", NULL,
		     buffer_head(&body), body.used);
	buffer_free(&body);
}

static void on_done(void *owner, const struct call_webhook_answer *said)
{
	struct voice_asking *v = owner;
	struct twiml_parameter parameter[TWILIO_FACTS_MAX];
	char text[TWILIO_FACTS_MAX][32];
	const struct twilio_told told = {
		.agent = said->agent,
		.parameter = parameter,
		.parameters = take_variables(said->variables, parameter, text),
	};

	answer(v, &told);
	free(v);
}

static void on_gone(void *owner)
{
	struct voice_asking *v = owner;

	call_webhook_forget(v->webhook);
	free(v);
}

static json_t *parameters_of(const struct form *form)
{
	json_t *all = json_object();

	for (size_t i = 0; i < form->count; i++)
		if (form->field[i].name_len)
			(void)json_object_set_new(
				all, form->field[i].name,
				json_string(form->field[i].value));
	return all;
}

static const char *field(const struct voice_asking *v, const char *name)
{
	const char *value = form_value(&v->form, name);

	return value ? value : "";
}

static struct call_webhook *ask(struct voice_asking *v)
{
	const struct call_webhook_call call = {
		.carrier = "twilio",
		.id = field(v, "CallSid"),
		.caller = field(v, "From"),
		.callee = field(v, "To"),
		.bot = "",
		.parameters = parameters_of(&v->form),
	};

	log_child_of(&v->log, &v->worker->log, LOG_CALL, "call", call.id);
	return call_webhook_ask(v->worker, &call, &v->log, on_done, v);
}

/* What the request is worth by itself. Returns whether it goes on. */
static bool is_good(struct voice_asking *v)
{
	struct buffer body;

	buffer_init(&body, ROUTES_TWIML_MAX);
	unsigned status = twilio_desk_voice_asked(&v->worker->desk, &v->request,
						  &v->form, &body);
	if (status != 200) {
		routes_tell_webhook(v->worker, status, false);
		http_respond(v->connection, status, "text/plain", NULL,
			     buffer_head(&body), body.used);
	}
	buffer_free(&body);
	return status == 200;
}

static void keep(struct voice_asking *v, const struct twilio_request *r)
{
	v->request = *r;
	if (r->host) {
		snprintf(v->host, sizeof(v->host), "%s", r->host);
		v->request.host = v->host;
	}
	snprintf(v->peer, sizeof(v->peer), "%s", r->peer ? r->peer : "");
	v->request.peer = v->peer;
}

void voice_asking_take(struct worker *w, struct http_connection *c,
		       const struct twilio_request *r)
{
	static const struct twilio_told nothing;
	struct voice_asking *v = calloc(1, sizeof(*v));

	if (!v) {
		http_respond_text(c, 503, "no memory\n");
		return;
	}
	v->worker = w;
	v->connection = c;
	keep(v, r);
	if (!is_good(v)) {
		free(v);
		return;
	}
	if (!twilio_desk_is_placed(&w->desk, r, &v->form))
		v->webhook = ask(v);
	if (v->webhook) {
		http_defer(c, on_gone, v);
		return;
	}
	answer(v, &nothing);
	free(v);
}
