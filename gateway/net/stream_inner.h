/* Inside a stream: shared by stream.c (its life), stream_read.c,
 * stream_write.c, stream_tls.c and net_loop.c, and nobody else. */
#ifndef GATEWAY_NET_STREAM_INNER_H
#define GATEWAY_NET_STREAM_INNER_H

#include "gateway/net/address.h"
#include "gateway/net/prefetch.h"
#include "gateway/net/stream.h"
#include "protocols/buffer.h"

struct stream_shake;

/* What every read and write touches comes first. */
struct stream {
	uv_loop_t *loop;
	uv_tcp_t *tcp;               /* NULL until connected */
	struct tls *tls;             /* NULL without, and … */
	struct tls_context *offered; /* … until the peer's first byte */
	const struct stream_events *events;
	void *owner;
	struct stream_shake *shake; /* while the handshake is made elsewhere */
	uint64_t read_ns;
	int fd; /* of tcp; while it leaves its loop, a copy */
	bool is_open;
	bool is_closing;
	bool is_finishing; /* no more from the owner */
	bool is_writing;
	bool is_shaking;    /* wire and tls are another thread's */
	bool is_shut;       /* our FIN is on its way */
	bool is_peer_ended; /* its FIN came */
	bool is_paused;
	bool is_dialled;               /* by us */
	struct buffer out;             /* the owner's plain bytes */
	struct stream *next_unflushed; /* of the loop's list … */
	struct stream **unflushed_link; /* … and what points here; NULL: none */
	bool ended_early; /* the peer ended while it was shaking */
	bool peer_is_loopback;
	struct buffer wire;    /* ciphertext that waits, with TLS */
	struct buffer sending; /* lent to uv_write: does not move */
	struct prefetch ahead;

	unsigned open_handles;
	unsigned timeout_ms;
	void (*on_left)(void *owner); /* while it leaves its loop */
	uv_timer_t timer;
	uv_write_t write;
	uv_shutdown_t shutdown;
	struct dial *dial; /* while resolving and connecting */
	int status;
	char why[320];
	char peer[ADDRESS_TEXT_LEN];
};

/* stream_note: what on_closed will tell. */
__attribute__((format(printf, 3, 4))) void stream_note(struct stream *s,
						       int status,
						       const char *why, ...);

/* stream_end: close the handles; the last one's callback tells the owner. */
void stream_end(struct stream *s);

/* stream_fail: end with a status in libuv's words. stream_fail_tls: in those of
 * the TLS engine. Neither does anything while the stream is ending. */
void stream_fail(struct stream *s, int status);
void stream_fail_tls(struct stream *s, int status);

/* stream_linger: no more comes from the owner; end when what waits is written
 * and the peer has ended, too, or after timeout_ms. */
void stream_linger(struct stream *s, unsigned timeout_ms);

/* stream_opened: plain bytes may pass from here on. */
void stream_opened(struct stream *s);

/* stream_put: a handle is closed, or a job is back; the last one's owner is
 * told, and the stream is gone. */
void stream_put(struct stream *s);

/* stream_encrypt: what the owner appended becomes ciphertext that waits
 * (nothing to do without TLS). stream_pump: give the kernel what it takes,
 * queue the rest. stream_flush_now: both, and less copying where nothing waits.
 * stream_forget_flush: it is not on the loop's list any more. */
void stream_encrypt(struct stream *s);
void stream_pump(struct stream *s);
void stream_flush_now(struct stream *s);
void stream_forget_flush(struct stream *s);

/* stream_read_start: read whenever there is something. stream_deliver: bytes
 * for the owner. stream_peer_ended: in order; status and why as stream_note
 * takes them. stream_take_end: nothing more will be read. */
void stream_read_start(struct stream *s);
void stream_deliver(struct stream *s, uint8_t *bytes, size_t n);
void stream_peer_ended(struct stream *s, int status, const char *why);
void stream_take_end(struct stream *s);

#define STREAM_READ_BYTES 65536u /* most that one read takes */

/* stream_meet: the first byte of a peer that was offered TLS has come. Returns
 * false when the stream ends.
 * stream_take_tls: bytes for the TLS engine; none begin a client's handshake.
 * stream_shake_free: takes NULL. */
bool stream_meet(struct stream *s, uint8_t first);
void stream_take_tls(struct stream *s, const uint8_t *bytes, size_t n);
void stream_shake_free(struct stream_shake *k);

/* stream_shake_cancel: what was asked for and has not begun need not be. */
void stream_shake_cancel(struct stream *s);

#endif
