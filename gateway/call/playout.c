#include "gateway/call/playout.h"

#include <errno.h>
#include <string.h>

#define MS             1000000LL
#define FRAME_NS       (PLAYOUT_FRAME_MS * MS)
#define CLOCK_SLACK_NS (20 * MS) /* smaller disagreements are jitter */
#define LAG_MAX_NS     (300 * MS)
#define RTT_MAX_NS     (2000 * MS)
#define QUIET_NS       (200 * MS) /* after this much the carrier has nothing */

void playout_init(struct playout *p, struct audio_pool *pool,
		  unsigned bytes_per_ms, uint8_t silence, unsigned lead_ms)
{
	memset(p, 0, sizeof(*p));
	audio_queue_init(&p->queue, pool,
			 (size_t)PLAYOUT_QUEUE_S * 1000 * bytes_per_ms);
	p->bytes_per_ms = bytes_per_ms;
	p->silence = silence;
	p->lead_ns = lead_ms * MS;
	p->generation = 1;
}

void playout_free(struct playout *p)
{
	audio_queue_clear(&p->queue);
	p->items = 0;
	p->segments = 0;
}

static int64_t ns_of(const struct playout *p, uint64_t bytes)
{
	return (int64_t)(bytes * 1000000 / p->bytes_per_ms);
}

static struct playout_segment *segment_at(struct playout *p, unsigned i)
{
	return &p->segment[(p->first + i) % PLAYOUT_SEGMENTS];
}

static const struct playout_segment *peek(const struct playout *p, unsigned i)
{
	return &p->segment[(p->first + i) % PLAYOUT_SEGMENTS];
}

static struct playout_item *item_of(struct playout *p, unsigned ordinal)
{
	for (unsigned i = 0; i < p->items; i++)
		if (p->item[i].ordinal == ordinal)
			return &p->item[i];
	return NULL;
}

/* Items that the model has finished and the caller has heard are done with. */
static void forget_heard_items(struct playout *p)
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

/* The first n segments have been heard. */
static void retire(struct playout *p, unsigned n)
{
	for (unsigned i = 0; i < n; i++) {
		const struct playout_segment *s = segment_at(p, i);
		struct playout_item *item = item_of(p, s->item);
		if (item && item->acked < s->end)
			item->acked = s->end;
	}
	p->first = (p->first + n) % PLAYOUT_SEGMENTS;
	p->segments -= n;
	forget_heard_items(p);
}

/* Where echoes do not come back, the clock is all there is. */
static void retire_by_clock(struct playout *p, uint64_t now_ns)
{
	int64_t grace = p->marks_work ? PLAYOUT_GRACE_MS * MS : 0;
	unsigned n = 0;

	while (n < p->segments &&
	       segment_at(p, n)->end_ns + grace <= (int64_t)now_ns)
		n++;
	if (n)
		retire(p, n);
}

/* --- What comes in --- */

static struct playout_item *begin_item(struct playout *p, const char *id,
				       unsigned content_index)
{
	forget_heard_items(p);
	if (p->items == PLAYOUT_ITEMS)
		return NULL;
	for (unsigned i = 0; i < p->items; i++)
		p->item[i].is_complete = true;

	struct playout_item *item = &p->item[p->items++];
	memset(item, 0, sizeof(*item));
	strncpy(item->id, id, sizeof(item->id) - 1);
	item->content_index = content_index;
	item->ordinal = ++p->ordinals;
	return item;
}

static struct playout_item *last_item(struct playout *p, const char *id,
				      unsigned content_index)
{
	struct playout_item *item = p->items ? &p->item[p->items - 1] : NULL;

	if (!item || item->is_local || item->content_index != content_index ||
	    strncmp(item->id, id, sizeof(item->id) - 1) != 0)
		return NULL;
	return item;
}

static int push(struct playout *p, struct playout_item *item,
		const uint8_t *bytes, size_t n)
{
	int err = item ? audio_queue_push(&p->queue, bytes, n) : -ENOBUFS;

	if (err) {
		p->overflow += n;
		return err;
	}
	item->queued += n;
	item->is_complete = false;
	return 0;
}

int playout_push(struct playout *p, const char *id, unsigned content_index,
		 const uint8_t *bytes, size_t n, uint32_t source_ms)
{
	struct playout_item *item = last_item(p, id, content_index);

	if (!item)
		item = begin_item(p, id, content_index);
	int err = push(p, item, bytes, n);
	if (!err)
		item->source_ms = source_ms;
	return err;
}

int playout_push_local(struct playout *p, const uint8_t *bytes, size_t n)
{
	struct playout_item *item = begin_item(p, "", 0);

	if (item)
		item->is_local = true;
	int err = push(p, item, bytes, n);
	if (item)
		item->is_complete = true;
	return err;
}

void playout_complete(struct playout *p)
{
	for (unsigned i = 0; i < p->items; i++)
		p->item[i].is_complete = true;
}

/* --- What goes out --- */

static bool all_complete(const struct playout *p)
{
	return !p->items || p->item[p->items - 1].is_complete;
}

/* Whole frames to send now; *pad is what the last one lacks. */
static size_t frames_due(struct playout *p, uint64_t now_ns, size_t *pad)
{
	size_t frame = PLAYOUT_FRAME_MS * p->bytes_per_ms;
	int64_t ahead = p->end_ns - (int64_t)now_ns;
	size_t ready = p->queue.used / frame;
	size_t rest = p->queue.used % frame;

	*pad = 0;
	if (ahead < 0)
		ahead = 0;
	if (ahead >= p->lead_ns)
		return 0;
	size_t wanted = (size_t)((p->lead_ns - ahead) / FRAME_NS);
	if (wanted > PLAYOUT_CHUNK_MS / PLAYOUT_FRAME_MS)
		wanted = PLAYOUT_CHUNK_MS / PLAYOUT_FRAME_MS;
	if (ready >= wanted)
		return wanted;
	if (rest && all_complete(p)) {
		*pad = frame - rest;
		return ready + 1;
	}
	return ready;
}

static struct playout_item *next_to_send(struct playout *p)
{
	for (unsigned i = 0; i < p->items; i++)
		if (p->item[i].sent < p->item[i].queued)
			return &p->item[i];
	return NULL;
}

/* Record that `bytes` of an item will be played from begin_ns on. */
static void add_segment(struct playout *p, struct playout_item *item,
			size_t bytes, int64_t begin_ns, bool after_silence)
{
	struct playout_segment *s = NULL;

	item->sent += bytes;
	if (p->segments)
		s = segment_at(p, p->segments - 1);
	if (s && !s->mark && s->item == item->ordinal && !after_silence) {
		s->bytes += (uint32_t)bytes;
		s->end = item->sent;
		s->end_ns = begin_ns + ns_of(p, bytes);
		return;
	}
	if (p->segments == PLAYOUT_SEGMENTS)
		retire(p, 1);
	s = segment_at(p, p->segments++);
	*s = (struct playout_segment){
		.item = item->ordinal,
		.end = item->sent,
		.bytes = (uint32_t)bytes,
		.after_silence = after_silence,
		.begin_ns = begin_ns,
		.end_ns = begin_ns + ns_of(p, bytes),
	};
}

static void account(struct playout *p, size_t bytes, size_t pad,
		    uint64_t now_ns)
{
	int64_t arrives = (int64_t)now_ns + p->rtt_ns / 2;
	bool after_silence = p->end_ns <= arrives;
	int64_t at = after_silence ? arrives + p->lag_ns : p->end_ns;
	struct playout_item *item = next_to_send(p);

	if (after_silence && item && item->sent)
		p->late++;
	while (bytes && (item = next_to_send(p))) {
		uint64_t left = item->queued - item->sent;
		size_t part = bytes < left ? bytes : (size_t)left;
		add_segment(p, item, part, at, after_silence);
		at += ns_of(p, part);
		bytes -= part;
		p->unmarked += (uint32_t)part;
		after_silence = false;
	}
	p->end_ns = at + ns_of(p, pad);
	if (pad && p->segments)
		segment_at(p, p->segments - 1)->end_ns = p->end_ns;
}

/* Every PLAYOUT_MARK_MS, and behind the last audio of what is complete. */
static bool mark_is_due(const struct playout *p)
{
	if (!p->unmarked || !p->segments)
		return false;
	return p->unmarked >= PLAYOUT_MARK_MS * p->bytes_per_ms ||
	       (!p->queue.used && all_complete(p));
}

static struct playout_mark put_mark(struct playout *p)
{
	struct playout_segment *s = segment_at(p, p->segments - 1);

	s->mark = ++p->marks;
	p->unmarked = 0;
	return (struct playout_mark){
		.generation = p->generation,
		.number = s->mark,
		.item = s->item,
		.end_ms = (unsigned)(s->end / p->bytes_per_ms),
	};
}

/* Before an utterance the carrier's buffer is empty and a mark comes straight
 * back: one round trip measured in a bad moment must not last for the call. */
static bool probe_is_due(const struct playout *p, uint64_t now_ns)
{
	return p->marks_work && !p->probe &&
	       (int64_t)now_ns >= p->end_ns + QUIET_NS;
}

bool playout_pump(struct playout *p, uint64_t now_ns,
		  struct playout_chunk *chunk)
{
	size_t pad;

	retire_by_clock(p, now_ns);
	size_t len = frames_due(p, now_ns, &pad) * PLAYOUT_FRAME_MS *
		     p->bytes_per_ms;
	if (len && probe_is_due(p, now_ns)) {
		chunk->len = 0;
		chunk->has_mark = true;
		chunk->mark = playout_probe(p, now_ns);
		return true;
	}
	chunk->len = len;
	if (len) {
		audio_queue_pop(&p->queue, chunk->bytes, len - pad);
		memset(chunk->bytes + len - pad, p->silence, pad);
		account(p, len - pad, pad, now_ns);
	}
	chunk->has_mark = mark_is_due(p);
	if (chunk->has_mark)
		chunk->mark = put_mark(p);
	return len || chunk->has_mark;
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

/* Our clock was wrong by err for everything the carrier has yet to play. */
static void correct_clock(struct playout *p, unsigned from, int64_t err)
{
	if (err > -CLOCK_SLACK_NS && err < CLOCK_SLACK_NS)
		return;
	for (unsigned i = from; i < p->segments; i++) {
		segment_at(p, i)->begin_ns += err;
		segment_at(p, i)->end_ns += err;
	}
	p->end_ns += err;
}

static void learn_lag(struct playout *p, int64_t err)
{
	p->lag_ns += err / 4;
	if (p->lag_ns < 0)
		p->lag_ns = 0;
	if (p->lag_ns > LAG_MAX_NS)
		p->lag_ns = LAG_MAX_NS;
}

bool playout_marked(struct playout *p, unsigned generation, unsigned number,
		    uint64_t now_ns)
{
	bool started = false;

	if (generation != p->generation || !number)
		return false;
	p->marks_work = true;
	if (number == p->probe) {
		playout_set_rtt(p, (int64_t)now_ns - p->probe_ns);
		p->probe = 0;
		return true;
	}
	for (unsigned i = 0; i < p->segments; i++) {
		const struct playout_segment *s = segment_at(p, i);
		started |= s->after_silence;
		if (s->mark != number)
			continue;
		int64_t err = (int64_t)now_ns - p->rtt_ns / 2 - s->end_ns;
		correct_clock(p, i + 1, err);
		if (started)
			learn_lag(p, err);
		retire(p, i + 1);
		return true;
	}
	return true;
}

/* --- What was heard --- */

/* The position the clock gives in an item's audio at a moment. */
static uint64_t position_at(struct playout *p, const struct playout_item *item,
			    int64_t at_ns)
{
	uint64_t position = item->acked;

	for (unsigned i = 0; i < p->segments; i++) {
		const struct playout_segment *s = segment_at(p, i);
		if (s->item != item->ordinal || at_ns <= s->begin_ns)
			continue;
		uint64_t into = (uint64_t)(at_ns - s->begin_ns) *
				p->bytes_per_ms / 1000000;
		if (into > s->bytes)
			into = s->bytes;
		if (position < s->end - s->bytes + into)
			position = s->end - s->bytes + into;
	}
	return position;
}

/* The first mark has not come back, so half a round trip ago playback had not
 * passed it: the clock may not claim more than that. */
static uint64_t bound_by_marks(struct playout *p,
			       const struct playout_item *item,
			       uint64_t position)
{
	if (!p->marks_work)
		return position;
	for (unsigned i = 0; i < p->segments; i++) {
		const struct playout_segment *s = segment_at(p, i);
		if (!s->mark)
			continue;
		uint64_t bound = s->end + (uint64_t)p->rtt_ns *
						  p->bytes_per_ms / 1000000;
		if (s->item == item->ordinal && position > bound)
			return bound;
		return position;
	}
	return position;
}

static uint64_t heard_of(struct playout *p, const struct playout_item *item,
			 int64_t at_ns)
{
	uint64_t position = position_at(p, item, at_ns);

	position = bound_by_marks(p, item, position);
	if (position < item->acked)
		position = item->acked;
	return position < item->sent ? position : item->sent;
}

static bool cut_of(struct playout *p, const struct playout_item *item,
		   int64_t at_ns, struct playout_cut *cut)
{
	uint64_t heard = heard_of(p, item, at_ns);
	uint64_t heard_ms = heard / p->bytes_per_ms;

	if (item->is_local || (item->is_complete && heard >= item->queued))
		return false;
	memcpy(cut->id, item->id, sizeof(cut->id));
	cut->content_index = item->content_index;
	cut->source_ms = item->source_ms;
	cut->heard_ms = heard_ms < item->source_ms ? (uint32_t)heard_ms
						   : item->source_ms;
	return true;
}

size_t playout_interrupt(struct playout *p, uint64_t now_ns,
			 struct playout_cut cut[PLAYOUT_ITEMS])
{
	/* The clear needs half a round trip to arrive; until then it plays. */
	int64_t at_ns = (int64_t)now_ns + p->rtt_ns / 2;
	size_t cuts = 0;

	for (unsigned i = 0; i < p->items; i++)
		cuts += cut_of(p, &p->item[i], at_ns, &cut[cuts]);
	audio_queue_clear(&p->queue);
	p->items = 0;
	p->segments = 0;
	p->unmarked = 0;
	p->probe = 0;
	p->generation++;
	p->end_ns = (int64_t)now_ns;
	return cuts;
}

void playout_drop_unsent(struct playout *p)
{
	audio_queue_clear(&p->queue);
	for (unsigned i = 0; i < p->items; i++)
		p->item[i].queued = p->item[i].sent;
	playout_complete(p);
	forget_heard_items(p);
}

bool playout_is_idle(const struct playout *p, uint64_t now_ns)
{
	int64_t now = (int64_t)now_ns;

	if (p->queue.used || p->unmarked)
		return false;
	if (p->marks_work && p->segments)
		return now >
		       peek(p, p->segments - 1)->end_ns + PLAYOUT_GRACE_MS * MS;
	return now >= p->end_ns;
}

bool playout_has_sound(const struct playout *p, uint64_t now_ns)
{
	return p->queue.used || !playout_is_idle(p, now_ns);
}

uint32_t playout_waiting_ms(const struct playout *p)
{
	return (uint32_t)(p->queue.used / p->bytes_per_ms);
}
