/* The playout ledger, the first part: what comes from the model, and what goes
 * to the carrier when. */
#include <errno.h>
#include <string.h>

#include "gateway/call/playout_parts.h"

#define MS         PLAYOUT_NS_PER_MS
#define FRAME_NS   (PLAYOUT_FRAME_MS * MS)
#define FRAMES_MAX (PLAYOUT_CHUNK_MS / PLAYOUT_FRAME_MS)
#define QUIET_NS   (200 * MS) /* after this much the carrier has nothing */

static unsigned mark_ms(unsigned lead_ms)
{
	unsigned ms = lead_ms / 2;

	if (ms < PLAYOUT_MARK_MS_MIN)
		ms = PLAYOUT_MARK_MS_MIN;
	if (ms > PLAYOUT_MARK_MS_MAX)
		ms = PLAYOUT_MARK_MS_MAX;
	return ms < lead_ms / PLAYOUT_MARKS_AHEAD
		       ? lead_ms / PLAYOUT_MARKS_AHEAD
		       : ms;
}

void playout_init(struct playout *p, struct audio_pool *pool,
		  const struct playout_settings *settings)
{
	unsigned bytes_per_ms = settings->bytes_per_ms;

	memset(p, 0, sizeof(*p));
	audio_queue_init(&p->queue, pool,
			 (size_t)PLAYOUT_QUEUE_S * 1000 * bytes_per_ms);
	p->settings = *settings;
	p->lead_ns = settings->lead_ms * MS;
	p->mark_bytes = mark_ms(settings->lead_ms) * bytes_per_ms;
	p->generation = 1;
}

void playout_free(struct playout *p)
{
	audio_queue_clear(&p->queue);
	p->items = 0;
	p->segments = 0;
}

/* --- What comes in --- */

static struct playout_item *begin_item(struct playout *p, const char *id,
				       unsigned content_index)
{
	playout_forget_heard(p);
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

int playout_begin_local(struct playout *p)
{
	struct playout_item *item = begin_item(p, "", 0);

	if (!item)
		return -ENOBUFS;
	item->is_local = true;
	return 0;
}

int playout_push_local(struct playout *p, const uint8_t *bytes, size_t n)
{
	struct playout_item *item = p->items ? &p->item[p->items - 1] : NULL;

	return push(p, item && item->is_local ? item : NULL, bytes, n);
}

void playout_complete(struct playout *p)
{
	for (unsigned i = 0; i < p->items; i++)
		p->item[i].is_complete = true;
}

static bool all_complete(const struct playout *p)
{
	return !p->items || p->item[p->items - 1].is_complete;
}

bool playout_is_sent(const struct playout *p)
{
	return !p->queue.used && all_complete(p);
}

uint32_t playout_waiting_ms(const struct playout *p)
{
	return (uint32_t)(p->queue.used / p->settings.bytes_per_ms);
}

/* --- What goes out --- */

/* Frames the carrier may be sent now, as the lead goes: what counts is what it
 * still has when they get there. */
static size_t frames_wanted(const struct playout *p, uint64_t now_ns)
{
	int64_t ahead = p->end_ns - (int64_t)now_ns - p->rtt_ns / 2 - p->lag_ns;
	size_t wanted;

	if (ahead < 0)
		ahead = 0;
	if (ahead >= p->lead_ns)
		return 0;
	wanted = (size_t)((p->lead_ns - ahead) / FRAME_NS);
	return wanted < FRAMES_MAX ? wanted : FRAMES_MAX;
}

/* A message costs the same whatever is in it: one that would leave less than
 * this many frames waits, unless it takes all there will be. */
static size_t frames_worth_it(const struct playout *p)
{
	size_t half = (size_t)(p->lead_ns / FRAME_NS) / 2;

	if (half < 1)
		half = 1;
	return half < FRAMES_MAX ? half : FRAMES_MAX;
}

/* Whole frames to send now; *pad is what the last one lacks. */
static size_t frames_due(struct playout *p, uint64_t now_ns, size_t *pad)
{
	size_t frame = PLAYOUT_FRAME_MS * p->settings.bytes_per_ms;
	size_t ready = p->queue.used / frame;
	size_t rest = p->queue.used % frame;
	size_t wanted = frames_wanted(p, now_ns);
	bool is_end = all_complete(p) && ready + (rest > 0) <= wanted;

	*pad = 0;
	if (wanted < frames_worth_it(p) && !is_end)
		return 0;
	if (ready >= wanted)
		return wanted;
	if (rest && is_end) {
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
		s = playout_segment_at(p, p->segments - 1);
	if (s && !s->mark && !s->is_padded && s->item == item->ordinal &&
	    !after_silence) {
		s->bytes += (uint32_t)bytes;
		s->end = item->sent;
		s->end_ns = begin_ns + playout_ns_of(p, bytes);
		return;
	}
	if (p->segments == PLAYOUT_SEGMENTS)
		playout_retire(p, 1);
	s = playout_segment_at(p, p->segments++);
	*s = (struct playout_segment){
		.item = item->ordinal,
		.end = item->sent,
		.bytes = (uint32_t)bytes,
		.after_silence = after_silence,
		.begin_ns = begin_ns,
		.end_ns = begin_ns + playout_ns_of(p, bytes),
	};
}

static void begin_segment(struct playout *p, struct playout_item *item,
			  size_t bytes, int64_t begin_ns, bool after_silence)
{
	if (!item->sent && !item->is_local)
		p->begun_ns = begin_ns;
	add_segment(p, item, bytes, begin_ns, after_silence);
}

/* The silence behind the last audio: whatever follows, follows it. */
static void add_pad(struct playout *p)
{
	struct playout_segment *s;

	if (!p->segments)
		return;
	s = playout_segment_at(p, p->segments - 1);
	s->end_ns = p->end_ns;
	s->is_padded = true;
}

static void account(struct playout *p, size_t bytes, size_t pad,
		    uint64_t now_ns)
{
	int64_t arrives = (int64_t)now_ns + p->rtt_ns / 2;
	bool after_silence = p->end_ns <= arrives;
	int64_t begin = after_silence ? arrives + p->lag_ns : p->end_ns;
	struct playout_item *item = next_to_send(p);
	size_t done = 0;

	if (after_silence && p->end_ns && item && item->sent)
		p->late++;
	p->end_ns = begin + playout_ns_of(p, bytes + pad);
	p->is_estimated |= after_silence;
	while (done < bytes && (item = next_to_send(p))) {
		uint64_t left = item->queued - item->sent;
		size_t part = bytes - done < left ? bytes - done : (size_t)left;
		begin_segment(p, item, part, begin + playout_ns_of(p, done),
			      after_silence);
		done += part;
		after_silence = false;
	}
	if (pad)
		add_pad(p);
	if (p->settings.has_marks)
		p->unmarked += (uint32_t)bytes;
	p->is_unplayed = true;
}

/* Every so often, and behind the last audio of what is complete. */
static bool mark_is_due(const struct playout *p)
{
	if (!p->unmarked || !p->segments)
		return false;
	return p->unmarked >= p->mark_bytes ||
	       (!p->queue.used && all_complete(p));
}

static struct playout_mark put_mark(struct playout *p, uint64_t now_ns)
{
	struct playout_segment *s = playout_segment_at(p, p->segments - 1);

	s->mark = ++p->marks;
	s->marked_ns = (int64_t)now_ns + p->rtt_ns / 2;
	p->unmarked = 0;
	return (struct playout_mark){
		.generation = p->generation,
		.number = s->mark,
		.item = s->item,
		.end_ms = (unsigned)(s->end / p->settings.bytes_per_ms),
	};
}

/* Before an utterance the carrier's buffer is empty and a mark comes straight
 * back: one round trip measured in a bad moment must not last for the call. */
static bool probe_is_due(const struct playout *p, uint64_t now_ns)
{
	return p->marks_work && !p->probe &&
	       (int64_t)now_ns >= p->end_ns + QUIET_NS;
}

static void take(struct playout *p, uint8_t *out, size_t n)
{
	if (p->settings.keeps_sent)
		audio_queue_read(&p->queue, out, n);
	else
		audio_queue_pop(&p->queue, out, n);
}

bool playout_pump(struct playout *p, uint64_t now_ns,
		  struct playout_chunk *chunk)
{
	size_t pad;

	if (p->is_detached)
		return false;
	playout_retire_by_clock(p, now_ns);
	size_t len = frames_due(p, now_ns, &pad) * PLAYOUT_FRAME_MS *
		     p->settings.bytes_per_ms;
	if (len && probe_is_due(p, now_ns)) {
		chunk->len = 0;
		chunk->has_mark = true;
		chunk->mark = playout_probe(p, now_ns);
		return true;
	}
	chunk->len = len;
	if (len) {
		take(p, chunk->bytes, len - pad);
		memset(chunk->bytes + len - pad, p->settings.silence, pad);
		account(p, len - pad, pad, now_ns);
	}
	chunk->has_mark = mark_is_due(p);
	if (chunk->has_mark)
		chunk->mark = put_mark(p, now_ns);
	return len || chunk->has_mark;
}
