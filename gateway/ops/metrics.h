/* Figures for Prometheus: cells that the workers count in, and the text that
 * says them.
 *
 * A cell has one writer, the thread it belongs to, and any number of readers:
 * a write is a relaxed load and store, which costs what an ordinary one does,
 * so counting on the media path neither locks nor allocates nor waits, and a
 * reader sees each number whole. Cells of several workers are summed when
 * somebody asks. (The other way, asking each worker's loop for a copy, would
 * hold up a scrape for as long as a loop is late, which is when figures are
 * wanted.)
 *
 * The text is the exposition format of Prometheus, version 0.0.4: base units
 * (seconds, bytes), counters end in _total. Label values are words of ours from
 * fixed lists, never a peer's, so the number of series is bounded by the
 * program and not by what happens: whoever adds a label states its values. */
#ifndef GATEWAY_OPS_METRICS_H
#define GATEWAY_OPS_METRICS_H

#include <stdatomic.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

struct histogram;

/* --- Cells --- */

/* Zeroed is 0. */
struct metric {
	_Atomic uint64_t value;
};

static inline uint64_t metric_read(const struct metric *m)
{
	return atomic_load_explicit(&m->value, memory_order_relaxed);
}

/* Of its writer alone. */
static inline void metric_set(struct metric *m, uint64_t value)
{
	atomic_store_explicit(&m->value, value, memory_order_relaxed);
}

static inline void metric_add(struct metric *m, uint64_t n)
{
	metric_set(m, metric_read(m) + n);
}

static inline void metric_take(struct metric *m, uint64_t n)
{
	metric_set(m, metric_read(m) - n);
}

static inline void metric_raise(struct metric *m, uint64_t value)
{
	if (value > metric_read(m))
		metric_set(m, value);
}

/* --- Text --- */

#define METRICS_TYPE "text/plain; version=0.0.4; charset=utf-8"

enum metric_type { METRIC_COUNTER, METRIC_GAUGE, METRIC_HISTOGRAM };

/* metrics_family: HELP and TYPE, before the samples of a name. */
void metrics_family(FILE *out, const char *name, enum metric_type type,
		    const char *help);

/* metrics_sample: one series; labels as pairs of name and value, then NULL. */
void metrics_sample(FILE *out, const char *name, double value, ...)
	__attribute__((sentinel));

/* metrics_one: a family that is one series without labels. */
void metrics_one(FILE *out, const char *name, enum metric_type type,
		 const char *help, double value);

/* metrics_histogram: the series of a histogram of nanoseconds, in seconds.
 *
 * bound_us  upper bounds of the buckets in microseconds, ascending, then 0. The
 *           histogram's own steps are up to 3 % wide: which side of a bound a
 *           record falls on is as exact as that.
 * label     NULL, or the name of one label, of that value */
void metrics_histogram(FILE *out, const char *name, const struct histogram *h,
		       const uint64_t *bound_us, const char *label,
		       const char *value);

#endif
