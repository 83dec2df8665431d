#include "protocols/realtime_command.h"

#include <errno.h>
#include <string.h>

#include "protocols/base64.h"
#include "protocols/buffer.h"

size_t realtime_command_append(char *out, size_t cap, const uint8_t *audio,
			       size_t n)
{
	static const char head[] =
		"{\"type\":\"input_audio_buffer.append\",\"audio\":\"";
	static const char tail[] = "\"}";
	char *at = out;

	_Static_assert(sizeof(head) + sizeof(tail) - 2 <=
			       REALTIME_APPEND_ROOM(0),
		       "the frame fits the room promised");
	if (cap < REALTIME_APPEND_ROOM(n))
		return 0;
	memcpy(at, head, sizeof(head) - 1);
	at += sizeof(head) - 1;
	at += base64_encode(at, audio, n);
	memcpy(at, tail, sizeof(tail) - 1);
	return (size_t)(at + sizeof(tail) - 1 - out);
}

/* Takes over message; NULL is jansson's answer to text that is no UTF-8. */
static int append(struct buffer *out, json_t *message)
{
	size_t n = message ? json_dumpb(message, NULL, 0, JSON_COMPACT) : 0;
	char *room = n ? (char *)buffer_reserve(out, n) : NULL;

	if (room)
		buffer_commit(out, json_dumpb(message, room, n, JSON_COMPACT));
	json_decref(message);
	if (!message)
		return -EINVAL;
	if (n == 0)
		return -ENOMEM;
	return room ? 0 : -ENOBUFS;
}

/* value, unless a step of its making failed. */
static json_t *sound(json_t *value, int err)
{
	if (!err)
		return value;
	json_decref(value);
	return NULL;
}

static json_t *format_json(enum realtime_format format)
{
	if (format == REALTIME_PCM24)
		return json_pack("{s:s, s:i}", "type", "audio/pcm", "rate",
				 24000);
	return json_pack("{s:s}", "type",
			 format == REALTIME_PCMU ? "audio/pcmu" : "audio/pcma");
}

/* Always whole: whether omitted members keep their values is not documented. */
static json_t *turns_json(const struct realtime_session *s)
{
	if (s->turns == REALTIME_NO_TURNS)
		return json_null();
	if (s->turns == REALTIME_SEMANTIC_VAD)
		return json_pack("{s:s, s:s, s:b, s:b}", "type", "semantic_vad",
				 "eagerness",
				 s->eagerness ? s->eagerness : "auto",
				 "create_response", 1, "interrupt_response", 1);
	return json_pack("{s:s, s:f, s:i, s:i, s:n, s:b, s:b}", "type",
			 "server_vad", "threshold", s->threshold,
			 "prefix_padding_ms", s->prefix_padding_ms,
			 "silence_duration_ms", s->silence_duration_ms,
			 "idle_timeout_ms", "create_response", 1,
			 "interrupt_response", 1);
}

static json_t *input_json(const struct realtime_session *s)
{
	json_t *input =
		json_pack("{s:o, s:o}", "format", format_json(s->format),
			  "turn_detection", turns_json(s));
	int err = 0;

	if (s->noise_reduction)
		err |= json_object_set_new(input, "noise_reduction",
					   json_pack("{s:s}", "type",
						     s->noise_reduction));
	else if (s->clears)
		err |= json_object_set_new(input, "noise_reduction",
					   json_null());
	if (s->transcription_model)
		err |= json_object_set_new(
			input, "transcription",
			json_pack("{s:s, s:s*}", "model",
				  s->transcription_model, "language",
				  s->transcription_language));
	else if (s->clears)
		err |= json_object_set_new(input, "transcription", json_null());
	return sound(input, err);
}

static json_t *output_json(const struct realtime_session *s)
{
	json_t *output = json_pack("{s:o, s:s*}", "format",
				   format_json(s->format), "voice", s->voice);
	int err = 0;

	if (s->speed > 0)
		err = json_object_set_new(output, "speed", json_real(s->speed));
	return sound(output, err);
}

/* Flat, and with no member more: servers refuse the whole update for one. */
static json_t *tool_json(const struct realtime_tool *tool)
{
	static const char no_parameters[] =
		"{\"type\":\"object\",\"properties\":{}}";
	json_t *schema =
		json_loads(tool->parameters ? tool->parameters : no_parameters,
			   JSON_REJECT_DUPLICATES, NULL);

	if (!json_is_object(schema))
		return sound(schema, -EINVAL);
	return json_pack("{s:s, s:s, s:s*, s:o}", "type", "function", "name",
			 tool->name, "description", tool->description,
			 "parameters", schema);
}

static json_t *tools_json(const struct realtime_session *s)
{
	json_t *tools = json_array();
	int err = 0;

	for (size_t i = 0; i < s->tools; i++)
		err |= json_array_append_new(tools, tool_json(&s->tool[i]));
	return sound(tools, err);
}

int realtime_command_session(struct buffer *out, const char *event_id,
			     const struct realtime_session *s)
{
	return append(
		out,
		json_pack("{s:s, s:s*, s:{s:s, s:s*, s:[s], s:{s:o, s:o}, s:o,"
			  " s:s, s:o}}",
			  "type", "session.update", "event_id", event_id,
			  "session", "type", "realtime", "instructions",
			  s->instructions, "output_modalities",
			  s->is_text ? "text" : "audio", "audio", "input",
			  input_json(s), "output", output_json(s), "tools",
			  tools_json(s), "tool_choice", "auto",
			  "max_output_tokens",
			  s->max_output_tokens > 0
				  ? json_integer(s->max_output_tokens)
				  : json_string("inf")));
}

int realtime_command_respond(struct buffer *out, const char *event_id,
			     const char *instructions, const char *purpose)
{
	json_t *response = NULL;

	if (purpose)
		response =
			json_pack("{s:s*, s:{s:s}}", "instructions",
				  instructions, "metadata", "purpose", purpose);
	else if (instructions)
		response = json_pack("{s:s}", "instructions", instructions);
	if (!response && (purpose || instructions))
		return -EINVAL;
	return append(out,
		      json_pack("{s:s, s:s*, s:o*}", "type", "response.create",
				"event_id", event_id, "response", response));
}

int realtime_command_cancel(struct buffer *out, const char *event_id,
			    const char *response_id)
{
	return append(out, json_pack("{s:s, s:s*, s:s*}", "type",
				     "response.cancel", "event_id", event_id,
				     "response_id", response_id));
}

int realtime_command_truncate(struct buffer *out, const char *event_id,
			      const char *item_id, unsigned content_index,
			      unsigned audio_end_ms)
{
	return append(out, json_pack("{s:s, s:s*, s:s, s:I, s:I}", "type",
				     "conversation.item.truncate", "event_id",
				     event_id, "item_id", item_id,
				     "content_index", (json_int_t)content_index,
				     "audio_end_ms", (json_int_t)audio_end_ms));
}

int realtime_command_delete(struct buffer *out, const char *event_id,
			    const char *item_id)
{
	return append(out, json_pack("{s:s, s:s*, s:s}", "type",
				     "conversation.item.delete", "event_id",
				     event_id, "item_id", item_id));
}

int realtime_command_text(struct buffer *out, const char *event_id,
			  const char *role, const char *text)
{
	bool is_assistant = !strcmp(role, "assistant");

	if (!is_assistant && strcmp(role, "user") != 0 &&
	    strcmp(role, "system") != 0)
		return -EINVAL;
	return append(out,
		      json_pack("{s:s, s:s*, s:{s:s, s:s, s:[{s:s, s:s}]}}",
				"type", "conversation.item.create", "event_id",
				event_id, "item", "type", "message", "role",
				role, "content", "type",
				is_assistant ? "output_text" : "input_text",
				"text", text));
}

int realtime_command_tool_output(struct buffer *out, const char *event_id,
				 const char *call_id, const char *output)
{
	return append(out, json_pack("{s:s, s:s*, s:{s:s, s:s, s:s}}", "type",
				     "conversation.item.create", "event_id",
				     event_id, "item", "type",
				     "function_call_output", "call_id", call_id,
				     "output", output));
}
