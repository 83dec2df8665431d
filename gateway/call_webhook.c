#include "gateway/call_webhook.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "gateway/agents/agent_book.h"
#include "gateway/exchange.h"
#include "gateway/net/fetch.h"
#include "gateway/ops/config.h"
#include "gateway/settings.h"
#include "gateway/worker.h"
#include "protocols/json_load.h"
#include "protocols/webhook_signature.h"

#define HEADER_MAX 256

struct call_webhook {
	struct worker *worker;
	struct fetch *fetch;
	struct log log;
	void (*on_done)(void *owner, const struct call_webhook_answer *answer);
	void *owner;
};

bool call_webhook_is_wanted(const struct worker *w)
{
	return w->config->call_webhook.url[0] != '\0';
}

static void fail(struct call_webhook *k, const char *why, unsigned status)
{
	struct log_line l;

	metric_add(&k->worker->figures.webhook_failed, 1);
	log_begin(&l, &k->log, LOG_WARN, "call_webhook_failed");
	log_words(&l, "why", why);
	log_number(&l, "status", status);
	log_text(&l, "what", "the routes decide");
	log_end(&l);
}

/* --- What it answers --- */

/* Returns NULL, or what is wrong with it. */
static const char *read_answer(const struct call_webhook *k, const json_t *said,
			       struct call_webhook_answer *out)
{
	const struct agent_book *book = k->worker->settings->book;
	const json_t *agent = json_object_get(said, "agent");
	const json_t *variables = json_object_get(said, "variables");

	if (json_is_object(variables))
		out->variables = variables;
	else if (variables && !json_is_null(variables))
		return "its variables are no object";
	if (!agent || json_is_null(agent))
		return NULL;
	if (!json_is_string(agent))
		return "its agent is no text";
	if (!agent_book_find(book, json_string_value(agent)))
		return "there is no agent of the name it says";
	out->agent = json_string_value(agent);
	return NULL;
}

static void on_answer(void *owner, const struct fetch_answer *f)
{
	struct call_webhook *k = owner;
	struct call_webhook_answer answer = { 0 };
	char *text = NULL;
	json_t *said = NULL;
	const char *fault = NULL;

	if (f->error)
		fault = f->why;
	else if (f->status != 200)
		fault = "it does not answer 200";
	else if (!(text = strdup(f->body)) ||
		 !(said = json_load_strict(text, f->body_len)))
		fault = "it does not answer with a JSON object";
	else
		fault = read_answer(k, said, &answer);
	if (fault)
		fail(k, fault, f->error ? 0 : f->status);
	k->on_done(k->owner, &answer);
	json_decref(said);
	free(text);
	free(k);
}

/* --- What it is asked --- */

static struct fetch *start(struct call_webhook *k, const char *id,
			   const char *body)
{
	const struct config_call_webhook *c = &k->worker->config->call_webhook;
	char key[HEADER_MAX], signature[HEADER_MAX];
	char value[WEBHOOK_SIGNATURE_LEN];
	struct fetch_request r = {
		.method = "POST",
		.url = c->url,
		.header = { "Content-Type: application/json", key },
		.body = body,
		.body_len = strlen(body),
		.timeout_ms = c->timeout_ms,
		.body_max = CALL_WEBHOOK_ANSWER_MAX,
	};

	snprintf(key, sizeof(key), "Idempotency-Key: %s", id);
	if (secret_is_set(&c->secret)) {
		webhook_signature(value, secret_reveal(&c->secret), time(NULL),
				  body, r.body_len);
		snprintf(signature, sizeof(signature),
			 WEBHOOK_SIGNATURE_NAME ": %s", value);
		r.header[2] = signature;
	}
	return fetch_start(k->worker->world.fetch, &r, on_answer, k);
}

static char *body_of(const struct call_webhook_call *call)
{
	json_t *all =
		json_pack("{s:s, s:s, s:s, s:s, s:o}", "carrier", call->carrier,
			  "caller", call->caller, "callee", call->callee, "bot",
			  call->bot, "parameters", call->parameters);
	char *text = all ? json_dumps(all, JSON_COMPACT) : NULL;

	json_decref(all);
	return text;
}

struct call_webhook *call_webhook_ask(
	struct worker *w, const struct call_webhook_call *call,
	const struct log *log,
	void (*on_done)(void *owner, const struct call_webhook_answer *answer),
	void *owner)
{
	struct call_webhook *k = calloc(1, sizeof(*k));
	char *body = body_of(call);

	if (!k) {
		free(body);
		return NULL;
	}
	*k = (struct call_webhook){
		.worker = w, .log = *log, .on_done = on_done, .owner = owner
	};
	if (body)
		k->fetch = start(k, call->id, body);
	free(body);
	if (k->fetch)
		return k;
	fail(k, "it cannot be asked", 0);
	free(k);
	return NULL;
}

void call_webhook_forget(struct call_webhook *k)
{
	if (!k)
		return;
	fetch_cancel(k->fetch);
	free(k);
}

const char *call_webhook_text(const json_t *value, char out[32])
{
	if (json_is_string(value))
		return json_string_value(value);
	if (json_is_integer(value))
		snprintf(out, 32, "%" JSON_INTEGER_FORMAT,
			 json_integer_value(value));
	else if (json_is_real(value))
		snprintf(out, 32, "%.10g", json_real_value(value));
	else if (json_is_boolean(value))
		snprintf(out, 32, "%s", json_is_true(value) ? "true" : "false");
	else
		return NULL;
	return out;
}
