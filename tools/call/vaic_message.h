/* Bot API messages, VAIC's side: those it sends are written, those a bot sends
 * are held to the letter (AudioCodes reference, sections 2 and 4).
 *
 * Written apart from the gateway's message code, with jansson, so that one
 * misreading cannot hide in both. */
#ifndef TOOLS_CALL_VAIC_MESSAGE_H
#define TOOLS_CALL_VAIC_MESSAGE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "tools/call/phone_message.h"
#include "tools/call/vaic_format.h"
#include "tools/call/vaic_settings.h"

struct buffer;
struct json_t;

#define VAIC_MESSAGE_MAX    (1024 * 1024) /* bytes; longer is a breach (8.3) */
#define VAIC_ID_MAX         128           /* of conversationId, streamId */
#define VAIC_ACTIVITIES_MAX 64            /* in one message */
#define VAIC_DTMF_MAX       20            /* digits of one sendDtmf */

/* Codes of struct phone_breach: 82n is rule n of the MUST list (8.2). */
enum vaic_code {
	VAIC_SHAPE = 820, /* of a message: sections 2, 3 and 4 */
	VAIC_STREAMS,     /* 1 play streams: one at a time, ids, formats */
	VAIC_REPLIES,     /* 2 started/stopped: missing, late, unasked */
	VAIC_TOO_EARLY,   /* 3 before session.accepted */
	VAIC_AFTER_END,   /* 4 after session.end */
	VAIC_CLOSED,      /* 5 the call ended by closing the socket */
	VAIC_NO_PROMPT    /* 6 nothing played after start */
};

/* --- What a bot sends --- */

enum vaic_event_kind {
	VAIC_UNKNOWN, /* nothing to act on; its breach was told */
	VAIC_VALIDATED,
	VAIC_ACCEPTED,
	VAIC_ERROR,
	VAIC_USER_STARTED,
	VAIC_USER_STOPPED,
	VAIC_SPEECH_STARTED,
	VAIC_SPEECH_STOPPED,
	VAIC_SPEECH_COMMITTED,
	VAIC_SPEECH_HYPOTHESIS,
	VAIC_SPEECH_RECOGNITION,
	VAIC_PLAY_START,
	VAIC_PLAY_CHUNK,
	VAIC_PLAY_STOP,
	VAIC_MARK_SET,
	VAIC_ACTIVITIES
};

enum vaic_activity_kind {
	VAIC_IGNORED, /* unknown or not usable; its breach was told */
	VAIC_TEXT,    /* type "message" */
	VAIC_HANGUP,
	VAIC_TRANSFER, /* or its synonym handover */
	VAIC_CONFIG,
	VAIC_PLAY_URL,
	VAIC_ABORT_PROMPTS,
	VAIC_EXPECT_ANOTHER,
	VAIC_SEND_DTMF,
	VAIC_SEND_METADATA,
	VAIC_START_RECORDING,
	VAIC_STOP_RECORDING,
	VAIC_PAUSE_RECORDING,
	VAIC_RESUME_RECORDING,
	VAIC_START_RECOGNITION,
	VAIC_STOP_RECOGNITION
};

struct vaic_activity {
	enum vaic_activity_kind kind;
	const char *name; /* of an event as it was spelled; "message" */
	/* What it is about, or NULL: text of a message, hangupReason,
	 * transferTarget, dtmfDigits, playUrlUrl, targetParticipant. */
	const char *text;
	const struct json_t *body;  /* the whole of it */
	struct vaic_change session; /* sessionParams */
	struct vaic_change once;    /* activityParams */
};

/* One message. Its strings are the message's own: valid until
 * vaic_message_free. NULL: absent. */
struct vaic_event {
	enum vaic_event_kind kind;
	const char *type;
	const char *participant;
	const char *reason;      /* VAIC_ERROR */
	bool success;            /* VAIC_VALIDATED */
	const char *format_name; /* VAIC_ACCEPTED, VAIC_PLAY_START */
	enum vaic_format format; /* VAIC_FORMATS: absent or none of 3.1 */
	const char *text;        /* hypothesis, recognition: first alternative;
				  * VAIC_PLAY_START: altText */
	unsigned words;          /* in that alternative */
	const char *stream_id;   /* play streams and marks */
	uint8_t *audio;          /* VAIC_PLAY_CHUNK: decoded */
	size_t bytes;            /* at least one */
	struct vaic_change once; /* VAIC_PLAY_START: activityParams */
	const char *mark;        /* VAIC_MARK_SET */
	struct vaic_activity *activity; /* VAIC_ACTIVITIES */
	size_t activities;
	struct json_t *root;
};

/* Told of each breach as it is found. */
struct vaic_breaches {
	void (*on_breach)(void *owner, const struct phone_breach *breach);
	void *owner;
};

/* vaic_message_read: take one message to VAIC.
 *
 * conversation_id  a message that names one must name this
 * is_binary        it came in a binary frame: a breach, but read
 * Every breach of shape is told. Returns true when there is something to act
 * on; else kind is VAIC_UNKNOWN. In both cases free with vaic_message_free. A
 * message of which a required member is unusable gives nothing to act on; an
 * activity that is, is VAIC_IGNORED. That the number of bytes is odd, the
 * formats, ids and the order are for vaic_session. */
bool vaic_message_read(struct vaic_event *e, const char *text, size_t len,
		       bool is_binary, const char *conversation_id,
		       const struct vaic_breaches *breaches);
void vaic_message_free(struct vaic_event *e);

/* vaic_message_breach: tell one, in words (control characters become '?'). */
void vaic_message_breach(const struct vaic_breaches *b, enum vaic_code code,
			 const char *format, ...)
	__attribute__((format(printf, 3, 4)));

/* --- What VAIC sends --- */

/* Who speaks, and how strangely. */
struct vaic_sender {
	const char *conversation_id; /* at most VAIC_ID_MAX */
	const char *participant;     /* of user streams; NULL: none */
	const char *language;        /* of activities; NULL: none */
	bool adds_unknown_fields;    /* fault: every message has extra ones */
};

struct vaic_initiate {
	const char *bot_name;
	const char *caller; /* NULL: left out */
	bool expects_audio;
	const enum vaic_format *format; /* the offer, most preferred first */
	size_t formats;
};

/* Each appends one compact JSON text to out, which is emptied first.
 * Return 0 or -ENOBUFS. */
int vaic_message_validate(struct buffer *out, const struct vaic_sender *s);
int vaic_message_initiate(struct buffer *out, const struct vaic_sender *s,
			  const struct vaic_initiate *i);
int vaic_message_resume(struct buffer *out, const struct vaic_sender *s);
/* reason_code: a value of 2.4; reason: free text. */
int vaic_message_end(struct buffer *out, const struct vaic_sender *s,
		     const char *reason_code, const char *reason);
int vaic_message_user_start(struct buffer *out, const struct vaic_sender *s);
int vaic_message_user_stop(struct buffer *out, const struct vaic_sender *s);
/* n bytes in the session's format. Allocates nothing once out has grown. */
int vaic_message_user_chunk(struct buffer *out, const struct vaic_sender *s,
			    const uint8_t *audio, size_t n);
int vaic_message_mark_reached(struct buffer *out, const struct vaic_sender *s,
			      const char *stream_id, const char *mark);

/* One activity; what is NULL is left out. Time is the caller's to know. */
struct vaic_stamp {
	const char *id;   /* UUID */
	uint64_t unix_ms; /* of timestamp */
};

struct vaic_outgoing {
	const char *name; /* of an event; NULL: a message with text */
	const char *text;
	struct json_t *value;      /* reference is taken over */
	struct json_t *parameters; /* so is this one */
};

int vaic_message_activity(struct buffer *out, const struct vaic_sender *s,
			  const struct vaic_stamp *stamp,
			  const struct vaic_outgoing *a);

/* start's parameters (4.3). Every string may be NULL: left out. */
struct vaic_start {
	const char *locale;
	const char *caller;
	const char *caller_host;
	const char *caller_display_name;
	const char *callee;
	const char *callee_host;
	const char *outbound_target;
	const struct phone_parameter *parameter; /* SIP headers and the like */
	size_t parameters;
};

int vaic_message_start(struct buffer *out, const struct vaic_sender *s,
		       const struct vaic_stamp *stamp,
		       const struct vaic_start *start);
int vaic_message_dtmf(struct buffer *out, const struct vaic_sender *s,
		      const struct vaic_stamp *stamp, const char *digits);
/* times: how often the timer has fired, from 1. */
int vaic_message_no_user_input(struct buffer *out, const struct vaic_sender *s,
			       const struct vaic_stamp *stamp, unsigned times);
int vaic_message_play_finished(struct buffer *out, const struct vaic_sender *s,
			       const struct vaic_stamp *stamp,
			       const char *stream_id);
/* reason_code: NULL when answered; else no-answer, busy, declined, error. */
int vaic_message_transfer_status(struct buffer *out,
				 const struct vaic_sender *s,
				 const struct vaic_stamp *stamp,
				 const char *reason_code, const char *reason);
int vaic_message_text(struct buffer *out, const struct vaic_sender *s,
		      const struct vaic_stamp *stamp, const char *text);

#endif
