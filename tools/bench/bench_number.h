/* Each caller says the number of its call until it is understood: in loud and
 * soft frames, which survive any conversion. So the two ends of a call find
 * each other whichever session the server under test takes for it, and one that
 * joins the wrong two is found out.
 *
 * A cycle of 16 frames of 20 ms: one very loud, fourteen bits (loud is one),
 * and one that makes the number of ones even. */
#ifndef TOOLS_BENCH_BENCH_NUMBER_H
#define TOOLS_BENCH_BENCH_NUMBER_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define BENCH_NUMBER_MAX    16383u
#define BENCH_NUMBER_FRAMES 16u

enum bench_loudness { BENCH_SOFT, BENCH_LOUD, BENCH_SYNC, BENCH_LOUDNESSES };

/* Amplitude of the sine that each is, of 32767. */
extern const int16_t bench_loudness[BENCH_LOUDNESSES];

/* bench_number_frame: how loud the caller's n-th frame (from 0) is. */
enum bench_loudness bench_number_frame(unsigned number, uint64_t n);

/* Listens; all zero but for the format. */
struct bench_number {
	unsigned samples_per_frame; /* 480 at 24 kHz, 160 at 8 kHz */
	unsigned at;                /* samples of the frame so far */
	uint32_t sum;               /* of magnitudes in its middle */
	unsigned counted;
	unsigned bits; /* that came after the loudest; 0: none has been heard */
	unsigned word; /* with a one in front */
	unsigned frames;
};

/* bench_number_hear: n samples. Returns the number when it has been understood,
 * else -1. */
int bench_number_hear(struct bench_number *b, const int16_t *pcm, size_t n);

#endif
