/* What the connections of one loop have in common, while it is attached to that
 * loop: what they write leaves together, once for each turn of the loop and
 * connection; under load the loop looks at its sockets on a grid of
 * NET_LOOP_TICK_US instead of at every packet; TLS handshakes are made on a
 * thread beside it.
 *
 * A loop without one works, too: what is flushed leaves at once, every packet
 * is looked at when it comes, handshakes are made on the loop. */
#ifndef GATEWAY_NET_NET_LOOP_H
#define GATEWAY_NET_NET_LOOP_H

#include <stdbool.h>
#include <stdint.h>
#include <uv.h>

#include "protocols/buffer.h"

struct handshaker;
struct stream;

#define NET_LOOP_TICK_US   1000
#define NET_LOOP_WINDOW_MS 20 /* load is counted over this … */
#define NET_LOOP_BUSY      40 /* … and is so many reads in it: two a tick */

struct net_loop {
	uv_loop_t *loop;
	uv_prepare_t before_wait;
	struct stream *unflushed;  /* a list, through the streams */
	struct buffer_pool blocks; /* for what waits to be flushed */
	struct handshaker *handshaker;
	void (*on_flushed)(void *owner); /* all of it was written; or NULL */
	void *owner;

	/* Load. */
	uint64_t window_ns; /* when the window began */
	unsigned reads;     /* in it */
	bool is_busy;       /* the one before was */
	uint64_t rests;     /* times the loop waited for the grid */
};

/* net_loop_open: attach to a loop that has none (its data is taken). Returns 0
 * or a negative errno. net_loop_close: no stream may be left. */
int net_loop_open(struct net_loop *n, uv_loop_t *loop);
void net_loop_close(struct net_loop *n);

/* net_loop_trim: memory that nobody needs goes back to the system (an idle
 * worker). */
void net_loop_trim(struct net_loop *n);

/* net_loop_of: what is attached, or NULL. */
struct net_loop *net_loop_of(const uv_loop_t *loop);

/* net_loop_has_read: one of its streams has. */
static inline void net_loop_has_read(const uv_loop_t *loop)
{
	struct net_loop *n = loop->data;

	if (n)
		n->reads++;
}

#endif
