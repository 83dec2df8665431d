/* Messages to a client that are larger than a socket takes at once: sent in
 * frames as the client reads, everything behind them in its order. */
#ifndef TOOLS_MODEL_MODEL_OUTBOX_H
#define TOOLS_MODEL_MODEL_OUTBOX_H

#include <stdbool.h>
#include <stddef.h>

struct ws;

#define MODEL_OUTBOX_PIECE (256u << 10) /* bytes; larger messages are cut */
#define MODEL_OUTBOX_MAX   (64u << 20)  /* bytes waiting; more are dropped */

struct model_parcel;

struct model_outbox {
	struct model_parcel *first, *last;
	size_t waiting;
};

/* model_outbox_send: a text (opcode 1) or binary (2) message. */
void model_outbox_send(struct model_outbox *o, struct ws *ws, unsigned opcode,
		       const void *bytes, size_t len);
/* model_outbox_pump: send what the socket takes now.
 * Returns true when something still waits. */
bool model_outbox_pump(struct model_outbox *o, struct ws *ws);
void model_outbox_free(struct model_outbox *o);

#endif
