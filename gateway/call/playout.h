/* The playout ledger: the one place that knows, per item of the model's speech,
 * how much was received, sent to the carrier and heard by the caller.
 *
 * Audio beyond a short lead stays here, so an interruption throws away little
 * at the carrier. The carrier plays what it is sent from a FIFO in real time;
 * the ledger models that clock and corrects it by marks, which the carrier
 * echoes when playback reaches them. After a clear the generation changes: an
 * echo of an older generation proves nothing.
 *
 * Pure: no clock of its own, no carrier, no model. Times are monotonic
 * nanoseconds. Audio is bytes in the carrier's format.
 *
 * Source: the arithmetic of "Barge-in" in the Twilio reference (5.2), restated
 * for any carrier that plays a FIFO. */
#ifndef GATEWAY_CALL_PLAYOUT_H
#define GATEWAY_CALL_PLAYOUT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "gateway/call/audio_queue.h"

#define PLAYOUT_FRAME_MS        20  /* what is sent is a multiple of this */
#define PLAYOUT_CHUNK_MS        200 /* the most that is sent at once */
#define PLAYOUT_MARK_MS         100 /* audio between two marks */
#define PLAYOUT_QUEUE_S         300 /* seconds that may wait; more is cut off */
#define PLAYOUT_ITEMS           32  /* items with audio not yet heard */
#define PLAYOUT_SEGMENTS        128 /* sent, not yet proved heard */
#define PLAYOUT_ID_MAX          128 /* characters of an item's id, with NUL */
#define PLAYOUT_CHUNK_BYTES_MAX (PLAYOUT_CHUNK_MS * 48) /* PCM16 at 24 kHz */

struct playout_item {
	char id[PLAYOUT_ID_MAX];
	unsigned content_index;
	unsigned ordinal; /* 1, 2, … through the call */
	uint64_t queued;  /* bytes of its audio so far */
	uint64_t sent;
	uint64_t acked;     /* proved heard by marks */
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
	bool after_silence; /* the carrier's buffer was empty before */
	int64_t begin_ns;   /* when the carrier plays it */
	int64_t end_ns;
};

/* What an interruption leaves of one item, in play order. */
struct playout_cut {
	char id[PLAYOUT_ID_MAX];
	unsigned content_index;
	uint32_t heard_ms; /* never more than source_ms */
	uint32_t source_ms;
};

struct playout {
	struct audio_queue queue;
	unsigned bytes_per_ms;
	uint8_t silence; /* the byte that pads the last frame */
	int64_t lead_ns;

	struct playout_item item[PLAYOUT_ITEMS];
	unsigned items;
	unsigned ordinals;

	struct playout_segment segment[PLAYOUT_SEGMENTS]; /* a ring */
	unsigned first;
	unsigned segments;

	unsigned generation;
	unsigned marks;  /* numbers given out */
	bool marks_work; /* an echo of this stream has been seen */
	unsigned probe;  /* number of the probe mark under way, or 0 */
	int64_t probe_ns;
	uint32_t unmarked; /* bytes sent since the last mark */
	int64_t end_ns;    /* when the carrier will have played it all */
	int64_t rtt_ns;    /* to the carrier and back: the quickest lately */
	int64_t lag_ns;    /* learned extra start-up delay there */
	uint64_t overflow; /* bytes refused: the item was cut off there */
	uint64_t late;     /* times the carrier ran dry inside an item */
};

/* What playout_pump wants done, in this order: audio, then the mark. */
struct playout_chunk {
	uint8_t bytes[PLAYOUT_CHUNK_BYTES_MAX];
	size_t len;
	bool has_mark;
	struct playout_mark mark;
};

/* playout_init: bytes_per_ms of the carrier's format (8 for G.711), silence its
 * padding byte, lead_ms how far ahead of the caller's ear audio is sent. */
void playout_init(struct playout *p, struct audio_pool *pool,
		  unsigned bytes_per_ms, uint8_t silence, unsigned lead_ms);
void playout_free(struct playout *p);

/* playout_push: n more bytes of an item's audio, source_ms of the model's audio
 * they were made from. A new id begins a new item behind the others.
 * Returns 0; -ENOBUFS when PLAYOUT_QUEUE_S or PLAYOUT_ITEMS is reached: the
 * bytes are dropped and counted, and what was heard of the item stays true. */
int playout_push(struct playout *p, const char *id, unsigned content_index,
		 const uint8_t *bytes, size_t n, uint32_t source_ms);

/* playout_push_local: a prompt of our own, played like speech, never cut out
 * of the model's memory. */
int playout_push_local(struct playout *p, const uint8_t *bytes, size_t n);

/* playout_complete: no item known so far gets more audio; a part of a frame
 * that was held back may be padded and sent. */
void playout_complete(struct playout *p);

/* playout_pump: fill *chunk with what should be sent now to keep the lead;
 * before an utterance a probe mark, without audio.
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

/* playout_interrupt: the caller interrupts now. Everything unheard is gone, the
 * generation changes; the carrier must be told to clear.
 *
 * cut  room for PLAYOUT_ITEMS; the model's items that were not heard whole
 * Returns how many. */
size_t playout_interrupt(struct playout *p, uint64_t now_ns,
			 struct playout_cut cut[PLAYOUT_ITEMS]);

/* playout_drop_unsent: forget what the carrier does not have yet. */
void playout_drop_unsent(struct playout *p);

/* playout_is_idle: nothing waits and nothing sent is still to be heard (by the
 * marks where they work, by the clock otherwise; a mark that is
 * PLAYOUT_GRACE_MS late is no longer waited for). */
#define PLAYOUT_GRACE_MS 2000
bool playout_is_idle(const struct playout *p, uint64_t now_ns);

/* playout_has_sound: whether the caller is hearing, or about to hear, speech.
 */
bool playout_has_sound(const struct playout *p, uint64_t now_ns);

/* playout_waiting_ms: audio still in the gateway. */
uint32_t playout_waiting_ms(const struct playout *p);

#endif
