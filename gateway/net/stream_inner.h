/* Inside a stream: shared by stream.c (its life), stream_read.c and
 * stream_write.c, and nobody else. */
#ifndef GATEWAY_NET_STREAM_INNER_H
#define GATEWAY_NET_STREAM_INNER_H

#include "gateway/net/address.h"
#include "gateway/net/stream.h"
#include "protocols/buffer.h"

struct stream {
	uv_loop_t *loop;
	uv_tcp_t *tcp; /* NULL until connected */
	uv_timer_t timer;
	uv_write_t write;
	uv_shutdown_t shutdown;
	struct dial *dial; /* while resolving and connecting */
	struct tls *tls;
	struct buffer out;     /* the owner's plain bytes */
	struct buffer wire;    /* ciphertext to the kernel, with TLS */
	struct buffer sending; /* lent to uv_write: does not move */
	struct buffer plain;   /* decrypted, being delivered */
	const struct stream_events *events;
	void *owner;
	uint64_t read_ns;
	void (*on_left)(void *owner); /* while it leaves its loop */
	int fd;                       /* kept meanwhile */
	unsigned open_handles;
	unsigned timeout_ms;
	bool is_open;
	bool is_writing;
	bool is_paused;
	bool is_finishing;  /* no more from the owner */
	bool is_shut;       /* our FIN is on its way */
	bool is_peer_ended; /* its FIN came */
	bool is_closing;
	bool peer_is_loopback;
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

/* stream_encrypt: what the owner appended becomes ciphertext (nothing to do
 * without TLS). stream_pump: give the kernel what it takes, queue the rest. */
void stream_encrypt(struct stream *s);
void stream_pump(struct stream *s);

/* stream_read_start: let libuv read. stream_take_tls: bytes for the TLS engine;
 * none begin a client's handshake. */
void stream_read_start(struct stream *s);
void stream_take_tls(struct stream *s, const uint8_t *bytes, size_t n);

#endif
