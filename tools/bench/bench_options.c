#include "tools/bench/bench_options.h"

#include <errno.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>

static const char *const command_name[] = {
	[BENCH_RUN] = "run",
	[BENCH_FLOOR] = "floor",
	[BENCH_HOLD] = "hold",
	[BENCH_DRIVE] = "drive",
};

void bench_options_help(FILE *out)
{
	fputs("usage: tandem-bench [run] [--rows A,B,…]  the gateway, row by "
	      "row\n"
	      "       tandem-bench floor                the same work without "
	      "a gateway\n"
	      "       tandem-bench hold                 many calls for a long "
	      "time\n"
	      "       tandem-bench drive URL            any Twilio Media "
	      "Streams server\n"
	      "\n"
	      "  --calls N --seconds N --rounds N   instead of each row's own\n"
	      "  --minutes N       seconds, by sixty\n"
	      "  --ramp N          calls placed in a second (default 50)\n"
	      "  --append-ms N     caller audio in one message to the model\n"
	      "  --workers N       of the gateway (default 1)\n"
	      "  --format pcm24|pcmu, --carrier twilio|audiocodes   for hold\n"
	      "  --tick-us N       the floor looks at its sockets this often "
	      "(default 1000;\n"
	      "                    0: at every one)\n"
	      "  --quick           small and short: whether it works, not how "
	      "well\n"
	      "  --pin             generator and server on cores of their own\n"
	      "  --json FILE|-     the figures for machines\n"
	      "  --gateway FILE    the program (default: tandem beside this "
	      "one)\n"
	      "  --with LINES      more lines of its configuration\n"
	      "  --peer NAME=COMMAND   a row for another Twilio Media Streams "
	      "server: COMMAND\n"
	      "                    finds MODEL_URL, PORT and "
	      "NODE_EXTRA_CA_CERTS (SSL_CERT_FILE)\n"
	      "                    in its environment and prints \"listening "
	      "on URL\"\n"
	      "  --keep            do not remove configuration and log\n"
	      "\n"
	      "drive takes the URL of a voice webhook (http, https) or of a "
	      "stream (ws, wss):\n"
	      "  --model-listen PORT   where the model is played, with TLS "
	      "(default 9443)\n"
	      "  --cert-dir DIR        where its certificate is made, or found\n"
	      "  --pid PID             the server's process, to measure its "
	      "CPU\n"
	      "  --speak-at-once       do not wait for response.create\n"
	      "  --burst               answer four times faster than real "
	      "time\n",
	      out);
}

enum kind { TEXT, NUMBER, FLAG };

static const struct {
	const char *name;
	enum kind kind;
	size_t at;
	unsigned min, max;
} option[] = {
#define AT(member) offsetof(struct bench_options, member)
	{ "--rows", TEXT, AT(rows), 0, 0 },
	{ "--json", TEXT, AT(json), 0, 0 },
	{ "--gateway", TEXT, AT(gateway), 0, 0 },
	{ "--with", TEXT, AT(extra), 0, 0 },
	{ "--cert-dir", TEXT, AT(cert_dir), 0, 0 },
	{ "--calls", NUMBER, AT(calls), 1, 10000 },
	{ "--seconds", NUMBER, AT(seconds), 1, 86400 },
	{ "--rounds", NUMBER, AT(rounds), 1, 64 },
	{ "--ramp", NUMBER, AT(per_second), 1, 1000 },
	{ "--append-ms", NUMBER, AT(append_ms), 20, 100 },
	{ "--workers", NUMBER, AT(workers), 1, 64 },
	{ "--tick-us", NUMBER, AT(tick_us), 0, 20000 },
	{ "--model-listen", NUMBER, AT(model_port), 1, 65535 },
	{ "--pid", NUMBER, AT(pid), 1, 4194304 },
	{ "--quick", FLAG, AT(is_quick), 0, 0 },
	{ "--pin", FLAG, AT(is_pinned), 0, 0 },
	{ "--keep", FLAG, AT(keeps_files), 0, 0 },
	{ "--burst", FLAG, AT(is_burst), 0, 0 },
	{ "--speak-at-once", FLAG, AT(speaks_at_once), 0, 0 },
#undef AT
};

#define MINUTES_MAX 1440
#define OPTIONS     (sizeof(option) / sizeof(option[0]))

static int set_number(struct bench_options *o, size_t i, const char *text,
		      char *why, size_t cap)
{
	char *end;
	unsigned long n = strtoul(text, &end, 10);

	if (end == text || *end || n < option[i].min || n > option[i].max) {
		snprintf(why, cap, "%s is \"%s\", must be %u to %u",
			 option[i].name, text, option[i].min, option[i].max);
		return -EINVAL;
	}
	*(unsigned *)((char *)o + option[i].at) = (unsigned)n;
	return 0;
}

static int add_peer(struct bench_options *o, const char *value, char *why,
		    size_t cap)
{
	if (o->peers == BENCH_PEERS_MAX || !strchr(value, '=')) {
		snprintf(why, cap,
			 "--peer wants NAME=COMMAND, at most %d times",
			 BENCH_PEERS_MAX);
		return -EINVAL;
	}
	o->peer[o->peers++] = value;
	return 0;
}

static int set_minutes(struct bench_options *o, const char *value, char *why,
		       size_t cap)
{
	unsigned long minutes = strtoul(value, NULL, 10);

	if (minutes < 1 || minutes > MINUTES_MAX) {
		snprintf(why, cap, "--minutes must be 1 to %d", MINUTES_MAX);
		return -EINVAL;
	}
	o->seconds = (unsigned)minutes * 60;
	return 0;
}

/* One of two words; the first is the usual. Returns which. */
static int choose(const char *name, const char *value, const char *usual,
		  const char *other, char *why, size_t cap)
{
	if (!strcmp(value, usual))
		return 0;
	if (!strcmp(value, other))
		return 1;
	snprintf(why, cap, "%s is \"%s\", must be %s or %s", name, value, usual,
		 other);
	return -EINVAL;
}

static int set_format(struct bench_options *o, const char *value, char *why,
		      size_t cap)
{
	int which = choose("--format", value, "pcm24", "pcmu", why, cap);

	o->is_pcmu = which == 1;
	return which < 0 ? which : 0;
}

static int set_carrier(struct bench_options *o, const char *value, char *why,
		       size_t cap)
{
	int which =
		choose("--carrier", value, "twilio", "audiocodes", why, cap);

	o->carrier = which == 1 ? BENCH_AUDIOCODES : BENCH_TWILIO;
	return which < 0 ? which : 0;
}

/* What is not stored as it stands. */
typedef int special_fn(struct bench_options *o, const char *value, char *why,
		       size_t cap);

static const struct {
	const char *name;
	special_fn *set;
} special[] = {
	{ "--peer", add_peer },
	{ "--minutes", set_minutes },
	{ "--format", set_format },
	{ "--carrier", set_carrier },
};

static special_fn *special_of(const char *name)
{
	for (size_t i = 0; i < sizeof(special) / sizeof(special[0]); i++)
		if (!strcmp(special[i].name, name))
			return special[i].set;
	return NULL;
}

static int set(struct bench_options *o, const char *name, const char *value,
	       bool *used, char *why, size_t cap)
{
	size_t i = 0;

	while (i < OPTIONS && strcmp(option[i].name, name) != 0)
		i++;
	special_fn *set_special = special_of(name);
	if (i == OPTIONS && !set_special) {
		snprintf(why, cap, "no option %s", name);
		return -EINVAL;
	}
	*used = i == OPTIONS || option[i].kind != FLAG;
	if (!*used) {
		*(bool *)((char *)o + option[i].at) = true;
		return 0;
	}
	if (!value) {
		snprintf(why, cap, "%s needs a value", name);
		return -EINVAL;
	}
	if (set_special)
		return set_special(o, value, why, cap);
	if (option[i].kind == NUMBER)
		return set_number(o, i, value, why, cap);
	*(const char **)((char *)o + option[i].at) = value;
	return 0;
}

static bool take_word(struct bench_options *o, const char *word)
{
	for (unsigned i = 0; i < sizeof(command_name) / sizeof(char *); i++)
		if (!strcmp(word, command_name[i])) {
			o->command = (enum bench_command)i;
			return true;
		}
	if (o->command != BENCH_DRIVE || o->url)
		return false;
	o->url = word;
	return true;
}

static int check(const struct bench_options *o, char *why, size_t cap)
{
	if (o->command == BENCH_DRIVE && !o->url)
		snprintf(why, cap, "drive needs a URL");
	else if (o->append_ms % 20)
		snprintf(why, cap, "--append-ms must be a multiple of 20");
	else
		return 0;
	return -EINVAL;
}

int bench_options_parse(struct bench_options *o, int argc, char **argv,
			char *why, size_t cap)
{
	*o = (struct bench_options){ .tick_us = 1000,
				     .per_second = 50,
				     .model_port = 9443 };
	for (int i = 1; i < argc; i++) {
		bool used = false;
		if (!strcmp(argv[i], "--help") || !strcmp(argv[i], "-h"))
			o->command = BENCH_HELP;
		else if (!strcmp(argv[i], "--version"))
			o->command = BENCH_VERSION;
		else if (argv[i][0] != '-' && take_word(o, argv[i]))
			continue;
		else if (argv[i][0] != '-') {
			snprintf(why, cap, "what is \"%s\"?", argv[i]);
			return -EINVAL;
		} else if (set(o, argv[i], i + 1 < argc ? argv[i + 1] : NULL,
			       &used, why, cap))
			return -EINVAL;
		i += used;
	}
	return check(o, why, cap);
}
