/* tandem: the command line. */
#include <errno.h>
#include <getopt.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "gateway/announce.h"
#include "gateway/ops/config.h"
#include "gateway/ops/version.h"
#include "gateway/service.h"

enum { EXIT_USAGE = 2 };

static const char usage[] =
	"Usage: tandem [serve] [options]   bridge phone calls to a model\n"
	"       tandem check [options]     say what is wrong with a configuration\n"
	"\n"
	"  -c, --config FILE      configuration (every key is optional)\n"
	"      --listen HOST:PORT instead of the configured address; port 0: any\n"
	"      --model-url URL    instead of the configured model server\n"
	"      --log-level LEVEL  debug, info, warn or error\n"
	"  -V, --version\n"
	"  -h, --help\n"
	"\n"
	"Secrets come from the environment: OPENAI_API_KEY, TWILIO_AUTH_TOKEN,\n"
	"AUDIOCODES_TOKENS (bot=token,bot2=token).\n";

struct options {
	const char *command;
	const char *config;
	const char *listen;
	const char *model_url;
	const char *log_level;
};

static int read_options(struct options *o, int argc, char **argv)
{
	enum { LISTEN = 256, MODEL_URL, LOG_LEVEL };
	static const struct option list[] = {
		{ "config", required_argument, NULL, 'c' },
		{ "listen", required_argument, NULL, LISTEN },
		{ "model-url", required_argument, NULL, MODEL_URL },
		{ "log-level", required_argument, NULL, LOG_LEVEL },
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
		case MODEL_URL:
			o->model_url = optarg;
			break;
		case LOG_LEVEL:
			o->log_level = optarg;
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

/* The environment gave them once, and has them no more. */
static void keep_secrets(struct config *c, const struct config *now)
{
	if (!secret_is_set(&c->model.key))
		c->model.key = now->model.key;
	if (!c->twilio.auth_token_count) {
		c->twilio.auth_token_count = now->twilio.auth_token_count;
		memcpy(c->twilio.auth_tokens, now->twilio.auth_tokens,
		       sizeof(c->twilio.auth_tokens));
	}
}

/* Of bots that are still there. */
static void keep_bot_tokens(struct config_audiocodes *c,
			    const struct config_audiocodes *now)
{
	for (unsigned i = 0; i < c->bot_count; i++)
		for (unsigned j = 0; j < now->bot_count; j++)
			if (!c->tokens[i].count &&
			    strcmp(c->bots[i], now->bots[j]) == 0)
				c->tokens[i] = now->tokens[j];
}

/* The file, then what the command line says instead: at the start, and at each
 * reload. */
static int load(void *owner, const struct config *now, struct config *c,
		char *errors, size_t cap)
{
	const struct options *o = owner;
	int err = config_load(c, o->config, errors, cap);

	if (!err)
		err = config_secrets(c, errors, cap);
	if (!err && now) {
		keep_secrets(c, now);
		keep_bot_tokens(&c->audiocodes, &now->audiocodes);
	}
	if (!err)
		err = override(c->listen, sizeof(c->listen), o->listen,
			       "--listen", errors, cap);
	if (!err)
		err = override(c->model.url, sizeof(c->model.url), o->model_url,
			       "--model-url", errors, cap);
	return err ? err : set_level(c, o->log_level, errors, cap);
}

static int check(const struct config *c, const struct options *o)
{
	announce_checked(stdout, c,
			 o->config ? o->config : "the default configuration");
	return 0;
}

int main(int argc, char **argv)
{
	static struct service service; /* large, and live as long as … */
	static struct config config;   /* … the process */
	static char errors[4096];
	struct options o;

	if (read_options(&o, argc, argv) != 0)
		return EXIT_USAGE;
	int err = load(&o, NULL, &config, errors, sizeof(errors));
	if (err)
		fprintf(stderr, "%s\n", errors);
	else
		err = strcmp(o.command, "check") == 0
			      ? check(&config, &o)
			      : service_run(&service, &config, load, &o);
	config_wipe(&config);
	return err ? EXIT_FAILURE : EXIT_SUCCESS;
}
