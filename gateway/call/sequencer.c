#include "gateway/call/sequencer.h"

#include <string.h>

static void copy_id(char *to, const char *id)
{
	strncpy(to, id, SEQUENCER_ID_MAX - 1);
	to[SEQUENCER_ID_MAX - 1] = '\0';
}

static bool same_id(const char *kept, const char *id)
{
	return strncmp(kept, id, SEQUENCER_ID_MAX - 1) == 0;
}

enum speak sequencer_want(struct sequencer *s, enum speak what, uint64_t now_ns)
{
	if (what > s->pending)
		s->pending = what;
	return sequencer_due(s, now_ns);
}

enum speak sequencer_due(struct sequencer *s, uint64_t now_ns)
{
	if (s->state == SEQUENCER_REQUESTED &&
	    now_ns >= s->requested_ns + s->create_ms * 1000000ull) {
		if (!s->abandoned && s->requested > s->pending)
			s->pending = s->requested;
		s->state = SEQUENCER_IDLE;
		s->unanswered++;
	}
	if (s->state != SEQUENCER_IDLE || s->caller_speaking)
		return SPEAK_NOTHING;

	enum speak what = s->pending;
	if (what == SPEAK_NOTHING)
		return what;
	s->pending = SPEAK_NOTHING;
	s->requested = what;
	s->requested_ns = now_ns;
	s->abandoned = false;
	s->state = SEQUENCER_REQUESTED;
	return what;
}

static void bury(struct sequencer *s, const char *id)
{
	copy_id(s->dead[s->next_dead], id);
	s->next_dead = (s->next_dead + 1) % SEQUENCER_DEAD;
}

bool sequencer_created(struct sequencer *s, const char *id, bool by_us)
{
	bool orphan = by_us && s->abandoned;

	s->unanswered = 0;
	copy_id(s->active, id);
	s->state = orphan ? SEQUENCER_CANCELLING : SEQUENCER_ACTIVE;
	if (by_us)
		s->abandoned = false;
	if (orphan)
		bury(s, id);
	return orphan;
}

void sequencer_done(struct sequencer *s, const char *id, bool by_us)
{
	if (s->state == SEQUENCER_REQUESTED && !by_us)
		return; /* an earlier one; ours is still to come */
	if (s->state != SEQUENCER_REQUESTED && s->active[0] &&
	    !same_id(s->active, id))
		return;
	if (!sequencer_is_dead(s, id))
		bury(s, id);
	s->unanswered = 0;
	s->active[0] = '\0';
	s->state = SEQUENCER_IDLE;
}

void sequencer_refused(struct sequencer *s, bool is_busy)
{
	if (s->state != SEQUENCER_REQUESTED)
		return;
	if (is_busy && !s->abandoned && s->requested > s->pending)
		s->pending = s->requested;
	s->abandoned = false;
	/* Busy: somebody else's response runs; its end sets us free. */
	s->state = is_busy ? SEQUENCER_ACTIVE : SEQUENCER_IDLE;
}

void sequencer_missed(struct sequencer *s)
{
	s->unanswered++;
}

const char *sequencer_interrupt(struct sequencer *s)
{
	s->pending = SPEAK_NOTHING;
	if (s->state == SEQUENCER_REQUESTED)
		s->abandoned = true;
	if (s->state != SEQUENCER_ACTIVE || !s->active[0])
		return NULL;
	bury(s, s->active);
	s->state = SEQUENCER_CANCELLING;
	return s->active;
}

bool sequencer_is_dead(const struct sequencer *s, const char *id)
{
	if (!id[0])
		return false;
	for (unsigned i = 0; i < SEQUENCER_DEAD; i++)
		if (s->dead[i][0] && same_id(s->dead[i], id))
			return true;
	return false;
}

bool sequencer_is_quiet(const struct sequencer *s)
{
	return s->state == SEQUENCER_IDLE && s->pending == SPEAK_NOTHING;
}
