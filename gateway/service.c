#include "gateway/service.h"

#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/resource.h>
#include <unistd.h>

#include "gateway/announce.h"
#include "gateway/ops/config_restart.h"
#include "gateway/ops/core_dump.h"
#include "gateway/ops/supervisor.h"
#include "gateway/worker.h"

#define NS_PER_MS  1000000ull
#define ERRORS_MAX 4096 /* bytes: the mistakes in a configuration */

static const int number[SERVICE_SIGNALS] = {
	[SERVICE_SIGINT] = SIGINT,
	[SERVICE_SIGTERM] = SIGTERM,
	[SERVICE_SIGHUP] = SIGHUP,
	[SERVICE_SIGUSR1] = SIGUSR1,
};

static const char *signal_name(int signal)
{
	return signal == SIGINT ? "SIGINT" : "SIGTERM";
}

/* --- The supervisor --- */

static enum drain_stage stage_of(const struct service *s)
{
	return (enum drain_stage)atomic_load(&s->exchange.stage);
}

static uint64_t left_ms(const struct service *s)
{
	uint64_t now_ns = uv_hrtime();

	return s->over_ns > now_ns ? (s->over_ns - now_ns) / NS_PER_MS : 0;
}

static void write_status(const struct service *s,
			 char out[SUPERVISOR_STATUS_MAX])
{
	unsigned calls = exchange_calls(&s->exchange);
	const char *plural = calls == 1 ? "" : "s";

	if (stage_of(s) == DRAIN_RUNNING)
		snprintf(out, SUPERVISOR_STATUS_MAX, "%u call%s running", calls,
			 plural);
	else
		snprintf(out, SUPERVISOR_STATUS_MAX,
			 "%s: %u call%s running, at most %llu s more",
			 drain_stage_name(stage_of(s)), calls, plural,
			 (unsigned long long)(left_ms(s) + 999) / 1000);
}

/* A little at a time, so that one that hangs is noticed. */
static uint64_t extend_us(const struct service *s)
{
	uint64_t ms = left_ms(s) + SERVICE_STATUS_MS;

	return (ms < SERVICE_EXTEND_MS ? ms : SERVICE_EXTEND_MS) * 1000;
}

static void on_status(uv_timer_t *timer)
{
	const struct service *s = timer->data;
	char status[SUPERVISOR_STATUS_MAX];

	write_status(s, status);
	supervisor_status(status);
	if (stage_of(s) != DRAIN_RUNNING)
		supervisor_extend(extend_us(s));
}

static void on_beat(uv_timer_t *timer)
{
	struct service *s = timer->data;

	if (exchange_answers(&s->exchange, uv_hrtime()))
		supervisor_alive();
	exchange_ask(&s->exchange);
}

/* --- Going down --- */

static void on_stage_over(uv_timer_t *timer);

static void on_nudge(uv_timer_t *timer)
{
	struct service *s = timer->data;

	exchange_nudge(&s->exchange);
}

static void log_stage(const struct service *s, enum drain_stage to,
		      const char *why)
{
	struct log_line l;

	log_begin(&l, &s->log, LOG_INFO, drain_stage_name(to));
	log_text(&l, "why", why);
	log_number(&l, "calls", exchange_calls(&s->exchange));
	log_number(&l, "at_most_ms",
		   (int64_t)drain_left_ms(to, s->config.drain.seconds));
	log_end(&l);
}

static void go_down(struct service *s, enum drain_event event, const char *why)
{
	enum drain_stage from = stage_of(s), to = drain_next(from, event);
	unsigned seconds = s->config.drain.seconds;
	uint64_t ms = drain_ms(to, seconds);
	char status[SUPERVISOR_STATUS_MAX];

	if (to == from)
		return;
	log_stage(s, to, why);
	exchange_order(&s->exchange, to);
	s->over_ns = uv_hrtime() + drain_left_ms(to, seconds) * NS_PER_MS;
	write_status(s, status);
	supervisor_stopping(extend_us(s), status);
	uv_timer_stop(&s->stage);
	if (ms)
		uv_timer_start(&s->stage, on_stage_over, ms, 0);
	uv_timer_start(&s->nudge, on_nudge, SERVICE_NUDGE_MS, SERVICE_NUDGE_MS);
}

static void on_stage_over(uv_timer_t *timer)
{
	struct service *s = timer->data;

	go_down(s, DRAIN_TIME_OVER, "the time is over");
}

static void on_end(struct service *s, int signal)
{
	go_down(s, signal == SIGINT ? DRAIN_INTERRUPTED : DRAIN_TERMINATED,
		signal_name(signal));
}

static void close_timer(uv_timer_t *timer)
{
	uv_close((uv_handle_t *)timer, NULL);
}

static void on_stopped(void *owner)
{
	struct service *s = owner;

	for (unsigned i = 0; i < SERVICE_SIGNALS; i++)
		uv_close((uv_handle_t *)&s->signal[i], NULL);
	close_timer(&s->status);
	close_timer(&s->beat);
	close_timer(&s->stage);
	close_timer(&s->nudge);
	admin_close(&s->admin);
}

/* --- Reading the configuration again --- */

/* What was set at run time is forgotten. */
static void set_levels(struct service *s)
{
	const struct config_log *c = &s->config.log;

	log_levels_init(&s->levels, c->level);
	for (unsigned i = 0; i < LOG_MODULES; i++)
		if (c->levels.of[i] != LOG_LEVELS)
			log_levels_set(&s->levels, (enum log_module)i,
				       c->levels.of[i]);
}

static void log_mistakes(const struct service *s, char *errors)
{
	char *rest = errors;

	for (char *line; (line = strsep(&rest, "\n"));)
		if (*line)
			log_event(&s->log, LOG_ERROR, "reload_failed", "why",
				  line, NULL);
	log_event(&s->log, LOG_WARN, "reload", "what",
		  "nothing has changed: see above", NULL);
}

static void log_reloaded(const struct service *s, const struct config *next)
{
	char names[128];

	if (config_restart_names(&s->config, next, names, sizeof(names)))
		log_event(&s->log, LOG_WARN, "needs_restart", "keys", names,
			  "what", "stays as it was", NULL);
	log_event(&s->log, LOG_INFO, "reload", "what",
		  "calls that begin now have the new configuration", NULL);
}

static int reload(struct service *s, struct config *next, char *errors)
{
	int err = s->load(s->owner, next, errors, ERRORS_MAX);

	return err ? err
		   : exchange_reload(&s->exchange, next, errors, ERRORS_MAX);
}

static void on_reload(struct service *s, int signal)
{
	static struct config next; /* large */
	char errors[ERRORS_MAX], status[SUPERVISOR_STATUS_MAX];

	(void)signal;
	if (stage_of(s) != DRAIN_RUNNING)
		return;
	supervisor_reloading(uv_hrtime() / 1000);
	if (reload(s, &next, errors)) {
		log_mistakes(s, errors);
	} else {
		log_reloaded(s, &next);
		if (!secret_equal(&s->config.admin.token, &next.admin.token))
			admin_token_changed(&s->admin);
		config_restart_keep(&next, &s->config);
		config_wipe(&s->config);
		config_copy(&s->config, &next);
		set_levels(s);
		announce_costs(&s->log, &s->config);
	}
	config_wipe(&next);
	write_status(s, status);
	supervisor_ready(status);
}

/* SIGUSR1: say what the process holds, for whoever looks for a leak. */
static void on_report(struct service *s, int signal)
{
	(void)signal;
	exchange_report(&s->exchange);
}

/* --- Signals --- */

static void on_signal(uv_signal_t *handle, int caught)
{
	static void (*const act[SERVICE_SIGNALS])(struct service * s,
						  int caught) = {
		[SERVICE_SIGINT] = on_end,
		[SERVICE_SIGTERM] = on_end,
		[SERVICE_SIGHUP] = on_reload,
		[SERVICE_SIGUSR1] = on_report,
	};
	struct service *s = handle->data;

	act[handle - s->signal](s, caught);
}

static int catch_signals(struct service *s)
{
	int err = 0;

	signal(SIGPIPE, SIG_IGN);
	for (unsigned i = 0; i < SERVICE_SIGNALS && !err; i++) {
		err = uv_signal_init(&s->loop, &s->signal[i]);
		s->signal[i].data = s;
		if (!err)
			err = uv_signal_start(&s->signal[i], on_signal,
					      number[i]);
	}
	return err;
}

static void open_timer(struct service *s, uv_timer_t *timer)
{
	uv_timer_init(&s->loop, timer); /* cannot fail */
	timer->data = s;
}

static void start_timers(struct service *s)
{
	uint64_t beat_ms = supervisor_beat_ms();

	open_timer(s, &s->status);
	open_timer(s, &s->beat);
	open_timer(s, &s->stage);
	open_timer(s, &s->nudge);
	uv_timer_start(&s->status, on_status, SERVICE_STATUS_MS,
		       SERVICE_STATUS_MS);
	if (beat_ms > SERVICE_BEAT_MS)
		beat_ms = SERVICE_BEAT_MS;
	if (beat_ms)
		uv_timer_start(&s->beat, on_beat, beat_ms, beat_ms);
}

/* --- Figures --- */

static void log_figure(const struct service *s, const char *name,
		       const struct histogram *h)
{
	struct log_line l;

	log_begin(&l, &s->log, LOG_INFO, "figure");
	log_text(&l, "name", name);
	log_number(&l, "count", (int64_t)histogram_count(h));
	log_number(&l, "p50_us", (int64_t)histogram_quantile(h, 0.5) / 1000);
	log_number(&l, "p99_us", (int64_t)histogram_quantile(h, 0.99) / 1000);
	log_number(&l, "max_us", (int64_t)histogram_max(h) / 1000);
	log_end(&l);
}

static void log_figures(const struct service *s)
{
	struct worker_figures f;
	struct log_line l;

	exchange_figures(&s->exchange, &f);
	for (unsigned i = 0; i < WORKER_DELAYS; i++)
		log_figure(s, worker_delay_name(i), &f.delay[i]);
	log_begin(&l, &s->log, LOG_INFO, "stopped");
	log_number(&l, "calls", (int64_t)metric_read(&f.calls));
	log_number(&l, "without_model", (int64_t)metric_read(&f.failed));
	log_end(&l);
}

/* --- The whole --- */

/* A call takes two descriptors: use all that the system grants. */
static void raise_descriptor_limit(void)
{
	struct rlimit r;

	if (getrlimit(RLIMIT_NOFILE, &r) == 0) {
		r.rlim_cur = r.rlim_max;
		setrlimit(RLIMIT_NOFILE, &r);
	}
}

static int run(struct service *s)
{
	int err = catch_signals(s);

	if (err)
		return err;
	start_timers(s);
	err = exchange_start(&s->exchange, on_stopped, s);
	if (err) {
		fprintf(stderr, "tandem: %s\n", uv_strerror(err));
	} else {
		announce_listening(stdout, &s->config, s->exchange.port,
				   s->exchange.count);
		announce_admin(stdout, &s->config, admin_port(&s->admin));
		announce_warnings(&s->log, &s->config);
		announce_costs(&s->log, &s->config);
		supervisor_ready("0 calls running");
	}
	uv_run(&s->loop, UV_RUN_DEFAULT);
	log_figures(s);
	return err;
}

static int open_exchange(struct service *s)
{
	int fd[SUPERVISOR_SOCKETS_MAX];
	struct exchange_sockets given = {
		.fd = fd,
		.count = supervisor_sockets("tandem", true, fd),
	};
	char why[512];
	int err = exchange_open(&s->exchange, &s->loop, &s->config, &given,
				&s->log, why, sizeof(why));

	for (unsigned i = 0; i < given.count; i++)
		close(fd[i]); /* each worker has one of its own */
	if (err)
		fprintf(stderr, "tandem: %s\n", why);
	return err;
}

static int open_admin(struct service *s)
{
	char why[512];
	int err = admin_open(&s->admin, &s->exchange, &s->levels, why,
			     sizeof(why));

	if (err)
		fprintf(stderr, "tandem: %s\n", why);
	return err;
}

static void open_log(struct service *s)
{
	const struct config_log *c = &s->config.log;

	log_open(&s->log, STDERR_FILENO, c->level);
	set_levels(s);
	s->log.levels = &s->levels;
	s->log.format = c->format;
	s->log.shows_numbers = c->numbers == CONFIG_NUMBERS_FULL;
}

static int run_and_free(struct service *s)
{
	int err = open_exchange(s);

	if (err)
		return err;
	err = open_admin(s);
	if (!err)
		err = run(s);
	exchange_free(&s->exchange);
	return err ? err : uv_loop_close(&s->loop);
}

int service_run(struct service *s, const struct config *config,
		service_load *load, void *owner)
{
	config_copy(&s->config, config);
	s->load = load;
	s->owner = owner;
	int err = uv_loop_init(&s->loop);
	if (!err) {
		raise_descriptor_limit();
		open_log(s);
		if (core_dump_leave_memory_out())
			log_event(&s->log, LOG_WARN, "core_holds_memory", NULL);
		err = run_and_free(s);
	}
	config_wipe(&s->config);
	return err;
}
