/* The REST interface of the simulated phone network: calls that are under way
 * can be given other TwiML, or ended; and where people wait for that, calls can
 * be placed (phone_place.h).
 *
 *   POST /2010-04-01/Accounts/{AccountSid}/Calls.json
 *   POST /2010-04-01/Accounts/{AccountSid}/Calls/{CallSid}.json
 *        Status=completed | Twiml=… | Url=…, one of them
 *
 * Strict: HTTP Basic by the account's SID and token, a form, one field of those
 * above, TwiML of at most 4000 characters that can be read. What is not so is
 * answered as Twilio does, and a breach of the call it is for.
 *
 * Source: Twilio reference 4.1 to 4.3, 4.8, 7.4. */
#ifndef TOOLS_CALL_PHONE_REST_H
#define TOOLS_CALL_PHONE_REST_H

#include <uv.h>

struct phone_call;
struct phone_rest;

/* phone_rest_open: at "HOST:PORT", for calls of one account. Texts are kept.
 * refuse: an HTTP status that answers every request instead; 0: none.
 * Returns 0 and *out, or a negative errno. */
int phone_rest_open(struct phone_rest **out, uv_loop_t *loop,
		    const char *listen, const char *account_sid,
		    const char *auth_token, unsigned refuse);
/* phone_rest_close: gone when the loop has closed its handles. Takes NULL. */
void phone_rest_close(struct phone_rest *r);

/* phone_rest_add: a call has begun; phone_rest_remove: and is over. r may be
 * NULL. */
void phone_rest_add(struct phone_rest *r, struct phone_call *c);
void phone_rest_remove(struct phone_rest *r, struct phone_call *c);

#endif
