/* One thread's world: descriptors by epoll, timers by a wheel.
 *
 * It sleeps from slot to slot of the wheel and looks at its descriptors then.
 * Nobody who writes to it pays for waking it up, as nobody would whose peer is
 * on another machine; when bytes came is for the kernel to say (bench_socket).
 * Events are taken a few at a time between looks at the wheel, so that many
 * sockets that are ready at once do not hold up what is due. */
#ifndef TOOLS_BENCH_BENCH_LOOP_H
#define TOOLS_BENCH_BENCH_LOOP_H

#include <stdbool.h>
#include <stdint.h>
#include <time.h>

#include "tools/bench/bench_wheel.h"

#define BENCH_NS_PER_MS UINT64_C(1000000)
#define BENCH_NS_PER_S  UINT64_C(1000000000)

static inline uint64_t bench_now_ns(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return (uint64_t)t.tv_sec * BENCH_NS_PER_S + (uint64_t)t.tv_nsec;
}

/* Embedded first in what is watched. */
struct bench_watch {
	void (*on_ready)(struct bench_watch *w, uint32_t events);
	void (*on_free)(struct bench_watch *w);
	struct bench_watch *next_dead;
	int fd;
};

struct bench_loop {
	int epoll;
	struct bench_wheel wheel;
	struct bench_watch *dead; /* freed when no event can name them */
	uint64_t real_ns; /* the wall clock's lead on the monotonic one */
	bool is_stopped;
};

/* bench_loop_init: returns 0 or a negative errno. */
int bench_loop_init(struct bench_loop *l);
void bench_loop_free(struct bench_loop *l);

/* bench_loop_add: watch w->fd for epoll events. bench_loop_change: for others.
 * Both return 0 or a negative errno. */
int bench_loop_add(struct bench_loop *l, struct bench_watch *w,
		   uint32_t events);
int bench_loop_change(struct bench_loop *l, struct bench_watch *w,
		      uint32_t events);

/* bench_loop_drop: close w->fd; on_free comes later, never from inside. */
void bench_loop_drop(struct bench_loop *l, struct bench_watch *w);

/* bench_loop_run: until bench_loop_stop, or until_ns. */
void bench_loop_run(struct bench_loop *l, uint64_t until_ns);
void bench_loop_stop(struct bench_loop *l);

#endif
