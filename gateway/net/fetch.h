/* HTTP requests of the gateway's own: webhooks, text models, carriers' REST.
 *
 * libcurl runs on a thread and loop of its own, so that neither a TLS handshake
 * nor a name that is slow to resolve is ever felt by running calls. Workers ask
 * through a port, each on its loop, and are answered there.
 *
 * HTTP/1.1, http and https, TLS 1.2 or later with the peer's certificate and
 * name checked. No redirects, cookies, proxies, stored passwords; nothing of it
 * comes from the environment. An answer is taken as it is, never unpacked.
 *
 * Bounded: FETCH_WAITING_MAX requests under way and waiting together; one more
 * is answered -ENOBUFS. FETCH_CONNECTIONS_MAX connections, FETCH_PER_HOST_MAX
 * of them to one host, which are kept and used again; requests wait for one
 * within their timeout. FETCH_HEAD_MAX bytes of an answer's header lines; more:
 * -EMSGSIZE. */
#ifndef GATEWAY_NET_FETCH_H
#define GATEWAY_NET_FETCH_H

#include <stdbool.h>
#include <stddef.h>
#include <uv.h>

#define FETCH_WAITING_MAX     4096
#define FETCH_CONNECTIONS_MAX 512
#define FETCH_PER_HOST_MAX    128
#define FETCH_HEADERS_MAX     16
#define FETCH_HEAD_MAX        65536
#define FETCH_TIMEOUT_MS      10000 /* where nobody says otherwise */

struct fetch;
struct fetch_port;
struct fetcher;

struct fetch_request {
	const char *method;                    /* "POST" */
	const char *url;                       /* http:// or https:// */
	const char *header[FETCH_HEADERS_MAX]; /* "Name: value"; NULL ends */
	const void *body;                      /* or NULL */
	size_t body_len;
	const char *user; /* HTTP Basic, with password; or NULL */
	const char *password;
	/* Must not be done twice: it has a connection of its own. Others are
	 * sent once more when a connection that was kept turns out to be dead
	 * before anything of an answer came. */
	bool is_once;
	const char *ca_file; /* instead of the system's store; or NULL, "" */
	unsigned timeout_ms; /* for everything, from fetch_start on; 0:
				FETCH_TIMEOUT_MS */
	size_t body_max;     /* of the answer; more: -EMSGSIZE */
};

/* Valid for the call it is told in. */
struct fetch_answer {
	int error;         /* 0: there is an answer, whatever its status; else
			      a negative errno: -ECONNREFUSED (or another of
			      connect), -ECONNRESET (closed before the answer
			      began), -ETIMEDOUT, -EMSGSIZE, -EPROTO (TLS, no
			      HTTP, cut short, compressed), -ENOENT (no such
			      host), -EINVAL (no such URL, or one with a
			      password in it), -ENOBUFS, -ENOMEM */
	const char *why;   /* in words; "" with an answer */
	unsigned status;   /* 200 … */
	const char *type;  /* Content-Type, cut to 127 characters; or "" */
	unsigned retry_ms; /* of Retry-After; 0: none */
	const char *body;  /* with a NUL behind it that does not count */
	size_t body_len;
	unsigned took_ms;
};

/* Comes exactly once, on the port's loop, never from inside fetch_start. */
typedef void fetch_done_fn(void *owner, const struct fetch_answer *answer);

/* fetcher_open: the thread; before other threads run, as libcurl wants it.
 * Returns 0 or a negative errno.
 * fetcher_close: ends it; all ports are closed before. Takes NULL. */
int fetcher_open(struct fetcher **out);
void fetcher_close(struct fetcher *f);

/* fetch_port_open: where one loop asks. By itself it does not keep the loop
 * running; requests do. Returns 0 or a negative errno.
 * fetch_port_close: what is under way is dropped, its on_done will not come;
 * on_closed (or NULL) comes once nothing of the port is on the loop any more,
 * never from inside. */
int fetch_port_open(struct fetch_port **out, struct fetcher *f,
		    uv_loop_t *loop);
void fetch_port_close(struct fetch_port *p, void (*on_closed)(void *owner),
		      void *owner);

/* fetch_start: copies what it needs of the request, and wipes it afterwards.
 * Returns NULL without memory, on a port that is closing, for a URL that is
 * neither http nor https, and for control characters in method, URL or a
 * header. */
struct fetch *fetch_start(struct fetch_port *p,
			  const struct fetch_request *request,
			  fetch_done_fn *on_done, void *owner);

/* fetch_cancel: on_done will not come; the connection is dropped. On the
 * port's loop; not after on_done. */
void fetch_cancel(struct fetch *f);

#endif
