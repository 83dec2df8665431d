#include "tools/call/vaic_link.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "gateway/net/stream.h"
#include "gateway/net/ws.h"
#include "protocols/url.h"

#define FRAGMENTS_MAX 4

struct vaic_link {
	struct ws *ws;
	const struct vaic_link_events *events;
	void *owner;
	bool is_open;
	enum vaic_shape shape;
	uint64_t random;
	unsigned pings; /* not answered */
};

/* --- Where, and who --- */

int vaic_link_url(char *out, size_t cap, const char *url, bool by_http)
{
	struct url parts;
	const char *rest = strstr(url, "://");
	int err = url_parse(&parts, url);

	if (err < 0)
		return err;
	int n = snprintf(out, cap, "%s%s%s", by_http ? "http" : "ws",
			 parts.is_secure ? "s" : "", rest);
	return (size_t)n < cap ? 0 : -E2BIG;
}

static int add_line(char *out, size_t *used, const char *name,
		    const char *value)
{
	int n = snprintf(out + *used, VAIC_LINK_HEADERS_MAX - *used, "%s%s\r\n",
			 name, value);

	if (strpbrk(value, "\r\n"))
		return -EINVAL;
	*used += (size_t)n;
	return *used < VAIC_LINK_HEADERS_MAX ? 0 : -E2BIG;
}

int vaic_link_headers(char out[VAIC_LINK_HEADERS_MAX],
		      const struct vaic_endpoint *e)
{
	size_t used = 0;
	int err = 0;

	out[0] = 0;
	if (e->token && *e->token)
		err = add_line(out, &used, "Authorization: Bearer ", e->token);
	for (size_t i = 0; i < e->headers && !err; i++)
		err = add_line(out, &used, "", e->header[i]);
	return err;
}

/* --- What comes --- */

static void on_open(void *owner)
{
	struct vaic_link *l = owner;

	l->is_open = true;
	l->events->on_open(l->owner, l);
}

static void on_text(void *owner, char *text, size_t len)
{
	struct vaic_link *l = owner;

	l->events->on_text(l->owner, l, text, len);
}

static void on_binary(void *owner, const uint8_t *bytes, size_t len)
{
	struct vaic_link *l = owner;

	l->events->on_binary(l->owner, l, bytes, len);
}

static void on_pong(void *owner, const uint8_t *payload, size_t len)
{
	struct vaic_link *l = owner;

	(void)payload;
	(void)len;
	if (l->pings)
		l->pings--;
}

static void on_closed(void *owner, const struct ws_end *end)
{
	struct vaic_link *l = owner;

	l->is_open = false;
	l->events->on_closed(l->owner, l, end);
	free(l);
}

static const struct ws_events ws_events = {
	.on_open = on_open,
	.on_text = on_text,
	.on_binary = on_binary,
	.on_pong = on_pong,
	.on_closed = on_closed,
};

struct vaic_link *vaic_link_open(uv_loop_t *loop, const struct vaic_endpoint *e,
				 uint64_t seed,
				 const struct vaic_link_events *events,
				 void *owner)
{
	char url[VAIC_LINK_URL_MAX], headers[VAIC_LINK_HEADERS_MAX];
	struct ws_target target = {
		.url = url,
		.extra = headers,
		.tls = e->tls,
		.timeout_ms = VAIC_LINK_CONNECT_MS,
		.message_max = VAIC_LINK_MESSAGE_MAX,
	};
	struct vaic_link *l;

	if (vaic_link_url(url, sizeof(url), e->url, false) < 0 ||
	    vaic_link_headers(headers, e) < 0)
		return NULL;
	l = calloc(1, sizeof(*l));
	if (!l)
		return NULL;
	l->events = events;
	l->owner = owner;
	l->random = seed | 1;
	l->ws = ws_connect(loop, &target, &ws_events, l);
	if (!l->ws) {
		free(l);
		return NULL;
	}
	return l;
}

/* --- What leaves --- */

static uint64_t random_below(struct vaic_link *l, uint64_t n)
{
	l->random ^= l->random << 13;
	l->random ^= l->random >> 7;
	l->random ^= l->random << 17;
	return l->random % n;
}

void vaic_link_shape(struct vaic_link *l, enum vaic_shape shape)
{
	l->shape = shape;
}

int vaic_link_ping(struct vaic_link *l)
{
	int err = l->is_open ? ws_ping(l->ws, "ping", 4) : -EPIPE;

	if (!err)
		l->pings++;
	return err;
}

static int send_fragments(struct vaic_link *l, const char *text, size_t len)
{
	size_t pieces = 2 + random_below(l, FRAGMENTS_MAX - 1);
	int err = 0;

	for (size_t i = 1; i <= pieces && !err; i++) {
		/* A fragment may be empty, and may cut a character. */
		size_t n = i == pieces ? len : random_below(l, len + 1);

		err = ws_send_frame(l->ws, i == 1, i == pieces, text, n);
		if (!err && i < pieces && l->shape == VAIC_FRAGMENTS_PINGS)
			err = vaic_link_ping(l);
		text += n;
		len -= n;
	}
	return err;
}

int vaic_link_send(struct vaic_link *l, const char *text, size_t len)
{
	if (!l->is_open)
		return -EPIPE;
	if (l->shape == VAIC_WHOLE)
		return ws_send_text(l->ws, text, len);
	return send_fragments(l, text, len);
}

int vaic_link_send_binary(struct vaic_link *l, const void *bytes, size_t len)
{
	return l->is_open ? ws_send_frame(l->ws, 2, true, bytes, len) : -EPIPE;
}

void vaic_link_flush(struct vaic_link *l)
{
	if (l->is_open)
		ws_flush(l->ws);
}

void vaic_link_pause(struct vaic_link *l)
{
	if (l->is_open)
		stream_pause(ws_stream(l->ws));
}

void vaic_link_resume(struct vaic_link *l)
{
	if (l->is_open && ws_stream(l->ws))
		stream_resume(ws_stream(l->ws));
}

/* --- The end --- */

void vaic_link_close(struct vaic_link *l, unsigned code)
{
	l->is_open = false;
	ws_close(l->ws, code, "");
}

void vaic_link_cut(struct vaic_link *l, bool by_reset)
{
	l->is_open = false;
	if (by_reset)
		ws_reset(l->ws);
	else
		ws_abort(l->ws);
}

bool vaic_link_is_open(const struct vaic_link *l)
{
	return l->is_open;
}

unsigned vaic_link_pings(const struct vaic_link *l)
{
	return l->pings;
}

size_t vaic_link_waiting(const struct vaic_link *l)
{
	return ws_waiting(l->ws);
}

uint64_t vaic_link_read_ns(const struct vaic_link *l)
{
	return ws_read_ns(l->ws);
}
