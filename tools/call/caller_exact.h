/* The line's own sound: what was said and heard as the carrier codes it, before
 * anything is converted for the caller's ear. */
#ifndef TOOLS_CALL_CALLER_EXACT_H
#define TOOLS_CALL_CALLER_EXACT_H

#include <stdbool.h>

#include "protocols/buffer.h"

/* 10 minutes of 24 kHz linear audio; a track that is full stays as it is. */
#define CALLER_NATIVE_MAX (600u * 48000)

/* Both tracks begin at sample 0 of the caller's clock and have no holes, but
 * run at the line's own rate. The carrier appends to them when tracks are
 * kept. */
struct caller_native {
	unsigned rate;  /* 0: the line is 8 kHz mu-law, so that the caller's own
			   tracks are it, and these stay empty */
	bool is_linear; /* 16 bits, little-endian; else mu-law bytes */
	bool is_mixed;  /* some of what was heard came in another format, and
			   was converted to this one */
	struct buffer said;
	struct buffer heard;
};

void caller_native_init(struct caller_native *n);
void caller_native_free(struct caller_native *n);

#endif
