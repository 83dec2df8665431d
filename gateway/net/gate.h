/* How many connections there may be, in all and from one address, whichever
 * thread has them. A lock is held for one look into a table, once when a
 * connection comes and once when it goes.
 *
 * Bounded: the table has a place for each connection that may be. */
#ifndef GATEWAY_NET_GATE_H
#define GATEWAY_NET_GATE_H

#include <stdbool.h>

struct gate;
struct ip_address;

#define GATE_UNCOUNTED (-1) /* the place of an address that has no limit */

struct gate_limits {
	unsigned connections; /* in all, at least 1 */
	unsigned per_address; /* 0: no limit. An IPv6 address counts as its
				 network of 64 bits */
};

/* gate_open: Returns 0, -ENOMEM, or why there is no lock. */
int gate_open(struct gate **out, const struct gate_limits *limits);
void gate_free(struct gate *g); /* nobody is inside; takes NULL */

/* gate_enter: a connection comes. is_exempt: counted in all, but not by its
 * address.
 *
 * place  for gate_leave
 * Returns 0; -ENOSPC there are as many as may be; -EDQUOT as many from that
 * address. Then there is nothing to leave. */
int gate_enter(struct gate *g, const struct ip_address *address, bool is_exempt,
	       int *place);
void gate_leave(struct gate *g, int place);

#endif
