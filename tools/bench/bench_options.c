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

#define OPTIONS (sizeof(option) / sizeof(option[0]))

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
			 "--peer wants NAME=COMMAND, at most %u times",
			 BENCH_PEERS_MAX);
		return -EINVAL;
	}
	o->peer[o->peers++] = value;
	return 0;
}

/* What is a choice or not stored as it stands. */
static int set_special(struct bench_options *o, const char *name,
		       const char *value, char *why, size_t cap)
{
	unsigned long minutes = strtoul(value, NULL, 10);

	if (!strcmp(name, "--peer"))
		return add_peer(o, value, why, cap);
	if (!strcmp(name, "--minutes") && minutes >= 1 && minutes <= 1440)
		o->seconds = (unsigned)minutes * 60;
	else if (!strcmp(name, "--format") && !strcmp(value, "pcmu"))
		o->is_pcmu = true;
	else if (!strcmp(name, "--carrier") && !strcmp(value, "audiocodes"))
		o->carrier = BENCH_AUDIOCODES;
	else if ((strcmp(name, "--format") || strcmp(value, "pcm24")) &&
		 (strcmp(name, "--carrier") || strcmp(value, "twilio"))) {
		snprintf(why, cap, "%s cannot be \"%s\"", name, value);
		return -EINVAL;
	}
	return 0;
}

static bool is_special(const char *name)
{
	return !strcmp(name, "--peer") || !strcmp(name, "--minutes") ||
	       !strcmp(name, "--format") || !strcmp(name, "--carrier");
}

static int set(struct bench_options *o, const char *name, const char *value,
	       bool *used, char *why, size_t cap)
{
	size_t i = 0;

	while (i < OPTIONS && strcmp(option[i].name, name) != 0)
		i++;
	if (i == OPTIONS && !is_special(name)) {
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
	if (i == OPTIONS)
		return set_special(o, name, value, why, cap);
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
