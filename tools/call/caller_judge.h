/* What the caller heard, judged: gaps, clicks, late audio, barge-in.
 *
 * Fed on the stream's sample clock with what arrived and what was played, it
 * keeps a few milliseconds of sound and counts. Pure.
 *
 * gap     the play-out buffer ran dry inside an utterance: audio went on within
 *         CALLER_JUDGE_GAP_MAX_MS, nothing had been cleared, and the sound
 *         before the hole was still speech (its last 20 ms above
 *         CALLER_JUDGE_SPEECH_DBM0) or the hole was shorter than
 *         CALLER_JUDGE_HOLE_MS, in which nobody begins a new utterance
 * click   where two media messages meet, or where sound meets silence: a jump
 *         between neighbouring samples of at least CALLER_JUDGE_JUMP that is
 *         more than CALLER_JUDGE_JUMP_RATIO times the largest jump within 5 ms
 *         on either side. The cut that a clear makes is not a click
 * late    audio that arrives after a clear while the caller still speaks:
 *         nothing can be answered yet, so it is the old reply
 * reaction from the first loud sample of the interruption to the clear
 * run     the audio of one utterance, as far as the buffer shows: it begins
 *         with audio into an empty buffer after a clear or a hole longer than
 *         CALLER_JUDGE_GAP_MAX_MS. Digital silence with a hole behind it, with
 *         which a call can be answered, is none */
#ifndef TOOLS_CALL_CALLER_JUDGE_H
#define TOOLS_CALL_CALLER_JUDGE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "protocols/buffer.h"

#define CALLER_JUDGE_GAP_MAX_MS  1000
#define CALLER_JUDGE_HOLE_MS     200
#define CALLER_JUDGE_SPEECH_DBM0 (-45.0f)
#define CALLER_JUDGE_ANSWER_MS   200 /* of silence can answer a call */
#define CALLER_JUDGE_JUMP        1000
#define CALLER_JUDGE_JUMP_RATIO  2.5
#define CALLER_JUDGE_CLEARS_MAX  64 /* kept; more are only counted */
#define CALLER_JUDGE_RUNS_MAX    128
#define CALLER_JUDGE_HISTORY     512 /* samples; a power of two */
#define CALLER_JUDGE_NONE        UINT64_MAX

/* One clear, for pairing with the model's truncation. */
struct caller_clear {
	uint64_t at_us;           /* monotonic clock */
	unsigned run;             /* index of the run it cut */
	uint64_t played_samples;  /* of that run, when it came */
	uint64_t dropped_samples; /* that were still waiting */
};

/* One run of audio from the far end. */
struct caller_run {
	uint64_t begun_us; /* its first message arrived */
	uint64_t samples;  /* arrived */
};

struct caller_judge {
	/* Figures. Sample numbers are CALLER_JUDGE_NONE until they are known.
	 */
	uint64_t first_media_sample;
	unsigned gaps;
	uint64_t gap_samples;
	uint64_t gap_longest_samples;
	unsigned clicks;
	uint64_t first_click_sample;
	uint64_t late_samples;
	unsigned clears;
	unsigned barge_ins;        /* attempted */
	unsigned barge_ins_heeded; /* answered by a clear */
	uint64_t reaction_samples; /* of the last one heeded */
	uint64_t reaction_longest_samples;
	struct caller_clear clear[CALLER_JUDGE_CLEARS_MAX];
	struct caller_run run[CALLER_JUDGE_RUNS_MAX];
	unsigned runs;
	uint64_t run_played; /* samples of the current run */
	uint64_t run_begin;  /* its first sample */
	bool run_is_silent;  /* so far nothing but digital silence */

	/* State. */
	uint64_t at;         /* sample that comes next */
	uint64_t hole_begin; /* CALLER_JUDGE_NONE outside of one */
	float hole_level;    /* of the sound before it */
	bool was_cleared;    /* no audio since the last clear */
	bool is_broken;      /* the line took the run's sound with it */
	bool is_new_stream;  /* what arrives next */
	bool caller_speaks;
	bool is_stale;       /* cleared, and the caller still speaks */
	uint64_t onset;      /* of an interruption not yet heeded */
	struct buffer seams; /* uint64_t sample numbers, ascending */
	int16_t history[CALLER_JUDGE_HISTORY];
};

void caller_judge_init(struct caller_judge *j);
void caller_judge_free(struct caller_judge *j);

/* caller_judge_arrival: a media message of n samples arrived.
 *
 * begin   the sample at which its first one will play
 * now_us  monotonic clock */
void caller_judge_arrival(struct caller_judge *j, uint64_t begin, size_t n,
			  uint64_t now_us);

/* caller_judge_clear: a clear arrived, after everything up to now was heard; it
 * dropped so many samples. */
void caller_judge_clear(struct caller_judge *j, uint64_t dropped,
			uint64_t now_us);

/* caller_judge_hear: the next n samples of the heard track, which has no holes.
 * is_sound: they were in the buffer; else it was empty and pcm is silence. */
void caller_judge_hear(struct caller_judge *j, const int16_t *pcm, size_t n,
		       bool is_sound);

/* caller_judge_line_breaks: the connection was lost and took samples with it
 * that had arrived and were not heard. What comes on the next one goes on with
 * the run; the hole is the network's. */
void caller_judge_line_breaks(struct caller_judge *j, uint64_t dropped);

/* caller_judge_line_ends: the stream is over; what comes on another one is new.
 */
void caller_judge_line_ends(struct caller_judge *j);

/* caller_judge_stream_begins: what arrives next is another stream than what
 * came before. When that has been played to its end, another utterance begins,
 * and the hole between them is none. When it was only the silence that answers
 * a call, and still plays, the utterance begins behind it. */
void caller_judge_stream_begins(struct caller_judge *j);

/* caller_judge_speaks: the caller begins or ends to speak. */
void caller_judge_speaks(struct caller_judge *j, bool speaks);

/* caller_judge_interrupt: the caller speaks into the far end's speech; onset is
 * the first loud sample on the stream's clock. */
void caller_judge_interrupt(struct caller_judge *j, uint64_t onset);

#endif
