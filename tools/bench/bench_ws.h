/* A WebSocket on a bench_socket, either role: handshake, then whole messages.
 * Pings are answered and a close frame is answered with the end. */
#ifndef TOOLS_BENCH_BENCH_WS_H
#define TOOLS_BENCH_BENCH_WS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "protocols/buffer.h"
#include "protocols/websocket.h"
#include "tools/bench/bench_socket.h"

struct bench_ws_events {
	void (*on_open)(void *owner);
	/* A whole text message, writable, not NUL-terminated. */
	void (*on_text)(void *owner, char *text, size_t len);
	/* The end, however it came, but for bench_ws_close; words. */
	void (*on_closed)(void *owner, const char *why);
};

/* Embedded in its owner. */
struct bench_ws {
	struct bench_socket *socket; /* NULL once it is gone */
	struct http_reader *reader;  /* until the handshake is done */
	struct buffer in;            /* the part of a frame that came so far */
	const struct bench_ws_events *events;
	void *owner;
	char key[WEBSOCKET_KEY_LEN];
	char target[512];
	char host[280];
	uint8_t mask[4];
	bool is_client;
	bool is_open;
	bool is_closing;
	bool is_over; /* closed, by either side: nothing is told any more */
};

/* bench_ws_dial: target is the path; host goes into the request, and is the
 * name that TLS checks. Returns 0 or -ENOMEM. */
int bench_ws_dial(struct bench_ws *w, struct bench_loop *l,
		  const struct bench_address *to, struct tls_context *tls,
		  const char *host, const char *target,
		  const struct bench_ws_events *events, void *owner);

/* bench_ws_accept: the server's side of a connection that is open and in no
 * loop; n bytes of it came already. */
int bench_ws_accept(struct bench_ws *w, struct bench_loop *l,
		    struct bench_socket *s, uint8_t *early, size_t n,
		    const struct bench_ws_events *events, void *owner);

/* bench_ws_send: one text message. bench_ws_send_frame: n bytes that are a
 * whole frame already. Both return 0 or a negative errno. */
int bench_ws_send(struct bench_ws *w, const char *text, size_t len);
int bench_ws_send_frame(struct bench_ws *w, const uint8_t *frame, size_t n);

uint64_t bench_ws_read_ns(const struct bench_ws *w);

/* bench_ws_finish: send a close frame; on_closed comes with the peer's end.
 * bench_ws_close: at once; no callback comes after it. */
void bench_ws_finish(struct bench_ws *w);
void bench_ws_close(struct bench_ws *w);

#endif
