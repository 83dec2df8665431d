/* An HTTP/1.1 server on libuv: listener, connections, and the hand-over of a
 * connection to WebSocket.
 *
 * One per worker. Knows nothing of calls: requests go to on_request. */
#ifndef GATEWAY_NET_HTTP_SERVER_H
#define GATEWAY_NET_HTTP_SERVER_H

#include <stdbool.h>
#include <stddef.h>
#include <uv.h>

#include "gateway/net/ws.h"
#include "protocols/http.h"

#define HTTP_LISTEN_BACKLOG 512

struct http_server;
struct http_connection;
struct tls_context;

struct http_server_limits {
	unsigned connections;     /* default 4096, without the upgraded
				     ones; more: closed at once */
	unsigned head_timeout_ms; /* default 10000 for a whole request
				     (and TLS): 408 and close */
	unsigned idle_timeout_ms; /* default 30000 between requests */
	size_t body_max;          /* default 65536: 413 */
};

struct http_server_events {
	/* One whole request. The handler answers before it returns, by exactly
	 * one of http_respond and http_upgrade. */
	void (*on_request)(void *owner, struct http_connection *c,
			   struct http_message *request);
	/* A connection has come: true when the owner takes the descriptor, for
	 * another server, say. May be NULL. */
	bool (*on_accepted)(void *owner, int fd);
	/* http_server_busy is another number now. May be NULL. */
	void (*on_load)(void *owner);
	/* For the log: a request that was refused before it reached
	 * on_request (malformed, too large, too slow). status 0: TLS failed
	 * and there was no answer. May be NULL. */
	void (*on_refused)(void *owner, const char *peer, unsigned status,
			   const char *why);
};

/* http_server_open: listen on host:port (host a literal address or a name;
 * port 0 takes a free one).
 *
 * tls     NULL for plain
 * limits  NULL for the defaults; zero members take their default
 * Returns 0 and *out; or a negative errno, with nothing left behind. */
int http_server_open(struct http_server **out, uv_loop_t *loop,
		     const char *host, unsigned port, struct tls_context *tls,
		     const struct http_server_limits *limits,
		     const struct http_server_events *events, void *owner);

/* http_server_open_fd: the same on a socket that listens already (of
 * listen_socket.h); it is the server's from here on, also on failure. */
int http_server_open_fd(struct http_server **out, uv_loop_t *loop, int fd,
			struct tls_context *tls,
			const struct http_server_limits *limits,
			const struct http_server_events *events, void *owner);

/* http_server_take: serve a connected descriptor as if it had been accepted
 * here; closed when there is no room for it. */
void http_server_take(struct http_server *s, int fd);

/* http_server_busy: connections in a request, or before their first one; not
 * the idle, nor the upgraded. */
unsigned http_server_busy(const struct http_server *s);

unsigned http_server_port(const struct http_server *s);

/* http_server_stop_listening: accept no more; open connections live on.
 *
 * takes_waiting  what the kernel has accepted already is taken first, or it
 *                would be reset; false: somebody else has the same socket and
 *                will take it */
void http_server_stop_listening(struct http_server *s, bool takes_waiting);

/* http_server_wind_down: every answer from now on is the last one on its
 * connection. */
void http_server_wind_down(struct http_server *s);

/* http_server_close: close the listener and all plain HTTP connections (not the
 * upgraded ones, which belong to others), then free; on_closed comes last,
 * never from inside this call. */
void http_server_close(struct http_server *s, void (*on_closed)(void *owner));

/* http_respond: answer; the body is copied. extra: header lines, each with
 * CRLF, or NULL. */
void http_respond(struct http_connection *c, unsigned status, const char *type,
		  const char *extra, const void *body, size_t body_len);

/* http_respond_text: a short text/plain answer. */
void http_respond_text(struct http_connection *c, unsigned status,
		       const char *text);

/* http_upgrade: send the 101 and hand the connection over. The request must
 * have passed websocket_check_request; `accept` comes from there. Returns NULL
 * when out of memory (the connection is then closed). Bytes that came behind
 * the request are delivered after the handler returns, so events set here miss
 * nothing. */
struct ws *http_upgrade(struct http_connection *c, const char *accept,
			const char *extra, size_t message_max,
			const struct ws_events *events, void *owner);

const char *http_peer(const struct http_connection *c);
bool http_peer_is_loopback(const struct http_connection *c);
bool http_is_tls(const struct http_connection *c);

#endif
