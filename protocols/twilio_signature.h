/* X-Twilio-Signature: base64(HMAC-SHA1(token, URL and sorted POST fields)).
 *
 * Source: Twilio, "Webhooks security"; the candidates that are tried are those
 * of the helper libraries plus the trailing-slash rule for upgrades. */
#ifndef PROTOCOLS_TWILIO_SIGNATURE_H
#define PROTOCOLS_TWILIO_SIGNATURE_H

#include <stdbool.h>
#include <stddef.h>

struct form;

#define TWILIO_SIGNATURE_LEN 29   /* 28 characters and NUL */
#define TWILIO_URL_MAX       8704 /* a public URL with NUL */

/* twilio_signature: what Twilio would send for exactly this URL.
 *
 * url     NUL-terminated, as signed
 * fields  the decoded POST form, or NULL; sorted by name then value, exact
 *         repetitions once
 * out is "" if mbedTLS has no memory. */
void twilio_signature(char out[TWILIO_SIGNATURE_LEN], const char *token,
		      const char *url, const struct form *fields);

/* What is signed of the body. Twilio signs sorted fields; the others are what a
 * request looks like that something on the way has changed. */
enum twilio_fields {
	TWILIO_FIELDS_SORTED,
	TWILIO_FIELDS_AS_SENT, /* in the body's order, repetitions and all */
	TWILIO_FIELDS_NONE
};

/* twilio_signature_explains: would this URL, to the letter, and these fields
 * give this signature? For diagnosis, where a request has been refused already.
 * In constant time. */
bool twilio_signature_explains(const char *token, const char *url,
			       const struct form *fields,
			       enum twilio_fields order, const char *signature);

/* twilio_signature_check: is the header right for this request?
 *
 * url        as this server believes Twilio knows it; variants are tried: with
 *            and without port, with the default port, and for wss with the
 *            path's trailing slash toggled; user information and fragment
 *            are left out
 * fields     the POST form, or NULL
 * body       raw body of a JSON request, whose hash the URL carries in
 *            bodySHA256; NULL otherwise
 * signature  the header's value; NULL or ill-formed is refused
 * Returns true on a match; comparisons take constant time. */
bool twilio_signature_check(const char *token, const char *url,
			    const struct form *fields, const void *body,
			    size_t body_len, const char *signature);

/* What is known of a request when its public URL is rebuilt. */
struct twilio_request_url {
	const char *public_base;     /* configured, or NULL */
	bool is_tls;                 /* the listener's own state */
	bool is_upgrade;             /* gives ws/wss instead of http/https */
	bool trust_forwarded;        /* peer is a configured proxy */
	const char *host;            /* Host header, or NULL */
	const char *forwarded_proto; /* X-Forwarded-Proto, or NULL */
	const char *forwarded_host;  /* X-Forwarded-Host, or NULL */
	const char *target;          /* raw request target */
};

/* twilio_public_url: the URL as Twilio knows it.
 * Of a forwarded header that lists several, the first value counts; a scheme
 * that is not http, https, ws or wss is not believed.
 * Returns 0; -EINVAL no host to go by, or a target that is no path; -E2BIG
 * longer than cap. */
int twilio_public_url(char *out, size_t cap,
		      const struct twilio_request_url *r);

#endif
