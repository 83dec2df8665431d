#include "tools/bench/bench_run.h"

#include <errno.h>
#include <math.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "tools/bench/bench_child.h"
#include "tools/bench/bench_floor_load.h"
#include "tools/bench/bench_gateway.h"

#define MS            BENCH_NS_PER_MS
#define SLICE_MS      200   /* between two looks at everything else */
#define UP_MS         30000 /* for all calls to be up, beyond their ramp */
#define SETTLE_MS     1000  /* of calls that are up, before measuring */
#define OVER_MS       10000 /* for all calls to end */
#define STOP_MS       5000
#define APPEND_MS     20 /* as the gateway's default */
#define SPARE_CALLS   50
#define EDGE_MS       100 /* of audio, under way when the window closes */
#define BYTES_PERCENT 3   /* more or less audio than should be is a failure */

/* One round: the load, the process, what both came to. */
struct round {
	struct bench_run *run;
	const struct bench_row *row;
	struct bench_result *out;
	struct bench_load load;
	struct bench_floor_load floor;
	struct bench_child child;
	unsigned calls, seconds, append_ms;
	struct bench_usage usage[2];
	struct bench_memory memory[2];
	uint64_t heap[3]; /* before, with, and after the calls */
	uint64_t own_ns[2], at_ns[2];
	unsigned live; /* calls at the window's end */
};

/* --- Telling --- */

__attribute__((format(printf, 3, 4))) static bool fail(
	struct round *r, enum bench_verdict verdict, const char *format, ...)
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

static void progress(const struct round *r, const char *what, unsigned n,
		     unsigned of)
{
	if (r->run->is_silent)
		return;
	fprintf(stderr, "\r\033[K%s: %s %u/%u", r->row->name, what, n, of);
	fflush(stderr);
}

/* --- Both kinds of load as one --- */

static struct bench_loop *loop_of(struct round *r)
{
	return r->row->is_floor ? &r->floor.loop : &r->load.loop;
}

static struct bench_figures *figures_of(struct round *r)
{
	return r->row->is_floor ? &r->floor.figures : &r->load.figures;
}

static bool is_up(const struct round *r)
{
	return r->row->is_floor ? bench_floor_load_is_up(&r->floor)
				: bench_load_is_up(&r->load);
}

static void measure(struct round *r, bool on)
{
	if (r->row->is_floor)
		bench_floor_load_measure(&r->floor, on);
	else
		bench_load_measure(&r->load, on);
}

static unsigned placed(const struct round *r)
{
	return r->row->is_floor ? r->floor.placed : r->load.live;
}

/* Some of the time; false when there is no point in going on. */
static bool work(struct round *r, uint64_t ms)
{
	bench_loop_run(loop_of(r), bench_now_ns() + ms * MS);
	if (*r->run->is_interrupted)
		return fail(r, BENCH_FAILED, "interrupted");
	if (r->child.pid && !bench_child_is_alive(&r->child))
		return fail(r, BENCH_FAILED,
			    "the server died: see its log (--keep)");
	return true;
}

/* --- Start --- */

static bool start_floor(struct round *r)
{
	const struct bench_options *o = r->run->options;
	int err = bench_floor_load_open(&r->floor, r->calls, o->per_second,
					r->row->is_pcmu, r->append_ms,
					o->tick_us);

	if (!err)
		err = bench_child_fork(&r->child, bench_floor_serve,
				       &r->floor.floor, o->is_pinned ? 1 : -1);
	if (!err)
		err = bench_floor_load_start(&r->floor);
	return !err || fail(r, BENCH_FAILED, "%s", strerror(-err));
}

static void plan(struct round *r)
{
	const struct bench_row *row = r->row;

	r->load.plan = (struct bench_plan){
		.carrier = row->carrier,
		.offer = row->offer,
		.carrier_format = row->carrier_format,
		.calls = r->calls,
		.per_second = r->run->options->per_second,
		.short_per_second = row->short_per_second,
		.short_ms = row->short_ms,
		.is_burst = row->is_burst,
		.interrupts = row->interrupts,
	};
}

static unsigned workers_of(const struct round *r)
{
	const struct bench_options *o = r->run->options;

	if (!r->run->knows_workers)
		return o->workers; /* asked for: the gateway says no itself */
	return r->row->workers ? r->row->workers : o->workers ? o->workers : 1;
}

static bool start_gateway(struct round *r)
{
	const struct bench_options *o = r->run->options;
	unsigned workers = workers_of(r);
	struct bench_gateway g = {
		.program = r->run->gateway,
		.dir = r->run->dir,
		.extra = o->extra,
		.level = r->row->wants_heap ? "info" : "warn",
		.workers = workers,
		.append_ms = r->append_ms,
		.calls_max = r->calls + SPARE_CALLS +
			     r->row->short_per_second *
				     (r->row->short_ms / 1000 + 3),
		.is_pcmu = r->row->is_pcmu,
		.core = o->is_pinned && workers <= 1 ? 1 : -1,
	};
	const char *why = "";

	if (r->row->workers > 1 && !r->run->knows_workers)
		return fail(r, BENCH_FAILED,
			    "the gateway has no key \"workers\"");
	int err = bench_load_open(&r->load, r->run->dir, 0, false, &why);
	if (err)
		return fail(r, BENCH_FAILED, "%s", why);
	plan(r);
	char words[256];
	if (bench_gateway_start(&r->child, &g, &r->load, words, sizeof(words)))
		return fail(r, BENCH_FAILED, "%s", words);
	bench_memory_read(&r->memory[0], r->child.pid);
	if (r->row->wants_heap && bench_child_heap(&r->child, &r->heap[0]))
		return fail(r, BENCH_FAILED, "no ev=resources in the log");
	err = bench_load_start(&r->load);
	return !err || fail(r, BENCH_FAILED, "%s", strerror(-err));
}

static bool bring_up(struct round *r)
{
	unsigned limit_ms =
		UP_MS + r->calls * 1000 / r->run->options->per_second;

	for (unsigned ms = 0; !is_up(r); ms += SLICE_MS) {
		progress(r, "calls", placed(r), r->calls);
		if (ms >= limit_ms)
			return fail(r, BENCH_FAILED,
				    "%u of %u calls came up (%s)", placed(r),
				    r->calls,
				    r->load.errors ? r->load.error
						   : "no error seen");
		if (!work(r, SLICE_MS))
			return false;
	}
	return work(r, SETTLE_MS);
}

/* --- Measure --- */

static uint64_t own_ns(void)
{
	struct timespec t;

	clock_gettime(CLOCK_THREAD_CPUTIME_ID, &t);
	return (uint64_t)t.tv_sec * BENCH_NS_PER_S + (uint64_t)t.tv_nsec;
}

static void stamp(struct round *r, unsigned which)
{
	if (r->child.pid)
		bench_usage_read(&r->usage[which], r->child.pid);
	r->own_ns[which] = own_ns();
	r->at_ns[which] = bench_now_ns();
}

static bool run_window(struct round *r)
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
	bench_memory_read(&r->memory[1], r->child.pid);
	if (r->row->wants_heap && bench_child_heap(&r->child, &r->heap[1]))
		return fail(r, BENCH_FAILED, "no ev=resources in the log");
	return true;
}

/* --- Judge --- */

static double window_s(const struct round *r)
{
	return (double)(r->at_ns[1] - r->at_ns[0]) / BENCH_NS_PER_S;
}

static double call_seconds(const struct round *r)
{
	double lasting = r->calls * window_s(r);

	return lasting + (double)r->load.shorts * r->row->short_ms / 1000;
}

/* As much audio comes as was sent: a little more or less is where the window's
 * edges cut, a lot is a server that does not do its work. */
static bool check_audio(struct round *r, const char *way, double want_ms,
			uint64_t units, unsigned grain_ms)
{
	double got_ms = (double)units / BENCH_UNITS_PER_MS;
	double slack_ms = want_ms * BYTES_PERCENT / 100 +
			  (double)r->calls * (grain_ms + EDGE_MS);

	if (fabs(got_ms - want_ms) <= slack_ms)
		return true;
	if (r->out->verdict == BENCH_INVALID)
		return false; /* who sends late may as well miss the window */
	return fail(r, BENCH_FAILED, "%s: %.0f s of audio came, not %.0f s",
		    way, got_ms / 1000, want_ms / 1000);
}

static void check_work(struct round *r)
{
	const struct bench_figures *f = figures_of(r);
	const struct bench_row *row = r->row;

	if (r->load.errors || r->floor.errors)
		fail(r, BENCH_FAILED, "%llu errors, the first: %s",
		     (unsigned long long)(r->load.errors + r->floor.errors),
		     r->load.errors ? r->load.error : r->floor.error);
	check_audio(r, "to the model", (double)f->frames * BENCH_FRAME_MS,
		    f->units_up, r->append_ms + BENCH_FRAME_MS);
	if (!row->is_burst)
		check_audio(r, "to the caller",
			    (double)f->deltas * BENCH_DELTA_MS, f->units_down,
			    2 * BENCH_DELTA_MS);
	if (row->interrupts && (!f->clears || !f->truncates))
		fail(r, BENCH_FAILED, "%llu clears, %llu truncations",
		     (unsigned long long)f->clears,
		     (unsigned long long)f->truncates);
	if (r->live != r->calls)
		fail(r, BENCH_FAILED, "%u of %u calls were up at the end",
		     r->live, r->calls);
}

static void check_generator(struct round *r)
{
	const double *v = r->out->value;
	double frames = (double)figures_of(r)->frames;
	double wanted = r->calls * window_s(r) * 1000 / BENCH_FRAME_MS;

	if (frames < wanted * (100 - BYTES_PERCENT) / 100 - r->calls)
		fail(r, BENCH_INVALID, "the generator sent %.0f of %.0f frames",
		     frames, wanted);

	if (v[BENCH_OWN_CPU] > BENCH_OWN_CPU_MAX)
		fail(r, BENCH_INVALID,
		     "the generator's thread was %.0f %% busy",
		     v[BENCH_OWN_CPU]);
	if (v[BENCH_OWN_LATE_P99] > BENCH_OWN_LATE_MAX_MS)
		fail(r, BENCH_INVALID,
		     "the generator was %.1f ms behind its schedule (p99)",
		     v[BENCH_OWN_LATE_P99]);
}

/* --- Figures --- */

static double ms_at(const struct histogram *h, double q)
{
	return histogram_count(h) ? (double)histogram_quantile(h, q) / MS : NAN;
}

static void take_cpu(struct round *r)
{
	const struct bench_usage *a = &r->usage[0], *b = &r->usage[1];
	double *v = r->out->value;
	double user = (double)(b->ticks_user - a->ticks_user);
	double ticks = user + (double)(b->ticks_system - a->ticks_system);

	if (!b->cpu_ns)
		return;
	v[BENCH_CPU] = (double)(b->cpu_ns - a->cpu_ns) / MS / call_seconds(r);
	v[BENCH_CPU_USER] = ticks > 0 ? v[BENCH_CPU] * user / ticks : 0;
	v[BENCH_CPU_SYSTEM] = v[BENCH_CPU] - v[BENCH_CPU_USER];
}

/* How evenly two workers share: the busier one's part of both. */
static void take_spread(struct round *r)
{
	uint64_t first = 0, second = 0;

	for (unsigned i = 0; i < r->usage[1].threads; i++) {
		uint64_t ns =
			r->usage[1].thread_ns[i] -
			(i < r->usage[0].threads ? r->usage[0].thread_ns[i]
						 : 0);
		if (ns > first) {
			second = first;
			first = ns;
		} else if (ns > second) {
			second = ns;
		}
	}
	if (r->row->workers > 1 && first)
		r->out->value[BENCH_SPREAD] =
			100.0 * (double)first / (double)(first + second);
}

static double kib(uint64_t now, uint64_t before)
{
	return ((double)now - (double)before) / 1024;
}

static void take_memory(struct round *r)
{
	double *v = r->out->value;

	if (!r->row->is_floor && !r->row->short_per_second)
		v[BENCH_MEMORY] = kib(r->memory[1].private_bytes,
				      r->memory[0].private_bytes) /
				  r->calls;
	if (!r->row->wants_heap)
		return;
	v[BENCH_HEAP] = kib(r->heap[1], r->heap[0]) / r->calls;
	v[BENCH_HEAP_LEFT] = kib(r->heap[2], r->heap[0]);
}

static void take_delays(struct round *r)
{
	const struct bench_figures *f = figures_of(r);
	double *v = r->out->value;

	v[BENCH_SETUP_P50] = ms_at(&f->setup, 0.5);
	v[BENCH_SETUP_P99] = ms_at(&f->setup, 0.99);
	v[BENCH_UP_P50] = ms_at(&f->up, 0.5);
	v[BENCH_UP_P99] = ms_at(&f->up, 0.99);
	v[BENCH_UP_MAX] = ms_at(&f->up, 1);
	v[BENCH_DOWN_P50] = ms_at(&f->down, 0.5);
	v[BENCH_DOWN_P99] = ms_at(&f->down, 0.99);
	v[BENCH_DOWN_MAX] = ms_at(&f->down, 1);
	v[BENCH_LATE] = (double)(f->late_up + f->late_down);
	v[BENCH_CUT_P95] = ms_at(&f->cut, 0.95);
	v[BENCH_OWN_CPU] = 100.0 * (double)(r->own_ns[1] - r->own_ns[0]) /
			   (double)(r->at_ns[1] - r->at_ns[0]);
	v[BENCH_OWN_LATE_P99] = ms_at(&f->late, 0.99);
	v[BENCH_OWN_LATE_MAX] = ms_at(&f->late, 1);
}

/* --- End --- */

static void end_calls(struct round *r)
{
	if (r->row->is_floor || !r->load.call)
		return;
	bench_load_end(&r->load);
	for (unsigned ms = 0; ms < OVER_MS && !bench_load_is_over(&r->load);
	     ms += SLICE_MS)
		if (!work(r, SLICE_MS))
			return;
	if (!bench_load_is_over(&r->load))
		fail(r, BENCH_FAILED, "%u calls do not end", r->load.open);
	else if (r->row->wants_heap && r->heap[1] &&
		 bench_child_heap(&r->child, &r->heap[2]))
		fail(r, BENCH_FAILED, "no ev=resources in the log");
}

static void stop(struct round *r)
{
	int status = r->child.pid ? bench_child_stop(&r->child, STOP_MS) : 0;

	if (!r->row->is_floor && status)
		fail(r, BENCH_FAILED, "the server left with status %d", status);
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
	static struct round round; /* large */
	const struct bench_options *o = run->options;
	struct round *r = &round;

	memset(r, 0, sizeof(*r));
	bench_result_init(out);
	r->run = run;
	r->row = row;
	r->out = out;
	r->load.listening.fd = -1;
	r->calls = pick(o->calls, o->is_quick ? 10 : row->calls, 0);
	r->seconds = pick(o->seconds, o->is_quick ? 2 : row->seconds, 10);
	r->append_ms = pick(o->append_ms, row->append_ms, APPEND_MS);
	out->calls = r->calls;
	bool good = row->is_floor ? start_floor(r) : start_gateway(r);
	if (good && bring_up(r) && run_window(r)) {
		end_calls(r);
		take_cpu(r);
		take_spread(r);
		take_memory(r);
		take_delays(r);
		check_generator(r);
		check_work(r);
	}
	stop(r);
	if (!run->is_silent)
		fprintf(stderr, "\r\033[K");
}
