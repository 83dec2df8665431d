#include "protocols/twilio_signature.h"

#include <ctype.h>
#include <errno.h>
#include <mbedtls/constant_time.h>
#include <mbedtls/md.h>
#include <mbedtls/sha256.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "protocols/base64.h"
#include "protocols/form.h"

#define SHA1_BYTES   20
#define SHA256_BYTES 32

/* Unix-style, case-sensitive: 9 < A < AA < B < _ < a. */
static int compare_bytes(const char *a, size_t a_len, const char *b,
			 size_t b_len)
{
	int order = memcmp(a, b, a_len < b_len ? a_len : b_len);

	return order ? order : (a_len > b_len) - (a_len < b_len);
}

static int compare_fields(const void *a, const void *b)
{
	const struct form_field *x = *(const struct form_field *const *)a;
	const struct form_field *y = *(const struct form_field *const *)b;
	int order = compare_bytes(x->name, x->name_len, y->name, y->name_len);

	return order ? order
		     : compare_bytes(x->value, x->value_len, y->value,
				     y->value_len);
}

static int hash_text(mbedtls_md_context_t *hmac, const char *text, size_t n)
{
	return mbedtls_md_hmac_update(hmac, (const unsigned char *)text, n);
}

static int hash_fields(mbedtls_md_context_t *hmac, const struct form *fields,
		       bool is_sorted)
{
	const struct form_field *sorted[FORM_FIELDS_MAX];
	int err = 0;

	if (fields->count == 0)
		return 0;
	for (size_t i = 0; i < fields->count; i++)
		sorted[i] = &fields->field[i];
	if (is_sorted)
		qsort(sorted, fields->count, sizeof(sorted[0]), compare_fields);
	for (size_t i = 0; i < fields->count && !err; i++) {
		if (is_sorted && i > 0 &&
		    !compare_fields(&sorted[i - 1], &sorted[i]))
			continue;
		err = hash_text(hmac, sorted[i]->name, sorted[i]->name_len);
		if (!err)
			err = hash_text(hmac, sorted[i]->value,
					sorted[i]->value_len);
	}
	return err;
}

static int hash(mbedtls_md_context_t *hmac, const char *token, const char *url,
		const struct form *fields, bool is_sorted,
		uint8_t digest[SHA1_BYTES])
{
	int err = mbedtls_md_setup(
		hmac, mbedtls_md_info_from_type(MBEDTLS_MD_SHA1), 1);

	if (!err)
		err = mbedtls_md_hmac_starts(hmac, (const unsigned char *)token,
					     strlen(token));
	if (!err)
		err = hash_text(hmac, url, strlen(url));
	if (!err && fields)
		err = hash_fields(hmac, fields, is_sorted);
	return err ? err : mbedtls_md_hmac_finish(hmac, digest);
}

static void sign(char out[TWILIO_SIGNATURE_LEN], const char *token,
		 const char *url, const struct form *fields, bool is_sorted)
{
	mbedtls_md_context_t hmac;
	uint8_t digest[SHA1_BYTES];

	memset(out, 0, TWILIO_SIGNATURE_LEN);
	mbedtls_md_init(&hmac);
	if (!hash(&hmac, token, url, fields, is_sorted, digest))
		base64_encode(out, digest, sizeof(digest));
	mbedtls_md_free(&hmac);
}

void twilio_signature(char out[TWILIO_SIGNATURE_LEN], const char *token,
		      const char *url, const struct form *fields)
{
	sign(out, token, url, fields, true);
}

bool twilio_signature_explains(const char *token, const char *url,
			       const struct form *fields,
			       enum twilio_fields order, const char *signature)
{
	char expected[TWILIO_SIGNATURE_LEN];

	if (!token || !token[0] || !signature ||
	    strlen(signature) != TWILIO_SIGNATURE_LEN - 1)
		return false;
	sign(expected, token, url, order == TWILIO_FIELDS_NONE ? NULL : fields,
	     order == TWILIO_FIELDS_SORTED);
	bool is_it =
		expected[0] && !mbedtls_ct_memcmp(expected, signature,
						  TWILIO_SIGNATURE_LEN - 1);
	mbedtls_platform_zeroize(expected, sizeof(expected));
	return is_it;
}

/* A URL's pieces as they stand, without user information and fragment. */
struct pieces {
	const char *scheme, *host, *port, *path, *query;
	int scheme_len, host_len, port_len, path_len, query_len;
};

static int take_apart(struct pieces *p, const char *url)
{
	const char *host = strstr(url, "://"), *at, *end, *port;

	if (!host || strlen(url) >= TWILIO_URL_MAX)
		return -EINVAL;
	p->scheme = url;
	p->scheme_len = (int)(host - url);
	host += 3;
	p->path = host + strcspn(host, "/?#");
	at = memrchr(host, '@', (size_t)(p->path - host));
	p->host = at ? at + 1 : host;
	port = memrchr(p->host, ':', (size_t)(p->path - p->host));
	if (port && memchr(port, ']', (size_t)(p->path - port)))
		port = NULL; /* a colon inside [an IPv6 address] */
	p->host_len = (int)((port ? port : p->path) - p->host);
	p->port = port ? port + 1 : NULL;
	p->port_len = port ? (int)(p->path - p->port) : 0;
	p->path_len = (int)strcspn(p->path, "?#");
	p->query = p->path + p->path_len;
	end = p->query + strcspn(p->query, "#");
	p->query_len = (int)(end - p->query);
	return 0;
}

static bool scheme_is(const struct pieces *p, const char *scheme)
{
	return (size_t)p->scheme_len == strlen(scheme) &&
	       !strncasecmp(p->scheme, scheme, strlen(scheme));
}

static void default_port(struct pieces *p)
{
	if (p->port)
		return;
	p->port = scheme_is(p, "https") || scheme_is(p, "wss") ? "443" : "80";
	p->port_len = (int)strlen(p->port);
}

static void write_candidate(char out[TWILIO_URL_MAX + 8],
			    const struct pieces *p, bool has_port,
			    bool toggle_slash)
{
	bool ends_in_slash = p->path_len > 0 && p->path[p->path_len - 1] == '/';

	snprintf(out, TWILIO_URL_MAX + 8, "%.*s://%.*s%s%.*s%.*s%s%.*s",
		 p->scheme_len, p->scheme, p->host_len, p->host,
		 has_port ? ":" : "", has_port ? p->port_len : 0, p->port,
		 p->path_len - (toggle_slash && ends_in_slash), p->path,
		 toggle_slash && !ends_in_slash ? "/" : "", p->query_len,
		 p->query);
}

/* The value of bodySHA256 in the query, up to the next delimiter; or NULL. */
static const char *body_hash(const struct pieces *p)
{
	static const char name[] = "bodySHA256=";
	const char *at = p->query, *end = p->query + p->query_len;

	while (at < end) {
		at++; /* over '?' or '&' */
		if (!strncmp(at, name, sizeof(name) - 1))
			return at + sizeof(name) - 1;
		at += strcspn(at, "&#");
	}
	return NULL;
}

static bool body_matches(const struct pieces *p, const void *body, size_t len)
{
	const char *claimed = body_hash(p);
	char hex[2 * SHA256_BYTES + 1];
	uint8_t digest[SHA256_BYTES];

	if (!claimed || strcspn(claimed, "&#") != sizeof(hex) - 1 ||
	    mbedtls_sha256_ret(body, len, digest, 0))
		return false;
	for (size_t i = 0; i < sizeof(digest); i++)
		sprintf(hex + 2 * i, "%02x", digest[i]);
	return !mbedtls_ct_memcmp(hex, claimed, sizeof(hex) - 1);
}

bool twilio_signature_check(const char *token, const char *url,
			    const struct form *fields, const void *body,
			    size_t body_len, const char *signature)
{
	char candidate[TWILIO_URL_MAX + 8];
	char expected[TWILIO_SIGNATURE_LEN];
	struct pieces p;
	unsigned variants;
	bool is_right = false;

	if (!token || !token[0] || !signature ||
	    strlen(signature) != TWILIO_SIGNATURE_LEN - 1 ||
	    take_apart(&p, url))
		return false;
	if (body && !body_matches(&p, body, body_len))
		return false;
	default_port(&p);
	variants = scheme_is(&p, "wss") || scheme_is(&p, "ws") ? 4 : 2;
	for (unsigned v = 0; v < variants && !is_right; v++) {
		write_candidate(candidate, &p, v & 1, v & 2);
		twilio_signature(expected, token, candidate,
				 body ? NULL : fields);
		is_right = !mbedtls_ct_memcmp(expected, signature,
					      TWILIO_SIGNATURE_LEN - 1);
	}
	mbedtls_platform_zeroize(expected, sizeof(expected));
	return is_right;
}

/* The first of a list of values, as proxies that add to a header leave it. */
static size_t first_value(const char **list)
{
	size_t n;

	if (!*list)
		return 0;
	*list += strspn(*list, " \t");
	n = strcspn(*list, ",");
	while (n > 0 && ((*list)[n - 1] == ' ' || (*list)[n - 1] == '\t'))
		n--;
	return n;
}

/* What a proxy says of its own side; the listener's state when it says nothing
 * known. */
static bool forwarded_tls(const struct twilio_request_url *r)
{
	const char *proto = r->forwarded_proto;
	size_t n = first_value(&proto);

	if ((n == 5 && !strncasecmp(proto, "https", n)) ||
	    (n == 3 && !strncasecmp(proto, "wss", n)))
		return true;
	if ((n == 4 && !strncasecmp(proto, "http", n)) ||
	    (n == 2 && !strncasecmp(proto, "ws", n)))
		return false;
	return r->is_tls;
}

static bool is_host(const char *host, size_t n)
{
	for (size_t i = 0; i < n; i++)
		if (!isalnum((unsigned char)host[i]) &&
		    !memchr(".-_:[]", host[i], 6))
			return false;
	return n > 0;
}

static int write_url(char *out, size_t cap, bool is_tls,
		     const struct twilio_request_url *r, const char *base,
		     size_t base_len)
{
	static const char *const scheme[2][2] = { { "http", "https" },
						  { "ws", "wss" } };
	int n = snprintf(out, cap, "%s://%.*s%s", scheme[r->is_upgrade][is_tls],
			 (int)base_len, base, r->target);

	return n < 0 || (size_t)n >= cap ? -E2BIG : 0;
}

static int from_base(char *out, size_t cap, const struct twilio_request_url *r)
{
	const char *base = strstr(r->public_base, "://");
	size_t n;

	if (!base)
		return -EINVAL;
	base += 3;
	n = strcspn(base, "?#");
	while (n > 0 && base[n - 1] == '/')
		n--;
	if (n == 0)
		return -EINVAL;
	if (n >= cap)
		return -E2BIG;
	return write_url(out, cap,
			 !strncasecmp(r->public_base, "https:", 6) ||
				 !strncasecmp(r->public_base, "wss:", 4),
			 r, base, n);
}

static int from_headers(char *out, size_t cap,
			const struct twilio_request_url *r)
{
	bool is_tls = r->trust_forwarded ? forwarded_tls(r) : r->is_tls;
	const char *host = r->trust_forwarded ? r->forwarded_host : NULL;
	size_t n = first_value(&host);

	if (n == 0) {
		host = r->host;
		n = host ? strlen(host) : 0;
	}
	if (!is_host(host, n))
		return -EINVAL;
	if (n >= cap)
		return -E2BIG;
	return write_url(out, cap, is_tls, r, host, n);
}

int twilio_public_url(char *out, size_t cap, const struct twilio_request_url *r)
{
	if (!r->target || r->target[0] != '/')
		return -EINVAL;
	return r->public_base ? from_base(out, cap, r)
			      : from_headers(out, cap, r);
}
