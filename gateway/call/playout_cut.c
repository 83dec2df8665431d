/* The playout ledger, the third part: what an interruption or a lost line makes
 * of what was heard. */
#include <string.h>

#include "gateway/call/playout_parts.h"

/* --- Interruption --- */

static bool cut_of(const struct playout *p, const struct playout_item *item,
		   uint64_t heard, struct playout_cut *cut)
{
	uint64_t heard_ms = heard / p->settings.bytes_per_ms;

	if (item->is_local || (item->is_complete && heard >= item->queued))
		return false;
	memcpy(cut->id, item->id, sizeof(cut->id));
	cut->content_index = item->content_index;
	cut->source_ms = item->source_ms;
	cut->heard_ms = heard_ms < item->source_ms ? (uint32_t)heard_ms
						   : item->source_ms;
	cut->sent_ms = (uint32_t)(item->sent / p->settings.bytes_per_ms);
	if (cut->sent_ms < cut->heard_ms)
		cut->sent_ms = cut->heard_ms;
	return true;
}

/* Nothing that the carrier was sent concerns us any more. */
static void forget_sent(struct playout *p)
{
	p->segments = 0;
	p->unmarked = 0;
	p->probe = 0;
	p->is_unplayed = false;
	p->generation++;
}

/* The clear needs half a round trip to arrive; until then it plays. */
static int64_t cleared_ns(struct playout *p, uint64_t now_ns)
{
	return playout_bound_by_marks(p, (int64_t)now_ns + p->rtt_ns / 2);
}

uint32_t playout_heard_ms(struct playout *p, unsigned ordinal, uint64_t now_ns)
{
	int64_t at_ns = cleared_ns(p, now_ns);

	for (unsigned i = 0; i < p->items; i++)
		if (p->item[i].ordinal == ordinal)
			return (uint32_t)(playout_heard_of(p, &p->item[i],
							   at_ns) /
					  p->settings.bytes_per_ms);
	return UINT32_MAX;
}

static size_t interrupt_flushing(struct playout *p, uint64_t now_ns,
				 struct playout_cut *cut)
{
	int64_t at_ns = cleared_ns(p, now_ns);
	size_t cuts = 0;

	for (unsigned i = 0; i < p->items; i++)
		cuts += cut_of(p, &p->item[i],
			       playout_heard_of(p, &p->item[i], at_ns),
			       &cut[cuts]);
	audio_queue_clear(&p->queue);
	p->items = 0;
	forget_sent(p);
	p->end_ns = (int64_t)now_ns;
	p->sealed_ns = 0;
	return cuts;
}

/* What is played on has been cut already: a clear that comes after all, or a
 * lost line, finds no more of it than this. */
static size_t interrupt_unsent(struct playout *p, uint64_t now_ns,
			       struct playout_cut *cut)
{
	size_t cuts = 0;

	for (unsigned i = 0; i < p->items; i++) {
		if (!cut_of(p, &p->item[i], p->item[i].sent, &cut[cuts]))
			continue;
		p->item[i].source_ms = cut[cuts].heard_ms;
		cuts++;
	}
	playout_seal(p, now_ns);
	playout_drop_unsent(p);
	return cuts;
}

size_t playout_interrupt(struct playout *p, uint64_t now_ns, bool flushes,
			 struct playout_cut cut[PLAYOUT_ITEMS])
{
	return flushes ? interrupt_flushing(p, now_ns, cut)
		       : interrupt_unsent(p, now_ns, cut);
}

void playout_drop_unsent(struct playout *p)
{
	audio_queue_drop(&p->queue);
	for (unsigned i = 0; i < p->items; i++)
		p->item[i].queued = p->item[i].sent;
	playout_complete(p);
	playout_forget_heard(p);
}

/* --- The line to the carrier --- */

void playout_seal(struct playout *p, uint64_t now_ns)
{
	p->sealed_ns = p->end_ns;
	p->seal_ns = now_ns;
}

void playout_detach(struct playout *p, uint64_t at_ns)
{
	bool plays_on = p->sealed_ns > (int64_t)at_ns && p->seal_ns <= at_ns;
	int64_t bound_ns = plays_on ? p->sealed_ns
				    : playout_bound_by_marks(p, (int64_t)at_ns);

	if (p->is_detached)
		return;
	if (!p->settings.keeps_sent)
		playout_retire(p, p->segments);
	for (unsigned i = 0; i < p->items; i++) {
		struct playout_item *item = &p->item[i];
		playout_acknowledge(p, item,
				    playout_heard_of(p, item, bound_ns));
		item->sent = item->acked;
	}
	audio_queue_rewind(&p->queue);
	playout_forget_heard(p);
	forget_sent(p);
	p->is_detached = true;
	p->end_ns = plays_on ? p->sealed_ns : 0;
}

void playout_attach(struct playout *p)
{
	p->is_detached = false;
}
