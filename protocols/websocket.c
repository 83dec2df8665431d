#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "protocols/utf8.h"
#include "protocols/websocket_parts.h"

#define MESSAGE_KEEP (256u << 10) /* memory kept between messages, bytes */

/* --- What wslay reads --- */

/* What the frame under way still needs: wslay asks for as much as there is, but
 * what is behind a frame is not its business. */
static uint64_t wanted(const struct websocket *ws)
{
	if (ws->header_len < 2)
		return 2 - ws->header_len;
	size_t header = websocket_header_announced(ws->header[1]);
	return ws->header_len < header ? header - ws->header_len
				       : ws->payload_wanted;
}

/* It is either all header or all payload. */
static void count(struct websocket *ws, const uint8_t *bytes, size_t n)
{
	struct websocket_header h;

	if (ws->header_len >= 2 &&
	    ws->header_len == websocket_header_announced(ws->header[1])) {
		ws->payload_wanted -= n;
		return;
	}
	memcpy(ws->header + ws->header_len, bytes, n);
	ws->header_len += n;
	if (websocket_header_read(&h, ws->header, ws->header_len))
		ws->payload_wanted = h.payload_len;
}

static ssize_t take_input(uint8_t *buf, size_t len, int flags, void *user_data)
{
	struct websocket *ws = user_data;
	uint64_t most = wanted(ws);
	size_t n = len < ws->input_len ? len : ws->input_len;

	(void)flags;
	if (n > most)
		n = (size_t)most;
	if (n == 0)
		return -1;
	memcpy(buf, ws->input, n);
	count(ws, ws->input, n);
	ws->input += n;
	ws->input_len -= n;
	return (ssize_t)n;
}

static const struct wslay_frame_callbacks callbacks = {
	.send_callback = websocket_put,
	.recv_callback = take_input,
	.genmask_callback = websocket_make_mask,
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

static void deliver_text(struct websocket *ws, char *text, size_t len)
{
	if (!utf8_is_valid((uint8_t *)text, len))
		fail(ws, -EILSEQ, WEBSOCKET_BAD_DATA, "text is not UTF-8");
	else if (ws->events.on_text)
		ws->events.on_text(ws->owner, text, len);
}

static void deliver_message(struct websocket *ws)
{
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
	if (is_text)
		deliver_text(ws, (char *)bytes, message->used);
	else if (ws->events.on_binary)
		ws->events.on_binary(ws->owner, bytes, message->used);
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
	int err = websocket_send(ws, WSLAY_PONG, true, ws->control,
				 ws->control_len);

	if (err && err != -EPIPE)
		ws->status = err;
	if (ws->events.on_ping)
		ws->events.on_ping(ws->owner, ws->control, ws->control_len);
}

static void end_frame(struct websocket *ws)
{
	ws->in_frame = false;
	ws->header_len = 0;
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

/* The usual frame, whole: a text of one piece, nothing under way, and nothing
 * about it that anybody could object to. All others are wslay's. */
static bool is_usual(const struct websocket *ws,
		     const struct websocket_header *h)
{
	return h->first == WEBSOCKET_WHOLE_TEXT && h->is_minimal &&
	       h->is_masked == (ws->role == WEBSOCKET_SERVER) &&
	       h->payload_len <= ws->message_max &&
	       h->payload_len <= ws->input_len - h->size;
}

/* It is delivered from where it was read. By one byte it moves into the room of
 * its header, while the mask is taken off, so that the NUL behind it takes no
 * byte that is not the frame's. */
static bool take_usual(struct websocket *ws)
{
	struct websocket_header h;

	if (ws->header_len > 0 || ws->message_opcode ||
	    !websocket_header_read(&h, ws->input, ws->input_len) ||
	    !is_usual(ws, &h))
		return false;
	size_t len = (size_t)h.payload_len;
	uint8_t *payload = ws->input + h.size, *text = payload - 1;
	ws->input = payload + len;
	ws->input_len -= h.size + len;
	if (h.is_masked)
		websocket_mask(text, payload, len, h.mask);
	else
		memmove(text, payload, len);
	text[len] = 0;
	deliver_text(ws, (char *)text, len);
	return true;
}

/* Returns false when more input is needed. */
static bool take_step(struct websocket *ws)
{
	struct wslay_frame_iocb part = { 0 };
	size_t before = ws->input_len;
	ssize_t got = wslay_frame_recv(ws->frames, &part);

	if (got == WSLAY_ERR_WANT_READ)
		return ws->input_len < before;
	if (got >= 0)
		take_part(ws, &part);
	else
		fail(ws, -EPROTO, WEBSOCKET_PROTOCOL_ERROR, "malformed frame");
	return true;
}

int websocket_receive(struct websocket *ws, uint8_t *bytes, size_t n)
{
	ws->input = bytes;
	ws->input_len = n;
	while (is_receiving(ws))
		if (!take_usual(ws) && !take_step(ws))
			break;
	ws->input_len = 0;
	return ws->status;
}
