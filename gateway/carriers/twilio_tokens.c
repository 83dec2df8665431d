#include "gateway/carriers/twilio_tokens.h"

#include <string.h>

void twilio_tokens_of(const struct config *c, const char *account_sid,
		      struct twilio_tokens *out)
{
	size_t len = account_sid ? strlen(account_sid) : 0;

	out->count =
		(unsigned)config_twilio_tokens(c, account_sid, len, out->token);
}
