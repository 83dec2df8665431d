#include "protocols/webhook_signature.h"

#include <nettle/hmac.h>
#include <stdio.h>
#include <string.h>

void webhook_signature(char out[WEBHOOK_SIGNATURE_LEN], const char *secret,
		       int64_t unix_s, const void *body, size_t body_len)
{
	struct hmac_sha256_ctx hmac;
	uint8_t digest[SHA256_DIGEST_SIZE];
	char head[24];
	int n = snprintf(head, sizeof(head), "%lld.", (long long)unix_s);
	int at = snprintf(out, WEBHOOK_SIGNATURE_LEN,
			  "t=%lld,v1=", (long long)unix_s);

	hmac_sha256_set_key(&hmac, strlen(secret), (const uint8_t *)secret);
	hmac_sha256_update(&hmac, (size_t)n, (const uint8_t *)head);
	if (body_len)
		hmac_sha256_update(&hmac, body_len, body);
	hmac_sha256_digest(&hmac, sizeof(digest), digest);
	for (size_t i = 0; i < sizeof(digest); i++)
		at += snprintf(out + at, 3, "%02x", digest[i]);
	explicit_bzero(&hmac, sizeof(hmac));
}
