/* How a round begins: the server under test, and the load on it. */
#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "tools/bench/bench_gateway.h"
#include "tools/bench/bench_round.h"

#define SPARE_CALLS 50
#define WAIT_S      120 /* for a server that somebody else starts */

static bool start_floor(struct bench_round *r)
{
	const struct bench_options *o = r->run->options;
	int err = bench_floor_load_open(&r->floor, r->calls,
					bench_round_per_second(r),
					r->row->is_pcmu, r->append_ms,
					o->tick_us);

	if (!err)
		err = bench_child_fork(&r->child, bench_floor_serve,
				       &r->floor.floor, o->is_pinned ? 1 : -1);
	r->pid = r->child.pid;
	if (!err)
		err = bench_floor_load_start(&r->floor);
	return !err || bench_round_fail(r, BENCH_FAILED, "%s", strerror(-err));
}

static void plan(struct bench_round *r)
{
	const struct bench_row *row = r->row;

	r->load.plan = (struct bench_plan){
		.carrier = row->carrier,
		.offer = row->offer,
		.carrier_format = row->carrier_format,
		.calls = r->calls,
		.per_second = bench_round_per_second(r),
		.short_per_second = row->short_per_second,
		.short_ms = row->short_ms,
		.is_burst = row->is_burst,
		.interrupts = row->interrupts,
		.speaks_at_once =
			row->command || r->run->options->speaks_at_once,
		.may_lose_start = row->command || row->is_drive,
	};
}

static unsigned workers_of(const struct bench_round *r)
{
	const struct bench_options *o = r->run->options;

	return r->row->workers ? r->row->workers : o->workers ? o->workers : 1;
}

static struct bench_gateway gateway_of(const struct bench_round *r)
{
	const struct bench_options *o = r->run->options;
	const struct bench_row *row = r->row;
	unsigned workers = workers_of(r);

	return (struct bench_gateway){
		.program = r->run->gateway,
		.dir = r->run->dir,
		.extra = o->extra,
		.level = row->wants_heap ? "info" : "warn",
		.workers = workers,
		.append_ms = r->append_ms,
		.calls_max = r->calls + SPARE_CALLS +
			     row->short_per_second * (row->short_ms / 1000 + 3),
		.is_pcmu = row->is_pcmu,
		.core = o->is_pinned && workers <= 1 ? 1 : -1,
	};
}

static bool start_gateway(struct bench_round *r)
{
	struct bench_gateway g = gateway_of(r);
	char why[256];

	if (bench_gateway_start(&r->child, &g, &r->load, why, sizeof(why)))
		return bench_round_fail(r, BENCH_FAILED, "%s", why);
	r->pid = r->child.pid;
	if (r->row->wants_heap && bench_child_heap(&r->child, &r->heap[0]))
		return bench_round_fail(r, BENCH_FAILED,
					"no ev=resources in the log");
	return true;
}

static bool start_peer(struct bench_round *r)
{
	char why[256];

	if (bench_peer_start(&r->child, r->row->command, r->run->dir,
			     r->run->options->is_pinned ? 1 : -1, &r->load, why,
			     sizeof(why)))
		return bench_round_fail(r, BENCH_FAILED, "%s", why);
	r->pid = r->child.pid;
	return true;
}

/* A server that is, or will be, there: it is told where its model is. */
static bool find_server(struct bench_round *r)
{
	const struct bench_options *o = r->run->options;

	if (bench_target_parse(&r->load.target, o->url))
		return bench_round_fail(r, BENCH_FAILED,
					"%s is no URL that can be used",
					o->url);
	r->pid = (pid_t)o->pid;
	fprintf(stderr,
		"The model:  wss://127.0.0.1:%u/v1/realtime\n"
		"To trust:   %s/ca.pem\n"
		"The server: %s\n",
		r->load.model_port, r->run->dir, o->url);
	for (unsigned s = 0; s < WAIT_S && !*r->run->is_interrupted; s++) {
		if (bench_target_answers(&r->load.target))
			return true;
		sleep(1);
	}
	return bench_round_fail(r, BENCH_FAILED, "%s does not answer", o->url);
}

static bool start_server(struct bench_round *r)
{
	const struct bench_row *row = r->row;
	const char *why = "";
	int err =
		bench_load_open(&r->load, r->run->dir,
				row->is_drive ? r->run->options->model_port : 0,
				&why);

	if (err)
		return bench_round_fail(r, BENCH_FAILED, "%s", why);
	plan(r);
	bool good = row->command    ? start_peer(r)
		    : row->is_drive ? find_server(r)
				    : start_gateway(r);
	if (!good)
		return false;
	if (r->pid)
		bench_memory_read(&r->memory[0], r->pid);
	err = bench_load_start(&r->load);
	return !err || bench_round_fail(r, BENCH_FAILED, "%s", strerror(-err));
}

bool bench_round_start(struct bench_round *r)
{
	return r->row->is_floor ? start_floor(r) : start_server(r);
}
