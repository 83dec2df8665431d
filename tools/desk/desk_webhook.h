/* The receiving end of webhooks: functions of a model, forms, whatever the
 * gateway sends to somebody else's server.
 *
 * Strict: a request with a body is JSON and says so; where there is a secret,
 * X-Tandem-Signature is right and not older than DESK_SIGNED_S; whatever
 * changes something has an Idempotency-Key, which stands for one body, and is
 * not used again once it was answered 2xx, 3xx or 4xx (but 408, 425, 429).
 *
 *     X-Tandem-Signature: t=1767225600,v1=HEX
 *
 * HEX is the HMAC-SHA256 of "1767225600." and the body, by the secret; there
 * may be several v1, of which one must be right. */
#ifndef TOOLS_DESK_DESK_WEBHOOK_H
#define TOOLS_DESK_DESK_WEBHOOK_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct desk_reply;
struct desk_report;
struct desk_scenario;
struct desk_webhook;
struct http_message;

#define DESK_SIGNED_S 300
#define DESK_KEYS_MAX 4096 /* kept; the oldest are forgotten */

struct desk_key {
	char text[64];
	uint8_t body[32]; /* SHA-256 */
	bool is_settled;
};

struct desk_webhooks {
	const struct desk_scenario *scenario;
	struct desk_report *report;
	unsigned *asked; /* of each */
	struct desk_key *key;
	unsigned keys; /* ever */
};

/* desk_webhooks_init: the scenario and the report are kept. Returns 0 or
 * -ENOMEM. */
int desk_webhooks_init(struct desk_webhooks *w,
		       const struct desk_scenario *scenario,
		       struct desk_report *report);
void desk_webhooks_free(struct desk_webhooks *w);

/* desk_webhooks_take: returns whether the path is one of theirs; then the reply
 * is filled. now_s: Unix time. */
bool desk_webhooks_take(struct desk_webhooks *w, const struct http_message *m,
			int64_t now_s, struct desk_reply *reply);

/* desk_webhooks_end: were there as many requests as there should be? */
void desk_webhooks_end(struct desk_webhooks *w);

/* desk_webhook_signature_ok: as above, on its own. */
bool desk_webhook_signature_ok(const char *header, const char *secret,
			       const void *body, size_t body_len,
			       int64_t now_s);

#endif
