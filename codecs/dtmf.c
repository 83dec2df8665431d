#include "codecs/dtmf.h"

#include <stdlib.h>
#include <string.h>

#include <spandsp/telephony.h>
#include <spandsp/complex.h>
#include <spandsp/logging.h>
#include <spandsp/queue.h>
#include <spandsp/dds.h>
#include <spandsp/tone_detect.h>
#include <spandsp/tone_generate.h>
#include <spandsp/super_tone_rx.h>
#include <spandsp/dtmf.h>
#include <spandsp/fast_convert.h>
#include <spandsp/saturated.h>

/* Twist is accepted beyond the +-6 dB we promise: an analysis block that
 * straddles the edge of a tone measures it up to 1 dB off. */
#define TWIST_DB         8
#define REVERSE_TWIST_DB 8
#define THRESHOLD_DBM0   (-38)
#define SAMPLES_PER_MS   8
/* SpanDSP stores MAX_DTMF_DIGITS; a digit takes at least two of its blocks of
 * 102 samples, so a run of a second cannot overfill an empty store. */
#define RUN_SAMPLES 8000

static const float row_hz[4] = { 697, 770, 852, 941 };
static const float column_hz[4] = { 1209, 1336, 1477, 1633 };
static const char keypad[] = "123A456B789C*0#D";

struct dtmf_detector {
	dtmf_rx_state_t *rx;
};

struct dtmf_detector *dtmf_detector_new(void)
{
	struct dtmf_detector *d = malloc(sizeof(*d));
	if (!d)
		return NULL;
	d->rx = dtmf_rx_init(NULL, NULL, NULL);
	if (!d->rx) {
		free(d);
		return NULL;
	}
	dtmf_rx_parms(d->rx, 0, TWIST_DB, REVERSE_TWIST_DB, THRESHOLD_DBM0);
	return d;
}

void dtmf_detector_free(struct dtmf_detector *d)
{
	if (!d)
		return;
	dtmf_rx_free(d->rx);
	free(d);
}

/* SpanDSP ends what it writes with a NUL; ours does not. */
static size_t take_digits(struct dtmf_detector *d, char *digits, size_t cap)
{
	char taken[MAX_DTMF_DIGITS + 1];
	int room = cap < MAX_DTMF_DIGITS ? (int)cap : MAX_DTMF_DIGITS;
	size_t n = dtmf_rx_get(d->rx, taken, room);
	memcpy(digits, taken, n);
	return n;
}

size_t dtmf_detect(struct dtmf_detector *d, const int16_t *pcm, size_t n,
		   char *digits, size_t cap)
{
	size_t found = take_digits(d, digits, cap);
	while (n > 0) {
		size_t run = n < RUN_SAMPLES ? n : RUN_SAMPLES;
		dtmf_rx(d->rx, pcm, (int)run);
		found += take_digits(d, digits + found, cap - found);
		pcm += run;
		n -= run;
	}
	return found;
}

size_t dtmf_generate(int16_t *pcm, char digit, int level, int twist,
		     unsigned on_ms, unsigned off_ms)
{
	const char *key = digit ? strchr(keypad, digit) : NULL;
	if (!key)
		return 0;
	size_t at = (size_t)(key - keypad);
	int32_t low_rate = dds_phase_ratef(row_hz[at / 4]);
	int32_t high_rate = dds_phase_ratef(column_hz[at % 4]);
	float level_dbm0 = (float)level / 10;
	float half_twist_db = (float)twist / 20;
	float low = dds_scaling_dbm0f(level_dbm0 - half_twist_db);
	float high = dds_scaling_dbm0f(level_dbm0 + half_twist_db);
	uint32_t low_phase = 0;
	uint32_t high_phase = 0;
	size_t on = (size_t)on_ms * SAMPLES_PER_MS;
	size_t off = (size_t)off_ms * SAMPLES_PER_MS;
	for (size_t i = 0; i < on; i++)
		pcm[i] = fsaturatef(dds_modf(&low_phase, low_rate, low, 0) +
				    dds_modf(&high_phase, high_rate, high, 0));
	memset(pcm + on, 0, off * sizeof(*pcm));
	return on + off;
}
