#include "tools/bench/bench_frame.h"

#include <errno.h>
#include <string.h>

void bench_frame_mask(uint8_t *bytes, size_t n, const uint8_t mask[4])
{
	uint64_t wide;
	size_t i = 0;

	memcpy(&wide, mask, 4);
	memcpy((uint8_t *)&wide + 4, mask, 4);
	for (; i + 8 <= n; i += 8) {
		uint64_t part;
		memcpy(&part, bytes + i, 8);
		part ^= wide;
		memcpy(bytes + i, &part, 8);
	}
	for (; i < n; i++)
		bytes[i] ^= mask[i & 3];
}

static uint64_t read_length(const uint8_t *bytes, size_t n)
{
	uint64_t len = 0;

	for (size_t i = 0; i < n; i++)
		len = len << 8 | bytes[i];
	return len;
}

/* Bytes of a header, by its second byte. */
static size_t extended_of(uint8_t second)
{
	unsigned low = second & 0x7f;

	return low == 126 ? 2 : low == 127 ? 8 : 0;
}

static size_t head_of(uint8_t second)
{
	return 2 + extended_of(second) + (second & 0x80 ? 4 : 0);
}

ssize_t bench_frame_take(struct bench_frame *f, uint8_t *bytes, size_t n)
{
	if (n < 2 || n < head_of(bytes[1]))
		return 0;
	size_t head = head_of(bytes[1]), extended = extended_of(bytes[1]);
	uint64_t len =
		extended ? read_length(bytes + 2, extended) : bytes[1] & 0x7fu;
	f->opcode = bytes[0] & 0x0f;
	if (len > BENCH_FRAME_MAX || !(bytes[0] & 0x80) || f->opcode == 0)
		return -EPROTO;
	if (n < head + len)
		return 0;
	f->payload = bytes + head;
	f->len = (size_t)len;
	if (bytes[1] & 0x80)
		bench_frame_mask(f->payload, f->len, f->payload - 4);
	return (ssize_t)(head + f->len);
}

size_t bench_frame_head(uint8_t head[BENCH_FRAME_HEAD_MAX], unsigned opcode,
			size_t len, const uint8_t *mask)
{
	size_t extended = len < 126 ? 0 : len < 65536 ? 2 : 8;
	size_t at = 2;

	head[0] = (uint8_t)(0x80 | opcode);
	head[1] = (uint8_t)(extended == 0 ? len : extended == 2 ? 126 : 127);
	for (size_t i = extended; i-- > 0;)
		head[at++] = (uint8_t)((uint64_t)len >> 8 * i);
	if (!mask)
		return at;
	head[1] |= 0x80;
	memcpy(head + at, mask, 4);
	return at + 4;
}
