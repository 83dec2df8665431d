/* Many calls on one loop: begun at a steady rate, so many at a time. */
#ifndef TOOLS_CALL_PHONE_NETWORK_H
#define TOOLS_CALL_PHONE_NETWORK_H

#include <stddef.h>
#include <uv.h>

#include "tools/call/phone_call.h"

struct phone_network;

struct phone_network_options {
	struct phone_call_options call;
	unsigned calls;
	unsigned parallel;
	unsigned rate; /* begun per second */
};

/* phone_network_run: place all calls; returns when every one is over (or the
 * loop was interrupted by SIGINT or SIGTERM, which hang up the running calls
 * and begin no more).
 *
 * on_call  each call when it is over, index from 0; it lives until
 *          phone_network_free
 * Returns the network, or NULL without memory. */
struct phone_network *phone_network_run(
	uv_loop_t *loop, const struct phone_network_options *options,
	void (*on_call)(void *owner, unsigned index, struct phone_call *call),
	void *owner);

/* phone_network_call: NULL when it was never begun. */
struct phone_call *phone_network_call(const struct phone_network *n,
				      unsigned index);
void phone_network_free(struct phone_network *n);

#endif
