/* What has happened, told to somebody else's server: a POST of JSON, signed,
 * and tried again until it is taken. One queue for each worker, on its thread.
 *
 *     X-Tandem-Signature: …                 protocols/webhook_signature.h
 *     Idempotency-Key: KEY                  the same each time it is tried
 *
 * Taken is what is answered 2xx. Other answers but 408, 425, 429 and 5xx are
 * final; without one it is tried again after 1, 5 and 30 s. What is given up is
 * logged, without what was in it. Bounded: WEBHOOKS_MAX on their way. */
#ifndef GATEWAY_AGENTS_WEBHOOK_H
#define GATEWAY_AGENTS_WEBHOOK_H

#include <stddef.h>
#include <stdint.h>
#include <uv.h>

#include "gateway/ops/log.h"
#include "gateway/ops/secret.h"

struct fetch_port;
struct webhooks;

#define WEBHOOKS_MAX       1024
#define WEBHOOK_TIMEOUT_MS 10000
#define WEBHOOK_ANSWER_MAX 65536 /* bytes that are read, and not looked at */
#define WEBHOOK_KEY_MAX    64    /* with NUL */

struct webhook {
	const char *event; /* for the log: "form.saved" */
	const char *url;
	const struct secret *secret;
	const char *key;  /* Idempotency-Key, unlike any other's */
	const char *body; /* JSON */
	const struct log *log;
};

/* webhooks_open: on_idle comes whenever the last one is done.
 * Returns NULL without memory. webhooks_close: what is on its way is given up;
 * on_idle does not come any more. webhooks_free: after the loop has run out. */
struct webhooks *webhooks_open(uv_loop_t *loop, struct fetch_port *fetch,
			       void (*on_idle)(void *owner), void *owner);
void webhooks_close(struct webhooks *w);
void webhooks_free(struct webhooks *w);
unsigned webhooks_under_way(const struct webhooks *w);

/* webhooks_send: copies what it needs. */
void webhooks_send(struct webhooks *w, const struct webhook *hook);

#endif
