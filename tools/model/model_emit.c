#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include "protocols/base64.h"
#include "tools/model/model_state.h"
#include "tools/model/model_trace.h"

#define AUDIO_HEAD_MAX 512

static void trace(struct model_session *s, enum model_direction direction,
		  const char *type, json_t *members)
{
	model_trace_write(s->world->trace, s->now_us, s->id, direction, type,
			  members);
}

static bool is_silent(const struct model_session *s)
{
	return s->is_mute || s->is_closing;
}

void model_emit_raw(struct model_session *s, const char *text, size_t len)
{
	if (!is_silent(s))
		s->out->send(s->owner, text, len);
}

void model_emit_traced(struct model_session *s, const char *type,
		       json_t *members, json_t *traced)
{
	char event_id[MODEL_ID_LEN];

	if (is_silent(s)) {
		json_decref(members);
		json_decref(traced);
		return;
	}
	model_random_id(&s->random, "event_", event_id);
	json_t *event =
		json_pack("{s:s, s:s}", "type", type, "event_id", event_id);
	if (members)
		json_object_update(event, members);
	json_decref(members);
	/* Both ways to write the same text appear on the real wire. */
	size_t flags = JSON_COMPACT;
	if (model_random_between(&s->random, 0, 1))
		flags |= JSON_ENSURE_ASCII;
	char *text = json_dumps(event, flags);
	json_decref(event);
	trace(s, MODEL_OUT, type, traced);
	if (text)
		model_emit_raw(s, text, strlen(text));
	free(text);
}

void model_emit_event(struct model_session *s, const char *type,
		      json_t *members)
{
	model_emit_traced(s, type, members, NULL);
}

void model_emit_error(struct model_session *s, const struct model_error *e,
		      const char *event_id)
{
	s->world->report.errors++;
	model_emit_log(s, "error %s: %s", e->code, e->message);
	model_emit_traced(s, "error",
			  json_pack("{s:o}", "error",
				    model_error_object(e, event_id)),
			  json_pack("{s:s, s:s}", "code", e->code, "message",
				    e->message));
}

json_t *model_emit_obfuscation(struct model_session *s)
{
	char letters[15];

	model_random_letters(&s->random, letters,
			     model_random_between(&s->random, 11, 14));
	return json_string(letters);
}

static size_t audio_head(struct model_session *s, struct model_response *r,
			 unsigned output, char head[AUDIO_HEAD_MAX])
{
	char event_id[MODEL_ID_LEN], letters[15];

	model_random_id(&s->random, "event_", event_id);
	model_random_letters(&s->random, letters,
			     model_random_between(&s->random, 11, 14));
	return (size_t)snprintf(
		head, AUDIO_HEAD_MAX,
		"{\"type\":\"response.output_audio.delta\","
		"\"event_id\":\"%s\",\"response_id\":\"%s\","
		"\"item_id\":\"%s\",\"output_index\":%u,"
		"\"content_index\":0,\"obfuscation\":\"%s\",\"delta\":\"",
		event_id, r->id, r->run[output].item_id, output, letters);
}

void model_emit_audio(struct model_session *s, struct model_response *r,
		      unsigned output, const uint8_t *bytes, size_t n,
		      bool damage)
{
	char *text = malloc(AUDIO_HEAD_MAX + BASE64_ENCODED(n) + 2);

	if (!text || is_silent(s)) {
		free(text);
		return;
	}
	size_t len = audio_head(s, r, output, text);
	size_t head = len;
	len += base64_encode(text + len, bytes, n);
	if (damage && len > head)
		text[head + (len - head) / 2] = '!';
	memcpy(text + len, "\"}", 2);
	trace(s, MODEL_OUT, "response.output_audio.delta",
	      json_pack("{s:s, s:I, s:I}", "item_id", r->run[output].item_id,
			"ms", (json_int_t)model_audio_ms(r->encoding, n),
			"total_ms",
			(json_int_t)model_audio_ms(
				r->encoding, r->run[output].bytes_sent + n)));
	model_emit_raw(s, text, len + 2);
	free(text);
}

void model_emit_note(struct model_session *s, const char *type, json_t *members)
{
	trace(s, MODEL_NOTE, type, members);
}

void model_emit_received(struct model_session *s, const char *type,
			 json_t *members)
{
	trace(s, MODEL_IN, type, members);
}

void model_emit_close(struct model_session *s, unsigned code,
		      const char *reason)
{
	if (s->is_closing)
		return;
	model_emit_log(s, "closing with %u %s", code, reason);
	model_emit_note(s, "closing",
			json_pack("{s:i, s:s}", "code", (int)code, "reason",
				  reason));
	s->is_closing = true;
	s->out->close(s->owner, code, reason);
}

void model_emit_log(struct model_session *s, const char *format, ...)
{
	char text[512];
	va_list args;

	va_start(args, format);
	vsnprintf(text, sizeof(text), format, args);
	va_end(args);
	model_report_log(&s->world->report, s->id, "%s", text);
}

void model_emit_breach(struct model_session *s, enum model_breach kind,
		       const char *format, ...)
{
	char text[256];
	va_list args;

	va_start(args, format);
	vsnprintf(text, sizeof(text), format, args);
	va_end(args);
	model_report_breach(&s->world->report, kind, s->id, text);
	model_emit_note(s, "violation",
			json_pack("{s:s, s:s}", "kind", model_report_name(kind),
				  "text", text));
}
