#include "gateway/ops/histogram.h"

#include <string.h>

#define STEP_BITS 5 /* 32 buckets per octave: 1/32 wide, so 1/64 off */
#define STEPS     (1u << STEP_BITS)
#define UNIT_BITS 5 /* the finest bucket is 32 ns wide */

/* Below 2^10 ns the buckets are 32 ns wide; each octave above has 32 of its
 * own. Both fall out of one formula: the top five bits after the leading one,
 * and how far they were shifted. */
static unsigned bucket_of(uint64_t ns)
{
	uint64_t units = ns >> UNIT_BITS;
	if (units < STEPS)
		return (unsigned)units;
	unsigned octave = 63u - (unsigned)__builtin_clzll(units) - STEP_BITS;
	return (octave + 1) * STEPS + (unsigned)(units >> octave) - STEPS;
}

static uint64_t bucket_middle(unsigned bucket)
{
	unsigned octave = bucket < STEPS ? 0 : bucket / STEPS - 1;
	uint64_t units = bucket - octave * STEPS;
	uint64_t width = UINT64_C(1) << (octave + UNIT_BITS);
	return units * width + width / 2;
}

/* The one that records is the only one that writes: what others may read is
 * written whole, and that is all they need. */
static void add(uint64_t *to, uint64_t n)
{
	__atomic_store_n(to, *to + n, __ATOMIC_RELAXED);
}

static uint64_t read_of(const uint64_t *from)
{
	return __atomic_load_n(from, __ATOMIC_RELAXED);
}

void histogram_reset(struct histogram *h)
{
	memset(h, 0, sizeof(*h));
}

void histogram_record(struct histogram *h, uint64_t ns)
{
	uint64_t counted = ns < HISTOGRAM_MAX_NS ? ns : HISTOGRAM_MAX_NS;
	add(&h->bucket[bucket_of(counted)], 1);
	add(&h->count, 1);
	add(&h->sum_ns, counted);
	if (ns > h->max_ns)
		__atomic_store_n(&h->max_ns, ns, __ATOMIC_RELAXED);
}

/* The rank of the record asked for: the smallest that has at least q of all
 * records at or below it. */
static uint64_t rank_of(uint64_t count, double q)
{
	double rank = q * (double)count;
	uint64_t whole = (uint64_t)rank;
	if ((double)whole < rank)
		whole++;
	return whole ? whole : 1;
}

uint64_t histogram_quantile(const struct histogram *h, double q)
{
	if (h->count == 0)
		return 0;
	if (!(q < 1))
		return h->max_ns;
	uint64_t rank = rank_of(h->count, q > 0 ? q : 0);
	uint64_t below = 0;
	for (unsigned i = 0; i < HISTOGRAM_BUCKETS; i++) {
		below += h->bucket[i];
		if (below < rank)
			continue;
		uint64_t ns = bucket_middle(i);
		return ns < h->max_ns ? ns : h->max_ns;
	}
	return h->max_ns;
}

uint64_t histogram_count(const struct histogram *h)
{
	return h->count;
}

uint64_t histogram_max(const struct histogram *h)
{
	return h->max_ns;
}

uint64_t histogram_mean(const struct histogram *h)
{
	return h->count ? h->sum_ns / h->count : 0;
}

/* A step belongs below a bound when its middle does. */
uint64_t histogram_up_to(const struct histogram *h, uint64_t ns)
{
	uint64_t n = 0;

	for (unsigned i = 0; i < HISTOGRAM_BUCKETS && bucket_middle(i) <= ns;
	     i++)
		n += h->bucket[i];
	return n;
}

void histogram_merge(struct histogram *into, const struct histogram *from)
{
	for (unsigned i = 0; i < HISTOGRAM_BUCKETS; i++)
		into->bucket[i] += read_of(&from->bucket[i]);
	into->count += read_of(&from->count);
	into->sum_ns += read_of(&from->sum_ns);
	uint64_t max_ns = read_of(&from->max_ns);
	if (max_ns > into->max_ns)
		into->max_ns = max_ns;
}
