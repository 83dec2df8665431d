#include "tools/bench/bench_loop.h"

#include <errno.h>
#include <sched.h>
#include <stddef.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/syscall.h>
#include <unistd.h>

#define EVENTS_MAX 32 /* between two looks at the wheel */

/* Who sleeps from slot to slot should be woken at once, also by a machine that
 * has other work: kernels from 6.12 on take a length of slice as a hint. Only
 * of a thread that has no better right, and not for what it starts. */
#define SLICE_NS      100000
#define RESET_ON_FORK 1

static void ask_for_short_slices(void)
{
	struct {
		uint32_t size, policy;
		uint64_t flags;
		int32_t nice;
		uint32_t priority;
		uint64_t runtime, deadline, period;
	} wish = {
		.size = sizeof(wish),
		.policy = SCHED_OTHER,
		.flags = RESET_ON_FORK,
		.nice = getpriority(PRIO_PROCESS, 0),
		.runtime = SLICE_NS,
	};

	if (sched_getscheduler(0) == SCHED_OTHER)
		syscall(SYS_sched_setattr, 0, &wish, 0);
}

int bench_loop_init(struct bench_loop *l)
{
	memset(l, 0, sizeof(*l));
	l->epoll = epoll_create1(EPOLL_CLOEXEC);
	if (l->epoll < 0)
		return -errno;
	prctl(PR_SET_TIMERSLACK, 1UL, 0UL, 0UL, 0UL);
	ask_for_short_slices();
	bench_wheel_init(&l->wheel, bench_now_ns());
	return 0;
}

static void bury(struct bench_loop *l)
{
	while (l->dead) {
		struct bench_watch *w = l->dead;
		l->dead = w->next_dead;
		w->on_free(w);
	}
}

void bench_loop_free(struct bench_loop *l)
{
	bury(l);
	close(l->epoll);
}

static int control(struct bench_loop *l, int op, struct bench_watch *w,
		   uint32_t events)
{
	struct epoll_event e = { .events = events, .data.ptr = w };

	return epoll_ctl(l->epoll, op, w->fd, &e) ? -errno : 0;
}

int bench_loop_add(struct bench_loop *l, struct bench_watch *w, uint32_t events)
{
	return control(l, EPOLL_CTL_ADD, w, events);
}

int bench_loop_change(struct bench_loop *l, struct bench_watch *w,
		      uint32_t events)
{
	return control(l, EPOLL_CTL_MOD, w, events);
}

void bench_loop_drop(struct bench_loop *l, struct bench_watch *w)
{
	if (w->fd >= 0)
		close(w->fd);
	w->fd = -1;
	w->next_dead = l->dead;
	l->dead = w;
}

static void sleep_until(uint64_t due_ns)
{
	struct timespec t = {
		.tv_sec = (time_t)(due_ns / BENCH_NS_PER_S),
		.tv_nsec = (long)(due_ns % BENCH_NS_PER_S),
	};

	clock_nanosleep(CLOCK_MONOTONIC, TIMER_ABSTIME, &t, NULL);
}

static void compare_clocks(struct bench_loop *l)
{
	struct timespec t;

	clock_gettime(CLOCK_REALTIME, &t);
	l->real_ns = (uint64_t)t.tv_sec * BENCH_NS_PER_S + (uint64_t)t.tv_nsec -
		     bench_now_ns();
}

/* Returns whether there may be more. */
static bool take_events(struct bench_loop *l)
{
	struct epoll_event event[EVENTS_MAX];
	int n = epoll_wait(l->epoll, event, EVENTS_MAX, 0);

	for (int i = 0; i < n; i++) {
		struct bench_watch *w = event[i].data.ptr;
		if (w->fd >= 0)
			w->on_ready(w, event[i].events);
	}
	bury(l);
	return n == EVENTS_MAX;
}

void bench_loop_run(struct bench_loop *l, uint64_t until_ns)
{
	uint64_t now_ns = bench_now_ns();

	for (l->is_stopped = false; !l->is_stopped && now_ns < until_ns;
	     now_ns = bench_now_ns()) {
		compare_clocks(l);
		bench_wheel_run(&l->wheel, now_ns);
		if (!take_events(l))
			sleep_until((bench_now_ns() / BENCH_WHEEL_SLOT_NS + 1) *
				    BENCH_WHEEL_SLOT_NS);
	}
}

void bench_loop_stop(struct bench_loop *l)
{
	l->is_stopped = true;
}
