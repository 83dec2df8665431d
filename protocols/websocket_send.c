/* The sending side of the WebSocket engine: whole texts are written where they
 * leave from, all else goes through wslay. */
#include <assert.h>
#include <errno.h>
#include <string.h>

#include "protocols/utf8.h"
#include "protocols/websocket_parts.h"

/* --- wslay's callbacks --- */

/* websocket_send has reserved the room: this cannot fail half-way. */
ssize_t websocket_put(const uint8_t *data, size_t len, int flags, void *owner)
{
	struct websocket *ws = owner;

	(void)flags;
	return buffer_append(ws->out, data, len) ? -1 : (ssize_t)len;
}

int websocket_make_mask(uint8_t *mask, size_t len, void *owner)
{
	struct websocket *ws = owner;

	ws->random(ws->owner, mask, len);
	return 0;
}

/* --- Any frame --- */

static bool is_client(const struct websocket *ws)
{
	return ws->role == WEBSOCKET_CLIENT;
}

int websocket_send(struct websocket *ws, uint8_t opcode, bool is_final,
		   const void *payload, size_t len)
{
	struct wslay_frame_iocb frame = {
		.fin = is_final,
		.opcode = opcode,
		.payload_length = len,
		.mask = is_client(ws),
		.data = payload,
		.data_length = len,
	};
	size_t size = websocket_header_size(len, is_client(ws)) + len;

	if (ws->close_sent)
		return -EPIPE;
	if (!buffer_reserve(ws->out, size))
		return -ENOBUFS;
	ssize_t sent = wslay_frame_send(ws->frames, &frame);
	return sent == (ssize_t)len ? 0 : -EINVAL;
}

int websocket_send_frame(struct websocket *ws, unsigned opcode, bool is_final,
			 const void *payload, size_t len)
{
	return opcode <= WSLAY_BINARY_FRAME
		       ? websocket_send(ws, (uint8_t)opcode, is_final, payload,
					len)
		       : -EINVAL;
}

int websocket_ping(struct websocket *ws, const void *payload, size_t len)
{
	return len <= WEBSOCKET_CONTROL_MAX
		       ? websocket_send(ws, WSLAY_PING, true, payload, len)
		       : -EINVAL;
}

int websocket_close(struct websocket *ws, unsigned code, const char *reason)
{
	uint8_t payload[WEBSOCKET_CONTROL_MAX] = { (uint8_t)(code >> 8),
						   (uint8_t)code };
	size_t len = 0;

	if (ws->close_sent)
		return 0;
	if (code != 0 && code != WEBSOCKET_NO_STATUS) {
		const char *words = reason ? reason : "";
		len = utf8_cut(words, strlen(words), WEBSOCKET_REASON_MAX);
		memcpy(payload + 2, words, len);
		len += 2;
	}
	int err =
		websocket_send(ws, WSLAY_CONNECTION_CLOSE, true, payload, len);
	if (!err)
		ws->close_sent = true;
	return err;
}

/* --- A whole text, in place --- */

/* The header is as large as the longest text needs: nearly always that is what
 * the text that is written needs, too. */
int websocket_begin_text(struct websocket *ws, size_t cap, char **text)
{
	size_t header = websocket_header_size(cap, is_client(ws));

	*text = NULL;
	if (ws->close_sent)
		return -EPIPE;
	uint8_t *room = cap <= SIZE_MAX - header
				? buffer_reserve(ws->out, header + cap)
				: NULL;
	if (!room)
		return -ENOBUFS;
	ws->text = (char *)room + header;
	ws->text_cap = cap;
	*text = ws->text;
	return 0;
}

void websocket_end_text(struct websocket *ws, size_t len)
{
	uint8_t *frame = buffer_reserve(ws->out, 0);
	uint8_t *text = (uint8_t *)ws->text;
	size_t size = websocket_header_size(len, is_client(ws));
	uint8_t mask[4];

	assert(text && len <= ws->text_cap && !ws->close_sent);
	assert(text ==
	       frame + websocket_header_size(ws->text_cap, is_client(ws)));
	ws->text = NULL;
	if (is_client(ws)) {
		ws->random(ws->owner, mask, sizeof(mask));
		websocket_mask(frame + size, text, len, mask);
	} else if (frame + size != text) {
		memmove(frame + size, text, len);
	}
	websocket_header_write(frame, WEBSOCKET_WHOLE_TEXT, len,
			       is_client(ws) ? mask : NULL);
	buffer_commit(ws->out, size + len);
}

int websocket_send_text(struct websocket *ws, const char *text, size_t len)
{
	char *room;
	int err = websocket_begin_text(ws, len, &room);

	if (err)
		return err;
	if (len > 0)
		memcpy(room, text, len);
	websocket_end_text(ws, len);
	return 0;
}
