/* Inside the WebSocket engine: shared by websocket.c (its life, and receiving)
 * and websocket_send.c, and nobody else. */
#ifndef PROTOCOLS_WEBSOCKET_PARTS_H
#define PROTOCOLS_WEBSOCKET_PARTS_H

#include <wslay/wslay.h>

#include "protocols/buffer.h"
#include "protocols/websocket.h"
#include "protocols/websocket_frame.h"

#define WEBSOCKET_CONTROL_MAX 125 /* payload of a control frame, bytes */

struct websocket {
	enum websocket_role role;
	size_t message_max;
	struct websocket_events events;
	websocket_random_fn *random;
	void *owner;
	struct buffer *out;
	wslay_frame_context_ptr frames;

	uint8_t *input; /* what websocket_receive was given */
	size_t input_len;

	/* How much of a frame wslay has been given: first of its header, then
	 * of its payload. */
	uint8_t header[WEBSOCKET_HEADER_MAX];
	size_t header_len;
	uint64_t payload_wanted;

	bool in_frame;
	struct wslay_frame_iocb frame; /* its header */
	uint64_t frame_left;           /* payload bytes still to come */
	uint8_t message_opcode;        /* 0 outside a message */
	struct buffer message;
	uint8_t control[WEBSOCKET_CONTROL_MAX + 1];
	size_t control_len;

	char *text; /* being written by the owner, inside out; or NULL */
	size_t text_cap;

	bool close_sent;
	bool close_received;
	int status; /* negative after a breach */
};

/* websocket_put: wslay's way into the buffer. websocket_make_mask: its way to
 * a mask. */
ssize_t websocket_put(const uint8_t *data, size_t len, int flags, void *owner);
int websocket_make_mask(uint8_t *mask, size_t len, void *owner);

/* websocket_send: one frame of any kind, through wslay.
 * Returns 0, -ENOBUFS, -EPIPE or -EINVAL. */
int websocket_send(struct websocket *ws, uint8_t opcode, bool is_final,
		   const void *payload, size_t len);

#endif
