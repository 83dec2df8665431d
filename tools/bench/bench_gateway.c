#include "tools/bench/bench_gateway.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define START_MS  10000
#define LISTENING "listening on "

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
		"limits: {calls: %u}\n"
		"admin: {listen: ''}\n",
		g->level, model_port, g->dir, g->is_pcmu ? "pcmu" : "pcm24",
		g->append_ms, g->calls_max);
	if (g->workers)
		fprintf(f, "workers: %u\n", g->workers);
	if (g->extra)
		fprintf(f, "%s\n", g->extra);
	return fclose(f) ? -errno : 0;
}

/* "tandem listening on http://127.0.0.1:41234": the URL in such a line, and
 * what is to be added to it. */
static int take_url(struct bench_load *l, const char *line, const char *path)
{
	const char *at = strstr(line, LISTENING);
	char url[BENCH_URL_MAX];

	if (!at)
		return -EPROTO;
	at += strlen(LISTENING);
	snprintf(url, sizeof(url), "%.*s%s", (int)strcspn(at, " \r\t"), at,
		 path);
	return bench_target_parse(&l->target, url);
}

static int await_url(struct bench_child *c, struct bench_load *l,
		     const char *path)
{
	char line[512];
	int err = bench_child_line(c, LISTENING, line, sizeof(line), START_MS);

	return err ? err : take_url(l, line, path);
}

/* A bot's socket is dialled at once, though its URL may be said as http. */
static int await_gateway(struct bench_child *c, struct bench_load *l)
{
	bool is_twilio = l->plan.carrier == BENCH_TWILIO;
	int err = await_url(c, l,
			    is_twilio ? "/twilio/voice" : "/audiocodes/tandem");

	l->target.is_webhook = is_twilio;
	return err;
}

static void set_environment(const struct bench_load *l, const char *dir)
{
	char ca[512], url[128], port[16];
	unsigned free_port = 0;
	int fd = bench_listen(&free_port);

	if (fd >= 0)
		close(fd);
	snprintf(ca, sizeof(ca), "%s/ca.pem", dir);
	snprintf(url, sizeof(url), "wss://127.0.0.1:%u/v1/realtime",
		 l->model_port);
	snprintf(port, sizeof(port), "%u", free_port);
	setenv("MODEL_URL", url, 1);
	setenv("NODE_EXTRA_CA_CERTS", ca, 1);
	setenv("SSL_CERT_FILE", ca, 1);
	setenv("PORT", port, 1);
}

int bench_peer_start(struct bench_child *c, const char *command,
		     const char *dir, int core, struct bench_load *l, char *why,
		     size_t cap)
{
	char log[512], line[1024];
	const char *const argv[] = { "/bin/sh", "-c", line, NULL };

	snprintf(log, sizeof(log), "%s/tandem.log", dir);
	snprintf(line, sizeof(line), "exec %.1000s", command);
	set_environment(l, dir);
	int err = bench_child_start(c, argv, log, core);
	if (!err)
		err = await_url(c, l, "");
	if (err)
		snprintf(why, cap, "\"%.150s\" does not start", command);
	return err;
}

int bench_gateway_start(struct bench_child *c, const struct bench_gateway *g,
			struct bench_load *l, char *why, size_t cap)
{
	char config[512], log[512];
	const char *const argv[] = { g->program, "serve", "-c", config, NULL };

	snprintf(config, sizeof(config), "%s/tandem.yaml", g->dir);
	snprintf(log, sizeof(log), "%s/tandem.log", g->dir);
	int err = write_file(config, g, l->model_port);
	if (!err)
		err = bench_child_start(c, argv, log, g->core);
	if (!err)
		err = await_gateway(c, l);
	if (err)
		snprintf(why, cap, "%s does not start: see %s", g->program,
			 log);
	return err;
}
