#include "tools/call/caller_options.h"

#include <errno.h>
#include <getopt.h>
#include <stdlib.h>
#include <string.h>

#include "gateway/ops/version.h"
#include "protocols/url.h"
#include "tools/call/caller_fault.h"

static const char usage[] =
	"Usage: tandem-call [OPTION]... [URL]\n"
	"Place test calls as Twilio would: call the voice webhook URL (default\n"
	"http://127.0.0.1:8080/twilio/voice), run its TwiML, speak and listen on\n"
	"the media stream, and judge what was heard. Without --say or --scenario\n"
	"it runs a built-in demonstration.\n"
	"\n"
	"  --auth-token T       sign as this account (or env TWILIO_AUTH_TOKEN)\n"
	"  --account-sid AC…    of the calls\n"
	"  --from N, --to N     telephone numbers, +1555…\n"
	"  --say FILE.wav       hear the greeting, say this, hear the reply\n"
	"  --scenario FILE      follow a scenario (YAML, tools/call/README.md)\n"
	"  --out FILE.wav       the call as a stereo file: left the caller, right\n"
	"                       what the caller heard\n"
	"  --calls N            place N calls\n"
	"  --parallel M         at most M at a time (up to 500)\n"
	"  --rate R             begin at most R calls a second (default 50)\n"
	"  --ca-file PEM        trust these certificates\n"
	"  --model-trace FILE   the trace tandem-model writes: judge truncation\n"
	"  --stream URL         open this media URL, without a webhook\n"
	"  --json               one JSON object per call\n"
	"  --lenient            tell protocol breaches, do not fail for them\n"
	"  --quiet              tell only what failed\n"
	"  --seed N             of identifiers and jitter\n"
	"  --timeout S          a call takes no longer (default 120)\n"
	"  --faults             list the faults a scenario can inject\n"
	"  --help, --version\n"
	"\n"
	"Exit status: 0 all judged steps passed, 1 a step failed or the protocol\n"
	"was broken, 2 wrong usage or nobody answered.\n";

enum option_id {
	AUTH_TOKEN = 256,
	ACCOUNT_SID,
	FROM,
	TO,
	SAY,
	SCENARIO,
	OUT,
	CALLS,
	PARALLEL,
	RATE,
	CA_FILE,
	MODEL_TRACE,
	STREAM,
	JSON,
	LENIENT,
	QUIET,
	SEED,
	TIMEOUT,
	FAULTS,
	HELP,
	VERSION
};

static const struct option options[] = {
	{ "auth-token", required_argument, NULL, AUTH_TOKEN },
	{ "account-sid", required_argument, NULL, ACCOUNT_SID },
	{ "from", required_argument, NULL, FROM },
	{ "to", required_argument, NULL, TO },
	{ "say", required_argument, NULL, SAY },
	{ "scenario", required_argument, NULL, SCENARIO },
	{ "out", required_argument, NULL, OUT },
	{ "calls", required_argument, NULL, CALLS },
	{ "parallel", required_argument, NULL, PARALLEL },
	{ "rate", required_argument, NULL, RATE },
	{ "ca-file", required_argument, NULL, CA_FILE },
	{ "model-trace", required_argument, NULL, MODEL_TRACE },
	{ "stream", required_argument, NULL, STREAM },
	{ "json", no_argument, NULL, JSON },
	{ "lenient", no_argument, NULL, LENIENT },
	{ "quiet", no_argument, NULL, QUIET },
	{ "seed", required_argument, NULL, SEED },
	{ "timeout", required_argument, NULL, TIMEOUT },
	{ "faults", no_argument, NULL, FAULTS },
	{ "help", no_argument, NULL, HELP },
	{ "version", no_argument, NULL, VERSION },
	{ NULL, 0, NULL, 0 },
};

static void list_faults(void)
{
	for (unsigned f = CALLER_FAULT_NONE + 1; f < CALLER_FAULTS; f++) {
		const struct caller_fault_kind *kind =
			caller_fault_kind((enum caller_fault)f);

		printf("%-26s %s", kind->name, kind->what);
		if (kind->value)
			printf(" (value, default %u)", kind->value);
		putchar('\n');
	}
}

static int read_number(const char *name, unsigned max, unsigned *out)
{
	char *end;
	unsigned long n = strtoul(optarg, &end, 10);

	if (*optarg >= '0' && *optarg <= '9' && !*end && n >= 1 && n <= max) {
		*out = (unsigned)n;
		return 0;
	}
	fprintf(stderr, "tandem-call: --%s %s: must be a number from 1 to %u\n",
		name, optarg, max);
	return -EINVAL;
}

static int read_seed(struct caller_options *o)
{
	char *end;

	o->seed = strtoull(optarg, &end, 0);
	o->has_seed = true;
	if (*optarg && !*end)
		return 0;
	fprintf(stderr, "tandem-call: --seed %s: must be a number\n", optarg);
	return -EINVAL;
}

static int say_and_stop(enum option_id what)
{
	if (what == HELP)
		fputs(usage, stdout);
	else if (what == VERSION)
		printf("tandem-call %s\n", version_text());
	else
		list_faults();
	return 1;
}

/* Where an option's text goes; NULL for those that take none. */
static const char **text_of(struct caller_options *o, int option)
{
	switch (option) {
	case AUTH_TOKEN:
		return &o->auth_token;
	case ACCOUNT_SID:
		return &o->account_sid;
	case FROM:
		return &o->from;
	case TO:
		return &o->to;
	case SAY:
		return &o->say;
	case SCENARIO:
		return &o->scenario;
	case OUT:
		return &o->out;
	case CA_FILE:
		return &o->ca_file;
	case MODEL_TRACE:
		return &o->model_trace;
	case STREAM:
		return &o->stream_url;
	}
	return NULL;
}

static bool *flag_of(struct caller_options *o, int option)
{
	switch (option) {
	case JSON:
		return &o->is_json;
	case LENIENT:
		return &o->is_lenient;
	case QUIET:
		return &o->is_quiet;
	}
	return NULL;
}

static int take_option(struct caller_options *o, int option)
{
	if (text_of(o, option))
		*text_of(o, option) = optarg;
	else if (flag_of(o, option))
		*flag_of(o, option) = true;
	else if (option == CALLS)
		return read_number("calls", 100000, &o->calls);
	else if (option == PARALLEL)
		return read_number("parallel", CALLER_OPTIONS_PARALLEL_MAX,
				   &o->parallel);
	else if (option == RATE)
		return read_number("rate", 1000, &o->rate);
	else if (option == TIMEOUT)
		return read_number("timeout", 86400, &o->timeout_s);
	else if (option == SEED)
		return read_seed(o);
	else if (option == FAULTS || option == HELP || option == VERSION)
		return say_and_stop((enum option_id)option);
	else
		return -EINVAL; /* getopt has said why */
	return 0;
}

static bool is_url(const char *text, const char *scheme)
{
	struct url u;

	return url_parse(&u, text) == 0 && strncmp(u.scheme, scheme, 2) == 0;
}

static int check(const struct caller_options *o, int extra)
{
	const char *mistake = NULL;

	if (extra > 0)
		mistake = "more than one URL";
	else if (o->say && o->scenario)
		mistake = "--say and --scenario exclude each other";
	else if (!is_url(o->url, "http"))
		mistake = "the URL must begin with http:// or https://";
	else if (o->stream_url && !is_url(o->stream_url, "ws"))
		mistake = "--stream takes a URL with ws:// or wss://";
	else if (o->out && o->calls > 1)
		mistake = "--out takes one call";
	if (!mistake)
		return 0;
	fprintf(stderr, "tandem-call: %s\n", mistake);
	return -EINVAL;
}

int caller_options_read(struct caller_options *o, int argc, char **argv)
{
	int option, err = 0;

	*o = (struct caller_options){
		.url = "http://127.0.0.1:8080/twilio/voice",
		.auth_token = getenv("TWILIO_AUTH_TOKEN"),
		.account_sid = "AC0123456789abcdef0123456789abcdef",
		.from = "+15552223333",
		.to = "+15550001111",
		.calls = 1,
		.parallel = 1,
		.rate = 50,
		.timeout_s = 120,
	};
	while (!err &&
	       (option = getopt_long(argc, argv, "", options, NULL)) != -1)
		err = take_option(o, option);
	if (!err && optind < argc)
		o->url = argv[optind++];
	if (!err)
		err = check(o, argc - optind);
	if (o->auth_token && !*o->auth_token)
		o->auth_token = NULL;
	if (err < 0)
		fputs("Try `tandem-call --help'.\n", stderr);
	return err;
}
