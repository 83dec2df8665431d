/* call_sound: how a recorded call sounds whose model sends back what it hears.
 *
 *   call_sound CALL.wav [--json]
 *
 * The left channel is what the caller said, the right what the caller heard.
 * The two are aligned once, then window by window: a window whose delay differs
 * has lost or gained samples. The quality is the segmental SNR of active
 * speech. */
#include <sndfile.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "codecs/audio_compare.h"
#include "codecs/audio_file.h"

#define WINDOW_S    10
#define MAX_DELAY_S 5
#define PAUSE_S     1 /* at the most, between two repetitions */

struct recording {
	int16_t *said;
	int16_t *heard;
	long samples;
	unsigned rate;
};

struct figures {
	long delay;           /* samples */
	unsigned windows;     /* with speech in them */
	long drift;           /* largest change of the delay, samples */
	unsigned repetitions; /* of the source */
	double snr_db;
	long gaps; /* digital silence inside speech, of >= 10 ms */
};

static int read_recording(struct recording *r, const char *path)
{
	SF_INFO info = { 0 };
	SNDFILE *f = sf_open(path, SFM_READ, &info);

	if (!f || info.channels != 2) {
		fprintf(stderr, "call_sound: %s: not a stereo recording\n",
			path);
		if (f)
			sf_close(f);
		return -1;
	}
	size_t n = (size_t)info.frames;
	int16_t *both = malloc(n * 2 * sizeof(*both) + 1);
	r->said = calloc(n + 1, sizeof(*both));
	r->heard = calloc(n + 1, sizeof(*both));
	if (!both || !r->said || !r->heard)
		abort();
	r->samples = (long)sf_readf_short(f, both, info.frames);
	r->rate = (unsigned)info.samplerate;
	for (long i = 0; i < r->samples; i++) {
		r->said[i] = both[2 * i];
		r->heard[i] = both[2 * i + 1];
	}
	free(both);
	sf_close(f);
	return 0;
}

/* Delay changes over the call: zero where nothing was lost or added. */
static void measure_drift(const struct recording *r, struct figures *f)
{
	long window = WINDOW_S * (long)r->rate;
	long reach = (long)r->rate / 2;

	for (long at = 0; at + window + f->delay + reach <= r->samples;
	     at += window) {
		long heard_at = at + f->delay - reach;
		if (heard_at < 0)
			continue;
		long lag = audio_align(r->said + at, (size_t)window,
				       r->heard + heard_at,
				       (size_t)(window + 2 * reach), 2 * reach);
		if (lag == AUDIO_ALIGN_FAILED)
			continue;
		f->windows++;
		if (labs(lag - reach) > f->drift)
			f->drift = labs(lag - reach);
	}
}

/* Runs of exact silence in what was heard where the caller spoke. */
static void count_gaps(const struct recording *r, struct figures *f)
{
	long run = 0, least = (long)r->rate / 100;

	for (long i = 0; i + f->delay < r->samples; i++) {
		bool is_hole =
			r->heard[i + f->delay] == 0 && abs(r->said[i]) > 300;
		if (is_hole)
			run++;
		else if (r->heard[i + f->delay] != 0)
			run = 0;
		f->gaps += is_hole && run == least;
	}
}

/* Put the original in the place of what was said: companding is part of what is
 * measured. Returns how many repetitions were found. */
static unsigned restore(struct recording *r, const struct audio *source)
{
	long len = (long)source->samples;
	long slack = PAUSE_S * (long)r->rate;
	long at = 0;
	unsigned found = 0;

	while (at + len + slack <= r->samples) {
		long lag =
			audio_align(source->pcm, source->samples, r->said + at,
				    (size_t)(len + slack), slack);
		if (lag == AUDIO_ALIGN_FAILED || lag < 0)
			break;
		memset(r->said + at, 0, (size_t)lag * sizeof(r->said[0]));
		memcpy(r->said + at + lag, source->pcm,
		       source->samples * sizeof(r->said[0]));
		at += lag + len;
		found++;
	}
	memset(r->said + at, 0, (size_t)(r->samples - at) * sizeof(r->said[0]));
	return found;
}

static int measure(struct recording *r, const struct audio *source,
		   struct figures *f)
{
	long head = 30 * (long)r->rate;

	memset(f, 0, sizeof(*f));
	if (head > r->samples)
		head = r->samples;
	f->delay = audio_align(r->said, (size_t)head, r->heard, (size_t)head,
			       MAX_DELAY_S * (long)r->rate);
	if (f->delay == AUDIO_ALIGN_FAILED || f->delay < 0)
		return -1;
	measure_drift(r, f);
	count_gaps(r, f);
	f->repetitions = restore(r, source);
	f->snr_db =
		audio_segmental_snr(r->said, r->heard + f->delay,
				    (size_t)(r->samples - f->delay), r->rate);
	return 0;
}

static void print_text(const struct recording *r, const struct figures *f)
{
	printf("  length              %8.1f s\n", (double)r->samples / r->rate);
	printf("  delay there and back%8.1f ms\n",
	       1000.0 * (double)f->delay / r->rate);
	printf("  segmental SNR       %8.1f dB over %u repetitions\n",
	       f->snr_db, f->repetitions);
	printf("  samples lost, added %8ld in %u windows of %d s\n", f->drift,
	       f->windows, WINDOW_S);
	printf("  gaps                %8ld\n", f->gaps);
}

static void print_json(const struct recording *r, const struct figures *f)
{
	printf("{\"seconds\":%.1f,\"delay_ms\":%.2f,\"segmental_snr_db\":%.2f,"
	       "\"samples_lost_or_added\":%ld,\"windows\":%u,\"gaps\":%ld}\n",
	       (double)r->samples / r->rate,
	       1000.0 * (double)f->delay / r->rate, f->snr_db, f->drift,
	       f->windows, f->gaps);
}

int main(int argc, char **argv)
{
	struct recording r;
	struct audio source;
	struct figures f;

	if (argc < 3 || argc > 4 ||
	    (argc == 4 && strcmp(argv[3], "--json") != 0)) {
		fputs("Usage: call_sound CALL.wav SOURCE.wav [--json]\n",
		      stderr);
		return 2;
	}
	if (read_recording(&r, argv[1]) != 0)
		return 2;
	if (audio_file_read(&source, argv[2], r.rate) != 0) {
		fprintf(stderr, "call_sound: %s: not a recording\n", argv[2]);
		free(r.said);
		free(r.heard);
		return 2;
	}
	int err = measure(&r, &source, &f);
	if (err)
		fputs("call_sound: the caller did not hear what it said\n",
		      stderr);
	else
		(argc == 4 ? print_json : print_text)(&r, &f);
	audio_free(&source);
	free(r.said);
	free(r.heard);
	return err ? 1 : 0;
}
