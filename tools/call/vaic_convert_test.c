#include "tools/testing/check.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "codecs/g711.h"
#include "tools/call/vaic_convert.h"

#define PI      3.14159265358979323846
#define MS      200
#define TONE_HZ 1000
#define PEAK    8000.0
#define MAX     (24 * MS * 2)

static int16_t tone(unsigned rate, size_t k)
{
	return (int16_t)lrint(PEAK * sin(2 * PI * TONE_HZ * (double)k / rate));
}

/* The tone in a format, without a header: the truth. */
static size_t tone_in(enum vaic_format f, uint8_t *out, unsigned ms)
{
	unsigned rate = vaic_format_rate(f);
	size_t n = (size_t)rate / 1000 * ms;

	for (size_t k = 0; k < n; k++) {
		int16_t x = tone(rate, k);

		if (vaic_format_is_mulaw(f)) {
			g711_ulaw_encode(out + k, &x, 1);
		} else {
			out[2 * k] = (uint8_t)(x & 0xff);
			out[2 * k + 1] = (uint8_t)((uint16_t)x >> 8);
		}
	}
	return n * vaic_format_sample_bytes(f);
}

static int16_t sample_at(enum vaic_format f, const uint8_t *bytes, size_t k)
{
	int16_t x;

	if (vaic_format_is_mulaw(f)) {
		g711_ulaw_decode(&x, bytes + k, 1);
		return x;
	}
	return (int16_t)(uint16_t)(bytes[2 * k] | bytes[2 * k + 1] << 8);
}

/* The whole stream in pieces of `step` bytes. */
static size_t convert(enum vaic_format f, bool to_caller, const uint8_t *in,
		      size_t n, size_t step, uint8_t *out)
{
	struct vaic_convert c;
	size_t made = 0;

	vaic_convert_init(&c, f, to_caller);
	while (n > 0) {
		uint8_t piece[VAIC_CONVERT_BYTES_MAX];
		size_t run = n < step ? n : step;
		size_t got = vaic_convert_run(&c, piece, in, run);

		memcpy(out + made, piece, got);
		made += got;
		in += run;
		n -= run;
	}
	made += vaic_convert_end(&c, out + made);
	return made;
}

/* Decibels between the tone and what differs from it, 10 ms from the ends. */
static double snr(enum vaic_format f, const uint8_t *bytes)
{
	unsigned rate = vaic_format_rate(f);
	double signal = 0, noise = 0;

	for (size_t k = rate / 100; k < (size_t)rate / 1000 * (MS - 10); k++) {
		double want = tone(rate, k);
		double error = sample_at(f, bytes, k) - want;

		signal += want * want;
		noise += error * error;
	}
	return 10 * log10(signal / (noise + 1e-9));
}

/* 1000 Hz stays 1000 Hz and stays where it is. mu-law has 37 dB or so; a tone
 * that is one 8 kHz sample off would have 2 dB. */
static void test_every_format_both_ways(void **state)
{
	static uint8_t phone[MAX], wire[MAX], out[MAX * 2];
	size_t n = tone_in(VAIC_RAW_MULAW, phone, MS);

	(void)state;
	for (unsigned i = 0; i < VAIC_FORMATS; i++) {
		enum vaic_format f = (enum vaic_format)i;
		size_t bytes = tone_in(f, wire, MS);

		CHECK_EQ(bytes, convert(f, false, phone, n, 160, out),
			 vaic_format_name(f));
		CHECK(snr(f, out) > 35, vaic_format_name(f));
		CHECK_EQ(n, convert(f, true, wire, bytes, 960, out),
			 vaic_format_name(f));
		CHECK(snr(VAIC_RAW_MULAW, out) > 35, vaic_format_name(f));
	}
}

static void test_mulaw_passes_through(void **state)
{
	uint8_t all[256], out[VAIC_CONVERT_BYTES_MAX];

	(void)state;
	for (unsigned i = 0; i < 256; i++)
		all[i] = (uint8_t)i;
	CHECK_EQ(256, convert(VAIC_RAW_MULAW, true, all, 256, 480, out), "in");
	CHECK(memcmp(all, out, 256) == 0, "0x7f and 0xff stay two zeros");
	CHECK_EQ(256, convert(VAIC_RAW_MULAW, false, all, 256, 160, out),
		 "out");
	CHECK(memcmp(all, out, 256) == 0, "the same bytes");
}

static void test_any_split_is_the_same(void **state)
{
	static const size_t step[] = { 1, 2, 3, 7, 959, 960 };
	static uint8_t wire[MAX], whole[MAX], split[MAX];

	(void)state;
	for (unsigned i = 0; i < VAIC_FORMATS; i++) {
		enum vaic_format f = (enum vaic_format)i;
		size_t bytes = tone_in(f, wire, 50);
		size_t n = convert(f, true, wire, bytes, 480, whole);

		for (size_t k = 0; k < ARRAY_LEN(step); k++) {
			size_t most =
				vaic_format_sample_bytes(f) * VAIC_CONVERT_RUN;
			size_t size = step[k] < most ? step[k] : most;

			CHECK_EQ(n, convert(f, true, wire, bytes, size, split),
				 vaic_format_name(f));
			CHECK(memcmp(whole, split, n) == 0,
			      vaic_format_name(f));
		}
	}
}

/* n * 8000 / rate, rounded down, whatever n. */
static void test_counts(void **state)
{
	static const struct {
		enum vaic_format f;
		size_t samples, caller;
	} row[] = {
		{ VAIC_RAW_LPCM16_24, 0, 0 },
		{ VAIC_RAW_LPCM16_24, 2, 0 },
		{ VAIC_RAW_LPCM16_24, 3, 1 },
		{ VAIC_RAW_LPCM16_24, 100, 33 },
		{ VAIC_RAW_LPCM16_24, 480, 160 },
		{ VAIC_RAW_LPCM16, 1, 0 },
		{ VAIC_RAW_LPCM16, 2, 1 },
		{ VAIC_RAW_LPCM16, 321, 160 },
		{ VAIC_RAW_LPCM16_8, 77, 77 },
		{ VAIC_RAW_MULAW, 5, 5 },
	};
	static uint8_t in[MAX], out[MAX];

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(row); i++)
		CHECK_EQ(row[i].caller,
			 convert(row[i].f, true, in,
				 row[i].samples *
					 vaic_format_sample_bytes(row[i].f),
				 960 / (3 - vaic_format_sample_bytes(row[i].f)),
				 out),
			 vaic_format_name(row[i].f));
}

static void test_names_and_sizes(void **state)
{
	/* The table of 3.1. */
	static const struct {
		const char *name;
		unsigned rate;
		size_t bytes_20ms;
		bool is_wav;
	} row[] = {
		{ "raw/mulaw", 8000, 160, false },
		{ "wav/mulaw", 8000, 160, true },
		{ "raw/lpcm16_8", 8000, 320, false },
		{ "wav/lpcm16_8", 8000, 320, true },
		{ "raw/lpcm16", 16000, 640, false },
		{ "wav/lpcm16", 16000, 640, true },
		{ "raw/lpcm16_24", 24000, 960, false },
		{ "wav/lpcm16_24", 24000, 960, true },
	};

	(void)state;
	CHECK_EQ(VAIC_FORMATS, ARRAY_LEN(row), "eight");
	for (size_t i = 0; i < ARRAY_LEN(row); i++) {
		enum vaic_format f = vaic_format_find(row[i].name);

		CHECK(f < VAIC_FORMATS, row[i].name);
		CHECK_STR(row[i].name, vaic_format_name(f), "and back");
		CHECK_EQ(row[i].rate, vaic_format_rate(f), row[i].name);
		CHECK_EQ(row[i].bytes_20ms, vaic_format_bytes(f, 20),
			 row[i].name);
		CHECK_EQ(row[i].is_wav, vaic_format_is_wav(f), row[i].name);
	}
	CHECK_EQ(VAIC_FORMATS, vaic_format_find("raw/alaw"), "no A-law");
	CHECK_EQ(VAIC_FORMATS, vaic_format_find("RAW/mulaw"), "case matters");
	CHECK_EQ(VAIC_FORMATS, vaic_format_find(""), "nothing");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_every_format_both_ways),
		cmocka_unit_test(test_mulaw_passes_through),
		cmocka_unit_test(test_any_split_is_the_same),
		cmocka_unit_test(test_counts),
		cmocka_unit_test(test_names_and_sizes),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
