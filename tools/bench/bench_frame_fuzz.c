/* Whatever the bytes: what is taken lies inside them, and a frame written from
 * what was read reads the same. */
#include "tools/testing/fuzz.h"

#include "tools/bench/bench_frame.h"

static void write_again(const struct bench_frame *f)
{
	static const uint8_t mask[4] = { 0x12, 0x34, 0x56, 0x78 };
	uint8_t *copy = malloc(BENCH_FRAME_HEAD_MAX + f->len + 1);
	struct bench_frame again;

	FUZZ_CHECK(copy != NULL);
	size_t head = bench_frame_head(copy, f->opcode, f->len, mask);
	memcpy(copy + head, f->payload, f->len);
	bench_frame_mask(copy + head, f->len, mask);
	FUZZ_CHECK(bench_frame_take(&again, copy, head + f->len) ==
		   (ssize_t)(head + f->len));
	FUZZ_CHECK(again.opcode == f->opcode && again.len == f->len);
	FUZZ_CHECK(!memcmp(again.payload, f->payload, f->len));
	free(copy);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n)
{
	uint8_t *bytes = fuzz_copy(data, n);
	struct bench_frame f;
	size_t at = 0;

	for (ssize_t took; at < n; at += (size_t)took) {
		took = bench_frame_take(&f, bytes + at, n - at);
		if (took <= 0)
			break;
		FUZZ_CHECK(f.payload >= bytes + at);
		FUZZ_CHECK(f.payload + f.len == bytes + at + took);
		write_again(&f);
	}
	free(bytes);
	return 0;
}
