/* The auth tokens that a request from Twilio may be signed with. */
#ifndef GATEWAY_CARRIERS_TWILIO_TOKENS_H
#define GATEWAY_CARRIERS_TWILIO_TOKENS_H

#include "gateway/ops/config.h"

#define TWILIO_TOKENS_MAX CONFIG_TWILIO_TOKENS

struct twilio_tokens {
	unsigned count;
	const struct secret *token[TWILIO_TOKENS_MAX]; /* the configuration's */
};

/* twilio_tokens_of: those of an account; NULL: of all, for a request that does
 * not say whose it is (an upgrade). */
void twilio_tokens_of(const struct config *c, const char *account_sid,
		      struct twilio_tokens *out);

#endif
