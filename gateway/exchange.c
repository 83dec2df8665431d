#include "gateway/exchange.h"

#include <errno.h>
#include <jansson.h>
#include <pthread.h>
#include <signal.h>
#include <sqlite3.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "codecs/dtmf.h"
#include "gateway/agents/knowledge.h"
#include "gateway/certificates.h"
#include "gateway/exchange_parts.h"
#include "gateway/net/http_server.h"
#include "gateway/net/listen_socket.h"
#include "gateway/ops/config_shared.h"
#include "gateway/ops/resources.h"
#include "gateway/records/form_store.h"
#include "gateway/settings.h"
#include "gateway/worker.h"
#include "protocols/tls.h"

unsigned exchange_workers(const struct config *c)
{
	unsigned n = c->workers ? c->workers : uv_available_parallelism();

	return n < CONFIG_WORKERS_MAX ? n : CONFIG_WORKERS_MAX;
}

/* --- Libraries --- */

/* What libraries set up at their first use, and not for several threads at
 * once. mbedTLS has its tables once the workers' contexts are made, here too.
 */
static void prepare_libraries(void)
{
	json_object_seed(0);
	sqlite3_initialize();
	dtmf_detector_free(dtmf_detector_new());
}

/* --- Listening --- */

static int listen_as_configured(struct exchange *e, int *fds, unsigned n,
				char *why, size_t cap)
{
	const struct config *c = &e->config->config;
	char host[64];
	unsigned port;
	int err = listen_socket_split(c->listen, host, sizeof(host), &port);

	if (!err)
		err = listen_socket_open_many(e->control, host, port,
					      HTTP_LISTEN_BACKLOG,
					      c->listen_shared, fds, n);
	if (err)
		snprintf(why, cap, "cannot listen on %s: %s", c->listen,
			 err == -EADDRINUSE
				 ? "another program has that port; stop it or "
				   "change listen"
				 : uv_strerror(err));
	e->hands_over = c->listen_shared;
	return err;
}

static int listen_as_given(struct exchange *e,
			   const struct exchange_sockets *given, int *fds,
			   unsigned n, char *why, size_t cap)
{
	int err = listen_socket_share(given->fd, given->count, fds, n);

	if (given->count > n)
		snprintf(why, cap,
			 "%u sockets were handed over, more than there are "
			 "workers",
			 given->count);
	else if (err)
		snprintf(why, cap,
			 "a socket that was handed over is no listening TCP "
			 "socket: %s",
			 uv_strerror(err));
	e->hands_over = e->is_inherited = true;
	return err;
}

static int listen_for_calls(struct exchange *e,
			    const struct exchange_sockets *given, int *fds,
			    unsigned n, char *why, size_t cap)
{
	return given && given->count
		       ? listen_as_given(e, given, fds, n, why, cap)
		       : listen_as_configured(e, fds, n, why, cap);
}

/* --- Start --- */

/* One that has no thread stops on ours. */
static void undo(struct worker *w)
{
	worker_order(w, DRAIN_STOPPING);
	worker_run(w);
	worker_free(w);
	free(w);
}

static void undo_all(struct exchange *e)
{
	while (e->count > 0)
		undo(e->worker[--e->count]);
}

/* All workers serve with the same. */
void exchange_note_expiry(struct exchange *e, const struct settings *s)
{
	atomic_store(&e->certificate_s,
		     s->serving_tls ? tls_server_expires(s->serving_tls) : 0);
}

static int open_worker(struct exchange *e, int listening,
		       const struct certificates *c, char *why, size_t cap)
{
	struct worker *w = calloc(1, sizeof(*w));
	struct settings *settings;
	int err = -ENOMEM;

	if (w)
		err = settings_open(&settings, e->book, c, why, cap);
	else
		snprintf(why, cap, "out of memory");
	if (err) {
		close(listening);
		free(w);
		return err;
	}
	err = worker_open(w, e, e->count, settings, listening, why, cap);
	if (err)
		free(w);
	else
		e->worker[e->count++] = w;
	return err;
}

static int open_workers(struct exchange *e, const int *fds, unsigned n,
			char *why, size_t cap)
{
	struct certificates *c;
	int err = certificates_read(&c, &e->config->config.tls, why, cap);

	e->port = listen_socket_port(fds[0]);
	for (unsigned i = 0; i < n; i++) {
		if (err)
			close(fds[i]);
		else
			err = open_worker(e, fds[i], c, why, cap);
	}
	certificates_free(c);
	if (err)
		undo_all(e);
	else
		exchange_note_expiry(e, e->worker[0]->settings);
	return err;
}

/* The library goes last: a book is made of it. */
static void close_book(struct exchange *e)
{
	agent_book_drop(e->book);
	knowledge_library_close(e->knowledge);
}

static int open_book(struct exchange *e, char *why, size_t cap)
{
	int err = knowledge_library_open(&e->knowledge, &e->log, 0);

	if (err)
		snprintf(why, cap, "out of memory");
	if (!err)
		err = agent_book_open(&e->book, e->config, why, cap);
	if (!err)
		err = agent_book_learn(e->book, e->knowledge, why, cap);
	return err;
}

static int open_forms(struct exchange *e, char *why, size_t cap)
{
	const char *path = e->config->config.store.path;
	char reason[FORM_STORE_WHY_MAX];

	if (!*path)
		return 0;
	int err = form_store_open(&e->forms, path, reason, sizeof(reason));
	if (err)
		snprintf(why, cap, "store.path: %s: %s", path, reason);
	return err;
}

int exchange_open(struct exchange *e, uv_loop_t *control,
		  const struct config *config,
		  const struct exchange_sockets *sockets, const struct log *log,
		  char *why, size_t cap)
{
	unsigned n = exchange_workers(config);
	int fds[CONFIG_WORKERS_MAX];
	int err = -ENOMEM;

	memset(e, 0, sizeof(*e));
	e->siblings.fd = -1;
	e->control = control;
	e->log = *log;
	e->config = config_shared_new(config, 0);
	prepare_libraries();
	if (e->config)
		err = exchange_open_shared(e);
	if (err) {
		snprintf(why, cap, "out of memory");
		goto drop_config;
	}
	err = open_book(e, why, cap);
	if (!err)
		err = open_forms(e, why, cap);
	if (!err)
		err = spending_open(&e->spending, &e->ledger, config, why, cap);
	if (!err)
		err = listen_for_calls(e, sockets, fds, n, why, cap);
	if (!err)
		err = open_workers(e, fds, n, why, cap);
	if (!err)
		return 0;
	spending_close(&e->spending, &e->ledger, &e->log);
	form_store_close(e->forms);
	close_book(e);
	exchange_free_shared(e);
drop_config:
	if (e->config)
		config_shared_drop(e->config);
	return err;
}

static void work(void *worker)
{
	struct worker *w = worker;
	struct exchange *e = w->exchange;
	char name[16];

	snprintf(name, sizeof(name), "worker %u", w->index);
	pthread_setname_np(pthread_self(), name);
	worker_run(w);
	atomic_fetch_sub(&e->alive, 1);
	uv_async_send(&e->ended); /* joined before it is closed */
}

static void on_ended_closed(uv_handle_t *handle)
{
	struct exchange *e = handle->data;

	e->on_stopped(e->owner);
}

static void on_siblings_closed(void *owner)
{
	struct exchange *e = owner;

	uv_close((uv_handle_t *)&e->ended, on_ended_closed);
}

static void on_ended(uv_async_t *async)
{
	struct exchange *e = async->data;

	if (atomic_load(&e->alive) > 0)
		return;
	while (e->threads > 0)
		uv_thread_join(&e->worker[--e->threads]->thread);
	if (!siblings_close(&e->siblings, on_siblings_closed, e))
		on_siblings_closed(e);
}

/* Who has the same port should know of our calls, as we of theirs. */
static void meet_siblings(struct exchange *e)
{
	const struct siblings_tables tables = { &e->tickets, &e->outbound,
						&e->whispers, &e->contexts };
	int err = 0;

	if (e->hands_over)
		err = siblings_open(&e->siblings, e->control, e->port, &tables,
				    &e->log);
	if (err)
		log_event(&e->log, LOG_ERROR, "siblings_unknown", "why",
			  uv_strerror(err), "what",
			  "other instances on this port do not learn of its "
			  "calls",
			  NULL);
}

/* Signals are the control thread's: its threads inherit that they are blocked.
 */
static int start_threads(struct exchange *e)
{
	sigset_t all, before;
	int err = 0;

	sigfillset(&all);
	pthread_sigmask(SIG_SETMASK, &all, &before);
	for (unsigned i = 0; i < e->count && !err; i++) {
		struct worker *w = e->worker[i];
		atomic_fetch_add(&e->alive, 1);
		err = uv_thread_create(&w->thread, work, w);
		if (err)
			atomic_fetch_sub(&e->alive, 1);
		else
			e->threads++;
	}
	pthread_sigmask(SIG_SETMASK, &before, NULL);
	return err;
}

int exchange_start(struct exchange *e, void (*on_stopped)(void *owner),
		   void *owner)
{
	e->on_stopped = on_stopped;
	e->owner = owner;
	e->ended.data = e;
	int err = uv_async_init(e->control, &e->ended, on_ended);
	if (err) {
		on_stopped(owner);
		return err;
	}
	meet_siblings(e);
	err = start_threads(e);
	if (err) {
		exchange_order(e, DRAIN_STOPPING);
		uv_async_send(&e->ended); /* perhaps none runs */
	}
	return err;
}

/* --- Going down --- */

void exchange_order(struct exchange *e, enum drain_stage stage)
{
	if (stage <= (enum drain_stage)atomic_load(&e->stage))
		return;
	atomic_store(&e->stage, (unsigned)stage);
	for (unsigned i = 0; i < e->count; i++)
		worker_order(e->worker[i], stage);
}

void exchange_nudge(struct exchange *e)
{
	for (unsigned i = 0; i < e->count; i++)
		inbox_wake(&e->worker[i]->inbox);
}

bool exchange_is_draining(const struct exchange *e)
{
	return atomic_load(&e->stage) > DRAIN_RUNNING;
}

bool exchange_is_needed(struct exchange *e)
{
	twilio_tickets_lapse(&e->tickets, uv_hrtime());
	if (atomic_load(&e->lines.busy) > 0)
		return true;
	return !e->hands_over &&
	       twilio_tickets_owed(&e->tickets, DRAIN_LINGER_MS, uv_hrtime()) >
		       0;
}

/* --- Signs of life --- */

void exchange_ask(struct exchange *e)
{
	for (unsigned i = 0; i < e->count; i++)
		worker_ask(e->worker[i]);
	spending_write(&e->spending, &e->ledger, &e->log);
}

bool exchange_answers(const struct exchange *e, uint64_t now_ns)
{
	for (unsigned i = 0; i < e->count; i++) {
		uint64_t ns = worker_answered_ns(e->worker[i]);
		if (ns && now_ns > ns + EXCHANGE_ALIVE_MS * 1000000ull)
			return false;
	}
	return true;
}

void exchange_free(struct exchange *e)
{
	undo_all(e);
	spending_close(&e->spending, &e->ledger, &e->log);
	exchange_free_shared(e);
	form_store_close(e->forms);
	close_book(e);
	config_shared_drop(e->config);
}

/* --- What they hold and have done --- */

unsigned exchange_calls(const struct exchange *e)
{
	unsigned calls = 0;

	for (unsigned i = 0; i < e->count; i++)
		calls += atomic_load(&e->worker[i]->running);
	return calls;
}

void exchange_report(const struct exchange *e)
{
	char each[CONFIG_WORKERS_MAX * 7 + 1] = ""; /* "100000," */
	size_t len = 0;
	unsigned calls = 0, standing = 0;

	for (unsigned i = 0; i < e->count; i++) {
		unsigned running = atomic_load(&e->worker[i]->running);
		calls += running;
		standing += standby_stood(&e->worker[i]->standby);
		len += (size_t)snprintf(each + len, sizeof(each) - len, "%s%u",
					i ? "," : "", running);
	}
	resources_log(&e->log, calls, standing, each);
}

void exchange_figures(const struct exchange *e, struct worker_figures *out)
{
	memset(out, 0, sizeof(*out));
	for (unsigned i = 0; i < e->count; i++)
		worker_figures_add(out, &e->worker[i]->figures);
}

struct worker *exchange_least(const struct exchange *e)
{
	struct worker *least = e->worker[0];
	unsigned load = worker_load(least);

	for (unsigned i = 1; i < e->count; i++) {
		unsigned other = worker_load(e->worker[i]);
		if (other >= load)
			continue;
		least = e->worker[i];
		load = other;
	}
	return least;
}
