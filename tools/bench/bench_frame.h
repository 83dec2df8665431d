/* WebSocket frames (RFC 6455, 5.2) for a load generator: read where they stand,
 * written in front of and over their payload. No buffer, no state, no checks
 * but those that keep it in bounds: the gateway's framing has its own tests. */
#ifndef TOOLS_BENCH_BENCH_FRAME_H
#define TOOLS_BENCH_BENCH_FRAME_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

#define BENCH_FRAME_HEAD_MAX 14
#define BENCH_FRAME_MAX      (16u << 20) /* payload bytes; more is refused */

enum {
	BENCH_TEXT = 1,
	BENCH_BINARY = 2,
	BENCH_CLOSE = 8,
	BENCH_PING = 9,
	BENCH_PONG = 10
};

struct bench_frame {
	unsigned opcode;
	uint8_t *payload; /* unmasked, inside the bytes given */
	size_t len;
};

/* bench_frame_take: the first frame in n bytes.
 * Returns the bytes it takes up with *f filled; 0 when more must come; -EPROTO
 * for a fragment or one over BENCH_FRAME_MAX. */
ssize_t bench_frame_take(struct bench_frame *f, uint8_t *bytes, size_t n);

/* bench_frame_head: a frame's header for len bytes of payload.
 * mask  4 bytes, or NULL for a server's frame
 * Returns its length. */
size_t bench_frame_head(uint8_t head[BENCH_FRAME_HEAD_MAX], unsigned opcode,
			size_t len, const uint8_t *mask);

/* bench_frame_mask: mask (or unmask) a whole payload. */
void bench_frame_mask(uint8_t *bytes, size_t n, const uint8_t mask[4]);

#endif
