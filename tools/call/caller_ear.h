/* The caller's ear: when a voice is heard on the line, and when it stopped.
 *
 * Fed the heard track without holes, in order; decides in blocks of 10 ms.
 * Speech begins with CALLER_EAR_ONSET_MS of sound within one stretch and ends
 * after CALLER_EAR_HANG_MS without any; both edges are dated back to the first
 * and the last loud sample. Pure. */
#ifndef TOOLS_CALL_CALLER_EAR_H
#define TOOLS_CALL_CALLER_EAR_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define CALLER_EAR_BLOCK       80 /* samples: 10 ms */
#define CALLER_EAR_ONSET_MS    40
#define CALLER_EAR_HANG_MS     700 /* longer than a pause in a sentence */
#define CALLER_EAR_LOUD_DBM0   (-42.0f)
#define CALLER_EAR_LOUD_SAMPLE 128 /* an edge lies at such a magnitude */
#define CALLER_EAR_NONE        UINT64_MAX

struct caller_ear {
	bool is_speech;
	unsigned starts;           /* utterances begun */
	unsigned ends;             /* and ended */
	uint64_t start_sample;     /* of the current or last utterance */
	uint64_t last_loud_sample; /* CALLER_EAR_NONE before any */
	uint64_t at;               /* sample that comes next */
	uint64_t loud_samples;     /* sound heard in all */
	uint64_t candidate;        /* where a stretch of sound began */
	unsigned candidate_blocks;
	unsigned quiet_blocks;
	size_t filled;
	int16_t block[CALLER_EAR_BLOCK];
};

void caller_ear_init(struct caller_ear *e);

/* caller_ear_hear: the next n samples of the heard track. */
void caller_ear_hear(struct caller_ear *e, const int16_t *pcm, size_t n);

/* caller_ear_end: the line ends, and with it what is being heard. Returns
 * whether that was speech. */
bool caller_ear_end(struct caller_ear *e);

/* caller_ear_edge: index of the first (or last) sample of a clip at or above
 * CALLER_EAR_LOUD_SAMPLE; n when there is none. */
size_t caller_ear_edge(const int16_t *pcm, size_t n, bool is_last);

#endif
