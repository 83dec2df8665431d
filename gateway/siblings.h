/* Other instances of this program that have the same port, one about to replace
 * the other: a call's webhook, its stream and what Twilio asks when that ends
 * reach any of them. Each tells the others what becomes of its tickets, of the
 * calls it has placed, of warm transfers and of what calls take to their next
 * stream (siblings_news.h), and a new one asks for what there is.
 *
 * They meet at datagram sockets with abstract names, made of the port and a
 * number; only the same user's are listened to. What became of a ticket is sent
 * before the peer can know of it, and whoever looks for one listens first
 * (siblings_hear): then nothing is late. What does not fit into the other's
 * queue is lost: a stream finds no ticket (403), a call that has ended is
 * joined again, a placed one is taken for a caller's, whoever answers a
 * transfer is hung up (403) and the caller comes back, or a call begins as a
 * new one.
 *
 * Sent and received by any thread; a lock is held for one datagram. */
#ifndef GATEWAY_SIBLINGS_H
#define GATEWAY_SIBLINGS_H

#include <stdatomic.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <uv.h>

#include "gateway/ops/log.h"
#include "gateway/siblings_news.h"

/* Limits. */
#define SIBLINGS_MAX 64 /* on one port; more are on their own */
/* Bytes of one datagram; more is dropped. */
#define SIBLINGS_TEXT_MAX SIBLINGS_LINE_MAX
#define SIBLINGS_TURN_MAX 64 /* datagrams taken at once; the rest waits */

struct siblings {
	int fd; /* -1: nobody is met */
	unsigned number;
	unsigned port;
	_Atomic(uint64_t) known; /* numbers of those that were heard */
	uv_mutex_t lock;         /* of one who listens */
	uv_poll_t poll;
	struct siblings_tables tables;
	const struct log *log;
	void (*on_closed)(void *owner);
	void *owner;
};

/* siblings_open: take a number, greet the others. The tables are kept, and what
 * changes them is told from now on. Returns 0; -EADDRINUSE when
 * there are SIBLINGS_MAX already; or another negative errno. Then s is alone,
 * and may be closed all the same. */
int siblings_open(struct siblings *s, uv_loop_t *loop, unsigned port,
		  const struct siblings_tables *tables, const struct log *log);

/* siblings_close: no other thread may change them any more. Returns whether
 * on_closed will come, last, never from inside; false: s is closed already. */
bool siblings_close(struct siblings *s, void (*on_closed)(void *owner),
		    void *owner);

/* siblings_hear: take what has been told so far. From any thread, from
 * siblings_open to siblings_close. */
void siblings_hear(struct siblings *s);

/* siblings_tell: a line to all others; of the call, for the log. Nothing when
 * len is 0. From any thread. */
void siblings_tell(struct siblings *s, const char *line, size_t len,
		   const char *call_sid);

/* siblings_known: how many there are, as far as is known. */
unsigned siblings_known(const struct siblings *s);

#endif
