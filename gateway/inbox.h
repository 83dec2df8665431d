/* What other threads hand to a worker: connections and sockets, bounded, and
 * the call to look at its orders. The only way into a worker's loop from
 * outside. A lock is held to copy one item. */
#ifndef GATEWAY_INBOX_H
#define GATEWAY_INBOX_H

#include <stdatomic.h>
#include <stdbool.h>
#include <uv.h>

struct audiocodes_socket;

#define INBOX_MAX 256 /* items; more: -ENOBUFS, and the sender keeps it */
/* Connections leave the rest to sockets of calls that run. */
#define INBOX_CONNECTIONS_MAX 192

struct inbox_item {
	int fd; /* of a connection; -1: a socket */
	struct audiocodes_socket *socket;
};

struct inbox {
	uv_async_t async;
	uv_mutex_t lock;
	struct inbox_item item[INBOX_MAX];
	unsigned first;
	unsigned count;
	bool is_shut;
	atomic_uint pending; /* put, and not done with */
	void (*on_wake)(void *owner);
	void *owner;
};

/* inbox_open: on_wake runs on loop, once for any number of items and wakes.
 * Returns 0 or a negative errno, with nothing left behind. */
int inbox_open(struct inbox *b, uv_loop_t *loop, void (*on_wake)(void *owner),
	       void *owner);

/* --- From any thread --- */

/* inbox_put: hand over. Returns 0; -ENOBUFS when it is full; -ESHUTDOWN when
 * nobody looks into it any more. Then the item is still the sender's. */
int inbox_put(struct inbox *b, const struct inbox_item *item);
/* inbox_wake: have it looked into. Nothing happens once it is shut. */
void inbox_wake(struct inbox *b);
/* inbox_pending: items put that inbox_done has not been called for. */
unsigned inbox_pending(struct inbox *b);

/* --- From its loop --- */

/* inbox_take: the oldest item; false when there is none.
 * inbox_done: it has been dealt with, and counts where it went. */
bool inbox_take(struct inbox *b, struct inbox_item *out);
void inbox_done(struct inbox *b);

/* inbox_shut: nothing is taken any more, if it is empty now. Returns whether
 * it is shut. Then inbox_close, which tells when it is closed; inbox_free after
 * that. */
bool inbox_shut(struct inbox *b);
void inbox_close(struct inbox *b, uv_close_cb on_closed);
void inbox_free(struct inbox *b);

#endif
