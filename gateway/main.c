/* tandem: the command line. */
#include <errno.h>
#include <getopt.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <unistd.h>
#include <uv.h>

#include "gateway/admin.h"
#include "gateway/announce.h"
#include "gateway/check/check.h"
#include "gateway/exchange.h"
#include "gateway/ops/config.h"
#include "gateway/ops/config_environment.h"
#include "gateway/ops/core_dump.h"
#include "gateway/ops/version.h"
#include "gateway/worker.h"

enum { EXIT_USAGE = 2 };

struct program {
	uv_loop_t loop;
	uv_signal_t sigint;
	uv_signal_t sigterm;
	uv_signal_t sigusr1;
	struct config_environment environment;
	struct config config;
	struct log_levels levels;
	struct log log;
	struct exchange exchange;
	struct admin admin;
};

static const char usage[] =
	"Usage: tandem [serve] [options]   bridge phone calls to a model\n"
	"       tandem check [options]     say what is wrong with a configuration,\n"
	"                                  and with what it needs on this machine\n"
	"                                  and beyond\n"
	"\n"
	"  -c, --config FILE      configuration (every key is optional)\n"
	"      --listen HOST:PORT instead of the configured address; port 0: any\n"
	"      --admin HOST:PORT  instead of admin.listen; \"\": none, port 0: any\n"
	"      --model-url URL    instead of the configured model server\n"
	"      --log-level LEVEL  debug, info, warn or error\n"
	"      --offline          check: nothing beyond this machine\n"
	"      --json             check: for a program to read\n"
	"  -V, --version\n"
	"  -h, --help\n"
	"\n"
	"Secrets come from the environment (OPENAI_API_KEY, TWILIO_AUTH_TOKEN,\n"
	"AUDIOCODES_TOKENS=bot=token,bot2=token, or …_FILE), systemd's credentials\n"
	"of those names in small letters, or ${…} in the configuration.\n";

struct options {
	const char *command;
	const char *config;
	const char *listen;
	const char *admin;
	const char *model_url;
	const char *log_level;
	bool is_offline;
	bool is_json;
};

/* What is left behind the options. */
static int read_command(struct options *o, int argc, char **argv)
{
	if (optind < argc)
		o->command = argv[optind++];
	if (optind < argc || (strcmp(o->command, "serve") != 0 &&
			      strcmp(o->command, "check") != 0)) {
		fprintf(stderr, "tandem: unknown command or argument: %s\n\n%s",
			argv[optind < argc ? optind : optind - 1], usage);
		return -EINVAL;
	}
	return 0;
}

static int read_options(struct options *o, int argc, char **argv)
{
	enum { LISTEN = 256, ADMIN, MODEL_URL, LOG_LEVEL, OFFLINE, JSON };
	static const struct option list[] = {
		{ "config", required_argument, NULL, 'c' },
		{ "listen", required_argument, NULL, LISTEN },
		{ "admin", required_argument, NULL, ADMIN },
		{ "model-url", required_argument, NULL, MODEL_URL },
		{ "log-level", required_argument, NULL, LOG_LEVEL },
		{ "offline", no_argument, NULL, OFFLINE },
		{ "json", no_argument, NULL, JSON },
		{ "version", no_argument, NULL, 'V' },
		{ "help", no_argument, NULL, 'h' },
		{ NULL, 0, NULL, 0 },
	};
	int c;

	*o = (struct options){ .command = "serve" };
	while ((c = getopt_long(argc, argv, "c:Vh", list, NULL)) != -1) {
		switch (c) {
		case 'c':
			o->config = optarg;
			break;
		case LISTEN:
			o->listen = optarg;
			break;
		case ADMIN:
			o->admin = optarg;
			break;
		case MODEL_URL:
			o->model_url = optarg;
			break;
		case LOG_LEVEL:
			o->log_level = optarg;
			break;
		case OFFLINE:
			o->is_offline = true;
			break;
		case JSON:
			o->is_json = true;
			break;
		case 'V':
			printf("tandem %s\n", version_text());
			exit(EXIT_SUCCESS);
		case 'h':
			fputs(usage, stdout);
			exit(EXIT_SUCCESS);
		default:
			fputs(usage, stderr);
			return -EINVAL;
		}
	}
	return read_command(o, argc, argv);
}

/* --- Configuration --- */

static int override(char *into, size_t cap, const char *text, const char *what)
{
	if (!text)
		return 0;
	if (strlen(text) >= cap) {
		fprintf(stderr, "tandem: %s is too long\n", what);
		return -EINVAL;
	}
	strcpy(into, text);
	return 0;
}

static int set_level(struct config *c, const char *name)
{
	if (!name)
		return 0;
	for (int level = LOG_DEBUG; level <= LOG_ERROR; level++) {
		if (strcmp(name, log_level_name((enum log_level)level)) != 0)
			continue;
		c->log.level = (enum log_level)level;
		return 0;
	}
	fprintf(stderr,
		"tandem: --log-level is %s, must be debug, info, warn "
		"or error\n",
		name);
	return -EINVAL;
}

/* What the command line says instead of the configuration. */
static int override_all(struct config *c, const struct options *o)
{
	int err = override(c->listen, sizeof(c->listen), o->listen, "--listen");

	if (!err)
		err = override(c->admin.listen, sizeof(c->admin.listen),
			       o->admin, "--admin");
	if (!err)
		err = override(c->model.url, sizeof(c->model.url), o->model_url,
			       "--model-url");
	return err ? err : set_level(c, o->log_level);
}

static int load(struct program *p, const struct options *o)
{
	static char errors[4096];
	const struct config_loading loading = {
		.environment = &p->environment,
		.errors = errors,
		.errors_cap = sizeof(errors),
	};
	int err = config_load_all(&p->config, o->config, &loading);

	if (err)
		fprintf(stderr, "%s\n", errors);
	return err ? err : override_all(&p->config, o);
}

/* --- Serving --- */

static void on_stopped(void *owner)
{
	struct program *p = owner;

	uv_close((uv_handle_t *)&p->sigint, NULL);
	uv_close((uv_handle_t *)&p->sigterm, NULL);
	uv_close((uv_handle_t *)&p->sigusr1, NULL);
	admin_close(&p->admin);
}

static void on_signal(uv_signal_t *handle, int number)
{
	struct program *p = handle->data;

	log_event(&p->log, LOG_INFO, "stopping", "signal",
		  number == SIGINT ? "SIGINT" : "SIGTERM", NULL);
	exchange_stop(&p->exchange);
}

/* SIGUSR1: say what the process holds, for whoever looks for a leak. */
static void on_report(uv_signal_t *handle, int number)
{
	const struct program *p = handle->data;

	(void)number;
	exchange_report(&p->exchange);
}

static int catch (struct program *p, uv_signal_t *handle,
		  uv_signal_cb on_caught, int number)
{
	int err = uv_signal_init(&p->loop, handle);

	handle->data = p;
	return err ? err : uv_signal_start(handle, on_caught, number);
}

static int catch_signals(struct program *p)
{
	signal(SIGPIPE, SIG_IGN);
	int err = catch (p, &p->sigint, on_signal, SIGINT);
	if (!err)
		err = catch (p, &p->sigterm, on_signal, SIGTERM);
	if (!err)
		err = catch (p, &p->sigusr1, on_report, SIGUSR1);
	return err;
}

static void log_figure(const struct program *p, const char *name,
		       const struct histogram *h)
{
	struct log_line l;

	log_begin(&l, &p->log, LOG_INFO, "figure");
	log_text(&l, "name", name);
	log_number(&l, "count", (int64_t)histogram_count(h));
	log_number(&l, "p50_us", (int64_t)histogram_quantile(h, 0.5) / 1000);
	log_number(&l, "p99_us", (int64_t)histogram_quantile(h, 0.99) / 1000);
	log_number(&l, "max_us", (int64_t)histogram_max(h) / 1000);
	log_end(&l);
}

static void log_figures(const struct program *p)
{
	struct worker_figures f;
	struct log_line l;

	exchange_figures(&p->exchange, &f);
	for (unsigned i = 0; i < WORKER_DELAYS; i++)
		log_figure(p, worker_delay_name(i), &f.delay[i]);
	log_begin(&l, &p->log, LOG_INFO, "stopped");
	log_number(&l, "calls", (int64_t)metric_read(&f.calls));
	log_number(&l, "without_model", (int64_t)metric_read(&f.failed));
	log_end(&l);
}

/* A call takes two descriptors: use all that the system grants. */
static void raise_descriptor_limit(void)
{
	struct rlimit r;

	if (getrlimit(RLIMIT_NOFILE, &r) == 0) {
		r.rlim_cur = r.rlim_max;
		setrlimit(RLIMIT_NOFILE, &r);
	}
}

/* The control thread: signals, and what workers are told and have to tell. */
static int run(struct program *p)
{
	int err = catch_signals(p);

	if (err)
		return err;
	err = exchange_start(&p->exchange, on_stopped, p);
	if (err) {
		fprintf(stderr, "tandem: %s\n", uv_strerror(err));
	} else {
		announce_listening(stdout, &p->config, p->exchange.port,
				   p->exchange.count);
		announce_admin(stdout, &p->config, admin_port(&p->admin));
		announce_warnings(&p->log, &p->config);
	}
	uv_run(&p->loop, UV_RUN_DEFAULT);
	log_figures(p);
	return err;
}

static void open_log(struct program *p)
{
	const struct config_log *c = &p->config.log;

	log_open(&p->log, STDERR_FILENO, c->level);
	log_levels_init(&p->levels, c->level);
	for (unsigned i = 0; i < LOG_MODULES; i++)
		if (c->levels.of[i] != LOG_LEVELS)
			log_levels_set(&p->levels, (enum log_module)i,
				       c->levels.of[i]);
	p->log.levels = &p->levels;
	p->log.format = c->format;
	p->log.shows_numbers = c->numbers == CONFIG_NUMBERS_FULL;
}

static int serve(struct program *p)
{
	char why[512];
	int err = uv_loop_init(&p->loop);

	if (err)
		return err;
	raise_descriptor_limit();
	open_log(p);
	if (core_dump_leave_memory_out())
		log_event(&p->log, LOG_WARN, "core_holds_memory", NULL);
	err = exchange_open(&p->exchange, &p->loop, &p->config, &p->log, why,
			    sizeof(why));
	if (err) {
		fprintf(stderr, "tandem: %s\n", why);
		return err;
	}
	err = admin_open(&p->admin, &p->exchange, &p->levels, why, sizeof(why));
	if (err)
		fprintf(stderr, "tandem: %s\n", why);
	else
		err = run(p);
	exchange_free(&p->exchange);
	return err ? err : uv_loop_close(&p->loop);
}

/* --- Checking --- */

static int take_overrides(void *owner, struct config *c)
{
	return override_all(c, owner);
}

static int check(struct program *p, struct options *o)
{
	const struct check_request request = {
		.path = o->config,
		.environment = &p->environment,
		.override = take_overrides,
		.owner = o,
		.is_offline = o->is_offline,
		.is_json = o->is_json,
		.out = stdout,
		.errors = stderr,
	};

	return check_run(&request);
}

int main(int argc, char **argv)
{
	static struct program p; /* large, and lives as long as the process */
	struct options o;
	int err;

	if (read_options(&o, argc, argv) != 0)
		return EXIT_USAGE;
	if (strcmp(o.command, "check") == 0) {
		err = check(&p, &o);
	} else {
		err = load(&p, &o);
		err = err ? err : serve(&p);
	}
	config_wipe(&p.config);
	config_environment_close(&p.environment);
	return err ? EXIT_FAILURE : EXIT_SUCCESS;
}
