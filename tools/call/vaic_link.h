/* One WebSocket connection to a bot, VAIC's end: the URL, the credentials, and
 * the ways in which it leaves. Messages are text, whole or in fragments.
 *
 * One owner; on_closed comes exactly once, last, and the link is gone after it.
 * Nothing calls back from inside a function of this header.
 *
 * AudioCodes reference, 1.1 to 1.3. */
#ifndef TOOLS_CALL_VAIC_LINK_H
#define TOOLS_CALL_VAIC_LINK_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <uv.h>

struct tls_context;
struct vaic_link;
struct ws_end;

#define VAIC_LINK_URL_MAX     8448       /* with NUL */
#define VAIC_LINK_HEADERS_MAX 2048       /* of all header lines together */
#define VAIC_LINK_CONNECT_MS  5000       /* until the 101 */
#define VAIC_LINK_MESSAGE_MAX (4u << 20) /* bytes taken from a bot */

/* Where the bot is, and who asks. */
struct vaic_endpoint {
	const char *url;           /* http, https, ws or wss */
	const char *token;         /* NULL or "": no Authorization */
	const char *const *header; /* more: "Name: value" */
	size_t headers;
	struct tls_context *tls; /* for https and wss */
};

/* vaic_link_url: the same place by WebSocket (1.1) or by HTTP (1.5). Returns 0;
 * -EINVAL it is no such URL; -E2BIG. */
int vaic_link_url(char *out, size_t cap, const char *url, bool by_http);

/* vaic_link_headers: the header lines of a request, each with CRLF. Returns 0;
 * -EINVAL one has a line break in it; -E2BIG. */
int vaic_link_headers(char out[VAIC_LINK_HEADERS_MAX],
		      const struct vaic_endpoint *e);

struct vaic_link_events {
	void (*on_open)(void *owner, struct vaic_link *l);
	void (*on_text)(void *owner, struct vaic_link *l, char *text,
			size_t len);
	void (*on_binary)(void *owner, struct vaic_link *l,
			  const uint8_t *bytes, size_t len);
	void (*on_closed)(void *owner, struct vaic_link *l,
			  const struct ws_end *end);
};

enum vaic_shape {
	VAIC_WHOLE,
	VAIC_FRAGMENTS,       /* each message in two to four */
	VAIC_FRAGMENTS_PINGS, /* with a ping between each two */
};

/* vaic_link_open: NULL for an endpoint that is none, or no memory. */
struct vaic_link *vaic_link_open(uv_loop_t *loop, const struct vaic_endpoint *e,
				 uint64_t seed,
				 const struct vaic_link_events *events,
				 void *owner);

/* vaic_link_shape: of all that is sent from now on. */
void vaic_link_shape(struct vaic_link *l, enum vaic_shape shape);

/* Sending; a link that is not open takes nothing and returns -EPIPE. It leaves
 * with vaic_link_flush. */
int vaic_link_send(struct vaic_link *l, const char *text, size_t len);
int vaic_link_send_binary(struct vaic_link *l, const void *bytes, size_t len);
int vaic_link_ping(struct vaic_link *l);
void vaic_link_flush(struct vaic_link *l);

/* vaic_link_pause: read nothing; vaic_link_resume: read again. */
void vaic_link_pause(struct vaic_link *l);
void vaic_link_resume(struct vaic_link *l);

/* vaic_link_close: with a close frame. vaic_link_cut: without: TCP ends with a
 * RST, or with a FIN. */
void vaic_link_close(struct vaic_link *l, unsigned code);
void vaic_link_cut(struct vaic_link *l, bool by_reset);

bool vaic_link_is_open(const struct vaic_link *l);

/* vaic_link_pings: sent, and not answered (yet). */
unsigned vaic_link_pings(const struct vaic_link *l);

/* vaic_link_waiting: bytes that have not left this process. */
size_t vaic_link_waiting(const struct vaic_link *l);
uint64_t vaic_link_read_ns(const struct vaic_link *l); /* of this message */

#endif
