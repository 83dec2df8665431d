/* Inside a ws: shared by ws.c (both roles) and ws_client.c (the way to the
 * 101), and nobody else. */
#ifndef GATEWAY_NET_WS_INNER_H
#define GATEWAY_NET_WS_INNER_H

#include "gateway/net/stream.h"
#include "gateway/net/ws.h"
#include "protocols/http.h"
#include "protocols/websocket.h"

enum ws_state {
	WS_CONNECTING, /* a client before the 101 */
	WS_OPEN,
	WS_CLOSING, /* our close frame is out; the peer's answer is awaited */
	WS_ENDING   /* the stream is ending; only on_closed is left */
};

struct ws {
	enum ws_state state;
	struct stream *stream; /* NULL once it is gone */
	struct websocket *engine;
	const struct ws_events *events;
	void *owner;
	void (*on_left)(void *owner); /* set: it wants to leave its loop */
	uv_loop_t *loop;
	uv_timer_t timer;
	struct http_reader *reader; /* until the 101 is taken */
	size_t message_max;
	unsigned timeout_ms;
	bool is_settled; /* end is known; what follows does not change it */
	char key[WEBSOCKET_KEY_LEN];
	struct ws_end end;
};

extern const struct stream_events ws_stream_events;

/* ws_create: NULL when out of memory. It has no handle and no stream yet. */
struct ws *ws_create(uv_loop_t *loop, size_t message_max,
		     const struct ws_events *events, void *owner);

/* ws_start: frames from here on. Returns 0 or -ENOMEM. */
int ws_start(struct ws *w, enum websocket_role role);

/* ws_settle: why it ends; the first cause is the one that is told.
 * ws_cut: end the stream at once. */
__attribute__((format(printf, 5, 6))) void ws_settle(struct ws *w, bool by_peer,
						     unsigned code, int status,
						     const char *why, ...);
void ws_cut(struct ws *w);

/* ws_on_timer: the time for the 101, or for the peer's close frame, is spent.
 */
void ws_on_timer(uv_timer_t *timer);

/* ws_random: for keys and masks. */
void ws_random(void *owner, uint8_t *out, size_t n);

/* ws_client_receive: bytes of the answer to our upgrade. Returns how many were
 * its own; afterwards the state is no longer WS_CONNECTING when it is whole.
 * ws_client_lose: no more of it will come; settles with what is known, else
 * with status and words. */
size_t ws_client_receive(struct ws *w, const uint8_t *bytes, size_t n);
__attribute__((format(printf, 3, 4))) void ws_client_lose(struct ws *w,
							  int status,
							  const char *why, ...);

#endif
