/* tandem-desk: the other end of the gateway's own HTTP requests. */
#include <errno.h>
#include <getopt.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <uv.h>

#include "gateway/net/listen_socket.h"
#include "gateway/ops/version.h"
#include "protocols/http.h"
#include "tools/desk/desk_report.h"
#include "tools/desk/desk_scenario.h"
#include "tools/desk/desk_server.h"
#include "tools/desk/desk_text.h"
#include "tools/desk/desk_webhook.h"

enum {
	OPT_LISTEN = 256,
	OPT_SCENARIO,
	OPT_TRACE,
	OPT_QUIET,
	OPT_HELP,
	OPT_VERSION
};

static const struct option option[] = {
	{ "listen", required_argument, NULL, OPT_LISTEN },
	{ "scenario", required_argument, NULL, OPT_SCENARIO },
	{ "trace", required_argument, NULL, OPT_TRACE },
	{ "quiet", no_argument, NULL, OPT_QUIET },
	{ "help", no_argument, NULL, OPT_HELP },
	{ "version", no_argument, NULL, OPT_VERSION },
	{ NULL, 0, NULL, 0 },
};

static const char help[] =
	"Usage: tandem-desk --scenario FILE [OPTION]...\n"
	"The other end of the gateway's own HTTP requests: webhooks and a text "
	"model,\n"
	"scripted, and strict about signatures, idempotency keys and shapes.\n"
	"\n"
	"  --listen HOST:PORT   where to listen (127.0.0.1:9080; port 0: a "
	"free one)\n"
	"  --scenario FILE      what may be asked and what is answered, YAML\n"
	"  --trace FILE         record every request as a JSON line\n"
	"  --quiet              no log\n"
	"  --help, --version\n"
	"\n"
	"Ends with SIGINT or SIGTERM; exit status 1 tells that a request was "
	"not as it\n"
	"must be. Scenarios are explained in tools/desk/README.md.\n";

/* What main owns: made in this order, unmade in the other. */
struct program {
	char host[256];
	unsigned port;
	const char *path, *trace;
	bool is_quiet, wants_help, wants_version;
	struct desk_scenario *scenario;
	struct desk_report report;
	struct desk_webhooks webhooks;
	struct desk_texts texts;
	uv_loop_t loop;
	uv_signal_t on_int, on_term;
	struct desk_server *server;
};

static int fail(const char *what, const char *why)
{
	fprintf(stderr, "tandem-desk: %s: %s\n", what, why);
	return 2;
}

/* --- The command line --- */

static int take_option(struct program *p, int which)
{
	if (which == OPT_LISTEN)
		return listen_socket_split(optarg, p->host, sizeof(p->host),
					   &p->port);
	if (which == OPT_SCENARIO)
		p->path = optarg;
	if (which == OPT_TRACE)
		p->trace = optarg;
	p->is_quiet |= which == OPT_QUIET;
	p->wants_help |= which == OPT_HELP;
	p->wants_version |= which == OPT_VERSION;
	return which == '?' ? -EINVAL : 0;
}

static int parse(struct program *p, int argc, char **argv)
{
	int which, err = 0;

	snprintf(p->host, sizeof(p->host), "127.0.0.1");
	p->port = 9080;
	opterr = 0;
	while (!err &&
	       (which = getopt_long(argc, argv, "", option, NULL)) != -1)
		err = take_option(p, which);
	if (err)
		return fail("unknown or wrong option", argv[optind - 1]);
	if (p->wants_help || p->wants_version)
		return 0;
	return optind < argc || !p->path
		       ? fail("--scenario", "wants a file, and nothing else")
		       : 0;
}

/* --- Requests --- */

static void on_request(void *owner, struct http_message *m,
		       struct desk_reply *reply)
{
	struct program *p = owner;
	bool is_taken = desk_webhooks_take(&p->webhooks, m, time(NULL), reply);

	if (!is_taken)
		is_taken = desk_texts_take(&p->texts, m, reply);
	if (!is_taken) {
		desk_report_breach(&p->report, "nothing is at %s %s", m->method,
				   m->target);
		reply->status = 404;
	}
	desk_report_request(&p->report, m, reply->status);
}

/* --- Life --- */

static int open_files(struct program *p)
{
	char why[1024];

	p->report.log = p->is_quiet ? NULL : stderr;
	p->scenario = desk_scenario_load(p->path, why, sizeof(why));
	if (!p->scenario)
		return fail(p->path, why);
	if (p->trace && !(p->report.trace = fopen(p->trace, "w")))
		return fail(p->trace, strerror(errno));
	desk_texts_init(&p->texts, p->scenario->text, &p->report);
	return desk_webhooks_init(&p->webhooks, p->scenario, &p->report)
		       ? fail("start", "out of memory")
		       : 0;
}

static void on_signal(uv_signal_t *handle, int number)
{
	struct program *p = handle->data;

	(void)number;
	desk_server_close(p->server);
	uv_close((uv_handle_t *)&p->on_int, NULL);
	uv_close((uv_handle_t *)&p->on_term, NULL);
}

static void watch_signals(struct program *p)
{
	uv_signal_init(&p->loop, &p->on_int);
	uv_signal_init(&p->loop, &p->on_term);
	p->on_int.data = p->on_term.data = p;
	uv_signal_start(&p->on_int, on_signal, SIGINT);
	uv_signal_start(&p->on_term, on_signal, SIGTERM);
	signal(SIGPIPE, SIG_IGN);
}

static void report(struct program *p)
{
	desk_webhooks_end(&p->webhooks);
	desk_texts_end(&p->texts);
	if (p->report.log)
		fprintf(p->report.log,
			"tandem-desk: %u requests, %u breaches\n",
			p->report.requests, p->report.breaches);
}

static int serve(struct program *p)
{
	uv_loop_init(&p->loop);
	int err = desk_server_open(&p->server, &p->loop, p->host, p->port,
				   on_request, p);
	if (!err) {
		watch_signals(p);
		printf("tandem-desk listening on http://%s%s%s:%u\n",
		       strchr(p->host, ':') ? "[" : "", p->host,
		       strchr(p->host, ':') ? "]" : "",
		       desk_server_port(p->server));
		fflush(stdout);
	}
	uv_run(&p->loop, UV_RUN_DEFAULT);
	uv_loop_close(&p->loop);
	if (err)
		return fail("cannot listen", uv_strerror(err));
	report(p);
	return p->report.breaches ? 1 : 0;
}

int main(int argc, char **argv)
{
	static struct program p;
	int status = parse(&p, argc, argv);

	if (status || p.wants_help || p.wants_version) {
		if (p.wants_help)
			fputs(help, stdout);
		else if (p.wants_version)
			printf("tandem-desk %s\n", version_text());
		return status;
	}
	status = open_files(&p);
	if (!status)
		status = serve(&p);
	desk_webhooks_free(&p.webhooks);
	desk_scenario_free(p.scenario);
	if (p.report.trace)
		fclose(p.report.trace);
	return status;
}
