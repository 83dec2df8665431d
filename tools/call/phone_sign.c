#include "tools/call/phone_sign.h"

#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <mbedtls/md.h>

#include "protocols/base64.h"

#define SHA1_LEN 20

static int by_name_then_value(const void *a, const void *b)
{
	const struct phone_field *x = a, *y = b;
	int order = strcmp(x->name, y->name);
	return order ? order : strcmp(x->value, y->value);
}

static void hmac_text(mbedtls_md_context_t *md, const char *text)
{
	mbedtls_md_hmac_update(md, (const unsigned char *)text, strlen(text));
}

/* A repeated field counts once per distinct value. */
static void hmac_fields(mbedtls_md_context_t *md,
			const struct phone_field *fields, size_t count)
{
	struct phone_field sorted[PHONE_SIGN_FIELDS_MAX];

	if (count > PHONE_SIGN_FIELDS_MAX)
		count = PHONE_SIGN_FIELDS_MAX;
	if (count == 0)
		return;
	memcpy(sorted, fields, count * sizeof(*sorted));
	qsort(sorted, count, sizeof(*sorted), by_name_then_value);
	for (size_t i = 0; i < count; i++) {
		if (i && by_name_then_value(&sorted[i - 1], &sorted[i]) == 0)
			continue;
		hmac_text(md, sorted[i].name);
		hmac_text(md, sorted[i].value);
	}
}

char *phone_sign_request(char out[PHONE_SIGN_LEN], const char *token,
			 const char *url, const struct phone_field *fields,
			 size_t count)
{
	uint8_t digest[SHA1_LEN] = { 0 };
	mbedtls_md_context_t md;

	mbedtls_md_init(&md);
	if (mbedtls_md_setup(&md, mbedtls_md_info_from_type(MBEDTLS_MD_SHA1),
			     1) == 0) {
		mbedtls_md_hmac_starts(&md, (const unsigned char *)token,
				       strlen(token));
		hmac_text(&md, url);
		hmac_fields(&md, fields, count);
		mbedtls_md_hmac_finish(&md, digest);
	}
	mbedtls_md_free(&md);
	out[base64_encode(out, digest, sizeof(digest))] = 0;
	return out;
}

/* Where the port's colon stands in an authority, or its end. */
static size_t host_len(const char *authority, size_t len)
{
	const char *bracket = memrchr(authority, ']', len);
	size_t from = bracket ? (size_t)(bracket - authority) : 0;
	const char *colon = memchr(authority + from, ':', len - from);

	return colon ? (size_t)(colon - authority) : len;
}

char *phone_sign_url(char *out, size_t cap, const char *url)
{
	const char *authority = strstr(url, "://");
	size_t total = strcspn(url, "#");

	if (!authority || (size_t)(authority - url) >= total)
		return NULL;
	authority += 3;
	size_t len = strcspn(authority, "/?#");
	const char *rest = authority + len;
	const char *at = memrchr(authority, '@', len);
	const char *host = at ? at + 1 : authority;
	size_t keep = (size_t)(rest - host);

	if (strncmp(url, "https:", 6) == 0)
		keep = host_len(host, keep);

	size_t scheme = (size_t)(authority - url);
	size_t tail = total - (size_t)(rest - url);
	if (scheme + keep + tail >= cap)
		return NULL;
	memcpy(out, url, scheme);
	memcpy(out + scheme, host, keep);
	memcpy(out + scheme + keep, rest, tail);
	out[scheme + keep + tail] = 0;
	return out;
}
