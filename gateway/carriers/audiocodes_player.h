/* Play streams: the bot's audio on its way to VoiceAI Connect. One at a time,
 * opened by the first bytes and closed with the utterance; numbered through the
 * conversation, whatever socket it is on.
 *
 * The call paces; here audio is only cut and wrapped. What is said of sending
 * goes for w at that moment.
 * Source: AudioCodes reference, 2.6, 3.3, 3.4. */
#ifndef GATEWAY_CARRIERS_AUDIOCODES_PLAYER_H
#define GATEWAY_CARRIERS_AUDIOCODES_PLAYER_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "protocols/audiocodes_format.h"

struct audiocodes_wire;

#define AUDIOCODES_CHUNK_MS      100  /* the most in one message */
#define AUDIOCODES_OPEN_MS       1000 /* open without audio; then closed */
#define AUDIOCODES_STREAM_ID_MAX 16   /* characters of "p1", …, with NUL */

struct audiocodes_player {
	enum audiocodes_format_id format;
	size_t chunk_max; /* bytes */
	bool is_open;
	unsigned number; /* of the stream that is open, or was last */
	uint64_t fed_ns; /* when it last got audio */
	unsigned cut;    /* streams that were cut, and not reported finished */
};

void audiocodes_player_init(struct audiocodes_player *p,
			    enum audiocodes_format_id format);

/* audiocodes_player_play: n > 0 bytes in p's format, whole samples. Returns 0
 * or why the socket did not take it. Allocates nothing. */
int audiocodes_player_play(struct audiocodes_player *p,
			   struct audiocodes_wire *w, const uint8_t *bytes,
			   size_t n, uint64_t now_ns);

/* audiocodes_player_stop: the utterance is complete. Nothing when none is
 * open. */
void audiocodes_player_stop(struct audiocodes_player *p,
			    struct audiocodes_wire *w);

/* audiocodes_player_cut: the same, and what the carrier has of the stream is to
 * be thrown away. */
void audiocodes_player_cut(struct audiocodes_player *p,
			   struct audiocodes_wire *w);

/* audiocodes_player_lost: the socket is gone, and the open stream with it. */
void audiocodes_player_lost(struct audiocodes_player *p);

/* audiocodes_player_tick: close what stayed open too long. */
void audiocodes_player_tick(struct audiocodes_player *p,
			    struct audiocodes_wire *w, uint64_t now_ns);

/* audiocodes_player_mark: a mark in the open stream (not documented by the
 * carrier). Nothing when none is open. */
void audiocodes_player_mark(struct audiocodes_player *p,
			    struct audiocodes_wire *w, const char *mark);

/* audiocodes_player_finished: the carrier says that a stream was played, ""
 * when it does not say which. Returns whether all that was sent has been played
 * by that: a hint, not a proof. */
bool audiocodes_player_finished(struct audiocodes_player *p,
				const char *stream_id);

#endif
