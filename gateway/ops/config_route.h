/* What failure says of one dialled number, or one bot: failure.by_number where
 * it has the number and says something, failure otherwise. The texts are the
 * configuration's. */
#ifndef GATEWAY_OPS_CONFIG_ROUTE_H
#define GATEWAY_OPS_CONFIG_ROUTE_H

struct config;
struct config_route;

/* config_route_find: which of failure.by_number; by_number_count: none. */
unsigned config_route_find(const struct config *c, const char *number);

/* route: of the call, whose fallback comes first; or NULL.
 *
 * config_route_dial: whom it dials; "": nobody, it hangs up. */
const char *config_route_dial(const struct config *c, const char *number,
			      const struct config_route *route);
/* config_route_say: what the carrier's own voice says; may be "". */
const char *config_route_say(const struct config *c, const char *number,
			     const struct config_route *route);

#endif
