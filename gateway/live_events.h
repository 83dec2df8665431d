/* What happens in calls, on its way from the workers' threads to whoever
 * watches, on the control thread's loop: "form.saved" and its JSON.
 *
 * Bounded: LIVE_EVENTS_MAX events of LIVE_EVENTS_BYTES in all wait at a time;
 * what comes beyond that is left out, and counted. A lock is held to link one.
 * While nobody watches nothing is copied. */
#ifndef GATEWAY_LIVE_EVENTS_H
#define GATEWAY_LIVE_EVENTS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/queue.h>
#include <uv.h>

#define LIVE_EVENTS_MAX   256
#define LIVE_EVENTS_BYTES (1u << 20)

struct live_event {
	STAILQ_ENTRY(live_event) next;
	uint64_t id;      /* counts those of the process, the lost ones, too */
	const char *name; /* static */
	size_t len;       /* of json, without its NUL */
	char json[];      /* a single line */
};

struct live_events {
	uv_mutex_t lock;
	STAILQ_HEAD(, live_event) waiting; /* oldest first */
	unsigned count;
	size_t bytes;
	uint64_t last_id;
	uint64_t lost; /* of those that were watched */
	bool is_watched;
	uv_async_t async;
	void (*on_wake)(void *owner);
	void *owner;
};

/* live_events_init: Returns 0, or why there is no lock.
 * live_events_free: once nobody watches and no thread tells anything. */
int live_events_init(struct live_events *l);
void live_events_free(struct live_events *l);

/* live_events_tell: from any thread.
 *
 * name  static
 * json  without a line's end in it; copied */
void live_events_tell(struct live_events *l, const char *name,
		      const char *json);

/* --- From the loop of whoever watches: one --- */

/* live_events_watch: on_wake runs on loop, once for any number of events.
 * Returns 0 or a negative errno.
 * live_events_unwatch: what waits is dropped; the loop has nothing more of it
 * once it has turned. Nothing when nobody watches. */
int live_events_watch(struct live_events *l, uv_loop_t *loop,
		      void (*on_wake)(void *owner), void *owner);
void live_events_unwatch(struct live_events *l);

/* live_events_take: the oldest, the caller's to free; NULL when there is none.
 * live_events_told, live_events_lost: since the start, from any thread. */
struct live_event *live_events_take(struct live_events *l);
uint64_t live_events_told(struct live_events *l);
uint64_t live_events_lost(struct live_events *l);

#endif
