/* Twilio Media Streams messages, the server's side: what Twilio sends -> one
 * typed event; what may be sent to Twilio <- three writers.
 *
 * A media message is read without allocation; the rare others through jansson.
 * Source: Twilio Media Streams, "WebSocket messages". */
#ifndef PROTOCOLS_TWILIO_MESSAGE_H
#define PROTOCOLS_TWILIO_MESSAGE_H

#include <jansson.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define TWILIO_SID_LEN     35           /* 34 characters and NUL */
#define TWILIO_MESSAGE_MAX (128 * 1024) /* bytes; a larger one closes 1009 */
#define TWILIO_MEDIA_MAX   8000         /* audio bytes in one frame (1 s) */
#define TWILIO_MARK_MAX    64 /* characters of a mark name, with NUL */

enum twilio_event_type {
	TWILIO_CONNECTED,
	TWILIO_START,
	TWILIO_MEDIA,
	TWILIO_DTMF,
	TWILIO_MARK,
	TWILIO_STOP,
	TWILIO_UNKNOWN /* an event of a name not known: ignore, count */
};

/* One message. Strings are NUL-terminated copies or slices of the parsed text;
 * everything is valid until twilio_event_release. */
struct twilio_event {
	enum twilio_event_type type;
	uint64_t sequence;               /* 0 when absent or not decimal */
	char stream_sid[TWILIO_SID_LEN]; /* "" when absent */

	/* TWILIO_MEDIA */
	const uint8_t *audio; /* decoded, inside the text */
	size_t audio_len;
	uint64_t timestamp_ms; /* since the stream began; 0 when absent */
	bool is_inbound;       /* the caller's track, or none named */

	/* TWILIO_START */
	char account_sid[TWILIO_SID_LEN];
	char call_sid[TWILIO_SID_LEN];
	bool tracks_inbound_only; /* also when none is named */
	char encoding[24];        /* "audio/x-mulaw" */
	unsigned sample_rate;
	unsigned channels;  /* both 0 when absent */
	json_t *parameters; /* customParameters, or NULL */

	char digit;                 /* TWILIO_DTMF: 0-9 A-D * # */
	char mark[TWILIO_MARK_MAX]; /* TWILIO_MARK */
	char name[32];              /* TWILIO_UNKNOWN: cut, printable */

	json_t *document; /* what the slices live in */
};

/* twilio_message_parse: one text message from Twilio.
 *
 * Members are found by name in any order, unknown ones ignored, the last of a
 * repeated one taken; numbers may come as decimal strings and the reverse. A
 * stream_sid that is no stream's is left "". A message without a name is
 * TWILIO_UNKNOWN, with name "".
 *
 * text  len bytes of UTF-8, changed in place (payloads are decoded where they
 *       stand); text[len] must be NUL
 * ev    filled on 0; call twilio_event_release when done with it
 * Returns 0; -EBADMSG not a JSON object (close 1007); -EPROTO a known event of
 * an impossible shape (missing member, wrong type, bad base64): counted and
 * ignored by the gateway, fatal only for start; -E2BIG a payload over
 * TWILIO_MEDIA_MAX. On error there is nothing to release. */
int twilio_message_parse(struct twilio_event *ev, char *text, size_t len);
void twilio_event_release(struct twilio_event *ev);

/* Writers: one message into out, not NUL-terminated. Return its length, or 0
 * when cap is too small, or when stream_sid or name is empty, too long or holds
 * anything but printable ASCII without quote and backslash. A media message
 * needs TWILIO_MEDIA_ROOM(n). They allocate nothing. */
#define TWILIO_MEDIA_ROOM(n) (((n) + 2) / 3 * 4 + 128)
#define TWILIO_CONTROL_ROOM  256
size_t twilio_message_media(char *out, size_t cap, const char *stream_sid,
			    const uint8_t *ulaw, size_t n);
size_t twilio_message_mark(char *out, size_t cap, const char *stream_sid,
			   const char *name);
size_t twilio_message_clear(char *out, size_t cap, const char *stream_sid);

/* twilio_sid_ok: two given letters and 32 hex digits. */
bool twilio_sid_ok(const char *sid, const char *prefix);

#endif
