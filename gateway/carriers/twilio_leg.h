/* The Twilio leg of a call: one media socket <-> call events and actions.
 *
 * Tolerant, as the reference asks: what cannot be understood is counted, said
 * once, and ignored; only a stream that can never work is closed:
 *
 *   no start within TWILIO_START_MS, or a bad
 *   message before it .......................... 1008
 *   start of an impossible shape, of another
 *   account or call, or with outbound audio .... 1008
 *   a media format that is not mu-law 8000/1 ... 1003
 *   more than TWILIO_BAD_MAX bad messages ...... 1008
 *   a message over TWILIO_MESSAGE_MAX .......... 1009
 *   no message for TWILIO_SILENT_MS ............ the socket counts as dead
 *
 * Source: Twilio reference, 2.3-2.11. */
#ifndef GATEWAY_CARRIERS_TWILIO_LEG_H
#define GATEWAY_CARRIERS_TWILIO_LEG_H

#include <stdbool.h>
#include <stdint.h>

#include "gateway/call/call.h"
#include "gateway/carriers/leg.h"
#include "gateway/net/ws.h"
#include "gateway/ops/log.h"
#include "protocols/twilio_message.h"

#define TWILIO_START_MS  10000
#define TWILIO_SILENT_MS 15000
#define TWILIO_PROBE_MS  2000 /* for the first mark to come back */
#define TWILIO_BAD_MAX   100
#define TWILIO_STOP_MS   4000 /* from hanging up by REST to the stop */

enum twilio_leg_state {
	TWILIO_LEG_OPEN, /* until start */
	TWILIO_LEG_LIVE,
	TWILIO_LEG_CLOSING, /* we close it */
	TWILIO_LEG_GONE     /* the socket is gone, the memory may go too */
};

/* How the stream ended, for the request that follows it. */
enum twilio_leg_end {
	TWILIO_LEG_BY_US,
	TWILIO_LEG_BY_STOP, /* the caller hung up, or the call was taken away */
	TWILIO_LEG_LOST     /* no stop: the network, or Twilio itself */
};

struct twilio_leg_owner {
	/* start was read and is sound: call_init() the call. */
	void (*on_start)(void *owner, const struct twilio_event *start);
	/* A message has been handled. read_ns: when it came. */
	void (*on_handled)(void *owner, uint64_t read_ns);
	/* What only Twilio's REST interface can do, where there is one (else
	 * NULL, all three). on_request: 0, or a negative errno; it fails later
	 * by call_carrier_transfer_failed, behind twilio_leg_stays. on_hang_up:
	 * whether it was begun; then a stop comes, or twilio_leg_let_go is
	 * called. */
	bool (*can)(const void *owner, enum call_request_kind what);
	int (*on_request)(void *owner, const struct call_request *r);
	bool (*on_hang_up)(void *owner);
	/* The stream has ended; comes once, before TWILIO_LEG_GONE. */
	void (*on_ended)(void *owner, enum twilio_leg_end end);
};

/* Embedded in its owner; opaque to everyone else. */
struct twilio_leg {
	struct leg leg;
	struct ws *ws;
	struct call *call;
	const struct twilio_leg_owner *events;
	void *owner;
	enum twilio_leg_state state;
	bool has_ended; /* on_ended was called */
	bool probe_answered;
	bool probe_complained;
	bool is_moving;      /* Twilio was told to connect the caller with
				somebody else */
	uint64_t hung_up_ns; /* it was told to end the call; 0: no */
	uint64_t heard_ns;   /* last message */
	uint64_t last_sequence;
	char stream_sid[TWILIO_SID_LEN];
	uint64_t opened_ns;
	const char *expected_call_sid; /* of the ticket, or NULL */
	struct log log;
};

/* twilio_leg_stays: the caller could not be moved. twilio_leg_let_go: the call
 * could not be ended: the socket is closed, upon which Twilio asks. */
void twilio_leg_stays(struct twilio_leg *leg);
void twilio_leg_let_go(struct twilio_leg *leg);

extern const struct call_carrier_port twilio_leg_port;
extern const struct ws_events twilio_leg_socket; /* owner: the leg */

/* twilio_leg_open: the upgrade was granted. ws may be set right after. */
void twilio_leg_open(struct twilio_leg *leg, struct call *call,
		     const struct log *log,
		     const struct twilio_leg_owner *events, void *owner,
		     uint64_t now_ns);

#endif
