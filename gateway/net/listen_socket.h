/* A listening TCP socket, as a descriptor: a failure leaves nothing behind. */
#ifndef GATEWAY_NET_LISTEN_SOCKET_H
#define GATEWAY_NET_LISTEN_SOCKET_H

#include <uv.h>

/* listen_socket_open: bind and listen on the first address of host (a literal,
 * bracketed or not, or a name; resolving a name waits) and port (0: any).
 * Returns a non-blocking descriptor, or a negative errno (libuv's). */
int listen_socket_open(uv_loop_t *loop, const char *host, unsigned port,
		       int backlog);

/* listen_socket_open_many: the same n times on one port, between which the
 * kernel spreads connections. Another program that listens there is an error
 * (-EADDRINUSE) as with one, and so is another start of this one.
 *
 * fds  n of them, on 0
 * Returns 0, or a negative errno with nothing left behind. */
int listen_socket_open_many(uv_loop_t *loop, const char *host, unsigned port,
			    int backlog, int *fds, unsigned n);

/* listen_socket_split: "host:port" or "[v6]:port" in its parts, the host
 * without brackets. Returns 0, or -EINVAL when it is neither, or does not fit
 * into cap.
 */
int listen_socket_split(const char *listen, char *host, size_t cap,
			unsigned *port);

/* listen_socket_port: the port it is bound to. */
unsigned listen_socket_port(int fd);

#endif
