#include "tools/bench/bench_gateway.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>

#define START_MS 10000

static int write_file(const char *path, const struct bench_gateway *g,
		      unsigned model_port)
{
	FILE *f = fopen(path, "w");

	if (!f)
		return -errno;
	fprintf(f,
		"listen: 127.0.0.1:0\n"
		"log: {level: %s}\n"
		"model:\n"
		"  url: wss://127.0.0.1:%u/v1/realtime\n"
		"  ca_file: %s/ca.pem\n"
		"agent: {format: %s}\n"
		"audio: {append_ms: %u}\n"
		"limits: {calls: %u}\n",
		g->level, model_port, g->dir, g->is_pcmu ? "pcmu" : "pcm24",
		g->append_ms, g->calls_max);
	if (g->workers)
		fprintf(f, "workers: %u\n", g->workers);
	if (g->extra)
		fprintf(f, "%s\n", g->extra);
	return fclose(f) ? -errno : 0;
}

bool bench_gateway_knows_workers(const char *program, const char *dir)
{
	char path[512];
	struct bench_child c;

	snprintf(path, sizeof(path), "%s/probe.yaml", dir);
	FILE *f = fopen(path, "w");
	if (!f)
		return false;
	fprintf(f, "workers: 1\n");
	fclose(f);
	const char *const argv[] = { program, "check", "-c", path, NULL };
	char line[512];
	if (bench_child_start(&c, argv, "/dev/null", -1))
		return false;
	bool knows = bench_child_line(&c, ": good", line, sizeof(line),
				      START_MS) == 0;
	bench_child_stop(&c, START_MS);
	return knows;
}

/* "tandem listening on http://127.0.0.1:41234" */
static int take_address(struct bench_load *l, const char *line)
{
	const char *at = strstr(line, "http://");
	unsigned port;

	if (!at || sscanf(at, "http://127.0.0.1:%u", &port) != 1)
		return -EPROTO;
	snprintf(l->target.host, sizeof(l->target.host), "127.0.0.1:%u", port);
	l->target.is_tls = false;
	l->target.is_webhook = l->plan.carrier == BENCH_TWILIO;
	snprintf(l->target.target, sizeof(l->target.target), "%s",
		 l->plan.carrier == BENCH_TWILIO ? "/twilio/voice"
						 : "/audiocodes/tandem");
	return bench_address_find(&l->target.address, "127.0.0.1", port);
}

int bench_gateway_start(struct bench_child *c, const struct bench_gateway *g,
			struct bench_load *l, char *why, size_t cap)
{
	char config[512], log[512], line[512];
	const char *const argv[] = { g->program, "serve", "-c", config, NULL };

	snprintf(config, sizeof(config), "%s/tandem.yaml", g->dir);
	snprintf(log, sizeof(log), "%s/tandem.log", g->dir);
	int err = write_file(config, g, l->model_port);
	if (!err)
		err = bench_child_start(c, argv, log, g->core);
	if (!err)
		err = bench_child_line(c, "listening on", line, sizeof(line),
				       START_MS);
	if (!err)
		err = take_address(l, line);
	if (err)
		snprintf(why, cap, "%s does not start: see %s", g->program,
			 log);
	return err;
}
