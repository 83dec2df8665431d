/* Twilio's REST interface, as far as a call needs it: to place it, to connect
 * its caller with somebody else, and to end it.
 *
 * Each account's calls are where its rest_url says (another region), or at
 * twilio.rest.url. Credentials are an API key (twilio.rest.key_sid), or the
 * account's own SID and the first of its auth tokens; where an account has an
 * address of its own always these, for keys are not known in other regions.
 *
 * Source: Twilio reference 4.1 to 4.5, 4.8. */
#ifndef GATEWAY_CARRIERS_TWILIO_REST_H
#define GATEWAY_CARRIERS_TWILIO_REST_H

#include <stdbool.h>
#include <stddef.h>

#include "gateway/net/fetch.h"

#define TWILIO_REST_TWIML_MAX  4000  /* characters: error 32018 */
#define TWILIO_REST_ANSWER_MAX 65536 /* bytes */

struct config;

struct twilio_rest_call {
	const struct config *config;
	struct fetch_port *port;
	const char *account_sid;
	const char *call_sid;
};

/* twilio_rest_is_ready: there is a URL, and something to prove who we are. */
bool twilio_rest_is_ready(const struct config *c, const char *account_sid);

/* twilio_rest_redirect: the call runs this TwiML from now on: its stream ends.
 * twilio_rest_complete: it is over.
 * Return what is under way, as fetch_start; or NULL: not ready, too long, or no
 * memory. */
struct fetch *twilio_rest_redirect(const struct twilio_rest_call *call,
				   const char *twiml, size_t len,
				   fetch_done_fn *on_done, void *owner);
struct fetch *twilio_rest_complete(const struct twilio_rest_call *call,
				   fetch_done_fn *on_done, void *owner);

/* A call to be placed. */
struct twilio_rest_new {
	const struct config *config;
	struct fetch_port *port;
	const char *account_sid;
	const char *to;
	const char *from;
	const char *url;        /* asked when somebody answers */
	const char *status_url; /* told when it is over */
	unsigned limit_s;       /* it ends after */
	const char *detection;  /* MachineDetection; NULL: none */
};

/* twilio_rest_create: never sent twice by itself: it would ring twice.
 * Returns as the others.
 * twilio_rest_created: Returns 0 and the SID of the call, or -EBADMSG: the
 * answer has none.
 * twilio_rest_words: what Twilio's code means; NULL: not known here. */
struct fetch *twilio_rest_create(const struct twilio_rest_new *n,
				 fetch_done_fn *on_done, void *owner);
int twilio_rest_created(const struct fetch_answer *a, char sid[35]);
const char *twilio_rest_words(unsigned code);

/* What became of it. */
struct twilio_rest_verdict {
	/* 0: done. -ENOENT: the call is over already, or another account's or
	 * region's. -EACCES: the credentials are wrong. -EAGAIN: too many
	 * requests. Else -EIO: refused, or nobody knows. */
	int error;
	unsigned code;   /* Twilio's, or 0 */
	const char *why; /* for a model, and the log */
};

void twilio_rest_judge(const struct fetch_answer *a,
		       struct twilio_rest_verdict *out);

#endif
