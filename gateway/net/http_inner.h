/* Inside the HTTP server: shared by http_server.c (listening) and
 * http_connection.c (requests and answers), and nobody else. */
#ifndef GATEWAY_NET_HTTP_INNER_H
#define GATEWAY_NET_HTTP_INNER_H

#include "gateway/net/http_server.h"
#include "gateway/net/stream.h"

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
	uv_timer_t end;       /* of a pause in accepting; closed last */
	unsigned pending;     /* handles and connections that still call back */
	unsigned connections; /* what the limit counts */
	unsigned busy;        /* of them, those in a request */
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
	bool is_in_request; /* its first byte is here, or it is the first */
	bool is_answered;
	bool is_keep_alive;
	bool is_head;
	bool is_ending; /* the last answer is given */
};

/* http_server_put: one that the server waits for has called back; the last one
 * ends it. */
void http_server_put(struct http_server *s);

/* http_connection_take: a connected descriptor into the server's list; closed
 * when out of memory. */
void http_connection_take(struct http_server *s, int fd);

#endif
