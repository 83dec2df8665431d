#include "gateway/agents/filler_sound.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "codecs/g711.h"
#include "tools/testing/check.h"

static void it_is_soft(void **state)
{
	static uint8_t ulaw[FILLER_SOUND_LEN], again[FILLER_SOUND_LEN];
	static int16_t pcm[FILLER_SOUND_LEN];
	int loudest = 0, jump = 0;
	double power = 0;

	(void)state;
	filler_sound_make(ulaw);
	filler_sound_make(again);
	assert_memory_equal(ulaw, again, sizeof(ulaw));
	g711_ulaw_decode(pcm, ulaw, FILLER_SOUND_LEN);
	for (int i = 0; i < FILLER_SOUND_LEN; i++) {
		int next = pcm[(i + 1) % FILLER_SOUND_LEN];
		loudest = abs(pcm[i]) > loudest ? abs(pcm[i]) : loudest;
		jump = abs(next - pcm[i]) > jump ? abs(next - pcm[i]) : jump;
		power += pcm[i] * (double)pcm[i];
	}
	/* A sine at 0 dBm0 has a peak of 22342 (G.711, 4): -40 dB is 223. */
	CHECK(loudest > 150 && loudest <= 231, "-40 dBm0, within a step");
	CHECK(jump < 100, "no click, where it begins anew neither");
	CHECK(sqrt(power / FILLER_SOUND_LEN) > 10, "and yet it is there");
}

int main(void)
{
	const struct CMUnitTest tests[] = { cmocka_unit_test(it_is_soft) };
	return cmocka_run_group_tests(tests, NULL, NULL);
}
