#include "protocols/websocket.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <wslay/wslay.h>

#include "protocols/buffer.h"
#include "protocols/utf8.h"

#define CONTROL_MAX  125          /* payload of a control frame, bytes */
#define MESSAGE_KEEP (256u << 10) /* memory kept between messages, bytes */

struct websocket {
	enum websocket_role role;
	size_t message_max;
	struct websocket_events events;
	websocket_random_fn *random;
	void *owner;
	struct buffer *out;
	wslay_frame_context_ptr frames;

	const uint8_t *input; /* what websocket_receive was given */
	size_t input_len;

	bool in_frame;
	struct wslay_frame_iocb frame; /* its header */
	uint64_t frame_left;           /* payload bytes still to come */
	uint8_t message_opcode;        /* 0 outside a message */
	struct buffer message;
	uint8_t control[CONTROL_MAX + 1];
	size_t control_len;

	bool close_sent;
	bool close_received;
	int status; /* negative after a breach */
};

/* --- wslay's callbacks --- */

static ssize_t take_input(uint8_t *buf, size_t len, int flags, void *user_data)
{
	struct websocket *ws = user_data;
	size_t n = len < ws->input_len ? len : ws->input_len;

	(void)flags;
	if (n == 0)
		return -1;
	memcpy(buf, ws->input, n);
	ws->input += n;
	ws->input_len -= n;
	return (ssize_t)n;
}

/* write_frame has reserved the room: this cannot fail half-way. */
static ssize_t put_output(const uint8_t *data, size_t len, int flags,
			  void *user_data)
{
	struct websocket *ws = user_data;

	(void)flags;
	return buffer_append(ws->out, data, len) ? -1 : (ssize_t)len;
}

static int make_mask(uint8_t *buf, size_t len, void *user_data)
{
	struct websocket *ws = user_data;

	ws->random(ws->owner, buf, len);
	return 0;
}

static const struct wslay_frame_callbacks callbacks = {
	.send_callback = put_output,
	.recv_callback = take_input,
	.genmask_callback = make_mask,
};

struct websocket *websocket_new(enum websocket_role role, size_t message_max,
				const struct websocket_events *events,
				websocket_random_fn *random, void *owner,
				struct buffer *out)
{
	struct websocket *ws = calloc(1, sizeof *ws);

	if (!ws)
		return NULL;
	ws->role = role;
	ws->message_max = message_max;
	ws->events = *events;
	ws->random = random;
	ws->owner = owner;
	ws->out = out;
	buffer_init(&ws->message, message_max);
	if (wslay_frame_context_init(&ws->frames, &callbacks, ws)) {
		free(ws);
		return NULL;
	}
	return ws;
}

void websocket_free(struct websocket *ws)
{
	if (!ws)
		return;
	wslay_frame_context_free(ws->frames);
	buffer_free(&ws->message);
	free(ws);
}

/* --- Sending --- */

static size_t frame_size(const struct websocket *ws, size_t len)
{
	size_t extended = len < 126 ? 0 : len < 65536 ? 2 : 8;

	return 2 + extended + (ws->role == WEBSOCKET_CLIENT ? 4 : 0) + len;
}

static int write_frame(struct websocket *ws, uint8_t opcode, bool is_final,
		       const void *payload, size_t len)
{
	struct wslay_frame_iocb frame = {
		.fin = is_final,
		.opcode = opcode,
		.payload_length = len,
		.mask = ws->role == WEBSOCKET_CLIENT,
		.data = payload,
		.data_length = len,
	};

	if (ws->close_sent)
		return -EPIPE;
	if (!buffer_reserve(ws->out, frame_size(ws, len)))
		return -ENOBUFS;
	ssize_t sent = wslay_frame_send(ws->frames, &frame);
	return sent == (ssize_t)len ? 0 : -EINVAL;
}

int websocket_send_text(struct websocket *ws, const char *text, size_t len)
{
	return write_frame(ws, WSLAY_TEXT_FRAME, true, text, len);
}

int websocket_send_frame(struct websocket *ws, unsigned opcode, bool is_final,
			 const void *payload, size_t len)
{
	return opcode <= WSLAY_BINARY_FRAME
		       ? write_frame(ws, (uint8_t)opcode, is_final, payload,
				     len)
		       : -EINVAL;
}

int websocket_ping(struct websocket *ws, const void *payload, size_t len)
{
	return len <= CONTROL_MAX
		       ? write_frame(ws, WSLAY_PING, true, payload, len)
		       : -EINVAL;
}

int websocket_close(struct websocket *ws, unsigned code, const char *reason)
{
	uint8_t payload[CONTROL_MAX] = { (uint8_t)(code >> 8), (uint8_t)code };
	size_t len = 0;

	if (ws->close_sent)
		return 0;
	if (code != 0 && code != WEBSOCKET_NO_STATUS) {
		const char *words = reason ? reason : "";
		len = utf8_cut(words, strlen(words), WEBSOCKET_REASON_MAX);
		memcpy(payload + 2, words, len);
		len += 2;
	}
	int err = write_frame(ws, WSLAY_CONNECTION_CLOSE, true, payload, len);
	if (!err)
		ws->close_sent = true;
	return err;
}

bool websocket_is_closed(const struct websocket *ws)
{
	return ws->close_sent && ws->close_received;
}

/* --- Receiving --- */

/* Fail the connection (RFC 6455, 7.1.7). */
static void fail(struct websocket *ws, int status, unsigned code,
		 const char *reason)
{
	ws->status = status;
	websocket_close(ws, code, reason);
}

static void deliver_message(struct websocket *ws)
{
	const struct websocket_events *on = &ws->events;
	struct buffer *message = &ws->message;
	uint8_t *end = buffer_reserve(message, 0);

	if (!end) {
		fail(ws, -ENOMEM, WEBSOCKET_INTERNAL, "out of memory");
		return;
	}
	*end = 0;
	uint8_t *bytes = end - message->used;
	bool is_text = ws->message_opcode == WSLAY_TEXT_FRAME;
	ws->message_opcode = 0;
	if (is_text && !utf8_is_valid(bytes, message->used))
		fail(ws, -EILSEQ, WEBSOCKET_BAD_DATA, "text is not UTF-8");
	else if (is_text && on->on_text)
		on->on_text(ws->owner, (char *)bytes, message->used);
	else if (!is_text && on->on_binary)
		on->on_binary(ws->owner, bytes, message->used);
	buffer_consume(message, message->used);
	if (message->capacity > MESSAGE_KEEP)
		buffer_free(message);
}

/* RFC 6455, 7.4: codes that may be on the wire. */
static bool is_close_code(unsigned code)
{
	if (code >= 3000)
		return code < 5000;
	return code >= 1000 && code <= 1014 && code != 1004 && code != 1005 &&
	       code != 1006;
}

static void deliver_close(struct websocket *ws)
{
	unsigned code = WEBSOCKET_NO_STATUS;
	size_t reason_len = 0;

	if (ws->control_len >= 2) {
		code = (unsigned)ws->control[0] << 8 | ws->control[1];
		reason_len = ws->control_len - 2;
	}
	const uint8_t *reason = ws->control + ws->control_len - reason_len;
	if (ws->control_len == 1 ||
	    (ws->control_len >= 2 && !is_close_code(code))) {
		fail(ws, -EPROTO, WEBSOCKET_PROTOCOL_ERROR, "bad close code");
		return;
	}
	if (!utf8_is_valid(reason, reason_len)) {
		fail(ws, -EILSEQ, WEBSOCKET_BAD_DATA, "reason is not UTF-8");
		return;
	}
	ws->close_received = true;
	ws->status = websocket_close(ws, code, NULL);
	if (ws->events.on_close)
		ws->events.on_close(ws->owner, code, (const char *)reason,
				    reason_len);
}

static void deliver_ping(struct websocket *ws)
{
	int err =
		write_frame(ws, WSLAY_PONG, true, ws->control, ws->control_len);

	if (err && err != -EPIPE)
		ws->status = err;
	if (ws->events.on_ping)
		ws->events.on_ping(ws->owner, ws->control, ws->control_len);
}

static void end_frame(struct websocket *ws)
{
	ws->in_frame = false;
	switch (ws->frame.opcode) {
	case WSLAY_CONNECTION_CLOSE:
		deliver_close(ws);
		break;
	case WSLAY_PING:
		deliver_ping(ws);
		break;
	case WSLAY_PONG:
		if (ws->events.on_pong)
			ws->events.on_pong(ws->owner, ws->control,
					   ws->control_len);
		break;
	default:
		if (ws->frame.fin)
			deliver_message(ws);
	}
}

/* May this opcode come now? (RFC 6455, 5.4) Or what is wrong with it. */
static const char *misplaced(const struct websocket *ws, uint8_t opcode)
{
	switch (opcode) {
	case WSLAY_CONTINUATION_FRAME:
		return ws->message_opcode ? NULL : "continuation of nothing";
	case WSLAY_TEXT_FRAME:
	case WSLAY_BINARY_FRAME:
		return ws->message_opcode ? "new message inside a message"
					  : NULL;
	case WSLAY_CONNECTION_CLOSE:
	case WSLAY_PING:
	case WSLAY_PONG:
		return NULL;
	default:
		return "unknown opcode";
	}
}

/* What is wrong with a frame's header, or NULL. Lengths, and fragmented
 * control frames, are wslay's to refuse. */
static const char *breach(const struct websocket *ws,
			  const struct wslay_frame_iocb *f)
{
	bool must_mask = ws->role == WEBSOCKET_SERVER;

	if (f->rsv)
		return "reserved bit set";
	if (f->mask && !must_mask)
		return "masked frame from a server";
	if (!f->mask && must_mask)
		return "unmasked frame from a client";
	return misplaced(ws, f->opcode);
}

static void begin_frame(struct websocket *ws, const struct wslay_frame_iocb *f)
{
	const char *why = breach(ws, f);

	if (why) {
		fail(ws, -EPROTO, WEBSOCKET_PROTOCOL_ERROR, why);
		return;
	}
	ws->in_frame = true;
	ws->frame = *f;
	ws->frame_left = f->payload_length;
	if (wslay_is_ctrl_frame(f->opcode)) {
		ws->control_len = 0;
		return;
	}
	if (f->payload_length > ws->message_max - ws->message.used) {
		fail(ws, -E2BIG, WEBSOCKET_TOO_BIG, "message is too large");
		return;
	}
	if (f->opcode != WSLAY_CONTINUATION_FRAME)
		ws->message_opcode = f->opcode;
}

static void take_payload(struct websocket *ws, const uint8_t *data, size_t len)
{
	ws->frame_left -= len;
	if (wslay_is_ctrl_frame(ws->frame.opcode)) {
		memcpy(ws->control + ws->control_len, data, len);
		ws->control_len += len;
	} else if (buffer_append(&ws->message, data, len)) {
		fail(ws, -ENOMEM, WEBSOCKET_INTERNAL, "out of memory");
	}
}

/* One step of wslay: a frame's header with what there is of its payload. */
static void take_part(struct websocket *ws, const struct wslay_frame_iocb *f)
{
	if (!ws->in_frame)
		begin_frame(ws, f);
	if (!ws->status && f->data_length > 0)
		take_payload(ws, f->data, f->data_length);
	if (!ws->status && ws->frame_left == 0)
		end_frame(ws);
}

static bool is_receiving(const struct websocket *ws)
{
	return !ws->status && !ws->close_received;
}

int websocket_receive(struct websocket *ws, const uint8_t *bytes, size_t n)
{
	struct wslay_frame_iocb part;

	ws->input = bytes;
	ws->input_len = n;
	while (is_receiving(ws)) {
		memset(&part, 0, sizeof part);
		ssize_t got = wslay_frame_recv(ws->frames, &part);
		if (got >= 0)
			take_part(ws, &part);
		else if (got != WSLAY_ERR_WANT_READ)
			fail(ws, -EPROTO, WEBSOCKET_PROTOCOL_ERROR,
			     "malformed frame");
		else if (ws->input_len == 0)
			break;
	}
	ws->input_len = 0;
	return ws->status;
}
