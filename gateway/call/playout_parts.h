/* What the parts of the playout ledger share; nobody else includes this:
 * playout.c (what comes in and goes out), playout_heard.c (what was heard) and
 * playout_cut.c (what an interruption or a lost line makes of it). */
#ifndef GATEWAY_CALL_PLAYOUT_PARTS_H
#define GATEWAY_CALL_PLAYOUT_PARTS_H

#include "gateway/call/playout.h"

#define PLAYOUT_NS_PER_MS 1000000LL

static inline int64_t playout_ns_of(const struct playout *p, uint64_t bytes)
{
	return (int64_t)(bytes * 1000000 / p->settings.bytes_per_ms);
}

static inline struct playout_segment *playout_segment_at(struct playout *p,
							 unsigned i)
{
	return &p->segment[(p->first + i) % PLAYOUT_SEGMENTS];
}

/* The first n segments have been heard. */
void playout_retire(struct playout *p, unsigned n);

/* Take as heard what the clock says, where no marks say it. */
void playout_retire_by_clock(struct playout *p, uint64_t now_ns);

/* Items that the model has finished and the caller has heard are done with. */
void playout_forget_heard(struct playout *p);

/* An item has been heard up to a position: it need not be kept so far. */
void playout_acknowledge(struct playout *p, struct playout_item *item,
			 uint64_t position);

/* The position the clock gives in an item's audio at a moment. */
uint64_t playout_heard_of(struct playout *p, const struct playout_item *item,
			  int64_t at_ns);

/* The first mark has not come back, so half a round trip ago playback had not
 * passed it: the clock may not claim more than that of a moment. */
int64_t playout_bound_by_marks(struct playout *p, int64_t at_ns);

#endif
