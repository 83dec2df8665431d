/* The playout ledger, the second part: what the caller has heard, by the
 * carrier's word and by the clock. */
#include <string.h>

#include "gateway/call/playout_parts.h"

#define MS             PLAYOUT_NS_PER_MS
#define CLOCK_SLACK_NS (20 * MS) /* smaller disagreements are jitter */
#define LAG_MAX_NS     (300 * MS)
#define RTT_MAX_NS     (2000 * MS)
#define GRACE_NS       (PLAYOUT_GRACE_MS * MS)

void playout_forget_heard(struct playout *p)
{
	unsigned n = 0;

	while (n < p->items && p->item[n].is_complete &&
	       p->item[n].acked >= p->item[n].queued)
		n++;
	if (!n)
		return;
	p->items -= n;
	memmove(p->item, p->item + n, p->items * sizeof(p->item[0]));
}

static struct playout_item *item_of(struct playout *p, unsigned ordinal)
{
	for (unsigned i = 0; i < p->items; i++)
		if (p->item[i].ordinal == ordinal)
			return &p->item[i];
	return NULL;
}

void playout_acknowledge(struct playout *p, struct playout_item *item,
			 uint64_t position)
{
	if (position <= item->acked)
		return;
	audio_queue_forget(&p->queue, (size_t)(position - item->acked));
	item->acked = position;
}

void playout_retire(struct playout *p, unsigned n)
{
	for (unsigned i = 0; i < n; i++) {
		const struct playout_segment *s = playout_segment_at(p, i);
		struct playout_item *item = item_of(p, s->item);
		if (item)
			playout_acknowledge(p, item, s->end);
	}
	p->first = (p->first + n) % PLAYOUT_SEGMENTS;
	p->segments -= n;
	if (!p->segments)
		p->unmarked = 0; /* no mark can prove it any more */
	playout_forget_heard(p);
}

/* How much of a segment the clock says has been played: whole samples. */
static uint64_t played_of(const struct playout *p,
			  const struct playout_segment *s, int64_t at_ns)
{
	if (at_ns <= s->begin_ns)
		return 0;
	if (at_ns >= s->end_ns)
		return s->bytes;
	uint64_t into = (uint64_t)(at_ns - s->begin_ns) *
			p->settings.bytes_per_ms / 1000000;
	into -= into % p->settings.bytes_per_sample;
	return into < s->bytes ? into : s->bytes;
}

void playout_alive(struct playout *p, uint64_t at_ns)
{
	p->alive_ns = (int64_t)at_ns;
}

/* The latest moment of which it is known that the line was there. */
static int64_t surely_ns(const struct playout *p, int64_t now_ns)
{
	int64_t hold_ns = now_ns - PLAYOUT_HOLD_MS * MS;

	if (!p->settings.keeps_sent || !p->alive_ns || p->alive_ns > now_ns)
		return now_ns;
	return p->alive_ns > hold_ns ? p->alive_ns : hold_ns;
}

void playout_retire_by_clock(struct playout *p, uint64_t now_ns)
{
	int64_t at_ns =
		surely_ns(p, (int64_t)now_ns) - (p->marks_work ? GRACE_NS : 0);
	unsigned n = 0;

	while (n < p->segments && playout_segment_at(p, n)->end_ns <= at_ns)
		n++;
	if (n)
		playout_retire(p, n);
	if (p->settings.has_marks || !p->segments)
		return;
	/* Without marks a segment may be minutes long. */
	const struct playout_segment *s = playout_segment_at(p, 0);
	struct playout_item *item = item_of(p, s->item);
	if (item)
		playout_acknowledge(p, item,
				    s->end - s->bytes + played_of(p, s, at_ns));
}

/* --- What the carrier says --- */

struct playout_mark playout_probe(struct playout *p, uint64_t now_ns)
{
	p->probe = ++p->marks;
	p->probe_ns = (int64_t)now_ns;
	return (struct playout_mark){ .generation = p->generation,
				      .number = p->probe };
}

void playout_set_rtt(struct playout *p, int64_t rtt_ns)
{
	if (rtt_ns < 0 || rtt_ns > RTT_MAX_NS)
		return;
	/* The quickest is the network; what is beyond it is somebody busy. */
	if (!p->rtt_ns || rtt_ns < p->rtt_ns)
		p->rtt_ns = rtt_ns;
	else
		p->rtt_ns += (rtt_ns - p->rtt_ns) / 8;
}

static void move_clock(struct playout *p, unsigned from, int64_t by_ns)
{
	for (unsigned i = from; i < p->segments; i++) {
		playout_segment_at(p, i)->begin_ns += by_ns;
		playout_segment_at(p, i)->end_ns += by_ns;
	}
	p->end_ns += by_ns;
}

/* Our clock was wrong by err for everything the carrier has yet to play. */
static void correct_clock(struct playout *p, unsigned from, int64_t err)
{
	if (err <= -CLOCK_SLACK_NS || err >= CLOCK_SLACK_NS)
		move_clock(p, from, err);
}

/* The probe that went before an utterance is back: its audio has arrived half
 * of this round trip after it left, and not of the one supposed then. */
static void heed_probe(struct playout *p, uint64_t now_ns)
{
	int64_t supposed_ns = p->rtt_ns;

	playout_set_rtt(p, (int64_t)now_ns - p->probe_ns);
	p->probe = 0;
	if (p->is_estimated)
		move_clock(p, 0, (p->rtt_ns - supposed_ns) / 2);
}

static void learn_lag(struct playout *p, int64_t err)
{
	p->lag_ns += err / 4;
	if (p->lag_ns < 0)
		p->lag_ns = 0;
	if (p->lag_ns > LAG_MAX_NS)
		p->lag_ns = LAG_MAX_NS;
}

/* The carrier has played the segments up to the i-th. A mark that was sent
 * after its audio had ended comes straight back and says nothing of the clock.
 */
static void heed_mark(struct playout *p, unsigned i, bool has_started,
		      uint64_t now_ns)
{
	const struct playout_segment *s = playout_segment_at(p, i);
	int64_t err = (int64_t)now_ns - p->rtt_ns / 2 - s->end_ns;

	if (s->marked_ns < s->end_ns) {
		correct_clock(p, i + 1, err);
		p->is_estimated = false;
		if (has_started)
			learn_lag(p, err);
	}
	playout_retire(p, i + 1);
}

bool playout_marked(struct playout *p, unsigned generation, unsigned number,
		    uint64_t now_ns)
{
	bool started = false;

	if (generation != p->generation || !number || !p->settings.has_marks)
		return false;
	p->marks_work = true;
	if (number == p->probe) {
		heed_probe(p, now_ns);
		return true;
	}
	for (unsigned i = 0; i < p->segments; i++) {
		const struct playout_segment *s = playout_segment_at(p, i);
		started |= s->after_silence;
		if (s->mark != number)
			continue;
		heed_mark(p, i, started, now_ns);
		return true;
	}
	return true;
}

/* While something waits here the carrier is kept supplied: it cannot be done.
 */
static bool may_be_finished(const struct playout *p, int64_t err)
{
	int64_t early = PLAYOUT_EARLY_MS * MS + p->lag_ns + p->rtt_ns / 2;

	return p->is_unplayed && !p->marks_work && !p->queue.used &&
	       err >= -early && err <= GRACE_NS;
}

bool playout_finished(struct playout *p, uint64_t now_ns)
{
	int64_t err = (int64_t)now_ns - p->rtt_ns / 2 - p->end_ns;

	if (!may_be_finished(p, err))
		return false;
	learn_lag(p, err);
	playout_retire(p, p->segments);
	p->is_unplayed = false;
	p->ends_work = true;
	p->unmarked = 0;
	if (err < 0)
		p->end_ns += err;
	return true;
}

/* --- What was heard --- */

uint64_t playout_heard_of(struct playout *p, const struct playout_item *item,
			  int64_t at_ns)
{
	uint64_t position = item->acked;

	for (unsigned i = 0; i < p->segments; i++) {
		const struct playout_segment *s = playout_segment_at(p, i);
		uint64_t played = played_of(p, s, at_ns);
		if (s->item == item->ordinal && played &&
		    position < s->end - s->bytes + played)
			position = s->end - s->bytes + played;
	}
	return position < item->sent ? position : item->sent;
}

int64_t playout_bound_by_marks(struct playout *p, int64_t at_ns)
{
	for (unsigned i = 0; p->marks_work && i < p->segments; i++) {
		const struct playout_segment *s = playout_segment_at(p, i);
		if (s->mark)
			return at_ns < s->end_ns + p->rtt_ns
				       ? at_ns
				       : s->end_ns + p->rtt_ns;
	}
	return at_ns;
}

static const struct playout_segment *last_segment(const struct playout *p)
{
	unsigned at = p->first + p->segments - 1;

	return &p->segment[at % PLAYOUT_SEGMENTS];
}

bool playout_is_idle(const struct playout *p, uint64_t now_ns)
{
	int64_t now = (int64_t)now_ns;

	if (p->queue.used || p->unmarked)
		return false;
	if (p->marks_work && p->segments)
		return now > last_segment(p)->end_ns + PLAYOUT_GRACE_MS * MS;
	return now >= p->end_ns;
}

bool playout_is_confirmed(const struct playout *p, uint64_t now_ns)
{
	if (!playout_is_idle(p, now_ns))
		return false;
	return !p->ends_work || p->marks_work || !p->is_unplayed ||
	       (int64_t)now_ns > p->end_ns + GRACE_NS;
}

bool playout_has_sound(const struct playout *p, uint64_t now_ns)
{
	return p->queue.used || !playout_is_idle(p, now_ns);
}
