#include "gateway/live_events.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

int live_events_init(struct live_events *l)
{
	memset(l, 0, sizeof(*l));
	STAILQ_INIT(&l->waiting);
	return uv_mutex_init(&l->lock);
}

static void drop_all(struct live_events *l)
{
	for (struct live_event *e; (e = live_events_take(l));)
		free(e);
}

void live_events_free(struct live_events *l)
{
	drop_all(l);
	uv_mutex_destroy(&l->lock);
}

static struct live_event *copy(const char *name, const char *json, size_t len)
{
	struct live_event *e = malloc(sizeof(*e) + len + 1);

	if (!e)
		return NULL;
	e->name = name;
	e->len = len;
	memcpy(e->json, json, len + 1);
	return e;
}

/* With the lock held. */
static void put(struct live_events *l, const char *name, const char *json)
{
	size_t len = strlen(json);
	struct live_event *e = NULL;

	l->last_id++;
	if (l->count < LIVE_EVENTS_MAX && len <= LIVE_EVENTS_BYTES - l->bytes)
		e = copy(name, json, len);
	if (!e) {
		l->lost++;
		return;
	}
	e->id = l->last_id;
	l->count++;
	l->bytes += len;
	STAILQ_INSERT_TAIL(&l->waiting, e, next);
	uv_async_send(&l->async); /* watched: it is not closed */
}

void live_events_tell(struct live_events *l, const char *name, const char *json)
{
	uv_mutex_lock(&l->lock);
	if (l->is_watched)
		put(l, name, json);
	uv_mutex_unlock(&l->lock);
}

static void on_async(uv_async_t *async)
{
	struct live_events *l = async->data;

	if (l->is_watched)
		l->on_wake(l->owner);
}

int live_events_watch(struct live_events *l, uv_loop_t *loop,
		      void (*on_wake)(void *owner), void *owner)
{
	int err = uv_async_init(loop, &l->async, on_async);

	if (err)
		return err;
	l->async.data = l;
	l->on_wake = on_wake;
	l->owner = owner;
	uv_mutex_lock(&l->lock);
	l->is_watched = true;
	uv_mutex_unlock(&l->lock);
	return 0;
}

void live_events_unwatch(struct live_events *l)
{
	if (!l->is_watched)
		return;
	uv_mutex_lock(&l->lock);
	l->is_watched = false;
	uv_mutex_unlock(&l->lock);
	uv_close((uv_handle_t *)&l->async, NULL);
	drop_all(l);
}

struct live_event *live_events_take(struct live_events *l)
{
	uv_mutex_lock(&l->lock);
	struct live_event *e = STAILQ_FIRST(&l->waiting);
	if (e) {
		STAILQ_REMOVE_HEAD(&l->waiting, next);
		l->count--;
		l->bytes -= e->len;
	}
	uv_mutex_unlock(&l->lock);
	return e;
}

uint64_t live_events_told(struct live_events *l)
{
	uv_mutex_lock(&l->lock);
	uint64_t n = l->last_id;
	uv_mutex_unlock(&l->lock);
	return n;
}

uint64_t live_events_lost(struct live_events *l)
{
	uv_mutex_lock(&l->lock);
	uint64_t n = l->lost;
	uv_mutex_unlock(&l->lock);
	return n;
}
