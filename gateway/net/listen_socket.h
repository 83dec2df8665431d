/* A listening TCP socket, as a descriptor: a failure leaves nothing behind. */
#ifndef GATEWAY_NET_LISTEN_SOCKET_H
#define GATEWAY_NET_LISTEN_SOCKET_H

#include <stdbool.h>
#include <uv.h>

/* listen_socket_open: bind and listen on the first address of host (a literal,
 * bracketed or not, or a name; resolving a name waits) and port (0: any).
 * Returns a non-blocking descriptor, or a negative errno (libuv's). */
int listen_socket_open(uv_loop_t *loop, const char *host, unsigned port,
		       int backlog);

/* listen_socket_open_many: the same n times on one port, between which the
 * kernel spreads connections.
 *
 * is_shared  other programs of the same user that say so too may listen there
 *            at the same time. Otherwise another one is an error
 *            (-EADDRINUSE) as with one socket, and so is another start of
 *            this one
 * fds        n of them, on 0
 * Returns 0, or a negative errno with nothing left behind. */
int listen_socket_open_many(uv_loop_t *loop, const char *host, unsigned port,
			    int backlog, bool is_shared, int *fds, unsigned n);

/* listen_socket_share: n descriptors for sockets that listen already, handed
 * over by whoever started this program: each gets one of them in turn, so some
 * are of the same socket, and every one of them accepts what comes.
 *
 * given  count of them, 1 .. n; not closed here
 * Returns 0; -ENOTSOCK or -EINVAL when one is no TCP socket that listens, or
 * there are more than n; or another negative errno; nothing is left behind. */
int listen_socket_share(const int *given, unsigned count, int *fds, unsigned n);

/* listen_socket_deafen: whoever tries to connect from now on is not heard, and
 * tries again a second later, when this socket is closed and another one has
 * the port; those who wait to be accepted still can be. Without it a connection
 * that comes between the last accept and the close would be reset. Only for a
 * socket that nobody else has. Best effort. */
void listen_socket_deafen(int fd);

/* listen_socket_split: "host:port" or "[v6]:port" in its parts, the host
 * without brackets. Returns 0, or -EINVAL when it is neither, or does not fit
 * into cap.
 */
int listen_socket_split(const char *listen, char *host, size_t cap,
			unsigned *port);

/* listen_socket_port: the port it is bound to. */
unsigned listen_socket_port(int fd);

#endif
