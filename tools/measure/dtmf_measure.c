#include "tools/measure/dtmf_measure.h"

#include <math.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "codecs/dtmf.h"
#include "codecs/g711.h"

#define RATE      8000
#define DIGIT_MAX (8 * (DTMF_ON_MS + DTMF_OFF_MS))
#define FRAME     160
#define HEARD_MAX 256

const int dtmf_measure_level[DTMF_LEVELS] = { -30,  -50,  -70,  -90,
					      -110, -130, -150, -170,
					      -190, -210, -230, -250 };
const int dtmf_measure_twist[DTMF_TWISTS] = { -60, -30, 0, 30, 60 };

static void through_ulaw(int16_t *pcm, size_t n)
{
	uint8_t code[DIGIT_MAX];
	g711_ulaw_encode(code, pcm, n);
	g711_ulaw_decode(pcm, code, n);
}

/* One digit, after a few samples that shift it against the blocks. */
static size_t hear_digit(struct dtmf_detector *d, char digit, int level,
			 int twist, size_t shift, char *heard)
{
	static const int16_t silence[FRAME];
	int16_t pcm[DIGIT_MAX];
	size_t n = dtmf_generate(pcm, digit, level, twist, DTMF_ON_MS,
				 DTMF_OFF_MS);
	through_ulaw(pcm, n);
	size_t found = dtmf_detect(d, silence, shift, heard, HEARD_MAX);
	return found + dtmf_detect(d, pcm, n, heard + found, HEARD_MAX - found);
}

struct dtmf_score dtmf_measure(int level, int twist)
{
	struct dtmf_score score = { 0 };
	char heard[HEARD_MAX];
	struct dtmf_detector *d = dtmf_detector_new();
	if (!d)
		return score;
	for (size_t i = 0; i < 16 * DTMF_REPEATS; i++) {
		char digit = DTMF_DIGITS[i % 16];
		size_t n =
			hear_digit(d, digit, level, twist, i * 13 % 102, heard);
		bool is_right = n > 0 && heard[0] == digit;
		score.sent++;
		score.detected += is_right;
		score.wrong += n - is_right;
	}
	dtmf_detector_free(d);
	return score;
}

static void amplify(int16_t *out, const int16_t *in, size_t n, double gain)
{
	for (size_t i = 0; i < n; i++) {
		double x = fmin(fmax(in[i] * gain, INT16_MIN), INT16_MAX);
		out[i] = (int16_t)lrint(x);
	}
}

static size_t digits_in(const struct audio *a, double gain)
{
	char heard[HEARD_MAX];
	struct dtmf_detector *d = dtmf_detector_new();
	size_t digits = HEARD_MAX;
	int16_t *pcm = malloc(a->samples * sizeof(*pcm));
	if (d && pcm) {
		amplify(pcm, a->pcm, a->samples, gain);
		digits = dtmf_detect(d, pcm, a->samples, heard, HEARD_MAX);
	}
	free(pcm);
	dtmf_detector_free(d);
	return digits;
}

static void on_speech(void *user, const char *path, struct audio *a)
{
	static const double gain[] = { 0.316, 1, 3.16 };
	struct dtmf_talk_off *t = user;
	for (size_t g = 0; g < 3; g++) {
		size_t digits = digits_in(a, gain[g]);
		if (digits && !t->digits)
			snprintf(t->first, sizeof(t->first), "%s", path);
		t->digits += digits;
		t->seconds += (double)a->samples / RATE;
	}
}

void dtmf_measure_talk_off(struct dtmf_talk_off *t, const char *folder)
{
	t->files += speech_files_each(folder, RATE, on_speech, t);
}
