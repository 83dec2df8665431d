#include "gateway/agents/webhook.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "gateway/net/fetch.h"
#include "protocols/webhook_signature.h"

static const unsigned pause_ms[] = { 1000, 5000, 30000 };
#define TRIES (1 + sizeof(pause_ms) / sizeof(pause_ms[0]))

struct webhooks {
	uv_loop_t *loop;
	struct fetch_port *fetch; /* NULL: closed */
	void (*on_idle)(void *owner);
	void *owner;
	struct delivery *first;
	unsigned count;
};

/* One on its way. */
struct delivery {
	struct webhooks *of;
	struct delivery *next, **link;
	uv_timer_t timer;
	struct fetch *fetch; /* NULL: it waits */
	struct secret secret;
	struct log log;
	unsigned tries;
	char event[32];
	char key[WEBHOOK_KEY_MAX];
	char *url;  /* in text */
	char *body; /* likewise */
	char text[];
};

/* --- The end of one --- */

static void log_end_of(const struct delivery *d, enum log_level level,
		       const char *event, unsigned status, const char *why)
{
	struct log_line l;

	log_begin(&l, &d->log, level, event);
	log_text(&l, "event", d->event);
	log_text(&l, "key", d->key);
	log_number(&l, "status", status);
	log_number(&l, "tries", d->tries);
	if (*why)
		log_text(&l, "why", why);
	log_end(&l);
}

static void on_closed(uv_handle_t *handle)
{
	struct delivery *d = handle->data;

	secret_wipe(&d->secret);
	free(d);
}

static void remove_delivery(struct delivery *d)
{
	struct webhooks *w = d->of;

	*d->link = d->next;
	if (d->next)
		d->next->link = d->link;
	w->count--;
	uv_close((uv_handle_t *)&d->timer, on_closed);
	if (!w->count && w->fetch && w->on_idle)
		w->on_idle(w->owner);
}

static void give_up(struct delivery *d, unsigned status, const char *why)
{
	log_end_of(d, LOG_ERROR, "webhook_lost", status, why);
	remove_delivery(d);
}

/* --- Trying --- */

static bool is_passing(const struct fetch_answer *a)
{
	return a->error || a->status == 408 || a->status == 425 ||
	       a->status == 429 || a->status >= 500;
}

static void attempt(struct delivery *d);

static void on_timer(uv_timer_t *timer)
{
	attempt(timer->data);
}

static void try_later(struct delivery *d, const struct fetch_answer *a)
{
	unsigned ms = pause_ms[d->tries - 1];

	log_end_of(d, LOG_WARN, "webhook_failed", a->status, a->why);
	if (a->retry_ms > ms && a->retry_ms <= pause_ms[TRIES - 2])
		ms = a->retry_ms;
	uv_timer_start(&d->timer, on_timer, ms, 0);
}

static void on_answer(void *owner, const struct fetch_answer *a)
{
	struct delivery *d = owner;

	d->fetch = NULL;
	if (!a->error && a->status >= 200 && a->status < 300) {
		log_end_of(d, LOG_INFO, "webhook_sent", a->status, "");
		remove_delivery(d);
	} else if (is_passing(a) && d->tries < TRIES) {
		try_later(d, a);
	} else {
		give_up(d, a->status, a->error ? a->why : "it was refused");
	}
}

static void attempt(struct delivery *d)
{
	char signature[WEBHOOK_SIGNATURE_LEN], key[WEBHOOK_KEY_MAX + 24];
	char header[WEBHOOK_SIGNATURE_LEN + 24];
	size_t len = strlen(d->body);

	webhook_signature(signature, secret_reveal(&d->secret),
			  (int64_t)time(NULL), d->body, len);
	snprintf(header, sizeof(header), WEBHOOK_SIGNATURE_NAME ": %s",
		 signature);
	snprintf(key, sizeof(key), "Idempotency-Key: %s", d->key);
	const struct fetch_request request = {
		.method = "POST",
		.url = d->url,
		.header = { "Content-Type: application/json", header, key },
		.body = d->body,
		.body_len = len,
		.timeout_ms = WEBHOOK_TIMEOUT_MS,
		.body_max = WEBHOOK_ANSWER_MAX,
	};
	d->tries++;
	d->fetch = fetch_start(d->of->fetch, &request, on_answer, d);
	if (!d->fetch)
		give_up(d, 0, "no memory, or no such URL");
}

static struct delivery *copy(struct webhooks *w, const struct webhook *hook)
{
	size_t url = strlen(hook->url) + 1, body = strlen(hook->body) + 1;
	struct delivery *d = calloc(1, sizeof(*d) + url + body);

	if (!d)
		return NULL;
	d->of = w;
	d->secret = *hook->secret;
	d->log = *hook->log;
	d->url = memcpy(d->text, hook->url, url);
	d->body = memcpy(d->text + url, hook->body, body);
	snprintf(d->event, sizeof(d->event), "%s", hook->event);
	snprintf(d->key, sizeof(d->key), "%s", hook->key);
	return d;
}

void webhooks_send(struct webhooks *w, const struct webhook *hook)
{
	bool has_room = w && w->fetch && w->count < WEBHOOKS_MAX;
	struct delivery *d = has_room ? copy(w, hook) : NULL;

	if (!d) {
		log_event(hook->log, LOG_ERROR, "webhook_lost", "event",
			  hook->event, "key", hook->key, "why",
			  has_room ? "no memory" : "too many are on their way",
			  NULL);
		return;
	}
	uv_timer_init(w->loop, &d->timer);
	d->timer.data = d;
	d->next = w->first;
	d->link = &w->first;
	if (d->next)
		d->next->link = &d->next;
	w->first = d;
	w->count++;
	attempt(d);
}

/* --- All of them --- */

struct webhooks *webhooks_open(uv_loop_t *loop, struct fetch_port *fetch,
			       void (*on_idle)(void *owner), void *owner)
{
	struct webhooks *w = calloc(1, sizeof(*w));

	if (!w)
		return NULL;
	w->loop = loop;
	w->fetch = fetch;
	w->on_idle = on_idle;
	w->owner = owner;
	return w;
}

void webhooks_close(struct webhooks *w)
{
	if (!w)
		return;
	w->fetch = NULL;
	while (w->first) {
		struct delivery *d = w->first;
		if (d->fetch)
			fetch_cancel(d->fetch);
		give_up(d, 0, "the gateway stops");
	}
}

void webhooks_free(struct webhooks *w)
{
	free(w);
}

unsigned webhooks_under_way(const struct webhooks *w)
{
	return w ? w->count : 0;
}
