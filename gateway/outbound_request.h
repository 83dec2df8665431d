/* What is asked for with POST /api/calls, read and checked:
 *
 *     {"number": "+41791234567", "agent": "sales", "from": "+41445556677",
 *      "account": "AC…", "variables": {"name": "Ada", "visits": 3}}
 *
 * Only the number is needed. Nothing else may be there. Source:
 * deploy/tandem.yaml, outbound. */
#ifndef GATEWAY_OUTBOUND_REQUEST_H
#define GATEWAY_OUTBOUND_REQUEST_H

#include <stddef.h>

#include "gateway/carriers/twilio_outbound.h"

#define OUTBOUND_NUMBER_MAX 17 /* "+" and 15 digits (E.164), with NUL */
#define OUTBOUND_WHY_MAX    192

struct outbound_request {
	char number[OUTBOUND_NUMBER_MAX];
	char from[OUTBOUND_NUMBER_MAX]; /* "": not said */
	char account[35];               /* "": not said */
	struct twilio_outbound_call call;
};

/* outbound_request_read: len bytes of JSON.
 * why  on failure: what is wrong, in words, without a line end
 * Returns 0 or -EINVAL. */
int outbound_request_read(struct outbound_request *out, const char *body,
			  size_t len, char why[OUTBOUND_WHY_MAX]);

#endif
