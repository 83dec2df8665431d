/* What a caller gets when there is no model: what the fallback of the route
 * says, else that of the agent, else failure.by_number for the number that was
 * dialled, or the bot, else failure. Each key by itself. The texts are the
 * configuration's. */
#ifndef GATEWAY_OPS_CONFIG_ROUTE_H
#define GATEWAY_OPS_CONFIG_ROUTE_H

struct config;
struct config_agent;
struct config_route;

struct config_route_call {
	const char *number;               /* dialled, or the bot */
	const struct config_route *route; /* NULL: none */
	const struct config_agent *agent; /* NULL: nobody yet */
};

/* config_route_find: which of failure.by_number; by_number_count: none. */
unsigned config_route_find(const struct config *c, const char *number);

/* config_route_dial: whom it dials; "": nobody, it hangs up. */
const char *config_route_dial(const struct config *c,
			      const struct config_route_call *call);
/* config_route_say: what the carrier's own voice says; may be "". */
const char *config_route_say(const struct config *c,
			     const struct config_route_call *call);

#endif
