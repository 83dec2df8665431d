#include <math.h>

#include "tools/model/model_vad.h"
#include "tools/testing/check.h"

#define RATE  8000
#define FRAME (RATE / 1000 * MODEL_VAD_FRAME_MS)

/* A sine at this level: a full-scale one is +3.14 dBm0. */
static void fill(int16_t *pcm, size_t n, double dbm0)
{
	double peak = 32768.0 * pow(10, (dbm0 - 3.14) / 20);

	for (size_t i = 0; i < n; i++)
		pcm[i] = (int16_t)lrint(peak * sin(6.283185307179586 * 500.0 *
						   (double)i / RATE));
}

/* Feed ms at a level; the last change that was not SAME. */
static enum model_vad_change feed(struct model_vad *v, unsigned ms, double dbm0)
{
	enum model_vad_change last = MODEL_VAD_SAME;
	int16_t pcm[FRAME];

	fill(pcm, FRAME, dbm0);
	for (unsigned at = 0; at < ms; at += MODEL_VAD_FRAME_MS) {
		enum model_vad_change change = model_vad_frame(v, pcm, FRAME);
		if (change != MODEL_VAD_SAME)
			last = change;
	}
	return last;
}

static void starts_on_speech_only(void **state)
{
	static const struct {
		unsigned ms;
		double dbm0;
		enum model_vad_change want;
		const char *why;
	} row[] = {
		{ 1000, -90, MODEL_VAD_SAME, "line noise" },
		{ 1000, -39, MODEL_VAD_SAME, "just below the threshold" },
		{ 1000, -37, MODEL_VAD_STARTED, "just above it" },
		{ 30, -10, MODEL_VAD_SAME, "a click of 30 ms" },
		{ 40, -10, MODEL_VAD_STARTED, "40 ms make speech" },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(row); i++) {
		struct model_vad v;

		model_vad_init(&v, -38, 500, 0);
		feed(&v, 200, -90);
		CHECK_EQ(row[i].want, feed(&v, row[i].ms, row[i].dbm0),
			 row[i].why);
		if (row[i].want == MODEL_VAD_STARTED)
			CHECK_EQ(200, v.onset_ms, "the first loud frame");
	}
}

static void ends_after_silence(void **state)
{
	struct model_vad v;

	(void)state;
	model_vad_init(&v, -38, 500, 0);
	feed(&v, 300, -20);
	CHECK_EQ(MODEL_VAD_SAME, feed(&v, 490, -90), "not yet silent enough");
	CHECK_EQ(MODEL_VAD_SAME, feed(&v, 1000, -43),
		 "6 dB of hysteresis: still speech");
	CHECK_EQ(MODEL_VAD_SAME, feed(&v, 490, -45), "quiet again");
	CHECK_EQ(MODEL_VAD_STOPPED, feed(&v, 10, -45), "500 ms");
	CHECK_EQ(300 + 490 + 1000 + 500, v.now_ms, "time is audio");
	CHECK_EQ(MODEL_VAD_SAME, feed(&v, 1000, -43),
		 "below the threshold nothing begins");
}

static void reads_the_threshold(void **state)
{
	(void)state;
	CHECK_NEAR(-38, model_vad_level(-38, 0.5), 1e-9, "0.5 is the base");
	CHECK_NEAR(-34, model_vad_level(-38, 0.6), 1e-9,
		   "higher needs louder speech");
	CHECK_NEAR(-58, model_vad_level(-38, 0), 1e-9, "hears all but noise");
}

static void trims_around_speech(void **state)
{
	static int16_t pcm[RATE * 3];
	size_t from, to;

	(void)state;
	model_vad_trim(pcm, RATE, RATE, -38, &from, &to);
	CHECK_EQ(0, from, "all silent: all of it");
	CHECK_EQ(RATE, to, "all silent: all of it");
	fill(pcm + RATE, RATE, -20); /* the second second */
	model_vad_trim(pcm, RATE * 3, RATE, -38, &from, &to);
	CHECK_EQ(8 * (1000 - 120), from, "a guard before");
	CHECK_EQ(8 * (2000 + 200), to, "a guard behind");
	model_vad_trim(pcm + RATE, RATE, RATE, -38, &from, &to);
	CHECK_EQ(0, from, "no more than there is");
	CHECK_EQ(RATE, to, "no more than there is");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(starts_on_speech_only),
		cmocka_unit_test(ends_after_silence),
		cmocka_unit_test(reads_the_threshold),
		cmocka_unit_test(trims_around_speech),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
