/* Is it bit for bit what was said? For far ends that repeat the caller's
 * utterance over a line on which nothing has to be converted.
 *
 * A line's own sound is what was said and heard as the carrier codes it, before
 * anything is converted for the caller's ear. */
#ifndef TOOLS_CALL_CALLER_EXACT_H
#define TOOLS_CALL_CALLER_EXACT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "protocols/buffer.h"
#include "tools/call/caller_echo.h"

/* 10 minutes of 24 kHz linear audio; a track that is full stays as it is. */
#define CALLER_NATIVE_MAX (600u * 48000)

/* Both tracks begin at sample 0 of the caller's clock, but run at the line's
 * own rate; where nothing is sent or played they have silence. The carrier
 * appends to them when tracks are kept. */
struct caller_native {
	unsigned rate;  /* a multiple of 8000; 0: the line is 8 kHz mu-law, so
			   that the caller's own tracks are it and these stay
			   empty */
	bool is_linear; /* 16 bits, little-endian; else mu-law bytes */
	bool is_mixed;  /* some of what was heard came in another format, and
			   is missing here */
	struct buffer said;
	struct buffer heard;
};

void caller_native_init(struct caller_native *n);
void caller_native_free(struct caller_native *n);

/* caller_native_samples: in one of its tracks. */
size_t caller_native_samples(const struct caller_native *n,
			     const struct buffer *track);

/* caller_native_sample: sample i of one of its tracks, as a number. */
int16_t caller_native_sample(const struct caller_native *n,
			     const struct buffer *track, size_t i);

/* NAN where nothing was repeated, or where the formats differ. */
struct caller_exactness {
	double exact_ms;        /* speech repeated bit for bit */
	double inexact_samples; /* that differ or are missing */
};

/* caller_exact_measure: each thing said, from its first to its last loud sample
 * (CALLER_EAR_LOUD_SAMPLE), is aligned with the utterance it is paired with and
 * held against it sample by sample.
 *
 * echo  n pairs, in samples of the caller's clock */
struct caller_exactness caller_exact_measure(const struct caller_native *line,
					     const struct caller_echo *echo,
					     size_t n);

#endif
