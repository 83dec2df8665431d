/* What a round came to: figures, and whether they may be believed. */
#include <math.h>
#include <stdio.h>

#include "tools/bench/bench_round.h"

#define MS            BENCH_NS_PER_MS
#define EDGE_MS       100 /* of audio, under way when the window closes */
#define BYTES_PERCENT 3   /* more or less audio than should be is a failure */

static double window_s(const struct bench_round *r)
{
	return (double)(r->at_ns[1] - r->at_ns[0]) / BENCH_NS_PER_S;
}

static double call_seconds(const struct bench_round *r)
{
	double lasting = r->calls * window_s(r);

	return lasting + (double)r->load.shorts * r->row->short_ms / 1000;
}

/* As much audio comes as was sent: a little more or less is where the window's
 * edges cut, a lot is a server that does not do its work. */
static bool check_audio(struct bench_round *r, const char *way, double want_ms,
			uint64_t units, unsigned grain_ms)
{
	double got_ms = (double)units / BENCH_UNITS_PER_MS;
	double slack_ms = want_ms * BYTES_PERCENT / 100 +
			  (double)r->calls * (grain_ms + EDGE_MS);

	if (fabs(got_ms - want_ms) <= slack_ms)
		return true;
	if (r->out->verdict == BENCH_INVALID)
		return false; /* who sends late may as well miss the window */
	return bench_round_fail(r, BENCH_FAILED,
				"%s: %.0f s of audio came, not %.0f s", way,
				got_ms / 1000, want_ms / 1000);
}

static void check_work(struct bench_round *r)
{
	const struct bench_figures *f = bench_round_figures(r);
	const struct bench_row *row = r->row;

	if (r->load.errors || r->floor.errors)
		bench_round_fail(
			r, BENCH_FAILED, "%llu errors, the first: %s",
			(unsigned long long)r->load.errors + r->floor.errors,
			r->load.errors ? r->load.error : r->floor.error);
	check_audio(r, "to the model", (double)f->frames * BENCH_FRAME_MS,
		    f->units_up, r->append_ms + BENCH_FRAME_MS);
	if (!row->is_burst)
		check_audio(r, "to the caller",
			    (double)f->deltas * BENCH_DELTA_MS, f->units_down,
			    2 * BENCH_DELTA_MS);
	if (row->interrupts && (!f->clears || !f->truncates))
		bench_round_fail(r, BENCH_FAILED,
				 "%llu clears, %llu truncations",
				 (unsigned long long)f->clears,
				 (unsigned long long)f->truncates);
	if (r->live != r->calls)
		bench_round_fail(r, BENCH_FAILED,
				 "%u of %u calls were up at the end", r->live,
				 r->calls);
}

static void check_generator(struct bench_round *r)
{
	const double *v = r->out->value;
	double frames = (double)bench_round_figures(r)->frames;
	double wanted = r->calls * window_s(r) * 1000 / BENCH_FRAME_MS;

	if (frames < wanted * (100 - BYTES_PERCENT) / 100 - r->calls)
		bench_round_fail(r, BENCH_INVALID,
				 "the generator sent %.0f of %.0f frames",
				 frames, wanted);

	if (v[BENCH_OWN_CPU] > BENCH_OWN_CPU_MAX)
		bench_round_fail(r, BENCH_INVALID,
				 "the generator's thread was %.0f %% busy",
				 v[BENCH_OWN_CPU]);
	if (v[BENCH_OWN_LATE_P99] > BENCH_OWN_LATE_MAX_MS)
		bench_round_fail(
			r, BENCH_INVALID,
			"the generator was %.1f ms behind its schedule (p99)",
			v[BENCH_OWN_LATE_P99]);
}

/* --- Figures --- */

static double ms_at(const struct histogram *h, double q)
{
	return histogram_count(h) ? (double)histogram_quantile(h, q) / MS : NAN;
}

static void take_cpu(struct bench_round *r)
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
static void take_spread(struct bench_round *r)
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

static void take_memory(struct bench_round *r)
{
	double *v = r->out->value;

	if (r->memory[1].private_bytes && !r->row->is_floor &&
	    !r->row->short_per_second)
		v[BENCH_MEMORY] = kib(r->memory[1].private_bytes,
				      r->memory[0].private_bytes) /
				  r->calls;
	if (!r->row->wants_heap)
		return;
	v[BENCH_HEAP] = kib(r->heap[1], r->heap[0]) / r->calls;
	v[BENCH_HEAP_LEFT] = kib(r->heap[2], r->heap[0]);
}

static void take_delays(struct bench_round *r)
{
	const struct bench_figures *f = bench_round_figures(r);
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

void bench_round_judge(struct bench_round *r)
{
	take_cpu(r);
	take_spread(r);
	take_memory(r);
	take_delays(r);
	check_generator(r);
	check_work(r);
}
