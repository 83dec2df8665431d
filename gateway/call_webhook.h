/* The pre-call webhook: somebody else's server is asked who answers a call, and
 * what else is known of it, before that is decided.
 *
 *     POST call_webhook.url
 *     Content-Type: application/json
 *     Idempotency-Key: <the carrier's id of the call>
 *     X-Tandem-Signature: …        (protocols/webhook_signature.h)
 *
 *     {"carrier":"twilio","caller":"+41…","callee":"+1…","bot":"",
 *      "parameters":{"CallSid":"CA…"}}
 *
 * Its answer, 200 and a JSON object, may have "agent" (a name) and "variables"
 * (an object of texts, numbers and booleans). Anything else, an agent that is
 * not there, or none in time: the routes decide, which is logged and counted.
 * Redirects are not followed. */
#ifndef GATEWAY_CALL_WEBHOOK_H
#define GATEWAY_CALL_WEBHOOK_H

#include <jansson.h>
#include <stdbool.h>

struct call_webhook;
struct log;
struct worker;

#define CALL_WEBHOOK_ANSWER_MAX 65536 /* bytes */

struct call_webhook_call {
	const char *carrier; /* "twilio" */
	const char *id;
	const char *caller;
	const char *callee;
	const char *bot;    /* "": none */
	json_t *parameters; /* an object; call_webhook_ask takes it */
};

struct call_webhook_answer {
	const char *agent;       /* of the book; NULL: the routes decide */
	const json_t *variables; /* an object, or NULL */
};

/* call_webhook_is_wanted: the worker's calls begin with it. */
bool call_webhook_is_wanted(const struct worker *w);

/* call_webhook_ask: on_done comes once, never from inside, after at most
 * call_webhook.timeout_ms; the answer is valid in it alone.
 * log  names the call; copied
 * Returns NULL when it cannot be asked, which is logged and counted. */
struct call_webhook *call_webhook_ask(
	struct worker *w, const struct call_webhook_call *call,
	const struct log *log,
	void (*on_done)(void *owner, const struct call_webhook_answer *answer),
	void *owner);

/* call_webhook_forget: on_done will not come. NULL is fine. */
void call_webhook_forget(struct call_webhook *k);

/* call_webhook_text: a variable as text: in out, or the value's own; NULL: it
 * is none. */
const char *call_webhook_text(const json_t *value, char out[32]);

#endif
