/* Eight floats in a register, with AVX2 and FMA: shared by resample_wide.c and
 * resample_wide_thirds.c, and nobody else. */
#ifndef CODECS_RESAMPLE_WIDE_LANE_H
#define CODECS_RESAMPLE_WIDE_LANE_H

#include <immintrin.h>
#include <stddef.h>
#include <stdint.h>

#define WIDE __attribute__((target("avx2,fma")))
#define LANE 8

/* Half away from zero, as round_sample does; saturated before the cast. */
WIDE static inline __m128i round_lane(__m256 x)
{
	const __m256 sign = _mm256_set1_ps(-0.0f);
	__m256 half =
		_mm256_or_ps(_mm256_and_ps(x, sign), _mm256_set1_ps(0.5f));
	__m256 in_range = _mm256_max_ps(_mm256_min_ps(_mm256_add_ps(x, half),
						      _mm256_set1_ps(32767)),
					_mm256_set1_ps(-32768));
	__m256i whole = _mm256_cvttps_epi32(in_range);

	return _mm_packs_epi32(_mm256_castsi256_si128(whole),
			       _mm256_extracti128_si256(whole, 1));
}

WIDE static inline void put_lane(int16_t *out, __m256 sum)
{
	_mm_storeu_si128((__m128i *)out, round_lane(sum));
}

#endif
