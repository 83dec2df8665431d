/* Activities that VoiceAI Connect sends: one JSON object of the array -> one
 * typed activity (AudioCodes reference, 4.1-4.3).
 *
 * Types and names are compared without regard to case. What has a known name
 * but cannot be read is MALFORMED, and only that: its neighbours count. */
#ifndef PROTOCOLS_AUDIOCODES_ACTIVITY_H
#define PROTOCOLS_AUDIOCODES_ACTIVITY_H

#include <jansson.h>

#define AUDIOCODES_DIGITS_MAX 64 /* keys in one DTMF: nobody presses more */

enum audiocodes_activity_type {
	AUDIOCODES_START,
	AUDIOCODES_DTMF,
	AUDIOCODES_NO_USER_INPUT,
	AUDIOCODES_PLAY_FINISHED,
	AUDIOCODES_TRANSFER_STATUS,
	AUDIOCODES_DIALOUT_INITIATED,
	AUDIOCODES_MESSAGE, /* the caller's words, recognised there */
	AUDIOCODES_OTHER,   /* a name not known: ignore, say once */
	AUDIOCODES_MALFORMED
};

enum audiocodes_transfer {
	AUDIOCODES_TRANSFER_ANSWERED,
	AUDIOCODES_TRANSFER_FAILED,
	AUDIOCODES_TRANSFER_UNKNOWN /* a status not known */
};

/* Strings are NUL-terminated, "" when absent (also when they held a NUL), and
 * live in the document that was read. */
struct audiocodes_activity {
	enum audiocodes_activity_type type;
	const char *id;
	const char *name; /* as the peer spells it */
	const char *language;
	const char *participant;
	json_t *value;      /* any, or NULL */
	json_t *parameters; /* an object, or NULL; of DIALOUT_INITIATED
				     its value, which holds the same */

	const char *text;      /* MESSAGE */
	const char *digits;    /* DTMF: 1 to AUDIOCODES_DIGITS_MAX of 0-9 A-D *
				  #, a-d too */
	const char *stream_id; /* PLAY_FINISHED */

	/* TRANSFER_STATUS */
	enum audiocodes_transfer status;
	const char *reason_code;
	const char *reason;
};

/* audiocodes_activity_read: any JSON value. a DTMF's number is replaced by its
 * digits as text in the document. */
void audiocodes_activity_read(struct audiocodes_activity *a, json_t *value);

#endif
