/* One call from Twilio's side: the webhook, the TwiML it answers, the stream it
 * opens, the person who speaks on it, and how it ended. */
#ifndef TOOLS_CALL_PHONE_CALL_H
#define TOOLS_CALL_PHONE_CALL_H

#include <stdbool.h>

#include "tools/call/caller_call.h"

struct phone_rest;

#define PHONE_CALL_DOCUMENTS_MAX 20 /* TwiML fetched in one call */

/* Behind the carrier pointer of struct caller_call_options. */
struct phone_call_options {
	const char *webhook_url;
	const char *stream_url; /* opened directly; or NULL */
	const char *auth_token; /* NULL: nothing is signed */
	const char *account_sid;
	const char *from;
	const char *to;
	const char *dial_status; /* of every <Dial>: "completed", … */
	const char *dial_key;    /* pressed by who answers one; "": none */
	struct phone_rest *rest; /* or NULL: there is none */
	bool is_outbound;        /* it is placed by REST, and waits for that */
	const char *answered_by; /* by whom then: "human", "machine", … */
	unsigned ring_ms;        /* before; 0: PHONE_PLACE_RING_MS */
};

extern const struct caller_call_kind phone_call_kind;

#endif
