#include "tools/call/caller_exact.h"

#include <math.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "codecs/audio_compare.h"
#include "codecs/g711.h"
#include "tools/call/caller_ear.h"

#define CLOCK  8000             /* samples per second, the caller's */
#define MARGIN (CLOCK * 3 / 10) /* around what was heard: quiet beginnings */

void caller_native_init(struct caller_native *n)
{
	*n = (struct caller_native){ .rate = 0 };
	buffer_init(&n->said, CALLER_NATIVE_MAX);
	buffer_init(&n->heard, CALLER_NATIVE_MAX);
}

void caller_native_free(struct caller_native *n)
{
	buffer_free(&n->said);
	buffer_free(&n->heard);
}

static size_t sample_bytes(const struct caller_native *n)
{
	return n->is_linear ? 2 : 1;
}

size_t caller_native_samples(const struct caller_native *n,
			     const struct buffer *track)
{
	return track->used / sample_bytes(n);
}

int16_t caller_native_sample(const struct caller_native *n,
			     const struct buffer *track, size_t i)
{
	const uint8_t *code = buffer_head(track) + i * sample_bytes(n);
	int16_t pcm;

	if (n->is_linear)
		return (int16_t)(code[0] | code[1] << 8);
	g711_ulaw_decode(&pcm, code, 1);
	return pcm;
}

/* Part of a track: as coded, and as numbers for the alignment. */
struct piece {
	const uint8_t *code;
	int16_t *pcm;
	size_t n; /* samples */
};

/* begin and end are of the caller's clock. Free pcm, which is NULL when the
 * track has nothing there. */
static struct piece cut(const struct caller_native *line,
			const struct buffer *track, uint64_t begin,
			uint64_t end)
{
	uint64_t all = caller_native_samples(line, track);
	struct piece p = { NULL, NULL, 0 };

	begin = begin * line->rate / CLOCK;
	end = end * line->rate / CLOCK;
	if (end > all)
		end = all;
	if (begin >= end)
		return p;
	p.n = (size_t)(end - begin);
	p.code = buffer_head(track) + begin * sample_bytes(line);
	p.pcm = malloc(p.n * sizeof(*p.pcm));
	for (size_t i = 0; p.pcm && i < p.n; i++)
		p.pcm[i] = caller_native_sample(line, track, begin + i);
	return p;
}

/* The samples of said, from its first loud one to its last, that are the same
 * in heard, lag samples later. */
static size_t count_same(const struct piece *said, const struct piece *heard,
			 long lag, size_t width, size_t *wanted)
{
	size_t first = caller_ear_edge(said->pcm, said->n, false);
	size_t last = caller_ear_edge(said->pcm, said->n, true);
	size_t same = 0;

	*wanted = first < said->n ? last - first + 1 : 0;
	for (size_t i = first; i < said->n && i <= last; i++) {
		long at = (long)i + lag;

		same += lag != AUDIO_ALIGN_FAILED && at >= 0 &&
			(size_t)at < heard->n &&
			memcmp(said->code + i * width,
			       heard->code + (size_t)at * width, width) == 0;
	}
	return same;
}

static void measure(struct caller_exactness *e,
		    const struct caller_native *line,
		    const struct caller_echo *echo)
{
	uint64_t begin = echo->heard_begin;
	struct piece said =
		cut(line, &line->said, echo->said_begin, echo->said_end);
	struct piece heard =
		cut(line, &line->heard, begin > MARGIN ? begin - MARGIN : 0,
		    echo->heard_end + MARGIN);

	if (said.pcm && heard.pcm) {
		size_t wanted;
		long lag = audio_align(said.pcm, said.n, heard.pcm, heard.n,
				       (long)(said.n + heard.n));
		size_t same = count_same(&said, &heard, lag, sample_bytes(line),
					 &wanted);

		e->exact_ms += (double)same * 1000 / line->rate;
		e->inexact_samples += (double)(wanted - same);
	}
	free(said.pcm);
	free(heard.pcm);
}

struct caller_exactness caller_exact_measure(const struct caller_native *line,
					     const struct caller_echo *echo,
					     size_t n)
{
	struct caller_exactness e = { NAN, NAN };

	for (size_t i = 0; i < n && !line->is_mixed; i++) {
		if (!echo[i].heard_end)
			continue;
		if (isnan(e.exact_ms))
			e = (struct caller_exactness){ 0, 0 };
		measure(&e, line, &echo[i]);
	}
	return e;
}
