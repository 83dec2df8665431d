/* tandem-bench: what a gateway costs, and how long it takes. */
#include <errno.h>
#include <libgen.h>
#include <math.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <unistd.h>

#include "gateway/ops/version.h"
#include "tools/bench/bench_child.h"
#include "tools/bench/bench_gateway.h"
#include "tools/bench/bench_options.h"
#include "tools/bench/bench_report.h"
#include "tools/bench/bench_run.h"

#define ROWS_MAX   32
#define ROUNDS_MAX 64

struct program {
	struct bench_options options;
	struct bench_run run;
	const struct bench_row *row[ROWS_MAX];
	struct bench_row
		own[BENCH_PEERS_MAX + 1]; /* peers, or what is driven */
	char name[BENCH_PEERS_MAX][32];
	size_t rows;
	unsigned rounds;
	struct bench_result result[ROWS_MAX][ROUNDS_MAX];
	struct bench_report_row report[ROWS_MAX];
};

static volatile bool is_interrupted;

static void on_signal(int number)
{
	(void)number;
	is_interrupted = true;
}

/* --- Which rows --- */

static bool is_named(const char *list, const char *name)
{
	size_t n = strlen(name);

	for (const char *at = list; at; at = strchr(at, ',')) {
		at += *at == ',';
		if (!strncmp(at, name, n) && (at[n] == ',' || !at[n]))
			return true;
	}
	return false;
}

static bool is_wanted(const struct program *p, const struct bench_row *row)
{
	const struct bench_options *o = &p->options;

	if (o->rows)
		return is_named(o->rows, row->name);
	if (o->command == BENCH_FLOOR)
		return row->is_floor;
	if (o->command == BENCH_DRIVE)
		return false;
	if (o->command == BENCH_HOLD)
		return !strcmp(row->name, "hold");
	return !row->is_extra;
}

static const struct bench_row twilio_row = {
	.carrier = BENCH_TWILIO,
	.carrier_format = BENCH_ULAW,
	.calls = 200,
};

static void add_peers(struct program *p)
{
	for (unsigned i = 0; i < p->options.peers; i++) {
		const char *peer = p->options.peer[i];
		snprintf(p->name[i], sizeof(p->name[i]), "%.*s",
			 (int)strcspn(peer, "="), peer);
		p->own[i] = twilio_row;
		p->own[i].name = p->name[i];
		p->own[i].command = strchr(peer, '=') + 1;
		p->own[i].about = p->own[i].command;
		p->row[p->rows++] = &p->own[i];
	}
}

static void add_driven(struct program *p)
{
	p->own[0] = twilio_row;
	p->own[0].name = "drive";
	p->own[0].about = p->options.url;
	p->own[0].is_drive = true;
	p->own[0].is_burst = p->options.is_burst;
	p->row[p->rows++] = &p->own[0];
}

/* What hold holds is for the command line to say. */
static void add_held(struct program *p, const struct bench_row *hold)
{
	const struct bench_options *o = &p->options;

	p->own[0] = *hold;
	p->own[0].is_pcmu = o->is_pcmu;
	p->own[0].carrier = o->carrier;
	if (o->carrier == BENCH_AUDIOCODES) {
		p->own[0].offer = o->is_pcmu ? "raw/mulaw" : "raw/lpcm16_24";
		p->own[0].carrier_format =
			o->is_pcmu ? BENCH_ULAW : BENCH_PCM24;
	}
	p->row[p->rows++] = &p->own[0];
}

static int choose_rows(struct program *p)
{
	for (unsigned i = 0; i < bench_rows; i++)
		if (is_wanted(p, &bench_row[i])) {
			if (bench_row[i].is_extra)
				add_held(p, &bench_row[i]);
			else
				p->row[p->rows++] = &bench_row[i];
		}
	if (p->options.command == BENCH_RUN)
		add_peers(p);
	if (p->options.command == BENCH_DRIVE)
		add_driven(p);
	if (p->rows)
		return 0;
	fprintf(stderr, "tandem-bench: no such row; there are:\n");
	for (unsigned i = 0; i < bench_rows; i++)
		fprintf(stderr, "  %-18s %s\n", bench_row[i].name,
			bench_row[i].about);
	return -1;
}

/* --- What is measured --- */

/* Round by round through all rows, so that what else the machine does meets all
 * of them. */
static void run_rounds(struct program *p)
{
	for (unsigned round = 0; round < p->rounds; round++)
		for (size_t i = 0; i < p->rows && !is_interrupted; i++) {
			bench_run_row(&p->run, p->row[i], &p->result[i][round]);
			if (p->result[i][round].verdict != BENCH_GOOD)
				fprintf(stderr, "%s, round %u: %s\n",
					p->row[i]->name, round + 1,
					p->result[i][round].why);
		}
}

static const struct bench_result *floor_of(const struct program *p, size_t row,
					   unsigned round)
{
	for (size_t i = 0; p->row[row]->floor && i < p->rows; i++)
		if (!strcmp(p->row[i]->name, p->row[row]->floor))
			return &p->result[i][round];
	return NULL;
}

/* Of the same round: what disturbed one disturbed the other. */
static void take_ratios(struct program *p)
{
	for (size_t i = 0; i < p->rows; i++)
		for (unsigned round = 0; round < p->rounds; round++) {
			const struct bench_result *f = floor_of(p, i, round);
			if (f && f->verdict == BENCH_GOOD)
				p->result[i][round].value[BENCH_RATIO] =
					p->result[i][round].value[BENCH_CPU] /
					f->value[BENCH_CPU];
		}
}

static int report(struct program *p)
{
	int status = 0;

	take_ratios(p);
	for (size_t i = 0; i < p->rows; i++) {
		struct bench_report_row *r = &p->report[i];
		r->name = p->row[i]->name;
		r->about = p->row[i]->about;
		r->rounds = p->rounds;
		r->good =
			bench_result_merge(&r->result, p->result[i], p->rounds);
		if (r->result.verdict == BENCH_FAILED)
			status = 1;
	}
	bool json_only = p->options.json && !strcmp(p->options.json, "-");
	if (!json_only)
		bench_report_table(stdout, p->report, p->rows);
	if (p->options.json && bench_report_json(p->options.json, p->report,
						 p->rows, p->options.seconds)) {
		fprintf(stderr, "tandem-bench: cannot write %s\n",
			p->options.json);
		status = 1;
	}
	return status;
}

/* --- Start and end --- */

static void find_gateway(struct program *p)
{
	char self[400] = "";

	if (p->options.gateway) {
		snprintf(p->run.gateway, sizeof(p->run.gateway), "%s",
			 p->options.gateway);
		return;
	}
	if (readlink("/proc/self/exe", self, sizeof(self) - 1) < 0)
		self[0] = '\0';
	snprintf(p->run.gateway, sizeof(p->run.gateway), "%s/tandem",
		 dirname(self));
}

static int make_dir(struct program *p)
{
	const char *dir = p->options.cert_dir;

	if (dir && p->options.command == BENCH_DRIVE) {
		snprintf(p->run.dir, sizeof(p->run.dir), "%s", dir);
		p->options.keeps_files = true;
		return mkdir(dir, 0755) && errno != EEXIST ? -1 : 0;
	}
	snprintf(p->run.dir, sizeof(p->run.dir), "/tmp/tandem-bench-XXXXXX");
	return mkdtemp(p->run.dir) ? 0 : -1;
}

static int prepare(struct program *p)
{
	const struct bench_options *o = &p->options;
	struct rlimit files;

	signal(SIGPIPE, SIG_IGN);
	signal(SIGINT, on_signal);
	signal(SIGTERM, on_signal);
	if (!getrlimit(RLIMIT_NOFILE, &files)) {
		files.rlim_cur = files.rlim_max;
		setrlimit(RLIMIT_NOFILE, &files);
	}
	p->run.options = o;
	p->run.is_interrupted = &is_interrupted;
	p->run.is_silent = !isatty(STDERR_FILENO);
	p->rounds = o->rounds                                 ? o->rounds
		    : o->command == BENCH_HOLD || o->is_quick ? 1
							      : 3;
	if (make_dir(p)) {
		perror("tandem-bench: a directory for its files");
		return -1;
	}
	find_gateway(p);
	if (o->is_pinned)
		bench_pin(0);
	return 0;
}

static void clean_up(const struct program *p)
{
	static const char *const file[] = { "tandem.yaml", "tandem.log",
					    "probe.yaml",  "ca.pem",
					    "cert.pem",    "key.pem" };
	char path[300];

	if (p->options.keeps_files) {
		fprintf(stderr, "kept: %s\n", p->run.dir);
		return;
	}
	for (size_t i = 0; i < sizeof(file) / sizeof(file[0]); i++) {
		snprintf(path, sizeof(path), "%s/%s", p->run.dir, file[i]);
		unlink(path);
	}
	rmdir(p->run.dir);
}

static int run(struct program *p)
{
	if (choose_rows(p))
		return 2;
	run_rounds(p);
	return is_interrupted ? 130 : report(p);
}

int main(int argc, char **argv)
{
	static struct program p;
	char why[256];

	if (bench_options_parse(&p.options, argc, argv, why, sizeof(why))) {
		fprintf(stderr,
			"tandem-bench: %s\nTry 'tandem-bench --help'.\n", why);
		return 2;
	}
	if (p.options.command == BENCH_HELP) {
		bench_options_help(stdout);
		return 0;
	}
	if (p.options.command == BENCH_VERSION) {
		printf("tandem-bench %s\n", version_text());
		return 0;
	}
	if (prepare(&p))
		return 2;
	int status = run(&p);
	clean_up(&p);
	return status;
}
