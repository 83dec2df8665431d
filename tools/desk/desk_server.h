/* The listener of tandem-desk and its connections: HTTP/1.1 whose answers may
 * be late, cut short or missing, which a proper server's may not.
 *
 * DESK_CONNECTIONS_MAX at once; more are closed without a word. */
#ifndef TOOLS_DESK_DESK_SERVER_H
#define TOOLS_DESK_DESK_SERVER_H

#include <stdbool.h>
#include <uv.h>

#include "protocols/buffer.h"

#define DESK_CONNECTIONS_MAX 1024
#define DESK_BODY_MAX        (1u << 20) /* of a request: 413 */
#define DESK_REPLY_MAX       (8u << 20) /* of an answer */

struct desk_server;
struct http_message;

struct desk_reply {
	unsigned status;
	const char *type;  /* Content-Type, or NULL */
	char headers[256]; /* lines with CRLF; or "" */
	struct buffer body;
	unsigned delay_ms;
	bool is_dropped; /* the connection ends without an answer */
	bool is_cut;     /* it ends in the middle of the body */
};

/* Fill the reply, which is 200 without a body; from inside. */
typedef void desk_request_fn(void *owner, struct http_message *m,
			     struct desk_reply *reply);

/* desk_server_open: port 0 takes a free one. Returns 0 and *out, or a negative
 * errno. */
int desk_server_open(struct desk_server **out, uv_loop_t *loop,
		     const char *host, unsigned port, desk_request_fn *take,
		     void *owner);
unsigned desk_server_port(const struct desk_server *s);

/* desk_server_close: everything at once; it is gone when the loop has closed
 * its handles. */
void desk_server_close(struct desk_server *s);

#endif
