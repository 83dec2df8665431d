/* What is about to be touched, named ahead: with hundreds of calls on a core
 * each one's memory has left the caches when its next frame comes, and a load
 * from memory costs as much as decoding ten samples. Named ahead, all of it is
 * on its way while the kernel is asked for the frame.
 *
 * A hint: nothing is read or written, and an address that is no more costs
 * nothing. */
#ifndef GATEWAY_NET_PREFETCH_H
#define GATEWAY_NET_PREFETCH_H

#include <stddef.h>
#include <stdint.h>

#define PREFETCH_LINE   64 /* bytes a cache fetches at once */
#define PREFETCH_RANGES 24
#define PREFETCH_BYTES  ((PREFETCH_LINE - 1) * PREFETCH_LINE) /* in a range */

/* Each range is the address of its first line, which leaves the low bits for
 * the number of lines. */
struct prefetch {
	unsigned count;
	uintptr_t range[PREFETCH_RANGES];
};

static inline void prefetch_clear(struct prefetch *p)
{
	p->count = 0;
}

/* prefetch_add: n bytes at an address, of which PREFETCH_BYTES are taken, and
 * none when there are PREFETCH_RANGES already. */
static inline void prefetch_add(struct prefetch *p, const void *at, size_t n)
{
	uintptr_t first = (uintptr_t)at & ~(uintptr_t)(PREFETCH_LINE - 1);
	uintptr_t end =
		(uintptr_t)at + (n < PREFETCH_BYTES ? n : PREFETCH_BYTES);
	size_t lines = (end - first + PREFETCH_LINE - 1) / PREFETCH_LINE;

	if (p->count == PREFETCH_RANGES || !at || !n)
		return;
	if (lines > PREFETCH_LINE - 1)
		lines = PREFETCH_LINE - 1;
	p->range[p->count++] = first | lines;
}

static inline void prefetch_run(const struct prefetch *p)
{
	for (unsigned i = 0; i < p->count; i++) {
		unsigned lines = p->range[i] & (PREFETCH_LINE - 1);
		const char *at = (const char *)(p->range[i] - lines);

		for (unsigned j = 0; j < lines; j++)
			__builtin_prefetch(at + (size_t)j * PREFETCH_LINE, 1);
	}
}

#endif
