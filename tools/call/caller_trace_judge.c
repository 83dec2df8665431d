#include <errno.h>
#include <math.h>
#include <stdlib.h>

#include "tools/call/caller_trace.h"

#define US_PER_MS      1000
#define FAR_US         2000000 /* farther apart is no sign of belonging together */
#define SAMPLES_PER_MS 8
#define FRAME_MS       20

/* --- Which session is whose --- */

struct pair {
	size_t call;
	size_t session;
	double distance_us;
};

static double apart(uint64_t a, uint64_t b)
{
	double d = a > b ? (double)(a - b) : (double)(b - a);

	return d < FAR_US ? d : FAR_US;
}

static double nearest_delta(const struct caller_trace_session *s, uint64_t at)
{
	double nearest = FAR_US;

	for (size_t i = 0; i < s->items; i++)
		nearest = fmin(nearest, apart(s->item[i].first_us, at));
	return nearest;
}

static double nearest_cut(const struct caller_trace_session *s, uint64_t at)
{
	double nearest = FAR_US;

	for (size_t i = 0; i < s->items; i++)
		if (s->item[i].is_cut)
			nearest = fmin(nearest, apart(s->item[i].cut_us, at));
	return nearest;
}

static size_t kept_clears(const struct caller_judge *j)
{
	return j->clears < CALLER_JUDGE_CLEARS_MAX ? j->clears
						   : CALLER_JUDGE_CLEARS_MAX;
}

/* Mean over the call's runs and clears; FAR_US when they share nothing. */
static double distance(const struct caller_judge *j,
		       const struct caller_trace_session *s)
{
	size_t clears = kept_clears(j);
	double sum = 0;

	if (j->runs == 0)
		return FAR_US;
	for (size_t i = 0; i < j->runs; i++)
		sum += nearest_delta(s, j->run[i].begun_us);
	for (size_t i = 0; i < clears; i++)
		sum += nearest_cut(s, j->clear[i].at_us);
	return sum / (double)(j->runs + clears);
}

/* Most pairs are hours apart: seen by their first sound. */
static bool may_belong(const struct caller_judge *j,
		       const struct caller_trace_session *s)
{
	return j->runs && s->items &&
	       apart(j->run[0].begun_us, s->item[0].first_us) < FAR_US;
}

static int closer(const void *a, const void *b)
{
	const struct pair *x = a, *y = b;

	return (x->distance_us > y->distance_us) -
	       (x->distance_us < y->distance_us);
}

static size_t list_pairs(const struct caller_trace *t,
			 const struct caller_trace_call *call, size_t calls,
			 struct pair *out)
{
	size_t n = 0;

	for (size_t c = 0; c < calls; c++)
		for (size_t s = 0; s < t->sessions; s++) {
			if (!may_belong(call[c].judge, &t->session[s]))
				continue;
			if (out)
				out[n] = (struct pair){
					c, s,
					distance(call[c].judge, &t->session[s])
				};
			n++;
		}
	return n;
}

static int join(const struct caller_trace *t, struct caller_trace_call *call,
		size_t calls)
{
	size_t n = list_pairs(t, call, calls, NULL);
	struct pair *pair = calloc(n + 1, sizeof(*pair));
	bool *is_taken = calloc(t->sessions + 1, sizeof(*is_taken));

	if (!pair || !is_taken) {
		free(pair);
		free(is_taken);
		return -ENOMEM;
	}
	list_pairs(t, call, calls, pair);
	qsort(pair, n, sizeof(*pair), closer);
	for (size_t i = 0; i < n && pair[i].distance_us < FAR_US; i++) {
		if (call[pair[i].call].session || is_taken[pair[i].session])
			continue;
		call[pair[i].call].session = &t->session[pair[i].session];
		is_taken[pair[i].session] = true;
	}
	free(pair);
	free(is_taken);
	return 0;
}

/* --- One call --- */

/* The clear that cut a run; one that found nothing to drop cut nothing. */
static const struct caller_clear *clear_of(const struct caller_judge *j,
					   unsigned run)
{
	for (size_t i = 0; i < kept_clears(j); i++)
		if (j->clear[i].run == run && j->clear[i].dropped_samples)
			return &j->clear[i];
	return NULL;
}

static uint64_t run_end_us(const struct caller_judge *j, unsigned run)
{
	const struct caller_clear *clear = clear_of(j, run);

	if (clear)
		return clear->at_us;
	return j->run[run].begun_us +
	       j->run[run].samples * US_PER_MS / SAMPLES_PER_MS;
}

/* The first run that had not ended when the item's first audio was sent. */
static unsigned run_of(const struct caller_judge *j,
		       const struct caller_trace_item *item)
{
	unsigned run = 0;

	while (run < j->runs && run_end_us(j, run) <= item->first_us)
		run++;
	return run;
}

static unsigned padded(unsigned ms)
{
	return (ms + FRAME_MS - 1) / FRAME_MS * FRAME_MS;
}

/* What the model believes was heard of a run, and how much of it was made. */
struct belief {
	double heard_ms;
	double made_ms;
	unsigned items;
	bool is_cut;
};

static struct belief belief_about(const struct caller_trace_call *c,
				  unsigned run)
{
	const struct caller_trace_session *s = c->session;
	struct belief b = { .items = 0 };

	for (size_t i = 0; i < s->items; i++) {
		const struct caller_trace_item *item = &s->item[i];

		if (!item->first_us || run_of(c->judge, item) != run)
			continue;
		b.items++;
		b.made_ms += item->total_ms;
		b.is_cut = b.is_cut || item->is_cut;
		b.heard_ms +=
			item->is_cut ? item->left_ms : padded(item->total_ms);
	}
	return b;
}

static void judge_clears(struct caller_trace_call *c)
{
	double *worst = &c->figures->value[CALLER_FIGURE_truncation_error_ms];
	double truncations = 0, unmatched = 0;

	for (size_t i = 0; i < kept_clears(c->judge); i++) {
		const struct caller_clear *clear = &c->judge->clear[i];

		/* Nothing was playing: nothing to truncate. */
		if (clear->dropped_samples == 0)
			continue;
		struct belief b = belief_about(c, clear->run);
		if (!b.is_cut) {
			unmatched++;
			continue;
		}
		double error = fabs(b.heard_ms - (double)clear->played_samples /
							 SAMPLES_PER_MS);
		truncations++;
		*worst = isnan(*worst) ? error : fmax(*worst, error);
	}
	c->figures->value[CALLER_FIGURE_truncations] = truncations;
	c->figures->value[CALLER_FIGURE_unmatched] = unmatched;
}

/* Runs that nobody interrupted carry all the audio the model made, padded to
 * whole frames, and nothing else. */
static void judge_losses(struct caller_trace_call *c)
{
	double worst = 0;

	for (unsigned run = 0; run < c->judge->runs; run++) {
		struct belief b = belief_about(c, run);
		double came =
			(double)c->judge->run[run].samples / SAMPLES_PER_MS;
		double off = fabs(came - b.made_ms);

		if (clear_of(c->judge, run) || b.is_cut || b.items == 0)
			continue;
		if (came > b.made_ms)
			off = fmax(0, off - FRAME_MS * (double)b.items);
		worst = fmax(worst, off);
	}
	c->figures->value[CALLER_FIGURE_lost_ms] = worst;
}

int caller_trace_judge(const struct caller_trace *t,
		       struct caller_trace_call *call, size_t calls)
{
	int err = join(t, call, calls);

	for (size_t i = 0; i < calls && !err; i++) {
		if (!call[i].session)
			continue;
		judge_clears(&call[i]);
		judge_losses(&call[i]);
	}
	return err;
}
