/* One connection after its upgrade: a WebSocket, a session and the timer that
 * brings the session its time. */
#ifndef TOOLS_MODEL_MODEL_LINK_H
#define TOOLS_MODEL_MODEL_LINK_H

#include <stdbool.h>
#include <uv.h>

#include "tools/model/model_session.h"

struct http_connection;
struct model_handshake;
struct model_link;

/* All connections of a server; embedded in it. */
struct model_links {
	uv_loop_t *loop;
	struct model_world *world;
	struct model_random random; /* of the transport alone */
	struct model_link *first;
	unsigned count;
	bool is_closing;
	void (*on_gone)(void *owner); /* a connection has ended and is freed */
	void *owner;
};

/* model_link_open: grant the upgrade and begin a session, or turn the client
 * away after the 101, as the handshake says. number counts connections.
 * Returns false when out of memory: nothing has been answered then. */
bool model_link_open(struct model_links *all, struct http_connection *c,
		     const struct model_handshake *h, const char *accept,
		     unsigned number);

/* model_link_close_all: end every session with 1001. */
void model_link_close_all(struct model_links *all);

#endif
