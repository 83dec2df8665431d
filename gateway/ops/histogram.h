/* How long something takes: a log-linear histogram of nanoseconds in fixed
 * memory. Up to 60 s a quantile is off by at most 3 % or 32 ns; longer values
 * count as 60 s, except in max. One thread records; any other may merge it into
 * its own meanwhile, and sees each number whole, though not all of one moment.
 */
#ifndef GATEWAY_OPS_HISTOGRAM_H
#define GATEWAY_OPS_HISTOGRAM_H

#include <stdint.h>

#define HISTOGRAM_MAX_NS  UINT64_C(60000000000)
#define HISTOGRAM_BUCKETS (27 * 32) /* 2^5 steps per octave, to 2^36 ns */

/* All zero is an empty histogram. */
struct histogram {
	uint64_t count;
	uint64_t sum_ns;
	uint64_t max_ns;
	uint64_t bucket[HISTOGRAM_BUCKETS];
};

void histogram_reset(struct histogram *h);
void histogram_record(struct histogram *h, uint64_t ns);

/* histogram_quantile: the value that q (0..1) of the records do not exceed;
 * 0 when there are none; q = 1 gives max exactly. */
uint64_t histogram_quantile(const struct histogram *h, double q);

uint64_t histogram_count(const struct histogram *h);
uint64_t histogram_max(const struct histogram *h);
uint64_t histogram_mean(const struct histogram *h); /* 0 when empty */

/* histogram_up_to: how many records are ns or less, as exact as a step is wide;
 * UINT64_MAX: all. */
uint64_t histogram_up_to(const struct histogram *h, uint64_t ns);

/* histogram_merge: add from's records to into, which is the caller's alone. */
void histogram_merge(struct histogram *into, const struct histogram *from);

#endif
