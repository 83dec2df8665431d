/* Which of what was sent has come out at the other end: a queue of pieces with
 * the places where they end, counted in bytes of the receiver's format. */
#ifndef TOOLS_BENCH_BENCH_POSITION_H
#define TOOLS_BENCH_BENCH_POSITION_H

#include <stdbool.h>
#include <stdint.h>

#define BENCH_PIECES 1024 /* under way: 20 s of frames; more are forgotten */

struct bench_piece {
	uint64_t end; /* bytes of the whole stream up to its end */
	uint64_t sent_ns;
	uint64_t late_ns; /* of that, after its time */
};

/* All zero is an empty one. */
struct bench_position {
	struct bench_piece piece[BENCH_PIECES];
	uint64_t sent;    /* pieces, ever */
	uint64_t arrived; /* pieces; those forgotten count */
	uint64_t end;     /* bytes that the pieces come to */
	uint64_t came;    /* bytes */
	uint64_t forgotten;
};

/* bench_position_send: a piece of so many bytes leaves. */
void bench_position_send(struct bench_position *p, uint64_t bytes,
			 uint64_t sent_ns, uint64_t late_ns);

/* bench_position_arrive: bytes come out. Returns how many pieces are whole by
 * them, the last in *piece. */
unsigned bench_position_arrive(struct bench_position *p, uint64_t bytes,
			       struct bench_piece *piece);

/* bench_piece_delay: how long it was under way, ns. 0: it came before it left,
 * as the clocks of two cores have it, or bytes before it came to more than what
 * was sent. */
uint64_t bench_piece_delay(const struct bench_piece *piece, uint64_t now_ns);

/* bench_position_drop: what is under way will not come (it was cleared). */
void bench_position_drop(struct bench_position *p);

#endif
