/* The TLS handshakes of the model's end, in a thread of their own: each takes
 * milliseconds, which must not hold up the calls that run. What has shaken
 * hands is passed on and then belongs to the generator's thread alone. */
#ifndef TOOLS_BENCH_BENCH_GREETER_H
#define TOOLS_BENCH_BENCH_GREETER_H

#include <stddef.h>
#include <stdint.h>

struct bench_greeter;
struct bench_loop;
struct bench_socket;

/* A connection with TLS: its new owner attaches the socket to a loop, and takes
 * the n bytes that came already, which are gone after the call. */
typedef void bench_greeted_fn(void *owner, struct bench_socket *s,
			      uint8_t *early, size_t n);

/* bench_greeter_open: serve the connections of a listening descriptor, which is
 * taken over; on_greeted is called in the thread that runs l. Returns NULL with
 * why in words. */
struct bench_greeter *bench_greeter_open(struct bench_loop *l, int listen_fd,
					 const char *cert_file,
					 const char *key_file,
					 bench_greeted_fn *on_greeted,
					 void *owner, const char **why);

/* bench_greeter_close: connections that were passed on must be closed before:
 * they use its TLS context. */
void bench_greeter_close(struct bench_greeter *g);

#endif
