/* The command line of tandem-model. */
#ifndef TOOLS_MODEL_MODEL_OPTIONS_H
#define TOOLS_MODEL_MODEL_OPTIONS_H

#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>

struct model_options {
	char host[256];
	unsigned port;
	const char *tls_cert, *tls_key;
	const char *key; /* NULL: any key that is not empty */
	const char *scenario;
	const char *trace;
	uint64_t seed;
	bool is_reasoning; /* of the profile */
	bool is_lenient, is_quiet;
	bool wants_help, wants_version;
};

/* model_options_parse: returns 0; or -EINVAL with the reason in why. Strings
 * point into argv. */
int model_options_parse(struct model_options *o, int argc, char **argv,
			char *why, size_t cap);

void model_options_help(FILE *out);

#endif
