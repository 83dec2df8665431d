/* The question a carrier asks before a call: an HTTP POST, and out of the TwiML
 * that answers it the URL of the stream. */
#ifndef TOOLS_BENCH_BENCH_WEBHOOK_H
#define TOOLS_BENCH_BENCH_WEBHOOK_H

#include <stddef.h>

#include "tools/bench/bench_socket.h"
#include "tools/bench/bench_target.h"

struct bench_webhook_events {
	/* One of the two, once. */
	void (*on_stream)(void *owner, const char *url);
	void (*on_failed)(void *owner, const char *why);
};

/* Embedded in its owner. */
struct bench_webhook {
	struct bench_socket *socket;
	struct http_reader *reader;
	const struct bench_webhook_events *events;
	void *owner;
	char request[1024];
	size_t len;
};

/* bench_webhook_post: returns 0 or -ENOMEM. */
int bench_webhook_post(struct bench_webhook *w, struct bench_loop *l,
		       const struct bench_address *to, struct tls_context *tls,
		       const char *host, const char *target,
		       const char *call_sid, const char *account_sid,
		       const struct bench_webhook_events *events, void *owner);
void bench_webhook_cancel(struct bench_webhook *w);

/* bench_webhook_stream: the url attribute of <Stream>, entities resolved.
 * Returns 0 or -ENOENT. */
int bench_webhook_stream(const char *twiml, size_t len, char *url, size_t cap);

#endif
