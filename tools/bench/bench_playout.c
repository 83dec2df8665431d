#include "tools/bench/bench_playout.h"

#include <stdio.h>

uint64_t bench_playout_add(struct bench_playout *p, uint64_t length_ns,
			   uint64_t now_ns)
{
	uint64_t dry_ns = 0;

	if (p->end_ns < now_ns) {
		dry_ns = p->end_ns ? now_ns - p->end_ns : 0;
		p->end_ns = now_ns;
	}
	p->end_ns += length_ns;
	p->queued_ns += length_ns;
	return dry_ns;
}

uint64_t bench_playout_heard(const struct bench_playout *p, uint64_t now_ns)
{
	return p->queued_ns - (p->end_ns > now_ns ? p->end_ns - now_ns : 0);
}

void bench_playout_clear(struct bench_playout *p, uint64_t now_ns)
{
	p->queued_ns = bench_playout_heard(p, now_ns);
	if (p->end_ns > now_ns)
		p->end_ns = now_ns;
	for (unsigned i = 0; i < p->marks; i++)
		p->mark[(p->first + i) % BENCH_MARKS].due_ns = now_ns;
}

bool bench_playout_mark(struct bench_playout *p, const char *name, size_t len)
{
	if (p->marks == BENCH_MARKS)
		return false;
	struct bench_mark *m = &p->mark[(p->first + p->marks++) % BENCH_MARKS];
	m->due_ns = p->end_ns;
	snprintf(m->name, sizeof(m->name), "%.*s", (int)len, name);
	return true;
}

const struct bench_mark *bench_playout_next(const struct bench_playout *p)
{
	return p->marks ? &p->mark[p->first] : NULL;
}

void bench_playout_pop(struct bench_playout *p)
{
	p->first = (p->first + 1) % BENCH_MARKS;
	p->marks--;
}
