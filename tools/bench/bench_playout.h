/* The clock of a caller's ear: what a carrier was sent, played as one queue in
 * real time, with the marks in it. Knows lengths only, no samples. */
#ifndef TOOLS_BENCH_BENCH_PLAYOUT_H
#define TOOLS_BENCH_BENCH_PLAYOUT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define BENCH_MARKS     64 /* waiting to be reached; more are echoed at once */
#define BENCH_MARK_NAME 80 /* characters, with NUL */

struct bench_mark {
	uint64_t due_ns;
	char name[BENCH_MARK_NAME];
};

/* All zero is an ear that has heard nothing. */
struct bench_playout {
	uint64_t end_ns;    /* when all that came has been heard */
	uint64_t queued_ns; /* length of all that came, ever */
	struct bench_mark mark[BENCH_MARKS];
	unsigned first;
	unsigned marks;
};

/* bench_playout_add: audio of length_ns arrives. Returns for how long the ear
 * had heard nothing; 0 when there was still something, or for the very first.
 */
uint64_t bench_playout_add(struct bench_playout *p, uint64_t length_ns,
			   uint64_t now_ns);

/* bench_playout_heard: the length of what has been heard by now. */
uint64_t bench_playout_heard(const struct bench_playout *p, uint64_t now_ns);

/* bench_playout_clear: what was not heard is gone. Marks are still there, and
 * due at once. */
void bench_playout_clear(struct bench_playout *p, uint64_t now_ns);

/* bench_playout_mark: a mark behind what came so far. Returns false when there
 * is no room. */
bool bench_playout_mark(struct bench_playout *p, const char *name, size_t len);

/* bench_playout_next: the next mark, or NULL; bench_playout_pop: forget it. */
const struct bench_mark *bench_playout_next(const struct bench_playout *p);
void bench_playout_pop(struct bench_playout *p);

#endif
