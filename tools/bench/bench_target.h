/* Where the server under test is. */
#ifndef TOOLS_BENCH_BENCH_TARGET_H
#define TOOLS_BENCH_BENCH_TARGET_H

#include <stdbool.h>
#include <stddef.h>

#include "tools/bench/bench_socket.h"

#define BENCH_URL_MAX 512

struct bench_target {
	struct bench_address address;
	bool is_tls;
	bool is_webhook;            /* POST there first; else a stream's URL */
	char host[280];             /* "127.0.0.1:8080" */
	char target[BENCH_URL_MAX]; /* path and query */
};

/* bench_target_parse: http and https are a webhook's, ws and wss a stream's
 * URL. May wait for a resolver. Returns 0; -EINVAL no such URL; -EHOSTUNREACH.
 */
int bench_target_parse(struct bench_target *t, const char *url);

/* bench_target_answers: whether a connection can be made; waits for it. */
bool bench_target_answers(const struct bench_target *t);

#endif
