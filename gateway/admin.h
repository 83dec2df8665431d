/* The admin listener: what an operator and his tools ask, on the control
 * thread's loop, apart from the calls.
 *
 * - GET /healthz: 200 while every worker's loop turns: each has given a sign of
 *   life within EXCHANGE_ALIVE_MS; else 503
 * - GET /readyz: 200 when new calls are welcome; 503 with a reason a line:
 * while draining; while the model's server cannot be reached; at the start
 * until it has been
 * - GET /metrics: figures for Prometheus (admin_metrics.h)
 * - GET /log/levels: "model=info", a line for each module of the log
 * - PUT /log/levels: the same changes them, all of it or nothing: 400 with the
 *   reason in words (log_levels.h). POST does, too
 * - POST /api/calls: places a call (admin_calls.h)
 * - GET /api/events: what happens in calls, as it happens (admin_events.h)
 *
 * But for /api (admin_api.h) there is no password: it listens on this machine
 * unless told otherwise. A page in somebody's browser cannot change anything:
 * what has an Origin is refused (403). */
#ifndef GATEWAY_ADMIN_H
#define GATEWAY_ADMIN_H

#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <uv.h>

#include "gateway/admin_calls.h"
#include "gateway/admin_events.h"
#include "gateway/ops/log.h"

struct exchange;
struct http_server;

/* Limits. */
#define ADMIN_CONNECTIONS 64   /* more: closed at once */
#define ADMIN_BODY_MAX    4096 /* bytes; more: 413 */
#define ADMIN_HEAD_MS     5000 /* for a request; longer: 408 */
#define ADMIN_ASK_MS      1000 /* between two signs of life */
#define ADMIN_METRICS_MAX                                   \
	(1u << 20) /* bytes; more is a mistake of ours: 500 \
		    */
/* Not ready: so many sessions in a row could not be opened. Where none stands
 * by, nobody tries but calls: then it is for so long at a time. */
#define ADMIN_FAILURES  3
#define ADMIN_FAILED_MS 60000
/* At the start, until a session stands by, but no longer than this. */
#define ADMIN_START_MS 30000

struct admin {
	struct exchange *exchange;
	struct log_levels *levels;
	struct log log;
	struct http_server *server; /* NULL: admin.listen is "" */
	struct admin_calls calls;
	struct admin_events events;
	uv_timer_t clock;
	uint64_t opened_ns;
	double start_s; /* of the process; Unix time */
};

/* admin_open: listen as the exchange's configuration says, if it does, on the
 * exchange's control loop.
 *
 * levels  of the log; kept
 * why     on failure: what was wrong, in words
 * Returns 0; or a negative errno, with nothing left behind but a handle that
 * the loop must turn once more for. */
int admin_open(struct admin *a, struct exchange *e, struct log_levels *levels,
	       char *why, size_t cap);

/* admin_port: what it listens on; 0: off. */
unsigned admin_port(const struct admin *a);

/* admin_close: the loop has nothing more of it once it has turned. */
void admin_close(struct admin *a);

/* admin_token_changed: who watches has to show the new one. */
void admin_token_changed(struct admin *a);

/* admin_unready: why new calls should go elsewhere, a line for each reason.
 * Returns how many there are. */
unsigned admin_unready(const struct admin *a, uint64_t now_ns, FILE *out);

#endif
