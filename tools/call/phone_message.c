#include "tools/call/phone_message.h"

#include <ctype.h>
#include <errno.h>
#include <inttypes.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <jansson.h>

#include "protocols/base64.h"
#include "protocols/buffer.h"

/* --- Reading --- */

static __attribute__((format(printf, 3, 4))) int breach_say(
	struct phone_breach *b, unsigned code, const char *format, ...)
{
	va_list args;

	va_start(args, format);
	vsnprintf(b->text, sizeof(b->text), format, args);
	va_end(args);
	for (char *c = b->text; *c; c++)
		if (!isprint((unsigned char)*c))
			*c = '?';
	b->code = code;
	return -EPROTO;
}

/* The first member that is not among the allowed ones, or NULL. */
static const char *strange_member(json_t *object, const char *const *allowed)
{
	const char *name;
	json_t *value;

	json_object_foreach(object, name, value)
	{
		size_t i = 0;

		while (allowed[i] && strcmp(allowed[i], name) != 0)
			i++;
		if (!allowed[i])
			return name;
	}
	return NULL;
}

static int check_envelope(json_t *root, const char *stream_sid,
			  struct phone_breach *b)
{
	json_t *sid = json_object_get(root, "streamSid");

	if (!sid)
		return breach_say(b, PHONE_INVALID, "no streamSid");
	if (!json_is_string(sid))
		return breach_say(b, PHONE_INVALID, "streamSid is no string");
	if (strcmp(json_string_value(sid), stream_sid) != 0)
		return breach_say(b, PHONE_INVALID,
				  "streamSid \"%.40s\" is not this stream's",
				  json_string_value(sid));
	return 0;
}

/* The one string inside {"media":{"payload":…}} and {"mark":{"name":…}}. */
static json_t *inner_string(json_t *root, const char *object, const char *name,
			    struct phone_breach *b)
{
	const char *const allowed[] = { name, NULL };
	json_t *inner = json_object_get(root, object);

	if (!json_is_object(inner)) {
		breach_say(b, PHONE_INVALID, "%s: no object \"%s\"", object,
			   object);
		return NULL;
	}
	const char *strange = strange_member(inner, allowed);
	if (strange) {
		breach_say(b, PHONE_INVALID, "%s: extra field \"%s.%.40s\"",
			   object, object, strange);
		return NULL;
	}
	json_t *value = json_object_get(inner, name);
	if (!json_is_string(value)) {
		breach_say(b, PHONE_INVALID, "%s: %s.%s is %s", object, object,
			   name, value ? "no string" : "missing");
		return NULL;
	}
	return value;
}

static bool has_file_header(const uint8_t *bytes, size_t n)
{
	return (n >= 4 && memcmp(bytes, "RIFF", 4) == 0) ||
	       (n >= 3 && memcmp(bytes, "ID3", 3) == 0);
}

static int read_media(struct phone_message *m, json_t *root,
		      struct phone_breach *b)
{
	json_t *payload = inner_string(root, "media", "payload", b);

	if (!payload)
		return -EPROTO;
	size_t len = json_string_length(payload);
	if (len == 0)
		return breach_say(b, PHONE_INVALID, "media: empty payload");
	m->ulaw = malloc(BASE64_DECODED_MAX(len) + 1);
	if (!m->ulaw)
		return breach_say(b, PHONE_INVALID, "media: out of memory");
	ssize_t n = base64_decode(m->ulaw, json_string_value(payload), len);
	if (n < 0)
		return breach_say(b, PHONE_INVALID,
				  "media: the payload is not base64");
	if (has_file_header(m->ulaw, (size_t)n))
		return breach_say(b, PHONE_INVALID,
				  "media: the payload begins with a file "
				  "header, not with mu-law");
	m->bytes = (size_t)n;
	return 0;
}

static int read_mark(struct phone_message *m, json_t *root,
		     struct phone_breach *b)
{
	json_t *name = inner_string(root, "mark", "name", b);

	if (!name)
		return -EPROTO;
	size_t len = json_string_length(name);
	if (len == 0)
		return breach_say(b, PHONE_INVALID, "mark: empty name");
	if (len >= sizeof(m->name))
		return breach_say(b, PHONE_INVALID,
				  "mark: a name of %zu characters", len);
	memcpy(m->name, json_string_value(name), len + 1);
	return 0;
}

static int read_clear(struct phone_message *m, json_t *root,
		      struct phone_breach *b)
{
	(void)m, (void)root, (void)b;
	return 0;
}

static const struct {
	const char *event;
	enum phone_message_kind kind;
	const char *allowed[4];
	int (*read)(struct phone_message *m, json_t *root,
		    struct phone_breach *b);
} shape[] = {
	{ "media", PHONE_MEDIA, { "event", "streamSid", "media" }, read_media },
	{ "mark", PHONE_MARK, { "event", "streamSid", "mark" }, read_mark },
	{ "clear", PHONE_CLEAR, { "event", "streamSid" }, read_clear },
};

#define SHAPES (sizeof(shape) / sizeof(*shape))

static int read_object(struct phone_message *m, json_t *root,
		       const char *stream_sid, struct phone_breach *b)
{
	const char *event = json_string_value(json_object_get(root, "event"));
	size_t i = 0;

	if (!json_is_object(root))
		return breach_say(b, PHONE_INVALID, "not a JSON object");
	if (!event)
		return breach_say(b, PHONE_INVALID, "no string \"event\"");
	while (i < SHAPES && strcmp(shape[i].event, event) != 0)
		i++;
	if (i == SHAPES)
		return breach_say(b, PHONE_INVALID, "unknown event \"%.40s\"",
				  event);
	const char *strange = strange_member(root, shape[i].allowed);
	if (strange)
		return breach_say(b, PHONE_INVALID, "%s: extra field \"%.40s\"",
				  event, strange);
	if (check_envelope(root, stream_sid, b) < 0)
		return -EPROTO;
	m->kind = shape[i].kind;
	return shape[i].read(m, root, b);
}

int phone_message_read(struct phone_message *m, const char *text, size_t len,
		       const char *stream_sid, struct phone_breach *breach)
{
	json_error_t error;
	json_t *root = json_loadb(text, len, JSON_REJECT_DUPLICATES, &error);

	memset(m, 0, sizeof(*m));
	if (!root)
		return breach_say(breach, PHONE_INVALID,
				  "not JSON: %s (column %d)", error.text,
				  error.column);
	int err = read_object(m, root, stream_sid, breach);
	json_decref(root);
	if (err)
		phone_message_free(m);
	return err;
}

void phone_message_free(struct phone_message *m)
{
	free(m->ulaw);
	m->ulaw = NULL;
	m->bytes = 0;
}

/* --- Writing --- */

static int write_json(struct buffer *out, struct phone_sender *s, json_t *root)
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

/* The next sequence number, as the decimal string Twilio sends. */
static json_t *next_sequence(struct phone_sender *s)
{
	return json_sprintf("%" PRIu64, ++s->sequence);
}

int phone_message_connected(struct buffer *out, struct phone_sender *s)
{
	return write_json(out, s,
			  json_pack("{ss ss ss}", "event", "connected",
				    "protocol", "Call", "version", "1.0.0"));
}

static json_t *custom_parameters(const struct phone_start *start)
{
	json_t *object = json_object();

	for (size_t i = 0; i < start->parameters; i++)
		json_object_set_new(object, start->parameter[i].name,
				    json_string(start->parameter[i].value));
	return object;
}

static json_t *tracks(const struct phone_start *start)
{
	if (start->has_outbound_track)
		return json_pack("[ss]", "inbound", "outbound");
	return json_pack("[s]", "inbound");
}

int phone_message_start(struct buffer *out, struct phone_sender *s,
			const struct phone_start *start)
{
	const char *account =
		start->account_sid ? start->account_sid : s->account_sid;
	json_t *format =
		json_pack("{ss si si}", "encoding", start->encoding,
			  "sampleRate", (int)start->sample_rate, "channels", 1);
	json_t *body =
		json_pack("{ss ss ss so so so}", "accountSid", account,
			  "streamSid", s->stream_sid, "callSid", s->call_sid,
			  "tracks", tracks(start), "mediaFormat", format,
			  "customParameters", custom_parameters(start));

	return write_json(out, s,
			  json_pack("{ss so so ss}", "event", "start",
				    "sequenceNumber", next_sequence(s), "start",
				    body, "streamSid", s->stream_sid));
}

int phone_message_media(struct buffer *out, struct phone_sender *s,
			uint64_t chunk, uint64_t timestamp_ms,
			const uint8_t *ulaw, size_t n)
{
	buffer_consume(out, out->used);
	int err = buffer_printf(
		out,
		"{\"event\":\"media\",\"sequenceNumber\":\"%" PRIu64
		"\",%s\"media\":{\"track\":\"inbound\",\"chunk\":\"%" PRIu64
		"\",\"timestamp\":\"%" PRIu64 "\",\"payload\":\"",
		++s->sequence,
		s->adds_unknown_fields ? "\"newField\":[1,{\"media\":null}],"
				       : "",
		chunk, timestamp_ms);
	if (err)
		return err;
	uint8_t *room = buffer_reserve(out, BASE64_ENCODED(n));
	if (!room)
		return -ENOBUFS;
	buffer_commit(out, base64_encode((char *)room, ulaw, n));
	return buffer_printf(out, "\"},\"streamSid\":\"%s\"}", s->stream_sid);
}

int phone_message_dtmf(struct buffer *out, struct phone_sender *s, char digit)
{
	const char text[2] = { digit, 0 };

	return write_json(out, s,
			  json_pack("{ss ss so s{ss ss}}", "event", "dtmf",
				    "streamSid", s->stream_sid,
				    "sequenceNumber", next_sequence(s), "dtmf",
				    "track", "inbound_track", "digit", text));
}

int phone_message_mark(struct buffer *out, struct phone_sender *s,
		       const char *name)
{
	return write_json(out, s,
			  json_pack("{ss so ss s{ss}}", "event", "mark",
				    "sequenceNumber", next_sequence(s),
				    "streamSid", s->stream_sid, "mark", "name",
				    name));
}

int phone_message_stop(struct buffer *out, struct phone_sender *s)
{
	return write_json(out, s,
			  json_pack("{ss so s{ss ss} ss}", "event", "stop",
				    "sequenceNumber", next_sequence(s), "stop",
				    "accountSid", s->account_sid, "callSid",
				    s->call_sid, "streamSid", s->stream_sid));
}
