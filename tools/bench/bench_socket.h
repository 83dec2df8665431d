/* A TCP connection with optional TLS on a bench_loop: bytes in, bytes out, at
 * the least cost. What the kernel does not take waits, without bound but
 * counted: a generator that falls behind shows it by its schedule. */
#ifndef TOOLS_BENCH_BENCH_SOCKET_H
#define TOOLS_BENCH_BENCH_SOCKET_H

#include <netinet/in.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/socket.h>

#include "protocols/buffer.h"
#include "tools/bench/bench_loop.h"

struct tls;
struct tls_context;

struct bench_address {
	struct sockaddr_storage any;
	socklen_t len;
};

/* bench_address_find: host is a name or a literal address; may wait for a
 * resolver. Returns 0 or -EHOSTUNREACH. */
int bench_address_find(struct bench_address *a, const char *host,
		       unsigned port);

struct bench_socket_events {
	/* Connected, and the TLS handshake done. */
	void (*on_open)(void *owner);
	/* Writable, valid for the call. */
	void (*on_bytes)(void *owner, uint8_t *bytes, size_t n);
	/* The peer's end or a failure, in words; not after our own
	 * bench_socket_close. The socket is going. */
	void (*on_closed)(void *owner, const char *why);
};

struct bench_socket {
	struct bench_watch watch; /* first */
	struct bench_loop *loop;
	struct tls *tls; /* NULL: plain */
	struct buffer wire;
	struct buffer plain;
	const struct bench_socket_events *events;
	void *owner;
	uint64_t read_ns; /* when the kernel got the bytes being delivered */
	bool is_open;
	bool wants_write;
	bool is_closed;
};

/* bench_socket_dial: tls with host for TLS as a client. Failures arrive by
 * on_closed. NULL when out of memory or descriptors.
 * bench_socket_adopt: an accepted descriptor; tls for TLS as a server. Closes
 * the descriptor when it returns NULL. */
struct bench_socket *bench_socket_dial(struct bench_loop *l,
				       const struct bench_address *to,
				       struct tls_context *tls,
				       const char *host,
				       const struct bench_socket_events *events,
				       void *owner);
struct bench_socket *bench_socket_adopt(
	struct bench_loop *l, int fd, struct tls_context *tls,
	const struct bench_socket_events *events, void *owner);

/* bench_socket_detach: out of its loop, with no event any more, so that another
 * thread may attach it to its own, with another owner. */
void bench_socket_detach(struct bench_socket *s);
void bench_socket_attach(struct bench_socket *s, struct bench_loop *l,
			 const struct bench_socket_events *events, void *owner);

/* bench_socket_send: returns 0, -ENOBUFS or -ENOTCONN. */
int bench_socket_send(struct bench_socket *s, const void *bytes, size_t n);

/* bench_socket_close: no callback comes after it. Twice does nothing. */
void bench_socket_close(struct bench_socket *s);

/* bench_listen: a listening descriptor on 127.0.0.1; *port 0 takes a free one
 * and says which. Returns it or a negative errno. */
int bench_listen(unsigned *port);

#endif
