/* tandem-call: a Twilio phone network in one program. */
#include <errno.h>
#include <signal.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <uv.h>

#include "protocols/tls.h"
#include "tools/call/caller_network.h"
#include "tools/call/caller_options.h"
#include "tools/call/caller_report.h"
#include "tools/call/caller_scenario.h"
#include "tools/call/caller_trace.h"
#include "tools/call/caller_verdict.h"
#include "tools/call/caller_wav.h"
#include "tools/call/phone_call.h"
#include "tools/call/phone_rest.h"
#include "tools/call/vaic_call.h"

enum { PASSED = 0, FAILED = 1, UNUSABLE = 2 };

struct run {
	struct caller_options options;
	struct caller_scenario scenario;
	struct caller_report report;
	struct tls_context *tls;
	uv_loop_t loop;
	struct phone_rest *rest; /* NULL: none */
	unsigned over;           /* calls */
};

static void on_event(void *owner, const struct caller_event *e)
{
	struct run *run = owner;

	caller_report_event(&run->report, e);
}

/* Said against heard; then the memory is wanted elsewhere. */
static void compare(const struct run *run, struct caller_call *call)
{
	caller_call_compare(call);
	if (!run->options.out)
		caller_call_forget_tracks(call);
}

static void on_call(void *owner, unsigned index, struct caller_call *call)
{
	struct run *run = owner;

	(void)index;
	run->over++;
	if (run->report.is_many && isatty(STDERR_FILENO))
		fprintf(stderr, "\r%u of %u calls are over%s", run->over,
			run->options.calls,
			run->over == run->options.calls ? "\n" : "");
	if (run->options.parallel == 1)
		compare(run, call);
}

static int read_scenario(struct run *run, char *error)
{
	const struct caller_options *o = &run->options;

	if (caller_options_is_check(o)) {
		caller_scenario_check(&run->scenario);
		return 0;
	}
	if (o->scenario)
		return caller_scenario_load(&run->scenario, o->scenario, error);
	if (o->say)
		return caller_scenario_say(&run->scenario, o->say, error);
	return caller_scenario_demonstration(&run->scenario, error);
}

/* --carrier says who places the calls, or the scenario; else Twilio. */
static int load_scenario(struct run *run)
{
	char error[CALLER_SCENARIO_ERROR_MAX];
	int err = read_scenario(run, error);
	enum caller_carrier carrier = run->options.carrier;

	if (!err && carrier == CALLER_CARRIERS)
		carrier = run->scenario.carrier;
	if (!err && carrier == CALLER_CARRIERS)
		carrier = CALLER_CARRIER_TWILIO;
	if (!err)
		err = caller_scenario_settle(&run->scenario, carrier, error);
	if (err) {
		fprintf(stderr, "tandem-call: %s\n", error);
		return err;
	}
	return caller_options_settle(&run->options, carrier);
}

static bool needs_tls(const struct caller_options *o)
{
	const char *url = o->stream_url ? o->stream_url : o->url;

	return o->ca_file || o->is_insecure ||
	       strncasecmp(url, "https:", 6) == 0 ||
	       strncasecmp(url, "wss:", 4) == 0;
}

static int open_tls(struct run *run)
{
	const char *error;

	if (!needs_tls(&run->options))
		return 0;
	run->tls = tls_client_context(run->options.ca_file, &error);
	if (!run->tls) {
		fprintf(stderr, "tandem-call: %s\n", error);
		return -EINVAL;
	}
	if (run->options.is_insecure)
		tls_context_trust_anybody(run->tls);
	return 0;
}

static void prepare_report(struct run *run)
{
	const struct caller_options *o = &run->options;

	run->report = (struct caller_report){
		.out = stdout,
		.is_json = o->is_json,
		.is_quiet = o->is_quiet,
		.is_many = o->calls > 1,
		.is_coloured = isatty(STDOUT_FILENO) && !getenv("NO_COLOR"),
		.is_live = o->calls == 1 && !o->is_json && !o->is_quiet,
	};
}

static unsigned judge_calls(struct run *run, struct caller_network *network,
			    struct caller_figures *figures, size_t *judged)
{
	struct caller_verdict verdict;
	unsigned failed = 0;

	*judged = 0;
	for (unsigned i = 0; i < run->options.calls; i++) {
		struct caller_call *call = caller_network_call(network, i);

		if (!call)
			continue;
		if (run->options.parallel > 1)
			compare(run, call);
		struct caller_call_result *result = &call->result;
		struct caller_evidence evidence = {
			.run = &call->caller.run,
			.figures = &result->figures,
			.outcome = caller_call_outcome_name(result->outcome),
			.has_trace = run->options.model_trace != NULL,
			.is_lenient = run->options.is_lenient,
		};
		caller_verdict_reach(&verdict, &run->scenario, &evidence);
		failed += verdict.failures > 0;
		figures[(*judged)++] = result->figures;
		caller_report_call(&run->report, i + 1, call, &verdict);
	}
	return failed;
}

/* Join the model's trace to the calls; their figures are completed. */
static int consult_trace(struct run *run, struct caller_network *network)
{
	const char *path = run->options.model_trace;
	struct caller_trace_call *call =
		calloc(run->options.calls, sizeof(*call));
	struct caller_trace trace;
	size_t n = 0;

	caller_trace_init(&trace);
	int err = call ? caller_trace_load(&trace, path) : -ENOMEM;
	for (unsigned i = 0; i < run->options.calls && !err; i++) {
		struct caller_call *c = caller_network_call(network, i);

		if (c)
			call[n++] = (struct caller_trace_call){
				.judge = &c->caller.judge,
				.figures = &c->result.figures,
			};
	}
	if (!err)
		err = caller_trace_judge(&trace, call, n);
	if (err)
		fprintf(stderr, "tandem-call: %s: %s\n", path, strerror(-err));
	caller_trace_free(&trace);
	free(call);
	return err;
}

/* Nobody answered, in any call. */
static bool is_unreachable(struct run *run, struct caller_network *network)
{
	for (unsigned i = 0; i < run->options.calls; i++) {
		struct caller_call *call = caller_network_call(network, i);

		if (call && !call->result.could_not_connect)
			return false;
	}
	return true;
}

static int write_wav(const struct run *run,
		     const struct caller_network *network)
{
	const char *path = run->options.out;
	int err = caller_wav_write(path, caller_network_call(network, 0));

	if (err)
		fprintf(stderr, "tandem-call: %s: %s\n", path, strerror(-err));
	return err;
}

static int finish(struct run *run, struct caller_network *network)
{
	struct caller_figures *figures =
		calloc(run->options.calls, sizeof(*figures));
	size_t judged;
	int status = PASSED;

	if (!figures)
		return UNUSABLE;
	if (run->options.model_trace && consult_trace(run, network) < 0)
		status = FAILED;
	unsigned failed = judge_calls(run, network, figures, &judged);
	if (failed || judged < run->options.calls)
		status = FAILED;
	if (run->options.calls > 1)
		caller_report_totals(&run->report, figures, judged, failed);
	free(figures);
	if (run->options.out && write_wav(run, network) < 0)
		status = FAILED;
	return is_unreachable(run, network) ? UNUSABLE : status;
}

static int open_rest(struct run *run)
{
	const struct caller_options *o = &run->options;
	int err = o->rest ? phone_rest_open(&run->rest, &run->loop, o->rest,
					    o->account_sid, o->auth_token,
					    o->rest_status)
			  : 0;

	if (err)
		fprintf(stderr, "tandem-call: --rest %s: %s\n", o->rest,
			uv_strerror(err));
	return err;
}

static void close_rest(void *owner)
{
	struct run *run = owner;

	phone_rest_close(run->rest);
	run->rest = NULL;
}

/* What the carrier wants to know, in call->kind's own options. */
static int choose_carrier(struct run *run, struct caller_call_options *call)
{
	static struct phone_call_options twilio;
	const struct caller_options *o = &run->options;

	if (o->carrier == CALLER_CARRIER_AUDIOCODES) {
		call->kind = &vaic_call_kind;
		call->carrier = &run->scenario.audiocodes;
		return caller_options_audiocodes(o, &run->scenario.audiocodes);
	}
	twilio = (struct phone_call_options){
		.webhook_url = o->stream_url ? NULL : o->url,
		.stream_url = o->stream_url,
		.auth_token = o->auth_token,
		.account_sid = o->account_sid,
		.from = o->from ? o->from : "+15552223333",
		.to = o->to ? o->to : "+15550001111",
		.dial_status = run->scenario.dial_status,
		.dial_key = run->scenario.dial_key,
		.rest = run->rest,
		.is_outbound = o->is_outbound,
		.answered_by = o->answered_by ? o->answered_by : "human",
		.ring_ms = o->ring_ms,
	};
	call->kind = &phone_call_kind;
	call->carrier = &twilio;
	return 0;
}

static bool keeps_tracks(const struct run *run)
{
	const bool *is_expected = run->scenario.is_expected;

	return run->options.out || is_expected[CALLER_FIGURE_echo_snr_db] ||
	       is_expected[CALLER_FIGURE_exact_ms] ||
	       is_expected[CALLER_FIGURE_inexact_samples];
}

static int place_calls(struct run *run)
{
	const struct caller_options *o = &run->options;
	struct caller_network_options options = {
		.call = {
			.tls = run->tls,
			.script = &run->scenario.script,
			.faults = &run->scenario.faults,
			.timeout_ms = o->timeout_s * 1000,
			.keeps_tracks = keeps_tracks(run),
			.seed = o->has_seed ? o->seed : uv_hrtime(),
			.on_event = run->report.is_live ? on_event : NULL,
			.owner = run,
		},
		.calls = o->calls,
		.parallel = o->parallel,
		.rate = o->rate,
	};
	options.on_done = close_rest;
	if (open_rest(run) < 0 || choose_carrier(run, &options.call) < 0)
		return UNUSABLE;
	struct caller_network *network =
		caller_network_run(&run->loop, &options, on_call, run);

	if (!network) {
		fputs("tandem-call: out of memory\n", stderr);
		return UNUSABLE;
	}
	int status = finish(run, network);
	caller_network_free(network);
	return status;
}

int main(int argc, char **argv)
{
	static struct run run;
	int answered = caller_options_read(&run.options, argc, argv);
	int status = UNUSABLE;

	if (answered)
		return answered > 0 ? PASSED : UNUSABLE;
	signal(SIGPIPE, SIG_IGN);
	prepare_report(&run);
	if (load_scenario(&run) == 0 && open_tls(&run) == 0 &&
	    uv_loop_init(&run.loop) == 0) {
		status = place_calls(&run);
		uv_loop_close(&run.loop);
	}
	tls_context_free(run.tls);
	caller_scenario_free(&run.scenario);
	return status;
}
