#include "codecs/g711_inner.h"

#if defined(__x86_64__)

#include <immintrin.h>

#define WIDE    __attribute__((target("avx2")))
#define AT_ONCE 16

#define BIAS 132 /* G.711, table 2: segments begin at powers of two with it */
#define MOST 32767

bool g711_has_wide(void)
{
	return __builtin_cpu_supports("avx2");
}

/* With the bias a sample's segment is the exponent it has as a float, and the
 * step within the segment the first four bits of the fraction: both together
 * are the code word, less the smallest exponent there is (of 128). */
WIDE static inline __m256i code_words(__m128i pcm)
{
	const int fraction_rest = 23 - 4, least = (127 + 7) << 4;
	__m256i x = _mm256_cvtepi16_epi32(pcm);
	__m256i size =
		_mm256_add_epi32(_mm256_abs_epi32(x), _mm256_set1_epi32(BIAS));
	__m256 real = _mm256_cvtepi32_ps(
		_mm256_min_epi32(size, _mm256_set1_epi32(MOST)));
	__m256i word = _mm256_sub_epi32(
		_mm256_srli_epi32(_mm256_castps_si256(real), fraction_rest),
		_mm256_set1_epi32(least));
	__m256i below_zero = _mm256_and_si256(_mm256_srai_epi32(x, 31),
					      _mm256_set1_epi32(0x80));
	__m256i mask = _mm256_xor_si256(below_zero, _mm256_set1_epi32(0xff));

	return _mm256_xor_si256(word, mask);
}

WIDE void g711_ulaw_encode_wide(uint8_t *ulaw, const int16_t *pcm, size_t n)
{
	size_t i = 0;

	for (; n - i >= AT_ONCE; i += AT_ONCE) {
		const __m128i *at = (const __m128i *)(pcm + i);
		__m256i both = _mm256_packus_epi32(
			code_words(_mm_loadu_si128(at)),
			code_words(_mm_loadu_si128(at + 1)));
		__m256i in_order = _mm256_permute4x64_epi64(both, 0xd8);
		_mm_storeu_si128(
			(__m128i *)(ulaw + i),
			_mm_packus_epi16(_mm256_castsi256_si128(in_order),
					 _mm256_extracti128_si256(in_order,
								  1)));
	}
	g711_ulaw_encode_each(ulaw + i, pcm + i, n - i);
}

#else

bool g711_has_wide(void)
{
	return false;
}

void g711_ulaw_encode_wide(uint8_t *ulaw, const int16_t *pcm, size_t n)
{
	g711_ulaw_encode_each(ulaw, pcm, n);
}

#endif
