#include "tools/measure/g711_measure.h"

#include <math.h>
#include <stdint.h>

#include "codecs/g711.h"

#define PI          3.14159265358979323846
#define SECOND      8000
#define SINE_HZ     1020
#define DBM0_0_PEAK 22827.0 /* 3.14 dB below full scale */

const struct g711_mask g711_measure_mask[G711_MEASURE_LEVELS] = {
	{ 0, 33 }, { -10, 33 }, { -30, 33 }, { -40, 27 }, { -45, 22 },
};

struct law {
	size_t (*decode)(int16_t *pcm, const uint8_t *code, size_t n);
	size_t (*encode)(uint8_t *code, const int16_t *pcm, size_t n);
};

static const struct law laws[G711_MEASURE_LAWS] = {
	[G711_MEASURE_ULAW] = { g711_ulaw_decode, g711_ulaw_encode },
	[G711_MEASURE_ALAW] = { g711_alaw_decode, g711_alaw_encode },
};

size_t g711_measure_changed(enum g711_law law)
{
	size_t changed = 0;
	for (int i = 0; i < 256; i++) {
		uint8_t code = (uint8_t)i;
		uint8_t again;
		int16_t pcm;
		laws[law].decode(&pcm, &code, 1);
		laws[law].encode(&again, &pcm, 1);
		changed += again != code;
	}
	return changed;
}

double g711_measure_sine_db(enum g711_law law, double level_dbm0)
{
	double peak = DBM0_0_PEAK * pow(10, level_dbm0 / 20);
	double signal = 0;
	double noise = 0;
	for (int i = 0; i < SECOND; i++) {
		double x = peak * sin(2 * PI * SINE_HZ * i / SECOND);
		int16_t pcm = (int16_t)lrint(x);
		uint8_t code;
		laws[law].encode(&code, &pcm, 1);
		laws[law].decode(&pcm, &code, 1);
		signal += x * x;
		noise += (x - pcm) * (x - pcm);
	}
	return 10 * log10(signal / noise);
}
