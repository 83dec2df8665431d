/* The shape of a WebSocket frame: its header and its mask (RFC 6455, 5.2 and
 * 5.3). What a header may say is websocket.c's to judge. */
#ifndef PROTOCOLS_WEBSOCKET_FRAME_H
#define PROTOCOLS_WEBSOCKET_FRAME_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define WEBSOCKET_HEADER_MAX 14   /* bytes */
#define WEBSOCKET_WHOLE_TEXT 0x81 /* FIN, nothing reserved, opcode 1 */

struct websocket_header {
	uint8_t first; /* FIN, the reserved bits and the opcode */
	bool is_masked;
	bool is_minimal; /* the length has its shortest form */
	uint8_t mask[4]; /* zero without one */
	uint64_t payload_len;
	size_t size; /* of the header itself */
};

/* websocket_header_size: of a header that takes payload_len. */
size_t websocket_header_size(uint64_t payload_len, bool is_masked);

/* websocket_header_announced: the same, as its second byte tells. */
size_t websocket_header_announced(uint8_t second);

/* websocket_header_read: the header at the front of n bytes. Returns false when
 * it is not whole yet. */
bool websocket_header_read(struct websocket_header *h, const uint8_t *bytes,
			   size_t n);

/* websocket_header_write: websocket_header_size bytes, the length in its
 * shortest form. mask NULL: without one. */
void websocket_header_write(uint8_t *out, uint8_t first, uint64_t payload_len,
			    const uint8_t mask[4]);

/* websocket_mask: mask n bytes, or take their mask off. out may be the same
 * memory as bytes, or stand before it; then they may overlap. */
void websocket_mask(uint8_t *out, const uint8_t *bytes, size_t n,
		    const uint8_t mask[4]);

/* The same in words, on a CPU without wide registers. */
void websocket_mask_words(uint8_t *out, const uint8_t *bytes, size_t n,
			  const uint8_t mask[4]);

#endif
