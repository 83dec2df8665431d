/* tone: which tone a recording holds.
 *
 *   tone FILE.wav [CHANNEL]     CHANNEL counts from 1; default: the last
 *
 * Prints one line: the frequency in Hz of the longest stretch of sound, how
 * long it is in ms, and how much of its power is not that tone (dB, below it).
 * Exits 1 when there is no sound of 200 ms. */
#include <math.h>
#include <sndfile.h>
#include <stdio.h>
#include <stdlib.h>

#define LOUD      500 /* sample values beyond it are sound */
#define QUIET_MS  20  /* without one, the stretch is over */
#define SHORT_MS  200 /* shorter ones tell nothing */
#define MARGIN_MS 25  /* left out at both ends: filters settle there */

struct stretch {
	long begin;
	long end;
};

static double *read_channel(const char *path, int channel, SF_INFO *info)
{
	SNDFILE *f = sf_open(path, SFM_READ, info);

	if (!f || info->frames <= 0)
		return NULL;
	if (channel < 1 || channel > info->channels)
		channel = info->channels;
	size_t frames = (size_t)info->frames, width = (size_t)info->channels;
	short *all = malloc(frames * width * sizeof(*all));
	double *one = malloc(frames * sizeof(*one));
	if (!all || !one)
		abort();
	info->frames = sf_readf_short(f, all, info->frames);
	for (size_t i = 0; i < (size_t)info->frames; i++)
		one[i] = all[i * width + (size_t)channel - 1];
	free(all);
	sf_close(f);
	return one;
}

static struct stretch longest_sound(const double *x, long n, long quiet)
{
	struct stretch best = { 0, 0 }, now = { 0, 0 };

	for (long i = 0; i < n; i++) {
		if (fabs(x[i]) < LOUD)
			continue;
		if (i - now.end > quiet)
			now.begin = i;
		now.end = i + 1;
		if (now.end - now.begin > best.end - best.begin)
			best = now;
	}
	return best;
}

/* From the first rising zero to the last, each interpolated. */
static double frequency_of(const double *x, const struct stretch *s, int rate)
{
	double first = -1, last = -1;
	long periods = -1;

	for (long i = s->begin + 1; i < s->end; i++) {
		if (!(x[i - 1] < 0 && x[i] >= 0))
			continue;
		last = (double)i - x[i] / (x[i] - x[i - 1]);
		if (periods++ < 0)
			first = last;
	}
	return periods > 0 ? (double)periods * rate / (last - first) : 0;
}

/* What is left when the tone of that frequency is taken out, in dB below. */
static double residue_db(const double *x, const struct stretch *s, double step)
{
	double re = 0, im = 0, power = 0;
	double n = (double)(s->end - s->begin);

	for (long i = s->begin; i < s->end; i++) {
		re += x[i] * cos(step * (double)i);
		im += x[i] * sin(step * (double)i);
		power += x[i] * x[i];
	}
	double tone = 2 * (re * re + im * im) / n;
	double rest = power - tone;
	return 10 * log10(tone / (rest > 1 ? rest : 1));
}

int main(int argc, char **argv)
{
	SF_INFO info = { 0 };

	if (argc < 2 || argc > 3) {
		fputs("usage: tone FILE.wav [CHANNEL]\n", stderr);
		return 2;
	}
	double *x = read_channel(argv[1], argc > 2 ? atoi(argv[2]) : 0, &info);
	if (!x) {
		fprintf(stderr, "tone: %s: %s\n", argv[1], sf_strerror(NULL));
		return 2;
	}
	long ms = info.samplerate / 1000;
	struct stretch s = longest_sound(x, (long)info.frames, QUIET_MS * ms);
	s.begin += MARGIN_MS * ms;
	s.end -= MARGIN_MS * ms;
	int status = s.end - s.begin < SHORT_MS * ms;
	if (!status) {
		double hz = frequency_of(x, &s, info.samplerate);
		printf("%.2f Hz %ld ms %.1f dB\n", hz, (s.end - s.begin) / ms,
		       residue_db(x, &s, 2 * M_PI * hz / info.samplerate));
	}
	free(x);
	return status;
}
