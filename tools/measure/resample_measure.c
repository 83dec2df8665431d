#include "tools/measure/resample_measure.h"

#include <math.h>
#include <stdint.h>
#include <string.h>
#include <time.h>

#define PI           3.14159265358979323846
#define PASS_FROM_HZ 200
#define STEP_HZ      30
#define TONE_PEAK    16384.0 /* -6 dBFS */
#define SETTLE_MS    20
#define WINDOW_MS    100 /* tones are multiples of 10 Hz: whole periods */
#define IN_MAX       (24 * (SETTLE_MS + WINDOW_MS))
#define OUT_MAX      (3 * IN_MAX + 3 * RESAMPLE_HISTORY)
#define PHASES       16 /* of the round-trip sine against the samples */
#define NOISE_IN     4801
#define TIMED_FRAMES 20000

const struct resample_band resample_measure_band[RESAMPLE_RATIOS] = {
	[RESAMPLE_8_TO_24] = { "8->24", 8000, 24000, 3400, 4600 },
	[RESAMPLE_24_TO_8] = { "24->8", 24000, 8000, 3400, 4600 },
	[RESAMPLE_16_TO_24] = { "16->24", 16000, 24000, 7250, 8750 },
	[RESAMPLE_24_TO_16] = { "24->16", 24000, 16000, 7250, 8750 },
};

static void fill_tone(int16_t *pcm, size_t n, double hz, double rate,
		      double peak)
{
	for (size_t i = 0; i < n; i++)
		pcm[i] = (int16_t)lrint(peak *
					sin(2 * PI * hz / rate * (double)i));
}

static size_t convert(enum resample_ratio ratio, int16_t *out,
		      const int16_t *in, size_t n)
{
	struct resampler r;
	resampler_init(&r, ratio);
	return resampler_run(&r, out, in, n);
}

/* The peak amplitude of one frequency in n samples of whole periods. */
static double tone_peak(const int16_t *pcm, size_t n, double hz, double rate)
{
	double re = 0;
	double im = 0;
	double turn = 2 * PI * hz / rate;
	for (size_t i = 0; i < n; i++) {
		re += pcm[i] * cos(turn * (double)i);
		im += pcm[i] * sin(turn * (double)i);
	}
	return 2 * hypot(re, im) / (double)n;
}

/* A settled stretch of output for a tone at the input. */
static size_t play_tone(enum resample_ratio ratio, unsigned hz, int16_t *out)
{
	const struct resample_band *band = &resample_measure_band[ratio];
	int16_t in[IN_MAX];
	int16_t all[OUT_MAX];
	size_t in_n = band->in_hz / 1000 * (SETTLE_MS + WINDOW_MS);
	size_t skip = band->out_hz / 1000 * SETTLE_MS;
	fill_tone(in, in_n, hz, band->in_hz, TONE_PEAK);
	size_t n = convert(ratio, all, in, in_n) - skip;
	memcpy(out, all + skip, n * sizeof(*out));
	return n;
}

static double decibel(double ratio)
{
	return 20 * log10(ratio);
}

double resample_measure_ripple_db(enum resample_ratio ratio)
{
	const struct resample_band *band = &resample_measure_band[ratio];
	int16_t out[OUT_MAX];
	double highest = -INFINITY;
	double lowest = INFINITY;
	for (unsigned hz = PASS_FROM_HZ; hz <= band->pass_hz; hz += STEP_HZ) {
		size_t n = play_tone(ratio, hz, out);
		double gain = decibel(tone_peak(out, n, hz, band->out_hz) /
				      TONE_PEAK);
		highest = fmax(highest, gain);
		lowest = fmin(lowest, gain);
	}
	return highest - lowest;
}

/* Where a frequency shows at a sample rate. */
static unsigned fold(unsigned hz, unsigned rate)
{
	unsigned rest = hz % rate;
	return rest > rate / 2 ? rate - rest : rest;
}

static double spur_at(const struct resample_band *band, const int16_t *out,
		      size_t n, unsigned hz, unsigned wanted)
{
	unsigned seen = fold(hz, band->out_hz);
	if (seen == wanted || seen == 0 || seen == band->out_hz / 2)
		return 0;
	return tone_peak(out, n, seen, band->out_hz);
}

/* Zero-stuffing repeats a tone around every multiple of the input rate. A tone
 * in the stop band is not wanted itself, wherever it folds to. */
static double worst_spur(enum resample_ratio ratio, unsigned hz)
{
	const struct resample_band *band = &resample_measure_band[ratio];
	int16_t out[OUT_MAX];
	size_t n = play_tone(ratio, hz, out);
	unsigned wanted = hz <= band->pass_hz ? hz : UINT32_MAX;
	double worst = spur_at(band, out, n, hz, wanted);
	for (unsigned k = 1; k <= 3; k++) {
		unsigned centre = k * band->in_hz;
		worst = fmax(worst, spur_at(band, out, n, centre - hz, wanted));
		worst = fmax(worst, spur_at(band, out, n, centre + hz, wanted));
	}
	return worst;
}

double resample_measure_spur_db(enum resample_ratio ratio)
{
	const struct resample_band *band = &resample_measure_band[ratio];
	double worst = 0;
	for (unsigned hz = PASS_FROM_HZ; hz <= band->pass_hz; hz += STEP_HZ)
		worst = fmax(worst, worst_spur(ratio, hz));
	for (unsigned hz = band->stop_hz; hz < band->in_hz / 2; hz += STEP_HZ)
		worst = fmax(worst, worst_spur(ratio, hz));
	return decibel(worst / TONE_PEAK);
}

size_t resample_measure_delay(enum resample_ratio ratio)
{
	int16_t in[RESAMPLE_HISTORY] = { INT16_MAX };
	int16_t out[3 * RESAMPLE_HISTORY];
	size_t n = convert(ratio, out, in, RESAMPLE_HISTORY);
	size_t top = 0;
	for (size_t i = 0; i < n; i++)
		if (out[i] > out[top])
			top = i;
	for (size_t i = 0; i <= top; i++)
		if (out[top - i] != out[top + i])
			return 0;
	return top;
}

/* Noise of one starting phase added to *noise, signal to *signal. */
static void add_round_trip(enum resample_ratio up, enum resample_ratio down,
			   double start, double *signal, double *noise)
{
	const struct resample_band *band = &resample_measure_band[up];
	int16_t in[IN_MAX];
	int16_t high[OUT_MAX];
	int16_t out[OUT_MAX];
	size_t n = band->in_hz / 1000 * (SETTLE_MS + WINDOW_MS);
	size_t late = resampler_delay(up) * band->in_hz / band->out_hz +
		      resampler_delay(down);
	for (size_t i = 0; i < n; i++)
		in[i] = (int16_t)lrint(
			TONE_PEAK *
			sin(2 * PI * 1000 / band->in_hz * (double)i + start));
	n = convert(down, out, high, convert(up, high, in, n));
	for (size_t i = band->in_hz / 1000 * SETTLE_MS; i < n; i++) {
		double sent = in[i - late];
		*signal += sent * sent;
		*noise += (sent - out[i]) * (sent - out[i]);
	}
}

double resample_measure_round_trip_db(enum resample_ratio up,
				      enum resample_ratio down)
{
	double signal = 0;
	double noise = 0;
	for (int i = 0; i < PHASES; i++)
		add_round_trip(up, down, PI * i / 4 / PHASES, &signal, &noise);
	return fmin(10 * log10(signal / noise), RESAMPLE_SNR_TOP_DB);
}

static uint32_t next_random(uint32_t *seed)
{
	*seed = *seed * 1664525u + 1013904223u;
	return *seed >> 16;
}

static void fill_noise(int16_t *pcm, size_t n, uint32_t seed)
{
	for (size_t i = 0; i < n; i++)
		pcm[i] = (int16_t)next_random(&seed);
}

/* Chunks of 0 to longest - 1 samples; always 1 for longest == 0. */
static size_t convert_split(enum resample_ratio ratio, int16_t *out,
			    const int16_t *in, size_t n, unsigned longest,
			    uint32_t seed)
{
	struct resampler r;
	size_t made = 0;
	resampler_init(&r, ratio);
	for (size_t at = 0; at < n;) {
		size_t chunk = longest ? next_random(&seed) % longest : 1;
		chunk = chunk < n - at ? chunk : n - at;
		made += resampler_run(&r, out + made, in + at, chunk);
		at += chunk;
	}
	return made;
}

size_t resample_measure_split_failures(enum resample_ratio ratio, size_t splits)
{
	static const unsigned longest[] = { 0, 2, 7, 50, 481, 2000 };
	int16_t in[NOISE_IN];
	int16_t whole[3 * NOISE_IN];
	int16_t split[3 * NOISE_IN];
	size_t failures = 0;
	fill_noise(in, NOISE_IN, 1);
	size_t n = convert(ratio, whole, in, NOISE_IN);
	for (size_t i = 0; i < splits; i++) {
		unsigned most = longest[i % 6];
		size_t got = convert_split(ratio, split, in, NOISE_IN, most,
					   (uint32_t)i);
		if (got != n || memcmp(split, whole, n * sizeof(*split)) != 0)
			failures++;
	}
	return failures;
}

static double now_ns(void)
{
	struct timespec t;
	clock_gettime(CLOCK_MONOTONIC, &t);
	return (double)t.tv_sec * 1e9 + (double)t.tv_nsec;
}

double resample_measure_frame_ns(enum resample_ratio ratio)
{
	size_t frame = resample_measure_band[ratio].in_hz / 50;
	int16_t in[480];
	int16_t out[480];
	struct resampler r;
	resampler_init(&r, ratio);
	fill_noise(in, frame, 3);
	double start = now_ns();
	for (int i = 0; i < TIMED_FRAMES; i++)
		resampler_run(&r, out, in, frame);
	return (now_ns() - start) / TIMED_FRAMES;
}
