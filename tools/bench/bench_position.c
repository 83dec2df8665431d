#include "tools/bench/bench_position.h"

void bench_position_send(struct bench_position *p, uint64_t bytes,
			 uint64_t sent_ns, uint64_t late_ns)
{
	if (p->sent - p->arrived == BENCH_PIECES) {
		p->arrived++;
		p->forgotten++;
	}
	p->end += bytes;
	p->piece[p->sent++ % BENCH_PIECES] = (struct bench_piece){
		.end = p->end,
		.sent_ns = sent_ns,
		.late_ns = late_ns,
	};
}

unsigned bench_position_arrive(struct bench_position *p, uint64_t bytes,
			       struct bench_piece *piece)
{
	unsigned whole = 0;

	p->came += bytes;
	while (p->arrived < p->sent &&
	       p->piece[p->arrived % BENCH_PIECES].end <= p->came) {
		*piece = p->piece[p->arrived++ % BENCH_PIECES];
		whole++;
	}
	return whole;
}

uint64_t bench_piece_delay(const struct bench_piece *piece, uint64_t now_ns)
{
	return now_ns > piece->sent_ns ? now_ns - piece->sent_ns : 0;
}

void bench_position_drop(struct bench_position *p)
{
	p->arrived = p->sent;
	p->end = p->came;
}
