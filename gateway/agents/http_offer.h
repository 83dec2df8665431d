/* A function of the configuration's, as a tool that is offered. */
#ifndef GATEWAY_AGENTS_HTTP_OFFER_H
#define GATEWAY_AGENTS_HTTP_OFFER_H

#include <stddef.h>

#define HTTP_OFFER_FILE_MAX 65536 /* bytes of parameters_file */

struct config_function;
struct tool;

/* http_offer: fill t from f, which must outlive it; reads its parameters_file.
 *
 * why  on failure: what is wrong, in words, with its key
 * Returns 0; -EINVAL parameters that are no schema of an object, or cannot be
 * kept to, a URL or header with a place that is none; -ENOMEM; or why a file
 * could not be read. What t then has is to be freed as ever. */
int http_offer(struct tool *t, const struct config_function *f, char *why,
	       size_t cap);

#endif
