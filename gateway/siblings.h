/* Other instances of this program that have the same port, one about to replace
 * the other: a call's webhook, its stream and what Twilio asks when that ends
 * reach any of them. Each tells the others what becomes of its tickets
 * (carriers/twilio_tickets.h) and of the calls it has placed
 * (carriers/twilio_outbound.h), and a new one asks for those there are.
 *
 * They meet at datagram sockets with abstract names, made of the port and a
 * number; only the same user's are listened to. What became of a ticket is sent
 * before the peer can know of it, and whoever looks for one listens first
 * (siblings_hear): then nothing is late. What does not fit into the other's
 * queue is lost: a stream finds no ticket (403), a call that has ended is
 * joined again, or a placed one is taken for a caller's.
 *
 * Sent and received by any thread; a lock is held for one datagram. */
#ifndef GATEWAY_SIBLINGS_H
#define GATEWAY_SIBLINGS_H

#include <stdatomic.h>
#include <stdbool.h>
#include <stdint.h>
#include <uv.h>

#include "gateway/ops/log.h"

struct twilio_outbound;
struct twilio_ticket;
struct twilio_tickets;

/* Limits. */
#define SIBLINGS_MAX      64   /* on one port; more are on their own */
#define SIBLINGS_TEXT_MAX 8192 /* bytes of one datagram; more is dropped */
#define SIBLINGS_TURN_MAX 64   /* datagrams taken at once; the rest waits */

struct siblings {
	int fd; /* -1: nobody is met */
	unsigned number;
	unsigned port;
	_Atomic(uint64_t) known; /* numbers of those that were heard */
	uv_mutex_t lock;         /* of one who listens */
	uv_poll_t poll;
	struct twilio_tickets *tickets;
	struct twilio_outbound *outbound;
	const struct log *log;
	void (*on_closed)(void *owner);
	void *owner;
};

/* siblings_open: take a number, greet the others. tickets and outbound are
 * kept, and what changes them is told from now on. Returns 0; -EADDRINUSE when
 * there are SIBLINGS_MAX already; or another negative errno. Then s is alone,
 * and may be closed all the same. */
int siblings_open(struct siblings *s, uv_loop_t *loop, unsigned port,
		  struct twilio_tickets *tickets,
		  struct twilio_outbound *outbound, const struct log *log);

/* siblings_close: no other thread may change either any more. Returns whether
 * on_closed will come, last, never from inside; false: s is closed already. */
bool siblings_close(struct siblings *s, void (*on_closed)(void *owner),
		    void *owner);

/* siblings_hear: take what has been told so far. From any thread, from
 * siblings_open to siblings_close. */
void siblings_hear(struct siblings *s);

/* siblings_known: how many there are, as far as is known. */
unsigned siblings_known(const struct siblings *s);

#endif
