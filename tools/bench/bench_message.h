/* The messages a load generator sends, written by itself: no code of the
 * gateway's has a part in them, so that one misreading cannot hide in both.
 * Payloads are base64 that was made once.
 *
 * Every writer returns the length; out has room for BENCH_MESSAGE_ROOM and the
 * payload. */
#ifndef TOOLS_BENCH_BENCH_MESSAGE_H
#define TOOLS_BENCH_BENCH_MESSAGE_H

#include <stddef.h>
#include <stdint.h>

#define BENCH_MESSAGE_ROOM 1024

struct bench_payload {
	char *base64;
	size_t len;
	unsigned ms;
};

/* Twilio Media Streams: what Twilio sends. sid: the stream's, "MZ…". */
size_t bench_twilio_start(char *out, const char *sid, const char *call_sid,
			  const char *account_sid);
size_t bench_twilio_media(char *out, const char *sid, uint64_t sequence,
			  uint64_t chunk, uint64_t timestamp_ms,
			  const struct bench_payload *payload);
size_t bench_twilio_mark(char *out, const char *sid, uint64_t sequence,
			 const char *name);
size_t bench_twilio_stop(char *out, const char *sid, uint64_t sequence,
			 const char *call_sid, const char *account_sid);

/* AudioCodes Bot API, streaming: what VoiceAI Connect sends. id: the
 * conversation's. */
size_t bench_audiocodes_initiate(char *out, const char *id, const char *format);
size_t bench_audiocodes_start(char *out, const char *id);
size_t bench_audiocodes_user_start(char *out, const char *id);
size_t bench_audiocodes_chunk(char *out, const char *id,
			      const struct bench_payload *payload);
size_t bench_audiocodes_end(char *out, const char *id);

/* OpenAI Realtime: what the server sends. */
struct bench_ids {
	unsigned session;  /* number of the session */
	unsigned response; /* … of its response: the item has the same */
	unsigned event;    /* … of its last event */
};
size_t bench_realtime_delta(char *out, struct bench_ids *ids,
			    const struct bench_payload *payload);

#endif
