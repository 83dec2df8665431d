#include "tools/bench/bench_number.h"

#include <stdlib.h>

#define BITS 14u

const int16_t bench_loudness[BENCH_LOUDNESSES] = {
	[BENCH_SOFT] = 600,
	[BENCH_LOUD] = 3000,
	[BENCH_SYNC] = 14000,
};

enum bench_loudness bench_number_frame(unsigned number, uint64_t n)
{
	unsigned place = (unsigned)(n % BENCH_NUMBER_FRAMES);

	if (place == 0)
		return BENCH_SYNC;
	if (place > BITS)
		return __builtin_popcount(number) & 1 ? BENCH_LOUD : BENCH_SOFT;
	return number >> (BITS - place) & 1 ? BENCH_LOUD : BENCH_SOFT;
}

/* The mean magnitude of a sine is 0.64 of its amplitude; the bounds lie halfway
 * in loudness. */
static enum bench_loudness loudness_of(uint32_t mean)
{
	return mean > 4100 ? BENCH_SYNC : mean > 850 ? BENCH_LOUD : BENCH_SOFT;
}

static int take_frame(struct bench_number *b, enum bench_loudness heard)
{
	if (heard == BENCH_SYNC) {
		b->bits = 1;
		b->word = 0;
		return -1;
	}
	if (!b->bits)
		return -1;
	b->word = b->word << 1 | (heard == BENCH_LOUD);
	if (b->bits++ <= BITS)
		return -1;
	b->bits = 0;
	return __builtin_popcount(b->word) & 1 ? -1 : (int)(b->word >> 1);
}

/* The edges of a frame are blurred by filters and their delay. */
int bench_number_hear(struct bench_number *b, const int16_t *pcm, size_t n)
{
	unsigned from = b->samples_per_frame * 3 / 10;
	unsigned to = b->samples_per_frame * 9 / 10;
	int number = -1;

	for (size_t i = 0; i < n && number < 0; i++) {
		if (b->at >= from && b->at < to) {
			b->sum += (uint32_t)abs(pcm[i]);
			b->counted++;
		}
		if (++b->at < b->samples_per_frame)
			continue;
		number = take_frame(
			b, loudness_of(b->sum / (b->counted + !b->counted)));
		b->frames++;
		b->at = b->sum = b->counted = 0;
	}
	return number;
}
