/* The session's time: samples, waits, and when to be woken. */
#include "tools/call/vaic_session_parts.h"

static bool is_running(const struct vaic_session *s)
{
	return s->figures.start_ns && s->state < VAIC_STATE_ENDED;
}

uint64_t vaic_session_sample_ns(const struct vaic_session *s, uint64_t sample)
{
	return s->figures.start_ns +
	       sample * VAIC_NS_PER_MS / VAIC_SAMPLES_PER_MS;
}

void vaic_session_advance(struct vaic_session *s, uint64_t now_ns)
{
	if (now_ns > s->now_ns)
		s->now_ns = now_ns;
	if (!is_running(s))
		return;
	s->now = (s->now_ns - s->figures.start_ns) * VAIC_SAMPLES_PER_MS /
		 VAIC_NS_PER_MS;
	vaic_session_hear(s);
}

/* --- Waits that are over --- */

static void check_accept(struct vaic_session *s)
{
	bool is_validating = s->state == VAIC_STATE_VALIDATING;

	if ((!is_validating && s->state != VAIC_STATE_INITIATING &&
	     s->state != VAIC_STATE_RESUMING) ||
	    vaic_session_ms_since(s, s->state_ns) < VAIC_ACCEPT_MS)
		return;
	vaic_message_breach(&s->breaches, VAIC_REPLIES, "no %s within %d ms",
			    is_validating ? "connection.validated"
					  : "session.accepted",
			    VAIC_ACCEPT_MS);
	vaic_session_drop(s,
			  is_validating ? VAIC_OUTCOME_NOT_VALIDATED
					: VAIC_OUTCOME_BROKEN,
			  "no answer");
}

/* As much of a wait as there was before the deafness. */
static uint64_t later(const struct vaic_session *s, uint64_t since_ns)
{
	return s->now_ns - (since_ns < s->deaf_ns ? s->deaf_ns - since_ns : 0);
}

void vaic_session_deafen(struct vaic_session *s, bool is_deaf, uint64_t now_ns)
{
	vaic_session_advance(s, now_ns);
	if (is_deaf == (s->deaf_ns != 0))
		return;
	if (is_deaf) {
		s->deaf_ns = s->now_ns;
		return;
	}
	s->open.data_ns = later(s, s->open.data_ns);
	s->user.since_ns = later(s, s->user.since_ns);
	s->deaf_ns = 0;
}

static void check_dry(struct vaic_session *s)
{
	if (s->state != VAIC_STATE_UP || s->deaf_ns || !s->open.is_open ||
	    s->open.is_dry ||
	    vaic_session_ms_since(s, s->open.data_ns) <= VAIC_DRY_MS)
		return;
	s->open.is_dry = true;
	vaic_message_breach(&s->breaches, VAIC_STREAMS,
			    "play stream %.40s is open without data for %d ms",
			    s->open.id, VAIC_DRY_MS);
}

static void check_prompt(struct vaic_session *s)
{
	if (s->state != VAIC_STATE_UP || !s->o.prompt_ms || s->has_prompt ||
	    s->is_prompt_told ||
	    vaic_session_ms_since(s, s->figures.start_ns) < s->o.prompt_ms)
		return;
	s->is_prompt_told = true;
	vaic_message_breach(&s->breaches, VAIC_NO_PROMPT,
			    "nothing was played within %u ms of start",
			    s->o.prompt_ms);
}

static void check_close(struct vaic_session *s)
{
	if (s->state != VAIC_STATE_ENDED ||
	    vaic_session_ms_since(s, s->state_ns) < VAIC_CLOSE_MS)
		return;
	vaic_message_breach(&s->breaches, VAIC_AFTER_END,
			    "the socket is open %d ms after session.end",
			    VAIC_CLOSE_MS);
	s->events->on_close(s->owner, 1000);
	vaic_session_be_over(s);
}

void vaic_session_tick(struct vaic_session *s, uint64_t now_ns)
{
	vaic_session_advance(s, now_ns);
	if (is_running(s)) {
		vaic_session_user_update(s);
		vaic_session_frames(s);
	}
	check_dry(s);
	check_prompt(s);
	vaic_session_transfer_due(s);
	check_accept(s);
	check_close(s);
}

static uint64_t running_due(const struct vaic_session *s)
{
	uint64_t sample = (s->frame + 1) * VAIC_FRAME;
	uint64_t play = vaic_playout_due(&s->playout);

	return vaic_session_sample_ns(s, play < sample ? play : sample);
}

uint64_t vaic_session_due(const struct vaic_session *s)
{
	static const unsigned wait_ms[VAIC_STATES] = {
		[VAIC_STATE_VALIDATING] = VAIC_ACCEPT_MS,
		[VAIC_STATE_INITIATING] = VAIC_ACCEPT_MS,
		[VAIC_STATE_RESUMING] = VAIC_ACCEPT_MS,
		[VAIC_STATE_ENDED] = VAIC_CLOSE_MS,
	};

	if (is_running(s))
		return running_due(s);
	if (!wait_ms[s->state])
		return UINT64_MAX;
	return s->state_ns + (uint64_t)wait_ms[s->state] * VAIC_NS_PER_MS;
}
