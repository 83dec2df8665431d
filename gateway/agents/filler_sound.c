#include "gateway/agents/filler_sound.h"

#include <math.h>

#include "codecs/g711.h"

#define RATE   8000
#define TICK   640  /* samples: 80 ms */
#define SECOND 6000 /* where the second tick begins */
#define PEAK   222  /* -40 dBm0, of 22342 at 0 dBm0 */
#define PI     3.14159265358979

/* Swells and fades: neither end of it clicks. */
static void tick(int16_t *pcm, double hz)
{
	for (int i = 0; i < TICK; i++) {
		double swell = 0.5 - 0.5 * cos(2 * PI * i / TICK);
		pcm[i] = (int16_t)lround(PEAK * swell *
					 sin(2 * PI * hz * i / RATE));
	}
}

void filler_sound_make(uint8_t out[FILLER_SOUND_LEN])
{
	int16_t pcm[FILLER_SOUND_LEN] = { 0 };

	tick(pcm, 440);
	tick(pcm + SECOND, 392);
	g711_ulaw_encode(out, pcm, FILLER_SOUND_LEN);
}
