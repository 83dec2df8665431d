/* The caller's stream as VoiceAI Connect sends it: what lies between its start
 * and its stop goes to the call, as whole samples without WAV headers.
 *
 * One per call: of several participants one is heard; see audiocodes_leg.h.
 * Source: AudioCodes reference, 2.5, 3.1, 3.3. */
#ifndef GATEWAY_CARRIERS_AUDIOCODES_USER_H
#define GATEWAY_CARRIERS_AUDIOCODES_USER_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "gateway/call/transcoder.h"
#include "protocols/audiocodes_format.h"
#include "protocols/wav_stream.h"

struct call;

struct audiocodes_user {
	struct call *call;
	bool is_wav;
	enum audio_format format;
	bool is_streaming;
	bool is_unusable; /* a header nothing can be made of: until the next
			     start nothing is heard */
	bool has_odd;     /* half a sample was left */
	uint8_t odd;
	struct wav_stream wav;
};

void audiocodes_user_init(struct audiocodes_user *u, struct call *call,
			  enum audiocodes_format_id format);

/* audiocodes_user_start: from now on audio is the caller's. */
void audiocodes_user_start(struct audiocodes_user *u);
/* audiocodes_user_stop: no more of it until the next start. */
void audiocodes_user_stop(struct audiocodes_user *u, uint64_t now_ns);

/* audiocodes_user_lost: the line broke. Audio that comes on the next one
 * without a start goes on with the stream. */
void audiocodes_user_lost(struct audiocodes_user *u);

/* audiocodes_user_chunk: n bytes as they came.
 * Returns 0; -EPIPE outside a start and its stop; -EPROTO when a WAV header
 * says what cannot be used (then once; until the next start -EPIPE). */
int audiocodes_user_chunk(struct audiocodes_user *u, const uint8_t *bytes,
			  size_t n, uint64_t now_ns);

#endif
