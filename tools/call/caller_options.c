#include "tools/call/caller_options.h"
#include "tools/call/phone_place.h"

#include <errno.h>
#include <getopt.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "gateway/ops/version.h"
#include "protocols/url.h"

static const char usage[] =
	"Usage: tandem-call [OPTION]... [URL]\n"
	"Place test calls as a carrier would, speak and listen, and judge what was\n"
	"heard. Without --say or --scenario it runs a built-in demonstration.\n"
	"\n"
	"  --carrier twilio     call the voice webhook URL, run its TwiML and open the\n"
	"                       media stream (default; URL by default\n"
	"                       http://127.0.0.1:8080/twilio/voice)\n"
	"  --carrier audiocodes connect to the bot at URL as VoiceAI Connect does\n"
	"                       (ws, wss, http or https; by default\n"
	"                       http://127.0.0.1:8080/audiocodes/tandem)\n"
	"\n"
	"What is called\n"
	"  --from N, --to N     telephone numbers, +1555…\n"
	"  --say FILE.wav       hear the greeting, say this, hear the reply\n"
	"  --scenario FILE      follow a scenario (YAML, tools/call/README.md)\n"
	"  --calls N            place N calls\n"
	"  --parallel M         at most M at a time (up to 500)\n"
	"  --rate R             begin at most R calls a second (default 50)\n"
	"  --timeout S          a call takes no longer (default 120)\n"
	"  --seed N             of identifiers and jitter\n"
	"  --ca-file PEM        trust these certificates\n"
	"  --insecure           trust any certificate\n"
	"\n"
	"What is told\n"
	"  --out FILE.wav       the call as a stereo file: left the caller, right\n"
	"                       what the caller heard\n"
	"  --model-trace FILE   the trace tandem-model writes: judge truncation\n"
	"  --json               one JSON object per call\n"
	"  --lenient            tell protocol breaches, do not fail for them\n"
	"  --quiet              tell only what failed\n"
	"\n"
	"Twilio\n"
	"  --auth-token T       sign as this account (or env TWILIO_AUTH_TOKEN)\n"
	"  --account-sid AC…    of the calls\n"
	"  --rest HOST:PORT     serve Twilio's REST interface for these calls\n"
	"  --rest-status N      answer everything there with this HTTP status\n"
	"  --outbound           place no call: wait for one to be placed by REST\n"
	"  --answered-by WHO    who answers it: human (default), machine, fax or\n"
	"                       unknown\n"
	"  --ring-ms N          before it is answered (default 200)\n"
	"  --stream URL         open this media URL, without a webhook\n"
	"\n"
	"AudioCodes\n"
	"  --mode M             call (default); or only a connectivity check:\n"
	"                       http-check, validate\n"
	"  --token T            bearer token (or env AUDIOCODES_TOKEN)\n"
	"  --bot NAME           botName (default tandem)\n"
	"  --formats LIST       offered, most preferred first: raw/lpcm16,raw/mulaw\n"
	"  --barge-in on|off    the administrator's setting (default off)\n"
	"  --chunk-ms N         of the caller's audio (default 20)\n"
	"  --parameter N=VALUE  of the start activity; can be repeated\n"
	"  --header 'N: VALUE'  of the upgrade; can be repeated\n"
	"\n"
	"  --faults             list the faults a scenario can inject\n"
	"  --help, --version\n"
	"\n"
	"Exit status: 0 all judged steps passed, 1 a step failed or the protocol\n"
	"was broken, 2 wrong usage or nobody answered.\n";

enum option_form {
	TEXT,
	TEXTS, /* can be repeated */
	FLAG,
	NUMBER, /* from 1 to max */
	SEED,
	CARRIER,
	FAULTS,
	HELP,
	VERSION
};

#define AT(member) offsetof(struct caller_options, member)
#define BOTH       CALLER_CARRIERS
#define TWILIO     CALLER_CARRIER_TWILIO
#define AUDIOCODES CALLER_CARRIER_AUDIOCODES

static const struct option_row {
	const char *name;
	enum option_form form;
	enum caller_carrier carrier; /* the only one that knows it; BOTH */
	size_t at;                   /* its member */
	unsigned max;
} row[] = {
	{ "carrier", CARRIER, BOTH, AT(carrier), 0 },
	{ "from", TEXT, BOTH, AT(from), 0 },
	{ "to", TEXT, BOTH, AT(to), 0 },
	{ "say", TEXT, BOTH, AT(say), 0 },
	{ "scenario", TEXT, BOTH, AT(scenario), 0 },
	{ "out", TEXT, BOTH, AT(out), 0 },
	{ "ca-file", TEXT, BOTH, AT(ca_file), 0 },
	{ "model-trace", TEXT, BOTH, AT(model_trace), 0 },
	{ "calls", NUMBER, BOTH, AT(calls), 100000 },
	{ "parallel", NUMBER, BOTH, AT(parallel), CALLER_OPTIONS_PARALLEL_MAX },
	{ "rate", NUMBER, BOTH, AT(rate), 1000 },
	{ "timeout", NUMBER, BOTH, AT(timeout_s), 86400 },
	{ "seed", SEED, BOTH, AT(seed), 0 },
	{ "insecure", FLAG, BOTH, AT(is_insecure), 0 },
	{ "json", FLAG, BOTH, AT(is_json), 0 },
	{ "lenient", FLAG, BOTH, AT(is_lenient), 0 },
	{ "quiet", FLAG, BOTH, AT(is_quiet), 0 },
	{ "auth-token", TEXT, TWILIO, AT(auth_token), 0 },
	{ "account-sid", TEXT, TWILIO, AT(account_sid), 0 },
	{ "rest", TEXT, TWILIO, AT(rest), 0 },
	{ "rest-status", NUMBER, TWILIO, AT(rest_status), 599 },
	{ "outbound", FLAG, TWILIO, AT(is_outbound), 0 },
	{ "answered-by", TEXT, TWILIO, AT(answered_by), 0 },
	{ "ring-ms", NUMBER, TWILIO, AT(ring_ms), 60000 },
	{ "stream", TEXT, TWILIO, AT(stream_url), 0 },
	{ "mode", TEXT, AUDIOCODES, AT(mode), 0 },
	{ "token", TEXT, AUDIOCODES, AT(token), 0 },
	{ "bot", TEXT, AUDIOCODES, AT(bot), 0 },
	{ "formats", TEXT, AUDIOCODES, AT(formats), 0 },
	{ "barge-in", TEXT, AUDIOCODES, AT(barge_in), 0 },
	{ "chunk-ms", NUMBER, AUDIOCODES, AT(chunk_ms), 1000 },
	{ "header", TEXTS, AUDIOCODES, AT(header), 0 },
	{ "parameter", TEXTS, AUDIOCODES, AT(parameter), 0 },
	{ "faults", FAULTS, BOTH, 0, 0 },
	{ "help", HELP, BOTH, 0, 0 },
	{ "version", VERSION, BOTH, 0, 0 },
};

#define ROWS (sizeof(row) / sizeof(*row))

int caller_options_mistake(const char *format, ...)
{
	va_list args;

	fputs("tandem-call: ", stderr);
	va_start(args, format);
	vfprintf(stderr, format, args);
	va_end(args);
	fputs("\nTry `tandem-call --help'.\n", stderr);
	return -EINVAL;
}

/* --- What answers at once --- */

static void list_faults(void)
{
	for (unsigned f = CALLER_FAULT_NONE + 1; f < CALLER_FAULTS; f++) {
		const struct caller_fault_kind *kind =
			caller_fault_kind((enum caller_fault)f);

		printf("%-26s ", kind->name);
		for (unsigned c = 0; c < CALLER_CARRIERS; c++)
			printf("%-11s", kind->carriers >> c & 1
						? caller_carrier_name((
							  enum caller_carrier)c)
						: "");
		fputs(kind->what, stdout);
		if (kind->value)
			printf(" (value, default %u)", kind->value);
		putchar('\n');
	}
}

static int say_and_stop(enum option_form what)
{
	if (what == HELP)
		fputs(usage, stdout);
	else if (what == VERSION)
		printf("tandem-call %s\n", version_text());
	else
		list_faults();
	return 1;
}

/* --- Taking one option --- */

static int take_number(unsigned *out, const struct option_row *r)
{
	char *end;
	unsigned long n = strtoul(optarg, &end, 10);

	if (*optarg >= '0' && *optarg <= '9' && !*end && n >= 1 &&
	    n <= r->max) {
		*out = (unsigned)n;
		return 0;
	}
	return caller_options_mistake("--%s %s: must be a number from 1 to %u",
				      r->name, optarg, r->max);
}

static int take_seed(struct caller_options *o)
{
	char *end;

	o->seed = strtoull(optarg, &end, 0);
	o->has_seed = true;
	if (*optarg && !*end)
		return 0;
	return caller_options_mistake("--seed %s: must be a number", optarg);
}

static int take_carrier(struct caller_options *o)
{
	if (caller_carrier_find(&o->carrier, optarg))
		return 0;
	return caller_options_mistake(
		"--carrier %s: must be twilio or audiocodes", optarg);
}

static int take_texts(struct caller_texts *texts, const struct option_row *r)
{
	if (texts->count == CALLER_OPTIONS_TEXTS_MAX)
		return caller_options_mistake("--%s: more than %d of them",
					      r->name,
					      CALLER_OPTIONS_TEXTS_MAX);
	texts->text[texts->count++] = optarg;
	return 0;
}

static int take_option(struct caller_options *o, const struct option_row *r)
{
	void *member = (char *)o + r->at;

	if (r->carrier != BOTH)
		o->given[r->carrier] = r->name;
	switch (r->form) {
	case TEXT:
		*(const char **)member = optarg;
		return 0;
	case TEXTS:
		return take_texts(member, r);
	case FLAG:
		*(bool *)member = true;
		return 0;
	case NUMBER:
		return take_number(member, r);
	case SEED:
		return take_seed(o);
	case CARRIER:
		return take_carrier(o);
	default:
		return say_and_stop(r->form);
	}
}

static int take_options(struct caller_options *o, int argc, char **argv)
{
	struct option options[ROWS + 1];
	int at, c, err = 0;

	memset(options, 0, sizeof(options));
	for (size_t i = 0; i < ROWS; i++) {
		bool is_bare = row[i].form == FLAG || row[i].form >= FAULTS;

		options[i].name = row[i].name;
		options[i].has_arg = is_bare ? no_argument : required_argument;
	}
	while (!err && (c = getopt_long(argc, argv, "", options, &at)) != -1) {
		err = c == 0 ? take_option(o, &row[at]) : -EINVAL;
		if (c != 0) /* getopt has said why */
			fputs("Try `tandem-call --help'.\n", stderr);
	}
	return err;
}

int caller_options_read(struct caller_options *o, int argc, char **argv)
{
	*o = (struct caller_options){
		.carrier = CALLER_CARRIERS,
		.auth_token = getenv("TWILIO_AUTH_TOKEN"),
		.token = getenv("AUDIOCODES_TOKEN"),
		.calls = 1,
		.parallel = 1,
		.rate = 50,
		.timeout_s = 120,
	};
	int err = take_options(o, argc, argv);

	if (err)
		return err;
	if (optind < argc)
		o->url = argv[optind++];
	if (optind < argc)
		return caller_options_mistake("more than one URL");
	if (o->say && o->scenario)
		return caller_options_mistake(
			"--say and --scenario exclude each other");
	if (o->out && o->calls > 1)
		return caller_options_mistake("--out takes one call");
	return 0;
}

/* --- When the carrier is known --- */

static bool is_url(const char *text, const char *schemes)
{
	struct url u;

	return url_parse(&u, text) == 0 && strchr(schemes, u.scheme[0]);
}

static int settle_outbound(const struct caller_options *o)
{
	if (o->is_outbound && (!o->rest || o->stream_url))
		return caller_options_mistake(
			"--outbound needs --rest, and no --stream");
	if (o->answered_by && !phone_place_is_answer(o->answered_by))
		return caller_options_mistake(
			"--answered-by takes human, machine, fax or unknown");
	return 0;
}

static int settle_twilio(struct caller_options *o)
{
	if (!o->url)
		o->url = "http://127.0.0.1:8080/twilio/voice";
	if (!o->account_sid)
		o->account_sid = "AC0123456789abcdef0123456789abcdef";
	if (o->auth_token && !*o->auth_token)
		o->auth_token = NULL;
	if (!is_url(o->url, "h"))
		return caller_options_mistake(
			"the URL must begin with http:// or https://");
	if (o->stream_url && !is_url(o->stream_url, "w"))
		return caller_options_mistake(
			"--stream takes a URL with ws:// or wss://");
	return settle_outbound(o);
}

static int settle_audiocodes(struct caller_options *o)
{
	if (!o->url)
		o->url = "http://127.0.0.1:8080/audiocodes/tandem";
	if (!o->bot)
		o->bot = "tandem";
	if (o->token && !*o->token)
		o->token = NULL;
	if (!is_url(o->url, "hw"))
		return caller_options_mistake(
			"the URL must begin with ws, wss, http or https");
	if (caller_options_is_check(o) && (o->say || o->scenario || o->out))
		return caller_options_mistake(
			"--mode %s: nothing is said and nothing heard",
			o->mode);
	return 0;
}

int caller_options_settle(struct caller_options *o, enum caller_carrier carrier)
{
	o->carrier = carrier;
	for (unsigned c = 0; c < CALLER_CARRIERS; c++)
		if (c != carrier && o->given[c])
			return caller_options_mistake(
				"--%s belongs to --carrier %s", o->given[c],
				caller_carrier_name((enum caller_carrier)c));
	return carrier == CALLER_CARRIER_TWILIO ? settle_twilio(o)
						: settle_audiocodes(o);
}
