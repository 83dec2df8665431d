/* Was what the caller said repeated, and how well does it sound? For far ends
 * that repeat the caller's utterance, as the local model does.
 *
 * Each thing said is held against the next utterance heard, when neither was
 * interrupted: aligned, then segmental SNR. What is missing counts as noise. */
#ifndef TOOLS_CALL_CALLER_ECHO_H
#define TOOLS_CALL_CALLER_ECHO_H

#include <stddef.h>
#include <stdint.h>

struct buffer;

#define CALLER_ECHO_MAX 32 /* pairs kept of a call */

/* Sample numbers; both tracks begin at 0. */
struct caller_echo {
	uint64_t said_begin;
	uint64_t said_end;
	uint64_t heard_begin;
	uint64_t heard_end; /* 0: not heard to its end */
};

/* caller_echo_snr: the worst of n pairs, in dB; NAN without any, or when the
 * tracks are shorter than the pairs say.
 *
 * said, heard  whole tracks in mu-law */
double caller_echo_snr(const struct caller_echo *echo, size_t n,
		       const struct buffer *said, const struct buffer *heard);

#endif
