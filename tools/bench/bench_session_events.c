/* A model session, the part that is no audio: rare, through jansson. Both
 * spellings of the protocol are taken; what is not known is ignored, for a
 * client may say more than a load needs. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "tools/bench/bench_session.h"

#define SESSION_S 3600

/* Takes over the event. */
static void send_event(struct bench_session *s, json_t *event)
{
	char id[48];

	snprintf(id, sizeof(id), "event_%u_%u", s->ids.session, ++s->ids.event);
	json_object_set_new(event, "event_id", json_string(id));
	char *text = json_dumps(event, JSON_COMPACT);
	json_decref(event);
	if (text)
		bench_ws_send(&s->ws, text, strlen(text));
	free(text);
}

static json_t *id_of(const char *kind, unsigned session, unsigned number)
{
	return json_sprintf("%s_%u_%u", kind, session, number);
}

static json_t *response_id(const struct bench_session *s)
{
	return id_of("resp", s->ids.session, s->ids.response);
}

static json_t *item_id(const struct bench_session *s)
{
	return id_of("item", s->ids.session, s->ids.response);
}

static const char *name_of(const struct bench_session *s, const char *now,
			   const char *beta)
{
	return s->is_beta ? beta : now;
}

/* --- The session --- */

static void send_session(struct bench_session *s, const char *type,
			 json_t *session)
{
	json_object_set_new(session, "id",
			    json_sprintf("sess_%u", s->ids.session));
	json_object_set_new(session, "object", json_string("realtime.session"));
	json_object_set_new(session, "expires_at",
			    json_integer((json_int_t)time(NULL) + SESSION_S));
	send_event(s,
		   json_pack("{s:s, s:o}", "type", type, "session", session));
}

void bench_session_send_created(struct bench_session *s)
{
	send_session(s, "session.created",
		     json_pack("{s:s, s:s, s:[s], s:{s:{s:{s:s, s:i}}, "
			       "s:{s:{s:s, s:i}, s:s}}}",
			       "type", "realtime", "model", "bench",
			       "output_modalities", "audio", "audio", "input",
			       "format", "type", "audio/pcm", "rate", 24000,
			       "output", "format", "type", "audio/pcm", "rate",
			       24000, "voice", "marin"));
}

static enum bench_format format_of(const json_t *format, enum bench_format now)
{
	const char *name =
		json_is_string(format)
			? json_string_value(format)
			: json_string_value(json_object_get(format, "type"));

	if (!name)
		return now;
	return strstr(name, "ulaw") || strstr(name, "pcmu") ? BENCH_ULAW
							    : BENCH_PCM24;
}

static void take_update(struct bench_session *s, json_t *event)
{
	json_t *session = json_object_get(event, "session");
	const json_t *audio = json_object_get(session, "audio");

	s->is_beta = json_object_get(session, "input_audio_format") != NULL;
	s->in = format_of(json_object_get(session, "input_audio_format"),
			  s->in);
	s->out = format_of(json_object_get(session, "output_audio_format"),
			   s->out);
	s->in = format_of(json_object_get(json_object_get(audio, "input"),
					  "format"),
			  s->in);
	s->out = format_of(json_object_get(json_object_get(audio, "output"),
					   "format"),
			   s->out);
	send_session(s, "session.updated",
		     session ? json_copy(session) : json_object());
	if (s->load->plan.speaks_at_once && !s->ids.response)
		bench_session_speak(s, NULL);
}

/* --- A response --- */

static json_t *response_json(const struct bench_session *s, const char *status,
			     json_t *details, json_t *metadata)
{
	return json_pack("{s:s, s:o, s:s, s:o, s:[], s:[s], s:n, s:O}",
			 "object", "realtime.response", "id", response_id(s),
			 "status", status, "status_details", details, "output",
			 "output_modalities", "audio", "usage", "metadata",
			 metadata ? metadata : json_null());
}

static json_t *item_json(const struct bench_session *s, const char *status)
{
	return json_pack("{s:o, s:s, s:s, s:s, s:s, s:[]}", "id", item_id(s),
			 "object", "realtime.item", "type", "message", "status",
			 status, "role", "assistant", "content");
}

static void send_item(struct bench_session *s, const char *type,
		      const char *status)
{
	send_event(s, json_pack("{s:s, s:o, s:i, s:o}", "type", type,
				"response_id", response_id(s), "output_index",
				0, "item", item_json(s, status)));
}

static void send_part(struct bench_session *s, const char *type)
{
	send_event(s,
		   json_pack("{s:s, s:o, s:o, s:i, s:i, s:{s:s, s:s}}", "type",
			     type, "response_id", response_id(s), "item_id",
			     item_id(s), "output_index", 0, "content_index", 0,
			     "part", "type", "audio", "transcript", ""));
}

void bench_session_send_begin(struct bench_session *s, json_t *metadata)
{
	s->ids.response++;
	send_event(s, json_pack("{s:s, s:o}", "type", "response.created",
				"response",
				response_json(s, "in_progress", json_null(),
					      metadata)));
	send_item(s, "response.output_item.added", "in_progress");
	send_item(s,
		  name_of(s, "conversation.item.added",
			  "conversation.item.created"),
		  "in_progress");
	send_part(s, "response.content_part.added");
}

void bench_session_send_end(struct bench_session *s, bool cut)
{
	const char *status = cut ? "cancelled" : "completed";
	json_t *details = cut ? json_pack("{s:s, s:s}", "type", "cancelled",
					  "reason", "turn_detected")
			      : json_null();

	send_event(s, json_pack("{s:s, s:o, s:o, s:i, s:i}", "type",
				name_of(s, "response.output_audio.done",
					"response.audio.done"),
				"response_id", response_id(s), "item_id",
				item_id(s), "output_index", 0, "content_index",
				0));
	send_part(s, "response.content_part.done");
	send_item(s, "response.output_item.done",
		  cut ? "incomplete" : "completed");
	send_event(s,
		   json_pack("{s:s, s:o}", "type", "response.done", "response",
			     response_json(s, status, details, NULL)));
}

void bench_session_send_speech(struct bench_session *s, bool begins)
{
	json_t *user = id_of("user", s->ids.session, s->ids.response);

	send_event(s, json_pack("{s:s, s:i, s:O}", "type",
				begins ? "input_audio_buffer.speech_started"
				       : "input_audio_buffer.speech_stopped",
				begins ? "audio_start_ms" : "audio_end_ms", 0,
				"item_id", user));
	if (!begins)
		send_event(s, json_pack("{s:s, s:n, s:O}", "type",
					"input_audio_buffer.committed",
					"previous_item_id", "item_id", user));
	json_decref(user);
}

/* --- What the client wants --- */

static void refuse(struct bench_session *s, const json_t *event)
{
	const char *id = json_string_value(json_object_get(event, "event_id"));

	send_event(s,
		   json_pack("{s:s, s:{s:s, s:s, s:s, s:n, s:s*}}", "type",
			     "error", "error", "type", "invalid_request_error",
			     "code", "conversation_already_has_active_response",
			     "message", "a response is active", "param",
			     "event_id", id));
}

static void take_create(struct bench_session *s, json_t *event)
{
	if (s->is_speaking)
		refuse(s, event);
	else
		bench_session_speak(
			s, json_object_get(json_object_get(event, "response"),
					   "metadata"));
}

static void take_truncate(struct bench_session *s, json_t *event)
{
	const char *id = json_string_value(json_object_get(event, "item_id"));
	json_int_t end_ms =
		json_integer_value(json_object_get(event, "audio_end_ms"));
	unsigned session, item;

	if (!id || sscanf(id, "item_%u_%u", &session, &item) != 2 ||
	    session != s->ids.session || end_ms < 0) {
		bench_load_fail(s->load, "a truncation of an item not ours");
		return;
	}
	bench_session_truncated(s, item, (unsigned)end_ms);
	send_event(s, json_pack("{s:s, s:s, s:i, s:I}", "type",
				"conversation.item.truncated", "item_id", id,
				"content_index", 0, "audio_end_ms", end_ms));
}

static void take_cancel(struct bench_session *s, json_t *event)
{
	(void)event;
	bench_session_stop(s);
}

static const struct {
	const char *type;
	void (*take)(struct bench_session *s, json_t *event);
} known[] = {
	{ "session.update", take_update },
	{ "response.create", take_create },
	{ "response.cancel", take_cancel },
	{ "conversation.item.truncate", take_truncate },
};

void bench_session_take(struct bench_session *s, const char *text, size_t len)
{
	json_t *event = json_loadb(text, len, 0, NULL);
	const char *type = json_string_value(json_object_get(event, "type"));

	if (!type)
		bench_load_fail(s->load, "a message to the model without type");
	for (size_t i = 0; type && i < sizeof(known) / sizeof(known[0]); i++)
		if (!strcmp(type, known[i].type)) {
			known[i].take(s, event);
			break;
		}
	json_decref(event);
}
