#include "gateway/net/http_client.h"

#include <errno.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "gateway/net/stream.h"
#include "protocols/buffer.h"
#include "protocols/http.h"
#include "protocols/url.h"

struct http_fetch {
	struct stream *stream;
	struct http_reader *reader;
	uv_timer_t timer;
	unsigned timeout_ms;
	http_fetch_done_fn *on_done; /* NULL once it was called or cancelled */
	void *owner;
};

static void on_timer_closed(uv_handle_t *h)
{
	struct http_fetch *f = h->data;

	http_reader_free(f->reader);
	free(f);
}

/* Tells the owner once, and ends the connection. */
static void done(struct http_fetch *f, int status, const char *why,
		 struct http_message *answer)
{
	http_fetch_done_fn *on_done = f->on_done;

	f->on_done = NULL;
	if (on_done)
		on_done(f->owner, status, why, answer);
	stream_close(f->stream);
}

static void on_timer(uv_timer_t *timer)
{
	struct http_fetch *f = timer->data;
	char why[64];

	snprintf(why, sizeof(why), "no answer within %u ms", f->timeout_ms);
	done(f, UV_ETIMEDOUT, why, NULL);
}

static void on_bytes(void *owner, uint8_t *bytes, size_t n)
{
	struct http_fetch *f = owner;
	size_t used;
	int progress;

	if (!f->on_done)
		return;
	progress = http_reader_feed(f->reader, bytes, n, &used);
	if (progress == HTTP_COMPLETE)
		done(f, 0, "", http_reader_message(f->reader));
	else if (progress == -413)
		done(f, -EMSGSIZE, "the body of the answer is too large", NULL);
	else if (progress < 0)
		done(f, -EPROTO, "the answer is not HTTP", NULL);
}

static void on_closed(void *owner, int status, const char *why)
{
	struct http_fetch *f = owner;

	/* An answer without a length ends where the connection does. */
	if (f->on_done && status == 0 &&
	    http_reader_finish(f->reader) == HTTP_COMPLETE)
		done(f, 0, "", http_reader_message(f->reader));
	if (status == 0)
		done(f, UV_ECONNRESET, "peer closed before it answered", NULL);
	else
		done(f, status, why, NULL);
	uv_close((uv_handle_t *)&f->timer, on_timer_closed);
}

static const struct stream_events stream_events = {
	.on_bytes = on_bytes,
	.on_closed = on_closed,
};

static int ask(struct http_fetch *f, const struct url *url,
	       const struct http_fetch_request *r)
{
	static const char close_line[] = "Connection: close\r\n";
	size_t extra_len = r->extra ? strlen(r->extra) : 0;
	char *extra = malloc(sizeof(close_line) + extra_len);
	char host[URL_HOST_MAX + 16];
	int err;

	if (!extra)
		return -ENOMEM;
	memcpy(extra, close_line, sizeof(close_line));
	if (r->extra)
		memcpy(extra + sizeof(close_line) - 1, r->extra, extra_len + 1);
	err = http_write_request(stream_out(f->stream), r->method, url->target,
				 url_authority(url, host, sizeof(host)), extra,
				 r->type, r->body, r->body_len);
	free(extra);
	return err;
}

static bool is_usable(const struct url *url, const struct tls_context *tls)
{
	if (url->is_secure && !tls)
		return false;
	return strncmp(url->scheme, "http", 4) == 0;
}

struct http_fetch *http_fetch_start(uv_loop_t *loop,
				    const struct http_fetch_request *request,
				    http_fetch_done_fn *on_done, void *owner)
{
	struct http_fetch *f;
	struct url url;

	if (url_parse(&url, request->url) || !is_usable(&url, request->tls))
		return NULL;
	f = calloc(1, sizeof(*f));
	if (!f)
		return NULL;
	f->timeout_ms = request->timeout_ms;
	f->timer.data = f;
	f->owner = owner;
	f->reader = http_reader_new(HTTP_READ_RESPONSES, request->body_max);
	if (!f->reader)
		goto free_fetch;
	f->stream = stream_connect(loop, url.host, url.port,
				   url.is_secure ? request->tls : NULL,
				   request->timeout_ms, &stream_events, f);
	if (!f->stream)
		goto free_reader;
	uv_timer_init(loop, &f->timer);
	uv_timer_start(&f->timer, on_timer, f->timeout_ms, 0);
	if (ask(f, &url, request)) {
		stream_close(f->stream); /* frees the fetch, silently */
		return NULL;
	}
	f->on_done = on_done;
	return f;
free_reader:
	http_reader_free(f->reader);
free_fetch:
	free(f);
	return NULL;
}

void http_fetch_cancel(struct http_fetch *f)
{
	f->on_done = NULL;
	stream_close(f->stream);
}
