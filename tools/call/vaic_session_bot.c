/* What the bot says, by state: 8.2 rules 3 and 4, and who is responsible. */
#include <string.h>

#include "tools/call/vaic_session_parts.h"

/* --- The session itself --- */

static void take_validated(struct vaic_session *s, const struct vaic_event *e)
{
	vaic_session_drop(s,
			  e->success ? VAIC_OUTCOME_VALIDATED
				     : VAIC_OUTCOME_NOT_VALIDATED,
			  e->success ? "validated" : "success is false");
}

/* Sample 0. Either order of the two is legal (2.5). */
static void begin_call(struct vaic_session *s)
{
	char id[37];
	struct vaic_stamp stamp = vaic_session_stamp(s, id);

	s->figures.accepted_ns = s->now_ns;
	s->figures.accept_ms = vaic_session_ms_since(s, s->figures.initiate_ns);
	s->figures.start_ns = s->now_ns;
	vaic_session_state(s, VAIC_STATE_UP);
	if (s->o.user_stream_first)
		vaic_session_user_update(s);
	vaic_session_sent_activity(s, vaic_message_start(&s->text, &s->sender,
							 &stamp, &s->o.start));
	s->events->on_started(s->owner);
	vaic_session_user_update(s);
}

static void accept_call(struct vaic_session *s, const struct vaic_event *e)
{
	if (s->o.offers == 0 || vaic_session_offers(s, e->format)) {
		s->format = e->format;
		begin_call(s);
		return;
	}
	vaic_message_breach(&s->breaches, VAIC_SHAPE,
			    "session.accepted: mediaFormat %.40s %s",
			    e->format_name ? e->format_name : "",
			    e->format_name ? "was not offered" : "is missing");
	vaic_session_finish(s, VAIC_OUTCOME_BROKEN, "error",
			    "no usable mediaFormat");
}

/* The format may be missing here, but not another one (2.3). */
static void accept_resume(struct vaic_session *s, const struct vaic_event *e)
{
	unsigned ms = vaic_session_ms_since(s, s->state_ns);

	if (!s->figures.start_ns) {
		vaic_message_breach(&s->breaches, VAIC_REPLIES,
				    "a conversation it never had is resumed");
		vaic_session_finish(s, VAIC_OUTCOME_BROKEN, "error",
				    "resumed out of nothing");
		return;
	}
	if (e->format_name && e->format != s->format)
		vaic_message_breach(&s->breaches, VAIC_SHAPE,
				    "session.accepted: mediaFormat %.40s is "
				    "not the one of before",
				    e->format_name);
	s->figures.resumes++;
	if (ms > s->figures.resume_ms_max)
		s->figures.resume_ms_max = ms;
	vaic_session_state(s, VAIC_STATE_UP);
	vaic_session_note(s, "resumed");
	vaic_session_user_update(s);
}

static void take_accepted(struct vaic_session *s, const struct vaic_event *e)
{
	if (s->state == VAIC_STATE_INITIATING)
		accept_call(s, e);
	else if (s->state == VAIC_STATE_RESUMING)
		accept_resume(s, e);
	else
		vaic_message_breach(&s->breaches, VAIC_REPLIES,
				    "session.accepted unasked");
}

static void take_error(struct vaic_session *s, const struct vaic_event *e)
{
	vaic_session_note(s, "session.error %.100s", e->reason);
	vaic_session_drop(s,
			  s->state == VAIC_STATE_UP ? VAIC_OUTCOME_ERROR
						    : VAIC_OUTCOME_REFUSED,
			  e->reason);
}

/* --- Speech --- */

static void take_speech_started(struct vaic_session *s,
				const struct vaic_event *e)
{
	struct vaic_settings now = vaic_session_effective(s);

	(void)e;
	if (now.barge_in && now.barge_in_min_words == 0)
		vaic_session_flush(s, "speech.started");
}

static void tell_transcript(struct vaic_session *s, const struct vaic_event *e,
			    bool is_final)
{
	if (s->events->on_transcript)
		s->events->on_transcript(s->owner, e->text, is_final);
}

static void take_hypothesis(struct vaic_session *s, const struct vaic_event *e)
{
	struct vaic_settings now = vaic_session_effective(s);

	tell_transcript(s, e, false);
	if (now.barge_in && e->words >= now.barge_in_min_words)
		vaic_session_flush(s, "hypothesis");
}

static void take_recognition(struct vaic_session *s, const struct vaic_event *e)
{
	tell_transcript(s, e, true);
	vaic_session_turn_over(s);
}

static void take_committed(struct vaic_session *s, const struct vaic_event *e)
{
	(void)e;
	vaic_session_turn_over(s);
}

static void take_nothing(struct vaic_session *s, const struct vaic_event *e)
{
	(void)s, (void)e;
}

static const struct {
	bool is_early; /* may come before session.accepted */
	void (*take)(struct vaic_session *s, const struct vaic_event *e);
} rule[] = {
	[VAIC_UNKNOWN] = { true, take_nothing },
	[VAIC_VALIDATED] = { true, take_validated },
	[VAIC_ACCEPTED] = { true, take_accepted },
	[VAIC_ERROR] = { true, take_error },
	[VAIC_USER_STARTED] = { false, vaic_session_user_started },
	[VAIC_USER_STOPPED] = { false, vaic_session_user_stopped },
	[VAIC_SPEECH_STARTED] = { false, take_speech_started },
	[VAIC_SPEECH_STOPPED] = { false, take_nothing },
	[VAIC_SPEECH_COMMITTED] = { false, take_committed },
	[VAIC_SPEECH_HYPOTHESIS] = { false, take_hypothesis },
	[VAIC_SPEECH_RECOGNITION] = { false, take_recognition },
	[VAIC_PLAY_START] = { false, vaic_session_play_start },
	[VAIC_PLAY_CHUNK] = { false, vaic_session_play_chunk },
	[VAIC_PLAY_STOP] = { false, vaic_session_play_stop },
	[VAIC_MARK_SET] = { false, vaic_session_mark_set },
	[VAIC_ACTIVITIES] = { false, vaic_session_activities },
};

/* What was under way when session.end went out is nobody's fault, nor is the
 * answer to the userStream.stop before it. */
static void take_after_end(struct vaic_session *s, const struct vaic_event *e)
{
	unsigned ms = vaic_session_ms_since(s, s->state_ns);
	bool is_answer = e->kind == VAIC_USER_STOPPED &&
			 s->user.state == VAIC_USER_STOPPING;

	if (is_answer)
		s->user.state = VAIC_USER_IDLE;
	else if (ms > VAIC_GRACE_MS)
		vaic_message_breach(&s->breaches, VAIC_AFTER_END,
				    "%s %u ms after session.end", e->type, ms);
}

void vaic_session_take(struct vaic_session *s, const struct vaic_event *e)
{
	bool is_validating = s->state == VAIC_STATE_VALIDATING;

	if (s->state == VAIC_STATE_ENDED)
		take_after_end(s, e);
	else if (is_validating != (e->kind == VAIC_VALIDATED))
		vaic_message_breach(&s->breaches,
				    is_validating ? VAIC_TOO_EARLY
						  : VAIC_REPLIES,
				    "%s unasked", e->type);
	else if (s->state != VAIC_STATE_UP && !rule[e->kind].is_early)
		vaic_message_breach(&s->breaches, VAIC_TOO_EARLY,
				    "%s before session.accepted", e->type);
	else
		rule[e->kind].take(s, e);
}
