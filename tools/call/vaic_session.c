#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "tools/call/vaic_session_parts.h"

void vaic_options_default(struct vaic_options *o)
{
	*o = (struct vaic_options){
		.offers = VAIC_FORMATS,
		.direct_stt = true,
		.direct_tts = true,
		.chunk_ms = 20,
		.settings = VAIC_SETTINGS_DEFAULT,
		.prompt_ms = VAIC_PROMPT_MS,
		.seed = 1,
	};
	for (unsigned f = 0; f < VAIC_FORMATS; f++)
		o->offer[f] = (enum vaic_format)f;
}

const char *vaic_outcome_name(enum vaic_outcome o)
{
	static const char *const name[] = {
		[VAIC_OUTCOME_NONE] = "none",
		[VAIC_OUTCOME_VALIDATED] = "validated",
		[VAIC_OUTCOME_NOT_VALIDATED] = "not validated",
		[VAIC_OUTCOME_HUNG_UP] = "hung up",
		[VAIC_OUTCOME_CALLER_HUNG_UP] = "caller hung up",
		[VAIC_OUTCOME_TRANSFERRED] = "transferred",
		[VAIC_OUTCOME_REFUSED] = "refused",
		[VAIC_OUTCOME_ERROR] = "error",
		[VAIC_OUTCOME_BROKEN] = "broken",
		[VAIC_OUTCOME_LOST] = "lost",
	};

	return name[o];
}

/* An id that JSON needs not escape: chunks are written without asking. */
static bool is_plain(const char *id)
{
	return id && *id && strlen(id) <= VAIC_ID_MAX &&
	       strcspn(id, "\"\\") == strlen(id);
}

static bool options_make_sense(const struct vaic_options *o)
{
	return is_plain(o->conversation_id) && o->bot_name &&
	       (!o->participant || is_plain(o->participant)) &&
	       o->chunk_ms >= 20 && o->chunk_ms % 20 == 0 &&
	       o->chunk_ms <= VAIC_CHUNK_MS_MAX && o->offers <= VAIC_FORMATS;
}

struct vaic_session *vaic_session_new(const struct vaic_options *o,
				      const struct vaic_session_events *events,
				      void *owner)
{
	struct vaic_session *s = calloc(1, sizeof(*s));

	if (!s || !options_make_sense(o)) {
		free(s);
		return NULL;
	}
	s->o = *o;
	s->events = events;
	s->owner = owner;
	s->sender = (struct vaic_sender){
		.conversation_id = o->conversation_id,
		.participant = o->participant,
		.language = o->language,
		.adds_unknown_fields = o->adds_unknown_fields,
	};
	s->breaches = (struct vaic_breaches){ events->on_breach, owner };
	s->settings = o->settings;
	s->format = VAIC_FORMATS;
	s->random = o->seed ? o->seed : 1;
	s->end.reason_code = "";
	vaic_playout_init(&s->playout);
	buffer_init(&s->text, VAIC_SESSION_TEXT_MAX);
	buffer_init(&s->user.audio, VAIC_SESSION_TEXT_MAX);
	return s;
}

void vaic_session_free(struct vaic_session *s)
{
	if (!s)
		return;
	for (size_t i = 0; i < s->ids; i++)
		free(s->id[i]);
	free(s->id);
	vaic_playout_free(&s->playout);
	buffer_free(&s->text);
	buffer_free(&s->user.audio);
	free(s);
}

/* --- Helpers of all parts --- */

void vaic_session_state(struct vaic_session *s, enum vaic_state state)
{
	s->state = state;
	s->state_ns = s->now_ns;
}

unsigned vaic_session_ms_since(const struct vaic_session *s, uint64_t then_ns)
{
	return (unsigned)((s->now_ns - then_ns) / VAIC_NS_PER_MS);
}

void vaic_session_note(struct vaic_session *s, const char *format, ...)
{
	char text[160];
	va_list args;

	if (!s->events->on_note)
		return;
	va_start(args, format);
	vsnprintf(text, sizeof(text), format, args);
	va_end(args);
	s->events->on_note(s->owner, text);
}

void vaic_session_sent(struct vaic_session *s, int err)
{
	if (!err)
		s->events->on_send(s->owner,
				   (const char *)buffer_head(&s->text),
				   s->text.used);
}

static uint64_t next_random(struct vaic_session *s)
{
	s->random = s->random * 6364136223846793005u + 1442695040888963407u;
	return s->random >> 32;
}

struct vaic_stamp vaic_session_stamp(struct vaic_session *s, char id[37])
{
	unsigned word[4];

	for (size_t i = 0; i < 4; i++)
		word[i] = (unsigned)next_random(s);
	snprintf(id, 37, "%08x-%04x-4%03x-8%03x-%04x%08x", word[0],
		 word[1] & 0xffff, word[1] >> 20, word[2] & 0xfff,
		 word[2] >> 16, word[3]);
	return (struct vaic_stamp){ id,
				    s->o.unix_ms + s->now_ns / VAIC_NS_PER_MS };
}

void vaic_session_sent_activity(struct vaic_session *s, int err)
{
	vaic_session_sent(s, err);
	if (s->o.duplicate_activities)
		vaic_session_sent(s, err);
}

bool vaic_session_offers(const struct vaic_session *s, enum vaic_format f)
{
	for (size_t i = 0; i < s->o.offers; i++)
		if (s->o.offer[i] == f)
			return true;
	return false;
}

/* --- The end --- */

void vaic_session_be_over(struct vaic_session *s)
{
	vaic_session_state(s, VAIC_STATE_OVER);
	s->events->on_over(s->owner, &s->end);
}

void vaic_session_set_end(struct vaic_session *s, enum vaic_outcome outcome,
			  const char *why)
{
	s->end.outcome = outcome;
	s->end.sample = s->now;
	s->end.unplayed = vaic_playout_samples(&s->playout);
	snprintf(s->end.why, sizeof(s->end.why), "%s", why);
}

void vaic_session_finish(struct vaic_session *s, enum vaic_outcome outcome,
			 const char *reason_code, const char *why)
{
	if (s->user.state == VAIC_USER_STARTING ||
	    s->user.state == VAIC_USER_STREAMING) {
		vaic_session_sent(s,
				  vaic_message_user_stop(&s->text, &s->sender));
		s->user.state = VAIC_USER_STOPPING;
	}
	s->end.reason_code = reason_code;
	vaic_session_set_end(s, outcome, why);
	vaic_session_sent(s, vaic_message_end(&s->text, &s->sender, reason_code,
					      why));
	vaic_session_note(s, "session.end %s", reason_code);
	vaic_session_state(s, VAIC_STATE_ENDED);
}

void vaic_session_drop(struct vaic_session *s, enum vaic_outcome outcome,
		       const char *why)
{
	vaic_session_set_end(s, outcome, why);
	s->events->on_close(s->owner, 1000);
	vaic_session_be_over(s);
}

void vaic_session_give_up(struct vaic_session *s, const char *why,
			  uint64_t now_ns)
{
	if (s->state == VAIC_STATE_OVER)
		return;
	vaic_session_advance(s, now_ns);
	if (s->state != VAIC_STATE_ENDED)
		vaic_session_set_end(s, VAIC_OUTCOME_LOST, why);
	vaic_session_be_over(s);
}

static bool is_talking(const struct vaic_session *s)
{
	return s->state == VAIC_STATE_INITIATING || s->state == VAIC_STATE_UP ||
	       s->state == VAIC_STATE_RESUMING;
}

static void end_by(struct vaic_session *s, enum vaic_outcome outcome,
		   const char *reason_code, const char *why)
{
	if (is_talking(s)) {
		vaic_session_finish(s, outcome, reason_code, why);
	} else if (s->state < VAIC_STATE_ENDED) {
		vaic_session_set_end(s, outcome, why);
		vaic_session_be_over(s);
	}
}

void vaic_session_hang_up(struct vaic_session *s, uint64_t now_ns)
{
	vaic_session_advance(s, now_ns);
	end_by(s, VAIC_OUTCOME_CALLER_HUNG_UP, "client-disconnected",
	       "Client Side");
}

void vaic_session_end(struct vaic_session *s, const char *reason_code,
		      uint64_t now_ns)
{
	vaic_session_advance(s, now_ns);
	end_by(s, VAIC_OUTCOME_CALLER_HUNG_UP, reason_code, reason_code);
}

void vaic_session_read(struct vaic_session *s, const char *text, size_t len,
		       bool is_binary, uint64_t now_ns)
{
	struct vaic_event e;

	vaic_session_advance(s, now_ns);
	if (s->state == VAIC_STATE_OVER)
		return;
	if (vaic_message_read(&e, text, len, is_binary, s->o.conversation_id,
			      &s->breaches))
		vaic_session_take(s, &e);
	vaic_message_free(&e);
	vaic_session_user_update(s);
}

/* --- The caller --- */

static bool may_send(const struct vaic_session *s)
{
	return s->state == VAIC_STATE_UP;
}

void vaic_session_press(struct vaic_session *s, char digit)
{
	const char digits[2] = { digit, 0 };
	char id[37];

	if (vaic_session_effective(s).barge_in_on_dtmf)
		vaic_session_flush(s, "a key");
	if (!may_send(s) || !s->settings.send_dtmf) {
		s->figures.keys_withheld++;
		return;
	}
	struct vaic_stamp stamp = vaic_session_stamp(s, id);
	vaic_session_sent_activity(s, vaic_message_dtmf(&s->text, &s->sender,
							&stamp, digits));
}

void vaic_session_say(struct vaic_session *s, const char *text)
{
	char id[37];

	if (!may_send(s))
		return;
	struct vaic_stamp stamp = vaic_session_stamp(s, id);
	vaic_session_sent_activity(s, vaic_message_text(&s->text, &s->sender,
							&stamp, text));
}

int vaic_session_no_user_input(struct vaic_session *s, unsigned times)
{
	char id[37];

	if (!may_send(s) || !(s->settings.events & VAIC_GATE_NO_USER_INPUT))
		return -EACCES;
	struct vaic_stamp stamp = vaic_session_stamp(s, id);
	vaic_session_sent_activity(
		s, vaic_message_no_user_input(&s->text, &s->sender, &stamp,
					      times));
	return 0;
}

/* --- What it is like --- */

bool vaic_session_is_over(const struct vaic_session *s)
{
	return s->state == VAIC_STATE_OVER;
}

bool vaic_session_is_up(const struct vaic_session *s)
{
	return s->state == VAIC_STATE_UP;
}

uint64_t vaic_session_now(const struct vaic_session *s)
{
	return s->now;
}

enum vaic_format vaic_session_format(const struct vaic_session *s)
{
	return s->format;
}

const struct vaic_settings *vaic_session_settings(const struct vaic_session *s)
{
	return &s->settings;
}

const struct vaic_figures *vaic_session_figures(const struct vaic_session *s)
{
	return &s->figures;
}
