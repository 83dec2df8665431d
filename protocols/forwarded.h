/* What a proxy says of the request it passes on, in X-Forwarded-For, -Proto and
 * -Host. Only a proxy that is trusted is believed; what anybody else writes
 * there is as if it were not. */
#ifndef PROTOCOLS_FORWARDED_H
#define PROTOCOLS_FORWARDED_H

#include <stdbool.h>

#include "protocols/ip_address.h"

struct http_message;

#define FORWARDED_HOST_MAX 256 /* with NUL; a longer one is not believed */
#define FORWARDED_HOPS_MAX                                 \
	32 /* in X-Forwarded-For, from the right; more are \
	      not looked at */

enum forwarded_scheme { FORWARDED_UNSAID, FORWARDED_PLAIN, FORWARDED_TLS };

struct forwarded {
	bool is_believed; /* the peer is a trusted proxy; else all is unset */
	enum forwarded_scheme scheme;  /* the first of X-Forwarded-Proto: https
					  and wss are TLS, http and ws plain */
	char host[FORWARDED_HOST_MAX]; /* the first of X-Forwarded-Host; "" */
	/* Who speaks: the rightmost address in X-Forwarded-For that is no
	 * trusted proxy, with its port or 0: "192.0.2.1:0", "[2001:db8::1]:0".
	 * When all are trusted, the leftmost; what is no address ends the
	 * search at the one to its right. "" without any: the proxy itself. */
	char peer[IP_ADDRESS_TEXT_LEN];
};

/* forwarded_read: of a request that a connection's peer ("192.0.2.1:4321")
 * sent. */
void forwarded_read(struct forwarded *f, const struct http_message *m,
		    const char *peer, const struct ip_block *proxies,
		    unsigned count);

/* forwarded_is_trusted: whether this peer is one of the proxies. */
bool forwarded_is_trusted(const char *peer, const struct ip_block *proxies,
			  unsigned count);

/* forwarded_is_claimed: whether it says, truly or not, that somebody else
 * speaks through it: a header that proxies add is there. */
bool forwarded_is_claimed(const struct http_message *m);

#endif
