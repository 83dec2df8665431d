/* How requests to somebody else's server are signed:
 *
 *     X-Tandem-Signature: t=1767225600,v1=HEX
 *
 * HEX is the HMAC-SHA256, by a secret both know, of the seconds, a full stop
 * and the body. The time is in it so that a request that was overheard is not
 * good for ever. */
#ifndef PROTOCOLS_WEBHOOK_SIGNATURE_H
#define PROTOCOLS_WEBHOOK_SIGNATURE_H

#include <stddef.h>
#include <stdint.h>

#define WEBHOOK_SIGNATURE_NAME "X-Tandem-Signature"
#define WEBHOOK_SIGNATURE_LEN  96 /* of the value, with NUL; any time fits */

/* webhook_signature: the header's value. unix_s: seconds since 1970. body may
 * be NULL when body_len is 0. Cannot fail. */
void webhook_signature(char out[WEBHOOK_SIGNATURE_LEN], const char *secret,
		       int64_t unix_s, const void *body, size_t body_len);

#endif
