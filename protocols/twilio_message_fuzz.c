/* Whatever Twilio could send: the event says what jansson reads in the message,
 * and audio survives being sent back. */
#include <errno.h>
#include <jansson.h>
#include <stdlib.h>
#include <string.h>

#include "protocols/base64.h"
#include "protocols/twilio_message.h"

#define MZ "MZ00112233445566778899aabbccddeeff"

static void demand(int claim)
{
	if (!claim)
		abort();
}

/* Numbers of any size and NUL in names pass the scanner, not jansson: then
 * there is nothing to compare with. */
static void check_media(const struct twilio_event *ev, const json_t *document)
{
	const json_t *media = json_object_get(document, "media");
	const json_t *payload = json_object_get(media, "payload");
	size_t len = json_string_length(payload);
	uint8_t *audio = malloc(len + 1);
	ssize_t n;

	if (document) {
		demand(!strcmp(
			json_string_value(json_object_get(document, "event")),
			"media"));
		n = base64_decode(audio, json_string_value(payload), len);
		demand(n >= 0 && (size_t)n == ev->audio_len);
		demand(!memcmp(audio, ev->audio, ev->audio_len));
	}
	free(audio);
}

static void check_round_trip(const uint8_t *audio, size_t n)
{
	size_t cap = TWILIO_MEDIA_ROOM(n);
	char *text = malloc(cap);
	struct twilio_event ev;
	size_t len = twilio_message_media(text, cap, MZ, audio, n);

	demand(len > 0);
	demand(!twilio_message_parse(&ev, text, len));
	demand(ev.type == TWILIO_MEDIA && ev.audio_len == n);
	demand(n == 0 || !memcmp(ev.audio, audio, n));
	demand(!strcmp(ev.stream_sid, MZ));
	twilio_event_release(&ev);
	free(text);
}

static void check_event(const struct twilio_event *ev, const json_t *document)
{
	demand(strlen(ev->stream_sid) < sizeof(ev->stream_sid));
	demand(strlen(ev->mark) < sizeof(ev->mark));
	demand(strlen(ev->name) < sizeof(ev->name));
	demand(!ev->stream_sid[0] || twilio_sid_ok(ev->stream_sid, "MZ"));
	if (ev->type == TWILIO_MEDIA)
		check_media(ev, document);
	if (ev->type == TWILIO_START)
		demand(twilio_sid_ok(ev->call_sid, "CA") &&
		       twilio_sid_ok(ev->account_sid, "AC") &&
		       ev->stream_sid[0]);
	if (ev->type == TWILIO_DTMF)
		demand(ev->digit != 0 && strchr("0123456789ABCD*#", ev->digit));
	if (ev->type == TWILIO_MARK)
		demand(json_is_object(json_object_get(document, "mark")));
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	char *text = malloc(size + 1);
	json_t *document =
		json_loadb((const char *)data, size, JSON_ALLOW_NUL, NULL);
	struct twilio_event ev;
	int err;

	if (size > 0)
		memcpy(text, data, size);
	text[size] = '\0';
	err = twilio_message_parse(&ev, text, size);
	demand(err == 0 || err == -EBADMSG || err == -EPROTO || err == -E2BIG);
	demand((err == -EBADMSG) <= !json_is_object(document));
	if (!err) {
		check_event(&ev, document);
		if (ev.type == TWILIO_MEDIA)
			check_round_trip(ev.audio, ev.audio_len);
		twilio_event_release(&ev);
	}
	if (size <= TWILIO_MEDIA_MAX)
		check_round_trip(data, size);
	json_decref(document);
	free(text);
	return 0;
}
