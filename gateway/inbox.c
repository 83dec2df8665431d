#include "gateway/inbox.h"

#include <errno.h>

static void on_async(uv_async_t *async)
{
	struct inbox *b = async->data;

	b->on_wake(b->owner);
}

int inbox_open(struct inbox *b, uv_loop_t *loop, void (*on_wake)(void *owner),
	       void *owner)
{
	int err = uv_mutex_init(&b->lock);

	if (err)
		return err;
	b->first = b->count = 0;
	b->is_shut = false;
	b->on_wake = on_wake;
	b->owner = owner;
	b->async.data = b;
	atomic_init(&b->pending, 0);
	err = uv_async_init(loop, &b->async, on_async);
	if (err)
		uv_mutex_destroy(&b->lock);
	return err;
}

/* With the lock held. */
static int put(struct inbox *b, const struct inbox_item *item)
{
	unsigned room = item->socket ? INBOX_MAX : INBOX_CONNECTIONS_MAX;

	if (b->is_shut)
		return -ESHUTDOWN;
	if (b->count >= room)
		return -ENOBUFS;
	b->item[(b->first + b->count++) % INBOX_MAX] = *item;
	atomic_fetch_add(&b->pending, 1);
	uv_async_send(&b->async); /* not shut: it is not closed either */
	return 0;
}

int inbox_put(struct inbox *b, const struct inbox_item *item)
{
	uv_mutex_lock(&b->lock);
	int err = put(b, item);
	uv_mutex_unlock(&b->lock);
	return err;
}

void inbox_wake(struct inbox *b)
{
	uv_mutex_lock(&b->lock);
	if (!b->is_shut)
		uv_async_send(&b->async);
	uv_mutex_unlock(&b->lock);
}

unsigned inbox_pending(struct inbox *b)
{
	return atomic_load(&b->pending);
}

bool inbox_take(struct inbox *b, struct inbox_item *out)
{
	uv_mutex_lock(&b->lock);
	bool is_there = b->count > 0;
	if (is_there) {
		*out = b->item[b->first];
		b->first = (b->first + 1) % INBOX_MAX;
		b->count--;
	}
	uv_mutex_unlock(&b->lock);
	return is_there;
}

void inbox_done(struct inbox *b)
{
	atomic_fetch_sub(&b->pending, 1);
}

bool inbox_shut(struct inbox *b)
{
	uv_mutex_lock(&b->lock);
	b->is_shut |= b->count == 0;
	bool is_shut = b->is_shut;
	uv_mutex_unlock(&b->lock);
	return is_shut;
}

void inbox_close(struct inbox *b, uv_close_cb on_closed)
{
	uv_close((uv_handle_t *)&b->async, on_closed);
}

void inbox_free(struct inbox *b)
{
	uv_mutex_destroy(&b->lock);
}
