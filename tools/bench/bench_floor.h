/* The floor: what a call's sockets, AES-128-GCM and base64 cost with no gateway
 * in between. A process that, for each call, takes the carrier's frames and the
 * model's records and passes on records and frames of the sizes a gateway
 * would, in the way a good one looks at its sockets: on a grid of short ticks,
 * everything that is ready at once; and the marks, which the carrier echoes. No
 * JSON, no WebSocket, no resampling, no account of anything. */
#ifndef TOOLS_BENCH_BENCH_FLOOR_H
#define TOOLS_BENCH_BENCH_FLOOR_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define BENCH_FLOOR_MESSAGE_MAX 16384
#define BENCH_FLOOR_MEDIAS      2   /* 100 ms each, to a mark */
#define BENCH_FLOOR_ECHO        'M' /* begins an echo, and no frame */

/* RFC 5246, 6.2.3.3 and RFC 5288: header, explicit nonce, text, tag. */
#define BENCH_RECORD(n) (5 + 8 + (n) + 16)

/* The sizes of one call's traffic, in bytes. */
struct bench_floor_shape {
	size_t frame;        /* a carrier's frame, WebSocket header and all */
	size_t frame_at;     /* where its base64 is … */
	size_t frame_chars;  /* … and how much of it */
	size_t append;       /* text in an append's record */
	size_t append_at;    /* where its base64 goes */
	size_t append_audio; /* bytes of audio in it */
	unsigned frames;     /* of the carrier, for one append */
	size_t delta;        /* text in a delta's record */
	size_t delta_at, delta_chars;
	size_t media;       /* a frame to the carrier, header and all */
	size_t media_audio; /* bytes of audio in it */
	size_t mark;        /* behind every BENCH_FLOOR_MEDIAS of them … */
	size_t echo; /* … and what the carrier says once it is played */
};

/* bench_floor_shape_of: with mu-law or PCM16 at 24 kHz towards the model. */
void bench_floor_shape_of(struct bench_floor_shape *s, bool is_pcmu,
			  unsigned append_ms);

struct bench_floor {
	struct bench_floor_shape shape;
	int listen_fd;
	unsigned calls;
	unsigned tick_us; /* 0: woken by every socket */
};

/* The first bytes on a connection to the floor. */
struct bench_floor_hello {
	uint32_t call;
	uint32_t is_model;
};

/* bench_floor_serve: never returns but on SIGTERM. For bench_child_fork. */
int bench_floor_serve(void *floor);

/* bench_floor_seal: n bytes of text as a record the floor can open. Returns the
 * length, BENCH_RECORD(n). */
size_t bench_floor_seal(uint8_t *record, const uint8_t *text, size_t n);

#endif
