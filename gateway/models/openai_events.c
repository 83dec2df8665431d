/* The OpenAI driver, from the server: events as call events, errors judged. */
#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "gateway/models/openai_figures.h"
#include "gateway/models/openai_parts.h"
#include "protocols/realtime_event.h"

static bool is_one_of(const char *code, const char *const *list)
{
	for (; *list; list++)
		if (strcmp(code, *list) == 0)
			return true;
	return false;
}

/* Races that are part of the protocol. */
static bool is_benign(const struct realtime_event *ev)
{
	static const char *const list[] = {
		"response_cancel_not_active",
		"item_truncate_invalid_item_id",
		"item_delete_invalid_item_id",
		"item_already_truncated",
		"input_audio_buffer_commit_empty",
		NULL,
	};
	return is_one_of(ev->error_code, list) ||
	       strstr(ev->error_message, "no active response") ||
	       strstr(ev->error_message, "is already shorter than") ||
	       strstr(ev->error_message, "can be truncated");
}

static bool is_busy(const struct realtime_event *ev)
{
	return strcmp(ev->error_code,
		      "conversation_already_has_active_response") == 0 ||
	       strstr(ev->error_message, "already has an active response");
}

static void log_error(struct openai_session *s, enum log_level level,
		      const struct realtime_event *ev)
{
	log_event(&s->log, level, "model_error", "code", ev->error_code,
		  "param", ev->error_param, "event_id", ev->error_event_id,
		  "message", ev->error_message, NULL);
}

static void on_error(struct openai_session *s, const struct realtime_event *ev,
		     uint64_t now_ns)
{
	char why[256];

	s->errors++;
	openai_figures_error(s->profile->figures, ev->error_code);
	snprintf(why, sizeof(why), "%s: %s",
		 ev->error_code[0] ? ev->error_code : ev->error_type,
		 ev->error_message);
	/* Of a session that has asked for nothing yet it can be nothing good.
	 */
	if (openai_error_is_fatal(ev->error_code) || s->state != OPENAI_LIVE) {
		openai_session_fail(s, why, now_ns);
	} else if (is_busy(ev)) {
		log_error(s, LOG_DEBUG, ev);
		call_model_refused(s->call, true, now_ns);
	} else if (s->is_updating &&
		   strcmp(ev->error_event_id, s->configure_id) == 0) {
		log_error(s, LOG_ERROR, ev);
		openai_session_updated(s);
	} else if (ev->error_event_id[0] &&
		   strcmp(ev->error_event_id, s->speak_id) == 0) {
		log_error(s, LOG_ERROR, ev);
		call_model_refused(s->call, false, now_ns);
	} else {
		log_error(s, is_benign(ev) ? LOG_DEBUG : LOG_ERROR, ev);
	}
}

static void on_created(struct openai_session *s,
		       const struct realtime_event *ev, uint64_t now_ns)
{
	snprintf(s->session_id, sizeof(s->session_id), "%s", ev->session_id);
	s->expires_at = ev->expires_at;
	openai_session_configure(s, now_ns);
}

/* The server must have understood every word of the configuration: a format it
 * took otherwise is noise in the caller's ear. */
static void on_updated(struct openai_session *s,
		       const struct realtime_event *ev, uint64_t now_ns)
{
	struct realtime_session asked = openai_commands_session(s);
	const char *difference =
		realtime_session_difference(&asked, ev->session);
	if (s->state != OPENAI_CONFIGURING) {
		if (difference && !s->wants_another)
			log_event(&s->log, LOG_ERROR, "update_differs", "why",
				  difference, NULL);
		openai_session_updated(s);
		return;
	}
	if (difference) {
		openai_session_fail(s, difference, now_ns);
		return;
	}
	openai_session_confirmed(s, now_ns);
}

static void on_response(struct openai_session *s,
			const struct realtime_event *ev, uint64_t now_ns)
{
	call_model_response(s->call, ev->response_id, ev->purpose[0] != '\0',
			    now_ns);
}

static enum call_outcome outcome_of(const struct realtime_event *ev)
{
	switch (ev->status) {
	case REALTIME_CANCELLED:
		return CALL_RESPONSE_CUT;
	case REALTIME_FAILED:
		return openai_error_is_fatal(ev->error_code)
			       ? CALL_RESPONSE_HOPELESS
			       : CALL_RESPONSE_FAILED;
	case REALTIME_INCOMPLETE:
		if (strcmp(ev->status_reason, "turn_detected") == 0)
			return CALL_RESPONSE_CUT;
		if (strcmp(ev->status_reason, "content_filter") == 0)
			return CALL_RESPONSE_FAILED;
		return CALL_RESPONSE_DONE;
	default:
		return CALL_RESPONSE_DONE;
	}
}

static void on_response_done(struct openai_session *s,
			     const struct realtime_event *ev, uint64_t now_ns)
{
	char why[256];

	openai_figures_response(s->profile->figures, &ev->usage);
	if (ev->status == REALTIME_FAILED)
		openai_figures_error(s->profile->figures, ev->error_code);
	snprintf(why, sizeof(why), "%s: %s",
		 ev->error_code[0] ? ev->error_code : ev->status_reason,
		 ev->error_message);
	call_model_response_done(s->call, ev->response_id,
				 ev->purpose[0] != '\0', outcome_of(ev), why,
				 now_ns);
}

static void on_item_done(struct openai_session *s,
			 const struct realtime_event *ev, uint64_t now_ns)
{
	if (strcmp(ev->item_type, "function_call") != 0)
		return;
	if (ev->status != REALTIME_COMPLETED) {
		log_event(&s->log, LOG_INFO, "tool_skipped", "why",
			  "its call was cut off", "name", ev->function_name,
			  NULL);
		return;
	}
	log_event(&s->log, LOG_INFO, "tool", "name", ev->function_name, NULL);
	call_model_tool(s->call, ev->call_id, ev->function_name, ev->arguments,
			now_ns);
}

static void on_audio(struct openai_session *s, const struct realtime_event *ev,
		     uint64_t now_ns)
{
	s->has_spoken = true;
	call_model_audio(s->call, ev->response_id, ev->item_id,
			 ev->content_index, ev->audio, ev->audio_len, now_ns);
}

static void on_speech_started(struct openai_session *s,
			      const struct realtime_event *ev, uint64_t now_ns)
{
	(void)ev;
	call_model_speech(s->call, true, now_ns);
}

static void on_speech_stopped(struct openai_session *s,
			      const struct realtime_event *ev, uint64_t now_ns)
{
	(void)ev;
	call_model_speech(s->call, false, now_ns);
}

/* --- The caller's words --- */

static void on_committed(struct openai_session *s,
			 const struct realtime_event *ev, uint64_t now_ns)
{
	(void)ev;
	(void)now_ns;
	call_model_committed(s->call);
}

/* Pieces add up to what was said so far; what has no room is missed until the
 * whole comes. */
static void on_piece(struct openai_session *s, const struct realtime_event *ev,
		     uint64_t now_ns)
{
	size_t had, more = strlen(ev->transcript);

	if (strcmp(s->heard_item, ev->item_id) != 0) {
		snprintf(s->heard_item, sizeof(s->heard_item), "%s",
			 ev->item_id);
		s->heard[0] = '\0';
	}
	had = strlen(s->heard);
	if (!more || had + more >= sizeof(s->heard))
		return;
	memcpy(s->heard + had, ev->transcript, more + 1);
	call_model_transcript(s->call, s->heard, false, now_ns);
}

static void on_transcript(struct openai_session *s,
			  const struct realtime_event *ev, uint64_t now_ns)
{
	if (strcmp(s->heard_item, ev->item_id) == 0)
		s->heard[0] = '\0';
	if (ev->transcript[0])
		call_model_transcript(s->call, ev->transcript, true, now_ns);
}

/* --- Words instead of sound --- */

/* In a session that should speak, words nobody says are no answer: the call
 * notices that it hears nothing. */
static void on_text(struct openai_session *s, const struct realtime_event *ev,
		    uint64_t now_ns)
{
	if (s->is_text)
		call_model_text(s->call, ev->response_id, ev->transcript,
				now_ns);
	else
		log_event(&s->log, LOG_WARN, "answer_in_text", "item",
			  ev->item_id, NULL);
}

typedef void handler_fn(struct openai_session *s,
			const struct realtime_event *ev, uint64_t now_ns);

/* Events that are not here tell us nothing we act on. */
static handler_fn *const handler[REALTIME_OTHER + 1] = {
	[REALTIME_SESSION_CREATED] = on_created,
	[REALTIME_SESSION_UPDATED] = on_updated,
	[REALTIME_ERROR] = on_error,
	[REALTIME_SPEECH_STARTED] = on_speech_started,
	[REALTIME_SPEECH_STOPPED] = on_speech_stopped,
	[REALTIME_RESPONSE_CREATED] = on_response,
	[REALTIME_RESPONSE_DONE] = on_response_done,
	[REALTIME_OUTPUT_ITEM_DONE] = on_item_done,
	[REALTIME_AUDIO_DELTA] = on_audio,
	[REALTIME_COMMITTED] = on_committed,
	[REALTIME_INPUT_TRANSCRIPT_DELTA] = on_piece,
	[REALTIME_INPUT_TRANSCRIPT] = on_transcript,
	[REALTIME_OUTPUT_TEXT] = on_text,
};

/* A peer's mistake is counted and, the first time, said; the call goes on. */
static void on_unreadable(struct openai_session *s, int err)
{
	if (!s->unreadable++)
		log_event(&s->log, LOG_WARN, "model_unreadable", "why",
			  err == -EBADMSG ? "not a JSON object"
					  : "an event of impossible shape",
			  NULL);
}

/* The others are about a conversation, and without a call there is none. */
static bool is_of_session(const struct realtime_event *ev)
{
	return ev->type == REALTIME_SESSION_CREATED ||
	       ev->type == REALTIME_SESSION_UPDATED ||
	       ev->type == REALTIME_ERROR;
}

void openai_events_take(struct openai_session *s, char *text, size_t len,
			uint64_t now_ns)
{
	struct realtime_event ev;
	int err = realtime_event_parse(&ev, text, len);

	if (err) {
		on_unreadable(s, err);
		return;
	}
	if (handler[ev.type] && (s->call || is_of_session(&ev)))
		handler[ev.type](s, &ev, now_ns);
	else
		s->ignored++;
	realtime_event_release(&ev);
}
