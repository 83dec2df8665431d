#include <string.h>

#include "codecs/g711.h"
#include "gateway/net/stream.h"
#include "tools/call/phone_stream_parts.h"

#define SILENCE_CHUNK 160

/* --- Playing out --- */

static void hear_silence(struct phone_stream *s, uint64_t until)
{
	uint8_t silence[SILENCE_CHUNK];

	if (s->track < until)
		memset(silence, G711_ULAW_SILENCE, sizeof(silence));
	while (s->track < until) {
		uint64_t n = until - s->track;

		if (n > SILENCE_CHUNK)
			n = SILENCE_CHUNK;
		s->track += n;
		s->events->on_heard(s->owner, silence, (size_t)n, false);
	}
}

static void on_played(void *owner, uint64_t sample, const uint8_t *ulaw,
		      size_t n)
{
	struct phone_stream *s = owner;

	hear_silence(s, sample);
	s->track += n;
	s->events->on_heard(s->owner, ulaw, n, true);
}

static void on_mark(void *owner, const char *name, bool was_played)
{
	struct phone_stream *s = owner;

	if (!was_played)
		s->figures.marks_flushed++;
	if (phone_stream_has_fault(s, CALLER_FAULT_NO_MARKS))
		return;
	if (!was_played && phone_stream_has_fault(s, CALLER_FAULT_STALE_MARKS))
		phone_stream_hold_echo(
			s, name, s->faults->value[CALLER_FAULT_STALE_MARKS]);
	else if (phone_stream_has_fault(s, CALLER_FAULT_LATE_MARKS))
		phone_stream_hold_echo(
			s, name, s->faults->value[CALLER_FAULT_LATE_MARKS]);
	else
		phone_stream_echo(s, name);
}

const struct phone_playout_events phone_stream_playout_events = {
	.on_played = on_played,
	.on_mark = on_mark,
};

static uint64_t sample_at(const struct phone_stream *s, uint64_t now_ns)
{
	if (now_ns < s->figures.start_ns)
		return 0;
	return (now_ns - s->figures.start_ns) * PHONE_PLAYOUT_RATE /
	       PHONE_STREAM_NS_PER_MS;
}

/* The clock never goes back: a message may have been read before the frame
 * that was sent while it waited to be handled. */
void phone_stream_play_to(struct phone_stream *s, uint64_t now_ns)
{
	uint64_t now = sample_at(s, now_ns);

	if (now > s->now)
		s->now = now;
	phone_playout_advance(&s->playout, s->now, &phone_stream_playout_events,
			      s);
	hear_silence(s, s->now);
	phone_stream_release_echoes(s, s->now);
}

/* --- The schedule --- */

/* Frame k carries the 20 ms before it is due. */
static uint64_t frame_due(const struct phone_stream *s, uint64_t k)
{
	return (s->first_ms + k * PHONE_STREAM_FRAME_MS) * PHONE_PLAYOUT_RATE;
}

static void send_frame(struct phone_stream *s)
{
	uint8_t frame[PHONE_STREAM_FRAME];
	uint64_t due = frame_due(s, s->frame++);
	uint64_t begin = due - PHONE_STREAM_FRAME;
	uint64_t late_ns =
		(s->now - due) * PHONE_STREAM_NS_PER_MS / PHONE_PLAYOUT_RATE;
	uint64_t jitter =
		phone_stream_random(s) % (2 * PHONE_STREAM_JITTER_MS + 1);

	s->events->on_frame(s->owner, s->now, begin, frame);
	if (late_ns > s->figures.late_ns_max)
		s->figures.late_ns_max = late_ns;
	if (s->lost_frames) {
		s->lost_frames--;
		return;
	}
	if (s->is_stopping)
		return;
	phone_stream_send(
		s, phone_message_media(&s->text, &s->sender, ++s->chunk,
				       due / PHONE_PLAYOUT_RATE + jitter -
					       PHONE_STREAM_JITTER_MS,
				       frame, sizeof(frame)));
	s->figures.frames++;
}

void phone_stream_send_due(struct phone_stream *s)
{
	if (s->now < s->stalled_until)
		return;
	while (!s->is_stopping && frame_due(s, s->frame) <= s->now)
		send_frame(s);
}

void phone_stream_resume_due(struct phone_stream *s)
{
	if (!s->paused_until || s->now < s->paused_until)
		return;
	s->paused_until = 0;
	stream_resume(ws_stream(s->ws));
}

/* The sample at which something has to be done next. */
static uint64_t next_due(const struct phone_stream *s)
{
	uint64_t due = frame_due(s, s->frame);

	if (due < s->stalled_until)
		due = s->stalled_until;
	if (phone_playout_next_mark(&s->playout) < due)
		due = phone_playout_next_mark(&s->playout);
	if (s->held && s->held->due < due)
		due = s->held->due;
	if (s->paused_until && s->paused_until < due)
		due = s->paused_until;
	return due;
}

void phone_stream_arm(struct phone_stream *s)
{
	uint64_t due_ns = s->start_due_ns;

	if (!s->is_open || s->is_stopping)
		return;
	if (s->is_started)
		due_ns = s->figures.start_ns + next_due(s) *
						       PHONE_STREAM_NS_PER_MS /
						       PHONE_PLAYOUT_RATE;
	if (s->drip.used)
		due_ns = 0;
	else if (!due_ns)
		return;
	/* Round up: a timer that is early by a fraction would fire twice. */
	uint64_t due_ms =
		(due_ns + PHONE_STREAM_NS_PER_MS - 1) / PHONE_STREAM_NS_PER_MS;
	uint64_t now_ms = uv_now(s->loop);
	uv_timer_start(&s->timer, phone_stream_on_timer,
		       due_ms > now_ms ? due_ms - now_ms : 1, 0);
}
