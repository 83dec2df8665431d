/* Play streams: 8.2 rule 1, and what the caller hears. */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "codecs/g711.h"
#include "tools/call/vaic_session_parts.h"

/* --- Hearing --- */

static void hear_silence(struct vaic_session *s, uint64_t until)
{
	uint8_t silence[VAIC_FRAME];

	memset(silence, G711_ULAW_SILENCE, sizeof(silence));
	while (s->track < until) {
		uint64_t n = until - s->track;

		if (n > VAIC_FRAME)
			n = VAIC_FRAME;
		s->track += n;
		s->events->on_heard(s->owner, silence, (size_t)n, false);
	}
}

static void on_played(void *owner, uint64_t sample, const uint8_t *ulaw,
		      size_t n)
{
	struct vaic_session *s = owner;

	if (!s->figures.is_answered) {
		s->figures.is_answered = true;
		s->figures.answered = sample;
		vaic_session_note(s, "answered");
	}
	hear_silence(s, sample);
	s->track += n;
	s->events->on_heard(s->owner, ulaw, n, true);
}

static void on_native(void *owner, const struct vaic_play_stream *p,
		      uint64_t sample, const uint8_t *bytes, size_t n)
{
	struct vaic_session *s = owner;

	if (s->events->on_native)
		s->events->on_native(s->owner, p, sample, bytes, n);
}

static void on_mark(void *owner, const struct vaic_play_stream *p,
		    const char *name)
{
	struct vaic_session *s = owner;

	s->figures.marks_reached++;
	if (s->state == VAIC_STATE_UP)
		vaic_session_sent(s, vaic_message_mark_reached(&s->text,
							       &s->sender,
							       p->id, name));
}

static void on_finished(void *owner, const struct vaic_play_stream *p,
			uint64_t sample)
{
	struct vaic_session *s = owner;
	char id[37];

	(void)sample;
	if (s->state != VAIC_STATE_UP ||
	    !(s->settings.events & VAIC_GATE_PLAY_FINISHED))
		return;
	struct vaic_stamp stamp = vaic_session_stamp(s, id);
	vaic_session_sent_activity(
		s, vaic_message_play_finished(&s->text, &s->sender, &stamp,
					      p->id));
}

const struct vaic_playout_events vaic_session_playout_events = {
	.on_played = on_played,
	.on_native = on_native,
	.on_mark = on_mark,
	.on_finished = on_finished,
};

void vaic_session_hear(struct vaic_session *s)
{
	vaic_playout_advance(&s->playout, s->now, &vaic_session_playout_events,
			     s);
	hear_silence(s, s->now);
}

void vaic_session_flush(struct vaic_session *s, const char *why)
{
	if (!vaic_playout_is_busy(&s->playout))
		return;
	uint64_t dropped = vaic_playout_flush(&s->playout, s->now,
					      &vaic_session_playout_events, s);
	s->flushed_ns = s->now_ns;
	s->figures.clears++;
	vaic_session_note(s, "play-out stopped by %s, %u ms dropped", why,
			  (unsigned)(dropped / VAIC_SAMPLES_PER_MS));
	s->events->on_clear(s->owner, s->now, (size_t)dropped,
			    s->now_ns / 1000);
}

/* --- Ids --- */

static bool is_known(const struct vaic_session *s, const char *id)
{
	for (size_t i = 0; i < s->ids; i++)
		if (strcmp(s->id[i], id) == 0)
			return true;
	return false;
}

static void remember(struct vaic_session *s, const char *id)
{
	if (s->ids == VAIC_PLAY_IDS_MAX)
		return;
	if (s->ids == s->id_room) {
		size_t room = s->id_room ? s->id_room * 2 : 32;
		char **grown = realloc(s->id, room * sizeof(*grown));

		if (!grown)
			return;
		s->id = grown;
		s->id_room = room;
	}
	s->id[s->ids] = strdup(id);
	if (s->id[s->ids])
		s->ids++;
}

/* --- Streams --- */

/* Why a stream cannot be played, or NULL. */
static const char *refusal(const struct vaic_session *s,
			   const struct vaic_event *e)
{
	if (!s->o.direct_tts)
		return "no audio messages are expected";
	if (is_known(s, e->stream_id))
		return "its id was used before";
	if (!vaic_session_offers(s, e->format))
		return "its mediaFormat was not offered";
	return NULL;
}

static void close_open(struct vaic_session *s)
{
	if (s->open.is_open && s->open.play)
		vaic_playout_stop(s->open.play, s->now);
	s->open.is_open = false;
	s->open.play = NULL;
}

void vaic_session_play_start(struct vaic_session *s, const struct vaic_event *e)
{
	const char *why = refusal(s, e);

	if (s->open.is_open)
		vaic_message_breach(&s->breaches, VAIC_STREAMS,
				    "play stream %.40s starts while %.40s is "
				    "open",
				    e->stream_id, s->open.id);
	close_open(s);
	s->open = (struct vaic_open_stream){ .is_open = true,
					     .data_ns = s->now_ns };
	strcpy(s->open.id, e->stream_id);
	s->once = e->once;
	s->figures.play_streams++;
	if (!why) {
		s->open.play = vaic_playout_open(&s->playout, e->stream_id,
						 e->format, &e->once);
		why = s->open.play ? NULL : "too many wait to be played";
	}
	if (why)
		vaic_message_breach(&s->breaches, VAIC_STREAMS,
				    "play stream %.40s: %s", e->stream_id, why);
	remember(s, e->stream_id);
}

/* A message of a stream must be of the one that is open. */
static bool is_of_open(struct vaic_session *s, const struct vaic_event *e)
{
	if (s->open.is_open && strcmp(s->open.id, e->stream_id) == 0)
		return true;
	vaic_message_breach(&s->breaches, VAIC_STREAMS, "%s of %.40s, which %s",
			    e->type, e->stream_id,
			    is_known(s, e->stream_id) ? "is closed"
						      : "was never started");
	return false;
}

static void note_late(struct vaic_session *s)
{
	unsigned ms = vaic_session_ms_since(s, s->flushed_ns);

	s->figures.late_chunks++;
	if (ms > s->figures.late_ms_max)
		s->figures.late_ms_max = ms;
}

static void note_arrival(struct vaic_session *s, const struct vaic_arrival *a)
{
	unsigned ms = vaic_playout_ms(&s->playout);

	if (a->why)
		vaic_message_breach(&s->breaches, VAIC_SHAPE,
				    "play stream %.40s, WAV header: %s",
				    s->open.id, a->why);
	if (ms > s->figures.ahead_ms_max)
		s->figures.ahead_ms_max = ms;
	if (s->o.ahead_ms && ms > s->o.ahead_ms)
		s->figures.ahead_excess++;
	s->figures.play_samples += a->samples;
	s->figures.underruns = s->playout.underruns;
	if (a->samples == 0)
		return;
	s->has_prompt = true;
	s->events->on_arrival(s->owner, a->begin, a->samples, s->now_ns / 1000);
}

static void add_chunk(struct vaic_session *s, const struct vaic_event *e)
{
	struct vaic_arrival arrival;
	int err = vaic_playout_add(&s->playout, s->open.play, s->now, e->audio,
				   e->bytes, &arrival);

	if (err == -EALREADY)
		note_late(s);
	else if (err)
		vaic_message_breach(&s->breaches, VAIC_STREAMS,
				    "play stream %.40s: more than %d s wait",
				    s->open.id, VAIC_PLAYOUT_MAX_MS / 1000);
	else
		note_arrival(s, &arrival);
}

void vaic_session_play_chunk(struct vaic_session *s, const struct vaic_event *e)
{
	s->figures.play_chunks++;
	if (!is_of_open(s, e))
		return;
	s->open.data_ns = s->now_ns;
	s->open.is_dry = false;
	if (!s->open.play)
		return;
	if (e->bytes % vaic_format_sample_bytes(s->open.play->format))
		vaic_message_breach(&s->breaches, VAIC_SHAPE,
				    "playStream.chunk of %zu bytes in %s",
				    e->bytes,
				    vaic_format_name(s->open.play->format));
	add_chunk(s, e);
}

void vaic_session_play_stop(struct vaic_session *s, const struct vaic_event *e)
{
	if (!is_of_open(s, e))
		return;
	if (s->open.play && !s->open.play->is_interrupted &&
	    s->open.play->chunks == 0)
		vaic_message_breach(&s->breaches, VAIC_STREAMS,
				    "play stream %.40s has no chunks",
				    s->open.id);
	close_open(s);
	vaic_session_hear(s);
}

void vaic_session_mark_set(struct vaic_session *s, const struct vaic_event *e)
{
	struct vaic_play_stream *p =
		vaic_playout_find(&s->playout, e->stream_id);

	s->figures.marks++;
	if (!s->o.marks)
		vaic_message_breach(&s->breaches, VAIC_SHAPE,
				    "%s is not known here", e->type);
	else if (!is_known(s, e->stream_id))
		is_of_open(s, e);
	else if (p && !p->is_interrupted && vaic_playout_mark(p, e->mark) < 0)
		vaic_message_breach(&s->breaches, VAIC_STREAMS,
				    "play stream %.40s: more than %d marks",
				    e->stream_id, VAIC_PLAYOUT_MARKS_MAX);
	if (s->o.marks)
		vaic_session_hear(s);
}
