/* The gateway as the process under test: its configuration is written here. */
#ifndef TOOLS_BENCH_BENCH_GATEWAY_H
#define TOOLS_BENCH_BENCH_GATEWAY_H

#include "tools/bench/bench_child.h"
#include "tools/bench/bench_load.h"

struct bench_gateway {
	const char *program; /* build/release/tandem */
	const char *dir;     /* for its files; has ca.pem */
	const char *extra;   /* lines of configuration more, or NULL */
	const char *level;   /* of its log */
	unsigned workers;    /* 0: as it likes */
	unsigned append_ms;
	unsigned calls_max;
	bool is_pcmu;
	int core;
};

/* bench_gateway_start: and fill the load's target. Returns 0 or a negative
 * errno with words in why. */
int bench_gateway_start(struct bench_child *c, const struct bench_gateway *g,
			struct bench_load *l, char *why, size_t cap);

/* bench_peer_start: another server, by a shell's command. It finds in its
 * environment MODEL_URL, the Realtime URL; NODE_EXTRA_CA_CERTS and
 * SSL_CERT_FILE, what to trust; and PORT, which is free; and says on its
 * standard output "listening on " and the URL of its webhook or stream. */
int bench_peer_start(struct bench_child *c, const char *command,
		     const char *dir, int core, struct bench_load *l, char *why,
		     size_t cap);

#endif
