/* One call on one worker: its phone leg, its model session and the call core
 * between them. Owns all three; lives from the media socket's upgrade until
 * both sockets are gone. */
#ifndef GATEWAY_BRIDGE_H
#define GATEWAY_BRIDGE_H

#include <stdbool.h>
#include <stdint.h>

#include "gateway/call/call.h"
#include "gateway/carriers/twilio_leg.h"
#include "gateway/models/openai_session.h"
#include "gateway/net/metronome.h"

struct http_connection;
struct twilio_ticket;
struct worker;

struct bridge {
	struct worker *worker;
	struct bridge *next; /* the worker's list */
	struct bridge **link;
	struct metronome_member clock;
	struct log log;
	char call_sid[TWILIO_SID_LEN];
	unsigned stream; /* of the call, from 1 */
	bool has_call;   /* start was read: call is valid */
	bool is_stopping;
	uint64_t opened_ns;

	struct twilio_leg leg;
	struct call call;
	struct openai_session session;

	/* What had been written when the last message was handled. */
	uint64_t appends;
	uint64_t media;
	uint64_t clears;
};

/* bridge_open: grant the upgrade and begin. Returns NULL (and answers 503) when
 * there is no memory. */
struct bridge *bridge_open(struct worker *w, struct http_connection *c,
			   const char *accept,
			   const struct twilio_ticket *ticket);

/* bridge_stop: the gateway goes down: end the call now. */
void bridge_stop(struct bridge *b);

/* bridge_abort: cut both sockets, for a second signal. */
void bridge_abort(struct bridge *b);

#endif
