#include "tools/model/model_options.h"

#include <errno.h>
#include <getopt.h>
#include <stdlib.h>
#include <string.h>

enum {
	OPT_LISTEN = 256,
	OPT_CERT,
	OPT_KEY_FILE,
	OPT_KEY,
	OPT_SCENARIO,
	OPT_TRACE,
	OPT_SEED,
	OPT_PROFILE,
	OPT_LENIENT,
	OPT_QUIET,
	OPT_HELP,
	OPT_VERSION
};

static const struct option option[] = {
	{ "listen", required_argument, NULL, OPT_LISTEN },
	{ "tls-cert", required_argument, NULL, OPT_CERT },
	{ "tls-key", required_argument, NULL, OPT_KEY_FILE },
	{ "key", required_argument, NULL, OPT_KEY },
	{ "scenario", required_argument, NULL, OPT_SCENARIO },
	{ "trace", required_argument, NULL, OPT_TRACE },
	{ "seed", required_argument, NULL, OPT_SEED },
	{ "profile", required_argument, NULL, OPT_PROFILE },
	{ "lenient", no_argument, NULL, OPT_LENIENT },
	{ "quiet", no_argument, NULL, OPT_QUIET },
	{ "help", no_argument, NULL, OPT_HELP },
	{ "version", no_argument, NULL, OPT_VERSION },
	{ NULL, 0, NULL, 0 },
};

void model_options_help(FILE *out)
{
	fputs("Usage: tandem-model [OPTION]...\n"
	      "A local OpenAI Realtime server (GA): greets, repeats what the "
	      "caller says,\n"
	      "reads pressed keys back, and is strict about the protocol.\n"
	      "\n"
	      "  --listen HOST:PORT   where to listen (127.0.0.1:9090; port 0: "
	      "a free one)\n"
	      "  --tls-cert FILE      certificate chain, PEM; with --tls-key "
	      "serves wss\n"
	      "  --tls-key FILE       its private key, PEM\n"
	      "  --key KEY            the one accepted API key (default: any)\n"
	      "  --scenario FILE      what to answer and what goes wrong, YAML\n"
	      "  --trace FILE         record every event as a JSON line\n"
	      "  --seed N             of ids and timing (default 1)\n"
	      "  --profile NAME       openai-ga (default) or openai-ga-1.5\n"
	      "  --lenient            exit 0 also when the client broke the "
	      "protocol\n"
	      "  --quiet              no log\n"
	      "  --help, --version\n"
	      "\n"
	      "Ends with SIGINT or SIGTERM; exit status 1 tells that a client "
	      "broke the\n"
	      "protocol. Scenarios are explained in tools/model/README.md.\n",
	      out);
}

static int wrong(char *why, size_t cap, const char *what, const char *value)
{
	snprintf(why, cap, "%s: %s", what, value);
	return -EINVAL;
}

static int parse_unsigned(const char *text, unsigned long long max,
			  unsigned long long *number)
{
	char *end;

	errno = 0;
	*number = strtoull(text, &end, 10);
	return errno || *end || end == text || *text == '-' || *number > max
		       ? -EINVAL
		       : 0;
}

static int parse_listen(struct model_options *o, const char *text, char *why,
			size_t cap)
{
	const char *colon = strrchr(text, ':');
	const char *from = text, *to = colon;
	unsigned long long port;

	if (!colon || colon == text ||
	    parse_unsigned(colon + 1, 65535, &port) != 0)
		return wrong(why, cap, "--listen wants HOST:PORT", text);
	if (*from == '[' && to[-1] == ']') {
		from++;
		to--;
	}
	if ((size_t)(to - from) >= sizeof(o->host))
		return wrong(why, cap, "--listen: host too long", text);
	memcpy(o->host, from, (size_t)(to - from));
	o->host[to - from] = 0;
	o->port = (unsigned)port;
	return 0;
}

static int parse_profile(struct model_options *o, const char *text, char *why,
			 size_t cap)
{
	if (strcmp(text, "openai-ga") == 0)
		o->is_reasoning = true;
	else if (strcmp(text, "openai-ga-1.5") == 0)
		o->is_reasoning = false;
	else
		return wrong(why, cap,
			     "--profile is openai-ga or openai-ga-1.5", text);
	return 0;
}

static int parse_seed(struct model_options *o, const char *text, char *why,
		      size_t cap)
{
	unsigned long long number;

	if (parse_unsigned(text, UINT64_MAX, &number) != 0)
		return wrong(why, cap, "--seed wants a number", text);
	o->seed = number;
	return 0;
}

static int take_option(struct model_options *o, int which, char *why,
		       size_t cap)
{
	switch (which) {
	case OPT_LISTEN:
		return parse_listen(o, optarg, why, cap);
	case OPT_SEED:
		return parse_seed(o, optarg, why, cap);
	case OPT_PROFILE:
		return parse_profile(o, optarg, why, cap);
	case OPT_CERT:
		o->tls_cert = optarg;
		return 0;
	case OPT_KEY_FILE:
		o->tls_key = optarg;
		return 0;
	case OPT_KEY:
		o->key = optarg;
		return 0;
	case OPT_SCENARIO:
		o->scenario = optarg;
		return 0;
	case OPT_TRACE:
		o->trace = optarg;
		return 0;
	}
	o->is_lenient |= which == OPT_LENIENT;
	o->is_quiet |= which == OPT_QUIET;
	o->wants_help |= which == OPT_HELP;
	o->wants_version |= which == OPT_VERSION;
	return 0;
}

int model_options_parse(struct model_options *o, int argc, char **argv,
			char *why, size_t cap)
{
	int which;

	*o = (struct model_options){ .host = "127.0.0.1",
				     .port = 9090,
				     .seed = 1,
				     .is_reasoning = true };
	optind = 0;
	opterr = 0;
	while ((which = getopt_long(argc, argv, "", option, NULL)) != -1) {
		if (which == '?')
			return wrong(why, cap, "unknown or incomplete option",
				     argv[optind - 1]);
		if (take_option(o, which, why, cap))
			return -EINVAL;
	}
	if (optind < argc)
		return wrong(why, cap, "unexpected argument", argv[optind]);
	if (!o->tls_cert != !o->tls_key)
		return wrong(why, cap, "--tls-cert and --tls-key",
			     "both or none");
	if (o->key && !*o->key)
		return wrong(why, cap, "--key", "must not be empty");
	return 0;
}
