/* Where the caller's audio has holes, and how much silence fills them.
 *
 * A model's voice detector advances only with audio: when the carrier skips or
 * stalls, the end of a sentence would never be found. Jumps of the carrier's
 * timestamps are filled exactly; a stall while the caller is speaking is filled
 * by the clock, and what was filled is not filled again when the timestamps
 * catch up.
 *
 * Pure. Source: Twilio reference, 2.5. */
#ifndef GATEWAY_CALL_CALLER_TIMELINE_H
#define GATEWAY_CALL_CALLER_TIMELINE_H

#include <stdbool.h>
#include <stdint.h>

#define CALLER_GAP_MIN_MS   20         /* smaller jumps are jitter */
#define CALLER_GAP_MAX_MS   2000       /* the most one gap is filled with */
#define CALLER_STALL_MS     500        /* without audio, while speaking */
#define CALLER_NO_TIMESTAMP UINT64_MAX /* carriers that have none */

struct caller_timeline {
	bool has_frames;
	uint64_t expected_ms; /* timestamp the next frame should carry */
	uint64_t arrived_ns;  /* when the last frame came */
	uint64_t filled_ms;   /* by the clock, since the last frame */
};

/* caller_timeline_frame: a frame of duration_ms arrives.
 * Returns the silence, in ms, to put before it. */
unsigned caller_timeline_frame(struct caller_timeline *t, uint64_t timestamp_ms,
			       unsigned duration_ms, uint64_t now_ns);

/* caller_timeline_stall: nothing arrived; is silence due?
 * Returns the silence, in ms, to add now. */
unsigned caller_timeline_stall(struct caller_timeline *t, bool is_speaking,
			       uint64_t now_ns);

#endif
