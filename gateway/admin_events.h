/* Those who watch what happens in calls, for the admin listener:
 *
 *   GET /api/events   text/event-stream, as browsers' EventSource reads it and
 *                     "curl -N" shows it (WHATWG HTML, 9.2 Server-sent events)
 *
 *     id: 17
 *     event: form.saved
 *     data: {"event":"form.saved", …}      (agents/form.h)
 *
 * It begins with what happens next: what was before is not told. An id is one
 * more than the one before; where events were lost (live_events.h) one named
 * "lost" says how many. A comment comes every ADMIN_EVENTS_BEAT_MS.
 *
 * Bounded: ADMIN_EVENTS_MAX watch; more: 503 with Retry-After. Who has not
 * taken ADMIN_EVENTS_WAITING bytes is cut off. On the control thread's loop. */
#ifndef GATEWAY_ADMIN_EVENTS_H
#define GATEWAY_ADMIN_EVENTS_H

#include <stdint.h>
#include <sys/queue.h>
#include <uv.h>

#include "gateway/ops/log.h"

struct http_connection;
struct live_events;
struct watcher;

#define ADMIN_EVENTS_MAX        16
#define ADMIN_EVENTS_WAITING    (256u << 10)
#define ADMIN_EVENTS_BEAT_MS    15000
#define ADMIN_EVENTS_BUSY_S     15   /* until there may be room */
#define ADMIN_EVENTS_RETRY_MS   2000 /* for who was cut off */
#define ADMIN_EVENTS_GOODBYE_MS 500  /* to take what was told last */

struct admin_events {
	struct live_events *events;
	struct log log;
	uv_timer_t beat;
	LIST_HEAD(, watcher) watchers;
	unsigned count;
	uint64_t lost; /* that were told of */
};

/* admin_events_open: Returns 0 or a negative errno.
 * admin_events_close: what has happened is told, and all are let go. The loop
 * has nothing more of it ADMIN_EVENTS_GOODBYE_MS later; *a stays until then. */
int admin_events_open(struct admin_events *a, uv_loop_t *loop,
		      struct live_events *events, const struct log *log);
void admin_events_close(struct admin_events *a);

/* admin_events_take: GET /api/events, once admitted. */
void admin_events_take(struct admin_events *a, struct http_connection *c);

/* admin_events_dismiss: let all go; they may come again. */
void admin_events_dismiss(struct admin_events *a);

#endif
