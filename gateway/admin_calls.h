/* Calls that we place, for the admin listener:
 *
 *   POST /api/calls   JSON as outbound_request.h has it; 202 {"call":"CA…"}
 * once Twilio has taken it
 *
 * Otherwise {"error":"…"}, in words: 400 the request is wrong, 403 outside of
 * outbound.hours, 404 no such agent, 409 off, 429 with Retry-After too many,
 * 502 Twilio refuses or does not answer, 503 going down.
 *
 * On the control thread's loop. Bounded: ADMIN_CALLS_MAX requests to Twilio
 * under way; more: 429. Who has asked may leave: the call is placed all the
 * same. */
#ifndef GATEWAY_ADMIN_CALLS_H
#define GATEWAY_ADMIN_CALLS_H

#include "gateway/ops/log.h"

struct exchange;
struct fetch_port;
struct http_connection;
struct http_message;
struct outbound_pace;
struct placing;

#define ADMIN_CALLS_MAX 64

struct admin_calls {
	struct exchange *exchange;
	struct log log;
	struct fetch_port *port;
	struct outbound_pace *pace;
	struct placing *first; /* under way */
	unsigned count;
};

/* admin_calls_open: Returns 0 or a negative errno, with nothing left behind.
 * admin_calls_close: once the server is closed. Valid for one that is all zero.
 */
int admin_calls_open(struct admin_calls *a, struct exchange *e,
		     const struct log *log);
void admin_calls_close(struct admin_calls *a);

/* admin_calls_take: POST /api/calls, once admitted (admin_api.h). */
void admin_calls_take(struct admin_calls *a, struct http_connection *c,
		      struct http_message *m);

#endif
