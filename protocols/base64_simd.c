#include "protocols/base64_simd.h"

static bool always(void)
{
	return true;
}

static size_t encode_nothing(char *text, const uint8_t *bytes, size_t n)
{
	(void)text;
	(void)bytes;
	(void)n;
	return 0;
}

static size_t decode_nothing(uint8_t *bytes, const char *text, size_t n)
{
	(void)bytes;
	(void)text;
	(void)n;
	return 0;
}

#if defined(__x86_64__)

#include <immintrin.h>

#define SSSE3 __attribute__((target("ssse3")))
#define AVX2  __attribute__((target("avx2")))

/* The wide functions end with _mm256_zeroupper: compilers forget it in front of
 * a static function, and all narrow code behind them would be slower by half,
 * the cipher's, too. */

/* The same sixteen bytes for both halves of a wide register. */
#define TWICE(table) \
	_mm256_broadcastsi128_si256(_mm_loadu_si128((const __m128i *)(table)))

/* --- Encoding --- */

/* Of each triple the bytes that its letters' bits are in: 1 0 for the first
 * two letters, 2 1 for the others, as little-endian words. */
static const int8_t spread[16] = { 1, 0, 2, 1, 4,  3, 5,  4,
				   7, 6, 8, 7, 10, 9, 11, 10 };

/* What a value's class adds to it. Classes: 0 is a-z, 1 to 10 the digits, 11
 * '+', 12 '/', 13 is A-Z. */
static const int8_t letter_of[16] = {
	'a' - 26, '0' - 52, '0' - 52, '0' - 52, '0' - 52, '0' - 52,
	'0' - 52, '0' - 52, '0' - 52, '0' - 52, '0' - 52, '+' - 62,
	'/' - 63, 'A',      0,        0,
};

/* Four values of six bits from every triple: a multiplication moves each to
 * its byte. */
SSSE3 static inline __m128i values_128(__m128i bytes)
{
	__m128i words = _mm_shuffle_epi8(
		bytes, _mm_loadu_si128((const __m128i *)spread));
	__m128i even = _mm_and_si128(words, _mm_set1_epi32(0x0fc0fc00));
	__m128i odd = _mm_and_si128(words, _mm_set1_epi32(0x003f03f0));

	return _mm_or_si128(_mm_mulhi_epu16(even, _mm_set1_epi32(0x04000040)),
			    _mm_mullo_epi16(odd, _mm_set1_epi32(0x01000010)));
}

SSSE3 static inline __m128i letters_128(__m128i value)
{
	__m128i is_capital = _mm_cmpgt_epi8(_mm_set1_epi8(26), value);
	__m128i class =
		_mm_or_si128(_mm_subs_epu8(value, _mm_set1_epi8(51)),
			     _mm_and_si128(is_capital, _mm_set1_epi8(13)));

	return _mm_add_epi8(
		value,
		_mm_shuffle_epi8(_mm_loadu_si128((const __m128i *)letter_of),
				 class));
}

/* A step reads 16 bytes and takes 12. */
SSSE3 static size_t encode_ssse3(char *text, const uint8_t *bytes, size_t n)
{
	size_t in = 0;

	for (; n - in >= 16; in += 12, text += 16) {
		__m128i block = _mm_loadu_si128((const __m128i *)(bytes + in));
		_mm_storeu_si128((__m128i *)text,
				 letters_128(values_128(block)));
	}
	return in;
}

AVX2 static inline __m256i values_256(__m256i bytes)
{
	__m256i words = _mm256_shuffle_epi8(bytes, TWICE(spread));
	__m256i even = _mm256_and_si256(words, _mm256_set1_epi32(0x0fc0fc00));
	__m256i odd = _mm256_and_si256(words, _mm256_set1_epi32(0x003f03f0));

	return _mm256_or_si256(
		_mm256_mulhi_epu16(even, _mm256_set1_epi32(0x04000040)),
		_mm256_mullo_epi16(odd, _mm256_set1_epi32(0x01000010)));
}

AVX2 static inline __m256i letters_256(__m256i value)
{
	__m256i is_capital = _mm256_cmpgt_epi8(_mm256_set1_epi8(26), value);
	__m256i class = _mm256_or_si256(
		_mm256_subs_epu8(value, _mm256_set1_epi8(51)),
		_mm256_and_si256(is_capital, _mm256_set1_epi8(13)));

	return _mm256_add_epi8(value,
			       _mm256_shuffle_epi8(TWICE(letter_of), class));
}

/* A step reads 12 + 16 bytes and takes 24. */
AVX2 static size_t encode_avx2(char *text, const uint8_t *bytes, size_t n)
{
	size_t in = 0;

	for (; n - in >= 28; in += 24, text += 32) {
		const __m128i *low = (const __m128i *)(bytes + in);
		const __m128i *high = (const __m128i *)(bytes + in + 12);
		__m256i block = _mm256_inserti128_si256(
			_mm256_castsi128_si256(_mm_loadu_si128(low)),
			_mm_loadu_si128(high), 1);
		_mm256_storeu_si256((__m256i *)text,
				    letters_256(values_256(block)));
	}
	_mm256_zeroupper();
	return in + encode_ssse3(text, bytes + in, n - in);
}

/* --- Decoding --- */

/* A byte is no letter when the class of its upper half is among those that its
 * lower half forbids. Classes: 1 is 2x, 2 is 3x, 4 are 4x and 6x, 8 are 5x and
 * 7x, 16 are all others, which nothing allows. */
static const int8_t class_of_upper[16] = { 16, 16, 1,  2,  4,  8,  4,  8,
					   16, 16, 16, 16, 16, 16, 16, 16 };
static const int8_t forbidden_by_lower[16] = {
	16 + 4 + 1,     16 + 1,         16 + 1,         16 + 1,
	16 + 1,         16 + 1,         16 + 1,         16 + 1,
	16 + 1,         16 + 1,         16 + 2 + 1,     16 + 8 + 2,
	16 + 8 + 2 + 1, 16 + 8 + 2 + 1, 16 + 8 + 2 + 1, 16 + 8 + 2,
};

/* What is added to a letter, by its upper half; '/' takes the place before. */
static const int8_t value_of_upper[16] = {
	0, 63 - '/', 62 - '+', 52 - '0', -'A', -'A', 26 - 'a', 26 - 'a',
};

/* The three bytes of each value of 24 bits, most significant first. */
static const int8_t gather[16] = { 2, 1,  0,  6,  5,  4,  10, 9,
				   8, 14, 13, 12, -1, -1, -1, -1 };

SSSE3 static inline __m128i look_up_128(const int8_t *table, __m128i at)
{
	return _mm_shuffle_epi8(_mm_loadu_si128((const __m128i *)table), at);
}

SSSE3 static inline __m128i upper_128(__m128i text)
{
	return _mm_and_si128(_mm_srli_epi32(text, 4), _mm_set1_epi8(15));
}

SSSE3 static inline bool are_letters_128(__m128i text)
{
	__m128i lower = _mm_and_si128(text, _mm_set1_epi8(15));
	__m128i bad =
		_mm_and_si128(look_up_128(class_of_upper, upper_128(text)),
			      look_up_128(forbidden_by_lower, lower));

	return _mm_movemask_epi8(_mm_cmpeq_epi8(bad, _mm_setzero_si128())) ==
	       0xffff;
}

SSSE3 static inline __m128i bytes_128(__m128i text)
{
	__m128i is_slash = _mm_cmpeq_epi8(text, _mm_set1_epi8('/'));
	__m128i class = _mm_add_epi8(upper_128(text), is_slash);
	__m128i value = _mm_add_epi8(text, look_up_128(value_of_upper, class));
	__m128i twelve = _mm_maddubs_epi16(value, _mm_set1_epi16(0x0140));
	__m128i all = _mm_madd_epi16(twelve, _mm_set1_epi32(0x00011000));

	return _mm_shuffle_epi8(all, _mm_loadu_si128((const __m128i *)gather));
}

/* A step takes 16 characters and writes 16 bytes, of which 12 count. So at
 * least 24 must be left: the rest then has room for the other four, and the
 * last four characters stay. In place the bytes never reach characters that
 * are still to be read. */
SSSE3 static size_t decode_ssse3(uint8_t *bytes, const char *text, size_t n)
{
	size_t in = 0;

	for (; n - in >= 24; in += 16, bytes += 12) {
		__m128i block = _mm_loadu_si128((const __m128i *)(text + in));
		if (!are_letters_128(block))
			break;
		_mm_storeu_si128((__m128i *)bytes, bytes_128(block));
	}
	return in;
}

AVX2 static inline __m256i upper_256(__m256i text)
{
	return _mm256_and_si256(_mm256_srli_epi32(text, 4),
				_mm256_set1_epi8(15));
}

AVX2 static inline bool are_letters_256(__m256i text)
{
	__m256i lower = _mm256_and_si256(text, _mm256_set1_epi8(15));

	return _mm256_testz_si256(
		_mm256_shuffle_epi8(TWICE(class_of_upper), upper_256(text)),
		_mm256_shuffle_epi8(TWICE(forbidden_by_lower), lower));
}

AVX2 static inline __m256i bytes_256(__m256i text)
{
	__m256i is_slash = _mm256_cmpeq_epi8(text, _mm256_set1_epi8('/'));
	__m256i class = _mm256_add_epi8(upper_256(text), is_slash);
	__m256i value = _mm256_add_epi8(
		text, _mm256_shuffle_epi8(TWICE(value_of_upper), class));
	__m256i twelve = _mm256_maddubs_epi16(value, _mm256_set1_epi16(0x0140));
	__m256i all = _mm256_madd_epi16(twelve, _mm256_set1_epi32(0x00011000));

	return _mm256_permutevar8x32_epi32(
		_mm256_shuffle_epi8(all, TWICE(gather)),
		_mm256_setr_epi32(0, 1, 2, 4, 5, 6, 3, 7));
}

/* A step takes 32 characters and writes 32 bytes, of which 24 count. */
AVX2 static size_t decode_avx2(uint8_t *bytes, const char *text, size_t n)
{
	size_t in = 0;

	for (; n - in >= 48; in += 32, bytes += 24) {
		__m256i block =
			_mm256_loadu_si256((const __m256i *)(text + in));
		if (!are_letters_256(block))
			break;
		_mm256_storeu_si256((__m256i *)bytes, bytes_256(block));
	}
	_mm256_zeroupper();
	return in + decode_ssse3(bytes, text + in, n - in);
}

static bool has_avx2(void)
{
	return __builtin_cpu_supports("avx2") != 0;
}

static bool has_ssse3(void)
{
	return __builtin_cpu_supports("ssse3") != 0;
}

const struct base64_path base64_path[BASE64_PATHS] = {
	{ "avx2", has_avx2, encode_avx2, decode_avx2 },
	{ "ssse3", has_ssse3, encode_ssse3, decode_ssse3 },
	{ "portable", always, encode_nothing, decode_nothing },
};

#else

const struct base64_path base64_path[BASE64_PATHS] = {
	{ "portable", always, encode_nothing, decode_nothing },
};

#endif
