#include "protocols/audiocodes_message.h"

#include <errno.h>
#include <string.h>

#include "protocols/audiocodes_text.h"
#include "protocols/base64.h"
#include "protocols/json_scan.h"

/* Behind a string's opening quote: behind its closing one, or the end. */
static const char *skip_string(const char *at, const char *end)
{
	for (; at < end && *at != '"'; at++)
		if (*at == '\\')
			at++;
	return at < end ? at + 1 : end;
}

/* Text that is no JSON may pass: whoever reads it next finds out. */
static bool is_too_deep(const char *at, const char *end)
{
	unsigned depth = 0;

	while (at < end) {
		char c = *at++;
		if (c == '"')
			at = skip_string(at, end);
		else if ((c == '}' || c == ']') && depth > 0)
			depth--;
		else if ((c == '{' || c == '[') &&
			 ++depth > AUDIOCODES_DEPTH_MAX)
			return true;
	}
	return false;
}

/* A string of 1..cap-1 bytes, none of them NUL. */
static int copy_text(char *out, size_t cap, const char *text, size_t len)
{
	if (memchr(text, '\0', len))
		return -EPROTO;
	if (len >= cap)
		return -E2BIG;
	memcpy(out, text, len);
	out[len] = '\0';
	return 0;
}

/* --- Audio: no allocation --- */

enum { TOP_TYPE, TOP_CONVERSATION, TOP_PARTICIPANT, TOP_AUDIO, TOP_MEMBERS };
static const char *const top_name[TOP_MEMBERS] = {
	[TOP_TYPE] = "type",
	[TOP_CONVERSATION] = "conversationId",
	[TOP_PARTICIPANT] = "participant",
	[TOP_AUDIO] = "audioChunk",
};

static int read_member(char *out, size_t cap, struct json_member *m)
{
	if (m->kind == JSON_KIND_NULL)
		return 0;
	if (m->kind != JSON_KIND_STRING || json_slice_unescape(&m->value) < 0)
		return -EPROTO;
	return copy_text(out, cap, m->value.at, m->value.len);
}

/* Decoded where it stands; the text is ours. */
static int read_audio(struct audiocodes_event *ev, struct json_member *m)
{
	ssize_t n;

	if (m->kind != JSON_KIND_STRING || json_slice_unescape(&m->value) < 0)
		return -EPROTO;
	n = base64_decode((uint8_t *)m->value.at, m->value.at, m->value.len);
	if (n < 0)
		return -EPROTO;
	ev->audio = (const uint8_t *)m->value.at;
	ev->audio_len = (size_t)n;
	return 0;
}

static int read_chunk(struct audiocodes_event *ev, struct json_member *top)
{
	int err = read_member(ev->conversation, sizeof(ev->conversation),
			      &top[TOP_CONVERSATION]);

	ev->type = AUDIOCODES_USER_CHUNK;
	if (!err)
		err = read_member(ev->participant, sizeof(ev->participant),
				  &top[TOP_PARTICIPANT]);
	return err ? err : read_audio(ev, &top[TOP_AUDIO]);
}

/* --- Everything else: rare, through jansson --- */

static int copy_member(char *out, size_t cap, const json_t *document,
		       const char *name)
{
	const json_t *value = json_object_get(document, name);

	if (!value || json_is_null(value))
		return 0;
	if (!json_is_string(value))
		return -EPROTO;
	return copy_text(out, cap, json_string_value(value),
			 json_string_length(value));
}

static int read_common(struct audiocodes_event *ev, const json_t *document)
{
	int err = copy_member(ev->conversation, sizeof(ev->conversation),
			      document, "conversationId");

	return err ? err
		   : copy_member(ev->participant, sizeof(ev->participant),
				 document, "participant");
}

static int read_offer(struct audiocodes_event *ev, const json_t *formats)
{
	const json_t *name;
	size_t i;

	if (!formats || json_is_null(formats))
		return 0;
	if (!json_is_array(formats))
		return -EPROTO;
	ev->has_offer = true;
	json_array_foreach(formats, i, name)
	{
		if (json_is_string(name))
			audiocodes_offer_add(&ev->offer,
					     json_string_value(name));
	}
	return 0;
}

static int read_session(struct audiocodes_event *ev, json_t *document)
{
	if (!ev->conversation[0])
		return -EPROTO;
	ev->caller = audiocodes_text(document, "caller");
	ev->expects_audio = !json_is_false(
		json_object_get(document, "expectAudioMessages"));
	return read_offer(ev,
			  json_object_get(document, "supportedMediaFormats"));
}

static int read_end(struct audiocodes_event *ev, json_t *document)
{
	ev->reason_code = audiocodes_text(document, "reasonCode");
	ev->reason = audiocodes_text(document, "reason");
	return 0;
}

static int read_activities(struct audiocodes_event *ev, json_t *document)
{
	json_t *list = json_object_get(document, "activities");
	json_t *value;
	size_t i;

	if (!json_is_array(list))
		return -EPROTO;
	if (json_array_size(list) > AUDIOCODES_ACTIVITIES_MAX)
		return -E2BIG;
	ev->activities = json_array_size(list);
	json_array_foreach(list, i, value)
	{
		audiocodes_activity_read(&ev->activity[i], value);
	}
	return 0;
}

static int read_mark(struct audiocodes_event *ev, json_t *document)
{
	static const char *const name[] = { "mark", "markId", "name", "id" };

	for (size_t i = 0; i < sizeof(name) / sizeof(name[0]); i++)
		if (!ev->mark[0])
			ev->mark = audiocodes_text(document, name[i]);
	return 0;
}

static int read_nothing(struct audiocodes_event *ev, json_t *document)
{
	(void)ev;
	(void)document;
	return 0;
}

/* A chunk that the scanner refused is one that jansson reads otherwise. */
static int refuse(struct audiocodes_event *ev, json_t *document)
{
	(void)ev;
	(void)document;
	return -EPROTO;
}

static void read_unknown(struct audiocodes_event *ev, const char *type)
{
	size_t n = 0;

	for (; type[n] && n + 1 < sizeof(ev->name); n++)
		ev->name[n] = type[n] >= ' ' && type[n] <= '~' ? type[n] : '?';
}

static const struct {
	const char *name;
	enum audiocodes_type type;
	int (*read)(struct audiocodes_event *ev, json_t *document);
} known[] = {
	{ "connection.validate", AUDIOCODES_VALIDATE, read_nothing },
	{ "session.initiate", AUDIOCODES_INITIATE, read_session },
	{ "session.resume", AUDIOCODES_RESUME, read_session },
	{ "session.end", AUDIOCODES_END, read_end },
	{ "userStream.start", AUDIOCODES_USER_START, read_nothing },
	{ "userStream.chunk", AUDIOCODES_USER_CHUNK, refuse },
	{ "userStream.stop", AUDIOCODES_USER_STOP, read_nothing },
	{ "activities", AUDIOCODES_ACTIVITIES, read_activities },
	{ "playStream.mark.reached", AUDIOCODES_MARK_REACHED, read_mark },
	{ NULL, AUDIOCODES_UNKNOWN, read_nothing },
};

static int read_document(struct audiocodes_event *ev, json_t *document)
{
	const char *type = json_string_value(json_object_get(document, "type"));
	size_t k = 0;
	int err;

	if (!type)
		return -EBADMSG;
	while (known[k].name && strcmp(known[k].name, type) != 0)
		k++;
	ev->type = known[k].type;
	if (ev->type == AUDIOCODES_UNKNOWN) {
		read_unknown(ev, type);
		return 0;
	}
	err = read_common(ev, document);
	return err ? err : known[k].read(ev, document);
}

static int read_control(struct audiocodes_event *ev, const char *text,
			size_t len)
{
	json_t *document = json_loadb(text, len, JSON_ALLOW_NUL, NULL);
	int err = read_document(ev, document);

	if (err)
		json_decref(document);
	else
		ev->document = document;
	return err;
}

/* All but the activities, which are written before they are read. */
static void clear(struct audiocodes_event *ev)
{
	memset(ev, 0, offsetof(struct audiocodes_event, activity));
	ev->type = AUDIOCODES_UNKNOWN;
	ev->caller = "";
	ev->reason_code = ev->reason = "";
	ev->mark = "";
	ev->expects_audio = true;
}

int audiocodes_message_parse(struct audiocodes_event *ev, char *text,
			     size_t len)
{
	struct json_member top[TOP_MEMBERS];

	clear(ev);
	if (is_too_deep(text, text + len))
		return -E2BIG;
	if (!json_scan_pick(text, len, top_name, top, TOP_MEMBERS) &&
	    top[TOP_TYPE].kind == JSON_KIND_STRING &&
	    json_slice_is(top[TOP_TYPE].value, "userStream.chunk"))
		return read_chunk(ev, top);
	return read_control(ev, text, len);
}

void audiocodes_event_release(struct audiocodes_event *ev)
{
	json_decref(ev->document);
	ev->document = NULL;
	ev->activities = 0;
}
