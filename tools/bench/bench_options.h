/* The command line of tandem-bench. */
#ifndef TOOLS_BENCH_BENCH_OPTIONS_H
#define TOOLS_BENCH_BENCH_OPTIONS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdio.h>

#include "tools/bench/bench_load.h"

#define BENCH_PEERS_MAX 8

enum bench_command {
	BENCH_RUN,
	BENCH_FLOOR,
	BENCH_HOLD,
	BENCH_DRIVE,
	BENCH_HELP,
	BENCH_VERSION
};

struct bench_options {
	enum bench_command command;
	const char *rows;     /* "a,b,c", or NULL: the usual ones */
	const char *json;     /* file, "-", or NULL */
	const char *gateway;  /* program; NULL: tandem beside us */
	const char *extra;    /* lines of configuration more */
	const char *url;      /* drive */
	const char *cert_dir; /* drive: where the certificate is kept */
	const char *peer[BENCH_PEERS_MAX]; /* "name=command" */
	unsigned peers;
	unsigned calls; /* 0: each row's own */
	unsigned seconds;
	unsigned rounds;
	unsigned per_second; /* calls placed in a second */
	unsigned append_ms;  /* 0: each row's own */
	unsigned workers;    /* 0: one */
	unsigned tick_us;    /* of the floor */
	unsigned model_port; /* drive */
	unsigned pid;        /* drive: whose CPU, or 0 */
	enum bench_carrier carrier;
	bool is_pcmu;
	bool is_pinned;
	bool is_quick;
	bool is_burst;
	bool speaks_at_once;
	bool keeps_files;
};

/* bench_options_parse: returns 0, or -EINVAL with words in why. */
int bench_options_parse(struct bench_options *o, int argc, char **argv,
			char *why, size_t cap);
void bench_options_help(FILE *out);

#endif
