/* The person on the phone: follows the script, hears, remembers and judges.
 *
 * Pure: lives on the stream's sample clock (8 per ms). The phone asks it for
 * what is said in each 20 ms frame and tells it what is heard. */
#ifndef TOOLS_CALL_CALLER_H
#define TOOLS_CALL_CALLER_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "protocols/buffer.h"
#include "tools/call/caller_ear.h"
#include "tools/call/caller_echo.h"
#include "tools/call/caller_judge.h"
#include "tools/call/caller_script.h"
#include "tools/call/caller_timeline.h"

#define CALLER_FRAME     160            /* samples in 20 ms */
#define CALLER_TRACK_MAX (3600u * 8000) /* bytes kept of each track */

/* What the script makes the phone do. Called from inside caller_act. */
struct caller_phone {
	void (*on_key)(void *owner, char digit);
	void (*on_fault)(void *owner, enum caller_fault fault, unsigned value);
	void (*on_hang_up)(void *owner);
};

struct caller {
	struct caller_script_run run;
	struct caller_ear ear;
	struct caller_judge judge;
	struct caller_timeline timeline;
	const struct caller_phone *phone;
	void *owner;
	bool keeps_tracks;
	struct buffer said; /* mu-law, from sample 0 */
	struct buffer heard;
	const struct caller_clip *clip; /* being said */
	size_t clip_at;
	uint64_t clip_begin;  /* sample at which it began */
	bool is_interrupting; /* it is said into the far end's speech */
	char label[CALLER_SCRIPT_LABEL_MAX]; /* of what is being heard */
	unsigned starts; /* utterances already on the timeline */
	unsigned ends;
	bool has_first_sound;
	uint64_t first_sound; /* samples */
	bool awaits_answer;   /* the caller stopped; no reply yet */
	uint64_t stopped;     /* when */
	unsigned answers;
	uint64_t answer_longest; /* samples to the reply's first sound */
	uint64_t noise;          /* state of the silence's generator */
	struct caller_echo echo[CALLER_ECHO_MAX];
	size_t echoes;
	bool is_ended; /* the far end has ended the call */
};

/* caller_init: tracks: keep what is said and heard (for the WAV file). */
void caller_init(struct caller *c, const struct caller_script *script,
		 const struct caller_phone *phone, void *owner, bool tracks,
		 uint64_t seed);
void caller_free(struct caller *c);

/* caller_forget_tracks: they were judged; their memory is wanted elsewhere. */
void caller_forget_tracks(struct caller *c);

/* caller_hear: the next n samples of the heard track as mu-law; is_sound: from
 * the buffer; else silence of an empty one. */
void caller_hear(struct caller *c, const uint8_t *ulaw, size_t n,
		 bool is_sound);

/* caller_arrive: a media message of n samples arrived, the first of which will
 * play at sample begin. caller_clear: a clear arrived at sample now and dropped
 * so many samples. now_us: monotonic clock. */
void caller_arrive(struct caller *c, uint64_t begin, size_t n, uint64_t now_us);
void caller_clear(struct caller *c, uint64_t now, size_t dropped,
		  uint64_t now_us);

/* caller_act: follow the script at sample now, up to which all was heard. */
void caller_act(struct caller *c, uint64_t now);

/* caller_speak: the next 20 ms that are said; they occupy the samples from
 * begin on. Fills frame with mu-law. */
void caller_speak(struct caller *c, uint64_t begin,
		  uint8_t frame[CALLER_FRAME]);

/* caller_line_breaks: the connection is lost, and samples with it that had
 * arrived; another one may come. */
void caller_line_breaks(struct caller *c, uint64_t dropped);

/* caller_line_ends: no more is heard on this stream: speech ends with it. */
void caller_line_ends(struct caller *c);

/* caller_end: the call is over. by_far_end: it hung up. */
void caller_end(struct caller *c, uint64_t now, bool by_far_end);

#endif
