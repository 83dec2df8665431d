#include "tools/bench/bench_run.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>
#include <time.h>

#include "tools/bench/bench_round.h"

#define MS        BENCH_NS_PER_MS
#define SLICE_MS  200   /* between two looks at everything else */
#define UP_MS     30000 /* for all calls to be up, beyond their ramp */
#define SETTLE_MS 1000  /* of calls that are up, before measuring */
#define OVER_MS   10000 /* for all calls to end */
#define STOP_MS   5000
#define APPEND_MS 40 /* as the gateway ships */

/* --- Telling --- */

bool bench_round_fail(struct bench_round *r, enum bench_verdict verdict,
		      const char *format, ...)
{
	va_list args;

	if (r->out->verdict >= verdict)
		return false;
	r->out->verdict = verdict;
	va_start(args, format);
	vsnprintf(r->out->why, sizeof(r->out->why), format, args);
	va_end(args);
	return false;
}

static void progress(const struct bench_round *r, const char *what, unsigned n,
		     unsigned of)
{
	if (r->run->is_silent)
		return;
	fprintf(stderr, "\r\033[K%s: %s %u/%u", r->row->name, what, n, of);
	fflush(stderr);
}

/* --- Both kinds of load as one --- */

static struct bench_loop *loop_of(struct bench_round *r)
{
	return r->row->is_floor ? &r->floor.loop : &r->load.loop;
}

struct bench_figures *bench_round_figures(struct bench_round *r)
{
	return r->row->is_floor ? &r->floor.figures : &r->load.figures;
}

static bool is_up(const struct bench_round *r)
{
	return r->row->is_floor ? bench_floor_load_is_up(&r->floor)
				: bench_load_is_up(&r->load);
}

static void measure(struct bench_round *r, bool on)
{
	if (r->row->is_floor)
		bench_floor_load_measure(&r->floor, on);
	else
		bench_load_measure(&r->load, on);
}

static unsigned placed(const struct bench_round *r)
{
	return r->row->is_floor ? r->floor.placed : r->load.live;
}

/* Some of the time; false when there is no point in going on. */
static bool work(struct bench_round *r, uint64_t ms)
{
	bench_loop_run(loop_of(r), bench_now_ns() + ms * MS);
	if (*r->run->is_interrupted)
		return bench_round_fail(r, BENCH_FAILED, "interrupted");
	if (r->child.pid && !bench_child_is_alive(&r->child))
		return bench_round_fail(
			r, BENCH_FAILED,
			"the server died: see its log (--keep)");
	return true;
}

unsigned bench_round_per_second(const struct bench_round *r)
{
	return r->row->per_second ? r->row->per_second
				  : r->run->options->per_second;
}

/* --- The window --- */

static bool bring_up(struct bench_round *r)
{
	unsigned limit_ms = UP_MS + r->calls * 1000 / bench_round_per_second(r);

	for (unsigned ms = 0; !is_up(r); ms += SLICE_MS) {
		progress(r, "calls", placed(r), r->calls);
		if (ms >= limit_ms)
			return bench_round_fail(r, BENCH_FAILED,
						"%u of %u calls came up (%s)",
						placed(r), r->calls,
						r->load.errors
							? r->load.error
							: "no error seen");
		if (!work(r, SLICE_MS))
			return false;
	}
	return work(r, SETTLE_MS);
}

static uint64_t own_ns(void)
{
	struct timespec t;

	clock_gettime(CLOCK_THREAD_CPUTIME_ID, &t);
	return (uint64_t)t.tv_sec * BENCH_NS_PER_S + (uint64_t)t.tv_nsec;
}

static void stamp(struct bench_round *r, unsigned which)
{
	if (r->pid)
		bench_usage_read(&r->usage[which], r->pid);
	r->own_ns[which] = own_ns();
	r->at_ns[which] = bench_now_ns();
}

static bool run_window(struct bench_round *r)
{
	measure(r, true);
	stamp(r, 0);
	while (bench_now_ns() - r->at_ns[0] < r->seconds * BENCH_NS_PER_S) {
		uint64_t left_ns = r->seconds * BENCH_NS_PER_S -
				   (bench_now_ns() - r->at_ns[0]);
		progress(r, "seconds",
			 (unsigned)((bench_now_ns() - r->at_ns[0]) /
				    BENCH_NS_PER_S),
			 r->seconds);
		if (!work(r, left_ns < SLICE_MS * MS ? left_ns / MS + 1
						     : SLICE_MS))
			return false;
	}
	stamp(r, 1);
	r->live = placed(r);
	measure(r, false);
	if (r->pid)
		bench_memory_read(&r->memory[1], r->pid);
	if (r->row->wants_heap && bench_child_heap(&r->child, &r->heap[1]))
		return bench_round_fail(r, BENCH_FAILED,
					"no ev=resources in the log");
	return true;
}

/* --- End --- */

static void end_calls(struct bench_round *r)
{
	if (r->row->is_floor || !r->load.call)
		return;
	bench_load_end(&r->load);
	for (unsigned ms = 0; ms < OVER_MS && !bench_load_is_over(&r->load);
	     ms += SLICE_MS)
		if (!work(r, SLICE_MS))
			return;
	if (!bench_load_is_over(&r->load))
		bench_round_fail(r, BENCH_FAILED, "%u calls do not end",
				 r->load.open);
	else if (r->row->wants_heap && r->heap[1] &&
		 bench_child_idle_heap(&r->child, &r->heap[2]))
		bench_round_fail(r, BENCH_FAILED,
				 "it does not say that it has no calls");
}

static void stop(struct bench_round *r)
{
	int status = r->child.pid ? bench_child_stop(&r->child, STOP_MS) : 0;

	if (!r->row->is_floor && !r->row->command && status)
		bench_round_fail(r, BENCH_FAILED,
				 "the server left with status %d", status);
	if (r->row->is_floor)
		bench_floor_load_close(&r->floor);
	else
		bench_load_close(&r->load);
}

static unsigned pick(unsigned asked, unsigned own, unsigned otherwise)
{
	return asked ? asked : own ? own : otherwise;
}

void bench_run_row(struct bench_run *run, const struct bench_row *row,
		   struct bench_result *out)
{
	static struct bench_round round; /* large */
	const struct bench_options *o = run->options;
	struct bench_round *r = &round;

	memset(r, 0, sizeof(*r));
	bench_result_init(out);
	r->run = run;
	r->row = row;
	r->out = out;
	r->calls = pick(o->calls, o->is_quick ? 10 : row->calls, 0);
	r->seconds = pick(o->seconds, o->is_quick ? 2 : row->seconds, 10);
	r->append_ms = pick(o->append_ms, row->append_ms, APPEND_MS);
	out->calls = r->calls;
	if (bench_round_start(r) && bring_up(r) && run_window(r)) {
		end_calls(r);
		bench_round_judge(r);
	}
	stop(r);
	if (!run->is_silent)
		fprintf(stderr, "\r\033[K");
}
