/* What the configuration wants Twilio told where there is no conversation:
 * TwiML for a caller who finds no room, and for one whom the model has failed.
 */
#ifndef GATEWAY_CARRIERS_TWILIO_ANSWERS_H
#define GATEWAY_CARRIERS_TWILIO_ANSWERS_H

#include <stdbool.h>

struct buffer;
struct config;
struct config_route_call;

/* twilio_answer_overload: as overload says, to a call that nobody has answered
 * yet. */
void twilio_answer_overload(const struct config *c, struct buffer *out);

/* twilio_answer_machine: as outbound.machine says to a call of ours that was
 * answered by what Twilio calls so. Returns false when it goes on. */
bool twilio_answer_machine(const struct config *c, const char *by,
			   struct buffer *out);

/* twilio_answer_failure: as failure and the fallbacks say (config_route.h).
 * speaks: the caller has not heard the apology, so Twilio says it. */
void twilio_answer_failure(const struct config *c,
			   const struct config_route_call *call, bool speaks,
			   struct buffer *out);

#endif
