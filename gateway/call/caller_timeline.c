#include "gateway/call/caller_timeline.h"

#define MS 1000000u

unsigned caller_timeline_frame(struct caller_timeline *t, uint64_t timestamp_ms,
			       unsigned duration_ms, uint64_t now_ns)
{
	uint64_t gap = 0;

	if (t->has_frames && !t->is_paused &&
	    timestamp_ms != CALLER_NO_TIMESTAMP &&
	    timestamp_ms >= t->expected_ms + CALLER_GAP_MIN_MS)
		gap = timestamp_ms - t->expected_ms;
	gap = gap > t->filled_ms ? gap - t->filled_ms : 0;
	if (gap > CALLER_GAP_MAX_MS)
		gap = CALLER_GAP_MAX_MS;

	t->has_frames = true;
	t->is_paused = false;
	t->filled_ms = 0;
	t->arrived_ns = now_ns;
	if (timestamp_ms != CALLER_NO_TIMESTAMP)
		t->expected_ms = timestamp_ms + duration_ms;
	return (unsigned)gap;
}

unsigned caller_timeline_pause(struct caller_timeline *t, uint64_t now_ns)
{
	if (!t->has_frames || t->is_paused)
		return 0;
	t->is_paused = true;
	t->arrived_ns = now_ns;
	t->filled_ms = CALLER_PAUSE_MS;
	return CALLER_PAUSE_MS;
}

unsigned caller_timeline_stall(struct caller_timeline *t, bool is_speaking,
			       uint64_t now_ns)
{
	if (!t->has_frames || !is_speaking || now_ns < t->arrived_ns)
		return 0;

	uint64_t missing_ms = (now_ns - t->arrived_ns) / MS;
	if (missing_ms < (t->is_paused ? 0 : CALLER_STALL_MS) ||
	    missing_ms <= t->filled_ms)
		return 0;

	uint64_t due = missing_ms - t->filled_ms;
	if (due > CALLER_GAP_MAX_MS)
		due = CALLER_GAP_MAX_MS;
	t->filled_ms += due;
	return (unsigned)due;
}
