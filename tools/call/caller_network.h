/* Many calls on one loop: begun at a steady rate, so many at a time. */
#ifndef TOOLS_CALL_CALLER_NETWORK_H
#define TOOLS_CALL_CALLER_NETWORK_H

#include <stddef.h>
#include <uv.h>

#include "tools/call/caller_call.h"

struct caller_network;

struct caller_network_options {
	struct caller_call_options call;
	unsigned calls;
	unsigned parallel;
	unsigned rate; /* begun per second */
	/* The last call is over: what else is on the loop should go. Or NULL.
	 */
	void (*on_done)(void *owner);
};

/* caller_network_run: place all calls; returns when every one is over (or the
 * loop was interrupted by SIGINT or SIGTERM, which hang up the running calls
 * and begin no more).
 *
 * on_call  each call when it is over, index from 0; it lives until
 *          caller_network_free
 * Returns the network, or NULL without memory. */
struct caller_network *caller_network_run(
	uv_loop_t *loop, const struct caller_network_options *options,
	void (*on_call)(void *owner, unsigned index, struct caller_call *call),
	void *owner);

/* caller_network_call: NULL when it was never begun. */
struct caller_call *caller_network_call(const struct caller_network *n,
					unsigned index);
void caller_network_free(struct caller_network *n);

#endif
