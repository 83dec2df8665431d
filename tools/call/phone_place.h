/* Calls that are placed from the network: by REST, to a person who waits for
 * them.
 *
 *   POST /2010-04-01/Accounts/{AccountSid}/Calls.json
 *        To=… From=… Url=…, and what is known of the rest of 4.4
 *
 * Strict: every field must be one that is known here, once (but for
 * StatusCallbackEvent) and in its shape. The person answers PHONE_PLACE_RING_MS
 * later, or as the options say; then Url is asked what to do.
 *
 * Source: Twilio reference 4.4 to 4.6, 5.7. */
#ifndef TOOLS_CALL_PHONE_PLACE_H
#define TOOLS_CALL_PHONE_PLACE_H

#include <stdbool.h>

struct form;
struct phone_call;

#define PHONE_PLACE_RING_MS 200

/* phone_place: the person's phone rings. The form's texts are copied.
 * Returns NULL, or what is wrong with it; *code then is Twilio's. */
const char *phone_place(struct phone_call *c, const struct form *f,
			unsigned *code);

/* phone_place_answered_by: Twilio's word for it (AnsweredBy), when the call was
 * placed with detection; else NULL. */
const char *phone_place_answered_by(const struct phone_call *c);

/* phone_place_is_answer: a word of --answered-by. */
bool phone_place_is_answer(const char *word);

#endif
