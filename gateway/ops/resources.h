/* What the process holds right now: live heap and open descriptors. */
#ifndef GATEWAY_OPS_RESOURCES_H
#define GATEWAY_OPS_RESOURCES_H

#include <stddef.h>

struct log;

struct resources {
	size_t heap_bytes; /* allocated and not freed */
	unsigned descriptors;
};

void resources_read(struct resources *r);

/* resources_log: one line: ev=resources calls=… standing=… heap_bytes=…
 * descriptors=… per_worker=… (standing: sessions that wait for a call;
 * per_worker: the calls of each, "3,2"). */
void resources_log(const struct log *log, unsigned calls, unsigned standing,
		   const char *per_worker);

#endif
