/* The control thread: signals, and what follows from them for the workers;
 * the supervisor, who is told and whose watchdog is fed.
 *
 *   SIGTERM, SIGINT   go down, as drain.h says
 *   SIGHUP            read the configuration again
 *   SIGUSR1           a line for the log: what the process holds
 *
 * The watchdog is fed only while every worker's loop turns
 * (exchange_answers): one that hangs starves it. */
#ifndef GATEWAY_SERVICE_H
#define GATEWAY_SERVICE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <uv.h>

#include "gateway/admin.h"
#include "gateway/drain.h"
#include "gateway/exchange.h"
#include "gateway/ops/config.h"
#include "gateway/ops/log.h"
#include "gateway/ops/log_levels.h"

/* Limits. */
#define SERVICE_BEAT_MS   1000 /* between two looks at the workers, at most */
#define SERVICE_STATUS_MS 2000 /* between two status lines */
/* A new look whether everything has ended. */
#define SERVICE_NUDGE_MS 100
/* What the supervisor is asked for at a time, while the gateway goes down. */
#define SERVICE_EXTEND_MS 15000

enum service_signal {
	SERVICE_SIGINT,
	SERVICE_SIGTERM,
	SERVICE_SIGHUP,
	SERVICE_SIGUSR1,
	SERVICE_SIGNALS
};

/* Where a configuration comes from, again and again: fill c, which is then all
 * that counts. Returns 0; or a negative errno with every mistake in errors, a
 * line each. */
typedef int service_load(void *owner, struct config *c, char *errors,
			 size_t cap);

struct service {
	uv_loop_t loop;
	uv_signal_t signal[SERVICE_SIGNALS];
	uv_timer_t status; /* tell the supervisor */
	uv_timer_t beat;   /* its watchdog */
	uv_timer_t stage;  /* of going down: until the next */
	uv_timer_t nudge;  /* while going down */
	uint64_t over_ns;  /* everything has ended by then, going down */
	struct config config;
	struct log_levels levels;
	struct log log;
	struct exchange exchange;
	struct admin admin;
	service_load *load;
	void *owner;
};

/* service_run: until everything has ended. config is loaded already; it is
 * wiped.
 * Returns 0 or a negative errno, having said why on standard error. */
int service_run(struct service *s, const struct config *config,
		service_load *load, void *owner);

#endif
