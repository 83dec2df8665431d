/* tandem-model: a local OpenAI Realtime server. */
#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include <uv.h>

#include "gateway/ops/version.h"
#include "protocols/tls.h"
#include "tools/model/model_options.h"
#include "tools/model/model_server.h"

/* What main owns: made in this order, unmade in the other. */
struct program {
	struct model_options options;
	struct model_world world;
	struct tls_context *tls;
	uv_loop_t loop;
	uv_signal_t on_int, on_term;
	struct model_server *server;
};

static int fail(const char *what, const char *why)
{
	fprintf(stderr, "tandem-model: %s: %s\n", what, why);
	return -EINVAL;
}

static int open_tls(struct program *p)
{
	const char *error = "";

	if (!p->options.tls_cert)
		return 0;
	p->tls = tls_server_context_files(p->options.tls_cert,
					  p->options.tls_key, &error);
	return p->tls ? 0 : fail("TLS", error);
}

static int open_trace(struct program *p)
{
	if (!p->options.trace)
		return 0;
	p->world.trace = fopen(p->options.trace, "w");
	return p->world.trace ? 0 : fail(p->options.trace, strerror(errno));
}

/* Sounds are read when they are said; one that cannot be is told now. */
static int check_sounds(struct program *p, char **sound, unsigned n)
{
	const char *directory = p->world.scenario.directory;
	struct model_clip clip = { .bytes = NULL };

	for (unsigned i = 0; i < n; i++) {
		if (strcmp(sound[i], "echo") == 0)
			continue;
		int err = model_voice_say(p->world.voice, &clip, MODEL_PCM,
					  sound[i], directory);
		model_clip_free(&clip);
		if (!err)
			continue;
		fprintf(stderr, "tandem-model: %s: cannot say \"%s\": %s\n",
			p->options.scenario, sound[i], strerror(-err));
		return err;
	}
	return 0;
}

static int check_answers(struct program *p)
{
	const struct model_script *script = p->world.scenario.script;
	int err = 0;

	for (unsigned i = 0; !err && i < script->responses_count; i++) {
		const struct model_answer *a = &script->responses[i];

		err = check_sounds(p, a->preamble, a->preamble_count);
		if (!err)
			err = check_sounds(p, a->say, a->say_count);
	}
	return err;
}

static int open_world(struct program *p)
{
	char why[1024];

	if (!p->options.scenario)
		model_scenario_default(&p->world.scenario);
	else if (model_scenario_load(&p->world.scenario, p->options.scenario,
				     why, sizeof(why)))
		return fail("scenario", why);
	p->world.is_reasoning = p->options.is_reasoning;
	p->world.report.log = p->options.is_quiet ? NULL : stderr;
	p->world.voice = model_voice_new();
	model_random_seed(&p->world.random, p->options.seed);
	if (!p->world.voice || !p->world.scenario.script)
		return -ENOMEM;
	return check_answers(p);
}

static void close_world(struct program *p)
{
	model_scenario_free(&p->world.scenario);
	model_voice_free(p->world.voice);
	if (p->world.trace)
		fclose(p->world.trace);
	if (p->tls)
		tls_context_free(p->tls);
}

static void on_server_closed(void *owner)
{
	struct program *p = owner;

	uv_close((uv_handle_t *)&p->on_int, NULL);
	uv_close((uv_handle_t *)&p->on_term, NULL);
}

static void on_signal(uv_signal_t *handle, int number)
{
	struct program *p = handle->data;

	(void)number;
	if (!p->server)
		return;
	model_server_close(p->server, on_server_closed, p);
	p->server = NULL;
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

static void say_ready(const struct program *p)
{
	bool is_ipv6 = strchr(p->options.host, ':') != NULL;

	printf("tandem-model listening on %s://%s%s%s:%u/v1/realtime\n",
	       p->tls ? "wss" : "ws", is_ipv6 ? "[" : "", p->options.host,
	       is_ipv6 ? "]" : "", model_server_port(p->server));
	fflush(stdout);
}

static int serve(struct program *p)
{
	int err = model_server_open(&p->server, &p->loop, p->options.host,
				    p->options.port, p->tls, p->options.key,
				    &p->world);
	if (err) {
		fprintf(stderr, "tandem-model: cannot listen on %s:%u: %s\n",
			p->options.host, p->options.port, uv_strerror(err));
		return err;
	}
	watch_signals(p);
	say_ready(p);
	uv_run(&p->loop, UV_RUN_DEFAULT);
	return 0;
}

static int run(struct program *p)
{
	int err = uv_loop_init(&p->loop);

	if (err)
		return err;
	err = serve(p);
	uv_run(&p->loop, UV_RUN_DEFAULT);
	uv_loop_close(&p->loop);
	if (err)
		return err;
	model_report_print(&p->world.report, stderr);
	return model_report_breaches(&p->world.report) && !p->options.is_lenient
		       ? 1
		       : 0;
}

int main(int argc, char **argv)
{
	static struct program p;
	char why[512];

	if (model_options_parse(&p.options, argc, argv, why, sizeof(why))) {
		fprintf(stderr,
			"tandem-model: %s\nTry 'tandem-model --help'.\n", why);
		return 2;
	}
	if (p.options.wants_help || p.options.wants_version) {
		if (p.options.wants_help)
			model_options_help(stdout);
		else
			printf("tandem-model %s\n", version_text());
		return 0;
	}
	int err = open_world(&p);
	if (!err)
		err = open_trace(&p);
	if (!err)
		err = open_tls(&p);
	if (!err)
		err = run(&p);
	close_world(&p);
	return err < 0 ? 2 : err;
}
