/* Twilio's HTTP requests: the voice webhook, Connect's and Dial's action,
 * stream status callbacks. Signed when there is a token. */
#ifndef TOOLS_CALL_PHONE_WEBHOOK_H
#define TOOLS_CALL_PHONE_WEBHOOK_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <uv.h>

#include "tools/call/phone_sign.h"

struct http_message;
struct tls_context;

#define PHONE_WEBHOOK_TIMEOUT_MS 15000 /* Twilio's, in all */

enum phone_signing { PHONE_SIGNED, PHONE_SIGNED_WRONGLY, PHONE_UNSIGNED };

struct phone_webhook {
	const char *url;    /* absolute */
	const char *method; /* "POST" or "GET" */
	const struct phone_field *field;
	size_t fields;
	const char *auth_token; /* NULL: not signed */
	enum phone_signing signing;
	const char *idempotency_token;
	struct tls_context *tls;
};

/* answer is NULL when there was none; why then says what happened. */
typedef void phone_webhook_done_fn(void *owner, int status, const char *why,
				   struct http_message *answer);

/* phone_webhook_send: on_done comes exactly once, later.
 * Returns 0; -EINVAL the URL is none or is too long; -ENOMEM. */
int phone_webhook_send(uv_loop_t *loop, const struct phone_webhook *w,
		       phone_webhook_done_fn *on_done, void *owner);

#endif
