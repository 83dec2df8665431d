/* The worker's clock: ticks on a fixed grid from a monotonic origin.
 *
 * Members are spread over phases of METRONOME_STEP_MS so that they do not all
 * work in the same millisecond; each is called once per METRONOME_PERIOD_MS.
 * A late loop catches up by calling a member once, not once per missed tick:
 * what is due follows from the time that is passed, not from a count. Runs
 * only while it has members. */
#ifndef GATEWAY_NET_METRONOME_H
#define GATEWAY_NET_METRONOME_H

#include <stdbool.h>
#include <stdint.h>
#include <uv.h>

#define METRONOME_PERIOD_MS 20
#define METRONOME_STEP_MS   5
#define METRONOME_PHASES    (METRONOME_PERIOD_MS / METRONOME_STEP_MS)

struct histogram;

/* Embedded in the owner; zeroed before its first metronome_add. */
struct prefetch;

struct metronome_member {
	void (*on_tick)(struct metronome_member *m, uint64_t now_ns);
	struct metronome_member *next;
	struct metronome_member **link; /* what points here; NULL: no member */
	unsigned phase;
	const struct prefetch *ahead; /* what on_tick touches, or NULL */
};

struct metronome {
	uv_timer_t timer;
	uint64_t origin_ns; /* on a whole millisecond */
	uint64_t tick;      /* steps since the origin that are done */
	struct metronome_member *phase[METRONOME_PHASES];
	struct metronome_member *next; /* being walked: removal stays safe */
	unsigned members;
	unsigned turn;         /* which phase the next member joins */
	uint64_t late_ns_max;  /* worst lateness seen */
	struct histogram *lag; /* where each is recorded, or NULL */
};

/* metronome_init: the origin is now. Returns 0 or a negative errno. */
int metronome_init(struct metronome *m, uv_loop_t *loop);

/* metronome_add: the first tick comes within one period, never from inside
 * this call. Adding a member twice does nothing. */
void metronome_add(struct metronome *m, struct metronome_member *member);

/* metronome_remove: may be called from inside on_tick, for any member, and
 * twice. */
void metronome_remove(struct metronome *m, struct metronome_member *member);

/* metronome_advance: call every member that is due at now_ns, each once. What
 * the timer runs; a test passes its own time. */
void metronome_advance(struct metronome *m, uint64_t now_ns);

/* metronome_close: no tick comes after it; the members are forgotten. May be
 * called from inside on_tick. */
void metronome_close(struct metronome *m, uv_close_cb on_closed);

#endif
