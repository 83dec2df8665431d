#include "tools/bench/bench_webhook.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "protocols/http.h"

#define ANSWER_MAX 65536

void bench_webhook_cancel(struct bench_webhook *w)
{
	if (w->socket)
		bench_socket_close(w->socket);
	w->socket = NULL;
	http_reader_free(w->reader);
	w->reader = NULL;
}

static void fail(struct bench_webhook *w, const char *why)
{
	bench_webhook_cancel(w);
	w->events->on_failed(w->owner, why);
}

static void copy_value(const char *at, const char *end, char *url, size_t cap)
{
	size_t n = 0;

	while (at < end && n + 1 < cap) {
		url[n++] = *at;
		at += strncmp(at, "&amp;", 5) ? 1 : 5;
	}
	url[n] = '\0';
}

int bench_webhook_stream(const char *twiml, size_t len, char *url, size_t cap)
{
	const char *end = twiml + len;
	const char *at = memmem(twiml, len, "<Stream", 7);
	const char *close = at ? memchr(at, '>', (size_t)(end - at)) : NULL;

	if (!close)
		return -ENOENT;
	at = memmem(at, (size_t)(close - at), " url=", 5);
	if (!at || (at[5] != '"' && at[5] != '\''))
		return -ENOENT;
	const char *stop = memchr(at + 6, at[5], (size_t)(close - at - 6));
	if (!stop)
		return -ENOENT;
	copy_value(at + 6, stop, url, cap);
	return 0;
}

static void take_answer(struct bench_webhook *w)
{
	struct http_message *answer = http_reader_message(w->reader);
	char url[BENCH_URL_MAX], why[64];

	if (answer->status != 200) {
		snprintf(why, sizeof(why), "the webhook answers %u",
			 answer->status);
		fail(w, why);
	} else if (bench_webhook_stream(answer->body, answer->body_len, url,
					sizeof(url))) {
		fail(w, "the webhook's answer has no <Stream url>");
	} else {
		bench_webhook_cancel(w);
		w->events->on_stream(w->owner, url);
	}
}

static void on_bytes(void *owner, uint8_t *bytes, size_t n)
{
	struct bench_webhook *w = owner;
	size_t used;
	int got = http_reader_feed(w->reader, bytes, n, &used);

	if (got < 0)
		fail(w, "the webhook's answer is not HTTP");
	else if (got == HTTP_COMPLETE)
		take_answer(w);
}

static void on_open(void *owner)
{
	struct bench_webhook *w = owner;

	bench_socket_send(w->socket, w->request, w->len);
}

static void on_closed(void *owner, const char *why)
{
	struct bench_webhook *w = owner;

	w->socket = NULL;
	if (http_reader_finish(w->reader) == HTTP_COMPLETE)
		take_answer(w);
	else
		fail(w, why);
}

static const struct bench_socket_events socket_events = {
	.on_open = on_open,
	.on_bytes = on_bytes,
	.on_closed = on_closed,
};

int bench_webhook_post(struct bench_webhook *w, struct bench_loop *l,
		       const struct bench_address *to, struct tls_context *tls,
		       const char *host, const char *target,
		       const char *call_sid, const char *account_sid,
		       const struct bench_webhook_events *events, void *owner)
{
	char body[256], name[280];

	memset(w, 0, sizeof(*w));
	w->events = events;
	w->owner = owner;
	int len = snprintf(body, sizeof(body),
			   "CallSid=%s&AccountSid=%s&From=%%2B15550100&"
			   "To=%%2B15550101&CallStatus=ringing&"
			   "Direction=inbound",
			   call_sid, account_sid);
	w->len = (size_t)snprintf(
		w->request, sizeof(w->request),
		"POST %.300s HTTP/1.1\r\nHost: %.256s\r\n"
		"Content-Type: application/x-www-form-urlencoded\r\n"
		"Content-Length: %d\r\nConnection: close\r\n\r\n%s",
		target, host, len, body);
	snprintf(name, sizeof(name), "%s", host);
	name[strcspn(name, ":")] = '\0';
	w->reader = http_reader_new(HTTP_READ_RESPONSES, ANSWER_MAX);
	w->socket = bench_socket_dial(l, to, tls, name, &socket_events, w);
	if (w->socket && w->reader)
		return 0;
	bench_webhook_cancel(w);
	return -ENOMEM;
}
