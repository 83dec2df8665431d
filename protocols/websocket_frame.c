#include "protocols/websocket_frame.h"

#include <string.h>

#define MASKED 0x80
#define LENGTH 0x7f
#define LEN_16 126 /* two more bytes hold the length */
#define LEN_64 127 /* eight do */

static uint8_t short_length(uint64_t payload_len)
{
	return payload_len < LEN_16  ? (uint8_t)payload_len
	       : payload_len < 65536 ? LEN_16
				     : LEN_64;
}

static size_t extended_size(uint8_t length)
{
	return length < LEN_16 ? 0 : length == LEN_16 ? 2 : 8;
}

size_t websocket_header_announced(uint8_t second)
{
	return 2 + extended_size(second & LENGTH) + (second & MASKED ? 4 : 0);
}

size_t websocket_header_size(uint64_t payload_len, bool is_masked)
{
	return 2 + extended_size(short_length(payload_len)) +
	       (is_masked ? 4 : 0);
}

bool websocket_header_read(struct websocket_header *h, const uint8_t *bytes,
			   size_t n)
{
	if (n < 2 || n < websocket_header_announced(bytes[1]))
		return false;
	uint8_t length = bytes[1] & LENGTH;
	size_t extended = extended_size(length);

	*h = (struct websocket_header){
		.first = bytes[0],
		.is_masked = (bytes[1] & MASKED) != 0,
		.size = websocket_header_announced(bytes[1]),
		.payload_len = extended ? 0 : length,
	};
	for (size_t i = 0; i < extended; i++)
		h->payload_len = h->payload_len << 8 | bytes[2 + i];
	h->is_minimal = short_length(h->payload_len) == length;
	if (h->is_masked)
		memcpy(h->mask, bytes + 2 + extended, sizeof(h->mask));
	return true;
}

void websocket_header_write(uint8_t *out, uint8_t first, uint64_t payload_len,
			    const uint8_t mask[4])
{
	uint8_t length = short_length(payload_len);
	size_t extended = extended_size(length);

	out[0] = first;
	out[1] = (uint8_t)(length | (mask ? MASKED : 0));
	for (size_t i = 0; i < extended; i++)
		out[2 + i] = (uint8_t)(payload_len >> 8 * (extended - 1 - i));
	if (mask)
		memcpy(out + 2 + extended, mask, 4);
}

/* --- The mask. Every step is a multiple of its four bytes, so it never has to
 * be turned; and reads before it writes, so out may overlap in front. --- */

static uint64_t mask_word(const uint8_t mask[4])
{
	uint32_t half;

	memcpy(&half, mask, sizeof(half));
	return (uint64_t)half << 32 | half;
}

void websocket_mask_words(uint8_t *out, const uint8_t *bytes, size_t n,
			  const uint8_t mask[4])
{
	uint64_t key = mask_word(mask), word;
	size_t i = 0;

	for (; n - i >= sizeof(word); i += sizeof(word)) {
		memcpy(&word, bytes + i, sizeof(word));
		word ^= key;
		memcpy(out + i, &word, sizeof(word));
	}
	for (; i < n; i++)
		out[i] = bytes[i] ^ mask[i & 3];
}

#if defined(__SSE2__)

#include <emmintrin.h>

void websocket_mask(uint8_t *out, const uint8_t *bytes, size_t n,
		    const uint8_t mask[4])
{
	__m128i key = _mm_set1_epi64x((long long)mask_word(mask));
	size_t i = 0;

	for (; n - i >= 16; i += 16) {
		__m128i block = _mm_loadu_si128((const __m128i *)(bytes + i));
		_mm_storeu_si128((__m128i *)(out + i),
				 _mm_xor_si128(block, key));
	}
	websocket_mask_words(out + i, bytes + i, n - i, mask);
}

#else

void websocket_mask(uint8_t *out, const uint8_t *bytes, size_t n,
		    const uint8_t mask[4])
{
	websocket_mask_words(out, bytes, n, mask);
}

#endif
