#include "tools/call/vaic_message.h"

#include <ctype.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "protocols/base64.h"
#include "tools/call/vaic_message_parts.h"

void vaic_message_breach(const struct vaic_breaches *b, enum vaic_code code,
			 const char *format, ...)
{
	struct phone_breach breach = { .code = code };
	va_list args;

	va_start(args, format);
	vsnprintf(breach.text, sizeof(breach.text), format, args);
	va_end(args);
	for (char *c = breach.text; *c; c++)
		if (!isprint((unsigned char)*c))
			*c = '?';
	b->on_breach(b->owner, &breach);
}

const char *vaic_message_string(const struct vaic_breaches *b,
				const json_t *object, const char *where,
				const char *name, bool is_required)
{
	const json_t *value = json_object_get(object, name);

	if (json_is_string(value))
		return json_string_value(value);
	if (value || is_required)
		vaic_message_breach(b, VAIC_SHAPE, "%.40s: %s is %s", where,
				    name, value ? "no string" : "missing");
	return NULL;
}

/* --- Members --- */

/* An id of 1..VAIC_ID_MAX bytes, or NULL. */
static const char *id_member(const struct vaic_breaches *b, const json_t *root,
			     const char *where, const char *name)
{
	const char *id = vaic_message_string(b, root, where, name, true);
	size_t len = id ? strlen(id) : 0;

	if (!id || (len > 0 && len <= VAIC_ID_MAX))
		return id;
	vaic_message_breach(b, VAIC_SHAPE, "%s: %s of %zu bytes", where, name,
			    len);
	return NULL;
}

/* The doc calls it participantId in three messages, the SDK participant (2.5).
 */
static void read_participant(struct vaic_event *e, const json_t *root,
			     const struct vaic_breaches *b)
{
	const char *id =
		vaic_message_string(b, root, e->type, "participantId", false);

	e->participant =
		vaic_message_string(b, root, e->type, "participant", false);
	if (id && e->participant && strcmp(id, e->participant) != 0)
		vaic_message_breach(b, VAIC_SHAPE,
				    "%s: participant and participantId differ",
				    e->type);
	if (!e->participant)
		e->participant = id;
}

static unsigned count_words(const char *text)
{
	unsigned words = 0;

	for (; *text; text += strcspn(text, " \t\r\n")) {
		text += strspn(text, " \t\r\n");
		if (*text)
			words++;
	}
	return words;
}

/* --- One reader per type: false when nothing can be done with it --- */

typedef bool read_shape(struct vaic_event *e, const json_t *root,
			const struct vaic_breaches *b);

static bool read_validated(struct vaic_event *e, const json_t *root,
			   const struct vaic_breaches *b)
{
	const json_t *success = json_object_get(root, "success");

	e->success = json_is_true(success);
	if (json_is_boolean(success))
		return true;
	vaic_message_breach(b, VAIC_SHAPE, "%s: success is %s", e->type,
			    success ? "no boolean" : "missing");
	return false;
}

static void read_format(struct vaic_event *e, const json_t *root,
			bool is_required, const struct vaic_breaches *b)
{
	e->format_name = vaic_message_string(b, root, e->type, "mediaFormat",
					     is_required);
	if (e->format_name)
		e->format = vaic_format_find(e->format_name);
}

/* Whether a format is due depends on what is answered: the session's affair. */
static bool read_accepted(struct vaic_event *e, const json_t *root,
			  const struct vaic_breaches *b)
{
	read_format(e, root, false, b);
	return true;
}

static bool read_error(struct vaic_event *e, const json_t *root,
		       const struct vaic_breaches *b)
{
	e->reason = vaic_message_string(b, root, e->type, "reason", true);
	if (!e->reason)
		e->reason = "";
	return true; /* it ends the call with or without words */
}

static bool read_user(struct vaic_event *e, const json_t *root,
		      const struct vaic_breaches *b)
{
	read_participant(e, root, b);
	return true;
}

/* A number from 0 to 1; the documentation shows it as text, too. */
static bool is_confidence(const json_t *value)
{
	double c = json_number_value(value);

	if (json_is_string(value)) {
		char *end;

		c = strtod(json_string_value(value), &end);
		if (end == json_string_value(value) || *end)
			return false;
	} else if (!json_is_number(value)) {
		return false;
	}
	return c >= 0 && c <= 1;
}

static bool check_alternative(const struct vaic_event *e, const json_t *one,
			      const struct vaic_breaches *b)
{
	const json_t *confidence = json_object_get(one, "confidence");

	if (!json_is_object(one)) {
		vaic_message_breach(b, VAIC_SHAPE,
				    "%s: an alternative is no object", e->type);
		return false;
	}
	if (!confidence && e->kind == VAIC_SPEECH_RECOGNITION)
		vaic_message_breach(b, VAIC_SHAPE,
				    "%s: an alternative has no confidence",
				    e->type);
	if (confidence && !is_confidence(confidence))
		vaic_message_breach(b, VAIC_SHAPE,
				    "%s: confidence is not from 0 to 1",
				    e->type);
	return vaic_message_string(b, one, e->type, "text", true);
}

static bool read_transcript(struct vaic_event *e, const json_t *root,
			    const struct vaic_breaches *b)
{
	const json_t *all = json_object_get(root, "alternatives");
	bool is_usable = true;

	read_participant(e, root, b);
	if (json_array_size(all) == 0) {
		vaic_message_breach(
			b, VAIC_SHAPE, "%s: alternatives is %s", e->type,
			all ? "no array of one or more" : "missing");
		return false;
	}
	for (size_t i = 0; i < json_array_size(all); i++)
		is_usable &= check_alternative(e, json_array_get(all, i), b);
	if (!is_usable)
		return false;
	e->text = json_string_value(
		json_object_get(json_array_get(all, 0), "text"));
	e->words = count_words(e->text);
	return true;
}

static bool read_play_start(struct vaic_event *e, const json_t *root,
			    const struct vaic_breaches *b)
{
	e->stream_id = id_member(b, root, e->type, "streamId");
	read_format(e, root, true, b);
	e->text = vaic_message_string(b, root, e->type, "altText", false);
	vaic_message_string(b, root, e->type, "targetPlayer", false);
	vaic_message_params(&e->once, root, e->type, "activityParams", b);
	return e->stream_id && e->format_name;
}

static bool decode_audio(struct vaic_event *e, const char *text,
			 const struct vaic_breaches *b)
{
	size_t len = strlen(text);

	e->audio = malloc(BASE64_DECODED_MAX(len) + 1);
	if (!e->audio)
		return false;
	ssize_t n = base64_decode(e->audio, text, len);
	if (n <= 0) {
		vaic_message_breach(b, VAIC_SHAPE, "%s: audioChunk is %s",
				    e->type, n ? "no base64" : "empty");
		return false;
	}
	e->bytes = (size_t)n;
	return true;
}

static bool read_play_chunk(struct vaic_event *e, const json_t *root,
			    const struct vaic_breaches *b)
{
	const char *text =
		vaic_message_string(b, root, e->type, "audioChunk", true);

	e->stream_id = id_member(b, root, e->type, "streamId");
	return text && decode_audio(e, text, b) && e->stream_id;
}

static bool read_play_stop(struct vaic_event *e, const json_t *root,
			   const struct vaic_breaches *b)
{
	e->stream_id = id_member(b, root, e->type, "streamId");
	return e->stream_id;
}

static bool read_mark(struct vaic_event *e, const json_t *root,
		      const struct vaic_breaches *b)
{
	e->stream_id = id_member(b, root, e->type, "streamId");
	e->mark = id_member(b, root, e->type, "mark");
	return e->stream_id && e->mark;
}

/* --- The envelope --- */

static const struct {
	const char *type;
	enum vaic_event_kind kind;
	read_shape *read;
} shape[] = {
	{ "connection.validated", VAIC_VALIDATED, read_validated },
	{ "session.accepted", VAIC_ACCEPTED, read_accepted },
	{ "session.error", VAIC_ERROR, read_error },
	{ "userStream.started", VAIC_USER_STARTED, read_user },
	{ "userStream.stopped", VAIC_USER_STOPPED, read_user },
	{ "userStream.speech.started", VAIC_SPEECH_STARTED, read_user },
	{ "userStream.speech.stopped", VAIC_SPEECH_STOPPED, read_user },
	{ "userStream.speech.committed", VAIC_SPEECH_COMMITTED, read_user },
	{ "userStream.speech.hypothesis", VAIC_SPEECH_HYPOTHESIS,
	  read_transcript },
	{ "userStream.speech.recognition", VAIC_SPEECH_RECOGNITION,
	  read_transcript },
	{ "playStream.start", VAIC_PLAY_START, read_play_start },
	{ "playStream.chunk", VAIC_PLAY_CHUNK, read_play_chunk },
	{ "playStream.stop", VAIC_PLAY_STOP, read_play_stop },
	{ "playStream.mark.set", VAIC_MARK_SET, read_mark },
	{ "activities", VAIC_ACTIVITIES, vaic_message_activities },
};

#define SHAPES (sizeof(shape) / sizeof(*shape))

static bool check_conversation(const struct vaic_event *e,
			       const char *conversation_id,
			       const struct vaic_breaches *b)
{
	const char *id = vaic_message_string(b, e->root, e->type,
					     "conversationId", false);

	if (!id || strcmp(id, conversation_id) == 0)
		return true;
	vaic_message_breach(b, VAIC_SHAPE,
			    "%.40s: conversationId is not this call's",
			    e->type);
	return false;
}

static bool read_object(struct vaic_event *e, const char *conversation_id,
			const struct vaic_breaches *b)
{
	size_t i = 0;

	if (!json_is_object(e->root)) {
		vaic_message_breach(b, VAIC_SHAPE, "not a JSON object");
		return false;
	}
	e->type = vaic_message_string(b, e->root, "a message", "type", true);
	if (!e->type || !check_conversation(e, conversation_id, b))
		return false;
	while (i < SHAPES && strcmp(shape[i].type, e->type) != 0)
		i++;
	if (i == SHAPES) {
		vaic_message_breach(b, VAIC_SHAPE, "unknown type \"%.60s\"",
				    e->type);
		return false;
	}
	e->kind = shape[i].kind;
	return shape[i].read(e, e->root, b);
}

bool vaic_message_read(struct vaic_event *e, const char *text, size_t len,
		       bool is_binary, const char *conversation_id,
		       const struct vaic_breaches *breaches)
{
	json_error_t error;

	*e = (struct vaic_event){ .format = VAIC_FORMATS };
	if (is_binary)
		vaic_message_breach(breaches, VAIC_SHAPE, "a binary frame");
	if (len > VAIC_MESSAGE_MAX) {
		vaic_message_breach(breaches, VAIC_SHAPE,
				    "a message of %zu bytes", len);
		return false;
	}
	e->root = json_loadb(text, len, JSON_REJECT_DUPLICATES, &error);
	if (!e->root)
		vaic_message_breach(breaches, VAIC_SHAPE,
				    "not JSON: %s (column %d)", error.text,
				    error.column);
	if (e->root && read_object(e, conversation_id, breaches))
		return true;
	e->kind = VAIC_UNKNOWN;
	return false;
}

void vaic_message_free(struct vaic_event *e)
{
	free(e->audio);
	free(e->activity);
	json_decref(e->root);
	*e = (struct vaic_event){ .format = VAIC_FORMATS };
}
