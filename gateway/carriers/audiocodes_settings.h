/* How the gateway speaks with VoiceAI Connect: what the operator has chosen,
 * the same for all calls. Filled by who owns the legs; strings are not owned
 * and outlive them. */
#ifndef GATEWAY_CARRIERS_AUDIOCODES_SETTINGS_H
#define GATEWAY_CARRIERS_AUDIOCODES_SETTINGS_H

#include <stdbool.h>

#include "gateway/call/transcoder.h"
#include "protocols/audiocodes_command.h"
#include "protocols/audiocodes_format.h"

struct audiocodes_event;

#define AUDIOCODES_EVENTS_MAX  32 /* names for sendEventsToBot */
#define AUDIOCODES_HEADERS_MAX 16 /* of a BYE */

struct audiocodes_settings {
	/* Told to the carrier when the call begins, unless !configures. */
	bool configures;
	bool barge_in;
	bool takes_dtmf;
	const char *event[AUDIOCODES_EVENTS_MAX];
	unsigned events;
	unsigned no_input_ms; /* 0: as the administrator set it */

	bool abort_prompts;   /* at an interruption */
	unsigned resume_ms;   /* a lost socket may come back; 0: it may not */
	bool greets_outbound; /* calls that were dialled out */
	bool notifies_transfers;
	bool records;            /* from the start */
	const char *participant; /* whose audio is bridged in agent assist */
	struct audiocodes_header hangup_header[AUDIOCODES_HEADERS_MAX];
	unsigned hangup_headers;

	/* What we would like, best first. */
	enum audiocodes_format_id caller_format[AUDIOCODES_FORMATS];
	unsigned caller_formats;
	enum audiocodes_format_id play_format[AUDIOCODES_FORMATS];
	unsigned play_formats;
};

/* audiocodes_settings_prefer: where no preference was given (0 formats), the
 * order of the reference, 3.2: for a model that speaks mu-law, or PCM at 24
 * kHz. */
void audiocodes_settings_prefer(struct audiocodes_settings *s, bool is_mulaw);

/* audiocodes_settings_agree: the formats of a call, by the peer's
 * session.initiate. Where no sound is, none need be offered: then what comes
 * out is a formality (AudioCodes reference, 11).
 * Returns false when we and it have none in common. */
bool audiocodes_settings_agree(const struct audiocodes_settings *s,
			       const struct audiocodes_event *initiate,
			       enum audiocodes_format_id *caller,
			       enum audiocodes_format_id *play);

/* audiocodes_settings_audio: what is inside a format, header aside. */
enum audio_format audiocodes_settings_audio(enum audiocodes_format_id id);

#endif
