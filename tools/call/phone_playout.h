/* Twilio's outbound buffer: what the far end sent and the phone has not played
 * yet.
 *
 * A byte queue drained at 8 bytes per millisecond from the moment it is not
 * empty, with marks at byte positions. Pure: its clock is the sample number on
 * the stream's clock (8 per ms, 0 when `start` was sent), passed by the owner,
 * never going back. */
#ifndef TOOLS_CALL_PHONE_PLAYOUT_H
#define TOOLS_CALL_PHONE_PLAYOUT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "protocols/buffer.h"

#define PHONE_PLAYOUT_RATE      8      /* samples, thus bytes, per ms */
#define PHONE_PLAYOUT_MAX_MS    600000 /* more is discarded: 31931 */
#define PHONE_PLAYOUT_NAME_MAX  129    /* of a mark, with NUL; longer are cut */
#define PHONE_PLAYOUT_MARKS_MAX 10000  /* pending; more are refused */
#define PHONE_PLAYOUT_NEVER     UINT64_MAX

struct phone_mark {
	uint64_t sample; /* when play-out reaches it */
	char *name;
};

struct phone_playout {
	struct buffer audio;
	uint64_t head;           /* sample at which audio's first byte plays */
	struct phone_mark *mark; /* FIFO */
	size_t marks;
	size_t mark_room;
	size_t first_mark;
};

/* What advancing brings out, in order of time. */
struct phone_playout_events {
	/* n bytes of mu-law played from this sample on. */
	void (*on_played)(void *owner, uint64_t sample, const uint8_t *ulaw,
			  size_t n);
	/* Play-out reached a mark (or it stood in an empty buffer, or was
	 * flushed by a clear): echo it. */
	void (*on_mark)(void *owner, const char *name, bool was_played);
};

void phone_playout_init(struct phone_playout *p);
void phone_playout_free(struct phone_playout *p);

/* phone_playout_advance: play up to (not including) sample now. Call it before
 * each of the functions below. */
void phone_playout_advance(struct phone_playout *p, uint64_t now,
			   const struct phone_playout_events *events,
			   void *owner);

/* phone_playout_add: append audio that arrived now.
 * Returns 0; -ENOBUFS when the buffer would pass 600 s: all of it is discarded.
 */
int phone_playout_add(struct phone_playout *p, uint64_t now,
		      const uint8_t *ulaw, size_t n);

/* phone_playout_mark: a mark at the tail. The next advance echoes it at once
 * when the buffer is empty. Returns 0 or -ENOBUFS. */
int phone_playout_mark(struct phone_playout *p, uint64_t now, const char *name);

/* phone_playout_clear: drop the audio and echo all pending marks, first in
 * first out. Returns the bytes that were dropped. */
size_t phone_playout_clear(struct phone_playout *p,
			   const struct phone_playout_events *events,
			   void *owner);

/* phone_playout_next_mark: the sample at which the next mark is due, or
 * PHONE_PLAYOUT_NEVER. */
uint64_t phone_playout_next_mark(const struct phone_playout *p);

/* phone_playout_ms: milliseconds of audio waiting, rounded up. */
unsigned phone_playout_ms(const struct phone_playout *p);

#endif
