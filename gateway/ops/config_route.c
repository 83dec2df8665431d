#include "gateway/ops/config_route.h"

#include <string.h>

#include "gateway/ops/config.h"

unsigned config_route_find(const struct config *c, const char *number)
{
	const struct config_failure *f = &c->failure;
	unsigned i = 0;

	while (i < f->by_number_count &&
	       strcmp(f->by_number[i].number, number) != 0)
		i++;
	return i;
}

static const struct config_failure_route *route_of(const struct config *c,
						   const char *number)
{
	unsigned i = config_route_find(c, number);

	return i < c->failure.by_number_count ? &c->failure.by_number[i] : NULL;
}

static enum config_then then_of(const struct config *c,
				const struct config_failure_route *r,
				const struct config_route *route)
{
	if (route && route->fallback.then != CONFIG_THEN_AS_ELSEWHERE)
		return route->fallback.then;
	return r && r->then != CONFIG_THEN_AS_ELSEWHERE ? r->then
							: c->failure.then;
}

const char *config_route_dial(const struct config *c, const char *number,
			      const struct config_route *route)
{
	const struct config_failure_route *r = route_of(c, number);

	if (route && route->fallback.then != CONFIG_THEN_HANGUP &&
	    route->fallback.dial[0])
		return route->fallback.dial;
	if (then_of(c, r, route) != CONFIG_THEN_DIAL)
		return "";
	return r && r->dial[0] ? r->dial : c->failure.dial;
}

const char *config_route_say(const struct config *c, const char *number,
			     const struct config_route *route)
{
	const struct config_failure_route *r = route_of(c, number);

	if (route && route->fallback.say[0])
		return route->fallback.say;
	return r && r->say[0] ? r->say : c->failure.say;
}
