#include "codecs/g711.h"

#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#include "codecs/g711_inner.h"
#include "tools/measure/g711_measure.h"
#include "tools/testing/check.h"

struct law {
	size_t (*decode)(int16_t *pcm, const uint8_t *code, size_t n);
	size_t (*encode)(uint8_t *code, const int16_t *pcm, size_t n);
	uint8_t inverted; /* the bits of magnitude complemented on the wire */
	int clip;         /* the virtual decision value: overload begins */
	int half_step[8]; /* by segment */
};

static const struct law ulaw = {
	g711_ulaw_decode,
	g711_ulaw_encode,
	0x7f,
	8159 * 4,
	{ 4, 8, 16, 32, 64, 128, 256, 512 },
};
static const struct law alaw = {
	g711_alaw_decode,
	g711_alaw_encode,
	0x55,
	32767,
	{ 8, 8, 16, 32, 64, 128, 256, 512 },
};

struct row {
	uint8_t code;
	int16_t pcm;
	const char *why;
};

static void check_rows(const struct law *law, const struct row *row, size_t n)
{
	for (size_t i = 0; i < n; i++) {
		int16_t pcm;
		uint8_t code;
		CHECK_EQ(1, law->decode(&pcm, &row[i].code, 1), row[i].why);
		CHECK_EQ(row[i].pcm, pcm, row[i].why);
		CHECK_EQ(1, law->encode(&code, &row[i].pcm, 1), row[i].why);
		CHECK_EQ(row[i].code, code, row[i].why);
	}
}

/* The values of the tables are 14 bits wide; ours four times that. */
static void ulaw_follows_table_2(void **state)
{
	static const struct row row[] = {
		{ 0xff, 0, "table 2a, value 1: zero" },
		{ 0xfe, 2 * 4, "table 2a, value 2" },
		{ 0xf0, 30 * 4, "table 2a, value 16: end of segment 1" },
		{ 0xef, 33 * 4, "table 2a, value 17: start of segment 2" },
		{ 0x8f, 4191 * 4, "table 2a, value 113: start of segment 8" },
		{ 0x80, 8031 * 4, "table 2a, value 128: the largest" },
		{ 0x7e, -2 * 4, "table 2b, value 2" },
		{ 0x6f, -33 * 4, "table 2b, value 17" },
		{ 0x00, -8031 * 4,
		  "table 2b, value 128: the largest negative" },
	};
	(void)state;
	check_rows(&ulaw, row, ARRAY_LEN(row));
}

/* The values of the tables are 13 bits wide; ours eight times that. */
static void alaw_follows_table_1(void **state)
{
	static const struct row row[] = {
		{ 0xd5, 1 * 8, "table 1a, value 1: the smallest" },
		{ 0xd4, 3 * 8, "table 1a, value 2" },
		{ 0xc5, 33 * 8, "table 1a, value 17: the second segment" },
		{ 0xf5, 66 * 8, "table 1a, value 33: the steps double" },
		{ 0xaa, 4032 * 8, "table 1a, value 128: the largest" },
		{ 0x55, -1 * 8, "table 1b, value 1" },
		{ 0x2a, -4032 * 8,
		  "table 1b, value 128: the largest negative" },
	};
	(void)state;
	check_rows(&alaw, row, ARRAY_LEN(row));
}

static void silence_is_quiet(void **state)
{
	int16_t pcm;
	(void)state;
	g711_ulaw_decode(&pcm, &(uint8_t){ G711_ULAW_SILENCE }, 1);
	CHECK_EQ(0, pcm, "mu-law has a zero");
	g711_alaw_decode(&pcm, &(uint8_t){ G711_ALAW_SILENCE }, 1);
	CHECK_EQ(8, pcm, "A-law has none: its smallest positive value");
}

/* Decoding and encoding again gives the same code word: tandem calls through
 * us do not degrade. Negative zero of mu-law is the one exception. */
static void every_code_word_survives(void **state)
{
	(void)state;
	for (int i = 0; i < 256; i++) {
		uint8_t code = (uint8_t)i;
		uint8_t again;
		int16_t pcm;
		ulaw.decode(&pcm, &code, 1);
		ulaw.encode(&again, &pcm, 1);
		CHECK_EQ(code == 0x7f ? 0xff : code, again, "mu-law tandem");
		alaw.decode(&pcm, &code, 1);
		alaw.encode(&again, &pcm, 1);
		CHECK_EQ(code, again, "A-law tandem");
	}
}

/* Each value stands in the middle of its quantization interval, also at the
 * ends of a segment (table 1, column 5; table 2, column 5): so no sample is
 * further from its value than half a step of its segment. */
static void check_steps(const struct law *law, const char *why)
{
	for (int x = -law->clip; x <= law->clip; x++) {
		uint8_t code;
		int16_t value;
		law->encode(&code, &(int16_t){ (int16_t)x }, 1);
		law->decode(&value, &code, 1);
		unsigned segment = (code ^ law->inverted) >> 4 & 7;
		CHECK(abs(x - value) <= law->half_step[segment], why);
	}
}

static void every_sample_is_within_half_a_step(void **state)
{
	(void)state;
	check_steps(&ulaw, "mu-law, every sample up to the clipping point");
	check_steps(&alaw, "A-law, every sample");
}

static void overload_takes_the_largest_value(void **state)
{
	static const int16_t pcm[] = { 32767, 32700, -32700, -32768 };
	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(pcm); i++) {
		uint8_t code;
		bool up = pcm[i] > 0;
		ulaw.encode(&code, &pcm[i], 1);
		CHECK_EQ(up ? 0x80 : 0x00, code, "mu-law clips, same sign");
		alaw.encode(&code, &pcm[i], 1);
		CHECK_EQ(up ? 0xaa : 0x2a, code, "A-law clips, same sign");
	}
}

static void distortion_is_within_the_mask(void **state)
{
	(void)state;
	for (size_t i = 0; i < G711_MEASURE_LEVELS; i++) {
		const struct g711_mask *mask = &g711_measure_mask[i];
		double u = g711_measure_sine_db(G711_MEASURE_ULAW,
						mask->level_dbm0);
		double a = g711_measure_sine_db(G711_MEASURE_ALAW,
						mask->level_dbm0);
		CHECK(u >= mask->least_db, "mu-law, G.712 mask");
		CHECK(a >= mask->least_db, "A-law, G.712 mask");
	}
}

static void arrays_equal_samples(void **state)
{
	uint8_t code[256];
	uint8_t back[256];
	int16_t pcm[256];
	(void)state;
	for (int i = 0; i < 256; i++)
		code[i] = (uint8_t)i;
	CHECK_EQ(256, g711_alaw_decode(pcm, code, 256), "returns n");
	CHECK_EQ(256, g711_alaw_encode(back, pcm, 256), "returns n");
	CHECK(memcmp(code, back, 256) == 0, "all codes in one call");
	CHECK_EQ(0, g711_ulaw_decode(pcm, code, 0), "nothing is nothing");
}

/* Every sample there is, and every rest behind whole registers. */
static void both_ways_agree(void **state)
{
	enum { SAMPLES = 65536, MOST = 50 };
	static int16_t pcm[SAMPLES];
	static uint8_t each[SAMPLES], wide[SAMPLES + 1];

	(void)state;
	if (!g711_has_wide())
		skip();
	for (int i = 0; i < SAMPLES; i++)
		pcm[i] = (int16_t)(i - 32768);
	g711_ulaw_encode_each(each, pcm, SAMPLES);
	g711_ulaw_encode_wide(wide, pcm, SAMPLES);
	for (int i = 0; i < SAMPLES; i++)
		CHECK_EQ(each[i], wide[i], "a sample");
	for (size_t n = 0; n <= MOST; n++) {
		memset(wide, 0x33, sizeof(wide));
		g711_ulaw_encode_wide(wide, pcm + 32740, n);
		CHECK(memcmp(each + 32740, wide, n) == 0, "a few samples");
		CHECK_EQ(0x33, wide[n], "and no more");
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(ulaw_follows_table_2),
		cmocka_unit_test(alaw_follows_table_1),
		cmocka_unit_test(silence_is_quiet),
		cmocka_unit_test(every_code_word_survives),
		cmocka_unit_test(every_sample_is_within_half_a_step),
		cmocka_unit_test(overload_takes_the_largest_value),
		cmocka_unit_test(distortion_is_within_the_mask),
		cmocka_unit_test(arrays_equal_samples),
		cmocka_unit_test(both_ways_agree),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
