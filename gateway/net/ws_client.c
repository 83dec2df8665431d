/* A client's way to the 101. */
#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "gateway/net/refusal.h"
#include "gateway/net/ws_inner.h"
#include "protocols/url.h"

static void fail(struct ws *w, int status, const char *why)
{
	ws_settle(w, true, WEBSOCKET_ABNORMAL, status, "%s", why);
	ws_cut(w);
}

static void take_open(struct ws *w)
{
	if (ws_start(w, WEBSOCKET_CLIENT)) {
		fail(w, -ENOMEM, "out of memory");
		return;
	}
	uv_timer_stop(&w->timer);
	if (w->events->on_open)
		w->events->on_open(w->owner);
}

static void take_refusal(struct ws *w, const struct http_message *answer)
{
	char words[sizeof(w->end.why)];

	w->end.http_status = answer->status;
	w->end.retry_after_s = refusal_retry_after_s(answer);
	fail(w, 0, refusal_describe(answer, words, sizeof(words)));
}

static void take_answer(struct ws *w)
{
	struct http_message *answer = http_reader_message(w->reader);
	int err = websocket_check_response(answer, w->key);

	if (err == 0) {
		take_open(w);
	} else if (err == -ECONNREFUSED) {
		take_refusal(w, answer);
	} else {
		w->end.http_status = answer->status;
		fail(w, err,
		     "the answer to the upgrade breaks the rules of WebSocket");
	}
}

/* A body that is too large or never ends does not hide the status. */
static bool is_refusal_known(const struct ws *w)
{
	unsigned status = http_reader_message(w->reader)->status;

	return status != 0 && status != 101;
}

size_t ws_client_receive(struct ws *w, const uint8_t *bytes, size_t n)
{
	size_t used = 0;
	int progress = http_reader_feed(w->reader, bytes, n, &used);

	if (progress == HTTP_COMPLETE)
		take_answer(w);
	else if (progress < 0 && is_refusal_known(w))
		take_refusal(w, http_reader_message(w->reader));
	else if (progress < 0)
		fail(w, -EPROTO, "the answer to the upgrade is not HTTP");
	return used;
}

void ws_client_lose(struct ws *w, int status, const char *why, ...)
{
	char words[sizeof(w->end.why)];
	va_list args;

	/* Without a length the answer ends where the connection does. */
	http_reader_finish(w->reader);
	if (is_refusal_known(w)) {
		take_refusal(w, http_reader_message(w->reader));
		return;
	}
	va_start(args, why);
	vsnprintf(words, sizeof(words), why, args);
	va_end(args);
	fail(w, status, words);
}

static int ask(struct ws *w, const struct url *url,
	       const struct ws_target *target)
{
	char host[URL_HOST_MAX + 16];
	uint8_t entropy[16];

	ws_random(w, entropy, sizeof(entropy));
	url_authority(url, host, sizeof(host));
	return websocket_write_request(stream_out(w->stream), host, url->target,
				       entropy, target->lead, target->extra,
				       w->key);
}

static bool is_usable(const struct url *url, const struct tls_context *tls)
{
	if (url->is_secure && !tls)
		return false;
	return strncmp(url->scheme, "ws", 2) == 0;
}

struct ws *ws_connect(uv_loop_t *loop, const struct ws_target *target,
		      const struct ws_events *events, void *owner)
{
	struct url url;
	struct ws *w;

	if (url_parse(&url, target->url) || !is_usable(&url, target->tls))
		return NULL;
	w = ws_create(loop, target->message_max, events, owner);
	if (!w)
		return NULL;
	w->timeout_ms = target->timeout_ms;
	w->reader = http_reader_new(HTTP_READ_RESPONSES, REFUSAL_BODY_MAX);
	if (!w->reader)
		goto free_ws;
	w->stream = stream_connect(loop, url.host, url.port,
				   url.is_secure ? target->tls : NULL,
				   target->timeout_ms, &ws_stream_events, w);
	if (!w->stream)
		goto free_reader;
	/* After the stream's own timer, whose words are more exact. */
	uv_timer_init(loop, &w->timer);
	uv_timer_start(&w->timer, ws_on_timer, target->timeout_ms, 0);
	if (ask(w, &url, target))
		fail(w, -ENOMEM, "out of memory");
	return w;
free_reader:
	http_reader_free(w->reader);
free_ws:
	free(w);
	return NULL;
}

const char *ws_header(const struct ws *w, const char *name)
{
	if (!w->reader)
		return NULL;
	return http_header_value(http_reader_message(w->reader), name);
}
