/* The exchange: the workers, their threads, and the little they share, none of
 * it on the media path:
 *
 *   lines     room for limits.calls ............. an atomic counter
 *   tickets   Twilio's: webhook, socket and what
 *             follows arrive anywhere ........... a lock, one pass
 *   registry  who holds which conversation with
 *             AudioCodes ........................ a lock, one pass
 *   waiting   AudioCodes sockets by address ..... a lock, one pass
 *   gate      connections without a call, in all
 *             and by address .................... a lock, one look
 *   inboxes   connections and sockets that move
 *             to another worker ................. a lock, one item
 *   renewed   TLS contexts from the control
 *             thread ............................ an atomic slot each
 *
 * Everything else belongs to one worker. The control thread owns the exchange:
 * it opens all workers before any thread runs, stops and joins them. */
#ifndef GATEWAY_EXCHANGE_H
#define GATEWAY_EXCHANGE_H

#include <stdatomic.h>
#include <stddef.h>
#include <uv.h>

#include "gateway/carriers/audiocodes_registry.h"
#include "gateway/carriers/audiocodes_waiting.h"
#include "gateway/carriers/twilio_tickets.h"
#include "gateway/lines.h"
#include "gateway/ops/config.h"
#include "gateway/ops/log.h"
#include "protocols/ip_address.h"

struct gate;
struct worker;
struct worker_figures;

struct exchange {
	uv_loop_t *control;
	const struct config *config;
	struct log log;
	struct lines lines;
	struct twilio_tickets tickets;
	struct audiocodes_registry registry;
	struct audiocodes_waiting waiting;
	struct gate *gate;
	unsigned proxy_count;
	struct ip_block proxies[CONFIG_PROXIES_MAX];

	struct worker *worker[CONFIG_WORKERS_MAX];
	unsigned count;
	unsigned threads; /* of them running */
	unsigned port;
	atomic_uint alive; /* workers that have not ended */
	uv_async_t ended;  /* one has */
	void (*on_stopped)(void *owner);
	void *owner;
};

/* exchange_workers: how many the configuration, or this machine, wants. */
unsigned exchange_workers(const struct config *c);

/* exchange_open: listen and be ready for calls; nothing runs yet.
 *
 * config, log  kept
 * why          on failure: what was wrong, in words
 * Returns 0; or a negative errno, with nothing left behind. */
int exchange_open(struct exchange *e, uv_loop_t *control,
		  const struct config *config, const struct log *log, char *why,
		  size_t cap);

/* exchange_start: the workers' threads. on_stopped comes once, on the control
 * loop, when the last has ended and is joined.
 * Returns 0; or a negative errno: then those that run are told to stop, and
 * on_stopped comes, perhaps
 * from inside. */
int exchange_start(struct exchange *e, void (*on_stopped)(void *owner),
		   void *owner);

/* exchange_stop: accept no more, end the calls that run. A second call cuts
 * them. */
void exchange_stop(struct exchange *e);

/* exchange_renew_tls: read the certificates anew, from the control thread while
 * the workers run, and have each serve new connections with them. What shakes
 * hands or is open goes on as it is.
 *
 * tls  with as many certificates, or more or fewer; none if and only if there
 *      was none at the start (-EINVAL)
 * Returns 0; or a negative errno with the reason in why, and nothing has
 * changed.
 */
int exchange_renew_tls(struct exchange *e, const struct config_tls *tls,
		       char *why, size_t cap);

/* exchange_free: after on_stopped, or instead of exchange_start. */
void exchange_free(struct exchange *e);

/* exchange_report: a line for the log: what the process holds. */
void exchange_report(const struct exchange *e);

/* exchange_figures: those of all workers together; after on_stopped. */
void exchange_figures(const struct exchange *e, struct worker_figures *out);

/* --- For the workers --- */

/* exchange_least: who has least to do. */
struct worker *exchange_least(const struct exchange *e);

#endif
