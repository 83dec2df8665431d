#include "codecs/level.h"

#include <math.h>
#include <string.h>

#include <spandsp/telephony.h>
#include <spandsp/power_meter.h>
#include <spandsp/vector_int.h>

#define FULL_SCALE_POWER (32768.0 * 32768.0)
#define MAX_RUN          0x40000000u /* SpanDSP counts in int */

float level_dbm0(const int16_t *pcm, size_t n)
{
	double sum = 0;
	for (size_t i = 0; i < n; i++)
		sum += (double)pcm[i] * pcm[i];
	if (sum == 0)
		return LEVEL_SILENCE_DBM0;
	double dbov = 10 * log10(sum / (double)n / FULL_SCALE_POWER);
	return (float)dbov + DBM0_MAX_POWER;
}

int level_peak(const int16_t *pcm, size_t n)
{
	int peak = 0;
	while (n > 0) {
		size_t run = n < MAX_RUN ? n : MAX_RUN;
		int top = vec_min_maxi16(pcm, (int)run, NULL);
		peak = top > peak ? top : peak;
		pcm += run;
		n -= run;
	}
	return peak;
}

void level_meter_init(struct level_meter *m, int shift)
{
	*m = (struct level_meter){ .shift = shift };
}

float level_meter_update(struct level_meter *m, const int16_t *pcm, size_t n)
{
	power_meter_t meter = { .shift = m->shift, .reading = m->reading };
	for (size_t i = 0; i < n; i++)
		power_meter_update(&meter, pcm[i]);
	m->reading = meter.reading;
	if (m->reading <= 0)
		return LEVEL_SILENCE_DBM0;
	return power_meter_current_dbm0(&meter);
}
