#include "tools/call/caller_echo.h"

#include <math.h>
#include <stdlib.h>

#include "codecs/audio_compare.h"
#include "codecs/g711.h"
#include "protocols/buffer.h"

#define RATE   8000
#define MARGIN (RATE * 3 / 10) /* around what was heard: quiet beginnings */

struct piece {
	int16_t *pcm;
	size_t n;
};

static struct piece decode(const struct buffer *track, uint64_t begin,
			   uint64_t end)
{
	struct piece p = { NULL, 0 };

	if (end > track->used)
		end = track->used;
	if (begin >= end)
		return p;
	p.n = (size_t)(end - begin);
	p.pcm = malloc(p.n * sizeof(*p.pcm));
	if (p.pcm)
		g711_ulaw_decode(p.pcm, buffer_head(track) + begin, p.n);
	return p;
}

/* The part of ref that got covers, lag samples later. */
static double snr_at(const struct piece *ref, const struct piece *got, long lag)
{
	size_t from = lag < 0 ? (size_t)-lag : 0;
	size_t at = lag < 0 ? 0 : (size_t)lag;

	if (from >= ref->n || at >= got->n)
		return AUDIO_SEGMENT_MIN_DB;
	size_t n = ref->n - from < got->n - at ? ref->n - from : got->n - at;
	return audio_segmental_snr(ref->pcm + from, got->pcm + at, n, RATE);
}

static double measure(const struct caller_echo *e, const struct buffer *said,
		      const struct buffer *heard)
{
	struct piece ref = decode(said, e->said_begin, e->said_end);
	struct piece got =
		decode(heard,
		       e->heard_begin > MARGIN ? e->heard_begin - MARGIN : 0,
		       e->heard_end + MARGIN);
	double snr = NAN;

	if (ref.pcm && got.pcm) {
		long lag = audio_align(ref.pcm, ref.n, got.pcm, got.n,
				       (long)(ref.n + got.n));

		snr = lag == AUDIO_ALIGN_FAILED ? AUDIO_SEGMENT_MIN_DB
						: snr_at(&ref, &got, lag);
	}
	free(ref.pcm);
	free(got.pcm);
	return snr;
}

double caller_echo_snr(const struct caller_echo *echo, size_t n,
		       const struct buffer *said, const struct buffer *heard)
{
	double worst = NAN;

	for (size_t i = 0; i < n; i++)
		if (echo[i].heard_end)
			worst = fmin(worst, measure(&echo[i], said, heard));
	return worst;
}
