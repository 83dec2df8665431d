/* What the process holds right now: live heap and open descriptors. */
#ifndef GATEWAY_OPS_RESOURCES_H
#define GATEWAY_OPS_RESOURCES_H

#include <stddef.h>
#include <stdint.h>

struct log;

struct resources {
	size_t heap_bytes; /* allocated and not freed */
	unsigned descriptors;
};

/* What every process can tell of itself. */
struct resources_process {
	double cpu_s; /* user and system, of all threads */
	uint64_t resident_bytes;
	uint64_t virtual_bytes;
	unsigned descriptors;
	unsigned descriptors_max;
	unsigned threads;
	double start_s; /* Unix time; to a hundredth of a second */
};

void resources_process(struct resources_process *p);

void resources_read(struct resources *r);

/* resources_log: one line: ev=resources calls=… standing=… heap_bytes=…
 * descriptors=… per_worker=… (standing: sessions that wait for a call;
 * per_worker: the calls of each, "3,2"). */
void resources_log(const struct log *log, unsigned calls, unsigned standing,
		   const char *per_worker);

#endif
