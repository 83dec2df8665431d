/* A thread that makes the TLS handshakes of one loop's connections, both those
 * we dial and those we accept: they cost milliseconds of a processor, which
 * running media must not wait for. It runs at a lower priority than the loop.
 * Off the media path; jobs are handed over under a lock and come back by
 * uv_async. Connections that we dial
 * are first: a call waits for them, and strangers can only make each other
 * wait. Of those, who has answered goes before who begins, and of the beginners
 * the last to come is first: when there are more than can be served, most of
 * them never meant to go on.
 *
 * Bounded by its owners: a connection has at most one job under way. The TLS
 * contexts of those connections belong to this thread while they are used
 * here, and to nobody else (protocols/tls.h). */
#ifndef GATEWAY_NET_HANDSHAKER_H
#define GATEWAY_NET_HANDSHAKER_H

#include <stdbool.h>
#include <uv.h>

#include "protocols/buffer.h"

struct handshaker;
struct tls;

#define HANDSHAKER_NICE 5 /* behind the loops, which are 0; not starved */

/* One step of one connection's handshake; embedded in its owner, which touches
 * nothing of it, and nothing of the tls, from handshaker_submit to on_done. */
struct handshake_job {
	struct tls *tls;
	struct buffer bytes; /* from the peer, consumed by the step */
	struct buffer plain; /* what came behind the handshake */
	bool is_ours;        /* of a connection that we dialled */
	bool has_begun;      /* the handshaker's: this is not its first step */
	bool is_cancelled;   /* the handshaker's */
	int status;          /* as tls_receive returned it; -ECANCELED */
	void (*on_done)(struct handshake_job *job); /* on the loop */
	struct handshake_job *next;
};

/* handshaker_open: start the thread. Returns 0 or a negative errno. */
int handshaker_open(struct handshaker **out, uv_loop_t *loop);

void handshaker_submit(struct handshaker *h, struct handshake_job *job);

/* handshaker_cancel: a job that was submitted need not be done; on_done comes
 * all the same. */
void handshaker_cancel(struct handshaker *h, struct handshake_job *job);

/* handshaker_close: the jobs that were submitted are done first, and on_done is
 * called for them from inside. Takes NULL. */
void handshaker_close(struct handshaker *h);

#endif
