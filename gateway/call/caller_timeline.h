/* Where the caller's audio has holes, and how much silence fills them.
 *
 * A model's voice detector advances only with audio: when the carrier skips or
 * stalls, the end of a sentence would never be found. Jumps of the carrier's
 * timestamps are filled exactly; a stall while the caller is speaking is filled
 * by the clock, and what was filled is not filled again when the timestamps
 * catch up. A carrier may also say that no more audio comes for now: then the
 * silence begins at once.
 *
 * Pure. Source: Twilio reference, 2.5. */
#ifndef GATEWAY_CALL_CALLER_TIMELINE_H
#define GATEWAY_CALL_CALLER_TIMELINE_H

#include <stdbool.h>
#include <stdint.h>

#define CALLER_GAP_MIN_MS   20         /* smaller jumps are jitter */
#define CALLER_GAP_MAX_MS   2000       /* the most one gap is filled with */
#define CALLER_STALL_MS     500        /* without audio, while speaking */
#define CALLER_PAUSE_MS     300        /* closes a turn that a pause ends */
#define CALLER_NO_TIMESTAMP UINT64_MAX /* carriers that have none */

struct caller_timeline {
	bool has_frames;
	bool is_paused;       /* no frame is expected */
	uint64_t expected_ms; /* timestamp the next frame should carry */
	uint64_t arrived_ns;  /* when the last frame came, or the pause */
	uint64_t filled_ms;   /* since then, without a frame */
};

/* caller_timeline_frame: a frame of duration_ms arrives.
 * Returns the silence, in ms, to put before it. */
unsigned caller_timeline_frame(struct caller_timeline *t, uint64_t timestamp_ms,
			       unsigned duration_ms, uint64_t now_ns);

/* caller_timeline_pause: the carrier says that no more audio comes for now. The
 * next frame ends the pause; the time between them is no gap to be filled.
 * Returns the silence, in ms, to add now, so that a voice detector can close
 * the turn; while it still hears the caller after that, caller_timeline_stall
 * goes on with the clock. 0 before the first frame and inside a pause. */
unsigned caller_timeline_pause(struct caller_timeline *t, uint64_t now_ns);

/* caller_timeline_stall: nothing arrived; is silence due?
 * Returns the silence, in ms, to add now. */
unsigned caller_timeline_stall(struct caller_timeline *t, bool is_speaking,
			       uint64_t now_ns);

#endif
