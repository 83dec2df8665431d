/* One small HTTP/1.1 request on libuv, with an answer: for webhooks that a test
 * caller makes. (The gateway's own outgoing HTTP will be libcurl's.) */
#ifndef GATEWAY_NET_HTTP_CLIENT_H
#define GATEWAY_NET_HTTP_CLIENT_H

#include <stddef.h>
#include <uv.h>

struct http_fetch;
struct http_message;
struct tls_context;

struct http_fetch_request {
	const char *method; /* "POST" */
	const char *url;    /* http:// or https:// */
	const char *extra;  /* header lines with CRLF, or NULL */
	const char *type;   /* Content-Type of the body, or NULL */
	const void *body;
	size_t body_len;
	struct tls_context *tls; /* for https */
	unsigned timeout_ms;     /* for the whole exchange */
	size_t body_max;         /* of the answer */
};

/* on_done comes exactly once, never from inside http_fetch_start; the fetch is
 * gone afterwards.
 *
 * answer  valid for the call, whatever its status code; NULL when there was
 *         none
 * status  0 with an answer; else a negative errno: the stream's, -ETIMEDOUT,
 *         -EPROTO what came is not HTTP, -EMSGSIZE its body is too large
 * why     in words, "" with an answer */
typedef void http_fetch_done_fn(void *owner, int status, const char *why,
				struct http_message *answer);

/* http_fetch_start: nothing of the request is kept. Redirects are not followed.
 * Returns NULL for a bad URL, https without tls, or no memory. */
struct http_fetch *http_fetch_start(uv_loop_t *loop,
				    const struct http_fetch_request *request,
				    http_fetch_done_fn *on_done, void *owner);

/* http_fetch_cancel: on_done will not come. Not after on_done. */
void http_fetch_cancel(struct http_fetch *f);

#endif
