#include "tools/measure/tandem_measure.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "codecs/audio_compare.h"
#include "codecs/g711.h"
#include "codecs/resample.h"

#define RATE    8000
#define LAG_MAX 400

static int16_t *through_ulaw(const int16_t *pcm, size_t n)
{
	uint8_t *code = malloc(n);
	int16_t *out = malloc(n * sizeof(*out));
	if (code && out) {
		g711_ulaw_encode(code, pcm, n);
		g711_ulaw_decode(out, code, n);
	}
	free(code);
	return out;
}

/* A whole recording and the filter's tail. */
static int16_t *through_resampler(enum resample_ratio ratio, const int16_t *pcm,
				  size_t *n)
{
	struct resampler r;
	size_t room = resampler_bound(ratio, *n) +
		      resampler_bound(ratio, RESAMPLE_HISTORY);
	int16_t *out = malloc(room * sizeof(*out));
	if (!out)
		return NULL;
	resampler_init(&r, ratio);
	*n = resampler_run(&r, out, pcm, *n);
	*n += resampler_flush(&r, out + *n);
	return out;
}

static int16_t *there_and_back(const int16_t *pcm, size_t *n)
{
	int16_t *up = through_resampler(RESAMPLE_8_TO_24, pcm, n);
	int16_t *down = up ? through_resampler(RESAMPLE_24_TO_8, up, n) : NULL;
	int16_t *out = down ? through_ulaw(down, *n) : NULL;
	free(up);
	free(down);
	return out;
}

int tandem_measure(struct tandem_quality *q, const struct audio *speech)
{
	size_t n = speech->samples;
	int16_t *once = through_ulaw(speech->pcm, n);
	int16_t *back = once ? there_and_back(once, &n) : NULL;
	int err = -ENOMEM;
	if (!back)
		goto free_once;
	q->ulaw_db =
		audio_segmental_snr(speech->pcm, once, speech->samples, RATE);
	q->lag = audio_align(speech->pcm, speech->samples, back, n, LAG_MAX);
	q->there_db = AUDIO_SEGMENT_MIN_DB;
	if (q->lag >= 0 && (size_t)q->lag + speech->samples <= n)
		q->there_db = audio_segmental_snr(speech->pcm, back + q->lag,
						  speech->samples, RATE);
	err = 0;
	free(back);
free_once:
	free(once);
	return err;
}
