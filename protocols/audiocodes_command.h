/* Activities the bot sends to VoiceAI Connect, one a message. Each appends it
 * to out and returns 0; -ENOBUFS at its limit; -EINVAL text that is no UTF-8,
 * or a value the protocol forbids. Then out is unchanged.
 *
 * Source: AudioCodes reference, 4.4. */
#ifndef PROTOCOLS_AUDIOCODES_COMMAND_H
#define PROTOCOLS_AUDIOCODES_COMMAND_H

#include <jansson.h>
#include <stdbool.h>
#include <stddef.h>

struct buffer;

#define AUDIOCODES_DTMF_MAX 20 /* digits in one sendDtmf */

/* What identifies an activity; a NULL member is left out. */
struct audiocodes_stamp {
	const char *id;        /* UUID */
	const char *timestamp; /* ISO 8601, UTC, with milliseconds */
};

struct audiocodes_header {
	const char *name;
	const char *value;
};

struct audiocodes_hangup {
	const char *reason;                     /* or NULL */
	const struct audiocodes_header *header; /* for the BYE */
	size_t headers;
};

struct audiocodes_transfer_to {
	const char *target; /* "tel:…" or "sip:…" */
	const char *reason; /* or NULL */
	bool notifies;      /* transferStatus is wanted; the call may return */
};

enum audiocodes_recording {
	AUDIOCODES_RECORDING_START,
	AUDIOCODES_RECORDING_STOP,
	AUDIOCODES_RECORDING_PAUSE,
	AUDIOCODES_RECORDING_RESUME
};

int audiocodes_command_hangup(struct buffer *out,
			      const struct audiocodes_stamp *stamp,
			      const struct audiocodes_hangup *hangup);
int audiocodes_command_transfer(struct buffer *out,
				const struct audiocodes_stamp *stamp,
				const struct audiocodes_transfer_to *to);
/* config: bot parameters for the rest of the call, an object. */
int audiocodes_command_config(struct buffer *out,
			      const struct audiocodes_stamp *stamp,
			      const json_t *session_params);
int audiocodes_command_abort_prompts(struct buffer *out,
				     const struct audiocodes_stamp *stamp);
/* digits: 1 to AUDIOCODES_DTMF_MAX of 0-9 * #, else -EINVAL. */
int audiocodes_command_send_dtmf(struct buffer *out,
				 const struct audiocodes_stamp *stamp,
				 const char *digits);
/* value: an object, else -EINVAL. */
int audiocodes_command_send_meta_data(struct buffer *out,
				      const struct audiocodes_stamp *stamp,
				      const json_t *value);
int audiocodes_command_recording(struct buffer *out,
				 const struct audiocodes_stamp *stamp,
				 enum audiocodes_recording what);
int audiocodes_command_start_recognition(struct buffer *out,
					 const struct audiocodes_stamp *stamp,
					 const char *participant);
int audiocodes_command_message(struct buffer *out,
			       const struct audiocodes_stamp *stamp,
			       const char *text);

#endif
