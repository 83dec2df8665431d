/* The sockets of a conversation, one after the other: hello, lost, resumed. */
#include "tools/call/vaic_session_parts.h"

static void say_hello(struct vaic_session *s)
{
	const struct vaic_initiate hello = {
		.bot_name = s->o.bot_name,
		.caller = s->o.caller,
		.expects_audio = s->o.direct_tts,
		.format = s->o.offer,
		.formats = s->o.offers,
	};

	s->figures.initiate_ns = s->now_ns;
	vaic_session_state(s, VAIC_STATE_INITIATING);
	vaic_session_sent(s,
			  vaic_message_initiate(&s->text, &s->sender, &hello));
}

static void say_resume(struct vaic_session *s)
{
	vaic_session_state(s, VAIC_STATE_RESUMING);
	vaic_session_sent(s, vaic_message_resume(&s->text, &s->sender));
}

void vaic_session_open(struct vaic_session *s, uint64_t now_ns)
{
	vaic_session_advance(s, now_ns);
	vaic_session_detach(s);
	if (s->state == VAIC_STATE_DETACHED ||
	    (s->state == VAIC_STATE_NEW && s->o.opens_with_resume)) {
		say_resume(s);
	} else if (s->state == VAIC_STATE_NEW && s->o.mode == VAIC_VALIDATE) {
		vaic_session_state(s, VAIC_STATE_VALIDATING);
		vaic_session_sent(s,
				  vaic_message_validate(&s->text, &s->sender));
	} else if (s->state == VAIC_STATE_NEW) {
		say_hello(s);
	}
}

void vaic_session_detach(struct vaic_session *s)
{
	uint64_t dropped = 0;

	if (s->state == VAIC_STATE_INITIATING ||
	    s->state == VAIC_STATE_VALIDATING)
		vaic_session_state(s, VAIC_STATE_NEW);
	if (s->state != VAIC_STATE_UP && s->state != VAIC_STATE_RESUMING)
		return;
	if (s->open.is_open && s->open.play)
		dropped =
			vaic_playout_abandon(&s->playout, s->open.play, s->now,
					     &vaic_session_playout_events, s);
	s->open.is_open = false;
	s->user.state = VAIC_USER_IDLE;
	s->user.is_turn_over = false;
	vaic_session_state(s, VAIC_STATE_DETACHED);
	if (s->events->on_lost)
		s->events->on_lost(s->owner, dropped);
	vaic_session_note(s, "socket lost, %u ms of an open stream with it",
			  (unsigned)(dropped / VAIC_SAMPLES_PER_MS));
}

void vaic_session_lost(struct vaic_session *s, uint64_t now_ns)
{
	vaic_session_advance(s, now_ns);
	if (s->state == VAIC_STATE_ENDED)
		vaic_session_be_over(s);
	else
		vaic_session_detach(s);
}

/* What is wrong with a close by the bot (8.2 rule 5). */
static void check_closed(struct vaic_session *s, unsigned code)
{
	static const char *const when[VAIC_STATES] = {
		[VAIC_STATE_VALIDATING] = "before connection.validated",
		[VAIC_STATE_INITIATING] = "before session.accepted",
		[VAIC_STATE_UP] = "without hangup",
		[VAIC_STATE_RESUMING] = "before session.accepted",
	};

	if (when[s->state])
		vaic_message_breach(&s->breaches, VAIC_CLOSED,
				    "the bot closed the socket (%u) %s", code,
				    when[s->state]);
	if (s->state == VAIC_STATE_ENDED && code != 1000 && code != 1005)
		vaic_message_breach(&s->breaches, VAIC_CLOSED,
				    "closed with %u after session.end, "
				    "not with 1000",
				    code);
}

void vaic_session_closed(struct vaic_session *s, unsigned code, uint64_t now_ns)
{
	vaic_session_advance(s, now_ns);
	check_closed(s, code);
	s->end.close_code = code;
	switch (s->state) {
	case VAIC_STATE_UP:
	case VAIC_STATE_RESUMING:
		vaic_session_detach(s);
		break;
	case VAIC_STATE_VALIDATING:
		vaic_session_set_end(s, VAIC_OUTCOME_NOT_VALIDATED, "closed");
		vaic_session_be_over(s);
		break;
	case VAIC_STATE_INITIATING:
		vaic_session_set_end(s, VAIC_OUTCOME_BROKEN, "closed");
		vaic_session_be_over(s);
		break;
	case VAIC_STATE_ENDED:
		vaic_session_be_over(s);
		break;
	default:
		break;
	}
}
