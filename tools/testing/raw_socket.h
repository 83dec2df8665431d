/* The other end of a wire for tests: a plain TCP socket used by hand, while
 * the loop under test goes on turning. Every wait is bounded and fails the
 * test in words. */
#ifndef TOOLS_TESTING_RAW_SOCKET_H
#define TOOLS_TESTING_RAW_SOCKET_H

#include <stddef.h>
#include <uv.h>

#include "tools/testing/check.h"

#define RAW_WAIT_MS 5000

/* Turn the loop until the claim holds. */
#define WAIT_FOR(loop, claim, why)                                            \
	do {                                                                  \
		uint64_t until_ = uv_hrtime() + RAW_WAIT_MS * 1000000ull;     \
		while (!(claim)) {                                            \
			if (uv_hrtime() > until_)                             \
				fail_msg("%s: waited for %s", (why), #claim); \
			raw_socket_turn(loop);                                \
		}                                                             \
	} while (0)

/* raw_socket_turn: one turn of the loop, and a short sleep. */
void raw_socket_turn(uv_loop_t *loop);

/* raw_socket_turn_for: many, for things that must not happen. */
void raw_socket_turn_for(uv_loop_t *loop, unsigned ms);

/* raw_socket_listen: a listener on 127.0.0.1; the port is filled in. */
int raw_socket_listen(unsigned *port);

/* raw_socket_accept: the next connection of a listener. */
int raw_socket_accept(uv_loop_t *loop, int listening);

/* raw_socket_connect: to 127.0.0.1; receive_bytes > 0 keeps its window small.
 */
int raw_socket_connect(unsigned port, int receive_bytes);

/* raw_socket_send: everything, at once. */
void raw_socket_send(int fd, const void *bytes, size_t n);
void raw_socket_say(int fd, const char *text);

/* raw_socket_read_until: bytes up to and with the wanted text (NULL: to the end
 * of the connection), NUL-terminated in out. Returns how many. */
size_t raw_socket_read_until(uv_loop_t *loop, int fd, const char *wanted,
			     char *out, size_t cap);

/* raw_socket_read_end: read to the end. Returns 0 for a FIN, or the errno. */
int raw_socket_read_end(uv_loop_t *loop, int fd);

/* raw_socket_reset: close with a RST. */
void raw_socket_reset(int fd);

/* raw_socket_count: descriptors this process has open. */
unsigned raw_socket_count(void);

/* raw_socket_close_loop: turn until nothing is left on the loop, and close it;
 * fails the test when a handle stays. */
void raw_socket_close_loop(uv_loop_t *loop);

#endif
