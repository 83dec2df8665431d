#include "gateway/admin_events.h"

#include <inttypes.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>

#include "gateway/admin_api.h"
#include "gateway/live_events.h"
#include "gateway/net/http_server.h"
#include "gateway/net/stream.h"
#include "protocols/buffer.h"

#define HEAD_MAX 128 /* of an event's lines before its JSON */

struct watcher {
	LIST_ENTRY(watcher) others;
	struct admin_events *owner;
	struct stream *stream;
	bool is_ending;
};

static void log_watcher(const struct admin_events *a, const char *event,
			const struct watcher *w, const char *why)
{
	struct log_line l;

	log_begin(&l, &a->log, LOG_INFO, event);
	log_text(&l, "peer", stream_peer(w->stream));
	if (why)
		log_text(&l, "why", why);
	log_number(&l, "watchers", a->count);
	log_end(&l);
}

/* --- What they are told --- */

static void cut_off(struct watcher *w)
{
	w->is_ending = true;
	stream_close(w->stream);
}

static void send_to(struct watcher *w, const void *text, size_t len)
{
	int err = buffer_append(stream_out(w->stream), text, len);

	if (!err)
		stream_flush(w->stream);
	if (!err && stream_waiting(w->stream) <= ADMIN_EVENTS_WAITING)
		return;
	log_watcher(w->owner, "watch_too_slow", w, NULL);
	cut_off(w);
}

/* All but those on their way out. */
static void send_to_all(struct admin_events *a, const void *text, size_t len)
{
	struct watcher *w;

	LIST_FOREACH(w, &a->watchers, others)
	if (!w->is_ending)
		send_to(w, text, len);
}

static void tell_lost(struct admin_events *a)
{
	uint64_t lost = live_events_lost(a->events);
	char text[64];

	if (lost == a->lost)
		return;
	int len = snprintf(text, sizeof(text),
			   "event: lost\ndata: {\"count\":%" PRIu64 "}\n\n",
			   lost - a->lost);
	send_to_all(a, text, (size_t)len);
	a->lost = lost;
}

static void tell(struct admin_events *a, const struct live_event *e)
{
	struct buffer text;

	buffer_init(&text, e->len + HEAD_MAX);
	if (buffer_printf(&text, "id: %" PRIu64 "\nevent: %s\ndata: %s\n\n",
			  e->id, e->name, e->json) == 0)
		send_to_all(a, buffer_head(&text), text.used);
	buffer_free(&text);
}

static void on_wake(void *owner)
{
	struct admin_events *a = owner;

	for (struct live_event *e; (e = live_events_take(a->events));) {
		tell(a, e);
		free(e);
	}
	tell_lost(a);
}

static void on_beat(uv_timer_t *beat)
{
	send_to_all(beat->data, ":\n\n", 3);
}

/* --- Who watches --- */

static void on_bytes(void *owner, uint8_t *bytes, size_t n)
{
	(void)owner; /* there is nothing to be said */
	(void)bytes;
	(void)n;
}

static void on_closed(void *owner, int status, const char *why)
{
	struct watcher *w = owner;

	(void)status;
	LIST_REMOVE(w, others);
	w->owner->count--;
	log_watcher(w->owner, "watch_ended", w, why);
	free(w);
}

static const struct stream_events events = {
	.on_bytes = on_bytes,
	.on_closed = on_closed,
};

static void greet(struct watcher *w)
{
	char text[64];
	int len = snprintf(text, sizeof(text),
			   "retry: %d\n: what happens from now on\n\n",
			   ADMIN_EVENTS_RETRY_MS);

	send_to(w, text, (size_t)len);
}

void admin_events_take(struct admin_events *a, struct http_connection *c)
{
	bool has_room = a->count < ADMIN_EVENTS_MAX;
	struct watcher *w = has_room ? calloc(1, sizeof(*w)) : NULL;

	if (!w) {
		admin_api_respond(c, 503, ADMIN_EVENTS_BUSY_S, "error",
				  has_room ? "no memory" : "too many watch");
		return;
	}
	w->owner = a;
	w->stream = http_hand_over(c, 200, "text/event-stream",
				   "Cache-Control: no-store\r\n", &events, w);
	if (!w->stream) {
		free(w);
		return;
	}
	LIST_INSERT_HEAD(&a->watchers, w, others);
	a->count++;
	log_watcher(a, "watch_began", w, NULL);
	greet(w);
}

void admin_events_dismiss(struct admin_events *a)
{
	struct watcher *w;

	LIST_FOREACH(w, &a->watchers, others)
	{
		w->is_ending = true;
		stream_finish(w->stream, ADMIN_EVENTS_GOODBYE_MS);
	}
}

/* --- Life --- */

int admin_events_open(struct admin_events *a, uv_loop_t *loop,
		      struct live_events *live, const struct log *log)
{
	*a = (struct admin_events){ .events = live, .log = *log };
	LIST_INIT(&a->watchers);
	int err = live_events_watch(live, loop, on_wake, a);
	if (err)
		return err;
	a->lost = live_events_lost(live);
	uv_timer_init(loop, &a->beat); /* cannot fail */
	a->beat.data = a;
	uv_timer_start(&a->beat, on_beat, ADMIN_EVENTS_BEAT_MS,
		       ADMIN_EVENTS_BEAT_MS);
	return 0;
}

void admin_events_close(struct admin_events *a)
{
	on_wake(a);
	live_events_unwatch(a->events);
	uv_close((uv_handle_t *)&a->beat, NULL);
	admin_events_dismiss(a);
}
