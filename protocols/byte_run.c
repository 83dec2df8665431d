#include "protocols/byte_run.h"

#include <stdbool.h>
#include <string.h>

/* --- Eight bytes in a word --- */

#define EACH(byte) (0x0101010101010101u * (uint64_t)(byte))

static uint64_t word_at(const uint8_t *bytes)
{
	uint64_t word;

	memcpy(&word, bytes, sizeof(word));
	return word;
}

/* Whether any byte is below limit, which is at most 0x80: only then does taking
 * limit from it set its top bit where it had none. A borrow from the byte
 * before can but come from such a byte. */
static uint64_t has_below(uint64_t word, uint8_t limit)
{
	return (word - EACH(limit)) & ~word & EACH(0x80);
}

static uint64_t has_byte(uint64_t word, uint8_t byte)
{
	return has_below(word ^ EACH(byte), 1);
}

static bool is_ascii_word(uint64_t word)
{
	return (word & EACH(0x80)) == 0;
}

static bool is_plain_word(uint64_t word)
{
	return is_ascii_word(word) && !has_below(word, 0x20) &&
	       !has_byte(word, '"') && !has_byte(word, '\\');
}

static bool is_plain(uint8_t byte)
{
	return byte >= 0x20 && byte < 0x80 && byte != '"' && byte != '\\';
}

size_t byte_run_ascii_words(const uint8_t *bytes, size_t n)
{
	size_t i = 0;

	while (n - i >= 8 && is_ascii_word(word_at(bytes + i)))
		i += 8;
	while (i < n && bytes[i] < 0x80)
		i++;
	return i;
}

size_t byte_run_plain_words(const uint8_t *bytes, size_t n)
{
	size_t i = 0;

	while (n - i >= 8 && is_plain_word(word_at(bytes + i)))
		i += 8;
	while (i < n && is_plain(bytes[i]))
		i++;
	return i;
}

/* --- Sixteen in a register --- */

#if defined(__SSE2__)

#include <emmintrin.h>

static __m128i sixteen_at(const uint8_t *bytes)
{
	return _mm_loadu_si128((const __m128i *)bytes);
}

size_t byte_run_ascii(const uint8_t *bytes, size_t n)
{
	size_t i = 0;

	for (; n - i >= 64; i += 64) {
		__m128i a = sixteen_at(bytes + i);
		__m128i b = sixteen_at(bytes + i + 16);
		__m128i c = sixteen_at(bytes + i + 32);
		__m128i d = sixteen_at(bytes + i + 48);
		if (_mm_movemask_epi8(_mm_or_si128(_mm_or_si128(a, b),
						   _mm_or_si128(c, d))))
			break;
	}
	for (; n - i >= 16; i += 16) {
		int high = _mm_movemask_epi8(sixteen_at(bytes + i));
		if (high)
			return i + (size_t)__builtin_ctz((unsigned)high);
	}
	return i + byte_run_ascii_words(bytes + i, n - i);
}

/* As signed bytes, 0x80 and up are below a blank, too. */
static int not_plain(__m128i bytes)
{
	__m128i low = _mm_cmplt_epi8(bytes, _mm_set1_epi8(' '));
	__m128i quote = _mm_cmpeq_epi8(bytes, _mm_set1_epi8('"'));
	__m128i escape = _mm_cmpeq_epi8(bytes, _mm_set1_epi8('\\'));

	return _mm_movemask_epi8(
		_mm_or_si128(low, _mm_or_si128(quote, escape)));
}

size_t byte_run_plain(const uint8_t *bytes, size_t n)
{
	size_t i = 0;

	for (; n - i >= 16; i += 16) {
		int other = not_plain(sixteen_at(bytes + i));
		if (other)
			return i + (size_t)__builtin_ctz((unsigned)other);
	}
	return i + byte_run_plain_words(bytes + i, n - i);
}

#else

size_t byte_run_ascii(const uint8_t *bytes, size_t n)
{
	return byte_run_ascii_words(bytes, n);
}

size_t byte_run_plain(const uint8_t *bytes, size_t n)
{
	return byte_run_plain_words(bytes, n);
}

#endif
