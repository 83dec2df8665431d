#include "gateway/call/transcoder.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "codecs/g711.h"
#include "tools/testing/check.h"

struct catch
{
	uint8_t bytes[200000];
	size_t len;
};

static void take(void *owner, const uint8_t *bytes, size_t n)
{
	struct catch *c = owner;

	assert_true(c->len + n <= sizeof(c->bytes));
	memcpy(c->bytes + c->len, bytes, n);
	c->len += n;
}

static struct catch one, two;

static void test_equal_formats_pass_through(void **state)
{
	(void)state;
	struct transcoder t;
	const uint8_t odd[] = { 1, 2, 3 };

	one.len = 0;
	transcoder_init(&t, AUDIO_ULAW, AUDIO_ULAW);
	transcoder_run(&t, odd, 3, take, &one);
	transcoder_flush(&t, take, &one);
	CHECK_EQ(3, one.len, "nothing added");
	assert_memory_equal(odd, one.bytes, 3);
}

static void test_pairs(void **state)
{
	(void)state;
	static const struct {
		enum audio_format from, to;
		unsigned in_per_s, out_per_s;
		const char *why;
	} row[] = {
		{ AUDIO_ULAW, AUDIO_PCM24, 8000, 48000, "a caller's audio" },
		{ AUDIO_PCM24, AUDIO_ULAW, 48000, 8000, "a model's audio" },
		{ AUDIO_ALAW, AUDIO_ULAW, 8000, 8000, "law to law" },
		{ AUDIO_PCM16, AUDIO_PCM24, 32000, 48000, "wide band up" },
		{ AUDIO_PCM24, AUDIO_PCM16, 48000, 32000, "wide band down" },
		{ AUDIO_PCM8, AUDIO_PCM24, 16000, 48000, "narrow band up" },
		{ AUDIO_ULAW, AUDIO_PCM16, 8000, 32000, "through 24 kHz" },
	};
	static uint8_t second[48000];

	for (size_t i = 0; i < ARRAY_LEN(row); i++) {
		struct transcoder t;
		transcoder_init(&t, row[i].from, row[i].to);
		one.len = 0;
		transcoder_run(&t, second, row[i].in_per_s, take, &one);
		CHECK_NEAR(row[i].out_per_s, one.len, 8, row[i].why);
	}
}

static const enum audio_format formats[] = { AUDIO_ULAW, AUDIO_ALAW, AUDIO_PCM8,
					     AUDIO_PCM16, AUDIO_PCM24 };
static uint8_t tone[48000];

static unsigned khz_of(enum audio_format f)
{
	return audio_format_bytes_per_ms(f) / audio_format_bytes_per_sample(f);
}

static int16_t sample_of(enum audio_format f, const uint8_t *bytes, size_t i)
{
	int16_t pcm;

	if (f == AUDIO_ULAW)
		g711_ulaw_decode(&pcm, bytes + i, 1);
	else if (f == AUDIO_ALAW)
		g711_alaw_decode(&pcm, bytes + i, 1);
	else
		pcm = (int16_t)(bytes[2 * i] | bytes[2 * i + 1] << 8);
	return pcm;
}

/* A second of 1000 Hz at an amplitude of 8000. Returns its bytes. */
static size_t make_tone(enum audio_format f)
{
	size_t samples = khz_of(f) * 1000;

	for (size_t i = 0; i < samples; i++) {
		int16_t v = (int16_t)lround(8000 * sin(2 * 3.14159265358979 *
						       (double)i / khz_of(f)));
		if (f == AUDIO_ULAW) {
			g711_ulaw_encode(tone + i, &v, 1);
		} else if (f == AUDIO_ALAW) {
			g711_alaw_encode(tone + i, &v, 1);
		} else {
			tone[2 * i] = (uint8_t)v;
			tone[2 * i + 1] = (uint8_t)((uint16_t)v >> 8);
		}
	}
	return samples * audio_format_bytes_per_sample(f);
}

/* The amplitude of 1000 Hz, and of all else, in 500 ms from 100 ms on. */
static void measure(enum audio_format f, const uint8_t *bytes, double *at_1000,
		    double *rest)
{
	unsigned khz = khz_of(f);
	size_t n = khz * 500u;
	double re = 0, im = 0, power = 0;

	for (size_t i = 0; i < n; i++) {
		double v = sample_of(f, bytes, khz * 100u + i);
		double w = 2 * 3.14159265358979 * (double)i / khz;
		re += v * cos(w);
		im += v * sin(w);
		power += v * v;
	}
	*at_1000 = 2 * sqrt(re * re + im * im) / (double)n;
	*rest = 2 * power / (double)n - *at_1000 * *at_1000;
	*rest = *rest > 0 ? sqrt(*rest) : 0;
}

static unsigned filters_between(enum audio_format from, enum audio_format to)
{
	if (khz_of(from) == khz_of(to))
		return 0;
	return khz_of(from) == 24 || khz_of(to) == 24 ? 1 : 2;
}

static int is_g711(enum audio_format f)
{
	return f == AUDIO_ULAW || f == AUDIO_ALAW;
}

static void convert(struct transcoder *t, struct catch *out, size_t n,
		    size_t piece_max)
{
	out->len = 0;
	for (size_t at = 0, piece; at < n; at += piece) {
		piece = piece_max ? (size_t)rand() % piece_max : n;
		piece = piece < n - at ? piece : n - at;
		transcoder_run(t, tone + at, piece, take, out);
	}
}

/* Every format to every other: the tone stays what it is, whatever the chunks,
 * and takes as long as it did. */
static void check_pair(enum audio_format from, enum audio_format to,
		       const char *why)
{
	static const size_t piece_max[] = { 2, 7, 1999, 20000 };
	struct transcoder t;
	size_t n = make_tone(from);
	double at_1000, rest;

	transcoder_init(&t, from, to);
	convert(&t, &one, n, 0);
	CHECK_EQ(1000 * audio_format_bytes_per_ms(to), one.len, why);
	transcoder_flush(&t, take, &one);
	CHECK_EQ((1000 + 4 * filters_between(from, to)) *
			 audio_format_bytes_per_ms(to),
		 one.len, why);
	/* 0.1 dB of a filter; G.711 has steps of 256 at this amplitude. */
	double tolerance = 80 + 128 * (is_g711(from) + is_g711(to));
	measure(to, one.bytes, &at_1000, &rest);
	CHECK_NEAR(8000, at_1000, tolerance, why);
	CHECK_NEAR(0, rest, tolerance, why);
	for (size_t i = 0; i < ARRAY_LEN(piece_max); i++) {
		convert(&t, &two, n, piece_max[i]);
		transcoder_flush(&t, take, &two);
		CHECK_EQ(one.len, two.len, why);
		assert_memory_equal(one.bytes, two.bytes, one.len);
	}
}

static void test_a_tone_through_every_pair(void **state)
{
	(void)state;
	char why[32];

	srand(3);
	for (size_t i = 0; i < ARRAY_LEN(formats); i++)
		for (size_t j = 0; j < ARRAY_LEN(formats); j++) {
			snprintf(why, sizeof(why), "from format %u to %u",
				 (unsigned)formats[i], (unsigned)formats[j]);
			check_pair(formats[i], formats[j], why);
		}
}

static void take_whole(void *owner, const uint8_t *bytes, size_t n)
{
	CHECK_EQ(0, n % 2, "no sample is split");
	take(owner, bytes, n);
}

static void test_half_a_sample_waits(void **state)
{
	(void)state;
	struct transcoder t;
	const uint8_t odd[] = { 1, 2, 3 };

	one.len = 0;
	transcoder_init(&t, AUDIO_PCM24, AUDIO_PCM24);
	transcoder_run(&t, odd, 3, take_whole, &one);
	CHECK_EQ(2, one.len, "also where nothing is converted");
	transcoder_run(&t, odd, 3, take_whole, &one);
	CHECK_EQ(6, one.len, "until the rest of it comes");
	const uint8_t whole[] = { 1, 2, 3, 1, 2, 3 };
	assert_memory_equal(whole, one.bytes, sizeof(whole));
}

static void test_reset_forgets_the_past(void **state)
{
	(void)state;
	struct transcoder t;
	uint8_t loud[480], silent[960] = { 0 };

	memset(loud, 0x3f, sizeof(loud));
	one.len = two.len = 0;
	transcoder_init(&t, AUDIO_PCM24, AUDIO_ULAW);
	transcoder_run(&t, loud, sizeof(loud) - 1, take, &two);
	transcoder_reset(&t);
	transcoder_run(&t, silent, sizeof(silent), take, &one);
	for (size_t i = 0; i < one.len; i++)
		CHECK_EQ(G711_ULAW_SILENCE, one.bytes[i],
			 "no tail of the interrupted reply");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_equal_formats_pass_through),
		cmocka_unit_test(test_pairs),
		cmocka_unit_test(test_a_tone_through_every_pair),
		cmocka_unit_test(test_half_a_sample_waits),
		cmocka_unit_test(test_reset_forgets_the_past),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
