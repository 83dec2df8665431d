/* AudioCodes Bot API, streaming mode: what the bot sends but activities (those:
 * audiocodes_command.h). Each appends one message to out and returns 0;
 * -ENOBUFS at its limit; -EINVAL text that is no UTF-8, or a shape the protocol
 * forbids. Then out is unchanged. In a buffer that has grown to its use none
 * allocates.
 *
 * participant NULL or "": outside agent assist; the member is left out.
 * Source: AudioCodes reference, 2. */
#ifndef PROTOCOLS_AUDIOCODES_WRITE_H
#define PROTOCOLS_AUDIOCODES_WRITE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "protocols/audiocodes_format.h"

struct buffer;

/* Bytes of a playStream.chunk message with n bytes of audio, at most. */
#define AUDIOCODES_CHUNK_ROOM(n) (((n) + 2) / 3 * 4 + 256)

int audiocodes_write_validated(struct buffer *out, bool success);
int audiocodes_write_accepted(struct buffer *out,
			      enum audiocodes_format_id format);
/* reason: ends up in the peer's logs. */
int audiocodes_write_error(struct buffer *out, const char *reason);

int audiocodes_write_user_started(struct buffer *out, const char *participant);
int audiocodes_write_user_stopped(struct buffer *out, const char *participant);

/* The caller's speech. In agent assist with participantId too, as some read it
 * (2.5). */
int audiocodes_write_speech_started(struct buffer *out,
				    const char *participant);
int audiocodes_write_speech_stopped(struct buffer *out,
				    const char *participant);
int audiocodes_write_speech_committed(struct buffer *out,
				      const char *participant);
/* text: all that was understood of the utterance so far. */
int audiocodes_write_hypothesis(struct buffer *out, const char *text,
				const char *participant);
/* confidence: 0 to 1; 1 when the recogniser gives none. */
int audiocodes_write_recognition(struct buffer *out, const char *text,
				 double confidence, const char *participant);

/* stream_id: unique in the conversation. */
int audiocodes_write_play_start(struct buffer *out, const char *stream_id,
				enum audiocodes_format_id format);
/* n > 0: an empty chunk is -EINVAL. */
int audiocodes_write_play_chunk(struct buffer *out, const char *stream_id,
				const uint8_t *audio, size_t n);
int audiocodes_write_play_stop(struct buffer *out, const char *stream_id);
/* Unverified: the shape is a guess (2.6). */
int audiocodes_write_mark_set(struct buffer *out, const char *stream_id,
			      const char *mark);

#endif
