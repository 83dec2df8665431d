/* Timers for thousands of small things: a wheel of short slots, each a list.
 *
 * Time is passed in, monotonic nanoseconds. What is due is run in the order of
 * its slot, never early. Nothing is allocated. */
#ifndef TOOLS_BENCH_BENCH_WHEEL_H
#define TOOLS_BENCH_BENCH_WHEEL_H

#include <stdbool.h>
#include <stdint.h>

#define BENCH_WHEEL_SLOT_NS 250000u /* 80 in the 20 ms of a frame */
#define BENCH_WHEEL_SLOTS   4096u   /* about a second; later ones go round */

/* Embedded in its owner; zeroed before its first bench_wheel_set. */
struct bench_timer {
	void (*on_due)(struct bench_timer *t, uint64_t now_ns);
	uint64_t due_ns;
	struct bench_timer *next;
	struct bench_timer **link; /* what points here; NULL: not set */
};

struct bench_wheel {
	uint64_t slot; /* number of the next one to run, since time zero */
	struct bench_timer *list[BENCH_WHEEL_SLOTS];
	struct bench_timer *running; /* what is left of the slot being run */
	unsigned set;                /* timers that are set */
};

void bench_wheel_init(struct bench_wheel *w, uint64_t now_ns);

/* bench_wheel_set: (re)set a timer; one that is past runs at the next call of
 * bench_wheel_run. bench_wheel_clear: twice does nothing. Both may be called
 * from inside on_due, for any timer. */
void bench_wheel_set(struct bench_wheel *w, struct bench_timer *t,
		     uint64_t due_ns);
void bench_wheel_clear(struct bench_wheel *w, struct bench_timer *t);

/* bench_wheel_run: run what is due, each timer unset before its call. */
void bench_wheel_run(struct bench_wheel *w, uint64_t now_ns);

#endif
