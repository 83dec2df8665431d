#include <netinet/in.h>
#include <stdio.h>
#include <string.h>
#include <uv.h>

#include "gateway/check/check_list.h"
#include "gateway/check/check_parts.h"
#include "gateway/net/address.h"
#include "gateway/net/dial.h"
#include "gateway/ops/config.h"
#include "protocols/url.h"

#define KEY "public_url"

static unsigned count(const struct addrinfo *a)
{
	unsigned n = 0;
	for (; a; a = a->ai_next)
		n++;
	return n;
}

static void tell_address(struct check_list *l, const char *name,
			 const char *host, const struct addrinfo *a)
{
	char text[ADDRESS_TEXT_LEN];
	unsigned n = count(a);
	address_text(a->ai_addr, text);
	*strrchr(text, ':') = '\0'; /* the port: none was asked for */
	if (n > 1)
		check_list_add(l, CHECK_IS_GOOD, name, "%s is %s and %u more",
			       host, text, n - 1);
	else
		check_list_add(l, CHECK_IS_GOOD, name, "%s is %s", host, text);
}

static bool is_address(const char *host)
{
	struct in6_addr a;
	return uv_inet_pton(AF_INET, host, &a) == 0 ||
	       uv_inet_pton(AF_INET6, host, &a) == 0;
}

bool check_name(struct check_list *l, const char *name, const char *host)
{
	const struct addrinfo hints = { .ai_socktype = SOCK_STREAM };
	uv_loop_t loop;
	uv_getaddrinfo_t req;
	char words[128];
	if (is_address(host))
		return true;
	check_list_wait(l, name);
	int err = uv_loop_init(&loop);
	if (!err) {
		err = uv_getaddrinfo(&loop, &req, NULL, host, NULL, &hints);
		uv_loop_close(&loop);
	}
	if (err) {
		check_list_add(l, CHECK_IS_BAD, name,
			       "%s: %s; is it spelt right, and does this "
			       "machine have a name server?",
			       host, dial_error(err, words, sizeof(words)));
		return false;
	}
	tell_address(l, name, host, req.addrinfo);
	uv_freeaddrinfo(req.addrinfo);
	return true;
}

/* Addresses nobody outside can reach (RFC 1918, RFC 3927, loopback). */
static bool is_private(const char *host)
{
	struct sockaddr_in6 six;
	struct sockaddr_in four;
	if (strcmp(host, "localhost") == 0)
		return true;
	if (uv_ip6_addr(host, 0, &six) == 0)
		return address_is_loopback((struct sockaddr *)&six) ||
		       (six.sin6_addr.s6_addr[0] & 0xfe) == 0xfc;
	if (uv_ip4_addr(host, 0, &four))
		return false;
	uint32_t a = ntohl(four.sin_addr.s_addr);
	return a >> 24 == 127 || a >> 24 == 10 || a >> 20 == 0xac1 ||
	       a >> 16 == 0xc0a8 || a >> 16 == 0xa9fe;
}

/* Returns how much there was to say. */
static unsigned check_shape(struct check_list *l, const struct url *u)
{
	unsigned before = l->warnings;
	if (!u->is_secure)
		check_list_add(l, CHECK_IS_WARNING, KEY,
			       "is not https: Twilio carries audio over TLS "
			       "only, and tokens would travel in the clear");
	if (is_private(u->host))
		check_list_add(l, CHECK_IS_WARNING, KEY,
			       "%s is not reached from outside; carriers need "
			       "a public name",
			       u->host);
	if (strcmp(u->target, "/") != 0)
		check_list_add(
			l, CHECK_IS_WARNING, KEY,
			"has the path %s: the proxy in front has to take "
			"it off again, because requests are answered at "
			"/twilio/… and /audiocodes/…",
			u->target);
	return l->warnings - before;
}

void check_public(struct check_list *l, const struct config *c)
{
	struct url u;
	if (!*c->public_url) {
		check_list_add(l, CHECK_IS_GOOD, KEY,
			       "empty: each request's Host header is taken");
		return;
	}
	if (url_parse(&u, c->public_url)) {
		check_list_add(l, CHECK_IS_BAD, KEY, "%s is no URL",
			       c->public_url);
		return;
	}
	if (!check_shape(l, &u))
		check_list_add(l, CHECK_IS_GOOD, KEY, "%s", c->public_url);
	if (!l->is_offline && !is_private(u.host))
		check_name(l, KEY, u.host);
}
