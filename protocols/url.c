#include "protocols/url.h"

#include <arpa/inet.h>
#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <strings.h>

static const struct scheme {
	const char *name;
	bool is_secure;
	unsigned port;
} schemes[] = {
	{ "http", false, 80 },
	{ "https", true, 443 },
	{ "ws", false, 80 },
	{ "wss", true, 443 },
};

static const struct scheme *find_scheme(const char *text, size_t len)
{
	for (size_t i = 0; i < sizeof schemes / sizeof schemes[0]; i++)
		if (strlen(schemes[i].name) == len &&
		    !strncasecmp(schemes[i].name, text, len))
			return &schemes[i];
	return NULL;
}

/* Anything else in a target could forge a second header line or request. */
static bool is_visible(const char *text, size_t len)
{
	for (size_t i = 0; i < len; i++)
		if (text[i] <= ' ' || text[i] > '~')
			return false;
	return true;
}

static bool is_host_char(char c)
{
	return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') ||
	       (c >= '0' && c <= '9') || (c && strchr("-._~", c));
}

static int take_host(struct url *u, const char *text, size_t len)
{
	if (len >= sizeof u->host)
		return -E2BIG;
	memcpy(u->host, text, len);
	u->host[len] = 0;
	if (u->is_ipv6) {
		struct in6_addr address;
		bool is_address = strlen(u->host) == len &&
				  inet_pton(AF_INET6, u->host, &address) == 1;
		return is_address ? 0 : -EINVAL;
	}
	for (size_t i = 0; i < len; i++)
		if (!is_host_char(text[i]))
			return -EINVAL;
	return len ? 0 : -EINVAL;
}

/* An empty port is legal and means the default (RFC 3986, 3.2.3). */
static int take_port(struct url *u, const char *text, size_t len)
{
	unsigned port = 0;

	if (len == 0)
		return 0;
	for (size_t i = 0; i < len; i++) {
		if (text[i] < '0' || text[i] > '9')
			return -EINVAL;
		port = port * 10 + (unsigned)(text[i] - '0');
		if (port > 65535)
			return -EINVAL;
	}
	if (port == 0)
		return -EINVAL;
	u->has_port = true;
	u->port = port;
	return 0;
}

/* Where the host ends, or NULL when a bracket stays open. */
static const char *host_end(const char *host, const char *end, char stop)
{
	const char *found = memchr(host, stop, (size_t)(end - host));

	return found || stop == ']' ? found : end;
}

static int take_authority(struct url *u, const char *text, const char *end)
{
	const char *at = memrchr(text, '@', (size_t)(end - text));
	const char *host = at ? at + 1 : text;

	u->is_ipv6 = host < end && *host == '[';
	host += u->is_ipv6;
	const char *stop = host_end(host, end, u->is_ipv6 ? ']' : ':');
	if (!stop)
		return -EINVAL;
	int err = take_host(u, host, (size_t)(stop - host));
	if (err)
		return err;
	stop += u->is_ipv6;
	if (stop == end)
		return 0;
	if (*stop != ':')
		return -EINVAL;
	return take_port(u, stop + 1, (size_t)(end - stop - 1));
}

static int take_target(struct url *u, const char *text)
{
	size_t len = strcspn(text, "#");
	size_t slash = *text != '/';

	if (slash + len >= sizeof u->target)
		return -E2BIG;
	if (!is_visible(text, len))
		return -EINVAL;
	u->target[0] = '/';
	memcpy(u->target + slash, text, len);
	u->target[slash + len] = 0;
	return 0;
}

int url_parse(struct url *u, const char *text)
{
	const char *colon = strstr(text, "://");
	const struct scheme *scheme =
		colon ? find_scheme(text, (size_t)(colon - text)) : NULL;

	memset(u, 0, sizeof *u);
	if (!scheme)
		return -EINVAL;
	snprintf(u->scheme, sizeof u->scheme, "%s", scheme->name);
	u->is_secure = scheme->is_secure;
	u->port = scheme->port;
	const char *authority = colon + 3;
	const char *end = authority + strcspn(authority, "/?#");
	int err = take_authority(u, authority, end);
	return err ? err : take_target(u, end);
}

char *url_authority(const struct url *u, char *out, size_t cap)
{
	const char *open = u->is_ipv6 ? "[" : "",
		   *close = u->is_ipv6 ? "]" : "";
	unsigned usual = u->is_secure ? 443 : 80;

	if (u->port == usual)
		snprintf(out, cap, "%s%s%s", open, u->host, close);
	else
		snprintf(out, cap, "%s%s%s:%u", open, u->host, close, u->port);
	return out;
}
