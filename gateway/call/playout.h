/* The playout ledger: the one place that knows, per item of the model's speech,
 * how much was received, sent to the carrier and heard by the caller.
 *
 * Audio beyond a short lead stays here, so an interruption throws away little
 * at the carrier. The carrier plays what it is sent from a FIFO in real time;
 * the ledger models that clock and corrects it by marks, which the carrier
 * echoes when playback reaches them. After a clear the generation changes: an
 * echo of an older generation proves nothing. A carrier may have no marks; then
 * the clock is all there is.
 *
 * When the line to the carrier is lost and may come back, what was sent and not
 * yet heard goes back to the front of the queue, and speech continues at the
 * sample where it broke off.
 *
 * Pure: no clock of its own, no carrier, no model. Times are monotonic
 * nanoseconds. Audio is bytes in the carrier's format, whole samples.
 *
 * Source: the arithmetic of "Barge-in" in the Twilio reference (5.2), restated
 * for any carrier that plays a FIFO. */
#ifndef GATEWAY_CALL_PLAYOUT_H
#define GATEWAY_CALL_PLAYOUT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "gateway/call/audio_queue.h"
#include "gateway/call/transcoder.h"

#define PLAYOUT_FRAME_MS        20  /* what is sent is a multiple of this */
#define PLAYOUT_CHUNK_MS        200 /* the most that is sent at once */
#define PLAYOUT_MARK_MS_MIN     100 /* two marks are half a lead apart, and … */
#define PLAYOUT_MARK_MS_MAX     200 /* … within these, */
#define PLAYOUT_MARKS_AHEAD     64  /* unless more than these were under way */
#define PLAYOUT_QUEUE_S         300 /* seconds that may wait; more is cut off */
#define PLAYOUT_ITEMS           32  /* items with audio not yet heard */
#define PLAYOUT_SEGMENTS        128 /* sent, not yet proved heard */
#define PLAYOUT_ID_MAX          128 /* characters of an item's id, with NUL */
#define PLAYOUT_CHUNK_BYTES_MAX (PLAYOUT_CHUNK_MS * AUDIO_BYTES_PER_MS_MAX)

struct playout_settings {
	unsigned bytes_per_ms;     /* of the carrier's format: 8 for G.711 */
	unsigned bytes_per_sample; /* 1 or 2 */
	uint8_t silence;           /* the byte that pads the last frame */
	unsigned lead_ms; /* how far ahead of the caller's ear audio is sent;
			   * PLAYOUT_QUEUE_S * 1000: all of it at once */
	bool has_marks;   /* the carrier echoes marks; false: none is sent */
	bool keeps_sent;  /* playout_detach may take back what was sent */
};

struct playout_item {
	char id[PLAYOUT_ID_MAX];
	unsigned content_index;
	unsigned ordinal; /* 1, 2, … through the call */
	uint64_t queued;  /* bytes of its audio so far */
	uint64_t sent;
	uint64_t acked;     /* heard: by the marks, or the clock */
	uint32_t source_ms; /* of the model's audio it came from */
	bool is_complete;   /* the model will add no more */
	bool is_local;      /* a prompt of ours: the model knows nothing */
};

/* Where a mark stands. The carrier gives it a name and finds it again. */
struct playout_mark {
	unsigned generation;
	unsigned number; /* unique through the call */
	unsigned item;   /* ordinal, for people who read names */
	unsigned end_ms; /* position in that item, likewise */
};

struct playout_segment {
	unsigned item;      /* ordinal */
	uint64_t end;       /* position in the item after this segment */
	uint32_t bytes;     /* of real audio, no padding */
	unsigned mark;      /* number of the mark that follows, or 0 */
	int64_t marked_ns;  /* when that mark gets to the carrier */
	bool after_silence; /* the carrier's buffer was empty before */
	bool is_padded;     /* silence follows before end_ns */
	int64_t begin_ns;   /* when the carrier plays it */
	int64_t end_ns;
};

/* What an interruption leaves of one item, in play order. */
struct playout_cut {
	char id[PLAYOUT_ID_MAX];
	unsigned content_index;
	uint32_t heard_ms; /* never more than source_ms, nor sent_ms */
	uint32_t sent_ms;  /* what the carrier had of it */
	uint32_t source_ms;
};

struct playout {
	struct playout_settings settings;
	struct audio_queue queue; /* to be sent; before it, what is kept */
	int64_t lead_ns;
	uint32_t mark_bytes; /* between two marks */

	unsigned items; /* of those below */
	unsigned ordinals;
	unsigned first; /* of the ring of segments */
	unsigned segments;

	unsigned generation;
	unsigned marks;  /* numbers given out */
	bool marks_work; /* an echo of this stream has been seen */
	unsigned probe;  /* number of the probe mark under way, or 0 */
	int64_t probe_ns;
	uint32_t unmarked; /* bytes sent since the last mark */
	bool is_detached;  /* there is no line to the carrier */
	bool is_unplayed;  /* something was sent and no end of it reported */
	int64_t end_ns;    /* when the carrier will have played it all, or 0 */
	int64_t begun_ns;  /* when it plays the beginning of the model's item
			    * that was begun last; 0: none was */
	int64_t alive_ns;  /* the line was there; 0: never told */
	int64_t sealed_ns; /* … of that, what it plays even without a line */
	uint64_t seal_ns;  /* when it was told that this is whole */
	int64_t rtt_ns;    /* to the carrier and back: the quickest lately */
	int64_t lag_ns;    /* learned extra start-up delay there */
	uint64_t overflow; /* bytes refused: the item was cut off there */
	uint64_t late;     /* times the carrier ran dry inside an item */

	struct playout_item item[PLAYOUT_ITEMS];
	struct playout_segment segment[PLAYOUT_SEGMENTS]; /* a ring */
};

/* What playout_pump wants done, in this order: audio, then the mark. */
struct playout_chunk {
	uint8_t bytes[PLAYOUT_CHUNK_BYTES_MAX];
	size_t len;
	bool has_mark;
	struct playout_mark mark;
};

/* playout_init: settings are copied; blocks come from pool, which is kept. */
void playout_init(struct playout *p, struct audio_pool *pool,
		  const struct playout_settings *settings);
void playout_free(struct playout *p);

/* playout_push: n more bytes of an item's audio, source_ms of the model's audio
 * they were made from. A new id begins a new item behind the others.
 * Returns 0; -ENOBUFS when PLAYOUT_QUEUE_S or PLAYOUT_ITEMS is reached: the
 * bytes are dropped and counted, and what was heard of the item stays true. */
int playout_push(struct playout *p, const char *id, unsigned content_index,
		 const uint8_t *bytes, size_t n, uint32_t source_ms);

/* playout_begin_local: a prompt of our own follows, in one or more
 * playout_push_local. It is played like speech and never cut out of the model's
 * memory; playout_complete, or whatever is pushed next, ends it.
 * Both return 0 or -ENOBUFS as playout_push does; a push without its beginning
 * is refused in the same way. */
int playout_begin_local(struct playout *p);
int playout_push_local(struct playout *p, const uint8_t *bytes, size_t n);

/* playout_complete: no item known so far gets more audio; a part of a frame
 * that was held back may be padded and sent. */
void playout_complete(struct playout *p);

/* playout_is_sent: nothing waits here and no item gets more audio: the carrier
 * may be told that the utterance ends. */
bool playout_is_sent(const struct playout *p);

/* playout_pump: fill *chunk with what should be sent now to keep between half
 * the lead and the whole of it ahead, in as few chunks as that allows;
 * before an utterance a probe mark, without audio. Nothing while detached, and
 * no mark for a carrier that has none.
 * Returns false when nothing is due. Call again until it is. */
bool playout_pump(struct playout *p, uint64_t now_ns,
		  struct playout_chunk *chunk);

/* playout_probe: a mark to send before any audio: its echo measures the round
 * trip. */
struct playout_mark playout_probe(struct playout *p, uint64_t now_ns);

/* playout_marked: the carrier echoed a mark. Unknown and older ones are
 * ignored. Returns whether the echo was of this generation. */
bool playout_marked(struct playout *p, unsigned generation, unsigned number,
		    uint64_t now_ns);

/* playout_set_rtt: a round trip measured otherwise (a ping). */
void playout_set_rtt(struct playout *p, int64_t rtt_ns);

/* playout_finished: a carrier without marks reports that all it was sent has
 * been played. Only a hint, for it does not say what it belongs to: believed
 * when it comes around the end that the clock expects, that is no more than
 * PLAYOUT_EARLY_MS before (besides the lag and the half round trip that the
 * expectation contains; what remains is the drift of two crystals, 100 ppm of
 * PLAYOUT_QUEUE_S, and jitter) and no more than PLAYOUT_GRACE_MS after; never
 * while something waits here, for then the carrier is kept supplied. Then
 * everything sent has been heard, and the start-up lag is learned from it.
 * Returns whether it was believed. Where marks come back, they rule. */
#define PLAYOUT_EARLY_MS 50
bool playout_finished(struct playout *p, uint64_t now_ns);

/* playout_interrupt: the caller interrupts now.
 *
 * flushes  everything unheard is gone, the generation changes; the carrier must
 *          be told to clear. False: the carrier cannot, and plays on what it
 *          has: all that was sent counts as heard, the rest is gone, marks
 *          stay valid and what is pushed next is played behind it
 * cut      room for PLAYOUT_ITEMS; the model's items that were not heard whole
 * Returns how many. While detached, heard is what was heard at the detach. */
size_t playout_interrupt(struct playout *p, uint64_t now_ns, bool flushes,
			 struct playout_cut cut[PLAYOUT_ITEMS]);

/* playout_seal: the carrier knows that what it was sent so far is whole: it
 * plays that to its end, even when the line is lost. */
void playout_seal(struct playout *p, uint64_t now_ns);

/* playout_alive: the line was there at at_ns. With keeps_sent, nothing that was
 * to be heard later is let go of yet: the line may turn out to have been dead,
 * and playout_detach be told so. Never told, or for PLAYOUT_HOLD_MS not told
 * again: the clock alone decides. */
#define PLAYOUT_HOLD_MS 15000
void playout_alive(struct playout *p, uint64_t at_ns);

/* playout_detach: the line to the carrier was lost at at_ns. What had not been
 * heard by then (by the clock, in whole samples, no more than the marks allow)
 * will be sent again, no byte twice and none missing; padding is not, nor
 * is what was sealed. What
 * playout_pump has already taken as heard at a later time stays heard. The
 * generation changes. Pushes go on, playout_pump rests until playout_attach.
 *
 * What was sent stays in the queue until it is heard, so this needs no memory
 * and cannot fail; a pool without room refuses pushes, as ever. Without
 * keeps_sent, all that was sent counts as heard. */
void playout_detach(struct playout *p, uint64_t at_ns);

/* playout_attach: there is a line again, with nothing in the carrier's buffer
 * but what was sealed: the lead is sent afresh. */
void playout_attach(struct playout *p);

/* playout_drop_unsent: forget what the carrier does not have (yet, or any
 * more). */
void playout_drop_unsent(struct playout *p);

/* playout_is_idle: nothing waits and nothing sent is still to be heard (by the
 * marks where they work, by the clock otherwise; a mark that is
 * PLAYOUT_GRACE_MS late is no longer waited for). */
#define PLAYOUT_GRACE_MS 2000
bool playout_is_idle(const struct playout *p, uint64_t now_ns);

/* playout_has_sound: whether the caller is hearing, or about to hear, speech.
 */
bool playout_has_sound(const struct playout *p, uint64_t now_ns);

/* playout_heard_ms: how much of an item (its ordinal) would be heard if it were
 * interrupted now; of one that is not here any more UINT32_MAX: it was heard
 * whole. */
uint32_t playout_heard_ms(struct playout *p, unsigned ordinal, uint64_t now_ns);

/* playout_waiting_ms: audio still in the gateway. */
uint32_t playout_waiting_ms(const struct playout *p);

#endif
