/* The connectivity checks of VAIC: no call, only the question whether a bot is
 * there and who it lets in (AudioCodes reference, 1.5, 2.1).
 *
 * Each is made with the token, and, if there is one, without it and with a
 * wrong one, which must both be answered with 401 (1.2). */
#ifndef TOOLS_CALL_VAIC_CHECK_H
#define TOOLS_CALL_VAIC_CHECK_H

#include <stdbool.h>
#include <uv.h>

#include "tools/call/vaic_link.h"

#define VAIC_CHECK_WAIT_MS  10000 /* for each answer (1.4) */
#define VAIC_CHECK_BODY     "{\"type\":\"ac-bot-api\",\"success\":true}"
#define VAIC_CHECK_BODY_MAX 65536 /* bytes of it that are read */

struct vaic_check;

struct vaic_check_end {
	bool has_answer;      /* somebody answered at the URL */
	bool is_refused;      /* the right token was */
	unsigned http_status; /* of the try with the right token */
	double answer_ms;     /* and how long it took */
	char how[320];        /* it ended, in words */
};

struct vaic_check_events {
	/* A try was answered. */
	void (*on_note)(void *owner, const char *text);
	void (*on_breach)(void *owner, const char *code, const char *text);
	/* Once, last, later; the check is gone after it. */
	void (*on_over)(void *owner, const struct vaic_check_end *end);
};

/* vaic_check_begin: by HTTP, or by connection.validate. The endpoint outlives
 * the check. Returns NULL for an endpoint that is none, or no memory. */
struct vaic_check *vaic_check_begin(uv_loop_t *loop,
				    const struct vaic_endpoint *e, bool by_http,
				    const struct vaic_check_events *events,
				    void *owner);

/* vaic_check_cancel: nothing more is tried; on_over comes soon. */
void vaic_check_cancel(struct vaic_check *c);

#endif
