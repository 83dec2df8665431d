/* Media Streams messages, Twilio's side: those it sends are written, those it
 * is sent are held to the letter.
 *
 * Written apart from the gateway's message code, with jansson, so that one
 * misreading cannot hide in both. */
#ifndef TOOLS_CALL_PHONE_MESSAGE_H
#define TOOLS_CALL_PHONE_MESSAGE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct buffer;

#define PHONE_SID_LEN         35 /* "MZ" and 32 hex digits, with NUL */
#define PHONE_BREACH_TEXT_MAX 160
#define PHONE_MARK_NAME_MAX   129 /* with NUL; longer is a breach */

/* Twilio's codes for what a far end does wrong on the socket (2.7). */
enum phone_code {
	PHONE_PROTOCOL_ERROR = 31924,
	PHONE_MEDIA_DISCARDED = 31931,
	PHONE_MALFORMED = 31950,
	PHONE_INVALID = 31951
};

struct phone_breach {
	unsigned code;
	char text[PHONE_BREACH_TEXT_MAX];
};

enum phone_message_kind { PHONE_MEDIA, PHONE_MARK, PHONE_CLEAR };

/* What the far end sent. Free with phone_message_free. */
struct phone_message {
	enum phone_message_kind kind;
	uint8_t *ulaw; /* PHONE_MEDIA */
	size_t bytes;
	char name[PHONE_MARK_NAME_MAX]; /* PHONE_MARK */
};

/* phone_message_read: take one text message to Twilio.
 *
 * stream_sid  the one this stream announced
 * Returns 0; or -EPROTO with the breach filled in and nothing to free. The
 * shapes are exactly those of 2.4: no field more or less, strings where strings
 * belong, padded base64 of headerless mu-law. */
int phone_message_read(struct phone_message *m, const char *text, size_t len,
		       const char *stream_sid, struct phone_breach *breach);
void phone_message_free(struct phone_message *m);

/* Who speaks, and how strangely. */
struct phone_sender {
	char account_sid[PHONE_SID_LEN];
	char call_sid[PHONE_SID_LEN];
	char stream_sid[PHONE_SID_LEN];
	uint64_t sequence;        /* of the last message that had one */
	bool adds_unknown_fields; /* fault: every message has extra ones */
};

struct phone_parameter {
	const char *name;
	const char *value;
};

struct phone_start {
	const char *account_sid; /* NULL: the sender's own */
	const char *encoding;    /* "audio/x-mulaw" */
	unsigned sample_rate;    /* 8000 */
	bool has_outbound_track; /* as a unidirectional stream would */
	const struct phone_parameter *parameter;
	size_t parameters;
};

/* Each appends one compact JSON text to out, which is emptied first.
 * Return 0 or -ENOBUFS. */
int phone_message_connected(struct buffer *out, struct phone_sender *s);
int phone_message_start(struct buffer *out, struct phone_sender *s,
			const struct phone_start *start);
/* chunk from 1; timestamp in ms since the stream's start; n bytes of mu-law. */
int phone_message_media(struct buffer *out, struct phone_sender *s,
			uint64_t chunk, uint64_t timestamp_ms,
			const uint8_t *ulaw, size_t n);
int phone_message_dtmf(struct buffer *out, struct phone_sender *s, char digit);
int phone_message_mark(struct buffer *out, struct phone_sender *s,
		       const char *name);
int phone_message_stop(struct buffer *out, struct phone_sender *s);

#endif
