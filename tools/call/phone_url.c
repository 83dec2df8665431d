#include "tools/call/phone_url.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "protocols/url.h"

static bool has_scheme(const char *text)
{
	size_t n = strspn(text, "abcdefghijklmnopqrstuvwxyz"
				"ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789+-.");

	return n > 0 && strncmp(text + n, "://", 3) == 0;
}

static const char *scheme_for(const struct url *base, bool is_stream)
{
	if (is_stream)
		return base->is_secure ? "wss" : "ws";
	return base->is_secure ? "https" : "http";
}

/* How much of the base's target a relative path keeps: up to its last slash. */
static size_t directory_len(const char *target)
{
	size_t path = strcspn(target, "?");
	const char *slash = memrchr(target, '/', path);

	return slash ? (size_t)(slash - target) + 1 : 0;
}

static size_t kept_len(const char *target, const char *reference)
{
	if (reference[0] == '/')
		return 0;
	if (reference[0] == 0)
		return strlen(target);
	if (reference[0] == '?')
		return strcspn(target, "?");
	return directory_len(target);
}

int phone_url_resolve(char *out, size_t cap, const char *base,
		      const char *reference, bool is_stream)
{
	char authority[URL_HOST_MAX + 10];
	struct url b;
	int n;

	if (has_scheme(reference)) {
		n = snprintf(out, cap, "%s", reference);
		return (size_t)n < cap ? 0 : -E2BIG;
	}
	if (url_parse(&b, base) < 0)
		return -EINVAL;
	if (strncmp(reference, "//", 2) == 0)
		n = snprintf(out, cap, "%s:%s", scheme_for(&b, is_stream),
			     reference);
	else
		n = snprintf(out, cap, "%s://%s%.*s%s",
			     scheme_for(&b, is_stream),
			     url_authority(&b, authority, sizeof(authority)),
			     (int)kept_len(b.target, reference), b.target,
			     reference);
	return (size_t)n < cap ? 0 : -E2BIG;
}

bool phone_url_is_loopback(const char *url)
{
	struct url u;

	if (url_parse(&u, url) < 0)
		return false;
	return strcmp(u.host, "localhost") == 0 || strcmp(u.host, "::1") == 0 ||
	       (strncmp(u.host, "127.", 4) == 0 &&
		!u.host[strspn(u.host, "0123456789.")]);
}
