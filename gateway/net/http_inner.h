/* Inside the HTTP server: shared by http_server.c (listening), http_admission.c
 * (who may stay) and http_connection.c (requests and answers), and nobody else.
 */
#ifndef GATEWAY_NET_HTTP_INNER_H
#define GATEWAY_NET_HTTP_INNER_H

#include <sys/queue.h>

#include "gateway/net/http_server.h"
#include "gateway/net/stream.h"

struct forwarded;

/* In the order in which they came. */
TAILQ_HEAD(http_queue, http_connection);

struct http_server {
	uv_loop_t *loop;
	uv_poll_t listening;
	int fd; /* what it polls */
	struct tls_context *tls;
	struct http_server_limits limits;
	const struct http_server_events *events;
	void *owner;
	void (*on_closed)(void *owner);
	struct http_connection *first;
	uv_timer_t end;   /* of a pause in accepting; closed last */
	unsigned pending; /* handles and connections that still call back */
	struct gate *gate;
	struct gate *own_gate;     /* which is the same, or NULL */
	struct http_queue fresh;   /* before their first whole request */
	struct http_queue shaking; /* TLS has begun, and is not done */
	unsigned handshakes;       /* of the latter */
	uint64_t told_ms;          /* when one that had to go was told of */
	unsigned untold;           /* since */
	unsigned busy;             /* of them, those in a request */
	unsigned port;
	bool is_closing;
	bool is_winding_down; /* no connection is kept for another request */
};

struct http_connection {
	struct http_server *server;
	struct stream *stream; /* NULL once upgraded or gone */
	struct http_reader *reader;
	struct ws *upgraded;
	uv_timer_t timer;
	struct http_connection *next;
	struct http_connection **link;
	TAILQ_ENTRY(http_connection) among_fresh, among_shaking;
	uint64_t came_ms;
	int place;                         /* at the gate */
	const struct forwarded *forwarded; /* while a request is answered */
	bool is_inside;                    /* the gate counts it */
	bool is_fresh, is_shaking;         /* it is in that queue */
	bool is_opened;                    /* an answer can be given */
	bool is_misled;                    /* plain HTTP where TLS is spoken */
	bool is_in_request; /* its first byte is here, or it is the first */
	bool is_answered;
	bool is_deferred;             /* the answer comes later … */
	void (*on_gone)(void *owner); /* … unless it goes */
	void *owner;                  /* of the answer */
	bool is_keep_alive;
	bool is_head;
	bool is_ending; /* the last answer is given */
};

/* http_server_put: one that the server waits for has called back; the last one
 * ends it. */
void http_server_put(struct http_server *s);

/* http_admit: may a connection with this peer come in? Returns whether c is
 * counted; it is among the fresh then.
 * http_admit_handshake: may its handshake begin?
 * http_handshake_done, http_no_longer_fresh: it needs no patience any more.
 * http_leave: of all of this; may be called twice. */
bool http_admit(struct http_connection *c, int fd);
bool http_admit_handshake(struct http_connection *c);
void http_handshake_done(struct http_connection *c);
void http_no_longer_fresh(struct http_connection *c);
void http_leave(struct http_connection *c);

/* http_connection_take: a connected descriptor into the server's list; closed
 * when out of memory. */
void http_connection_take(struct http_server *s, int fd);

#endif
