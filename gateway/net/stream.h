/* A TCP connection with optional TLS, on a libuv loop: plain bytes in, plain
 * bytes out.
 *
 * The owner appends to stream_out() and calls stream_flush(); what the kernel
 * does not take at once waits in the stream, bounded. One owner per stream;
 * stream_close may be called in any state and twice; on_closed comes exactly
 * once, last, after which the stream is gone. Nothing calls back from inside
 * stream_connect, stream_take, stream_flush or stream_close.
 *
 * The data of a loop with streams is theirs: NULL (uv_loop_init leaves it to
 * whoever made the loop), or what net_loop.h attaches. */
#ifndef GATEWAY_NET_STREAM_H
#define GATEWAY_NET_STREAM_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <uv.h>

struct buffer;
struct stream;
struct prefetch;
struct tls_context;

/* Bytes waiting for a slow peer; more after a flush: the stream closes with
 * -ENOBUFS. stream_out() itself takes twice as much, so an append of up to this
 * size never fails on a stream that is flushed. */
#define STREAM_OUT_MAX (4u << 20)
/* After the peer's orderly end what waits may still leave, this long. */
#define STREAM_LINGER_MS 1000
/* A peer whose kernel says nothing for this long is gone (-ETIMEDOUT). */
#define STREAM_SILENCE_MS 10000
/* stream_peer's text with its NUL, and to spare. */
#define STREAM_ADDRESS_LEN 64

/* What a peer gets who was offered TLS. */
enum stream_first { STREAM_USE_TLS, STREAM_USE_PLAIN, STREAM_GO_AWAY };

struct stream_events {
	/* The first byte of a peer that was accepted with TLS: its state is set
	 * up when this returns, and not before, so that one who says nothing
	 * costs none. STREAM_USE_PLAIN: the stream is open, and this byte is
	 * the first that on_bytes gets. NULL: STREAM_USE_TLS. */
	enum stream_first (*on_first)(void *owner, uint8_t first);
	/* Connected and, with TLS, the handshake done. Not called for an
	 * accepted plain stream, which is open at once. May be NULL. */
	void (*on_open)(void *owner);
	/* Bytes from the peer. They stay valid for the call only; who takes
	 * them may change them. */
	void (*on_bytes)(void *owner, uint8_t *bytes, size_t n);
	/* The end, whoever caused it. status: 0 after our own close or the
	 * peer's orderly end (why tells which); else a negative errno:
	 * libuv's (UV_EAI_… for a name), -EACCES for a certificate, -EPROTO
	 * for broken TLS, -ENOBUFS. why is for people: "connection refused
	 * (127.0.0.1:9)", "certificate is not valid for host …". Never from
	 * inside a function of this header. */
	void (*on_closed)(void *owner, int status, const char *why);
};

/* stream_take: a connected descriptor (of accept), which is the stream's from
 * here on, also on failure. tls NULL means plain; else it is held until the
 * handshake is over. How long that may take is the owner's business. Returns
 * NULL when it cannot be taken. */
struct stream *stream_take(uv_loop_t *loop, int fd, struct tls_context *tls,
			   const struct stream_events *events, void *owner);

/* stream_connect: resolve and connect; every address is tried in turn.
 *
 * tls         NULL means plain; otherwise host is the name that is verified
 * timeout_ms  for resolving, connecting and TLS together
 * Returns NULL only when out of memory; all else arrives by on_closed, with
 * status -ETIMEDOUT (UV_ETIMEDOUT) when the time is spent. */
struct stream *stream_connect(uv_loop_t *loop, const char *host, unsigned port,
			      struct tls_context *tls, unsigned timeout_ms,
			      const struct stream_events *events, void *owner);

/* stream_out: where plain bytes to the peer are appended. */
struct buffer *stream_out(struct stream *s);

/* stream_flush: hand what is in stream_out to TLS and the kernel. Safe in
 * every state; before the stream is open the bytes wait. */
void stream_flush(struct stream *s);

/* stream_use_blocks: what waits to be flushed lies in memory that the loop's
 * streams share, where it has a net_loop: for one that is flushed often. */
void stream_use_blocks(struct stream *s);

/* stream_ahead: what the owner is going to touch when bytes come: fetched while
 * they are read. stream_foresee adds what reading or writing this stream
 * touches to any such list. */
struct prefetch *stream_ahead(struct stream *s);
void stream_foresee(const struct stream *s, struct prefetch *p);

/* stream_waiting: bytes accepted by us that the kernel has not taken yet. */
size_t stream_waiting(const struct stream *s);

/* stream_rebind: pass the connection on to another owner (an HTTP connection
 * becoming a WebSocket). */
void stream_rebind(struct stream *s, const struct stream_events *events,
		   void *owner);

/* stream_leave: give up this loop, to go on with another one, of another
 * thread: the descriptor, what waits to be written and who the peer is stay
 * with the stream. No bytes come any more; on_left comes once, from the loop,
 * when nothing of the stream is left on it: then the stream may be handed over,
 * and there stream_arrive is its first call. Until that none other may be made.
 *
 * Returns 0; -EBUSY while a write is under way, before the stream is open, or
 * when it ends; or why the descriptor cannot be kept. Then nothing has changed.
 */
int stream_leave(struct stream *s, void (*on_left)(void *owner));
/* stream_arrive: go on with this loop. A failure comes by on_closed. */
void stream_arrive(struct stream *s, uv_loop_t *loop);

/* stream_finish: flush, say goodbye (close_notify, FIN), then close when the
 * peer does; at the latest after timeout_ms. What the peer still sends is
 * thrown away. A stream that is not open yet closes at once.
 * stream_close: at once; what waits is lost. */
void stream_finish(struct stream *s, unsigned timeout_ms);
void stream_close(struct stream *s);

/* stream_reset: close with a TCP RST, for fault injection. */
void stream_reset(struct stream *s);

/* stream_pause / stream_resume reading, for fault injection. A pause inside
 * on_bytes takes effect after it; bytes that TLS holds still arrive. */
void stream_pause(struct stream *s);
void stream_resume(struct stream *s);

/* stream_peer: "127.0.0.1:51234", "unknown" before there is a connection.
 * stream_peer_is_loopback: 127/8, ::1 and IPv4-mapped 127/8. */
const char *stream_peer(const struct stream *s);
bool stream_peer_is_loopback(const struct stream *s);
bool stream_is_tls(const struct stream *s);

/* stream_read_ns: uv_hrtime() when the bytes being delivered were read. */
uint64_t stream_read_ns(const struct stream *s);

#endif
