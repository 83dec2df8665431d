/* tandem check: what is wrong with a configuration, and with what it needs on
 * this machine and beyond. */
#ifndef GATEWAY_CHECK_CHECK_H
#define GATEWAY_CHECK_CHECK_H

#include <stdbool.h>
#include <stdio.h>

struct config;
struct config_environment;

struct check_request {
	const char *path; /* NULL: the defaults */
	struct config_environment *environment;
	/* What the command line says instead: 0 or a negative errno, said. */
	int (*override)(void *owner, struct config *c);
	void *owner;
	bool is_offline; /* nothing beyond this machine is asked */
	bool is_json;    /* one object to out, in place of lines */
	FILE *out;
	FILE *errors; /* mistakes of the file, one a line */
};

/* check_run: first the file; when it is good, everything it names, one line
 * each; then what to paste at the carriers. No secret is printed.
 *
 * Returns 0, warnings or none; -EINVAL mistakes, or something that does not
 * work; another negative errno when the file cannot be read. */
int check_run(const struct check_request *request);

#endif
