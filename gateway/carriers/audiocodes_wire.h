/* Where messages leave: one is written into out and sent,
 *
 *	audiocodes_wire_send(w, audiocodes_write_play_stop(&w->out, "p7"));
 *
 * and does not leave when it could not be written. Audio is written right where
 * it will leave from, between audiocodes_wire_begin and audiocodes_wire_end. */
#ifndef GATEWAY_CARRIERS_AUDIOCODES_WIRE_H
#define GATEWAY_CARRIERS_AUDIOCODES_WIRE_H

#include "protocols/buffer.h"

#define AUDIOCODES_OUT_MAX 65536 /* bytes of one message to the carrier */
/* Bytes taken when the socket opens: what goes with audio allocates nothing. */
#define AUDIOCODES_OUT_MIN 1024

struct ws;

struct audiocodes_wire {
	struct buffer out;
	struct ws *ws; /* NULL: gone */
};

/* audiocodes_wire_open: returns 0 or -ENOMEM. */
int audiocodes_wire_open(struct audiocodes_wire *w);
void audiocodes_wire_close(struct audiocodes_wire *w);

/* audiocodes_wire_send: what a writer, which returned err, has put into out.
 * Returns err, or what the socket said. */
int audiocodes_wire_send(struct audiocodes_wire *w, int err);

/* audiocodes_wire_begin: out becomes room for a message shorter than room, in
 * the socket's own memory. Returns 0, or what the socket said.
 * audiocodes_wire_end: as audiocodes_wire_send, of what is in that out. */
int audiocodes_wire_begin(struct audiocodes_wire *w, size_t room,
			  struct buffer *out);
int audiocodes_wire_end(struct audiocodes_wire *w, const struct buffer *out,
			int err);

#endif
