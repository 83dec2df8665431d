/* An HTTP/1.1 server on libuv: listener, connections, and the hand-over of a
 * connection to WebSocket. With or without TLS; plain HTTP where TLS is spoken
 * is answered 400, in words.
 *
 * One per worker. Knows nothing of calls: requests go to on_request.
 *
 * What keeps it from being held by peers that do nothing: TLS is set up with a
 * peer's first byte; a whole request, the handshake included, has its time; and
 * there is a number of connections, of unfinished handshakes and of connections
 * from an address. When the first two are reached, the one that has not made
 * its first request for longest goes, if it had grace_ms; else the newcomer. */
#ifndef GATEWAY_NET_HTTP_SERVER_H
#define GATEWAY_NET_HTTP_SERVER_H

#include <stdbool.h>
#include <stddef.h>
#include <uv.h>

#include "gateway/net/ws.h"
#include "protocols/http.h"

#define HTTP_LISTEN_BACKLOG 512

struct gate;
struct http_server;
struct http_connection;
struct ip_block;
struct stream;
struct stream_events;
struct tls_context;

struct http_server_limits {
	unsigned connections;     /* default 4096, without the upgraded
				     ones; more: closed without a word */
	unsigned handshakes;      /* default 512 that have begun and are not
				     done; more: closed without a word */
	unsigned head_timeout_ms; /* default 10000 for a whole request: 408
				     and close; closed without a word while
				     the TLS handshake is not done */
	unsigned idle_timeout_ms; /* default 30000 between requests */
	unsigned grace_ms;        /* default 100 before a connection without
				     a request may lose its place */
	size_t body_max;          /* default 65536: 413 */

	/* Of several servers: how many connections in all and by address, in
	 * place of `connections`; not owned. NULL: the server counts alone. An
	 * address with its share: closed without a word. */
	struct gate *gate;
	/* Whose X-Forwarded-… is believed (protocols/forwarded.h); not owned.
	 * They, and this machine, have no limit by address. */
	const struct ip_block *proxies;
	unsigned proxy_count;
};

struct http_server_events {
	/* One whole request. The handler answers before it returns, by exactly
	 * one of http_respond, http_upgrade and http_hand_over, or says
	 * http_defer. */
	void (*on_request)(void *owner, struct http_connection *c,
			   struct http_message *request);
	/* A connection has come: true when the owner takes the descriptor, for
	 * another server, say. May be NULL. */
	bool (*on_accepted)(void *owner, int fd);
	/* http_server_busy is another number now. May be NULL. */
	void (*on_load)(void *owner);
	/* For the log: a request that was refused before it reached
	 * on_request (malformed, too large, too slow). status 0: there was no
	 * answer: TLS failed, or the connection had to go. Of those that go for
	 * others, or for whom there is no room, one a second is told of, with
	 * how many there were. May be NULL. */
	void (*on_refused)(void *owner, const char *peer, unsigned status,
			   const char *why);
};

/* http_server_open: listen on host:port (host a literal address or a name;
 * port 0 takes a free one).
 *
 * tls     NULL for plain; held
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

/* http_server_set_tls: what connections that come from now on are offered, and
 * so in place of plain. What shakes hands or is open goes on as it is. Held
 * until the next, or the end of the server. */
void http_server_set_tls(struct http_server *s, struct tls_context *tls);

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

/* http_defer: the answer comes later, by http_respond; the request, its body
 * and its headers stay until then, what a proxy said of it (below) does not.
 * Only from on_request. on_gone: the connection is gone before that, and c with
 * it: it must not be answered any more. Time is for the owner to keep. */
void http_defer(struct http_connection *c, void (*on_gone)(void *owner),
		void *owner);

/* http_upgrade: send the 101 and hand the connection over. The request must
 * have passed websocket_check_request; `accept` comes from there. Returns NULL
 * when out of memory (the connection is then closed). Bytes that came behind
 * the request are delivered after the handler returns, so events set here miss
 * nothing. */
struct ws *http_upgrade(struct http_connection *c, const char *accept,
			const char *extra, size_t message_max,
			const struct ws_events *events, void *owner);

/* http_hand_over: answer with a body that has no end yet: the connection is the
 * owner's from here on, as a stream whose events come to him. He writes the
 * body and flushes it, the head, too; its end is the connection's. Such a
 * connection is not counted any more, as if it were upgraded. Only from
 * on_request. Returns NULL when out of memory (the connection is then closed).
 */
struct stream *http_hand_over(struct http_connection *c, unsigned status,
			      const char *type, const char *extra,
			      const struct stream_events *events, void *owner);

/* Of the request that is being answered, where a trusted proxy passed it on:
 * what that says; else what the connection is.
 *
 * http_peer: "192.0.2.1:4321"; port 0 where the proxy tells none
 * http_peer_is_loopback: on this machine, and no trusted proxy there
 * http_host: as the peer was asked for ("voice.example.com:8443"), or NULL */
const char *http_peer(const struct http_connection *c);
bool http_peer_is_loopback(const struct http_connection *c);
bool http_is_tls(const struct http_connection *c);
const char *http_host(const struct http_connection *c);

#endif
