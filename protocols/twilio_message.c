#include "protocols/twilio_message.h"

#include <errno.h>
#include <string.h>

#include "protocols/base64.h"
#include "protocols/json_scan.h"

/* The media path: no allocation. */

enum {
	TOP_EVENT,
	TOP_SEQUENCE,
	TOP_STREAM_SID,
	TOP_MEDIA,
	TOP_MARK,
	TOP_MEMBERS
};
static const char *const top_name[TOP_MEMBERS] = {
	[TOP_EVENT] = "event",
	[TOP_SEQUENCE] = "sequenceNumber",
	[TOP_STREAM_SID] = "streamSid",
	[TOP_MEDIA] = "media",
	[TOP_MARK] = "mark",
};

enum { MEDIA_TRACK, MEDIA_TIMESTAMP, MEDIA_PAYLOAD, MEDIA_MEMBERS };
static const char *const media_name[MEDIA_MEMBERS] = {
	[MEDIA_TRACK] = "track",
	[MEDIA_TIMESTAMP] = "timestamp",
	[MEDIA_PAYLOAD] = "payload",
};

bool twilio_sid_ok(const char *sid, const char *prefix)
{
	static const char hex[] = "0123456789abcdefABCDEF";

	return !strncmp(sid, prefix, 2) && strspn(sid + 2, hex) == 32 &&
	       sid[34] == '\0';
}

/* A SID that is none is left "". */
static void copy_sid(char out[TWILIO_SID_LEN], const char *prefix,
		     const char *at, size_t len)
{
	if (len != TWILIO_SID_LEN - 1)
		return;
	memcpy(out, at, len);
	if (!twilio_sid_ok(out, prefix))
		memset(out, 0, TWILIO_SID_LEN);
}

static bool is_string(const struct json_member *m, const char *literal)
{
	return m->kind == JSON_KIND_STRING && json_slice_is(m->value, literal);
}

/* Decoded where it stands; the text is ours. */
static int read_payload(struct twilio_event *ev, struct json_slice payload)
{
	ssize_t n;

	if (json_slice_unescape(&payload) < 0)
		return -EPROTO;
	if (BASE64_DECODED_MAX(payload.len) > TWILIO_MEDIA_MAX + 2)
		return -E2BIG;
	n = base64_decode((uint8_t *)payload.at, payload.at, payload.len);
	if (n < 0)
		return -EPROTO;
	if (n > TWILIO_MEDIA_MAX)
		return -E2BIG;
	ev->audio = (const uint8_t *)payload.at;
	ev->audio_len = (size_t)n;
	return 0;
}

static void read_frame(struct twilio_event *ev, const struct json_member *top)
{
	json_member_unsigned(&top[TOP_SEQUENCE], &ev->sequence);
	if (top[TOP_STREAM_SID].kind == JSON_KIND_STRING)
		copy_sid(ev->stream_sid, "MZ", top[TOP_STREAM_SID].value.at,
			 top[TOP_STREAM_SID].value.len);
}

/* An echo comes with every piece of audio that was played. */
static int read_echo(struct twilio_event *ev, const struct json_member *top)
{
	static const char *const name[] = { "name" };
	struct json_slice mark = top[TOP_MARK].value;
	struct json_member m;

	ev->type = TWILIO_MARK;
	read_frame(ev, top);
	if (top[TOP_MARK].kind != JSON_KIND_OBJECT ||
	    json_scan_pick(mark.at, mark.len, name, &m, 1) ||
	    m.kind != JSON_KIND_STRING || json_slice_unescape(&m.value) < 0 ||
	    m.value.len == 0 || m.value.len >= sizeof(ev->mark))
		return -EPROTO;
	memcpy(ev->mark, m.value.at, m.value.len);
	return 0;
}

static int read_media(struct twilio_event *ev, const struct json_member *top)
{
	struct json_member part[MEDIA_MEMBERS];
	struct json_slice media = top[TOP_MEDIA].value;
	const struct json_member *track = &part[MEDIA_TRACK];

	ev->type = TWILIO_MEDIA;
	read_frame(ev, top);
	if (top[TOP_MEDIA].kind != JSON_KIND_OBJECT ||
	    json_scan_pick(media.at, media.len, media_name, part,
			   MEDIA_MEMBERS) ||
	    part[MEDIA_PAYLOAD].kind != JSON_KIND_STRING)
		return -EPROTO;
	json_member_unsigned(&part[MEDIA_TIMESTAMP], &ev->timestamp_ms);
	ev->is_inbound =
		track->kind == JSON_KIND_NULL || is_string(track, "inbound");
	return read_payload(ev, part[MEDIA_PAYLOAD].value);
}

/* Everything else: rare, through jansson. */

/* What a number is, whether it came as one or in a string; 0 otherwise. */
static uint64_t number_of(const json_t *value)
{
	struct json_member m = { .kind = JSON_KIND_STRING };
	char digits[24] = "";
	uint64_t number = 0;

	if (json_is_integer(value) && json_integer_value(value) > 0)
		return (uint64_t)json_integer_value(value);
	if (json_is_real(value) && json_real_value(value) >= 1 &&
	    json_real_value(value) < 1e15)
		return (uint64_t)json_real_value(value);
	if (!json_is_string(value) ||
	    json_string_length(value) >= sizeof(digits))
		return 0;
	m.value.at = strcpy(digits, json_string_value(value));
	m.value.len = strlen(digits);
	json_member_unsigned(&m, &number);
	return number;
}

static void sid_of(char out[TWILIO_SID_LEN], const char *prefix,
		   const json_t *value)
{
	if (json_is_string(value))
		copy_sid(out, prefix, json_string_value(value),
			 json_string_length(value));
}

static bool names_inbound_only(const json_t *tracks)
{
	size_t i;
	json_t *track;

	json_array_foreach(tracks, i,
			   track) if (!json_is_string(track) ||
				      strcmp(json_string_value(track),
					     "inbound") != 0) return false;
	return true;
}

static int read_format(struct twilio_event *ev, const json_t *format)
{
	const char *encoding =
		json_string_value(json_object_get(format, "encoding"));

	if (!encoding || strlen(encoding) >= sizeof(ev->encoding))
		return -EPROTO;
	strcpy(ev->encoding, encoding);
	ev->sample_rate =
		(unsigned)number_of(json_object_get(format, "sampleRate"));
	ev->channels = (unsigned)number_of(json_object_get(format, "channels"));
	return 0;
}

static int read_start(struct twilio_event *ev, const json_t *document)
{
	const json_t *start = json_object_get(document, "start");
	json_t *parameters = json_object_get(start, "customParameters");

	sid_of(ev->stream_sid, "MZ", json_object_get(start, "streamSid"));
	sid_of(ev->account_sid, "AC", json_object_get(start, "accountSid"));
	sid_of(ev->call_sid, "CA", json_object_get(start, "callSid"));
	if (!ev->stream_sid[0] || !ev->account_sid[0] || !ev->call_sid[0])
		return -EPROTO;
	ev->tracks_inbound_only =
		names_inbound_only(json_object_get(start, "tracks"));
	ev->parameters = json_is_object(parameters) ? parameters : NULL;
	return read_format(ev, json_object_get(start, "mediaFormat"));
}

static int read_dtmf(struct twilio_event *ev, const json_t *document)
{
	const json_t *digit =
		json_object_get(json_object_get(document, "dtmf"), "digit");
	const char *text = json_string_value(digit);

	if (json_is_integer(digit) && json_integer_value(digit) >= 0 &&
	    json_integer_value(digit) <= 9)
		ev->digit = (char)('0' + json_integer_value(digit));
	else if (text && strlen(text) == 1 && strchr("0123456789ABCD*#", *text))
		ev->digit = *text;
	return ev->digit ? 0 : -EPROTO;
}

static int read_nothing(struct twilio_event *ev, const json_t *document)
{
	(void)ev;
	(void)document;
	return 0;
}

/* A message with audio, or an echo, that the scanner refused: nested beyond its
 * depth. */
static int refuse(struct twilio_event *ev, const json_t *document)
{
	(void)ev;
	(void)document;
	return -EPROTO;
}

static int read_unknown(struct twilio_event *ev, const json_t *document)
{
	const char *name =
		json_string_value(json_object_get(document, "event"));
	size_t n = 0;

	for (; name && name[n] && n + 1 < sizeof(ev->name); n++)
		ev->name[n] = name[n] >= ' ' && name[n] <= '~' ? name[n] : '?';
	return 0;
}

static const struct {
	const char *name;
	enum twilio_event_type type;
	int (*read)(struct twilio_event *ev, const json_t *document);
} known[] = {
	{ "connected", TWILIO_CONNECTED, read_nothing },
	{ "start", TWILIO_START, read_start },
	{ "media", TWILIO_MEDIA, refuse },
	{ "dtmf", TWILIO_DTMF, read_dtmf },
	{ "mark", TWILIO_MARK, refuse },
	{ "stop", TWILIO_STOP, read_nothing },
	{ NULL, TWILIO_UNKNOWN, read_unknown },
};

static int read_control(struct twilio_event *ev, const char *text, size_t len)
{
	json_t *document = json_loadb(text, len, JSON_ALLOW_NUL, NULL);
	const char *name =
		json_string_value(json_object_get(document, "event"));
	size_t k = 0;
	int err;

	if (!json_is_object(document)) {
		json_decref(document);
		return -EBADMSG;
	}
	while (known[k].name && (!name || strcmp(name, known[k].name) != 0))
		k++;
	ev->type = known[k].type;
	ev->sequence = number_of(json_object_get(document, "sequenceNumber"));
	sid_of(ev->stream_sid, "MZ", json_object_get(document, "streamSid"));
	err = known[k].read(ev, document);
	if (err) {
		json_decref(document);
		return err;
	}
	ev->document = document;
	return 0;
}

int twilio_message_parse(struct twilio_event *ev, char *text, size_t len)
{
	struct json_member top[TOP_MEMBERS];

	memset(ev, 0, sizeof(*ev));
	if (!json_scan_pick(text, len, top_name, top, TOP_MEMBERS)) {
		if (is_string(&top[TOP_EVENT], "media"))
			return read_media(ev, top);
		if (is_string(&top[TOP_EVENT], "mark"))
			return read_echo(ev, top);
	}
	return read_control(ev, text, len);
}

void twilio_event_release(struct twilio_event *ev)
{
	json_decref(ev->document);
	ev->document = NULL;
	ev->parameters = NULL;
}

/* Writers. */

struct writer {
	char *at;
	char *end; /* NULL once something did not fit */
};

static void put(struct writer *w, const char *text, size_t n)
{
	if (!w->end || (size_t)(w->end - w->at) < n) {
		w->end = NULL;
		return;
	}
	memcpy(w->at, text, n);
	w->at += n;
}

static void put_text(struct writer *w, const char *text)
{
	put(w, text, strlen(text));
}

/* Names are ours, so they need no escaping; one that would is refused. */
static void put_name(struct writer *w, const char *name, size_t cap)
{
	size_t n = strnlen(name, cap);

	if (n == 0 || n == cap)
		w->end = NULL;
	for (size_t i = 0; i < n; i++)
		if (name[i] < ' ' || name[i] > '~' || name[i] == '"' ||
		    name[i] == '\\')
			w->end = NULL;
	put(w, name, n);
}

static struct writer begin(char *out, size_t cap, const char *event,
			   const char *stream_sid)
{
	struct writer w = { .at = out, .end = out + cap };

	put_text(&w, "{\"event\":\"");
	put_text(&w, event);
	put_text(&w, "\",\"streamSid\":\"");
	put_name(&w, stream_sid, TWILIO_SID_LEN);
	return w;
}

static size_t finish(struct writer *w, const char *out, const char *tail)
{
	put_text(w, tail);
	return w->end ? (size_t)(w->at - out) : 0;
}

size_t twilio_message_media(char *out, size_t cap, const char *stream_sid,
			    const uint8_t *ulaw, size_t n)
{
	struct writer w = begin(out, cap, "media", stream_sid);

	put_text(&w, "\",\"media\":{\"payload\":\"");
	if (!w.end || (size_t)(w.end - w.at) < BASE64_ENCODED(n))
		return 0;
	w.at += base64_encode(w.at, ulaw, n);
	return finish(&w, out, "\"}}");
}

size_t twilio_message_mark(char *out, size_t cap, const char *stream_sid,
			   const char *name)
{
	struct writer w = begin(out, cap, "mark", stream_sid);

	put_text(&w, "\",\"mark\":{\"name\":\"");
	put_name(&w, name, TWILIO_MARK_MAX);
	return finish(&w, out, "\"}}");
}

size_t twilio_message_clear(char *out, size_t cap, const char *stream_sid)
{
	struct writer w = begin(out, cap, "clear", stream_sid);

	return finish(&w, out, "\"}");
}
