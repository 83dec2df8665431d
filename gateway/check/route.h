/* tandem route: which agent answers a call, and why. */
#ifndef GATEWAY_CHECK_ROUTE_H
#define GATEWAY_CHECK_ROUTE_H

#include <stdbool.h>
#include <stdio.h>

struct config_environment;

#define ROUTE_PARAMETERS_MAX 32

struct route_request {
	const char *path; /* of the configuration; NULL: the defaults */
	struct config_environment *environment;
	const char *number;
	const char *carrier; /* "twilio", "audiocodes"; NULL: by the bot */
	const char *bot;     /* NULL: none */
	const char *caller;  /* NULL: withheld */
	const char *at;      /* 2026-06-15T10:00 or with Z, UTC; NULL: now */
	const char *parameter[ROUTE_PARAMETERS_MAX]; /* "name=value" */
	unsigned parameters;
	bool is_json;
	FILE *out;
	FILE *errors;
};

/* route_run: tell each condition that was looked at, a line each, and who
 * answers; or one JSON object.
 * Returns 0; -EINVAL mistakes in the request or the configuration, told; or why
 * it could not be read. */
int route_run(const struct route_request *r);

#endif
