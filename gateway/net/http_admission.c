/* Who may stay: connections that have not shown yet that they want something
 * are bounded, and those that have had their time go first. */
#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>

#include "gateway/net/address.h"
#include "gateway/net/gate.h"
#include "gateway/net/http_inner.h"
#include "protocols/forwarded.h"
#include "protocols/ip_address.h"

#define TELL_MS 1000 /* one that had to go is told of so often */

/* --- Telling --- */

static void tell(struct http_server *s, const char *peer, const char *why)
{
	uint64_t now_ms = uv_now(s->loop);
	char words[160];

	if (s->told_ms && now_ms - s->told_ms < TELL_MS) {
		s->untold++;
		return;
	}
	snprintf(words, sizeof(words), s->untold ? "%s (and %u before)" : "%s",
		 why, s->untold);
	s->told_ms = now_ms;
	s->untold = 0;
	if (s->events->on_refused)
		s->events->on_refused(s->owner, peer, 0, words);
}

/* --- Leaving --- */

void http_handshake_done(struct http_connection *c)
{
	if (!c->is_shaking)
		return;
	c->is_shaking = false;
	TAILQ_REMOVE(&c->server->shaking, c, among_shaking);
	c->server->handshakes--;
}

void http_no_longer_fresh(struct http_connection *c)
{
	if (!c->is_fresh)
		return;
	c->is_fresh = false;
	TAILQ_REMOVE(&c->server->fresh, c, among_fresh);
}

void http_leave(struct http_connection *c)
{
	http_handshake_done(c);
	http_no_longer_fresh(c);
	if (c->is_inside)
		gate_leave(c->server->gate, c->place);
	c->is_inside = false;
}

/* Returns whether it makes room. */
static bool send_away(struct http_connection *c, const char *why)
{
	struct http_server *s = c ? c->server : NULL;

	if (!c || uv_now(s->loop) - c->came_ms < s->limits.grace_ms)
		return false;
	tell(s, stream_peer(c->stream), why);
	http_leave(c); /* its place is free now, its handles soon */
	stream_close(c->stream);
	return true;
}

/* --- Coming --- */

static bool is_exempt(const struct http_server *s, const char *peer,
		      const struct sockaddr *a)
{
	return address_is_loopback(a) ||
	       forwarded_is_trusted(peer, s->limits.proxies,
				    s->limits.proxy_count);
}

static const char *const too_many[] = {
	"there are as many connections as may be (limits.connections)",
	"its address has as many connections as it may "
	"(limits.connections_per_address)",
};

static bool enter(struct http_connection *c, const char *peer,
		  const struct sockaddr *a)
{
	struct http_server *s = c->server;
	bool has_no_limit = is_exempt(s, peer, a);
	struct ip_address address = { .port = 0 };

	(void)ip_address_parse(&address, peer, strlen(peer));
	int err = gate_enter(s->gate, &address, has_no_limit, &c->place);
	if (err == -ENOSPC && send_away(TAILQ_FIRST(&s->fresh), too_many[0]))
		err = gate_enter(s->gate, &address, has_no_limit, &c->place);
	if (err)
		tell(s, peer, too_many[err == -EDQUOT]);
	return !err;
}

bool http_admit(struct http_connection *c, int fd)
{
	struct http_server *s = c->server;
	struct sockaddr_storage a = { 0 };
	socklen_t len = sizeof(a);
	char peer[ADDRESS_TEXT_LEN];

	if (getpeername(fd, (struct sockaddr *)&a, &len))
		return false; /* it is gone already */
	address_text((const struct sockaddr *)&a, peer);
	if (!enter(c, peer, (const struct sockaddr *)&a))
		return false;
	c->is_inside = c->is_fresh = true;
	c->came_ms = uv_now(s->loop);
	TAILQ_INSERT_TAIL(&s->fresh, c, among_fresh);
	return true;
}

bool http_admit_handshake(struct http_connection *c)
{
	static const char full[] = "there are as many TLS handshakes as may be "
				   "(limits.handshakes)";
	struct http_server *s = c->server;

	if (s->handshakes >= s->limits.handshakes &&
	    !send_away(TAILQ_FIRST(&s->shaking), full)) {
		tell(s, stream_peer(c->stream), full);
		return false;
	}
	s->handshakes++;
	c->is_shaking = true;
	TAILQ_INSERT_TAIL(&s->shaking, c, among_shaking);
	return true;
}
