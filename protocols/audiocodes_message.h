/* AudioCodes Bot API, streaming mode: what VoiceAI Connect sends -> one typed
 * event. What is sent to it: audiocodes_write.h and audiocodes_command.h.
 *
 * Audio is read without allocation; the rare others through jansson.
 * Source: AudioCodes reference, 2 and 4. */
#ifndef PROTOCOLS_AUDIOCODES_MESSAGE_H
#define PROTOCOLS_AUDIOCODES_MESSAGE_H

#include <jansson.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "protocols/audiocodes_activity.h"
#include "protocols/audiocodes_format.h"

/* Limits (AudioCodes reference, 8.3). */
#define AUDIOCODES_MESSAGE_MAX    (1024 * 1024) /* bytes; larger closes 1009 */
#define AUDIOCODES_ID_MAX         129 /* of a conversation, a stream; with NUL */
#define AUDIOCODES_NAME_MAX       65  /* of a participant; with NUL */
#define AUDIOCODES_ACTIVITIES_MAX 64  /* in one message */
#define AUDIOCODES_DEPTH_MAX      16  /* objects and arrays in each other */

enum audiocodes_type {
	AUDIOCODES_VALIDATE,     /* connection.validate */
	AUDIOCODES_INITIATE,     /* session.initiate */
	AUDIOCODES_RESUME,       /* session.resume */
	AUDIOCODES_END,          /* session.end */
	AUDIOCODES_USER_START,   /* userStream.start */
	AUDIOCODES_USER_CHUNK,   /* userStream.chunk */
	AUDIOCODES_USER_STOP,    /* userStream.stop */
	AUDIOCODES_ACTIVITIES,   /* activities */
	AUDIOCODES_MARK_REACHED, /* playStream.mark.reached */
	AUDIOCODES_UNKNOWN       /* a type not known: ignore, say once */
};
#define AUDIOCODES_TYPES (AUDIOCODES_UNKNOWN + 1)

/* One message. Strings are NUL-terminated, "" when absent; those that are
 * pointers are valid until audiocodes_event_release. */
struct audiocodes_event {
	enum audiocodes_type type;
	char conversation[AUDIOCODES_ID_MAX];
	char participant[AUDIOCODES_NAME_MAX];

	/* USER_CHUNK: decoded, inside the text. */
	const uint8_t *audio;
	size_t audio_len;

	/* INITIATE; RESUME, where all of it may be missing. */
	const char *caller;
	bool expects_audio; /* also when not said */
	bool has_offer;     /* supportedMediaFormats was there */
	struct audiocodes_offer offer;

	/* END. */
	const char *reason_code;
	const char *reason;

	/* MARK_REACHED: its fields are not documented (2.6). */
	const char *mark;

	char name[48]; /* UNKNOWN: the type; cut, printable */

	json_t *document; /* what the pointers lead into */
	size_t activities;
	struct audiocodes_activity activity[AUDIOCODES_ACTIVITIES_MAX];
};

/* audiocodes_message_parse: one message from VoiceAI Connect.
 *
 * Members are found by name in any order, unknown ones ignored, the last of a
 * repeated one taken. A member that may be absent and is of the wrong kind
 * counts as absent, but for the conversation's id, the participant and the
 * formats.
 *
 * text  len bytes of UTF-8, changed in place (audio is decoded where it
 *       stands); text[len] must be NUL
 * ev    filled on 0; call audiocodes_event_release when done with it
 * Returns 0; -EBADMSG not a JSON object, or without a type; -EPROTO a known
 * type of impossible shape (an id missing that must be there or holding a NUL,
 * no array of activities, no audio or bad base64); -E2BIG too much of something
 * (the four limits above). On error there is nothing to release, but ev->type
 * is what the message's was, AUDIOCODES_UNKNOWN when that was not read. */
int audiocodes_message_parse(struct audiocodes_event *ev, char *text,
			     size_t len);
void audiocodes_event_release(struct audiocodes_event *ev);

#endif
