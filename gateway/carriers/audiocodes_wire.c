#include "gateway/carriers/audiocodes_wire.h"

#include <errno.h>

#include "gateway/net/ws.h"

int audiocodes_wire_open(struct audiocodes_wire *w)
{
	buffer_init(&w->out, AUDIOCODES_OUT_MAX);
	return buffer_reserve(&w->out, AUDIOCODES_OUT_MIN) ? 0 : -ENOMEM;
}

void audiocodes_wire_close(struct audiocodes_wire *w)
{
	buffer_free(&w->out);
	w->ws = NULL;
}

int audiocodes_wire_send(struct audiocodes_wire *w, int err)
{
	if (!err)
		err = w->ws ? ws_send_text(w->ws, (char *)buffer_head(&w->out),
					   w->out.used)
			    : -EPIPE;
	buffer_consume(&w->out, w->out.used);
	return err;
}

int audiocodes_wire_begin(struct audiocodes_wire *w, size_t room,
			  struct buffer *out)
{
	char *text;
	int err = w->ws ? ws_text_begin(w->ws, room, &text) : -EPIPE;

	if (!err)
		buffer_on(out, text, room);
	return err;
}

int audiocodes_wire_end(struct audiocodes_wire *w, const struct buffer *out,
			int err)
{
	return err ? err : ws_text_end(w->ws, out->used);
}
