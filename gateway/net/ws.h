/* A WebSocket connection on libuv, either role: messages in, messages out.
 *
 * One owner. ws_close and ws_abort may be called in every state and twice;
 * after either no message is delivered any more. on_closed comes exactly once,
 * last, after which the ws is gone. No callback runs from inside the functions
 * of this header. */
#ifndef GATEWAY_NET_WS_H
#define GATEWAY_NET_WS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <uv.h>

struct prefetch;
struct stream;
struct tls_context;
struct ws;

/* For the peer's close frame; then TCP closes. */
#define WS_CLOSE_WAIT_MS 1000

/* Why a connection that never opened failed, or how an open one ended. */
struct ws_end {
	bool was_open;
	bool by_peer;           /* the peer ended it, or the network; false: we
				   did, on our own or for a peer's breach */
	unsigned code;          /* of the first close frame, the peer's or ours;
				   1005 it had none, 1006 there was no frame */
	char reason[124];       /* the peer's, printable ASCII only */
	unsigned http_status;   /* answer to our upgrade when it was not 101 */
	unsigned retry_after_s; /* its Retry-After, or 0 */
	int status;             /* negative errno of the transport, or 0 */
	char why[320];          /* in words: "connection refused (…)", "HTTP
				   401 Unauthorized: bad key", printable ASCII */
};

struct ws_events {
	/* A client's upgrade was granted. Not called for a server's. */
	void (*on_open)(void *owner);
	/* A whole text message, NUL-terminated beyond len, writable. */
	void (*on_text)(void *owner, char *text, size_t len);
	void (*on_binary)(void *owner, const uint8_t *bytes, size_t len);
	void (*on_ping)(void *owner, const uint8_t *payload, size_t len);
	void (*on_pong)(void *owner, const uint8_t *payload, size_t len);
	void (*on_closed)(void *owner, const struct ws_end *end);
};

struct ws_target {
	const char *url;   /* ws:// or wss:// */
	const char *lead;  /* header lines right behind Host, each with CRLF,
			      or NULL */
	const char *extra; /* more at the end, or NULL */
	struct tls_context *tls; /* for wss */
	unsigned timeout_ms;     /* until the 101; then on_closed -ETIMEDOUT */
	size_t message_max;      /* bytes */
};

/* ws_connect: open a client connection. Redirects are never followed.
 * Returns NULL for a bad URL, wss without tls, or no memory. */
struct ws *ws_connect(uv_loop_t *loop, const struct ws_target *target,
		      const struct ws_events *events, void *owner);

/* ws_adopt: the server's side of a granted upgrade (used by http_upgrade).
 * Returns NULL when out of memory; the stream is then still the caller's. */
struct ws *ws_adopt(uv_loop_t *loop, struct stream *s, size_t message_max,
		    const struct ws_events *events, void *owner);

/* ws_receive: the bytes that came behind an adopted upgrade (used by the HTTP
 * server, once its handler has returned; n may be 0). They are changed. */
void ws_receive(struct ws *w, uint8_t *bytes, size_t n);

/* Sending. Each returns 0; -EPIPE when the connection is closing or not open
 * yet; -ENOBUFS when the peer is too slow (STREAM_OUT_MAX waits; the connection
 * then closes). Messages leave at ws_flush, or at the end of the callback of
 * this ws that is being run; on a loop with a net_loop, at the end of its turn.
 *
 * ws_text_begin gives room for a text of at most cap bytes, right where it will
 * leave from; the owner writes it there and calls ws_text_end, with nothing of
 * this ws in between. On error text is NULL; without an end nothing is sent. */
int ws_send_text(struct ws *w, const char *text, size_t len);
int ws_text_begin(struct ws *w, size_t cap, char **text);
int ws_text_end(struct ws *w, size_t len);
int ws_send_frame(struct ws *w, unsigned opcode, bool is_final,
		  const void *payload, size_t len);
int ws_ping(struct ws *w, const void *payload, size_t len);
void ws_flush(struct ws *w);

/* ws_close: send a close frame, wait for the answer at most WS_CLOSE_WAIT_MS,
 * then end TCP. ws_abort: end TCP at once. ws_reset: with a RST. */
void ws_close(struct ws *w, unsigned code, const char *reason);
void ws_abort(struct ws *w);
void ws_reset(struct ws *w);

/* ws_leave: give up this loop, to go on with that of another thread. What has
 * been read already is still delivered, and may be answered; on_left comes
 * once, last, from the loop: then the ws, with all it holds, may be handed
 * over, and there ws_arrive is its first call. Between the two nothing else may
 * be called. When the connection ends before it can leave, or cannot,
 * on_closed comes instead, as ever.
 *
 * Inside a callback of this ws only.
 * Returns 0, or -EBUSY when it is closing. */
int ws_leave(struct ws *w, void (*on_left)(void *owner));
/* ws_arrive: go on with this loop. No message is delivered from inside. */
void ws_arrive(struct ws *w, uv_loop_t *loop);

/* ws_ahead, ws_foresee: as stream_ahead and stream_foresee; nothing once the
 * stream is gone. */
struct prefetch *ws_ahead(struct ws *w); /* NULL then */
void ws_foresee(const struct ws *w, struct prefetch *p);

struct stream *ws_stream(struct ws *w);
size_t ws_waiting(const struct ws *w);   /* bytes not yet in the kernel */
uint64_t ws_read_ns(const struct ws *w); /* when the current message came */

/* ws_header: of the 101 we received; inside on_open only, else NULL. */
const char *ws_header(const struct ws *w, const char *name);

#endif
