/* Resolve a name and connect to the first of its addresses that answers. */
#ifndef GATEWAY_NET_DIAL_H
#define GATEWAY_NET_DIAL_H

#include <stddef.h>
#include <uv.h>

struct dial;

/* on_done comes exactly once, after which the dial is gone.
 *
 * tcp     a connected handle from malloc, now the owner's; or NULL
 * status  0, or the last address's negative errno (libuv's)
 * why     in words: "connection refused (127.0.0.1:9)", "name not found: …" */
typedef void dial_done_fn(void *owner, uv_tcp_t *tcp, int status,
			  const char *why);

/* dial_start: the addresses are tried in the resolver's order, each with an
 * equal share of the time that is left.
 * Returns 0 and *out; or a negative errno, and on_done will not come. */
int dial_start(struct dial **out, uv_loop_t *loop, const char *host,
	       unsigned port, unsigned timeout_ms, dial_done_fn *on_done,
	       void *owner);

/* dial_cancel: on_done will not come. */
void dial_cancel(struct dial *d);

/* dial_error: a negative errno of libuv in words. Returns out. */
char *dial_error(int status, char *out, size_t cap);

#endif
