/* What the bot asks of VAIC: hangup, transfer and the like (4.4). */
#include "tools/call/vaic_session_parts.h"

static void hang_up(struct vaic_session *s, const struct vaic_activity *a)
{
	vaic_session_finish(s, VAIC_OUTCOME_HUNG_UP, "bot-disconnected",
			    a->text ? a->text : "Bot Side");
}

/* Without notifications the bot is let go at once, come what may. */
static void transfer(struct vaic_session *s, const struct vaic_activity *a)
{
	struct vaic_settings now = s->settings;

	vaic_settings_apply(&now, &a->once);
	if (now.transfer_notifications)
		s->transfer_ns =
			s->now_ns + (uint64_t)s->o.transfer_ms * VAIC_NS_PER_MS;
	else
		vaic_session_finish(s, VAIC_OUTCOME_TRANSFERRED, "transferred",
				    "transferred");
}

void vaic_session_transfer_due(struct vaic_session *s)
{
	static const char *const failure[] = {
		[VAIC_TRANSFER_ANSWERED] = NULL,
		[VAIC_TRANSFER_NO_ANSWER] = "no-answer",
		[VAIC_TRANSFER_BUSY] = "busy",
		[VAIC_TRANSFER_DECLINED] = "declined",
		[VAIC_TRANSFER_ERROR] = "error",
	};
	const char *why = failure[s->o.transfer];
	char id[37];

	if (!s->transfer_ns || s->now_ns < s->transfer_ns ||
	    s->state != VAIC_STATE_UP)
		return;
	s->transfer_ns = 0;
	struct vaic_stamp stamp = vaic_session_stamp(s, id);
	vaic_session_sent_activity(
		s, vaic_message_transfer_status(&s->text, &s->sender, &stamp,
						why, why));
	vaic_session_note(s, "transfer %s", why ? why : "answered");
	if (!why)
		vaic_session_finish(s, VAIC_OUTCOME_TRANSFERRED, "transferred",
				    "transferred");
}

/* Spoken by VAIC, so only when the bot sends no audio. */
static void take_text(struct vaic_session *s, const struct vaic_activity *a)
{
	s->once = a->once;
	s->has_prompt = true;
	if (s->o.direct_tts)
		vaic_message_breach(&s->breaches, VAIC_SHAPE,
				    "a message activity, but audio messages "
				    "are expected");
	else if (!s->figures.is_answered) {
		s->figures.is_answered = true;
		s->figures.answered = s->now;
	}
}

static void take_play_url(struct vaic_session *s, const struct vaic_activity *a)
{
	(void)a;
	s->has_prompt = true;
}

static void abort_prompts(struct vaic_session *s, const struct vaic_activity *a)
{
	(void)a;
	s->figures.aborts++;
	vaic_session_flush(s, "abortPrompts");
}

static void (*const act[])(struct vaic_session *s,
			   const struct vaic_activity *a) = {
	[VAIC_IGNORED] = NULL,           [VAIC_TEXT] = take_text,
	[VAIC_HANGUP] = hang_up,         [VAIC_TRANSFER] = transfer,
	[VAIC_PLAY_URL] = take_play_url, [VAIC_ABORT_PROMPTS] = abort_prompts,
	[VAIC_STOP_RECOGNITION] = NULL, /* the rest is only noted */
};

void vaic_session_activities(struct vaic_session *s, const struct vaic_event *e)
{
	for (size_t i = 0; i < e->activities && s->state == VAIC_STATE_UP;
	     i++) {
		const struct vaic_activity *a = &e->activity[i];

		s->figures.activities++;
		if (a->kind == VAIC_IGNORED)
			continue;
		vaic_settings_apply(&s->settings, &a->session);
		s->events->on_activity(s->owner, a);
		if (act[a->kind])
			act[a->kind](s, a);
	}
}
