#include "tools/model/model_outbox.h"

#include <stdlib.h>
#include <string.h>

#include "gateway/net/ws.h"

#define SOCKET_TAKES (1u << 20) /* bytes handed to the socket ahead */

struct model_parcel {
	struct model_parcel *next;
	unsigned opcode;
	size_t len, sent;
	char bytes[];
};

static void put(struct model_outbox *o, unsigned opcode, const void *bytes,
		size_t len)
{
	struct model_parcel *p;

	if (o->waiting + len > MODEL_OUTBOX_MAX)
		return;
	p = malloc(sizeof(*p) + len);
	if (!p)
		return;
	*p = (struct model_parcel){ .opcode = opcode, .len = len };
	memcpy(p->bytes, bytes, len);
	if (o->last)
		o->last->next = p;
	else
		o->first = p;
	o->last = p;
	o->waiting += len;
}

static void drop_first(struct model_outbox *o)
{
	struct model_parcel *p = o->first;

	o->first = p->next;
	if (!o->first)
		o->last = NULL;
	o->waiting -= p->len;
	free(p);
}

static void send_piece(struct model_parcel *p, struct ws *ws)
{
	size_t n = p->len - p->sent;

	n = n < MODEL_OUTBOX_PIECE ? n : MODEL_OUTBOX_PIECE;
	ws_send_frame(ws, p->sent ? 0 : p->opcode, p->sent + n == p->len,
		      p->bytes + p->sent, n);
	p->sent += n;
}

bool model_outbox_pump(struct model_outbox *o, struct ws *ws)
{
	while (o->first && ws_waiting(ws) < SOCKET_TAKES) {
		send_piece(o->first, ws);
		if (o->first->sent == o->first->len)
			drop_first(o);
	}
	return o->first != NULL;
}

void model_outbox_send(struct model_outbox *o, struct ws *ws, unsigned opcode,
		       const void *bytes, size_t len)
{
	if (!o->first && len <= MODEL_OUTBOX_PIECE) {
		ws_send_frame(ws, opcode, true, bytes, len);
		return;
	}
	put(o, opcode, bytes, len);
	model_outbox_pump(o, ws);
}

void model_outbox_free(struct model_outbox *o)
{
	while (o->first)
		drop_first(o);
}
