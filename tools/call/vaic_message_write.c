#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include <jansson.h>

#include "protocols/base64.h"
#include "protocols/buffer.h"
#include "tools/call/vaic_message.h"

static int write_json(struct buffer *out, const struct vaic_sender *s,
		      json_t *root)
{
	if (!root)
		return -ENOBUFS;
	if (s->adds_unknown_fields) {
		json_object_set_new(root, "newField", json_pack("[i{}]", 1));
		json_object_set_new(root, "flag", json_null());
	}
	char *text = json_dumps(root, JSON_COMPACT);
	json_decref(root);
	buffer_consume(out, out->used);
	int err = text ? buffer_append(out, text, strlen(text)) : -ENOBUFS;
	free(text);
	return err;
}

int vaic_message_validate(struct buffer *out, const struct vaic_sender *s)
{
	return write_json(out, s,
			  json_pack("{ss}", "type", "connection.validate"));
}

static json_t *format_names(const struct vaic_initiate *i)
{
	json_t *names = json_array();

	for (size_t f = 0; f < i->formats; f++)
		json_array_append_new(
			names, json_string(vaic_format_name(i->format[f])));
	return names;
}

int vaic_message_initiate(struct buffer *out, const struct vaic_sender *s,
			  const struct vaic_initiate *i)
{
	return write_json(out, s,
			  json_pack("{ss ss ss ss* sb so*}", "type",
				    "session.initiate", "conversationId",
				    s->conversation_id, "botName", i->bot_name,
				    "caller", i->caller, "expectAudioMessages",
				    i->expects_audio, "supportedMediaFormats",
				    i->formats ? format_names(i) : NULL));
}

/* A message of which there is nothing more to say than whose it is. */
static int write_bare(struct buffer *out, const struct vaic_sender *s,
		      const char *type, const char *participant)
{
	return write_json(out, s,
			  json_pack("{ss ss ss*}", "type", type,
				    "conversationId", s->conversation_id,
				    "participant", participant));
}

int vaic_message_resume(struct buffer *out, const struct vaic_sender *s)
{
	return write_bare(out, s, "session.resume", NULL);
}

int vaic_message_end(struct buffer *out, const struct vaic_sender *s,
		     const char *reason_code, const char *reason)
{
	return write_json(out, s,
			  json_pack("{ss ss ss ss}", "type", "session.end",
				    "conversationId", s->conversation_id,
				    "reasonCode", reason_code, "reason",
				    reason));
}

int vaic_message_user_start(struct buffer *out, const struct vaic_sender *s)
{
	return write_bare(out, s, "userStream.start", s->participant);
}

int vaic_message_user_stop(struct buffer *out, const struct vaic_sender *s)
{
	return write_bare(out, s, "userStream.stop", s->participant);
}

int vaic_message_user_chunk(struct buffer *out, const struct vaic_sender *s,
			    const uint8_t *audio, size_t n)
{
	buffer_consume(out, out->used);
	int err = buffer_printf(
		out,
		"{\"type\":\"userStream.chunk\",\"conversationId\":\"%s\",",
		s->conversation_id);
	if (!err && s->participant)
		err = buffer_printf(out, "\"participant\":\"%s\",",
				    s->participant);
	if (!err)
		err = buffer_printf(
			out, "%s\"audioChunk\":\"",
			s->adds_unknown_fields
				? "\"newField\":[1,{\"audioChunk\":null}],"
				: "");
	uint8_t *room = err ? NULL : buffer_reserve(out, BASE64_ENCODED(n));
	if (!room)
		return -ENOBUFS;
	buffer_commit(out, base64_encode((char *)room, audio, n));
	return buffer_append(out, "\"}", 2);
}

int vaic_message_mark_reached(struct buffer *out, const struct vaic_sender *s,
			      const char *stream_id, const char *mark)
{
	return write_json(out, s,
			  json_pack("{ss ss ss ss}", "type",
				    "playStream.mark.reached", "conversationId",
				    s->conversation_id, "streamId", stream_id,
				    "mark", mark));
}

/* --- Activities --- */

static json_t *timestamp(uint64_t unix_ms)
{
	time_t seconds = (time_t)(unix_ms / 1000);
	struct tm utc;
	char text[32];

	gmtime_r(&seconds, &utc);
	strftime(text, sizeof(text), "%Y-%m-%dT%H:%M:%S", &utc);
	return json_sprintf("%s.%03uZ", text, (unsigned)(unix_ms % 1000));
}

int vaic_message_activity(struct buffer *out, const struct vaic_sender *s,
			  const struct vaic_stamp *stamp,
			  const struct vaic_outgoing *a)
{
	json_t *one =
		json_pack("{ss ss* ss* so* so* ss* ss* so}", "type",
			  a->name ? "event" : "message", "name", a->name,
			  "text", a->text, "value", a->value, "parameters",
			  a->parameters, "language", s->language, "id",
			  stamp->id, "timestamp", timestamp(stamp->unix_ms));

	return write_json(out, s,
			  json_pack("{ss ss s[o]}", "type", "activities",
				    "conversationId", s->conversation_id,
				    "activities", one));
}

int vaic_message_start(struct buffer *out, const struct vaic_sender *s,
		       const struct vaic_stamp *stamp,
		       const struct vaic_start *start)
{
	json_t *parameters =
		json_pack("{ss* ss ss* ss* ss* ss* ss* ss*}", "locale",
			  start->locale, "vaigConversationId",
			  s->conversation_id, "caller", start->caller,
			  "callerHost", start->caller_host, "callerDisplayName",
			  start->caller_display_name, "callee", start->callee,
			  "calleeHost", start->callee_host, "outboundTarget",
			  start->outbound_target);

	for (size_t i = 0; i < start->parameters; i++)
		json_object_set_new(parameters, start->parameter[i].name,
				    json_string(start->parameter[i].value));
	return vaic_message_activity(
		out, s, stamp,
		&(struct vaic_outgoing){ .name = "start",
					 .parameters = parameters });
}

int vaic_message_dtmf(struct buffer *out, const struct vaic_sender *s,
		      const struct vaic_stamp *stamp, const char *digits)
{
	return vaic_message_activity(
		out, s, stamp,
		&(struct vaic_outgoing){ .name = "DTMF",
					 .value = json_string(digits) });
}

int vaic_message_no_user_input(struct buffer *out, const struct vaic_sender *s,
			       const struct vaic_stamp *stamp, unsigned times)
{
	return vaic_message_activity(
		out, s, stamp,
		&(struct vaic_outgoing){ .name = "noUserInput",
					 .value = json_integer(times) });
}

int vaic_message_play_finished(struct buffer *out, const struct vaic_sender *s,
			       const struct vaic_stamp *stamp,
			       const char *stream_id)
{
	return vaic_message_activity(
		out, s, stamp,
		&(struct vaic_outgoing){
			.name = "playFinished",
			.parameters =
				json_pack("{ss}", "streamId", stream_id) });
}

int vaic_message_transfer_status(struct buffer *out,
				 const struct vaic_sender *s,
				 const struct vaic_stamp *stamp,
				 const char *reason_code, const char *reason)
{
	return vaic_message_activity(
		out, s, stamp,
		&(struct vaic_outgoing){
			.name = "transferStatus",
			.value = json_pack("{ss ss* ss*}", "status",
					   reason_code ? "failed" : "answered",
					   "reasonCode", reason_code, "reason",
					   reason) });
}

int vaic_message_text(struct buffer *out, const struct vaic_sender *s,
		      const struct vaic_stamp *stamp, const char *text)
{
	return vaic_message_activity(out, s, stamp,
				     &(struct vaic_outgoing){ .text = text });
}
