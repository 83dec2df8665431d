#include "tools/call/vaic_settings.h"

void vaic_settings_apply(struct vaic_settings *s, const struct vaic_change *c)
{
	if (c->set & VAIC_SET_BARGE_IN)
		s->barge_in = c->to.barge_in;
	if (c->set & VAIC_SET_BARGE_IN_ON_DTMF)
		s->barge_in_on_dtmf = c->to.barge_in_on_dtmf;
	if (c->set & VAIC_SET_BARGE_IN_MIN_WORDS)
		s->barge_in_min_words = c->to.barge_in_min_words;
	if (c->set & VAIC_SET_SEND_DTMF)
		s->send_dtmf = c->to.send_dtmf;
	if (c->set & VAIC_SET_EVENTS)
		s->events = c->to.events;
	if (c->set & VAIC_SET_TRANSFER_NOTIFICATIONS)
		s->transfer_notifications = c->to.transfer_notifications;
	if (c->set & VAIC_SET_RESUME_RECOGNITION_MS)
		s->resume_recognition_ms = c->to.resume_recognition_ms;
}
