/* X-Twilio-Signature, the sender's side.
 *
 * base64(HMAC-SHA1(token, URL, then every form field in byte order of name,
 * name immediately followed by value)). Written apart from the gateway's check,
 * so that one misreading cannot hide in both. */
#ifndef TOOLS_CALL_PHONE_SIGN_H
#define TOOLS_CALL_PHONE_SIGN_H

#include <stddef.h>

#define PHONE_SIGN_LEN        29 /* 28 characters and a NUL */
#define PHONE_SIGN_FIELDS_MAX 64

struct phone_field {
	const char *name; /* decoded, NUL-terminated */
	const char *value;
};

/* phone_sign_request: the signature of one request.
 *
 * url     exactly as configured or as given in TwiML; see phone_sign_url
 * fields  the decoded form fields of a POST in any order; count is 0 for GET,
 *         WebSocket upgrades and JSON; at most PHONE_SIGN_FIELDS_MAX
 * Returns out. */
char *phone_sign_request(char out[PHONE_SIGN_LEN], const char *token,
			 const char *url, const struct phone_field *fields,
			 size_t count);

/* phone_sign_url: the form of a URL that Twilio signs: without credentials and
 * fragment; a voice callback by https also without its port, http and
 * WebSocket URLs with theirs. Returns out, or NULL when cap is too small. */
char *phone_sign_url(char *out, size_t cap, const char *url);

#endif
