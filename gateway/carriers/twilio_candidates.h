/* Is a request signed by Twilio, and if it is not: what would have matched?
 *
 * What is accepted are the URLs that Twilio may know this request by, each with
 * every token of the account. What else a mistake in the configuration, or a
 * proxy, makes of them is tried only to tell the operator, and never accepted.
 *
 * Pure but for the configuration it reads.
 * Source: Twilio reference 3.2 (which URL), 3.3 (behind proxies), 3.5 (which
 * token). */
#ifndef GATEWAY_CARRIERS_TWILIO_CANDIDATES_H
#define GATEWAY_CARRIERS_TWILIO_CANDIDATES_H

#include <stdbool.h>
#include <stddef.h>

#include "gateway/carriers/twilio_desk.h"

struct form;

/* Limits of a diagnosis. */
#define TWILIO_TRIES_MAX 256 /* signatures computed for one */
#define TWILIO_EXPLAIN_BODY_MAX \
	4096                /* bytes; a larger one is not looked into */
#define TWILIO_BASE_MAX 272 /* of scheme and host, with NUL */

/* What was signed, as far as it can be seen from here. */
struct twilio_signed {
	const struct config *config;
	const struct twilio_request *request;
	const struct form *fields; /* of a POST; NULL for an upgrade */
	const char *account_sid;   /* whose it says it is; or NULL */
	bool is_upgrade;
};

/* twilio_candidates_url: a URL of ours as Twilio knows it: public_url, or what
 * the request came to, with target behind it.
 * Returns as twilio_public_url does. */
int twilio_candidates_url(const struct twilio_signed *s, const char *target,
			  bool is_socket, char *out, size_t cap);

/* twilio_candidates_match: returns which token of the account signed it, from
 * 1; 0: none. A header that is missing or comes twice is none. */
unsigned twilio_candidates_match(const struct twilio_signed *s);

/* What would have matched. */
struct twilio_advice {
	char base[TWILIO_BASE_MAX]; /* "https://host"; the path may be a secret
				     */
	unsigned token;             /* of all there are, from 1 */
	const char *text; /* what to do; static, fits a value of the log */
};

/* twilio_candidates_explain: of a request that did not match: what would have.
 * Takes up to TWILIO_TRIES_MAX signatures: whoever calls it sees to it that
 * nobody can have that done at will.
 * Returns false when nothing did; then *out has a text all the same. */
bool twilio_candidates_explain(const struct twilio_signed *s,
			       struct twilio_advice *out);

#endif
