/* The command line of tandem-call. */
#ifndef TOOLS_CALL_CALLER_OPTIONS_H
#define TOOLS_CALL_CALLER_OPTIONS_H

#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>

#define CALLER_OPTIONS_PARALLEL_MAX 500

struct caller_options {
	const char *url;
	const char *stream_url; /* NULL: by the webhook */
	const char *auth_token; /* NULL: nothing is signed */
	const char *account_sid;
	const char *from;
	const char *to;
	const char *say;      /* file, or NULL */
	const char *scenario; /* file, or NULL */
	const char *out;      /* WAV file, or NULL */
	const char *ca_file;
	const char *model_trace;
	unsigned calls;
	unsigned parallel;
	unsigned rate; /* calls begun per second */
	unsigned timeout_s;
	uint64_t seed;
	bool has_seed;
	bool is_json;
	bool is_lenient;
	bool is_quiet;
};

/* caller_options_read: Returns 0; 1 when --help or --version was answered on
 * stdout; -EINVAL after the mistake was told on stderr. */
int caller_options_read(struct caller_options *o, int argc, char **argv);

#endif
