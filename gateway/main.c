/* tandem: the command line. */
#include <errno.h>
#include <getopt.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "gateway/check/check.h"
#include "gateway/check/route.h"
#include "gateway/ops/config.h"
#include "gateway/ops/config_environment.h"
#include "gateway/ops/version.h"
#include "gateway/service.h"

enum { EXIT_USAGE = 2 };

static const char usage[] =
	"Usage: tandem [serve] [options]   bridge phone calls to a model\n"
	"       tandem check [options]     say what is wrong with a configuration,\n"
	"                                  and with what it needs on this machine\n"
	"                                  and beyond\n"
	"       tandem route NUMBER [options]\n"
	"                                  say which agent answers a call to that\n"
	"                                  number, and which conditions decide it\n"
	"\n"
	"  -c, --config FILE      configuration (every key is optional)\n"
	"      --listen HOST:PORT instead of the configured address; port 0: any\n"
	"      --admin HOST:PORT  instead of admin.listen; \"\": none, port 0: any\n"
	"      --model-url URL    instead of the configured model server\n"
	"      --log-level LEVEL  debug, info, warn or error\n"
	"      --offline          check: nothing beyond this machine\n"
	"      --json             check, route: for a program to read\n"
	"      --carrier NAME     route: twilio or audiocodes\n"
	"      --bot NAME         route: of AudioCodes\n"
	"      --caller NUMBER    route: who calls\n"
	"      --at TIME          route: 2026-06-15T10:00, in UTC, instead of now\n"
	"      --parameter N=V    route: a parameter of the call; as often as needed\n"
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
	struct route_request route;
};

/* What is left behind the options. */
static int read_command(struct options *o, int argc, char **argv)
{
	if (optind < argc)
		o->command = argv[optind++];
	if (strcmp(o->command, "route") == 0) {
		o->route.number = optind < argc ? argv[optind++] : NULL;
		if (o->route.number && optind == argc)
			return 0;
		fprintf(stderr, "tandem: route takes one number\n\n%s", usage);
		return -EINVAL;
	}
	if (optind < argc || (strcmp(o->command, "serve") != 0 &&
			      strcmp(o->command, "check") != 0)) {
		fprintf(stderr, "tandem: unknown command or argument: %s\n\n%s",
			argv[optind < argc ? optind : optind - 1], usage);
		return -EINVAL;
	}
	return 0;
}

enum {
	LISTEN = 256,
	ADMIN,
	MODEL_URL,
	LOG_LEVEL,
	OFFLINE,
	JSON,
	CARRIER,
	BOT,
	CALLER,
	AT,
	PARAMETER
};
static const struct option options[] = {
	{ "config", required_argument, NULL, 'c' },
	{ "listen", required_argument, NULL, LISTEN },
	{ "admin", required_argument, NULL, ADMIN },
	{ "model-url", required_argument, NULL, MODEL_URL },
	{ "log-level", required_argument, NULL, LOG_LEVEL },
	{ "offline", no_argument, NULL, OFFLINE },
	{ "json", no_argument, NULL, JSON },
	{ "carrier", required_argument, NULL, CARRIER },
	{ "bot", required_argument, NULL, BOT },
	{ "caller", required_argument, NULL, CALLER },
	{ "at", required_argument, NULL, AT },
	{ "parameter", required_argument, NULL, PARAMETER },
	{ "version", no_argument, NULL, 'V' },
	{ "help", no_argument, NULL, 'h' },
	{ NULL, 0, NULL, 0 },
};

/* Returns whether it is one of them. */
static bool read_route_option(struct route_request *r, int option)
{
	switch (option) {
	case CARRIER:
		r->carrier = optarg;
		return true;
	case BOT:
		r->bot = optarg;
		return true;
	case CALLER:
		r->caller = optarg;
		return true;
	case AT:
		r->at = optarg;
		return true;
	case PARAMETER:
		if (r->parameters == ROUTE_PARAMETERS_MAX)
			return false;
		r->parameter[r->parameters++] = optarg;
		return true;
	default:
		return false;
	}
}

static int read_options(struct options *o, int argc, char **argv)
{
	int c;

	*o = (struct options){ .command = "serve" };
	while ((c = getopt_long(argc, argv, "c:Vh", options, NULL)) != -1) {
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
			if (read_route_option(&o->route, c))
				break;
			fputs(usage, stderr);
			return -EINVAL;
		}
	}
	return read_command(o, argc, argv);
}

/* --- Configuration --- */

static int override(char *into, size_t cap, const char *text, const char *what,
		    char *errors, size_t errors_cap)
{
	if (!text)
		return 0;
	if (strlen(text) >= cap) {
		snprintf(errors, errors_cap, "tandem: %s is too long", what);
		return -EINVAL;
	}
	memset(into, 0, cap);
	memcpy(into, text, strlen(text));
	return 0;
}

static int set_level(struct config *c, const char *name, char *errors,
		     size_t cap)
{
	if (!name)
		return 0;
	for (int level = LOG_DEBUG; level <= LOG_ERROR; level++) {
		if (strcmp(name, log_level_name((enum log_level)level)) != 0)
			continue;
		c->log.level = (enum log_level)level;
		return 0;
	}
	snprintf(errors, cap,
		 "tandem: --log-level is %s, must be debug, info, warn or "
		 "error",
		 name);
	return -EINVAL;
}

/* What the command line says instead of the configuration. */
static int override_all(struct config *c, const struct options *o, char *errors,
			size_t cap)
{
	int err = override(c->listen, sizeof(c->listen), o->listen, "--listen",
			   errors, cap);

	if (!err)
		err = override(c->admin.listen, sizeof(c->admin.listen),
			       o->admin, "--admin", errors, cap);
	if (!err)
		err = override(c->model.url, sizeof(c->model.url), o->model_url,
			       "--model-url", errors, cap);
	return err ? err : set_level(c, o->log_level, errors, cap);
}

/* Where configurations come from; the environment gives its secrets once and
 * has them no more. */
struct source {
	const struct options *options;
	struct config_environment environment;
};

/* The file and the secrets, then what the command line says instead: at the
 * start, and at each reload. */
static int load(void *owner, struct config *c, char *errors, size_t cap)
{
	struct source *s = owner;
	const struct config_loading loading = {
		.environment = &s->environment,
		.errors = errors,
		.errors_cap = cap,
	};
	int err = config_load_all(c, s->options->config, &loading);

	return err ? err : override_all(c, s->options, errors, cap);
}

static int serve(struct source *s)
{
	static struct service service; /* large, and live as long as … */
	static struct config config;   /* … the process */
	static char errors[4096];
	int err = load(s, &config, errors, sizeof(errors));

	if (err)
		fprintf(stderr, "%s\n", errors);
	else
		err = service_run(&service, &config, load, s);
	config_wipe(&config);
	return err;
}

/* --- Checking --- */

static int take_overrides(void *owner, struct config *c)
{
	const struct source *s = owner;
	char errors[256];
	int err = override_all(c, s->options, errors, sizeof(errors));

	if (err)
		fprintf(stderr, "%s\n", errors);
	return err;
}

static int check(struct source *s)
{
	const struct options *o = s->options;
	const struct check_request request = {
		.path = o->config,
		.environment = &s->environment,
		.override = take_overrides,
		.owner = s,
		.is_offline = o->is_offline,
		.is_json = o->is_json,
		.out = stdout,
		.errors = stderr,
	};

	return check_run(&request);
}

static int route(struct source *s, struct route_request *r)
{
	r->path = s->options->config;
	r->environment = &s->environment;
	r->is_json = s->options->is_json;
	r->out = stdout;
	r->errors = stderr;
	return route_run(r);
}

int main(int argc, char **argv)
{
	static struct source source;
	struct options o;
	int err;

	source.options = &o;
	if (read_options(&o, argc, argv) != 0)
		return EXIT_USAGE;
	if (strcmp(o.command, "route") == 0)
		err = route(&source, &o.route);
	else if (strcmp(o.command, "check") == 0)
		err = check(&source);
	else
		err = serve(&source);
	config_environment_close(&source.environment);
	return err ? EXIT_FAILURE : EXIT_SUCCESS;
}
